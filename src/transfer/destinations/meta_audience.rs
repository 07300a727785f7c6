//! Meta, custom audiences: people by hashed identifiers, added and removed.
//!
//! Contract: `POST` and `DELETE` of `/{audience}/users`, as the mixin of Meta's business SDK builds them. Settings: `token`,
//! `audience` (its id), `app_secret`. A city and a name are hashed by the rules of the Conversions API, not by those of the
//! mixin, which drops every letter with a mark. `EXTERN_ID` is the id of the lead and is not hashed.

use alloc::{format, vec::Vec};

use super::{
    Answer, Job, Unready,
    ads::Verdict,
    conversion::NOBODY,
    encoded,
    identity::{Person, meta, sha},
    meta_conversions::{address, told},
};
use crate::{
    lead::Operation,
    wire::{answer::Meaning, json::Json, step::Request},
};

/// The columns of a row.
const SCHEMA: [&str; 8] = ["EMAIL", "PHONE", "FN", "LN", "CT", "ZIP", "COUNTRY", "EXTERN_ID"];

/// One row: an empty text for what is not known.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let person = Person::of(job);
    let (email, phone) = (meta::email(&person), meta::phone(&person));
    if email.is_empty() && phone.is_empty() {
        return Err(NOBODY);
    }
    let hashed = [
        email,
        phone,
        meta::name(&person.first_name),
        meta::name(&person.last_name),
        meta::city(&person.city),
        meta::postcode(&person.postcode),
        person.country.to_ascii_lowercase(),
    ];
    let mut row: Vec<Json> =
        hashed.iter().map(|value| Json::String(sha(value).unwrap_or_default())).collect();
    row.push(Json::str(job.word("id")));
    Ok(Json::Array(row))
}

pub(super) fn request(job: &Job<'_>, rows: Json) -> Result<Request, Unready> {
    let method = if job.operation() == Operation::Remove { "DELETE" } else { "POST" };
    let audience = encoded(&job.needed("audience")?);
    let url = address(job, &format!("{audience}/users"))?;
    let payload = Json::object([("schema", Json::array(SCHEMA.map(Json::str))), ("data", rows)]);
    let body = Json::object([("payload", payload)]);
    Ok(job.send(method, url, Vec::new(), &body))
}

pub(super) fn judge(answer: &Answer<'_>, _: usize) -> Verdict {
    let json = answer.json();
    let invalid = json.member("num_invalid_entries").and_then(Json::as_uint).unwrap_or(0);
    Verdict::All(if answer.is_done() && invalid > 0 { Meaning::Refused } else { told(answer) })
}
