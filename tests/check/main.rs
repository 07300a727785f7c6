//! The checks against samples of what other implementations and sources say. Each sample names its source; the scripts in
//! `pkg-scripts/data/checks` make them and compare many more.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be read fails the test")]

use std::{fs, path::Path};

use leadkit::check::{CODES, Known, Packs, answer, email, iban, pack, postcode, tax, url, vat};
use leadkit::random::Random;
use leadkit::wire::json::{self, Json};

/// Every kind of line.
const KINDS: [&str; 13] = [
    "company", "country", "date", "email", "iban", "money", "name", "number", "phone", "postcode",
    "tax_id", "url", "vat",
];

#[test]
fn email_agrees_with_isemail_on_valid_and_wrong_addresses() {
    let options = email::EmailOptions { utf8_local: true, dotless: true };
    for case in cases("email", "cases") {
        let value = text(&case, "value");
        let taken = email::check(value, options, &Known::default()).problem.is_none();
        assert_eq!(Some(taken), case.member("taken").and_then(Json::as_bool), "{value:?}");
    }
}

#[test]
fn email_suggests_the_mailbox_host_that_was_meant() {
    for case in cases("email", "typos") {
        let typed = ["a@", text(&case, "host")].concat();
        let expected =
            case.member("suggestion").and_then(Json::as_str).map(|host| ["a@", host].concat());
        let options = email::EmailOptions { dotless: true, ..email::EmailOptions::default() };
        let answer = email::check(&typed, options, &Known::default());
        assert_eq!(answer.suggestion, expected, "{typed}");
    }
}

#[test]
fn email_flags_every_disposable_host_of_the_source() {
    let list = pack::Pack::parse(pack::DISPOSABLE);
    let known = Known { disposable: list.as_ref(), ..Known::default() };
    for host in cases("email", "disposable") {
        let typed = ["a@", host.as_str().unwrap()].concat();
        let answer = email::check(&typed, email::EmailOptions::default(), &known);
        assert_eq!(answer.disposable(&known), Some(true), "{typed}");
    }
}

#[test]
fn vat_agrees_with_stdnum() {
    for case in cases("vat", "cases") {
        let value = text(&case, "value");
        let valid = vat::check(value, "").problem.is_none();
        assert_eq!(Some(valid), case.member("valid").and_then(Json::as_bool), "{value}");
    }
}

#[test]
fn tax_numbers_agree_with_stdnum() {
    for case in cases("tax_id", "cases") {
        let value = text(&case, "value");
        let valid = tax::check(value, text(&case, "country")).problem.is_none();
        assert_eq!(Some(valid), case.member("valid").and_then(Json::as_bool), "{value}");
    }
}

#[test]
fn iban_agrees_with_stdnum() {
    for case in cases("iban", "cases") {
        let value = text(&case, "value");
        let valid = iban::check(value).problem.is_none();
        assert_eq!(Some(valid), case.member("valid").and_then(Json::as_bool), "{value}");
    }
}

#[test]
fn postcodes_agree_with_the_expressions_of_their_source() {
    for case in cases("postcode", "cases") {
        let value = text(&case, "value");
        let answer = postcode::check(value, text(&case, "country"));
        let valid = answer.problem.is_none();
        assert_eq!(Some(valid), case.member("valid").and_then(Json::as_bool), "{value}");
        if valid {
            assert_eq!(answer.value, text(&case, "normal"));
        }
    }
}

#[test]
fn urls_agree_with_validator_and_the_url_standard() {
    for case in cases("url", "cases") {
        let value = text(&case, "value");
        let answer = url::check(value, &Known::default());
        let valid = answer.problem.is_none();
        assert_eq!(Some(valid), case.member("valid").and_then(Json::as_bool), "{value}");
        assert_eq!(answer.value, text(&case, "normal"));
    }
}

