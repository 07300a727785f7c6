//! What the two kinds of Google's Data Manager API have in common.

use alloc::{format, string::String, vec::Vec};

use super::{
    Answer, Job, Unready,
    ads::Verdict,
    identity::{Person, full, google, sha},
};
use crate::wire::{json::Json, step::Request};

const TOKENS: &str = "https://oauth2.googleapis.com/token";
const API: &str = "https://datamanager.googleapis.com";

/// The identifiers of a person, each an object of one member; an address only where all its parts are known.
pub(super) fn identifiers(job: &Job<'_>) -> Vec<Json> {
    let person = Person::of(job);
    let mut out = Vec::new();
    for (name, value) in
        [("emailAddress", google::email(&person)), ("phoneNumber", person.phone.clone())]
    {
        out.extend(sha(&value).map(|hash| Json::object([(name, Json::String(hash))])));
    }
    let given = sha(&google::name(&person.first_name));
    let family = sha(&google::name(&person.last_name));
    if let (Some(given), Some(family)) = (given, family)
        && !person.country.is_empty()
        && !person.postcode.is_empty()
    {
        let address = full([
            ("givenName", Some(given)),
            ("familyName", Some(family)),
            ("regionCode", Some(person.country)),
            ("postalCode", Some(person.postcode)),
        ]);
        out.push(Json::object([("address", address)]));
    }
    out
}

/// Without the purpose of the destination there is no delivery, so whoever is sent has agreed.
pub(super) fn consent() -> Json {
    Json::object([
        ("adUserData", Json::str("CONSENT_GRANTED")),
        ("adPersonalization", Json::str("CONSENT_GRANTED")),
    ])
}

fn account(id: &str) -> Json {
    // People write the id of an account with hyphens.
    let id: String = id.chars().filter(|char| *char != '-').collect();
    Json::object([("accountType", Json::str("GOOGLE_ADS")), ("accountId", Json::String(id))])
}

/// Where it goes: an account, and in it a conversion action or a list.
pub(super) fn destination(job: &Job<'_>, product: &str) -> Result<Json, Unready> {
    let mut out = Json::object([("operatingAccount", account(&job.needed("account")?))]);
    if let Some(login) = job.setting("login_account")? {
        out.set("loginAccount", account(&login));
    }
    out.set("productDestinationId", Json::str(product));
    Ok(out)
}

/// A request with what every request has.
pub(super) fn request(job: &Job<'_>, method: &str, mut body: Json) -> Result<Request, Unready> {
    body.set("encoding", Json::str("HEX"));
    if job.settings.member("validate") == Some(&Json::Bool(true)) {
        body.set("validateOnly", Json::Bool(true));
    }
    let token = job.bearer()?;
    let url = format!("{}/v1/{method}", job.base(API)?);
    Ok(job.send("POST", url, [("authorization", format!("Bearer {token}"))].into(), &body))
}

pub(super) fn judge(answer: &Answer<'_>, _: usize) -> Verdict {
    Verdict::All(answer.meaning())
}

/// Where Google gives tokens for a refresh token.
pub(super) fn grant(job: &Job<'_>, refresh: Option<&str>) -> Result<Request, Unready> {
    let url = job.setting("token_url")?;
    job.refreshing(url.unwrap_or_else(|| String::from(TOKENS)), refresh)
}
