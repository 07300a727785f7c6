//! A form of the page that is judged while it is filled in.

use alloc::{rc::Rc, string::String, vec::Vec};

use gloo::events::EventListener;
use js_sys::{Array, Function};
use wasm_bindgen::{
    JsCast as _,
    prelude::{JsValue, wasm_bindgen},
};
use web_sys::{FormData, HtmlFormElement};

use super::{Core, give};
use crate::wire::json::Json;

/// Ends the watching when it is freed.
#[wasm_bindgen]
pub struct Watch {
    _listeners: Vec<EventListener>,
}

impl Watch {
    pub(super) fn new(
        core: Rc<Core>,
        element: &HtmlFormElement,
        form: String,
        heard: Function,
    ) -> Self {
        let watched = Rc::new((core, element.clone(), form, heard));
        // A field is left, or a choice is made: not every key, so that nobody is corrected while typing.
        let listeners = ["focusout", "change"].map(|event| {
            let watched = Rc::clone(&watched);
            EventListener::new(element, event, move |_| {
                let (core, element, form, heard) = &*watched;
                let locale = gloo::utils::document_element().get_attribute("lang");
                let locale = locale.unwrap_or_default();
                if let Some(form) = core.public.form(form) {
                    let accepted = core.accept(form, &values(element), locale);
                    // What the page's own function throws is its own affair.
                    let _ = heard.call1(&JsValue::UNDEFINED, &give(&accepted.to_json()));
                }
            })
        });
        Self { _listeners: listeners.into() }
    }
}

/// The values of a form by name, those of a repeated name as a list. Files are left out.
fn values(element: &HtmlFormElement) -> Json {
    let mut values = Json::object([]);
    let Ok(data) = FormData::new_with_form(element) else { return values };
    for pair in js_sys::try_iter(&data).ok().flatten().into_iter().flatten().flatten() {
        let pair: Array = pair.unchecked_into();
        let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) else {
            continue;
        };
        let value = Json::String(value);
        let value = match values.member(&name) {
            None => value,
            Some(Json::Array(items)) => Json::Array(items.iter().cloned().chain([value]).collect()),
            Some(first) => Json::Array([first.clone(), value].into()),
        };
        values.set(&name, value);
    }
    values
}
