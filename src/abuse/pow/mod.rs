//! Proof of work in the formats of ALTCHA: making challenges, solving them, and checking solutions.
//!
//! Version 1: SHA-256 of a salt and a number in decimal digits. Version 2: a key derived from salt, nonce and counter, by
//! repeated SHA-256 or by PBKDF2 with SHA-256, must begin with given digits. <https://altcha.org/docs/v2/proof-of-work>.
//!
//! A checked solution names a key that the caller must remember until it expires: whoever shows the key a second time is
//! refused there. A challenge without an expiry is never accepted, and the counter of version 2 is bound by deriving its
//! key again, also where a key signature would do.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes;
mod sha256;
mod solve;
mod v1;
mod v2;

use alloc::string::String;

use crate::{
    time::Millis,
    wire::{json, json::Json, signature},
};

pub use solve::Puzzle;
pub use v1::challenge as challenge_v1;
pub use v2::{Algorithm, Goal, MAX_COST, Order, challenge as challenge_v2};

/// The longest answer, in bytes of base64, that is looked at.
pub const MAX_PAYLOAD: usize = 16 * 1024;

/// A solution that is right, and what must be remembered so that it counts only once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Names the challenge: the same for every solution of it.
    pub key: String,
    /// When it expires and may be forgotten.
    pub until: Millis,
}

/// Why a solution does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not a solution in either format.
    Malformed,
    /// The challenge asks for something that is not checked here.
    Algorithm,
    /// The time of the challenge is over, or it has none.
    Expired,
    /// The challenge was not made with this secret, or was altered.
    Signature,
    /// The number or the key is not the solution.
    Solution,
}

impl Fault {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "pow.malformed",
            Self::Algorithm => "pow.algorithm",
            Self::Expired => "pow.expired",
            Self::Signature => "pow.signature",
            Self::Solution => "pow.solution",
        }
    }
}

/// Checks what a form sent: base64 of JSON, of either version.
///
/// # Errors
/// Why it does not count. The caller still must refuse a key that it has seen.
pub fn verify(payload: &str, secret: &[u8], now: Millis) -> Result<Spent, Fault> {
    let payload = payload.trim_ascii();
    if payload.len() > MAX_PAYLOAD || secret.is_empty() {
        return Err(Fault::Malformed);
    }
    let bytes = signature::decode(payload).ok_or(Fault::Malformed)?;
    let text = core::str::from_utf8(&bytes).map_err(|_| Fault::Malformed)?;
    let json = json::parse(text).map_err(|_| Fault::Malformed)?;
    match (json.member("challenge"), json.member("solution")) {
        (Some(challenge @ Json::Object(_)), Some(solution)) => {
            v2::verify(challenge, solution, secret, now)
        }
        _ => v1::verify(&json, secret, now),
    }
}

/// The payload that a form sends: a challenge and the number that solves it, as base64 of JSON.
pub fn payload(challenge: &Json, puzzle: &Puzzle, found: u32) -> String {
    let (member, solution) = puzzle.solution(found);
    let mut out = if challenge.member("parameters").is_some() {
        Json::object([("challenge", challenge.clone())])
    } else {
        challenge.clone()
    };
    out.set(member, solution);
    let mut text = String::new();
    signature::encode(out.to_text().as_bytes(), &mut text);
    text
}

/// How many numbers a visitor should have to try for a spam score: `base` without suspicion, doubled for every ten points, at
/// most 64 times as many.
pub fn effort(base: u32, spam: i64) -> u32 {
    base.saturating_mul(1 << (spam / 10).clamp(0, 6))
}

#[cfg(test)]
mod tests;
