//! What comes in from other systems: one file each. A request of a platform in, leads or a refusal out. Does no I/O.
//!
//! Contract: [`take`] reads the request with its raw bytes, over which platforms sign. Where the platform only says that
//! there is a lead, it gives requests whose answers go to [`fetched`]. An [`Arrival`] becomes an item of the wire by
//! [`item`]: the same lead of a platform always has the same id, so that a copy is known.

mod fill;
mod google;
mod hmac;
mod linkedin;
mod meta;
mod webhook;

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

pub use fill::{Filled, fill};

use crate::{
    form::Form,
    lead::LeadId,
    time::Millis,
    wire::{
        json::{self, Json},
        signature,
        step::Request,
    },
};

/// How long the platform that holds a lead may take to give it.
const TIMEOUT: Millis = Millis::from_secs(8);

/// A request of a platform.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// The method in upper case.
    pub method: &'a str,
    /// The query, decoded.
    pub query: &'a [(String, String)],
    /// The headers; names in lower case.
    pub headers: &'a [(String, String)],
    /// The body as it came.
    pub body: &'a [u8],
    /// The time.
    pub now: Millis,
}

impl Incoming<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Result<Json, Refusal> {
        let text = core::str::from_utf8(self.body).map_err(|_| Refusal::Unreadable)?;
        json::parse(text).map_err(|_| Refusal::Unreadable)
    }
}

/// A source of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name that the owner gave.
    pub name: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// Its settings.
    pub settings: &'a Json,
    /// The values of the environment that settings name.
    pub env: &'a Json,
}

impl Source<'_> {
    /// A setting: a string, or the value of the environment that it names.
    fn setting(&self, key: &str) -> Result<Option<String>, Refusal> {
        match self.settings.member(key) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(other) => {
                let name = other.member("env").and_then(Json::as_str).unwrap_or_default();
                let value = self.env.member(name).and_then(Json::as_str);
                value
                    .filter(|value| !value.is_empty())
                    .map(|value| Some(value.to_owned()))
                    .ok_or(Refusal::Unready)
            }
        }
    }

    fn needed(&self, key: &str) -> Result<String, Refusal> {
        self.setting(key)?.ok_or(Refusal::Unready)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.settings.member(key).and_then(Json::as_str)
    }
}

/// What a request of a platform amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The platform wants to see that the address is ours; this is the answer, as plain text.
    Verified(String),
    /// The platform wants to see that the address is ours; this is the answer, as JSON.
    Answered(Json),
    /// Leads.
    Leads(Vec<Arrival>),
    /// Leads that have to be asked for.
    Ask(Vec<Question>),
}

/// A request that fetches a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The request.
    pub request: Request,
    /// What the platform said about the lead.
    pub notice: Json,
}

/// Why a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The signature or the key is not that of the settings, or too old.
    Signature,
    /// The body is not what the platform sends.
    Unreadable,
    /// The method or the address is not one of the kind.
    Method,
    /// A value of the environment is missing: a person has to act, and the platform comes again.
    Unready,
}

/// A lead of a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The id that the platform gave.
    pub id: String,
    /// When the platform says it was captured.
    pub at: Option<Millis>,
    /// The values by the names of the platform.
    pub named: Vec<(String, Json)>,
    /// All that came, for the mapping.
    pub data: Json,
    /// Where it came from, by stable names: form, campaign, ad.
    pub facts: Json,
    /// Whether the platform says that it is a test.
    pub test: bool,
}

/// What a request of a platform amounts to.
///
/// # Errors
/// Why it is not taken.
pub fn take(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    match source.kind {
        "webhook" => webhook::take(source, incoming),
        "hmac" => hmac::take(source, incoming),
        "meta" => meta::take(source, incoming),
        "google" => google::take(source, incoming),
        "linkedin" => linkedin::take(source, incoming),
        _ => Err(Refusal::Unready),
    }
}

/// The lead in the answer to a question; `None` if it cannot be had now and the platform has to come again.
pub fn fetched(source: &Source<'_>, notice: &Json, answer: &Json) -> Option<Arrival> {
    match source.kind {
        "meta" => meta::fetched(notice, answer),
        "linkedin" => linkedin::fetched(notice, answer),
        _ => None,
    }
}

/// The id of a lead of a platform: the same for every copy.
pub fn id(site: &str, source: &str, arrival: &str, at: Option<Millis>) -> LeadId {
    let hash = signature::digest(format!("{site}\n{source}\n{arrival}").as_bytes());
    let mut random = [0; 10];
    random.copy_from_slice(hash.first_chunk::<10>().unwrap_or(&[0; 10]));
    LeadId::new(at.unwrap_or_default(), random)
}

/// The lead as an item of the wire, with its provenance in `ctx.source`.
pub fn item(site: &str, source: &Source<'_>, form: &Form, arrival: &Arrival, now: Millis) -> Json {
    let map = source.settings.member("map").unwrap_or(&Json::Null);
    let filled = fill(form, &arrival.named, map, &arrival.data);
    let mut facts = Json::object([
        ("name", Json::str(source.name)),
        ("type", Json::str(source.kind)),
        ("id", Json::str(&arrival.id)),
    ]);
    for (key, value) in arrival.facts.as_object().unwrap_or_default() {
        facts.set(key, value.clone());
    }
    let channel = source.text("channel").unwrap_or(source.kind);
    let mut context = Json::object([("channel", Json::str(channel)), ("source", facts)]);
    if arrival.test {
        context.set("test", Json::Bool(true));
    }
    let id = id(site, source.name, &arrival.id, arrival.at);
    Json::object([
        ("id", Json::String(id.to_text())),
        ("at", Json::uint(arrival.at.unwrap_or(now).0)),
        ("form", Json::str(form.name())),
        ("data", filled.data),
        ("ctx", context),
        ("consent", Json::Object(Vec::new())),
    ])
}

/// An identifier that platforms write as a text or as a number of up to nineteen digits.
fn identifier(json: Option<&Json>) -> Option<String> {
    match json? {
        Json::String(text) | Json::Number(text) => {
            Some(text.clone()).filter(|text| !text.is_empty())
        }
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// These members of an object, those that are identifiers, under their names.
fn identifiers(json: &Json, names: &[&str]) -> Json {
    let found =
        names.iter().filter_map(|name| Some((*name, Json::String(identifier(json.member(name))?))));
    Json::object(found)
}

#[cfg(test)]
mod tests;
