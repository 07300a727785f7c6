//! `leadkit judge`: leads in, as JSON lines or CSV, verdicts out; against other rules, only what they would change.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};

use js_sys::{Error, Function};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{fault, whole};
use crate::{
    check::{Known, Packs},
    config::{Config, Simulation},
    intake::record,
    lead::{FormRef, Lead, LeadId},
    time::Millis,
    wire::{csv::Csv, json::Json, lines},
};

/// A run over many leads.
#[wasm_bindgen]
pub struct Judge {
    config: Config,
    against: Option<(Config, Simulation)>,
    form: String,
    packs: Packs,
    ascii: Function,
    now: Millis,
    csv: Option<Csv>,
    header: Vec<String>,
}

#[wasm_bindgen]
impl Judge {
    /// Starts a run. `against` is another configuration or an empty text; `form` is the form of leads that name none;
    /// `ascii` tells the ASCII form of a host, as in [`check`](super::check); `now` is in milliseconds since 1970.
    ///
    /// # Errors
    /// A configuration with faults, or one without the form.
    #[wasm_bindgen(constructor)]
    pub fn new(
        config: &str,
        against: &str,
        form: &str,
        ascii: Function,
        now: f64,
    ) -> Result<Self, Error> {
        let config = read(config)?;
        let against =
            if against.is_empty() { None } else { Some((read(against)?, Simulation::default())) };
        let first = config.public().forms().first().map(|form| form.name().to_owned());
        let form = if form.is_empty() { first.unwrap_or_default() } else { form.to_owned() };
        if config.public().form(&form).is_none() {
            return Err(Error::new(&format!(
                "expected a form of the configuration, found \"{form}\""
            )));
        }
        Ok(Self {
            config,
            against,
            form,
            packs: Packs::embedded(),
            ascii,
            now: Millis(whole(now)),
            csv: None,
            header: Vec::new(),
        })
    }

    /// Answers whole JSON lines, of which the first has this number. A line is a lead as on the wire; `id`, `at` and `form`
    /// may be left out. `{"lead":…,"known":…,"verified":…,"now":…}` gives facts and a time of its own; a lead as the Inbox gives it is
    /// judged as of the time when it was received.
    pub fn lines(&mut self, chunk: &[u8], first: f64) -> String {
        let answered = lines::answer(chunk, whole(first), |line| self.line(line));
        without_blanks(&answered)
    }

    /// Answers the next piece of a CSV file whose first record names the fields.
    ///
    /// # Errors
    /// The line that is not CSV.
    pub fn csv(&mut self, piece: &str) -> Result<String, Error> {
        let mut csv = self.csv.take().unwrap_or_else(|| Csv::new(Csv::detect(piece)));
        let mut records = Vec::new();
        let fed = csv.feed(piece, &mut |record, line| records.push((record.to_vec(), line)));
        self.csv = Some(csv);
        fed.map_err(|error| Error::new(&error.to_string()))?;
        Ok(self.records(records))
    }

    /// Answers what was left of a CSV file.
    ///
    /// # Errors
    /// A quote that was never closed.
    pub fn finish(&mut self) -> Result<String, Error> {
        let mut records = Vec::new();
        if let Some(csv) = self.csv.take() {
            csv.finish(&mut |record, line| records.push((record.to_vec(), line)))
                .map_err(|error| Error::new(&error.to_string()))?;
        }
        Ok(self.records(records))
    }

    /// The sum of a run against other rules, as JSON; empty for another run.
    pub fn summary(&self) -> String {
        self.against.as_ref().map(|(_, sum)| sum.to_json().to_text()).unwrap_or_default()
    }
}

impl Judge {
    fn records(&mut self, records: Vec<(Vec<String>, usize)>) -> String {
        let mut out = String::new();
        for (record, line) in records {
            if self.header.is_empty() {
                self.header = record.iter().map(|name| name.trim().to_owned()).collect();
                continue;
            }
            let answered = if record.len() == self.header.len() {
                let named = self.header.iter().map(String::as_str).zip(record.iter());
                let data = Json::object(named.map(|(name, value)| (name, Json::str(value))));
                let id = data.member("id").cloned().unwrap_or_else(|| Json::uint(line as u64));
                self.answer(&id, &Json::object([("data", data)]), [&Json::Null; 2], self.now)
            } else {
                let message = format!(
                    "line {line}: expected {} fields, found {}",
                    self.header.len(),
                    record.len()
                );
                Json::object([
                    ("id", Json::uint(line as u64)),
                    ("error", fault("csv_fields", &message)),
                ])
            };
            if answered != Json::Null {
                out.push_str(&answered.to_text());
                out.push('\n');
            }
        }
        out
    }

