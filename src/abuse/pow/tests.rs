//! Proof of work in both versions: what is accepted, and every way to be refused.

use alloc::{string::ToString, vec::Vec};

use super::*;

const SECRET: &[u8] = b"a secret of the edge";
const NOW: Millis = Millis::from_secs(1_800_000_000);
const LATER: Millis = Millis::from_secs(1_800_000_600);

fn v1(number: u32) -> Json {
    challenge_v1(SECRET, b"twelve bytes", number, 10_000, LATER)
}

fn v2(algorithm: Algorithm, goal: Goal<'_>) -> Json {
    let order = Order { algorithm, cost: 3, goal, expires: LATER };
    challenge_v2(SECRET, b"sixteen bytes ab", b"sixteen bytes cd", &order)
}

fn encoded(json: &Json) -> String {
    let mut text = String::new();
    signature::encode(json.to_text().as_bytes(), &mut text);
    text
}

fn solved(challenge: &Json) -> (u32, String) {
    let puzzle = Puzzle::parse(challenge).unwrap();
    let found = puzzle.search(0, 100_000).unwrap();
    (found, payload(challenge, &puzzle, found))
}

#[test]
fn a_number_is_found_wherever_it_is_and_accepted() {
    for number in [0, 1, 9, 10, 99, 100, 101, 163, 199, 200, 4321, 9999, 10_000] {
        let challenge = v1(number);
        let (found, payload) = solved(&challenge);
        assert_eq!(found, number);
        let spent = verify(&payload, SECRET, NOW).unwrap();
        assert_eq!(Some(spent.key.as_str()), challenge.member("challenge").and_then(Json::as_str));
        assert_eq!(spent.until, LATER);
    }
}

#[test]
fn a_search_tries_its_slice_and_no_more() {
    let puzzle = Puzzle::parse(&v1(4321)).unwrap();
    assert_eq!(puzzle.search(0, 4321), None);
    assert_eq!(puzzle.search(4321, 1), Some(4321));
    assert_eq!(puzzle.search(4322, 1000), None);
    assert_eq!(puzzle.search(4250, 150), Some(4321));
    assert_eq!(puzzle.search(u32::MAX, 10), None);
}

#[test]
fn long_salts_are_solved() {
    for length in [0, 20, 30, 40, 47, 48, 49, 60, 64, 100, 110, 127] {
        let salt: Vec<u8> = (0..length).collect();
        let challenge = challenge_v1(SECRET, &salt, 777, 1000, LATER);
        let (found, payload) = solved(&challenge);
        assert_eq!(found, 777);
        verify(&payload, SECRET, NOW).unwrap();
    }
}

#[test]
fn the_counter_of_version_2_is_found_and_accepted() {
    let challenge = v2(Algorithm::Sha256, Goal::Counter(321));
    let (found, payload) = solved(&challenge);
    assert_eq!(found, 321);
    let spent = verify(&payload, SECRET, NOW).unwrap();
    assert_eq!(Some(spent.key.as_str()), challenge.member("signature").and_then(Json::as_str));
    for prefix in ["0", "00", "AB", "123"] {
        let (_, payload) = solved(&v2(Algorithm::Sha256, Goal::Prefix(prefix)));
        verify(&payload, SECRET, NOW).unwrap();
    }
}

/// PBKDF2 is solved by the platform; here by hand for its check.
fn pbkdf2(counter: u32, claimed: u32) -> String {
    let challenge = v2(Algorithm::Pbkdf2, Goal::Counter(counter));
    let mut key = [0; 32];
    let password = [&b"sixteen bytes ab"[..], &counter.to_be_bytes()].concat();
    ::pbkdf2::pbkdf2_hmac::<sha2::Sha256>(&password, b"sixteen bytes cd", 3, &mut key);
    let solution = Json::object([
        ("counter", Json::int(claimed.into())),
        ("derivedKey", Json::String(signature::hex(&key))),
    ]);
    encoded(&Json::object([("challenge", challenge), ("solution", solution)]))
}

#[test]
fn the_counter_of_version_2_is_bound() {
    assert!(verify(&pbkdf2(5, 5), SECRET, NOW).is_ok());
    assert_eq!(verify(&pbkdf2(5, 6), SECRET, NOW), Err(Fault::Solution));
}

/// What is wrong with a solution after one member was replaced; the path is in the payload.
#[track_caller]
fn check(payload: &str, path: &[&str], value: Json, fault: Fault) {
    let bytes = signature::decode(payload).unwrap();
    let mut json = json::parse(core::str::from_utf8(&bytes).unwrap()).unwrap();
    replace(&mut json, path, value);
    assert_eq!(verify(&encoded(&json), SECRET, NOW), Err(fault), "{path:?}");
}

fn replace(json: &mut Json, path: &[&str], value: Json) {
    match path {
        [] => *json = value,
        [key, rest @ ..] => {
            let mut inside = json.member(key).cloned().unwrap_or_default();
            replace(&mut inside, rest, value);
            json.set(key, inside);
        }
    }
}

#[test]
fn an_altered_solution_of_version_1_is_refused() {
    let (_, payload) = solved(&v1(4321));
    check(&payload, &["number"], Json::int(4322), Fault::Solution);
    check(&payload, &["number"], Json::str("4321"), Fault::Malformed);
    check(&payload, &["number"], Json::int(-1), Fault::Malformed);
    check(&payload, &["algorithm"], Json::str("SHA-512"), Fault::Algorithm);
    check(&payload, &["signature"], Json::str("00"), Fault::Signature);
    check(&payload, &["challenge"], Json::str("00"), Fault::Signature);
    check(&payload, &["salt"], Json::Null, Fault::Malformed);
    assert_eq!(verify(&payload, b"another secret", NOW), Err(Fault::Signature));
    assert_eq!(verify(&payload, b"", NOW), Err(Fault::Malformed));
    assert_eq!(verify(&payload, SECRET, LATER), Err(Fault::Expired));
}

