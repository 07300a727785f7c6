//! Mautic: a contact by the REST API, which finds the contact of the same address and changes it.
//!
//! Contract: developer.mautic.org, "Contacts"; that an address is a unique field is how Mautic is installed. Settings: `url`,
//! `client_id` and `client_secret` (user and password; the API and its basic authentication have to be switched on), `tags`,
//! `map` from fields to values. A copy changes nothing.

use alloc::{format, string::String};

use super::{Answer, Fate, Job, Move, Turn, Unready, several, single, usual};
use crate::{
    transfer::sign,
    wire::{
        answer::{Meaning, meaning},
        json::Json,
        step::Request,
    },
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

/// The most contacts in one request: Mautic takes 200, but answers with everything it knows of each.
pub(super) const MOST: u64 = 50;
const MISSING: &str = "email_missing";

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    if identity(job).is_err() {
        return Ok(Move::Unfit(MISSING));
    }
    single(turn, || request(job, "new", &contact(job)), usual)
}

pub(super) fn identity(job: &Job<'_>) -> Result<String, &'static str> {
    let email = job.word("contact.email").to_lowercase();
    if email.is_empty() { Err(MISSING) } else { Ok(email) }
}

pub(super) fn step_many(jobs: &[Job<'_>], turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(first) = jobs.first() else { return Err(Unready::Setting) };
    let contacts = jobs.iter().map(contact).collect();
    let send = |contacts: Json| request(first, "batch/new", &contacts);
    several(turn, contacts, send, |answer| judge_many(jobs, answer))
}

fn contact(job: &Job<'_>) -> Json {
    let mut body = Json::Object(job.mapped(FIELDS));
    if let Some(tags) = job.settings.member("tags") {
        body.set("tags", tags.clone());
    }
    body.set("overwriteWithBlank", Json::Bool(false));
    body
}

fn request(job: &Job<'_>, path: &str, body: &Json) -> Result<Request, Unready> {
    let url = format!("{}/api/contacts/{path}", job.needed("url")?.trim_end_matches('/'));
    let login = sign::basic(&job.needed("client_id")?, &job.needed("client_secret")?);
    Ok(job.send("POST", url, [("authorization", login)].into(), body))
}

/// `statusCodes` has a status for each contact, in their order (from memory); `errors` what was wrong, by the place.
fn judge_many(jobs: &[Job<'_>], answer: &Answer<'_>) -> Move {
    let json = answer.json();
    let codes = json.member("statusCodes").and_then(Json::as_array);
    let Some(codes) = codes.filter(|codes| answer.is_done() && codes.len() == jobs.len()) else {
        return match answer.meaning() {
            // An answer that tells of nobody is no proof that all were taken.
            Meaning::Done => Move::Each(jobs.iter().map(|_| None).collect()),
            other => Move::End(other),
        };
    };
    let errors = json.member("errors").unwrap_or(&Json::Null);
    let fate = |(place, code): (usize, &Json)| {
        let status = u16::try_from(code.as_int()?).ok()?;
        let said = match errors {
            Json::Array(items) => items.get(place),
            other => other.member(&format!("{place}")),
        };
        let said = said.cloned().unwrap_or_default();
        Some(Fate { meaning: meaning(status), status: Some(status), said })
    };
    Move::Each(codes.iter().enumerate().map(fate).collect())
}
