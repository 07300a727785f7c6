//! CloudEvents 1.0.2 over HTTP, structured or binary, <https://github.com/cloudevents/spec>.
//!
//! Settings: `url`; `mode` (`structured`); `source` (`/leadkit/SITE`) and `event` (`lead.created`), the attributes `source`
//! and `type`; `token` is sent as a bearer token; `secret` and `signing_key` sign as the webhook does. The id of the event
//! is that of the delivery, so that a receiver knows a copy. With `batch` events go in lists, whatever the mode.

use alloc::{format, string::String, vec::Vec};

use super::{Job, Move, Turn, Unready, key_of, several, single, told, usual, webhook};
use crate::wire::{json::Json, step::Request, urlencoded::percent};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || request(job), usual)
}

/// The batched mode (section 3.3 of the HTTP binding).
pub(super) fn step_many(jobs: &[Job<'_>], turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let Some(first) = jobs.first() else { return Err(Unready::Setting) };
    let send = |events: Json| {
        let kind = "application/cloudevents-batch+json; charset=utf-8";
        let url = first.needed("url")?;
        let mut request = first.send_text("POST", url, Vec::new(), kind, events.to_text());
        first.sign_as(&key_of(jobs), &mut request)?;
        Ok(request)
    };
    let events = jobs.iter().map(event).collect();
    several(turn, events, send, |answer| told(jobs, answer, answer.meaning()))
}

type Attribute = (&'static str, &'static str, String);

fn attributes(job: &Job<'_>) -> [Attribute; 6] {
    let source =
        job.text("source").map_or_else(|| format!("/leadkit/{}", job.word("site")), Into::into);
    let (kind, at) = job.event();
    [
        ("specversion", "ce-specversion", String::from("1.0")),
        ("id", "ce-id", job.key.into()),
        ("source", "ce-source", source),
        (
            "type",
            "ce-type",
            job.text("event").filter(|_| job.stage().is_none()).unwrap_or(kind).into(),
        ),
        ("subject", "ce-subject", job.word("id").into()),
        ("time", "ce-time", at.to_iso8601()),
    ]
}

fn event(job: &Job<'_>) -> Json {
    let attributes = attributes(job).map(|(name, _, value)| (name, Json::String(value)));
    let mut event = Json::object(attributes);
    event.set("datacontenttype", Json::str("application/json"));
    event.set("data", webhook::data(job));
    event
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let url = job.needed("url")?;
    let mut request = if job.text("mode") == Some("binary") {
        let headers = attributes(job).map(|(_, header, value)| (header, header_value(&value)));
        job.send("POST", url, Vec::from(headers), &webhook::data(job))
    } else {
        let kind = "application/cloudevents+json; charset=utf-8";
        job.send_text("POST", url, Vec::new(), kind, event(job).to_text())
    };
    job.sign(&mut request)?;
    Ok(request)
}

/// An attribute as a header: section 3.1.3.2 of the HTTP binding.
fn header_value(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        if ('!'..='~').contains(&char) && char != '"' && char != '%' {
            out.push(char);
        } else {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                percent(byte, &mut out);
            }
        }
    }
    out
}
