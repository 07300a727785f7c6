//! Any address that takes JSON: Standard Webhooks 1.0.0, <https://www.standardwebhooks.com>.
//!
//! A lead is `lead.created`, one that came to a stage `lead.stage`. Settings: `url`; `secret` (`whsec_` and base64) signs as
//! `v1`, `previous_secret` too while it is replaced, and `signing_key` (`whsk_`) as `v1a`. Without any of them nothing is
//! signed. With `map` the data are what it names, and the id; without it the whole lead. With `batch` several leads go in one
//! event `lead.batch`, whose data are the events, each with the key of its delivery as `id`.

use super::{Job, Move, Turn, Unready, key_of, several, single, told, usual};
use crate::wire::{json::Json, step::Request};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || request(job), usual)
}

pub(super) fn step_many(jobs: &[Job<'_>], turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(first) = jobs.first() else { return Err(Unready::Setting) };
    let events = jobs.iter().map(|job| {
        let mut out = Json::object([("id", Json::str(job.key))]);
        for (name, value) in event(job).as_object().unwrap_or_default() {
            out.set(name, value.clone());
        }
        out
    });
    let send = |events: Json| {
        let at = first.around.now.to_iso8601();
        let body = Json::object([
            ("type", Json::str("lead.batch")),
            ("timestamp", Json::String(at)),
            ("data", events),
        ]);
        let mut request = first.send("POST", first.needed("url")?, [].into(), &body);
        first.sign_as(&key_of(jobs), &mut request)?;
        Ok(request)
    };
    several(turn, events.collect(), send, |answer| told(jobs, answer, answer.meaning()))
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let mut request = job.send("POST", job.needed("url")?, [].into(), &event(job));
    job.sign(&mut request)?;
    Ok(request)
}

fn event(job: &Job<'_>) -> Json {
    let (kind, at) = job.event();
    Json::object([
        ("type", Json::str(kind)),
        ("timestamp", Json::String(at.to_iso8601())),
        ("data", data(job)),
    ])
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
