//! Solves challenges: tries numbers in slices, so that whoever asks can do something else in between.
//!
//! Knows ALTCHA v1 with `SHA-256` and v2 with `SHA-256`. PBKDF2 is for the platform's own `WebCrypto`, which is faster.

use alloc::{string::String, vec::Vec};

use super::sha256::{START, Tail, Word, compress};
use crate::wire::{json::Json, signature};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Lanes = core::arch::wasm32::v128;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
type Lanes = u32;

/// The longest salt or nonce, in bytes, that is looked at.
const MAX_TEXT: usize = 4096;

/// Numbers that differ in their last two digits only.
const RUN: u32 = 100;

/// A challenge that numbers can be tried on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Puzzle {
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// The digest of the salt and the number in decimal digits is known.
    Number { salt: Vec<u8>, digest: [u32; 8] },
    /// The repeated digest of salt, nonce and counter must begin with these hexadecimal digits.
    Counter { text: Vec<u8>, rounds: u32, prefix: String, length: usize },
}

impl Puzzle {
    /// Reads a challenge of either version; `None` if it is of a kind that is not solved here, or not a challenge.
    pub fn parse(json: &Json) -> Option<Self> {
        match json.member("parameters") {
            Some(parameters) => Self::counter(parameters),
            None => Self::number(json),
        }
    }

    fn number(json: &Json) -> Option<Self> {
        let text = |key| json.member(key).and_then(Json::as_str);
        let algorithm = text("algorithm").unwrap_or("SHA-256");
        let salt = text("salt").filter(|salt| salt.len() <= MAX_TEXT)?.as_bytes().to_vec();
        let bytes = unhex(text("challenge")?)?;
        if !algorithm.eq_ignore_ascii_case("SHA-256") || bytes.len() != 32 {
            return None;
        }
        let mut digest = [0; 8];
        for (word, four) in digest.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = four.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        }
        Some(Self { kind: Kind::Number { salt, digest } })
    }

    fn counter(json: &Json) -> Option<Self> {
        let text = |key| json.member(key).and_then(Json::as_str);
        let mut start = unhex(text("salt")?)?;
        start.extend(unhex(text("nonce")?)?);
        let rounds = u32::try_from(json.member("cost")?.as_uint()?).ok()?.max(1);
        let length = json.member("keyLength").and_then(Json::as_uint).unwrap_or(32);
        let length = usize::try_from(length).ok().filter(|length| (1..=32).contains(length))?;
        let prefix = text("keyPrefix")?.to_ascii_lowercase();
        let hex = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
        if text("algorithm")? != "SHA-256" || !hex || prefix.len() > 2 * length {
            return None;
        }
        start.extend([0; 4]);
        (start.len() <= MAX_TEXT)
            .then_some(Self { kind: Kind::Counter { text: start, rounds, prefix, length } })
    }

    /// Tries `count` numbers from `from` on: the first that solves the challenge, or `None`.
    pub fn search(&self, from: u32, count: u32) -> Option<u32> {
        let end = from.saturating_add(count);
        match &self.kind {
            Kind::Number { salt, digest } => numbers::<Lanes>(salt, digest, from, end),
            Kind::Counter { text, rounds, prefix, .. } => {
                counters::<Lanes>(text, *rounds, prefix, from, end)
            }
        }
    }

    /// The solution that belongs to a number, as the member to add to the challenge: `number` (v1) or `solution` (v2).
    pub fn solution(&self, found: u32) -> (&'static str, Json) {
        match &self.kind {
            Kind::Number { .. } => ("number", Json::int(found.into())),
            Kind::Counter { text, rounds, length, .. } => {
                let digest = counter_digest(text, *rounds, found);
                let bytes: Vec<u8> = digest.iter().flat_map(|word| word.to_be_bytes()).collect();
                let key = signature::hex(bytes.get(..*length).unwrap_or(&bytes));
                let counter = Json::int(found.into());
                (
                    "solution",
                    Json::object([("counter", counter), ("derivedKey", Json::String(key))]),
                )
            }
        }
    }
}

