//! LinkedIn Lead Gen Forms: the webhook of lead notifications.
//!
//! Contract: learn.microsoft.com, "webhook validation" and "lead sync" as of 2026-08-13; the members of a lead's answers beside
//! those that are named there are from memory. LinkedIn asks every two hours whether the address is ours, and only says that
//! there is a lead; it is fetched before the notice is answered, so that a 200 means that the lead is stored. Settings:
//! `secret` (of the application), `token` (with `r_marketing_leadgen_automation`), `url`, `version`; `map` over the lead. The
//! signature is made of the words `hmacsha256=` and the raw body, and has no prefix itself.
//!
//! A notice that a lead was deleted is answered and stores nothing: to erase what was stored is left to a person.

use alloc::{format, string::String, vec::Vec};

use super::{
    Arrival, Incoming, Question, Refusal, Source, TIMEOUT, Taken, identifier, identifiers,
};
use crate::{
    time::Millis,
    wire::{
        json::{self, Json},
        signature,
        step::Request,
        urlencoded,
    },
};

const API: &str = "https://api.linkedin.com";
/// The version of the API; LinkedIn keeps one for about a year.
const VERSION: &str = "202603";
/// What stands before the body in what is signed.
const SIGNED: &[u8] = b"hmacsha256=";
/// Where a lead came from.
const FACTS: &[&str] = &["leadType", "leadGenForm", "associatedEntity"];
/// The longest challenge that is answered.
const LONGEST: usize = 200;

pub(super) fn take(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    match incoming.method {
        "GET" => verify(source, incoming),
        "POST" => notice(source, incoming),
        _ => Err(Refusal::Method),
    }
}

/// LinkedIn asks whether we know the secret of its application.
fn verify(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    let code = incoming.parameter("challengeCode").unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if code.is_empty() || code.len() > LONGEST || !code.bytes().all(fits) {
        return Err(Refusal::Unreadable);
    }
    let mac = signature::keyed(source.needed("secret")?.as_bytes(), code.as_bytes());
    Ok(Taken::Answered(Json::object([
        ("challengeCode", Json::str(code)),
        ("challengeResponse", Json::String(signature::hex(&mac))),
    ])))
}

fn notice(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    let given = incoming.header("x-li-signature").ok_or(Refusal::Signature)?;
    let signed = [SIGNED, incoming.body].concat();
    let mac = signature::hex(&signature::keyed(source.needed("secret")?.as_bytes(), &signed));
    if !signature::same(given, &mac) {
        return Err(Refusal::Signature);
    }
    let token = source.needed("token")?;
    let api = source.setting("url")?.unwrap_or_else(|| API.into());
    let body = incoming.json()?;
    let text = |key: &str| body.member(key).and_then(Json::as_str);
    if text("type") != Some("LEAD_ACTION") || text("leadAction") != Some("CREATED") {
        return Ok(Taken::Ask(Vec::new()));
    }
    let response = text("leadGenFormResponse").ok_or(Refusal::Unreadable)?;
    let mut id = String::new();
    urlencoded::encode(last(response), &mut id);
    if id.is_empty() {
        return Err(Refusal::Unreadable);
    }
    let version = source.text("version").unwrap_or(VERSION);
    let request = Request {
        method: "GET",
        url: format!("{}/rest/leadFormResponses/{id}", api.trim_end_matches('/')),
        headers: Vec::from([
            ("authorization", format!("Bearer {token}")),
            ("accept", "application/json".into()),
            ("linkedin-version", version.into()),
            ("x-restli-protocol-version", "2.0.0".into()),
        ]),
        extra: Vec::new(),
        body: String::new(),
        timeout: TIMEOUT,
        most: 20 * 1024,
        private: false,
    };
    Ok(Taken::Ask(Vec::from([Question { request, notice: body }])))
}

/// The id at the end of a URN: `urn:li:leadGenFormResponse:abc-1`.
fn last(urn: &str) -> &str {
    urn.rsplit(':').next().unwrap_or_default()
}

/// A lead that was deleted meanwhile arrives without values, and lies in quarantine where the form asks for any.
pub(super) fn fetched(notice: &Json, answer: &Json) -> Option<Arrival> {
    let id = notice.member("leadGenFormResponse").and_then(Json::as_str).map(last)?;
    let status = answer.member("status").and_then(Json::as_int)?;
    let body = json::parse(answer.member("body").and_then(Json::as_str)?).unwrap_or_default();
    if !(200..300).contains(&status) && status != 404 {
        return None;
    }
    let none = Json::Null;
    let response = body.member("formResponse").unwrap_or(&none);
    let list = |key: &str| response.member(key).and_then(Json::as_array).unwrap_or_default();
    let named: Vec<(String, Json)> = list("answers").iter().filter_map(answered).collect();
    let mut facts = identifiers(notice, FACTS);
    let owner = notice.member("owner").and_then(Json::as_object).unwrap_or_default();
    for (key, value) in owner {
        facts.set(key, value.clone());
    }
    if !list("consentResponses").is_empty() {
        facts.set("consents", Json::array(list("consentResponses").iter().cloned()));
    }
    let mut data = body.clone();
    data.set("answers", Json::Object(named.clone()));
    let time = |json: &Json, key: &str| json.member(key).and_then(Json::as_uint).map(Millis);
    Some(Arrival {
        id: id.into(),
        at: time(&body, "submittedAt").or_else(|| time(notice, "occurredAt")),
        named,
        data,
        facts,
        test: body.member("testLead") == Some(&Json::Bool(true)),
    })
}

/// The name of a question, or its id, with what was answered.
fn answered(answer: &Json) -> Option<(String, Json)> {
    let name = answer.member("name").and_then(Json::as_str).map(String::from);
    let name = name.or_else(|| identifier(answer.member("questionId")))?;
    let details = answer.member("answerDetails")?;
    let text = details.member("textQuestionAnswer").and_then(|inner| inner.member("answer"));
    let choice = details.member("multipleChoiceAnswer").and_then(|inner| inner.member("options"));
    Some((name, text.or(choice)?.clone()))
}
