//! CloudEvents 1.0.2 over HTTP, structured or binary, <https://github.com/cloudevents/spec>.
//!
//! Settings: `url`; `mode` (`structured`); `source` (`/leadkit/SITE`) and `event` (`lead.created`), the attributes `source`
//! and `type`; `token` is sent as a bearer token; `secret` and `signing_key` sign as the webhook does. The id of the event
//! is that of the delivery, so that a receiver knows a copy.

use alloc::{format, string::String, vec::Vec};

use super::{Job, Move, Turn, Unready, single, usual, webhook};
use crate::wire::{json::Json, step::Request, urlencoded::percent};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || request(job), usual)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let source =
        job.text("source").map_or_else(|| format!("/leadkit/{}", job.word("site")), Into::into);
    let (kind, at) = job.event();
    let attributes = [
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
    ];
    let (url, data) = (job.needed("url")?, webhook::data(job));
    let mut request = if job.text("mode") == Some("binary") {
        let headers = attributes.map(|(_, header, value)| (header, header_value(&value)));
        job.send("POST", url, Vec::from(headers), &data)
    } else {
        let mut event =
            Json::object(attributes.map(|(name, _, value)| (name, Json::String(value))));
        event.set("datacontenttype", Json::str("application/json"));
        event.set("data", data);
        job.send_text(
            "POST",
            url,
            Vec::new(),
            "application/cloudevents+json; charset=utf-8",
            event.to_text(),
        )
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
