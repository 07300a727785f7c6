//! What messages to chats have in common: a name, a grade and a link, and no more of the person than the name.

use alloc::{format, string::String, vec::Vec};

use super::Job;
use crate::{transfer::view, wire::json::Json};

/// The words of a message: what `text` of the settings says, or name, company, form and grade. On one line.
pub(super) fn words(job: &Job<'_>) -> String {
    let text = match job.settings.member("text") {
        Some(rule) => view::plain(&view::value(rule, job.view), ", "),
        None => usual(job),
    };
    text.chars().map(|char| if char.is_control() && char != '\n' { ' ' } else { char }).collect()
}

fn usual(job: &Job<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for path in ["contact.name", "contact.company", "form"] {
        parts.extend(Some(job.word(path)).filter(|word| !word.is_empty()).map(Into::into));
    }
    if let Some(grade) = job.at("verdict.grade").as_str() {
        parts.push(format!("grade {grade}"));
    }
    if job.at("verdict.disposition") == &Json::str("review") {
        parts.push("for review".into());
    }
    format!("New lead: {}", parts.join(" · "))
}

/// The first `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
