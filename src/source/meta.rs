//! Meta Lead Ads (Facebook, Instagram): the webhook `leadgen` of a page.
//!
//! Contract: Meta's documentation as of 2026-08-14; the list of fields that are asked for is from memory. Meta only says that
//! there is a lead; it is fetched before the notice is answered, so that a 200 means that the lead is stored. Settings:
//! `secret` (of the app), `verify_token`, `token` (of the page), `url` (`https://graph.facebook.com/v26.0`); `map` over the lead.

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
    },
};

const GRAPH: &str = "https://graph.facebook.com/v26.0";
const FIELDS: &str = "id,created_time,ad_id,ad_name,adset_id,campaign_id,campaign_name,form_id,field_data,\
custom_disclaimer_responses,is_organic,platform";
/// Where a lead came from.
const FACTS: &[&str] = &[
    "ad_id",
    "ad_name",
    "adset_id",
    "campaign_id",
    "campaign_name",
    "form_id",
    "platform",
    "page_id",
    "adgroup_id",
];
/// The code of an object that is not there (any more).
const MISSING: i64 = 100;

pub(super) fn take(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    match incoming.method {
        "GET" => verify(source, incoming),
        "POST" => notices(source, incoming),
        _ => Err(Refusal::Method),
    }
}

/// Meta asks whether the address is ours.
fn verify(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    let parameter = |name: &str| incoming.parameter(name).unwrap_or_default();
    let challenge = parameter("hub.challenge");
    if parameter("hub.mode") != "subscribe"
        || !signature::same(parameter("hub.verify_token"), &source.needed("verify_token")?)
    {
        return Err(Refusal::Signature);
    }
    if challenge.is_empty() || !challenge.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refusal::Unreadable);
    }
    Ok(Taken::Verified(challenge.into()))
}

fn notices(source: &Source<'_>, incoming: &Incoming<'_>) -> Result<Taken, Refusal> {
    let given =
        incoming.header("x-hub-signature-256").and_then(|text| text.strip_prefix("sha256="));
    let mac = signature::hex(&signature::keyed(source.needed("secret")?.as_bytes(), incoming.body));
    if !given.is_some_and(|given| signature::same(given, &mac)) {
        return Err(Refusal::Signature);
    }
    let token = source.needed("token")?;
    let graph = source.setting("url")?.unwrap_or_else(|| GRAPH.into());
    let body = incoming.json()?;
    let entries = body.member("entry").and_then(Json::as_array).ok_or(Refusal::Unreadable)?;
    let changes = entries.iter().filter_map(|entry| entry.member("changes")?.as_array()).flatten();
    let leads =
        changes.filter(|change| change.member("field").and_then(Json::as_str) == Some("leadgen"));
    let mut questions = Vec::new();
    for notice in leads.filter_map(|change| change.member("value")) {
        let id = identifier(notice.member("leadgen_id")).ok_or(Refusal::Unreadable)?;
        if !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Refusal::Unreadable);
        }
        let request = Request {
            method: "GET",
            url: format!("{}/{id}?fields={FIELDS}", graph.trim_end_matches('/')),
            headers: Vec::from([
                ("authorization", format!("Bearer {token}")),
                ("accept", "application/json".into()),
            ]),
            extra: Vec::new(),
            body: String::new(),
            timeout: TIMEOUT,
            most: 20 * 1024,
            private: false,
        };
        questions.push(Question { request, notice: notice.clone() });
    }
    Ok(Taken::Ask(questions))
}

/// A lead that was deleted meanwhile arrives without values, and lies in quarantine where the form asks for any.
pub(super) fn fetched(notice: &Json, answer: &Json) -> Option<Arrival> {
    let id = identifier(notice.member("leadgen_id"))?;
    let body = json::parse(answer.member("body").and_then(Json::as_str)?).ok()?;
    let status = answer.member("status").and_then(Json::as_int)?;
    let code = body.member("error").and_then(|error| error.member("code")).and_then(Json::as_int);
    if !(200..300).contains(&status) && code != Some(MISSING) {
        return None;
    }
    let fields = body.member("field_data").and_then(Json::as_array).unwrap_or_default();
    let named: Vec<(String, Json)> = fields
        .iter()
        .filter_map(|field| {
            let name = field.member("name")?.as_str()?;
            let values = field.member("values")?.as_array()?;
            let value = if let [one] = values { one.clone() } else { Json::Array(values.to_vec()) };
            Some((name.into(), value))
        })
        .collect();
    let mut facts = identifiers(notice, FACTS);
    for (key, value) in identifiers(&body, FACTS).as_object().unwrap_or_default() {
        facts.set(key, value.clone());
    }
    if let Some(answers) = body.member("custom_disclaimer_responses") {
        facts.set("disclaimers", answers.clone());
    }
    let mut data = body.clone();
    data.set("fields", Json::Object(named.clone()));
    // Test leads of Meta's tool carry the words that it puts into every field.
    let test = named
        .iter()
        .any(|(_, value)| value.as_str().is_some_and(|text| text.starts_with("<test lead: ")));
    let at = notice.member("created_time").and_then(Json::as_uint).map(Millis::from_secs);
    Some(Arrival { id, at, named, data, facts, test })
}
