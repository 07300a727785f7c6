//! What the module of formats in the browser exports: the checks of what not every form asks for. The phone check is a
//! module of its own, and that of e-mail is in the core.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    check::{Known, answer_format},
    wire::json,
};

/// Answers one line of JSON, see [`answer_format`]; nothing where the text is no JSON. `known` is the JSON of
/// [`Known::from_json`], `countries` the text of the pack of country names, or nothing while it is not there.
#[wasm_bindgen]
pub fn answer(line: &str, known: &str, countries: &str) -> String {
    let Ok(line) = json::parse(line) else { return String::new() };
    let known = Known {
        countries: (!countries.is_empty()).then_some(countries),
        ..Known::from_json(&json::parse(known).unwrap_or_default())
    };
    answer_format(&line, &known).to_text()
}
