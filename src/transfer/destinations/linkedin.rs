//! What the two kinds of LinkedIn have in common.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, Job, Unready, ads::Verdict};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const TOKENS: &str = "https://www.linkedin.com/oauth/v2/accessToken";
const API: &str = "https://api.linkedin.com";
/// The version of the API; LinkedIn keeps one for about a year.
const VERSION: &str = "202603";

pub(super) fn request(
    job: &Job<'_>,
    path: &str,
    many: bool,
    body: &Json,
) -> Result<Request, Unready> {
    let token = job.bearer()?;
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
fn told(answer: &Answer<'_>) -> Meaning {
    if answer.status == 423 { Meaning::Retry } else { answer.meaning() }
}

/// The answer to a batch has a status for each element.
pub(super) fn judge(answer: &Answer<'_>, items: usize) -> Verdict {
    let json = answer.json();
    let elements = json.member("elements").and_then(Json::as_array);
    let Some(elements) = elements.filter(|each| answer.is_done() && each.len() == items) else {
        return Verdict::All(told(answer));
    };
    let meaning = |element: &Json| {
        let status = element.member("status").and_then(Json::as_uint)?;
        Some(told(&Answer { status: u16::try_from(status).ok()?, body: "" }))
    };
    Verdict::Each(elements.iter().map(meaning).collect())
}

/// Where LinkedIn gives tokens for a refresh token.
pub(super) fn grant(job: &Job<'_>, refresh: Option<&str>) -> Result<Request, Unready> {
    let url = job.setting("token_url")?;
    job.refreshing(url.unwrap_or_else(|| String::from(TOKENS)), refresh)
}
