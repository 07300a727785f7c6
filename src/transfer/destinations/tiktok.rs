//! What the two kinds of TikTok have in common.

use alloc::{format, vec::Vec};

use super::{Answer, Job, Unready, ads::Verdict};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const API: &str = "https://business-api.tiktok.com";

pub(super) fn request(job: &Job<'_>, path: &str, body: &Json) -> Result<Request, Unready> {
    let headers = Vec::from([("access-token", job.needed("token")?)]);
    let url = format!("{}/open_api/v1.3/{path}/", job.base(API)?);
    Ok(job.send("POST", url, headers, body))
}

/// TikTok answers 200 and says in the body what it means; the codes are from memory.
pub(super) fn judge(answer: &Answer<'_>, _: usize) -> Verdict {
    Verdict::All(told(answer))
}

fn told(answer: &Answer<'_>) -> Meaning {
    let code = answer.json().member("code").and_then(Json::as_int);
    match code {
        _ if !answer.is_done() => answer.meaning(),
        Some(0) => Meaning::Done,
        Some(40_100 | 40_133 | 50_000..=59_999) => Meaning::Retry,
        Some(40_001 | 40_101..=40_106) => Meaning::Denied,
        Some(_) => Meaning::Refused,
        None => Meaning::Retry,
    }
}
