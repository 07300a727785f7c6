//! What the two kinds of LinkedIn have in common.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, Job, Unready};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const API: &str = "https://api.linkedin.com";
/// The version of the API; LinkedIn keeps one for about a year.
const VERSION: &str = "202603";

pub(super) fn request(
    job: &Job<'_>,
    path: &str,
    many: bool,
    body: &Json,
) -> Result<Request, Unready> {
    let token = job.needed("token")?;
    let version = job.text("version").unwrap_or(VERSION);
    let mut headers = Vec::from([
        ("authorization", format!("Bearer {token}")),
        ("linkedin-version", String::from(version)),
        ("x-restli-protocol-version", String::from("2.0.0")),
    ]);
    if many {
        headers.push(("x-restli-method", String::from("BATCH_CREATE")));
    }
    Ok(job.send("POST", format!("{}{path}", job.base(API)?), headers, body))
}

/// 423 is a resource that is locked for a while.
pub(super) fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 423 { Meaning::Retry } else { answer.meaning() }
}

/// The answer to a batch has a status for each element.
pub(super) fn judge_one(answer: &Answer<'_>) -> Meaning {
    let json = answer.json();
    let element = json.member("elements").and_then(Json::as_array).and_then(<[Json]>::first);
    let status = element.and_then(|element| element.member("status")).and_then(Json::as_uint);
    match status.and_then(|status| u16::try_from(status).ok()) {
        Some(status) if answer.is_done() => judge(&Answer { status, body: "" }),
        _ => judge(answer),
    }
}
