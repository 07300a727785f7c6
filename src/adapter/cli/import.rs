//! `leadkit import`: from the records of a CSV file to leads that the edge can be given, and what is wrong with each.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};

use js_sys::{Error, Function};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{judge::read, whole};
use crate::{
    check::{Known, Packs},
    config::Config,
    intake::{
        judge::{self, Library, Times},
        store::Fate,
    },
    lead::plain,
    source::{self, fill},
    time::Millis,
    wire::{
        csv::Csv,
        json::{self, Json},
    },
};

/// The columns that hold the id of another system.
const IDS: &[&str] = &["id", "leadid", "leadgenid", "externalid"];

/// An import of one file.
#[wasm_bindgen]
pub struct Import {
    config: Config,
    form: String,
    map: Json,
    facts: Json,
    packs: Packs,
    ascii: Function,
    now: Millis,
    csv: Option<Csv>,
    header: Vec<String>,
    from: Vec<(String, String)>,
}

#[wasm_bindgen]
impl Import {
    /// An import into a form. `map` is a JSON object from fields to values in JSON Logic over the columns; `facts` is where the
    /// leads come from, kept with each.
    ///
    /// # Errors
    /// A configuration with faults, or one without the form.
    #[wasm_bindgen(constructor)]
    pub fn new(
        config: &str,
        form: &str,
        map: &str,
        facts: &str,
        ascii: Function,
        now: f64,
    ) -> Result<Self, Error> {
        let config = read(config)?;
        let Some(known) = config.public().form(form) else {
            return Err(Error::new(&format!(
                "expected a form of the configuration, found \"{form}\""
            )));
        };
        let map = json::parse(map).unwrap_or_default();
        for (field, _) in map.as_object().unwrap_or_default() {
            if known.field(field).is_none() {
                return Err(Error::new(&format!(
                    "expected a field of the form, found \"{field}\""
                )));
            }
        }
        Ok(Self {
            form: form.to_owned(),
            map,
            facts: json::parse(facts).unwrap_or_default(),
            packs: Packs::embedded(),
            ascii,
            now: Millis(whole(now)),
            csv: None,
            header: Vec::new(),
            from: Vec::new(),
            config,
        })
    }

    /// The id of the site.
    pub fn site(&self) -> String {
        self.config.public().site().id.clone()
    }

    /// The next piece of the file: a JSON array of `{"line","item"}` or `{"line","code","field"}`, one for each record.
    ///
    /// # Errors
    /// The line that is not CSV.
    pub fn csv(&mut self, piece: &str) -> Result<String, Error> {
        let mut csv = self.csv.take().unwrap_or_else(|| Csv::new(Csv::detect(piece)));
        let mut records = Vec::new();
        let fed = csv.feed(piece, &mut |record, line| records.push((record.to_vec(), line)));
        self.csv = Some(csv);
        fed.map_err(|error| Error::new(&error.to_string()))?;
        Ok(self.records(&records))
    }

    /// What was left of the file.
    ///
    /// # Errors
    /// A quote that was never closed.
    pub fn finish(&mut self) -> Result<String, Error> {
        let mut records = Vec::new();
        if let Some(csv) = self.csv.take() {
            csv.finish(&mut |record, line| records.push((record.to_vec(), line)))
                .map_err(|error| Error::new(&error.to_string()))?;
        }
        Ok(self.records(&records))
    }

    /// From each field to the columns that filled it in some record, and the columns that fill none:
    /// `{"fields":{field: column},"other":[column]}`.
    pub fn mapping(&self) -> String {
        let fields =
            Json::object(self.from.iter().map(|(field, name)| (field.as_str(), Json::str(name))));
        let used = |column: &String| {
            let own = Json::str(column).to_text();
            self.from.iter().any(|(_, name)| name.split(" + ").any(|part| part == column))
                || self.map.to_text().contains(&own)
        };
        let other = self.header.iter().filter(|column| !used(column));
        Json::object([
            ("fields", fields),
            ("other", Json::array(other.map(|name| Json::str(name)))),
        ])
        .to_text()
    }
}

