//! `leadkit learn`: outcomes in, a report and a scorecard out.

use alloc::{borrow::ToOwned, string::String, string::ToString, vec::Vec};

use js_sys::Error;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    learn::{self, Options},
    wire::json::{self, Json},
};

/// Learns from outcomes in CSV. `options` is `{"outcome":"won","score":"points","drop":[…],"keep":[…],"seed":0}`; all but
/// the outcome may be missing. The answer is `{"usable":…,"text":…,"report":{…},"scorecard":{…}}`.
///
/// # Errors
/// What is wrong with the file, as a sentence with the line.
#[wasm_bindgen]
pub fn learn(text: &str, options: &str) -> Result<String, Error> {
    let options = json::parse(options).unwrap_or_default();
    let names = |key| -> Vec<String> {
        let list = options.member(key).and_then(Json::as_array).unwrap_or_default();
        list.iter().filter_map(Json::as_str).map(ToOwned::to_owned).collect()
    };
    let outcome = options.member("outcome").and_then(Json::as_str).unwrap_or("outcome");
    let options = Options {
        score: options.member("score").and_then(Json::as_str).map(ToOwned::to_owned),
        drop: names("drop"),
        keep: names("keep"),
        seed: options.member("seed").and_then(Json::as_uint).unwrap_or(0),
        ..Options::new(outcome)
    };
    let learned = learn::learn(text, &options).map_err(|error| Error::new(&error.to_string()))?;
    let answer = Json::object([
        ("usable", Json::Bool(learned.report.usable())),
        ("text", Json::String(learned.report.to_string())),
        ("report", learned.report.to_json()),
        ("scorecard", learned.scorecard.to_json()),
    ]);
    Ok(answer.to_text())
}
