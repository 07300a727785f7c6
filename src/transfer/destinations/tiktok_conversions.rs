//! TikTok, Events API 2.0.
//!
//! Contract: the connector of Segment, since TikTok's own portal could not be read; the codes of answers are from memory.
//! Settings: `token`, `dataset` (the pixel or the CRM event set), `event_source` (`crm`, `web` or `offline`), `test_code`,
//! `crm`, `events` from `lead` and the stages to names of events; without it a lead is `SubmitForm` and a stage has its own
//! name. A number is hashed whole, with its plus.

use alloc::{string::String, vec::Vec};

use super::{
    Job, Unready,
    conversion::{Conversion, NOBODY, page},
    identity::{Person, click, full, sha, source_id},
    tiktok,
};
use crate::wire::{json::Json, step::Request};

fn source<'a>(job: &Job<'a>) -> &'a str {
    job.settings.member("event_source").and_then(Json::as_str).unwrap_or("crm")
}

/// One event, or a word for why there is none.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let conversion = Conversion::of(job);
    let user = user(job).ok_or(NOBODY)?;
    let name = conversion.named.or(conversion.stage).unwrap_or_else(|| "SubmitForm".into());
    let mut event = Json::object([
        ("event", Json::String(name)),
        ("event_time", Json::uint(conversion.at.as_secs())),
        ("event_id", Json::String(conversion.id)),
        ("user", user),
    ]);
    if let Some((value, currency)) = conversion.worth {
        let worth = [("currency", Json::String(currency)), ("value", value)];
        event.set("properties", Json::object(worth));
    }
    if let Some(page) = page(job).filter(|_| source(job) == "web") {
        event.set("page", Json::object([("url", Json::str(page))]));
    }
    if source(job) == "crm" {
        let id = source_id(job, "tiktok").unwrap_or(job.word("id"));
        let crm = job.text("crm").unwrap_or("Leadkit");
        let lead = [("lead_id", Json::str(id)), ("lead_event_source", Json::str(crm))];
        event.set("lead", Json::object(lead));
    }
    Ok(event)
}

fn user(job: &Job<'_>) -> Option<Json> {
    let person = Person::of(job);
    let mut user = Json::Object(Vec::new());
    let hashed = [("email", person.email.to_lowercase()), ("phone", person.phone)];
    for (name, value) in hashed {
        if let Some(hash) = sha(&value) {
            user.set(name, Json::array([Json::String(hash)]));
        }
    }
    let plain: [(&str, Option<String>); 2] = [
        ("ttclid", click(job, "ttclid").map(Into::into)),
        ("ttp", click(job, "_ttp").map(Into::into)),
    ];
    for (name, value) in full(plain).as_object().unwrap_or_default() {
        user.set(name, value.clone());
    }
    if user.as_object().is_some_and(<[_]>::is_empty) {
        return None;
    }
    if let Some(hash) = sha(job.word("id")) {
        user.set("external_id", Json::array([Json::String(hash)]));
    }
    Some(user)
}

pub(super) fn request(job: &Job<'_>, events: Json) -> Result<Request, Unready> {
    let mut body = Json::object([
        ("event_source", Json::str(source(job))),
        ("event_source_id", Json::String(job.needed("dataset")?)),
    ]);
    if let Some(code) = job.setting("test_code")? {
        body.set("test_event_code", Json::String(code));
    }
    body.set("data", events);
    tiktok::request(job, "event/track", &body)
}
