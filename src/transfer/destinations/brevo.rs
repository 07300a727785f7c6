//! Brevo, contacts: an upsert, or Brevo's own double opt-in.
//!
//! Contract: getbrevo/brevo-node. Settings: `token`; `lists`, the ids of the lists; `map` from attributes to values. With
//! `template` (one that holds `{{ params.DOIurl }}`) and `redirect` Brevo writes to the contact and adds it to the lists
//! when it has confirmed. The telephone number (`SMS`) is left out unless `map` asks for it: Brevo refuses a contact whose
//! number another one has. One contact in each request: the import of many answers only that it began, and tells nothing
//! about each.

use alloc::{format, vec::Vec};

use super::{Answer, Job, Move, Turn, Unready, single};
use crate::wire::{answer::Meaning, json::Json, step::Request};

const ATTRIBUTES: &[(&str, &str)] =
    &[("FIRSTNAME", "contact.first_name"), ("LASTNAME", "contact.last_name")];

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    if job.word("contact.email").is_empty() {
        return Ok(Move::Unfit("email_missing"));
    }
    single(turn, || request(job), judge)
}

fn request(job: &Job<'_>) -> Result<Request, Unready> {
    let base = job.base("https://api.brevo.com")?;
    let attributes = Json::Object(job.mapped(ATTRIBUTES));
    let lists = job.settings.member("lists").cloned().unwrap_or(Json::Array(Vec::new()));
    let mut body =
        Json::object([("email", job.at("contact.email").clone()), ("attributes", attributes)]);
    let path = if let Some(template) = job.settings.member("template") {
        body.set("includeListIds", lists);
        body.set("templateId", template.clone());
        body.set("redirectionUrl", Json::String(job.needed("redirect")?));
        "/v3/contacts/doubleOptinConfirmation"
    } else {
        body.set("listIds", lists);
        body.set("updateEnabled", Json::Bool(true));
        "/v3/contacts"
    };
    let headers = [("api-key", job.needed("token")?), ("accept", "application/json".into())];
    Ok(job.send("POST", format!("{base}{path}"), headers.into(), &body))
}

/// 402 means that the account has no credits left.
fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 402 { Meaning::Denied } else { answer.meaning() }
}
