//! Google, Data Manager API: members of a customer list, `audienceMembers:ingest` and `audienceMembers:remove`.
//!
//! Contract: the protos of PyPI `google-ads-datamanager` 0.9.4, by which every body is checked. Settings: `token`, `account`,
//! `audience` (the id of the list), `login_account`, `validate`. Who configures it says to have accepted Google's terms for
//! Customer Match.

use alloc::vec::Vec;

use super::{
    Job, Unready,
    conversion::NOBODY,
    google::{self, consent, destination, identifiers},
};
use crate::{
    lead::Operation,
    wire::{json::Json, step::Request},
};

/// One member.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let people: Vec<Json> = identifiers(job);
    if people.is_empty() {
        return Err(NOBODY);
    }
    let data = Json::object([("userIdentifiers", Json::Array(people))]);
    Ok(Json::object([("userData", data)]))
}

pub(super) fn request(job: &Job<'_>, members: Json) -> Result<Request, Unready> {
    let list = job.needed("audience")?;
    let mut body = Json::object([
        ("destinations", Json::array([destination(job, &list)?])),
        ("audienceMembers", members),
    ]);
    if job.operation() == Operation::Remove {
        return google::request(job, "audienceMembers:remove", body);
    }
    body.set("consent", consent());
    let terms = Json::object([("customerMatchTermsOfServiceStatus", Json::str("ACCEPTED"))]);
    body.set("termsOfService", terms);
    google::request(job, "audienceMembers:ingest", body)
}
