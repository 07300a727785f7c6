//! Google, Data Manager API: conversions, `events:ingest`.
//!
//! Contract: the protos of PyPI `google-ads-datamanager` 0.9.4, by which every body is checked; that `token` needs the scope
//! `https://www.googleapis.com/auth/datamanager` is from memory. Settings: `token`, `account` (the customer id), `login_account`
//! (of a manager), `events` from `lead` and the stages to ids of conversion actions, `validate` (checks and keeps nothing).
//! Google takes a request and judges it later; what comes of that is not asked for.

use alloc::vec::Vec;

use super::{
    Job, Unready,
    conversion::{Conversion, NOBODY, TOO_OLD, UNMAPPED},
    google::{self, consent, destination, identifiers},
    identity::{click, full, source_id},
};
use crate::wire::{json::Json, step::Request};

/// How old a conversion may be.
const DAYS: u64 = 90;

pub(super) fn request(job: &Job<'_>, events: Json) -> Result<Request, Unready> {
    let product = Conversion::of(job).named.unwrap_or_default();
    let body = Json::object([
        ("destinations", Json::array([destination(job, &product)?])),
        ("events", events),
        ("consent", consent()),
    ]);
    google::request(job, "events:ingest", body)
}

/// One event, or a word for why there is none.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let conversion = Conversion::of(job);
    if conversion.named.is_none() {
        return Err(UNMAPPED);
    }
    if conversion.is_older(job, DAYS) {
        return Err(TOO_OLD);
    }
    let own = |name: &str| click(job, name).map(Into::into);
    // Google wants one of them; a lead form of its own brings the click as `gcl_id`.
    let form = source_id(job, "google").and_then(|_| job.at("context.source.gcl_id").as_str());
    let gclid = own("gclid").or_else(|| form.map(Into::into));
    let clicks = match (gclid, own("gbraid"), own("wbraid")) {
        (gclid @ Some(_), _, _) => full([("gclid", gclid)]),
        (None, gbraid @ Some(_), _) => full([("gbraid", gbraid)]),
        (None, None, wbraid) => full([("wbraid", wbraid)]),
    };
    let people: Vec<Json> = identifiers(job);
    let clicked = clicks.as_object().is_some_and(|members| !members.is_empty());
    if people.is_empty() && !clicked {
        return Err(NOBODY);
    }
    let mut event = Json::object([
        ("transactionId", Json::String(conversion.id)),
        ("eventTimestamp", Json::String(conversion.at.to_iso8601())),
        ("eventSource", Json::str(if clicked { "WEB" } else { "OTHER" })),
    ]);
    if clicked {
        event.set("adIdentifiers", clicks);
    }
    if !people.is_empty() {
        event.set("userData", Json::object([("userIdentifiers", Json::Array(people))]));
    }
    if let Some((value, currency)) = conversion.worth {
        event.set("currency", Json::String(currency));
        event.set("conversionValue", value);
    }
    Ok(event)
}
