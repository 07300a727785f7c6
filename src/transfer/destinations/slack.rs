//! Slack, incoming webhooks.
//!
//! Contract: docs.slack.dev, "Sending messages using incoming webhooks"; the words of errors are from memory. Settings:
//! `url` (a secret: name it by `{"env"}`), `text` in JSON Logic, `inbox` for the link. What a visitor typed cannot mention
//! anybody: `&`, `<` and `>` are escaped. Slack knows no idempotency key: after a crash a message may be there twice.

use super::{Answer, Job, Move, Turn, Unready, chat, single};
use crate::wire::{answer::Meaning, json::Json, step::Request};

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || request(job), judge)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let words = chat::shortened(&chat::words(job), 3000);
    let mut text = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    if let Some(link) = job.link() {
        text.push_str(&[" <", &link, "|Inbox>"].concat());
    }
    Ok(job.send(
        "POST",
        job.needed("url")?,
        [].into(),
        &Json::object([("text", Json::String(text))]),
    ))
}

/// `no_service` and `channel_not_found` (404) wait for a person; `channel_is_archived` (410) ends it.
fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 404 { Meaning::Denied } else { answer.meaning() }
}
