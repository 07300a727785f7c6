//! Hostile input: every parser takes mutated texts without a trap, and nothing takes longer than its input deserves.
//!
//! Runs on stable Rust, without coverage: mutations of real inputs and of the naughty strings. `LEADKIT_FUZZ_SECS` is the
//! time for each target (one by default, `pkg-scripts/soak` gives five minutes), `LEADKIT_SEED` the seed. A failure prints
//! the target, the seed, the turn and the input.
#![expect(
    clippy::unwrap_used,
    clippy::std_instead_of_core,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a test may fail; the time for it comes from the environment"
)]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use leadkit::{
    abuse::pow,
    check::{self, Known, Packs, pack::Pack, phone},
    config::{Config, lint},
    learn,
    qualify::{Qualify, scorecard::Scorecard},
    random::Random,
    rule::{Limits, Rule},
    time::Millis,
    wire::{
        answer,
        csv::Csv,
        envelope::Envelope,
        json::{self, Json},
        lines,
    },
};

/// The longest that one input may take: an unoptimised build is allowed a lot.
const SLOW: Duration = Duration::from_secs(5);

/// Fragments that parsers care about.
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ":",
    ",",
    "null",
    "true",
    "-0",
    "1e999",
    "0.1",
    "\\ud800",
    "\\u0000",
    "@",
    ".",
    "..",
    "+",
    "(0)",
    "ext.",
    "tel:",
    ";phone-context=",
    "http://",
    "xn--",
    "//",
    "%",
    "\u{202e}",
    "\u{0}",
    "ß",
    "İ",
    "１",
    "٣",
    "😀",
    "\r\n",
    "\t",
    " ",
    "var",
    "and",
    "reduce",
    "9999999999999999999999",
    "-",
    "/",
    "~1",
    "$",
    ";",
    "=",
];

/// Hands the naughty strings, then mutations of them and of `files`, to `target`.
#[track_caller]
fn fuzz(name: &str, files: &[&str], target: impl Fn(&str)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("LEADKIT_SEED").unwrap_or(1);
    let limit = Duration::from_secs(number("LEADKIT_FUZZ_SECS").unwrap_or(1));
    let naughty = json::parse(include_str!("conformance/check/naughty.json")).unwrap();
    let naughty = naughty.member("strings").and_then(Json::as_array).unwrap();
    let seeds: Vec<&str> = naughty.iter().filter_map(Json::as_str).collect();
    assert!(seeds.len() >= 480);
    let mut random = Random::new(seed);
    let begin = Instant::now();
    for turn in 0.. {
        let input = match seeds.get(turn) {
            Some(text) => (*text).to_owned(),
            None if begin.elapsed() > limit => break,
            // A file comes as often as all naughty strings, so that its structure is met.
            None if random.below(2) == 0 && !files.is_empty() => {
                mutated(pick(files, &mut random), &mut random)
            }
            None => mutated(pick(&seeds, &mut random), &mut random),
        };
        let start = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&input)));
        let took = start.elapsed();
        assert!(outcome.is_ok(), "{name} trapped: seed {seed}, turn {turn}, input {input:?}");
        if took >= SLOW {
            // On a busy machine that may have been the time of others.
            let took = on_processor(|| target(&input));
            assert!(took < SLOW, "{name} took {took:?}: seed {seed}, turn {turn}, input {input:?}");
        }
    }
}

/// The time that this thread spent on a processor, or where that is not told all the time that went by.
fn on_processor(work: impl FnOnce()) -> Duration {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    let (begin, before) = (Instant::now(), spent());
    work();
    match (before, spent()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => begin.elapsed(),
    }
}

fn pick<'a>(from: &[&'a str], random: &mut Random) -> &'a str {
    from[below(from.len(), random)]
}

fn below(end: usize, random: &mut Random) -> usize {
    usize::try_from(random.below(end as u64)).unwrap()
}

fn mutated(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(6) {
        let at = below(chars.len() + 1, random);
        let end = (at + below(16, random)).min(chars.len());
        match random.below(6) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let copied = chars[at..end].to_vec();
                chars.splice(at..at, copied);
            }
            2 => drop(chars.splice(at..end, pick(TOKENS, random).chars())),
            3 => drop(chars.splice(at..at, pick(TOKENS, random).chars())),
            4 => {
                let char = char::from_u32(u32::try_from(random.below(0x11_0000)).unwrap())
                    .unwrap_or('\u{fffd}');
                chars.insert(at, char);
            }
            _ => {
                let repeats = below(40, random);
                let run = chars[at..end].repeat(repeats);
                chars.splice(at..at, run);
            }
        }
        chars.truncate(20_000);
    }
    chars.into_iter().collect()
}

const CONFIG: &str = include_str!("conformance/config/good.json");
const RULES: &str = include_str!("conformance/judge/leadkit.json");
const CARD: &str = r#"{"base":1,"features":[{"fact":"pages","bins":[{"below":"3","points":1},{"points":2}],"missing":0}]}"#;
const BATCH: &str = r#"{"v":1,"k":"shop","sent_at":1795325565676,"items":[{"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    "at":1795325560000,"n":2,"form":"contact@1f2e3d4c","data":{"email":"a@b.example"},"ctx":{},"consent":{}}]}"#;