impl Import {
    fn records(&mut self, records: &[(Vec<String>, usize)]) -> String {
        let mut out = Vec::new();
        for (record, line) in records {
            if self.header.is_empty() {
                self.header = record.iter().map(|name| name.trim().to_owned()).collect();
            } else if record.len() == self.header.len() {
                out.push(self.record(record, *line));
            } else {
                out.push(refused(*line, "csv_fields", None));
            }
        }
        Json::Array(out).to_text()
    }

    fn record(&mut self, record: &[String], line: usize) -> Json {
        let Some(form) = self.config.public().form(&self.form) else {
            return refused(line, "form.unknown", None);
        };
        // Exports of Meta mark telephone numbers with `p:`, which no number begins with.
        let cell = |text: &String| {
            let text = text.trim();
            Json::str(text.strip_prefix("p:").filter(|rest| rest.starts_with('+')).unwrap_or(text))
        };
        let columns = self.header.iter().cloned().zip(record.iter().map(cell));
        let columns: Vec<(String, Json)> = columns.collect();
        let own = columns.iter().find(|(name, value)| {
            IDS.contains(&plain(name).as_str())
                && value.as_str().is_some_and(|text| !text.is_empty())
        });
        let key = match own {
            Some((_, value)) => value.as_str().unwrap_or_default().to_owned(),
            None => Json::array(columns.iter().map(|(_, value)| value.clone())).to_text(),
        };
        let named: Vec<_> = columns
            .iter()
            .filter(|(name, _)| !IDS.contains(&plain(name).as_str()))
            .cloned()
            .collect();
        let filled = fill(form, &named, &self.map, &Json::Object(columns.clone()));
        let name = self.facts.member("name").and_then(Json::as_str).unwrap_or_default();
        let site = &self.config.public().site().id;
        let id = source::id(site, &format!("import {name}"), &key, None);
        let mut facts =
            Json::object([("type", Json::str("import")), ("line", Json::uint(line as u64))]);
        for (key, value) in self.facts.as_object().unwrap_or_default() {
            facts.set(key, value.clone());
        }
        let item = Json::object([
            ("id", Json::String(id.to_text())),
            ("at", Json::uint(self.now.0)),
            ("form", Json::str(form.name())),
            ("data", filled.data),
            ("ctx", Json::object([("channel", Json::str("import")), ("source", facts)])),
            ("consent", Json::Object(Vec::new())),
        ]);
        let fate = self.judge(&item);
        for (field, column) in filled.from {
            if !self.from.iter().any(|(known, _)| *known == field) {
                self.from.push((field, column));
            }
        }
        match fate {
            Fate::Keep(_) => Json::object([("line", Json::uint(line as u64)), ("item", item)]),
            Fate::Refuse { code, field } => refused(line, &code, field.as_deref()),
        }
    }

    fn judge(&self, item: &Json) -> Fate {
        let library = Library { current: &self.config, earlier: Vec::new() };
        let times = Times { now: self.now, sent_at: None };
        let mut known = Known::default().with_packs(&self.packs);
        let mut wanted = Vec::new();
        let judged = judge::judge(item.clone(), &library, &known, &Json::Null, times, &mut wanted);
        if wanted.is_empty() {
            return judged.fate;
        }
        for host in wanted {
            let told = self.ascii.call1(&JsValue::NULL, &JsValue::from_str(&host));
            known.hosts.insert(host, told.ok().and_then(|told| told.as_string()));
        }
        judge::judge(item.clone(), &library, &known, &Json::Null, times, &mut Vec::new()).fate
    }
}

fn refused(line: usize, code: &str, field: Option<&str>) -> Json {
    Json::object([
        ("line", Json::uint(line as u64)),
        ("code", Json::str(code)),
        ("field", field.map_or(Json::Null, Json::str)),
    ])
}