    fn line(&mut self, line: &Json) -> Json {
        // A lead as the Inbox gives it: judged as of the time when it came.
        if line.member("received_at").is_some() {
            let id = line.member("id").cloned().unwrap_or_default();
            let now = line.member("received_at").and_then(Json::as_uint).map_or(self.now, Millis);
            let facts = [&Json::Null, &record::verified(line)];
            return self.answer(&id, &record::item(line), facts, now);
        }
        let Some(lead) = line.member("lead") else {
            let id = line.member("id").cloned().unwrap_or_default();
            return self.answer(&id, line, [&Json::Null; 2], self.now);
        };
        let facts = ["known", "verified"].map(|name| line.member(name).unwrap_or(&Json::Null));
        let now = line.member("now").and_then(Json::as_uint).map_or(self.now, Millis);
        self.answer(&lead.member("id").cloned().unwrap_or_default(), lead, facts, now)
    }

    /// The verdict with the id, what changed with the id, an error with the id, or `null` for a lead that did not change.
    ///
    /// The facts are what is known and what is verified.
    fn answer(
        &mut self,
        id: &Json,
        item: &Json,
        [known, verified]: [&Json; 2],
        now: Millis,
    ) -> Json {
        let answer =
            |member: &str, value: Json| Json::object([("id", id.clone()), (member, value)]);
        let lead = match self.lead(item) {
            Ok(lead) => lead,
            Err(member) => {
                let message = format!("expected a lead with a right member \"{member}\"");
                return answer("error", fault("lead_invalid", &message));
            }
        };
        let mut known = Known::from_json(known).with_packs(&self.packs);
        let config = &self.config;
        let unknown_form = || fault("form_unknown", "expected a form of the configuration");
        let Some(mut judged) = config.judge(&lead, &known, verified, now) else {
            return answer("error", unknown_form());
        };
        if !judged.accepted.wanted.is_empty() {
            for host in core::mem::take(&mut judged.accepted.wanted) {
                let told = self.ascii.call1(&JsValue::NULL, &JsValue::from_str(&host));
                known.hosts.insert(host, told.ok().and_then(|told| told.as_string()));
            }
            let Some(again) = config.judge(&lead, &known, verified, now) else {
                return answer("error", unknown_form());
            };
            judged = again;
        }
        let Some((config, simulation)) = &mut self.against else {
            let mut out = Json::object([("id", id.clone())]);
            for (name, value) in judged.verdict.to_json().as_object().unwrap_or_default() {
                out.set(name, value.clone());
            }
            return out;
        };
        let Some(other) = config.judge(&lead, &known, verified, now) else {
            return answer(
                "error",
                fault("form_unknown", "expected the form in the other configuration"),
            );
        };
        match simulation.add(&judged.verdict, &other.verdict) {
            None => Json::Null,
            Some(change) => {
                let mut out = Json::object([("id", id.clone())]);
                for (name, value) in change.as_object().unwrap_or_default() {
                    out.set(name, value.clone());
                }
                out
            }
        }
    }

    fn lead(&self, item: &Json) -> Result<Lead, &'static str> {
        let mut item = item.clone();
        if item.member("form").is_none() {
            item.set("form", Json::str(&self.form));
        }
        if item.member("at").is_none() {
            item.set("at", Json::uint(self.now.0));
        }
        let own = item.member("id").and_then(Json::as_str).and_then(|id| id.parse::<LeadId>().ok());
        let id = own.unwrap_or_else(|| LeadId::new(self.now, [0; 10]));
        item.set("id", Json::String(id.to_text()));
        let mut lead = Lead::from_json(&item)?;
        // Old versions of a form are not at hand here: the rules at hand judge.
        lead.form = FormRef { name: lead.form.name, version: None };
        Ok(lead)
    }
}

pub(super) fn read(text: &str) -> Result<Config, Error> {
    Config::parse(text).map_err(|faults| {
        let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
        Error::new(&said.join("\n"))
    })
}

/// Without the `null` of each lead that did not change.
fn without_blanks(answered: &str) -> String {
    let kept = answered.lines().filter(|line| *line != "null");
    kept.flat_map(|line| [line, "\n"]).collect()
}
