//! A challenge of proof of work, harder the more leads came from where it is asked for.

use alloc::vec::Vec;

use crate::{
    abuse::pow::{Algorithm, Goal, Order, challenge_v1, challenge_v2, effort},
    config::spam::{Format, Work},
    time::Millis,
    wire::{json::Json, signature::digest},
};

/// So many leads from one address within an hour make its challenges harder by one step.
const STEP: u32 = 5;
/// How often PBKDF2 repeats its hash for one try: little for a server, enough that the try counts.
const PBKDF2_COST: u32 = 1_000;
/// Hashes that one repetition of PBKDF2 costs.
const HASHES: u32 = 2;

/// Makes a challenge. `entropy` is fresh for every call.
pub fn make(work: &Work, key: &str, from_address: u32, entropy: &str, now: Millis) -> Json {
    let tries = effort(work.effort, i64::from(from_address / STEP) * 10);
    let seed = |what: &[u8]| digest(&[entropy.as_bytes(), what].concat());
    let number = |most: u32| {
        let digits = seed(b"number");
        let drawn = digits.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        u32::try_from(drawn % u64::from(most.max(1))).unwrap_or(0)
    };
    let expires = Millis(now.0.saturating_add(work.valid.0));
    let [nonce, salt] = [b"nonce".as_slice(), b"salt"].map(|what| {
        let bytes = seed(what);
        bytes.get(..16).map_or_else(Vec::new, <[u8]>::to_vec)
    });
    // The number is drawn evenly, so that half of the numbers are tried in the mean.
    let most = tries.saturating_mul(2);
    match work.format {
        Format::V1 => challenge_v1(key.as_bytes(), &salt, number(most), most, expires),
        Format::V2(algorithm) => {
            let (cost, most) = match algorithm {
                Algorithm::Sha256 => (1, most),
                Algorithm::Pbkdf2 => (PBKDF2_COST, (most / PBKDF2_COST / HASHES).max(16)),
            };
            let goal = Goal::Counter(number(most));
            challenge_v2(key.as_bytes(), &nonce, &salt, &Order { algorithm, cost, goal, expires })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        abuse::pow::{Puzzle, payload, verify},
        qualify::Disposition,
    };
    use alloc::{format, string::String};

    fn work(format: Format) -> Work {
        Work {
            forms: Vec::new(),
            format,
            effort: 1000,
            valid: Millis::from_secs(60),
            missing: Disposition::Review,
            late: Disposition::Review,
        }
    }

    fn most(challenge: &Json) -> Option<u64> {
        challenge.member("maxnumber").and_then(Json::as_uint)
    }

    #[test]
    fn a_challenge_of_either_format_is_solved_and_right_until_it_expires() {
        for format in [Format::V1, Format::V2(Algorithm::Sha256)] {
            let made = make(&work(format), "key", 0, "0123", Millis(0));
            let puzzle = Puzzle::parse(&made).unwrap();
            let found = puzzle.search(0, 2000).unwrap();
            let answer: String = payload(&made, &puzzle, found);
            assert!(verify(&answer, b"key", Millis(59_999)).is_ok());
            assert!(verify(&answer, b"key", Millis(60_000)).is_err());
            assert!(verify(&answer, b"other", Millis(0)).is_err());
        }
    }

    #[test]
    fn challenges_are_harder_where_many_leads_came_from_and_never_endless() {
        let at = |from| most(&make(&work(Format::V1), "key", from, "0123", Millis(0)));
        let expected = [(0, 2000), (4, 2000), (5, 4000), (10, 8000), (30, 128_000), (900, 128_000)];
        for (from, tries) in expected {
            assert_eq!(at(from), Some(tries), "{from}");
        }
    }

    #[test]
    fn no_two_challenges_are_the_same() {
        let one = |entropy: &str| make(&work(Format::V1), "key", 0, entropy, Millis(0)).to_text();
        assert_ne!(one("a"), one("b"));
        let pbkdf2 = make(&work(Format::V2(Algorithm::Pbkdf2)), "key", 0, "a", Millis(0));
        assert!(pbkdf2.to_text().contains(&format!("\"cost\":{PBKDF2_COST}")));
    }
}