#[test]
fn json_is_read_or_refused_and_comes_back_as_it_was() {
    fuzz("json", &[CONFIG, RULES, BATCH], |text| {
        if let Ok(value) = json::parse(text) {
            let written = value.to_text();
            assert_eq!(json::parse(&written).unwrap().to_text(), written);
        }
        let _ = json::position(text, json::locate(text, "/forms/contact/fields/0"));
    });
}

#[test]
fn configurations_are_read_or_refused_with_a_place() {
    fuzz("configuration", &[CONFIG, RULES], |text| {
        for finding in lint(text) {
            assert!(finding.position.line >= 1 && finding.position.column >= 1);
        }
        if let Ok(config) = Config::parse(text) {
            assert!(Config::parse(&config.public_json().to_text()).is_ok());
        }
    });
}

#[test]
fn rules_are_read_or_refused_and_end() {
    let data =
        json::parse(r#"{"values":{"a":1,"b":[1,2,3],"c":"x"},"email":{"free":true}}"#).unwrap();
    let official = include_str!("conformance/json_logic/official.json");
    let cases = json::parse(official).unwrap();
    let rules: Vec<String> = cases
        .as_array()
        .unwrap_or_default()
        .iter()
        .filter_map(|case| Some(case.member("rule")?.to_text()))
        .collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    fuzz("rule", &rules, |text| {
        let Ok(json) = json::parse(text) else { return };
        if let Ok(rule) = Rule::parse(&json, &Limits::default()) {
            let _ = rule.apply(&data, &Limits::default());
            rule.fields(&mut |_| {});
        }
    });
}

#[test]
fn scores_are_read_or_refused() {
    fuzz("qualify", &[RULES, CARD], |text| {
        let Ok(json) = json::parse(text) else { return };
        let _ = Qualify::parse(json.member("qualify").unwrap_or(&json));
        if let Ok(card) = Scorecard::parse(&json) {
            let _ = card.points(&json);
        }
    });
}

#[test]
fn every_check_answers() {
    let packs = Packs::embedded();
    let known = Known::default().with_packs(&packs);
    let kinds = [
        "email", "phone", "postcode", "vat", "tax_id", "iban", "url", "company", "name", "date",
        "number", "money", "country",
    ];
    let samples = [
        "ada@gmial.com",
        "+49 (0)30 1234-56 ext. 7",
        "tel:030;phone-context=+49",
        "DE136695976",
        "DE89370400440532013000",
        "https://user@müller.example:80/a?b#c",
        "Müller & Söhne GmbH",
        "22.11.2026",
        "1.234.567,89 €",
        "SW1A 1AA",
        "Österreich",
    ];
    fuzz("check", &samples, |text| {
        for kind in kinds {
            for country in ["DE", "US", "GB", "ZZ", ""] {
                let line = Json::object([
                    ("kind", Json::str(kind)),
                    ("value", Json::str(text)),
                    ("country", Json::str(country)),
                    ("locale", Json::str("de")),
                ]);
                let answer = check::answer(&line, &known);
                assert!(answer.member("ok").is_some(), "{kind}");
            }
        }
    });
}

#[test]
fn phone_numbers_are_formatted_while_they_are_typed() {
    let formats = phone::Formats::parse(phone::FORMATS).unwrap();
    fuzz("as you type", &["+49 30 123456", "0176 1234567", "(202) 555-0143"], |text| {
        let _ = phone::AsYouType::group(&formats, Some("DE"), text);
        if let Ok(number) = phone::Phone::parse(text, Some("DE")) {
            assert!(number.e164().starts_with('+'));
            let _ = (number.national(&formats), number.international(&formats));
        }
    });
}

#[test]
fn packs_are_whole_or_refused() {
    let header = "LKP2\u{8}\u{1}\0\0\0\u{7f}\u{1}\0\0\u{7f}\0\0\0\u{1}\0\0\0";
    let whole = [header, &"a".repeat(351)].concat();
    assert!(Pack::parse(whole.as_bytes()).is_some(), "the seed is a pack");
    fuzz("pack", &[&whole], |text| {
        if let Some(pack) = Pack::parse(text.as_bytes()) {
            let _ = pack.holds_or_parent("example.com");
        }
    });
}

#[test]
fn what_comes_over_the_network_is_read_or_refused() {
    fuzz("envelope", &[BATCH], |text| {
        let _ = Envelope::parse(text.as_bytes());
        let _ = answer::retry_after(text, Millis(1_795_325_565_676));
        let _ = pow::verify(text, b"secret", Millis(1_795_325_565_676));
        let _ = lines::answer(text.as_bytes(), 1, Json::clone);
        if let Ok(json) = json::parse(text) {
            let _ = answer::Answer::from_json(&json);
        }
    });
}

#[test]
fn tables_are_read_or_refused() {
    let table = "name;won\n\"a;\"\"b\";1\nc;0\n".repeat(30);
    fuzz("csv", &[&table], |text| {
        let mut csv = Csv::new(Csv::detect(text));
        if csv.feed(text, &mut |_, _| {}).is_ok() {
            let _ = csv.finish(&mut |_, _| {});
        }
        let _ = learn::learn(text, &learn::Options::new("won"));
    });
}
