//! Meta, Conversions API: leads, and the stages of those that came from an instant form ("conversion leads").
//!
//! Contract: developers.facebook.com/docs/marketing-api/conversions-api and its payload specification for CRMs (2025-04-26);
//! from memory are the codes of errors for rates. Settings: `token`, `dataset` (the id of the dataset or pixel), `app_secret`
//! (adds `appsecret_proof`), `test_code` (`test_event_code`), `crm` (the name of the CRM, `Leadkit`), `events` from `lead` and
//! the stages to names of events; without it a lead is `Lead` and a stage has its own name. `map` adds to `user_data`, as it
//! is: with `client_user_agent` and a page the event is one of the website, else one of the system.
//!
//! `event_id` is the id of the lead, so that a pixel that sends it as `eventID` is known as the same event. One event that is
//! older than seven days makes Meta refuse the whole request, so none is ever sent.

use alloc::{format, string::String, vec::Vec};

use super::{
    Answer, Job, Unready,
    ads::Verdict,
    conversion::{Conversion, NOBODY, TOO_OLD, page},
    encoded,
    identity::{Person, click, full, meta, sha, source_id},
};
use crate::wire::{answer::Meaning, json::Json, signature, step::Request};

pub(super) const GRAPH: &str = "https://graph.facebook.com/v26.0";
/// How old an event may be.
const DAYS: u64 = 7;
/// Errors that mean "later": too many calls, of the application, the account, or this kind of object.
const LATER: &[i64] = &[1, 2, 4, 17, 32, 341, 368, 613, 80_000, 80_003, 80_004, 80_014];
/// Errors that a person has to mend: the token has ended or may not do this.
const DENIED: &[i64] = &[10, 102, 190, 200, 294];

/// One event, or a word for why there is none.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let conversion = Conversion::of(job);
    if conversion.is_older(job, DAYS) {
        return Err(TOO_OLD);
    }
    let user = user(job).ok_or(NOBODY)?;
    let name = conversion.named.or(conversion.stage).unwrap_or_else(|| "Lead".into());
    let page = page(job).filter(|_| user.member("client_user_agent").is_some());
    let source = if page.is_some() { "website" } else { "system_generated" };
    let mut custom = Json::object([
        ("event_source", Json::str("crm")),
        ("lead_event_source", Json::str(job.text("crm").unwrap_or("Leadkit"))),
    ]);
    if let Some((value, currency)) = conversion.worth {
        custom.set("value", value);
        custom.set("currency", Json::String(currency));
    }
    let mut event = Json::object([
        ("event_name", Json::String(name)),
        ("event_time", Json::uint(conversion.at.as_secs())),
        ("event_id", Json::String(conversion.id)),
        ("action_source", Json::str(source)),
    ]);
    if let Some(page) = page {
        event.set("event_source_url", Json::str(page));
    }
    event.set("user_data", user);
    event.set("custom_data", custom);
    Ok(event)
}

/// Who it was; nothing if Meta could match nobody by it.
fn user(job: &Job<'_>) -> Option<Json> {
    let person = Person::of(job);
    let mut user = Json::Object(Vec::new());
    let hashed = [
        ("em", meta::email(&person)),
        ("ph", meta::phone(&person)),
        ("fn", meta::name(&person.first_name)),
        ("ln", meta::name(&person.last_name)),
        ("ct", meta::city(&person.city)),
        ("zp", meta::postcode(&person.postcode)),
        ("country", person.country.to_ascii_lowercase()),
        ("external_id", String::from(job.word("id"))),
    ];
    for (name, value) in hashed {
        if let Some(hash) = sha(&value) {
            user.set(name, Json::array([Json::String(hash)]));
        }
    }
    // The id of a lead of an instant form is a number of fifteen to seventeen digits.
    let lead = source_id(job, "meta").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some(id) = lead {
        user.set("lead_id", Json::Number(id.into()));
    }
    let plain = full([("fbc", fbc(job)), ("fbp", click(job, "_fbp").map(Into::into))]);
    for (name, value) in plain.as_object().unwrap_or_default() {
        user.set(name, value.clone());
    }
    for (name, value) in job.mapped(&[]) {
        user.set(&name, value);
    }
    let tells = ["em", "ph", "lead_id", "fbc", "fbp"];
    tells.iter().any(|name| user.member(name).is_some()).then_some(user)
}

/// The cookie of a click; made from the parameter of the address where the page wrote no cookie.
fn fbc(job: &Job<'_>) -> Option<String> {
    if let Some(cookie) = click(job, "_fbc").filter(|cookie| cookie.starts_with("fb.")) {
        return Some(cookie.into());
    }
    let attribution = job.at("context.attribution");
    let touch = ["last", "first"]
        .iter()
        .filter_map(|place| attribution.member(place))
        .find(|touch| touch.member("fbclid").is_some())?;
    let at = touch.member("at").and_then(Json::as_uint).unwrap_or(job.received_at.0);
    Some(format!("fb.1.{at}.{}", touch.member("fbclid")?.as_str()?))
}

pub(super) fn request(job: &Job<'_>, events: Json) -> Result<Request, Unready> {
    let dataset = encoded(&job.needed("dataset")?);
    let url = address(job, &format!("{dataset}/events"))?;
    let mut body = Json::object([("data", events)]);
    if let Some(code) = job.setting("test_code")? {
        body.set("test_event_code", Json::String(code));
    }
    Ok(job.send("POST", url, Vec::new(), &body))
}

/// An address of the Graph API with the token, and the proof that we know the secret of the application.
pub(super) fn address(job: &Job<'_>, path: &str) -> Result<String, Unready> {
    let token = job.needed("token")?;
    let mut url = format!("{}/{path}?access_token={}", job.base(GRAPH)?, encoded(&token));
    if let Some(secret) = job.setting("app_secret")? {
        let proof = signature::keyed(secret.as_bytes(), token.as_bytes());
        url.push_str("&appsecret_proof=");
        url.push_str(&signature::hex(&proof));
    }
    Ok(url)
}

pub(super) fn judge(answer: &Answer<'_>, items: usize) -> Verdict {
    let received = answer.json().member("events_received").and_then(Json::as_uint);
    Verdict::All(match received {
        Some(received) if answer.is_done() && received < items as u64 => Meaning::Refused,
        _ => told(answer),
    })
}

/// What an error of the Graph API means: its code says more than its status, which is 400 for most.
pub(super) fn told(answer: &Answer<'_>) -> Meaning {
    let json = answer.json();
    let Some(error) = json.member("error").filter(|_| !answer.is_done()) else {
        return answer.meaning();
    };
    let code = error.member("code").and_then(Json::as_int).unwrap_or_default();
    if error.member("is_transient") == Some(&Json::Bool(true)) || LATER.contains(&code) {
        Meaning::Retry
    } else if DENIED.contains(&code) {
        Meaning::Denied
    } else {
        answer.meaning()
    }
}
