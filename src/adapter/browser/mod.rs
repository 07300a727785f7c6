//! The exported API of the browser core: text in, text out, so that the boundary stays small.
//!
//! After a trap the page resets the instance and makes its kits again: configurations come from the page, unsent leads
//! from the store.

mod event;

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    check::Known,
    form::Form,
    outbox::Outbox,
    wire::json::{self, Faults, Json, Node},
};

/// The version of the package that this module was built from.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// What a page has of one site: its forms and its outbox. Judging is a module of its own, because few pages ask for a
/// verdict before the edge gives it, and the rules would double this one.
#[wasm_bindgen]
pub struct Kit {
    forms: RefCell<Vec<Form>>,
    outbox: RefCell<Outbox>,
}

#[wasm_bindgen]
impl Kit {
    /// Makes a kit for a site. `settings` shortens the spans of the outbox, `seed` is decimal text for its jitter.
    #[wasm_bindgen(constructor)]
    pub fn new(site: &str, settings: &str, seed: &str) -> Self {
        let settings = event::settings(&json::parse(settings).unwrap_or_default());
        let outbox = Outbox::new(site, settings, seed.parse().unwrap_or_default());
        Self { forms: RefCell::new(Vec::new()), outbox: RefCell::new(outbox) }
    }

    /// Takes the forms of the configuration. The answer is empty, or `{"errors":[{"code","pointer"}]}`.
    pub fn load(&self, config: &str) -> String {
        let config = json::parse(config).unwrap_or_default();
        let mut faults = Faults::new();
        let root = Node::root(&config);
        let forms = root.get("forms").map_or_else(Vec::new, |node| {
            let forms = node.members(&mut faults);
            forms.iter().map(|(name, node)| Form::parse(name, node, &mut faults)).collect()
        });
        if faults.is_empty() && !forms.is_empty() {
            self.forms.replace(forms);
            return String::new();
        }
        let errors = faults.iter().map(|error| {
            Json::object([
                ("code", Json::str(error.code())),
                ("pointer", Json::str(error.pointer().unwrap_or_default())),
            ])
        });
        Json::object([("errors", Json::Array(errors.collect()))]).to_text()
    }

    /// Checks values under a form. The answer is empty if there is no such form.
    pub fn check(&self, form: &str, values: &str, known: &str) -> String {
        let values = json::parse(values).unwrap_or_default();
        let known = json::parse(known).unwrap_or_default();
        let forms = self.forms.borrow();
        let Some(form) = forms.iter().find(|known| known.name() == form) else {
            return String::new();
        };
        form.accept(&values, &Known::from_json(&known)).to_json().to_text()
    }

    /// Tells the outbox what happened and takes what it orders: `{"orders":[…],"due":…,"count":…}`.
    /// An event that cannot be read changes nothing.
    pub fn outbox(&self, event: &str) -> String {
        let event = json::parse(event).unwrap_or_default();
        let mut outbox = self.outbox.borrow_mut();
        if let Some((input, now)) = event::input(&event) {
            outbox.handle(input, now);
        }
        let mut orders = event::Orders::default();
        while let Some(order) = outbox.poll_output() {
            orders.push(order);
        }
        orders.finish(outbox.poll_timeout(), outbox.backlog())
    }
}
