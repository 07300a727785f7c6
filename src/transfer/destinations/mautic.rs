//! Mautic: a contact by the REST API, which finds the contact of the same address and changes it.
//!
//! Contract: developer.mautic.org, "Contacts"; that an address is a unique field is how Mautic is installed. Settings: `url`,
//! `client_id` and `client_secret` (user and password; the API and its basic authentication have to be switched on), `tags`,
//! `map` from fields to values. A copy changes nothing.

use alloc::format;

use super::{Job, Move, Turn, Unready, single, usual};
use crate::{
    transfer::sign,
    wire::{json::Json, step::Request},
};

const FIELDS: &[(&str, &str)] = &[
    ("email", "contact.email"),
    ("firstname", "contact.first_name"),
    ("lastname", "contact.last_name"),
    ("phone", "contact.phone"),
    ("company", "contact.company"),
    ("position", "contact.job_title"),
    ("website", "contact.website"),
    ("zipcode", "contact.postcode"),
    ("city", "contact.city"),
];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    if job.word("contact.email").is_empty() {
        return Ok(Move::Unfit("email_missing"));
    }
    single(turn, || request(job), usual)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let url = format!("{}/api/contacts/new", job.needed("url")?.trim_end_matches('/'));
    let login = sign::basic(&job.needed("client_id")?, &job.needed("client_secret")?);
    let mut body = Json::Object(job.mapped(FIELDS));
    if let Some(tags) = job.settings.member("tags") {
        body.set("tags", tags.clone());
    }
    body.set("overwriteWithBlank", Json::Bool(false));
    Ok(job.send("POST", url, [("authorization", login)].into(), &body))
}
