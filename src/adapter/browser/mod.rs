//! The exported API of the browser core: text in, text out, so that the boundary stays small.
//!
//! After a trap the page resets the instance and makes its kits again: configurations come from the page, unsent leads
//! from the store.

#[cfg(all(
    target_arch = "wasm32",
    not(any(feature = "cli", feature = "edge", feature = "phone", feature = "pow"))
))]
mod bare;
mod event;

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    check::Known,
    config::Public,
    form::Accepted,
    lead::{Lead, Problem, Suggestion},
    outbox::Outbox,
    time::Millis,
    wire::json::{self, Json},
};

/// The version of the package that this module was built from.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// What a page has of one site: its configuration and its outbox.
#[wasm_bindgen]
pub struct Kit {
    public: RefCell<Option<Public>>,
    outbox: RefCell<Outbox>,
}

#[wasm_bindgen]
impl Kit {
    /// Makes a kit for a site. `settings` shortens the spans of the outbox, `seed` is decimal text for its jitter.
    #[wasm_bindgen(constructor)]
    pub fn new(site: &str, settings: &str, seed: &str) -> Self {
        let settings = event::settings(&json::parse(settings).unwrap_or_default());
        let outbox = Outbox::new(site, settings, seed.parse().unwrap_or_default());
        Self { public: RefCell::new(None), outbox: RefCell::new(outbox) }
    }

    /// Takes the configuration. The answer is empty, or `{"errors":[{"code","pointer"}]}`.
    pub fn load(&self, config: &str) -> String {
        match Public::parse(config) {
            Ok(public) => {
                self.public.replace(Some(public));
                String::new()
            }
            Err(errors) => {
                let errors = errors.iter().map(|error| {
                    Json::object([
                        ("code", Json::str(error.code())),
                        ("pointer", Json::str(error.pointer().unwrap_or_default())),
                    ])
                });
                Json::object([("errors", Json::Array(errors.collect()))]).to_text()
            }
        }
    }

    /// Checks values under a form. The answer is empty if there is no such form.
    pub fn check(&self, form: &str, values: &str, known: &str) -> String {
        let values = json::parse(values).unwrap_or_default();
        let known = json::parse(known).unwrap_or_default();
        let public = self.public.borrow();
        let Some(form) = public.as_ref().and_then(|public| public.form(form)) else {
            return String::new();
        };
        to_json(&form.accept(&values, &Known::from_json(&known))).to_text()
    }

    /// Judges a lead, an item of the wire format, by the public rules. `now` is decimal text. The answer is empty if the
    /// text is no lead or there is no such form.
    pub fn judge(&self, lead: &str, known: &str, now: &str) -> String {
        let known = json::parse(known).unwrap_or_default();
        let public = self.public.borrow();
        let judged = || {
            let lead = Lead::from_json(&json::parse(lead).ok()?).ok()?;
            let now = Millis(now.parse().ok()?);
            let judged = public.as_ref()?.judge(&lead, &Known::from_json(&known), now)?;
            Some(judged.verdict.to_json().to_text())
        };
        judged().unwrap_or_default()
    }

    /// Tells the outbox what happened and takes what it orders: `{"orders":[…],"due":…,"count":…}`.
    /// An event that cannot be read changes nothing.
    pub fn outbox(&self, event: &str) -> String {
        let event = json::parse(event).unwrap_or_default();
        let mut outbox = self.outbox.borrow_mut();
        if let Some((input, now)) = event::input(&event) {
            outbox.handle(input, now);
        }
        let mut orders = Vec::new();
        while let Some(order) = outbox.poll_output() {
            orders.push(event::output(order));
        }
        let due = outbox.poll_timeout().map_or(Json::Null, |due| Json::uint(due.0));
        Json::object([
            ("orders", Json::Array(orders)),
            ("due", due),
            ("count", Json::uint(outbox.backlog() as u64)),
        ])
        .to_text()
    }
}

fn to_json(accepted: &Accepted) -> Json {
    let texts = |texts: &[String]| Json::Array(texts.iter().map(|text| Json::str(text)).collect());
    Json::object([
        ("values", accepted.values.clone()),
        ("problems", Json::Array(accepted.problems.iter().map(Problem::to_json).collect())),
        (
            "suggestions",
            Json::Array(accepted.suggestions.iter().map(Suggestion::to_json).collect()),
        ),
        ("shown", texts(&accepted.shown)),
        ("wanted", texts(&accepted.wanted)),
        ("questions", Json::Array(accepted.questions.clone())),
    ])
}
