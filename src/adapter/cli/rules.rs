//! Many rules over many data, all read before: what `pkg-scripts/bench rules` measures.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use js_sys::Error;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    rule::{Limits, Rule},
    wire::json::{self, Json},
};

/// Rules and data at rest.
#[wasm_bindgen]
pub struct Rules {
    rules: Vec<Rule>,
    data: Vec<Json>,
}

#[wasm_bindgen]
impl Rules {
    /// Reads a JSON array of rules, and data as JSON lines.
    ///
    /// # Errors
    /// Text that is not JSON, or a rule that cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(rules: &str, lines: &str) -> Result<Self, Error> {
        let read = |text: &str| json::parse(text).map_err(|error| Error::new(&error.to_string()));
        let parsed = read(rules)?;
        let rules = parsed.as_array().unwrap_or_default().iter();
        let rules: Result<Vec<_>, _> =
            rules.map(|rule| Rule::parse(rule, &Limits::default())).collect();
        let data: Result<Vec<_>, _> = lines.lines().map(read).collect();
        Ok(Self { rules: rules.map_err(|error| Error::new(&error.to_string()))?, data: data? })
    }

    /// For each rule, for how many of the data it holds: a JSON array.
    pub fn count(&self) -> String {
        let limits = Limits::default();
        let mut counts: Vec<u64> = self.rules.iter().map(|_| 0).collect();
        for data in &self.data {
            for (rule, count) in self.rules.iter().zip(&mut counts) {
                *count += u64::from(rule.holds(data, &limits).unwrap_or(false));
            }
        }
        Json::array(counts.into_iter().map(Json::uint)).to_text()
    }
}
