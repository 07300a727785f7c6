//! HubSpot, contacts: batch upsert of CRM v3 with a batch of one.
//!
//! Contract: the published OpenAPI file `PublicApiSpecs/CRM/Contacts` of HubSpot/HubSpot-public-api-spec-collection; what
//! is said of partial upserts by e-mail is from memory. Settings: `token` (of a private app with
//! `crm.objects.contacts.write`); `unique`, the property that tells contacts apart (`email`); `map` from properties to
//! values. Every value is sent as text; several choices are joined by `;`.

use alloc::format;

use super::{Answer, Job, Move, Turn, Unready, single};
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

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let unique = job.text("unique").unwrap_or("email");
    let properties = Json::Object(
        job.mapped(PROPERTIES)
            .into_iter()
            .map(|(name, value)| (name, Json::String(plain(&value, ";"))))
            .collect(),
    );
    let Some(id) = properties.member(unique).cloned() else {
        return Ok(Move::Unfit("unique_missing"));
    };
    single(turn, || request(job, unique, id, properties), judge)
}

fn request(job: &Job<'_>, unique: &str, id: Json, properties: Json) -> Result<Request, Unready> {
    let token = job.needed("token")?;
    let url =
        format!("{}/crm/v3/objects/contacts/batch/upsert", job.base("https://api.hubapi.com")?);
    let input = Json::object([
        ("id", id),
        ("idProperty", Json::str(unique)),
        ("properties", properties),
        ("objectWriteTraceId", Json::str(job.key)),
    ]);
    let body = Json::object([("inputs", Json::array([input]))]);
    Ok(job.send("POST", url, [("authorization", format!("Bearer {token}"))].into(), &body))
}

/// 207 means that an item failed, and there is only one.
fn judge(answer: &Answer<'_>) -> Meaning {
    match answer.status {
        207 => Meaning::Refused,
        _ => answer.meaning(),
    }
}
