//! Version 2: `{parameters, signature}`, answered with `{counter, derivedKey}`.
//!
//! The signature is over the parameters as JSON with sorted keys, written as JavaScript writes it.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;

use super::{Fault, Spent, solve::unhex};
use crate::{
    time::Millis,
    wire::{json::Json, signature},
};

/// The largest cost that is worked off for a check.
pub const MAX_COST: u32 = 1_000_000;

/// The longest key that is derived for a check.
const MAX_KEY: usize = 64;

/// How a key is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-256, repeated as often as the cost says.
    Sha256,
    /// PBKDF2 with HMAC-SHA-256 (RFC 8018).
    Pbkdf2,
}

/// When a challenge is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal<'a> {
    /// The derived key begins with these hexadecimal digits: each costs 16 times more tries in the mean.
    Prefix(&'a str),
    /// The counter is this one: the work is bounded.
    Counter(u32),
}

/// What a challenge asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<'a> {
    /// How a key is derived.
    pub algorithm: Algorithm,
    /// How often the hash is repeated for one try, 1 to [`MAX_COST`].
    pub cost: u32,
    /// When it is solved.
    pub goal: Goal<'a>,
    /// When it expires.
    pub expires: Millis,
}

impl Algorithm {
    /// The name in challenges.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Pbkdf2 => "PBKDF2/SHA-256",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Sha256, Self::Pbkdf2].into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// A key of at most 32 bytes for SHA-256.
    fn derive(self, salt: &[u8], nonce: &[u8], counter: u32, cost: u32, length: usize) -> Vec<u8> {
        let mut password = nonce.to_vec();
        password.extend(counter.to_be_bytes());
        let mut key = vec![0; length];
        match self {
            Self::Sha256 => {
                let mut digest = signature::digest(&[salt, &password].concat());
                for _ in 1..cost {
                    digest = signature::digest(&digest);
                }
                key = digest.to_vec();
                key.truncate(length);
            }
            Self::Pbkdf2 => pbkdf2_hmac::<Sha256>(&password, salt, cost, &mut key),
        }
        key
    }
}

/// Makes a challenge. `nonce` and `salt` are randomness of the caller, 16 bytes each, never used twice.
pub fn challenge(secret: &[u8], nonce: &[u8], salt: &[u8], order: &Order<'_>) -> Json {
    let cost = order.cost.clamp(1, MAX_COST);
    let prefix = match order.goal {
        Goal::Prefix(digits) => digits.to_ascii_lowercase(),
        Goal::Counter(counter) => {
            let key = order.algorithm.derive(salt, nonce, counter, cost, 32);
            signature::hex(key.get(..16).unwrap_or(&key))
        }
    };
    let expires = i64::try_from(order.expires.as_secs()).unwrap_or(i64::MAX);
    let parameters = Json::object([
        ("algorithm", Json::str(order.algorithm.name())),
        ("cost", Json::int(cost.into())),
        ("expiresAt", Json::int(expires)),
        ("keyLength", Json::int(32)),
        ("keyPrefix", Json::String(prefix)),
        ("nonce", Json::String(signature::hex(nonce))),
        ("salt", Json::String(signature::hex(salt))),
    ]);
    let signed = sign(&parameters, secret);
    Json::object([("parameters", parameters), ("signature", Json::String(signed))])
}

pub(super) fn verify(
    challenge: &Json,
    solution: &Json,
    secret: &[u8],
    now: Millis,
) -> Result<Spent, Fault> {
    let parameters = challenge.member("parameters").ok_or(Fault::Malformed)?;
    let signed = challenge.member("signature").and_then(Json::as_str).ok_or(Fault::Malformed)?;
    if !signature::same(&sign(parameters, secret), signed) {
        return Err(Fault::Signature);
    }
    let text = |key| parameters.member(key).and_then(Json::as_str).ok_or(Fault::Malformed);
    let expires = parameters.member("expiresAt").and_then(seconds).ok_or(Fault::Expired)?;
    if now >= expires {
        return Err(Fault::Expired);
    }
    let algorithm = Algorithm::parse(text("algorithm")?).ok_or(Fault::Algorithm)?;
    let cost = parameters.member("cost").and_then(Json::as_uint).ok_or(Fault::Malformed)?;
    let cost = u32::try_from(cost).ok().filter(|cost| *cost <= MAX_COST).ok_or(Fault::Algorithm)?;
    let length = parameters.member("keyLength").map_or(Some(32), Json::as_uint);
    let length = length.and_then(|length| usize::try_from(length).ok());
    let most = if algorithm == Algorithm::Sha256 { 32 } else { MAX_KEY };
    let length = length.filter(|length| (1..=most).contains(length)).ok_or(Fault::Algorithm)?;
    let prefix = text("keyPrefix")?.to_ascii_lowercase();
    let nonce = unhex(text("nonce")?).ok_or(Fault::Malformed)?;
    let salt = unhex(text("salt")?).ok_or(Fault::Malformed)?;

    let counter = solution.member("counter").and_then(Json::as_uint);
    let counter =
        counter.and_then(|counter| u32::try_from(counter).ok()).ok_or(Fault::Malformed)?;
    let shown = solution.member("derivedKey").and_then(Json::as_str).ok_or(Fault::Malformed)?;
    let key = signature::hex(&algorithm.derive(&salt, &nonce, counter, cost.max(1), length));
    if prefix.is_empty() || !key.starts_with(&prefix) || !signature::same(&key, shown) {
        return Err(Fault::Solution);
    }
    Ok(Spent { key: signed.to_string(), until: expires })
}

fn sign(parameters: &Json, secret: &[u8]) -> String {
    signature::hex(&signature::keyed(secret, sorted(parameters).to_text().as_bytes()))
}

/// Whole or broken seconds; what is after the point is cut.
fn seconds(json: &Json) -> Option<Millis> {
    let Json::Number(text) = json else { return None };
    text.split('.').next()?.parse().ok().map(Millis::from_secs)
}

/// Objects with their keys in the order of JavaScript's `sort`, by UTF-16 units; arrays as they are.
fn sorted(json: &Json) -> Json {
    let Json::Object(members) = json else { return json.clone() };
    let mut members: Vec<(String, Json)> =
        members.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
    members.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
    Json::Object(members)
}
