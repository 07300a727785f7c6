//! A mail by an HTTP API: Resend, Brevo, Postmark or Amazon SES; to the team, or to the lead itself.
//!
//! Contract: the OpenAPI file of Resend 1.5.0, getbrevo/brevo-node; Postmark is from memory. Settings: `service`, `token`,
//! `from` (`Shop <mail@shop.example>`), `to`, `subject`, `text` and `reply_to` in JSON Logic, `inbox` for the link. The mail is
//! text alone. Resend knows copies for a day by the idempotency key, Brevo for half an hour; Postmark and SES do not. SES also wants `region` and `key_id`; `token` is the secret
//! access key.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, Job, Move, Turn, Unready, chat, ses, single};
use crate::{
    transfer::view,
    wire::{answer::Meaning, json::Json, signature, step::Request},
};

pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) reply_to: Option<String>,
}

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    if recipients(job).is_empty() {
        return Ok(Move::Unfit("recipient_missing"));
    }
    single(turn, || request(job), judge)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let mail = written_mail(job)?;
    let token = job.needed("token")?;
    match job.text("service") {
        Some("resend") => resend(job, &mail, &token),
        Some("brevo") => brevo(job, &mail, token),
        Some("postmark") => postmark(job, &mail, token),
        Some("ses") => ses::request(job, &mail, &token),
        _ => Err(Unready::Setting),
    }
}

/// The mail that the settings and the lead make, whoever carries it.
pub(super) fn written_mail(job: &Job<'_>) -> Result<Mail, Unready> {
    Ok(Mail {
        from: job.needed("from")?,
        to: recipients(job),
        subject: subject(job),
        text: text(job),
        reply_to: reply_to(job),
    })
}

fn resend(job: &Job<'_>, mail: &Mail, token: &str) -> Result<Request, Unready> {
    let mut body = Json::object([
        ("from", Json::str(&mail.from)),
        ("to", Json::array(mail.to.iter().map(|to| Json::str(to)))),
        ("subject", Json::str(&mail.subject)),
        ("text", Json::str(&mail.text)),
        ("headers", Json::object([("Auto-Submitted", Json::str("auto-generated"))])),
    ]);
    if let Some(reply) = &mail.reply_to {
        body.set("reply_to", Json::str(reply));
    }
    let headers =
        [("authorization", format!("Bearer {token}")), ("idempotency-key", job.key.into())];
    Ok(job.send(
        "POST",
        format!("{}/emails", job.base("https://api.resend.com")?),
        headers.into(),
        &body,
    ))
}

fn brevo(job: &Job<'_>, mail: &Mail, token: String) -> Result<Request, Unready> {
    let address = |text: &str| {
        let (name, email) = text.split_once('<').unwrap_or(("", text));
        let mut out = Json::object([("email", Json::str(email.trim_end_matches('>').trim()))]);
        if !name.trim().is_empty() {
            out.set("name", Json::str(name.trim()));
        }
        out
    };
    let headers = Json::object([
        ("Auto-Submitted", Json::str("auto-generated")),
        ("idempotencyKey", Json::String(uuid(job.key))),
    ]);
    let mut body = Json::object([
        ("sender", address(&mail.from)),
        ("to", Json::array(mail.to.iter().map(|to| address(to)))),
        ("subject", Json::str(&mail.subject)),
        ("textContent", Json::str(&mail.text)),
        ("headers", headers),
    ]);
    if let Some(reply) = &mail.reply_to {
        body.set("replyTo", address(reply));
    }
    let url = format!("{}/v3/smtp/email", job.base("https://api.brevo.com")?);
    Ok(job.send(
        "POST",
        url,
        [("api-key", token), ("accept", "application/json".into())].into(),
        &body,
    ))
}