#[test]
fn digits_cannot_move_from_the_number_to_the_expiry() {
    let challenge = v1(4321);
    let salt = challenge.member("salt").and_then(Json::as_str).unwrap().to_string();
    let (_, payload) = solved(&challenge);
    let bytes = signature::decode(&payload).unwrap();
    let mut json = json::parse(core::str::from_utf8(&bytes).unwrap()).unwrap();
    json.set("salt", Json::String(salt + "43"));
    json.set("number", Json::int(21));
    assert_eq!(verify(&encoded(&json), SECRET, NOW), Err(Fault::Solution));
}

#[test]
fn a_challenge_without_an_expiry_is_refused() {
    let salt = "ab&";
    let digest = signature::hex(&signature::digest(b"ab&7"));
    let signed = signature::hex(&signature::keyed(SECRET, digest.as_bytes()));
    let json = Json::object([
        ("algorithm", Json::str("SHA-256")),
        ("challenge", Json::String(digest)),
        ("number", Json::int(7)),
        ("salt", Json::str(salt)),
        ("signature", Json::String(signed)),
    ]);
    assert_eq!(verify(&encoded(&json), SECRET, NOW), Err(Fault::Expired));
}

#[test]
fn an_altered_solution_of_version_2_is_refused() {
    let (_, payload) = solved(&v2(Algorithm::Sha256, Goal::Counter(321)));
    check(&payload, &["solution", "counter"], Json::int(322), Fault::Solution);
    check(&payload, &["solution", "counter"], Json::int(1 << 40), Fault::Malformed);
    check(&payload, &["solution", "derivedKey"], Json::str("00"), Fault::Solution);
    check(&payload, &["solution"], Json::Null, Fault::Malformed);
    check(&payload, &["challenge", "signature"], Json::str("00"), Fault::Signature);
    check(&payload, &["challenge", "signature"], Json::Null, Fault::Malformed);
    for key in ["cost", "keyPrefix", "expiresAt", "nonce", "algorithm", "more"] {
        check(&payload, &["challenge", "parameters", key], Json::int(1), Fault::Signature);
    }
    assert_eq!(verify(&payload, SECRET, LATER), Err(Fault::Expired));
}

#[test]
fn signed_parameters_that_are_not_checked_here_are_refused() {
    let signed = |key: &str, value: Json| {
        let mut parameters =
            v2(Algorithm::Sha256, Goal::Counter(1)).member("parameters").cloned().unwrap();
        parameters.set(key, value);
        let sorted = json::parse(&parameters.to_text()).unwrap();
        let by = signature::hex(&signature::keyed(SECRET, sorted.to_text().as_bytes()));
        let solution = Json::object([("counter", Json::int(1)), ("derivedKey", Json::str("00"))]);
        let challenge = Json::object([("parameters", parameters), ("signature", Json::String(by))]);
        encoded(&Json::object([("challenge", challenge), ("solution", solution)]))
    };
    for (key, value, fault) in [
        ("algorithm", Json::str("SCRYPT"), Fault::Algorithm),
        ("cost", Json::int(i64::from(MAX_COST) + 1), Fault::Algorithm),
        ("keyLength", Json::int(33), Fault::Algorithm),
        ("keyLength", Json::int(0), Fault::Algorithm),
        ("keyPrefix", Json::str(""), Fault::Solution),
        ("expiresAt", Json::Null, Fault::Expired),
        ("nonce", Json::str("xy"), Fault::Malformed),
    ] {
        assert_eq!(verify(&signed(key, value), SECRET, NOW), Err(fault), "{key}");
    }
}

#[test]
fn what_is_no_payload_is_malformed() {
    for text in ["", "!", "e30=", "bnVsbA==", "/////w=="] {
        assert_eq!(verify(text, SECRET, NOW), Err(Fault::Malformed), "{text}");
    }
    assert_eq!(verify(&"A".repeat(MAX_PAYLOAD + 1), SECRET, NOW), Err(Fault::Malformed));
    for text in [
        "{}",
        r#"{"parameters":{}}"#,
        r#"{"challenge":"00","salt":"a"}"#,
        r#"{"parameters":{"algorithm":"ARGON2ID","salt":"00","nonce":"00","cost":1,"keyPrefix":"0"}}"#,
    ] {
        assert_eq!(Puzzle::parse(&json::parse(text).unwrap()), None, "{text}");
    }
}

#[test]
fn every_fault_has_its_own_code() {
    let all =
        [Fault::Malformed, Fault::Algorithm, Fault::Expired, Fault::Signature, Fault::Solution];
    let codes: Vec<&str> = all.iter().map(|fault| fault.code()).collect();
    assert_eq!(
        codes,
        ["pow.malformed", "pow.algorithm", "pow.expired", "pow.signature", "pow.solution"]
    );
}

#[test]
fn effort_grows_with_suspicion() {
    let efforts: Vec<u32> = [-5, 0, 9, 10, 45, 60, 1000].map(|spam| effort(20_000, spam)).to_vec();
    assert_eq!(efforts, [20_000, 20_000, 20_000, 40_000, 320_000, 1_280_000, 1_280_000]);
}
