//! Discord, webhooks of a channel.
//!
//! Contract: discord/discord-api-docs, "Execute Webhook". Settings: `url` (a secret: name it by `{"env"}`), `text` in JSON
//! Logic, `inbox` for the link. Nobody is mentioned, and markup that a visitor typed is escaped. Webhooks of Discord
//! know no idempotency key: after a crash a message may be there twice.

use alloc::{format, string::String};

use super::{Answer, Job, Move, Turn, Unready, chat, single};
use crate::wire::{answer::Meaning, json::Json, step::Request};

/// The most characters of a message, less room for escapes and the link.
const MOST: usize = 1500;

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    single(turn, || request(job), judge)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let mut content = String::new();
    for char in chat::words(job).chars() {
        if "\\*_~`|>[]()<#-".contains(char) {
            content.push('\\');
        }
        content.push(char);
    }
    content = chat::shortened(&content, MOST);
    if let Some(link) = job.link() {
        content.push_str(&["\n<", &link, ">"].concat());
    }
    let body = Json::object([
        ("content", Json::String(content)),
        ("allowed_mentions", Json::object([("parse", Json::array([]))])),
    ]);
    let url = job.needed("url")?;
    let joint = if url.contains('?') { '&' } else { '?' };
    Ok(job.send("POST", format!("{url}{joint}wait=true"), [].into(), &body))
}

/// 404 is a webhook that was deleted.
fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 404 { Meaning::Gone } else { answer.meaning() }
}