fn postmark(job: &Job<'_>, mail: &Mail, token: String) -> Result<Request, Unready> {
    let header = Json::object([
        ("Name", Json::str("Auto-Submitted")),
        ("Value", Json::str("auto-generated")),
    ]);
    let mut body = Json::object([
        ("From", Json::str(&mail.from)),
        ("To", Json::String(mail.to.join(", "))),
        ("Subject", Json::str(&mail.subject)),
        ("TextBody", Json::str(&mail.text)),
        ("MessageStream", Json::str("outbound")),
        ("Headers", Json::array([header])),
    ]);
    if let Some(reply) = &mail.reply_to {
        body.set("ReplyTo", Json::str(reply));
    }
    let headers = [("x-postmark-server-token", token), ("accept", "application/json".into())];
    Ok(job.send(
        "POST",
        format!("{}/email", job.base("https://api.postmarkapp.com")?),
        headers.into(),
        &body,
    ))
}

/// One text or a list of them; what is no single address is left out, so that nobody can add recipients.
pub(super) fn recipients(job: &Job<'_>) -> Vec<String> {
    let to = job.settings.member("to").map(|rule| view::value(rule, job.view)).unwrap_or_default();
    let items = match to {
        Json::Array(items) => items,
        one => Vec::from([one]),
    };
    items.iter().filter_map(Json::as_str).filter(|text| is_address(text)).map(Into::into).collect()
}

pub(super) fn is_address(text: &str) -> bool {
    let parts =
        text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
    parts
        && !text
            .chars()
            .any(|char| char.is_whitespace() || char.is_control() || ",;<>\"".contains(char))
}

fn written(job: &Job<'_>, key: &str) -> Option<String> {
    let text = view::plain(&view::value(job.settings.member(key)?, job.view), ", ");
    Some(text).filter(|text| !text.is_empty())
}

fn subject(job: &Job<'_>) -> String {
    let text = written(job, "subject").unwrap_or_else(|| {
        let name = [job.word("contact.name"), job.word("contact.email"), job.word("form")];
        let name = name.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        format!("New lead: {name}")
    });
    let line: String =
        text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    chat::shortened(&line, 200)
}

/// Every value on its line, then what the lead is worth and where it is.
fn text(job: &Job<'_>) -> String {
    if let Some(text) = written(job, "text") {
        return text;
    }
    let mut out = String::new();
    for (name, value) in job.at("values").as_object().unwrap_or_default() {
        out.push_str(&[name, ": ", &view::plain(value, ", "), "\n"].concat());
    }
    for (name, path) in [("grade", "verdict.grade"), ("segments", "verdict.segments")] {
        let value = view::plain(job.at(path), ", ");
        if !value.is_empty() {
            out.push_str(&["\n", name, ": ", &value].concat());
        }
    }
    if let Some(link) = job.link() {
        out.push_str(&["\n", &link].concat());
    }
    out
}

/// Answers go to the lead, unless it is the lead that is written to or the owner says otherwise.
fn reply_to(job: &Job<'_>) -> Option<String> {
    if job.settings.member("reply_to").is_some() {
        return written(job, "reply_to").filter(|text| is_address(text));
    }
    let email = job.word("contact.email");
    let to_lead = recipients(job).iter().any(|to| to == email);
    (!to_lead && is_address(email)).then(|| email.into())
}

/// A key as a UUID of version 8 (RFC 9562), which Brevo wants: the same for the same key.
fn uuid(key: &str) -> String {
    let hex = signature::hex(&signature::digest(key.as_bytes()));
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), "-", part(8, 12), "-8", part(13, 16), "-8", part(17, 20), "-", part(20, 32)]
        .concat()
}

/// Resend answers 409 while the same key is under way, and when another mail has it. Brevo says of a mail that it has by this
/// key that it is a duplicate (the word is from memory).
fn judge(answer: &Answer<'_>) -> Meaning {
    let code = answer.json().member("code").and_then(Json::as_str).map(String::from);
    let name = answer.json().member("name").and_then(Json::as_str).map(String::from);
    match (answer.status, name.as_deref()) {
        (409, Some("concurrent_idempotent_requests")) => Meaning::Retry,
        (400..=499, None) if code.as_deref() == Some("duplicate_request") => Meaning::Done,
        _ => answer.meaning(),
    }
}
