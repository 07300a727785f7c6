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
        let holding = |rule: &Rule| {
            self.data.iter().filter(|data| rule.holds(data, &limits).unwrap_or(false)).count()
        };
        Json::array(self.rules.iter().map(|rule| Json::uint(holding(rule) as u64))).to_text()
    }
}
