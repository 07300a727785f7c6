//! TikTok, custom audiences: people by hashed identifiers, added and removed.
//!
//! Contract: from memory (`POST /open_api/v1.3/segment/mapping/`). Settings: `token`, `account` (the advertiser), `audience`.

use alloc::vec::Vec;

use super::{
    Job, Unready,
    conversion::NOBODY,
    identity::{Person, sha},
    tiktok,
};
use crate::{
    lead::Operation,
    wire::{json::Json, step::Request},
};

/// What stands in the columns of a row.
const SCHEMA: [&str; 2] = ["EMAIL_SHA256", "PHONE_SHA256"];

/// One row: the address and the number, of which one may be an empty object.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let person = Person::of(job);
    let hashes = [sha(&person.email.to_lowercase()), sha(&person.phone)];
    if hashes.iter().all(Option::is_none) {
        return Err(NOBODY);
    }
    let audience = job.setting("audience").ok().flatten().unwrap_or_default();
    let cell = |hash: Option<alloc::string::String>| {
        let Some(hash) = hash else { return Json::Object(Vec::new()) };
        let audiences = Json::array([Json::str(&audience)]);
        Json::object([("id", Json::String(hash)), ("audience_ids", audiences)])
    };
    Ok(Json::array(hashes.map(cell)))
}

pub(super) fn request(job: &Job<'_>, rows: Json) -> Result<Request, Unready> {
    job.needed("audience")?;
    let action = if job.operation() == Operation::Remove { "delete" } else { "add" };
    let body = Json::object([
        ("advertiser_ids", Json::array([Json::String(job.needed("account")?)])),
        ("action", Json::str(action)),
        ("id_schema", Json::array(SCHEMA.map(Json::str))),
        ("batch_data", rows),
    ]);
    tiktok::request(job, "segment/mapping", &body)
}
