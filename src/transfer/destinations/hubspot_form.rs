//! HubSpot, forms: a submission that carries the consent with the words that the visitor read.
//!
//! Contract: developers.hubspot.com, "Submit data to a form". Settings: `portal`, `form` (its GUID), `token` (a private app
//! with `forms`; without it the open address is used), `map` from fields to values. With a `purpose` the words of that
//! consent field are sent, and with `subscription` the type of subscription that they are for; `text` is used where the
//! words changed since and are not known any more. HubSpot does not know copies: after a crash a submission may be there
//! twice.

use alloc::{format, string::String, vec::Vec};

use super::{Answer, Job, Move, Turn, Unready, hubspot::PROPERTIES, single};
use crate::{
    form::Kind,
    time::Millis,
    transfer::view::{plain, value},
    wire::{answer::Meaning, json::Json, signature, step::Request},
};

/// A submission older than this is taken as one of today: HubSpot refuses what is older than a month (from memory).
const OLDEST: Millis = Millis::from_secs(28 * 86_400);

pub(super) fn step(job: &Job<'_>, turn: Option<&Turn<'_>>) -> Result<Move, Unready> {
    let consent = match job.text("purpose") {
        None => None,
        Some(purpose) => match words(job, purpose) {
            Some(words) => Some(words),
            None => return Ok(Move::Unfit("consent_text_unknown")),
        },
    };
    single(turn, || request(job, consent), judge)
}

fn request(job: &Job<'_>, consent: Option<String>) -> Result<Request, Unready> {
    let base = job.base("https://api.hsforms.com")?;
    let (portal, form) = (job.needed("portal")?, job.needed("form")?);
    let token = job.setting("token")?;
    let secure = if token.is_some() { "/secure" } else { "" };
    let url = format!("{base}/submissions/v3/integration{secure}/submit/{portal}/{form}");
    let field = |(name, value): (String, Json)| {
        Json::object([
            ("objectTypeId", Json::str("0-1")),
            ("name", Json::String(name)),
            ("value", Json::String(plain(&value, ";"))),
        ])
    };
    let mut body =
        Json::object([("fields", Json::array(job.mapped(PROPERTIES).into_iter().map(field)))]);
    if job.around.now.saturating_sub(job.received_at) < OLDEST {
        body.set("submittedAt", Json::String(format!("{}", job.received_at.0)));
    }
    let mut context = Json::Object(Vec::new());
    if let Some(page) = job.at("context.page").as_str() {
        context.set("pageUri", Json::str(page));
    }
    body.set("context", context);
    if let Some(text) = consent {
        let subscription = job.settings.member("subscription").map(|id| {
            Json::object([
                ("value", Json::Bool(true)),
                ("subscriptionTypeId", id.clone()),
                ("text", Json::str(&text)),
            ])
        });
        let consent = Json::object([
            ("consentToProcess", Json::Bool(true)),
            ("text", Json::str(&text)),
            ("communications", Json::array(subscription)),
        ]);
        body.set("legalConsentOptions", Json::object([("consent", consent)]));
    }
    let headers = token.map(|token| ("authorization", format!("Bearer {token}")));
    Ok(job.send("POST", url, headers.into_iter().collect(), &body))
}

/// The words that the visitor agreed to: those of the field today if their hash is the one of then, else `text`.
fn words(job: &Job<'_>, purpose: &str) -> Option<String> {
    let own = || {
        let text = plain(&value(job.settings.member("text")?, job.view), " ");
        Some(text).filter(|text| !text.is_empty())
    };
    let records = job.lead.member("consent").and_then(Json::as_array).unwrap_or_default();
    let record = records
        .iter()
        .find(|record| record.member("purpose").and_then(Json::as_str) == Some(purpose));
    let Some(hash) = record.and_then(|record| record.member("text_sha256")?.as_str()) else {
        return own();
    };
    let fields = job.forms.iter().flat_map(crate::form::Form::fields);
    let texts = fields.filter_map(|field| match field.kind() {
        Kind::Consent { purpose: asked, text } if asked == purpose => Some(text.languages()),
        _ => None,
    });
    let mut texts = texts.flatten().map(|(_, words)| words);
    let same = |words: &&str| signature::hex(&signature::digest(words.as_bytes())) == hash;
    texts.find(same).map(Into::into).or_else(own)
}

/// A form that is not there waits for a person.
fn judge(answer: &Answer<'_>) -> Meaning {
    if answer.status == 404 { Meaning::Denied } else { answer.meaning() }
}
