//! Mailchimp, members of an audience, with its own double opt-in.
//!
//! Contract: mailchimp/mailchimp-marketing-node. A member is put under the MD5 of its address, so a copy changes nothing.
//! Settings: `token` (its end names the data centre), `list`, `map` from merge fields to values, `tags`, `confirm` (`true`):
//! whether Mailchimp asks a new member for confirmation. Who unsubscribed stays unsubscribed: only the status of new
//! members is set. One member in each request: the addition of many sets the status of all, and would subscribe who has
//! unsubscribed.

use alloc::{format, string::String};

use super::{Answer, Job, Move, Turn, Unready, single};
use crate::{
    transfer::sign,
    wire::{answer::Meaning, json::Json, step::Request},
};

const FIELDS: &[(&str, &str)] = &[("FNAME", "contact.first_name"), ("LNAME", "contact.last_name")];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    if job.word("contact.email").is_empty() {
        return Ok(Move::Unfit("email_missing"));
    }
    single(turn, || request(job), judge)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let (token, list, email) =
        (job.needed("token")?, job.needed("list")?, job.word("contact.email"));
    let centre = token.rsplit_once('-').map(|(_, centre)| centre).unwrap_or_default();
    let safe = !centre.is_empty() && centre.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !safe && job.settings.member("url").is_none() {
        return Err(Unready::Setting);
    }
    let base = job.base(&format!("https://{centre}.api.mailchimp.com"))?;
    let member = sign::md5_hex(&email.chars().flat_map(char::to_lowercase).collect::<String>());
    let confirm = job.settings.member("confirm").and_then(Json::as_bool).unwrap_or(true);
    let mut body = Json::object([
        ("email_address", Json::str(email)),
        ("status_if_new", Json::str(if confirm { "pending" } else { "subscribed" })),
        ("merge_fields", Json::Object(job.mapped(FIELDS))),
        ("timestamp_signup", Json::String(job.received_at.to_iso8601())),
    ]);
    if let Some(locale) = job.at("context.locale").as_str() {
        body.set("language", Json::str(locale.split('-').next().unwrap_or_default()));
    }
    if let Some(tags) = job.settings.member("tags") {
        body.set("tags", tags.clone());
    }
    let headers = [("authorization", sign::basic("leadkit", &token))];
    Ok(job.send("PUT", format!("{base}/3.0/lists/{list}/members/{member}"), headers.into(), &body))
}

/// An audience that is not there waits for a person.
fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 404 { Meaning::Denied } else { answer.meaning() }
}
