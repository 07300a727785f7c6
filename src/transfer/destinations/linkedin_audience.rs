//! LinkedIn, matched audiences: people of a DMP segment, added and removed.
//!
//! Contract: from memory (`POST /rest/dmpSegments/{id}/users` with `X-RestLi-Method: BATCH_CREATE`). Settings: `token` (with
//! `rw_dmp_segments`), `audience` (the id of the segment), `version`.

use alloc::{format, string::String};

use super::{
    Job, Unready,
    conversion::NOBODY,
    encoded,
    identity::{Person, full, sha},
    linkedin,
};
use crate::{
    lead::Operation,
    wire::{json::Json, step::Request},
};

/// One person with what is to be done.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let person = Person::of(job);
    let hash = sha(&person.email.to_lowercase()).ok_or(NOBODY)?;
    let action = if job.operation() == Operation::Remove { "REMOVE" } else { "ADD" };
    let id = full([("idType", Some("SHA256_EMAIL".into())), ("idValue", Some(hash))]);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let mut out = full([
        ("action", Some(action.into())),
        ("firstName", some(person.first_name)),
        ("lastName", some(person.last_name)),
        ("company", some(job.word("contact.company").into())),
        ("country", some(person.country)),
    ]);
    out.set("userIds", Json::array([id]));
    Ok(out)
}

pub(super) fn request(job: &Job<'_>, people: Json) -> Result<Request, Unready> {
    let segment = encoded(&job.needed("audience")?);
    let body = Json::object([("elements", people)]);
    linkedin::request(job, &format!("/rest/dmpSegments/{segment}/users"), true, &body)
}
