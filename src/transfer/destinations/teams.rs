//! Microsoft Teams, the workflow "Post to a channel when a webhook request is received".
//!
//! Contract: learn.microsoft.com, "Create incoming webhooks with Workflows" (the connectors of Office 365 have ended); that a
//! workflow which is gone answers 404 is from memory. Settings: `url` (a secret: name it by `{"env"}`), `text` in JSON Logic,
//! `inbox` for the link. The words are a text run, which knows no markup, so what a visitor typed stays text.
//! A workflow knows no idempotency key: after a crash a message may be there twice.

use super::{Answer, Job, Move, Turn, Unready, chat, single};
use crate::wire::{answer::Meaning, json::Json, step::Request};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || request(job), judge)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let run = Json::object([
        ("type", Json::str("TextRun")),
        ("text", Json::String(chat::shortened(&chat::words(job), 5000))),
    ]);
    let block =
        Json::object([("type", Json::str("RichTextBlock")), ("inlines", Json::array([run]))]);
    let mut card = Json::object([
        ("$schema", Json::str("http://adaptivecards.io/schemas/adaptive-card.json")),
        ("type", Json::str("AdaptiveCard")),
        ("version", Json::str("1.4")),
        ("body", Json::array([block])),
    ]);
    if let Some(link) = job.link() {
        let action = Json::object([
            ("type", Json::str("Action.OpenUrl")),
            ("title", Json::str("Inbox")),
            ("url", Json::String(link)),
        ]);
        card.set("actions", Json::array([action]));
    }
    let attachment = Json::object([
        ("contentType", Json::str("application/vnd.microsoft.card.adaptive")),
        ("content", card),
    ]);
    let body =
        Json::object([("type", Json::str("message")), ("attachments", Json::array([attachment]))]);
    Ok(job.send("POST", job.needed("url")?, [].into(), &body))
}

fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 404 { Meaning::Denied } else { answer.meaning() }
}
