//! Version 1: `{algorithm, challenge, maxnumber, salt, signature}`, answered with `number`.

use alloc::string::{String, ToString};

use super::{Fault, Spent};
use crate::{
    time::Millis,
    wire::{json::Json, signature},
};

/// Makes a challenge whose solution is `number`, between 0 and `max`; draw it evenly, or it can be guessed.
///
/// `salt` is secret-free randomness of the caller, 12 bytes or more; the same salt must not be used twice.
pub fn challenge(secret: &[u8], salt: &[u8], number: u32, max: u32, expires: Millis) -> Json {
    let mut salt = signature::hex(salt);
    salt.push_str("?expires=");
    salt.push_str(&expires.as_secs().to_string());
    // Without a mark at its end, digits could move between the salt and the number.
    salt.push('&');
    let digest = hash(&salt, &number.to_string());
    let signed = signature::hex(&signature::keyed(secret, digest.as_bytes()));
    Json::object([
        ("algorithm", Json::str("SHA-256")),
        ("challenge", Json::String(digest)),
        ("maxnumber", Json::int(max.into())),
        ("salt", Json::String(salt)),
        ("signature", Json::String(signed)),
    ])
}

pub(super) fn verify(json: &Json, secret: &[u8], now: Millis) -> Result<Spent, Fault> {
    let text = |key| json.member(key).and_then(Json::as_str).ok_or(Fault::Malformed);
    let (challenge, salt, signed) = (text("challenge")?, text("salt")?, text("signature")?);
    let number = json.member("number").and_then(Json::as_uint).ok_or(Fault::Malformed)?;
    if text("algorithm")? != "SHA-256" {
        return Err(Fault::Algorithm);
    }
    let expected = signature::hex(&signature::keyed(secret, challenge.as_bytes()));
    if !signature::same(&expected, signed) {
        return Err(Fault::Signature);
    }
    let right = salt.ends_with('&') && signature::same(&hash(salt, &number.to_string()), challenge);
    if !right {
        return Err(Fault::Solution);
    }
    let until = expiry(salt).filter(|until| now < *until).ok_or(Fault::Expired)?;
    Ok(Spent { key: challenge.to_string(), until })
}

fn hash(salt: &str, number: &str) -> String {
    let mut text = salt.to_string();
    text.push_str(number);
    signature::hex(&signature::digest(text.as_bytes()))
}

/// The time in the salt, which the digest and so the signature covers.
fn expiry(salt: &str) -> Option<Millis> {
    let (_, parameters) = salt.split_once('?')?;
    let seconds = parameters.split('&').find_map(|pair| pair.strip_prefix("expires="))?;
    seconds.parse().ok().map(Millis::from_secs)
}