fn numbers<W: Word>(salt: &[u8], digest: &[u32; 8], from: u32, end: u32) -> Option<u32> {
    let single = |number: u32| {
        (Tail::<u32>::new(&numbered(salt, number), 0).digest() == *digest).then_some(number)
    };
    let mut next = from;
    while next < end {
        let run_end = next.saturating_add(RUN);
        if next < RUN || !next.is_multiple_of(RUN) || run_end > end {
            if let Some(found) = single(next) {
                return Some(found);
            }
            next += 1;
            continue;
        }
        let mut text = numbered(salt, next);
        let at = text.len() - 2;
        text.truncate(at);
        text.extend([0, 0]);
        let tail = Tail::<W>::new(&text, 2);
        let mut low = 0;
        while low < RUN {
            let mut tail = tail;
            tail.set(at, |lane| u32::from(b'0') + (low + lane) / 10);
            tail.set(at + 1, |lane| u32::from(b'0') + (low + lane) % 10);
            if tail.digest()[0].any(u32::MAX, digest[0]) {
                let found = (0..W::LANES).find_map(|lane| single(next + low + lane));
                if found.is_some() {
                    return found;
                }
            }
            low += W::LANES;
        }
        next = run_end;
    }
    None
}

fn counters<W: Word>(text: &[u8], rounds: u32, prefix: &str, from: u32, end: u32) -> Option<u32> {
    let (mask, bits) = first_word(prefix);
    let tail = Tail::<W>::new(text, 4);
    let at = text.len() - 4;
    let mut next = from;
    while next < end {
        let mut tail = tail;
        for place in 0..4 {
            tail.set(at + place, |lane| next.wrapping_add(lane) >> (24 - 8 * place) & 0xff);
        }
        if again(tail.digest(), rounds)[0].any(mask, bits) {
            let fits = |number: &u32| {
                let digest = counter_digest(text, rounds, *number);
                digest
                    .iter()
                    .flat_map(|word| nibbles(*word))
                    .zip(prefix.bytes())
                    .all(|(a, b)| a == b)
            };
            let last = next.saturating_add(W::LANES).min(end);
            let found = (next..last).find(fits);
            if found.is_some() {
                return found;
            }
        }
        next = next.saturating_add(W::LANES);
    }
    None
}

/// Hashes a digest until there were `rounds` hashes in all.
fn again<W: Word>(mut digest: [W; 8], rounds: u32) -> [W; 8] {
    let start = START.map(W::splat);
    let mut block = [W::splat(0); 16];
    block[8] = W::splat(0x8000_0000);
    block[15] = W::splat(256);
    for _ in 1..rounds {
        block[..8].copy_from_slice(&digest);
        digest = compress(&start, &block);
    }
    digest
}

fn counter_digest(text: &[u8], rounds: u32, counter: u32) -> [u32; 8] {
    let mut text = text.to_vec();
    let at = text.len() - 4;
    text.truncate(at);
    text.extend(counter.to_be_bytes());
    again(Tail::<u32>::new(&text, 0).digest(), rounds)
}

/// The bits that the prefix asks of the first 32, and where.
fn first_word(prefix: &str) -> (u32, u32) {
    prefix.bytes().take(8).enumerate().fold((0, 0), |(mask, bits), (place, digit)| {
        let shift = 28 - 4 * u32::try_from(place).unwrap_or(0);
        (mask | 15 << shift, bits | u32::from(nibble(digit).unwrap_or(0)) << shift)
    })
}

fn nibbles(word: u32) -> impl Iterator<Item = u8> {
    (0..8).map(move |place| {
        let nibble = u8::try_from(word >> (28 - 4 * place) & 15).unwrap_or(0);
        if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
    })
}

fn numbered(salt: &[u8], number: u32) -> Vec<u8> {
    let mut text = salt.to_vec();
    let mut unit = 1_000_000_000;
    while unit > 1 && number / unit == 0 {
        unit /= 10;
    }
    while unit > 0 {
        text.push(b'0' + u8::try_from(number / unit % 10).unwrap_or(0));
        unit /= 10;
    }
    text
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The bytes of hexadecimal digits of either case.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() || text.len() > 2 * MAX_TEXT {
        return None;
    }
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    };
    pairs.map(byte).collect()
}
