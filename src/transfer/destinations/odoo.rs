//! Odoo 19 or newer: a lead of the CRM by the JSON-2 API.
//!
//! Contract: odoo/documentation, `external_api.rst`. Settings: `url`, `token` (an API key), `database` where a server has
//! several, `map` from fields to values, `unique`: a field of `crm.lead` that was added for our id, such as `x_lead_id`, by
//! which a copy is found. Without it a copy is made if an attempt breaks off after the lead was made.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, Job, Move, Turn, Unready};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const FIELDS: &[(&str, &str)] = &[
    ("contact_name", "contact.name"),
    ("email_from", "contact.email"),
    ("phone", "contact.phone"),
    ("partner_name", "contact.company"),
    ("function", "contact.job_title"),
    ("website", "contact.website"),
    ("zip", "contact.postcode"),
    ("city", "contact.city"),
    ("description", "contact.message"),
];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let call = |method: &str, body: &Json| -> Result<Request, Unready> {
        let url = format!("{}/json/2/crm.lead/{method}", job.needed("url")?.trim_end_matches('/'));
        let mut headers =
            Vec::from([("authorization", format!("bearer {}", job.needed("token")?))]);
        headers.extend(job.text("database").map(|name| ("x-odoo-database", String::from(name))));
        Ok(job.send("POST", url, headers, body))
    };
    let create = || -> Result<Move, Unready> {
        let body = Json::object([("vals_list", Json::array([lead(job)]))]);
        Ok(Move::ask_with("made", Json::Null, call("create", &body)?))
    };
    let Some(turn) = turn else {
        let Some(unique) = job.text("unique") else { return create() };
        let term = Json::array([Json::str(unique), Json::str("="), Json::str(job.word("id"))]);
        let body = Json::object([("domain", Json::array([term]))]);
        return Ok(Move::ask_with("counted", Json::Null, call("search_count", &body)?));
    };
    match (judge(&turn.answer), turn.at) {
        (Meaning::Done, "counted") if turn.answer.json().as_uint().unwrap_or(0) == 0 => create(),
        (meaning, _) => Ok(Move::End(meaning)),
    }
}

fn lead(job: &Job<'_>) -> Json {
    let name = [job.word("contact.name"), job.word("contact.email"), job.word("id")];
    let name = name.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let mut out = Json::object([
        ("name", Json::String(format!("{name}, {}", job.word("form")))),
        ("type", Json::str("lead")),
    ]);
    for (name, value) in job.mapped(FIELDS) {
        out.set(&name, value);
    }
    if let Some(unique) = job.text("unique") {
        out.set(unique, Json::str(job.word("id")));
    }
    out
}

/// A database or a model that is not there waits for a person.
fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 404 { Meaning::Denied } else { answer.meaning() }
}
