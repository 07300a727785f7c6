//! What the judging module in the browser exports: the verdict by the public rules, text in, text out.

use alloc::{string::String, vec::Vec};

use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    check::{Known, Packs, pack::Pack},
    config::Public,
    lead::Lead,
    time::Millis,
    wire::json,
};

/// The public rules of a site.
#[wasm_bindgen]
pub struct Judge {
    public: Option<Public>,
    packs: Packs,
}

#[wasm_bindgen]
impl Judge {
    /// Reads the public configuration. One that is not valid judges nothing.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str) -> Self {
        Self { public: Public::parse(config).ok(), packs: Packs::default() }
    }

    /// Takes the lists of disposable and of free mail hosts, which stay for good. One that is not whole is not used.
    pub fn packs(&mut self, disposable: Vec<u8>, free: Vec<u8>) {
        let kept = |bytes: Vec<u8>| Pack::parse(bytes.leak());
        self.packs.disposable = kept(disposable);
        self.packs.free = kept(free);
    }

    /// Judges a lead, an item of the wire format. `now` is decimal text. The answer is the verdict, or empty if the text is
    /// no lead or there is no such form.
    pub fn judge(&self, lead: &str, known: &str, now: &str) -> String {
        let known = json::parse(known).unwrap_or_default();
        let verdict = || {
            let lead = Lead::from_json(&json::parse(lead).ok()?).ok()?;
            let now = Millis(now.parse().ok()?);
            let known = Known {
                disposable: self.packs.disposable.as_ref(),
                free: self.packs.free.as_ref(),
                ..Known::from_json(&known)
            };
            let judged = self.public.as_ref()?.judge(&lead, &known, now)?;
            Some(judged.verdict.to_json().to_text())
        };
        verdict().unwrap_or_default()
    }
}
