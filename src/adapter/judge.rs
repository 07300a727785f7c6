//! What the judging module in the browser exports: the verdict by the public rules, text in, text out.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{check::Known, config::Public, lead::Lead, time::Millis, wire::json};

/// The public rules of a site.
#[wasm_bindgen]
pub struct Judge {
    public: Option<Public>,
}

#[wasm_bindgen]
impl Judge {
    /// Reads the public configuration. One that is not valid judges nothing.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str) -> Self {
        Self { public: Public::parse(config).ok() }
    }

    /// Judges a lead, an item of the wire format. `now` is decimal text. The answer is the verdict, or empty if the text is
    /// no lead or there is no such form.
    pub fn judge(&self, lead: &str, known: &str, now: &str) -> String {
        let known = json::parse(known).unwrap_or_default();
        let verdict = || {
            let lead = Lead::from_json(&json::parse(lead).ok()?).ok()?;
            let now = Millis(now.parse().ok()?);
            let judged = self.public.as_ref()?.judge(&lead, &Known::from_json(&known), now)?;
            Some(judged.verdict.to_json().to_text())
        };
        verdict().unwrap_or_default()
    }
}
