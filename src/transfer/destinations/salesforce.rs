//! Salesforce: an upsert of a lead by an external id, so that a copy changes nothing.
//!
//! Contract: developer.salesforce.com, "sObject Collections Upsert" and the OAuth client credentials flow; the header for
//! duplicate rules and the codes of errors are from memory. Settings: `url` (`https://MYDOMAIN.my.salesforce.com`),
//! `client_id`, `client_secret`, `unique` (`Leadkit_Id__c`: a text field of the lead that is an external id and unique),
//! `map` from fields to values. A last name and a company are mandatory there; without them the address and `-` stand in.

use alloc::{format, string::String};

use super::{Answer, Job, Move, Turn, Unready, encoded, single};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const FIELDS: &[(&str, &str)] = &[
    ("FirstName", "contact.first_name"),
    ("LastName", "contact.last_name"),
    ("Company", "contact.company"),
    ("Email", "contact.email"),
    ("Phone", "contact.phone"),
    ("Title", "contact.job_title"),
    ("Website", "contact.website"),
    ("PostalCode", "contact.postcode"),
    ("City", "contact.city"),
    ("Description", "contact.message"),
];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let base = job.needed("url")?;
    single(turn, || Ok(upsert(job, base.trim_end_matches('/'), job.access()?.token())), judge)
}

/// The client credentials flow has no refresh token.
pub(super) fn grant(job: &Job<'_>, _refresh: Option<&str>) -> Result<Request, Unready> {
    let base = job.needed("url")?;
    job.client_credentials(format!("{}/services/oauth2/token", base.trim_end_matches('/')))
}

fn upsert(job: &Job<'_>, base: &str, token: &str) -> Request {
    let unique = job.text("unique").unwrap_or("Leadkit_Id__c");
    let mut record = Json::object([("attributes", Json::object([("type", Json::str("Lead"))]))]);
    for (name, value) in job.mapped(FIELDS) {
        record.set(&name, value);
    }
    let stand_in = Some(job.word("contact.email")).filter(|email| !email.is_empty()).unwrap_or("-");
    for (name, instead) in [("LastName", stand_in), ("Company", "-")] {
        if record.member(name).is_none() {
            record.set(name, Json::str(instead));
        }
    }
    record.set(unique, Json::str(job.word("id")));
    let body = Json::object([("allOrNone", Json::Bool(false)), ("records", Json::array([record]))]);
    let url = format!("{base}/services/data/v62.0/composite/sobjects/Lead/{}", encoded(unique));
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("accept", "application/json".into()),
        ("sforce-duplicate-rule-header", "allowSave=true".into()),
    ];
    job.send("PATCH", url, headers.into(), &body)
}

/// The codes that pass by themselves.
const PASSING: &[&str] = &["UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"];

/// 200 has a result for each record; 403 may mean that the limit of the day is used up.
fn judge(answer: &Answer<'_>) -> Meaning {
    let json = answer.json();
    let first = json.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    let code = |json: &Json, key| json.member(key).and_then(Json::as_str).map(String::from);
    match answer.status {
        200 if first.member("success") == Some(&Json::Bool(true)) => Meaning::Done,
        200 => {
            let errors = first.member("errors").and_then(Json::as_array).unwrap_or_default();
            let passes = errors.iter().filter_map(|error| code(error, "statusCode"));
            if passes.clone().any(|code| PASSING.contains(&code.as_str())) {
                Meaning::Retry
            } else {
                Meaning::Refused
            }
        }
        403 if code(first, "errorCode").is_some_and(|code| PASSING.contains(&code.as_str())) => {
            Meaning::Retry
        }
        _ => answer.meaning(),
    }
}
