//! Salesforce: an upsert of a lead by an external id, so that a copy changes nothing.
//!
//! Contract: developer.salesforce.com, "sObject Collections Upsert" and the OAuth client credentials flow; the header for
//! duplicate rules and the codes of errors are from memory. Settings: `url` (`https://MYDOMAIN.my.salesforce.com`),
//! `client_id`, `client_secret`, `unique` (`Leadkit_Id__c`: a text field of the lead that is an external id and unique),
//! `map` from fields to values. A last name and a company are mandatory there; without them the address and `-` stand in.

use alloc::format;

use super::{Answer, Fate, Job, Move, Turn, Unready, encoded, several, single};
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
    single(turn, || upsert(job, base.trim_end_matches('/'), Json::array([record(job)])), judge)
}

/// The most records in one request.
pub(super) const MOST: u64 = 200;

pub(super) fn step_many(jobs: &[Job<'_>], turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(first) = jobs.first() else { return Err(Unready::Setting) };
    let base = first.needed("url")?;
    let records = jobs.iter().map(record).collect();
    let request = |records| upsert(first, base.trim_end_matches('/'), records);
    several(turn, records, request, |answer| judge_many(jobs, answer))
}

/// The client credentials flow has no refresh token.
pub(super) fn grant(job: &Job<'_>, _refresh: Option<&str>) -> Result<Request, Unready> {
    let base = job.needed("url")?;
    job.client_credentials(format!("{}/services/oauth2/token", base.trim_end_matches('/')))
}

fn record(job: &Job<'_>) -> Json {
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
    record.set(unique(job), Json::str(job.word("id")));
    record
}

fn unique<'a>(job: &'a Job<'_>) -> &'a str {
    job.text("unique").unwrap_or("Leadkit_Id__c")
}

fn upsert(job: &Job<'_>, base: &str, records: Json) -> Result<Request, Unready> {
    let body = Json::object([("allOrNone", Json::Bool(false)), ("records", records)]);
    let url =
        format!("{base}/services/data/v62.0/composite/sobjects/Lead/{}", encoded(unique(job)));
    let headers = [
        ("authorization", format!("Bearer {}", job.access()?.token())),
        ("accept", "application/json".into()),
        ("sforce-duplicate-rule-header", "allowSave=true".into()),
    ];
    Ok(job.send("PATCH", url, headers.into(), &body))
}

/// The codes that pass by themselves.
const PASSING: &[&str] = &["UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"];

/// 200 has a result for each record; 403 may mean that the limit of the day is used up.
fn judge(answer: &Answer<'_>) -> Meaning {
    let json = answer.json();
    let first = json.as_array().and_then(<[Json]>::first).unwrap_or(&Json::Null);
    let passes = first.member("errorCode").and_then(Json::as_str);
    match answer.status {
        200 => of_record(first),
        403 if passes.is_some_and(|code| PASSING.contains(&code)) => Meaning::Retry,
        _ => answer.meaning(),
    }
}

fn of_record(result: &Json) -> Meaning {
    if result.member("success") == Some(&Json::Bool(true)) {
        return Meaning::Done;
    }
    let errors = result.member("errors").and_then(Json::as_array).unwrap_or_default();
    let mut codes = errors.iter().filter_map(|error| error.member("statusCode")?.as_str());
    if codes.any(|code| PASSING.contains(&code)) { Meaning::Retry } else { Meaning::Refused }
}

/// The results stand in the order of the records.
fn judge_many(jobs: &[Job<'_>], answer: &Answer<'_>) -> Move {
    if answer.status != 200 {
        return Move::End(judge(answer));
    }
    let json = answer.json();
    let results = json.as_array().filter(|results| results.len() == jobs.len());
    let fate =
        |result: &Json| Fate { meaning: of_record(result), status: None, said: result.clone() };
    let fates = (0..jobs.len()).map(|index| results?.get(index).map(fate));
    Move::Each(fates.collect())
}