#[test]
fn every_problem_has_one_sentence_in_every_locale() {
    for locale in ["de", "en", "es", "fr", "it", "nl", "pl", "pt"] {
        let path = Path::new("www/browser/messages").join(locale).with_extension("json");
        let messages = json::parse(&fs::read_to_string(path).unwrap()).unwrap();
        let codes: Vec<&str> =
            messages.as_object().unwrap().iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, CODES, "{locale}");
        for (code, sentence) in messages.as_object().unwrap() {
            let sentence = sentence.as_str().unwrap();
            assert!(sentence.ends_with('.') && sentence.len() > 12, "{locale} {code}");
            let has_limit = ["number.max", "number.min", "too_long", "too_short"];
            let names_it = sentence.matches("{n}").count();
            assert_eq!(
                names_it,
                usize::from(has_limit.contains(&code.as_str())),
                "{locale} {code}"
            );
        }
    }
}

#[test]
fn strings_that_break_others_break_no_check() {
    let known = Known { countries: Some(pack::COUNTRIES), ..Known::default() };
    for value in cases("naughty", "strings") {
        for kind in KINDS {
            for country in ["DE", "US"] {
                let line = Json::object([
                    ("kind", Json::str(kind)),
                    ("value", value.clone()),
                    ("country", Json::str(country)),
                    ("locale", Json::str(country)),
                ]);
                assert_eq!(answer(&line, &known).member("error"), None);
            }
        }
    }
}

#[test]
fn a_normal_form_is_its_own_normal_form() {
    let packs = Packs::embedded();
    let known = Known::default().with_packs(&packs);
    let seed = number("LEADKIT_SEED", 1);
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let samples = ["email", "iban", "postcode", "tax_id", "url", "vat"]
        .map(|file| cases(file, "cases"))
        .concat();
    let mut values: Vec<&str> = samples.iter().map(|case| text(case, "value")).collect();
    values.extend(OTHERS);
    for _ in 0..number("LEADKIT_INPUTS", 3_000) {
        let typed = damaged(pick(&mut random, &values), &mut random);
        for kind in KINDS {
            let judged = |value: &str| {
                let line = [("kind", kind), ("value", value), ("country", "DE"), ("locale", "de")];
                answer(&Json::object(line.map(|(key, value)| (key, Json::str(value)))), &known)
            };
            let first = judged(&typed);
            // Decimal text has a dot, which groups digits where German is written.
            let is_decimal = matches!(kind, "number" | "money") && text_of(&first).contains('.');
            if first.member("ok") == Some(&Json::Bool(true)) && !is_decimal {
                assert_eq!(text_of(&judged(text_of(&first))), text_of(&first), "{kind} {typed:?}");
            }
        }
    }
}

fn damaged(value: &str, random: &mut Random) -> String {
    let signs: Vec<char> = SIGNS.chars().collect();
    let mut chars: Vec<char> = value.chars().collect();
    for _ in 0..random.below(3) {
        let at = usize::try_from(random.below(chars.len() as u64 + 1)).unwrap();
        chars.insert(at, pick(random, &signs));
    }
    chars.into_iter().collect()
}

fn pick<T: Copy>(random: &mut Random, items: &[T]) -> T {
    items[usize::try_from(random.below(items.len() as u64)).unwrap()]
}

#[expect(clippy::disallowed_methods, reason = "a failure is repeated by its seed")]
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn text_of(answer: &Json) -> &str {
    text(answer, "value")
}

/// Values of kinds without a sample.
const OTHERS: [&str; 8] = [
    "1.234,50 €",
    "3. Mai 2024",
    "2024-05-03",
    "Müller & Söhne GmbH",
    "Österreich",
    "5 Mio",
    "-1e3",
    "+49 30 123456",
];

/// Signs that are put into samples at random.
const SIGNS: &str = "0123456789abczAZ @.,-/:?#+'\"()\u{a0}\u{200b}äß€é山\u{301}１";

fn cases(file: &str, member: &str) -> Vec<Json> {
    let path = Path::new("tests/conformance/check").join(file).with_extension("json");
    let data = json::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let cases = data.member(member).and_then(Json::as_array).unwrap().to_vec();
    assert!(!cases.is_empty());
    cases
}

fn text<'a>(case: &'a Json, member: &str) -> &'a str {
    case.member(member).and_then(Json::as_str).unwrap()
}
