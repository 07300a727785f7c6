//! Any address that takes JSON: Standard Webhooks 1.0.0, <https://www.standardwebhooks.com>.
//!
//! A lead is `lead.created`, one that came to a stage `lead.stage`. Settings: `url`; `secret` (`whsec_` and base64) signs as
//! `v1`, `previous_secret` too while it is replaced, and `signing_key` (`whsk_`) as `v1a`. Without any of them nothing is
//! signed. With `map` the data are what it names, and the id; without it the whole lead.

use super::{Job, Move, Turn, Unready, single, usual};
use crate::wire::{json::Json, step::Request};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || request(job), usual)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let (kind, at) = job.event();
    let body = Json::object([
        ("type", Json::str(kind)),
        ("timestamp", Json::String(at.to_iso8601())),
        ("data", data(job)),
    ]);
    let mut request = job.send("POST", job.needed("url")?, [].into(), &body);
    job.sign(&mut request)?;
    Ok(request)
}

/// The lead, or what `map` names of it with its id.
pub(super) fn data(job: &Job<'_>) -> Json {
    if job.settings.member("map").is_none() {
        return job.lead.clone();
    }
    let mut out = Json::object([("id", Json::str(job.word("id")))]);
    for (name, value) in job.mapped(&[]) {
        out.set(&name, value);
    }
    out
}
