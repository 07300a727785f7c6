//! HubSpot, contacts: batch upsert of CRM v3.
//!
//! Contract: the published OpenAPI file `PublicApiSpecs/CRM/Contacts` of HubSpot/HubSpot-public-api-spec-collection; what
//! is said of partial upserts by e-mail is from memory. Settings: `token` (of a private app with
//! `crm.objects.contacts.write`); `unique`, the property that tells contacts apart (`email`); `map` from properties to
//! values. Every value is sent as text; several choices are joined by `;`.

use alloc::{format, string::String};

use super::{Answer, Fate, Job, Move, Turn, Unready, several, single};
use crate::{
    transfer::view::plain,
    wire::{answer::Meaning, json::Json, step::Request},
};

pub(super) const PROPERTIES: &[(&str, &str)] = &[
    ("email", "contact.email"),
    ("firstname", "contact.first_name"),
    ("lastname", "contact.last_name"),
    ("phone", "contact.phone"),
    ("company", "contact.company"),
    ("jobtitle", "contact.job_title"),
    ("website", "contact.website"),
    ("zip", "contact.postcode"),
    ("city", "contact.city"),
    ("country", "contact.country"),
    ("message", "contact.message"),
];

/// The most contacts in one request.
pub(super) const MOST: u64 = 100;

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(input) = input(job) else { return Ok(Move::Unfit(MISSING)) };
    single(turn, || request(job, Json::array([input])), judge)
}

const MISSING: &str = "unique_missing";

pub(super) fn identity(job: &Job<'_>) -> Result<String, &'static str> {
    let input = input(job).ok_or(MISSING)?;
    Ok(input.member("id").and_then(Json::as_str).unwrap_or_default().to_lowercase())
}

pub(super) fn step_many(jobs: &[Job<'_>], turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(first) = jobs.first() else { return Err(Unready::Setting) };
    let inputs = jobs.iter().filter_map(input).collect();
    several(turn, inputs, |inputs| request(first, inputs), |answer| judge_many(jobs, answer))
}

/// A contact, told from others by the property `unique`; its trace id is the key of the delivery.
fn input(job: &Job<'_>) -> Option<Json> {
    let unique = job.text("unique").unwrap_or("email");
    let properties = Json::Object(
        job.mapped(PROPERTIES)
            .into_iter()
            .map(|(name, value)| (name, Json::String(plain(&value, ";"))))
            .collect(),
    );
    let id = properties.member(unique)?.clone();
    Some(Json::object([
        ("id", id),
        ("idProperty", Json::str(unique)),
        ("properties", properties),
        ("objectWriteTraceId", Json::str(job.key)),
    ]))
}

fn request(job: &Job<'_>, inputs: Json) -> Result<Request, Unready> {
    let token = job.needed("token")?;
    let url =
        format!("{}/crm/v3/objects/contacts/batch/upsert", job.base("https://api.hubapi.com")?);
    let body = Json::object([("inputs", inputs)]);
    Ok(job.send("POST", url, [("authorization", format!("Bearer {token}"))].into(), &body))
}

/// 207 means that an item failed, and there is only one.
fn judge(answer: &Answer<'_>) -> Meaning {
    match answer.status {
        207 => Meaning::Refused,
        _ => answer.meaning(),
    }
}

/// 207 has the results of those that were taken, and errors that name the others by their trace ids.
fn judge_many(jobs: &[Job<'_>], answer: &Answer<'_>) -> Move {
    if answer.status != 207 {
        return Move::End(answer.meaning());
    }
    let json = answer.json();
    let list = |key| json.member(key).and_then(Json::as_array).unwrap_or_default();
    let names = |value: &Json, key: &str| match value {
        Json::Array(items) => items.iter().any(|item| item.as_str() == Some(key)),
        other => other.as_str() == Some(key),
    };
    let fate = |job: &Job<'_>| {
        let taken = list("results").iter().find(|result| {
            result.member("objectWriteTraceId").is_some_and(|trace| names(trace, job.key))
        });
        let refused = list("errors").iter().find(|error| {
            let trace =
                error.member("context").and_then(|context| context.member("objectWriteTraceId"));
            trace.is_some_and(|trace| names(trace, job.key))
        });
        let (meaning, said) = match (refused, taken) {
            (Some(error), _) => (Meaning::Refused, error.clone()),
            (None, Some(_)) => (Meaning::Done, Json::Null),
            (None, None) => return None,
        };
        Some(Fate { meaning, status: None, said })
    };
    Move::Each(jobs.iter().map(fate).collect())
}
