//! LinkedIn, Conversions API.
//!
//! Contract: learn.microsoft.com and the connector of Segment for version 202603; that `userIds` must be there even if it is
//! empty is from a third party. Settings: `token` (with `rw_conversions`), `events` from `lead` and the stages to ids of
//! conversions, `version`. The click is `li_fat_id`. The time is in milliseconds, the value is text.

use alloc::{format, string::String, vec::Vec};

use super::{
    Job, Unready,
    conversion::{Conversion, NOBODY, TOO_OLD, UNMAPPED},
    identity::{Person, click, full, sha},
    linkedin,
};
use crate::wire::{json::Json, step::Request};

/// How old a conversion may be.
const DAYS: u64 = 90;

/// One conversion, or a word for why there is none.
pub(super) fn item(job: &Job<'_>) -> Result<Json, &'static str> {
    let conversion = Conversion::of(job);
    let named = conversion.named.as_ref().ok_or(UNMAPPED)?;
    if conversion.is_older(job, DAYS) {
        return Err(TOO_OLD);
    }
    let user = user(job).ok_or(NOBODY)?;
    let mut out = Json::object([
        ("conversion", Json::String(format!("urn:lla:llaPartnerConversion:{named}"))),
        ("conversionHappenedAt", Json::uint(conversion.at.0)),
        ("eventId", Json::str(&conversion.id)),
        ("user", user),
    ]);
    if let Some((value, currency)) = conversion.worth {
        let worth = full([("currencyCode", Some(currency)), ("amount", Some(value.to_text()))]);
        out.set("conversionValue", worth);
    }
    Ok(out)
}

/// One conversion goes by itself, several as a batch.
pub(super) fn request(job: &Job<'_>, conversions: Json) -> Result<Request, Unready> {
    const PATH: &str = "/rest/conversionEvents";
    match conversions.as_array() {
        Some([one]) => linkedin::request(job, PATH, false, one),
        _ => linkedin::request(job, PATH, true, &Json::object([("elements", conversions)])),
    }
}

fn user(job: &Job<'_>) -> Option<Json> {
    let person = Person::of(job);
    let id = |kind: &str, value: String| {
        Json::object([("idType", Json::str(kind)), ("idValue", Json::String(value))])
    };
    let mut ids = Vec::new();
    ids.extend(sha(&person.email.to_lowercase()).map(|hash| id("SHA256_EMAIL", hash)));
    let click = click(job, "li_fat_id").map(String::from);
    ids.extend(click.map(|click| id("LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", click)));
    let named = !person.first_name.is_empty() && !person.last_name.is_empty();
    if ids.is_empty() && !named {
        return None;
    }
    let mut user = Json::object([("userIds", Json::Array(ids))]);
    if named {
        let word =
            |name: &str| Some(job.word(name)).filter(|word| !word.is_empty()).map(Into::into);
        let info = full([
            ("firstName", Some(person.first_name)),
            ("lastName", Some(person.last_name)),
            ("title", word("contact.job_title")),
            ("companyName", word("contact.company")),
            ("countryCode", Some(person.country).filter(|code| !code.is_empty())),
        ]);
        user.set("userInfo", info);
    }
    Some(user)
}
