//! Microsoft Advertising, Conversions API of UET.
//!
//! Contract: learn.microsoft.com and the connector of Segment; the API is a pilot, with a token for each tag. Settings:
//! `token`, `dataset` (the id of the tag), `events` from `lead` and the stages to names of events; without it a lead is
//! `lead` and a stage has its own name. The click is `msclkid`. Customer lists go through bulk files and are not made here.

use alloc::{format, string::String, vec::Vec};

use super::{
    Answer, Job, Unready,
    ads::Verdict,
    conversion::{Conversion, NOBODY, page},
    encoded,
    identity::{Person, click, digits, full, sha},
};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const API: &str = "https://capi.uet.microsoft.com";

/// One event, or a word for why there is none.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let conversion = Conversion::of(job);
    let person = Person::of(job);
    let user = full([
        ("em", sha(&person.email.to_lowercase())),
        ("ph", sha(&digits(&person.phone))),
        ("msclkid", msclkid(job)),
    ]);
    if user.as_object().is_some_and(<[_]>::is_empty) {
        return Err(NOBODY);
    }
    let name = conversion.named.or(conversion.stage).unwrap_or_else(|| "lead".into());
    let mut event = Json::object([
        ("eventType", Json::str("custom")),
        ("eventName", Json::String(name)),
        ("eventId", Json::String(conversion.id)),
        ("eventTime", Json::uint(conversion.at.as_secs())),
        // Without the purpose of the destination there is no delivery.
        ("adStorageConsent", Json::str("G")),
    ]);
    if let Some(page) = page(job) {
        event.set("eventSourceUrl", Json::str(page));
    }
    event.set("userData", user);
    if let Some((value, currency)) = conversion.worth {
        let worth = [("value", value), ("currency", Json::String(currency))];
        event.set("customData", Json::object(worth));
    }
    Ok(event)
}

/// The parameter, or the cookie of the tag, which has three letters before it.
fn msclkid(job: &Job<'_>) -> Option<String> {
    let cookie = || click(job, "_uetmsclkid").map(|text| text.strip_prefix("_uet").unwrap_or(text));
    click(job, "msclkid").or_else(cookie).map(Into::into)
}

pub(super) fn request(job: &Job<'_>, events: Json) -> Result<Request, Unready> {
    let tag = encoded(&job.needed("dataset")?);
    let url = format!("{}/v1/{tag}/events", job.base(API)?);
    let token = job.needed("token")?;
    let body = Json::object([("data", events), ("continueOnValidationError", Json::Bool(true))]);
    Ok(job.send("POST", url, Vec::from([("authorization", format!("Bearer {token}"))]), &body))
}

/// With `continueOnValidationError` the events that were refused are named in the body of a good answer, by their places.
pub(super) fn judge(answer: &Answer<'_>, items: usize) -> Verdict {
    let json = answer.json();
    let details = json.member("error").and_then(|error| error.member("details"));
    let details = details.and_then(Json::as_array).unwrap_or_default();
    if !answer.is_done() || details.is_empty() {
        return Verdict::All(answer.meaning());
    }
    let place = |detail: &Json| detail.member("index").and_then(Json::as_uint);
    let refused: Vec<_> = details.iter().filter_map(place).collect();
    if refused.is_empty() {
        return Verdict::All(Meaning::Refused);
    }
    let meaning = |index: usize| {
        if refused.contains(&(index as u64)) { Meaning::Refused } else { Meaning::Done }
    };
    Verdict::Each((0..items).map(|index| Some(meaning(index))).collect())
}
