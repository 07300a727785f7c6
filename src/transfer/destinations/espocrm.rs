//! `EspoCRM`: a lead by the record API.
//!
//! Contract: docs.espocrm.com, "API" and "CRUD operations"; the search is from memory. Settings: `url`, `token` (the key of an
//! API user), `map` from fields to values, `unique`: a field of the lead that was added for our id, such as `cLeadkitId`, by
//! which a copy is found. Without it a copy is made if an attempt breaks off after the lead was made. Whether the person is
//! there already is for people to see: the check for duplicates of Espo is passed over, or the lead would be lost.

use alloc::{format, string::String, vec::Vec};

use super::{Job, Move, Turn, Unready, encoded};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const FIELDS: &[(&str, &str)] = &[
    ("firstName", "contact.first_name"),
    ("lastName", "contact.last_name"),
    ("emailAddress", "contact.email"),
    ("phoneNumber", "contact.phone"),
    ("accountName", "contact.company"),
    ("title", "contact.job_title"),
    ("website", "contact.website"),
    ("addressPostalCode", "contact.postcode"),
    ("addressCity", "contact.city"),
    ("description", "contact.message"),
];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let base = job.needed("url")?;
    let url = format!("{}/api/v1/Lead", base.trim_end_matches('/'));
    let token = job.needed("token")?;
    let headers = |more: Option<(&'static str, String)>| {
        let own = [("x-api-key", token.clone()), ("accept", String::from("application/json"))];
        own.into_iter().chain(more).collect::<Vec<_>>()
    };
    let create = || {
        let skip = Some(("x-skip-duplicate-check", String::from("true")));
        Move::ask_with("made", Json::Null, job.send("POST", url.clone(), headers(skip), &lead(job)))
    };
    let Some(turn) = turn else {
        let Some(unique) = job.text("unique") else { return Ok(create()) };
        let query = format!(
            "maxSize=1&where%5B0%5D%5Btype%5D=equals&where%5B0%5D%5Battribute%5D={}&where%5B0%5D%5Bvalue%5D={}",
            encoded(unique),
            encoded(job.word("id"))
        );
        let request = job.send("GET", format!("{url}?{query}"), headers(None), &Json::Null);
        let request = Request { body: String::new(), ..request };
        return Ok(Move::ask_with("counted", Json::Null, request));
    };
    match (turn.answer.meaning(), turn.at) {
        (Meaning::Done, "counted") => {
            let total = turn.answer.json().member("total").and_then(Json::as_int);
            // A count that is not known is -1 or -2 there.
            Ok(if total.is_some_and(|total| total > 0) {
                Move::End(Meaning::Done)
            } else {
                create()
            })
        }
        // A field that is not there, or a wrong address, waits for a person.
        (Meaning::Refused, "counted") => Ok(Move::End(Meaning::Denied)),
        (meaning, _) => Ok(Move::End(meaning)),
    }
}

fn lead(job: &Job<'_>) -> Json {
    let mut out = Json::Object(job.mapped(FIELDS));
    if out.member("lastName").is_none() {
        let email = Some(job.word("contact.email")).filter(|email| !email.is_empty());
        out.set("lastName", Json::str(email.unwrap_or("-")));
    }
    if let Some(unique) = job.text("unique") {
        out.set(unique, Json::str(job.word("id")));
    }
    out
}
