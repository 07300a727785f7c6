//! What the command line calls: whole texts or chunks of lines in, text out.

mod import;
mod judge;
mod learn;
mod rules;
mod transfer;

use alloc::string::{String, ToString};

use js_sys::Function;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

pub use import::Import;
pub use judge::Judge;
pub use learn::learn;
pub use rules::Rules;
pub use transfer::Transfer;

use crate::{
    check::{self, Known, Packs},
    config::{self, Finding},
    intake::receipt,
    rule::{Limits, Rule},
    wire::{json::Json, lines},
};

/// The findings of a `leadkit.json` as a JSON array; an empty one means that it can be used.
#[wasm_bindgen]
pub fn lint(text: &str) -> String {
    Json::Array(config::lint(text).iter().map(Finding::to_json).collect()).to_text()
}

/// Answers a chunk of lines of `leadkit check`, with the packs of the package.
///
/// `ascii` is a function from a host to its ASCII form (WHATWG URL, domain to ASCII), or to anything but a string for a
/// host that the platform refuses.
#[wasm_bindgen]
pub fn check(chunk: &[u8], first: f64, ascii: &Function) -> String {
    let packs = Packs::embedded();
    let mut known = Known::default().with_packs(&packs);
    lines::answer(chunk, whole(first), |line| {
        let answer = check::answer(line, &known);
        let wanted = answer.member("details").and_then(|details| details.member("wanted_host"));
        let Some(host) = wanted.and_then(Json::as_str) else { return answer };
        let told = ascii.call1(&JsValue::NULL, &JsValue::from_str(host));
        known.hosts.insert(host.into(), told.ok().and_then(|told| told.as_string()));
        check::answer(line, &known)
    })
}

/// Answers a chunk of lines of `leadkit logic`, `{"id":…,"rule":…,"data":…}`, with `{"id":…,"result":…}` or
/// `{"id":…,"error":…}`.
#[wasm_bindgen]
pub fn logic(chunk: &[u8], first: f64) -> String {
    let limits = Limits::default();
    lines::answer(chunk, whole(first), |line| {
        let id = line.member("id").cloned().unwrap_or_default();
        let Some(rule) = line.member("rule") else {
            let error = fault("rule_missing", "expected a member \"rule\"");
            return Json::object([("id", id), ("error", error)]);
        };
        let data = line.member("data").unwrap_or(&Json::Null);
        match Rule::parse(rule, &limits).and_then(|rule| rule.apply(data, &limits)) {
            Ok(result) => Json::object([("id", id), ("result", result)]),
            Err(error) => {
                Json::object([("id", id), ("error", fault(error.code(), &error.to_string()))])
            }
        }
    })
}

/// Answers a chunk of lines of `leadkit verify`, leads as the Inbox gives them, with `{"id","valid","faults"}`.
#[wasm_bindgen]
pub fn verify(chunk: &[u8], first: f64, secret: &str) -> String {
    lines::answer(chunk, whole(first), |lead| {
        let faults = receipt::faults(lead, Some(secret).filter(|secret| !secret.is_empty()));
        Json::object([
            ("id", lead.member("id").cloned().unwrap_or_default()),
            ("valid", Json::Bool(faults.is_empty())),
            ("faults", Json::array(faults.into_iter().map(Json::str))),
        ])
    })
}

fn fault(code: &str, message: &str) -> Json {
    Json::object([("code", Json::str(code)), ("message", Json::str(message))])
}

/// A line number, which JavaScript can only hand over as a double.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "line numbers stay below 2^53"
)]
fn whole(number: f64) -> u64 {
    number as u64
}
