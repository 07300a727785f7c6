//! Prints generated leads as JSON lines `{"lead":…,"known":…,"now":…,"verified":…}`, the same ones for the same seed.
//!
//! `corpus COUNT [SEED]` prints the leads, `corpus COUNT SEED judge` the verdicts of the native core instead, by all rules
//! and with the packs as at the edge, `corpus COUNT SEED judge-bare` those by the public rules and without packs. The tests run
//! the leads through every other build and compare the bytes.

use std::io::{self, BufWriter, Write as _};

use leadkit::{
    check::Packs,
    config::{Config, Public},
    lead::LeadId,
    random::Random,
    time::Millis,
    wire::json::{self, Json},
};

const NAMES: &[&str] = &[
    "Ada Lovelace",
    "  müller-lüdenscheid ",
    "O’Connor",
    "Łukasz Żółć",
    "王小明",
    "محمد علي",
    "Ангела М.",
    "asdf",
    "",
    "Dr. Eva\tvon  Hof",
    "x",
    "http://spam.example",
    "Jean-Baptiste de La Salle \u{1f600}",
    "n\u{303}",
    "ΣΊΣΥΦΟΣ",
];
const LOCALS: &[&str] = &[
    "max",
    "Max.Muster",
    "info",
    "a+b",
    "o'hara",
    "..",
    "x_y-z",
    "ä",
    "",
    "very.long.local.part.of.an.address",
];
const HOSTS: &[&str] = &[
    "gmail.com",
    "gmial.com",
    "example.de",
    "müller.example",
    "mailinator.com",
    "firma.co.uk",
    "localhost",
    "-bad-.de",
    "outlook.de",
    "web.de",
    "sub.domain.example",
    "EXAMPLE.COM",
    "example.123",
    "",
];
const LINES: &[&str] = &["women", "men", "other", "children", "", "Women"];
const NUMBERS: &[&str] =
    &["0", "12", "1.5", "1,5", "-3", "1e3", "00012.500", "999999999999", "many", ""];
const TEXTS: &[&str] = &[
    "I would like an appointment.",
    "Ich suche einen Mantel.\r\nGröße 42",
    "CHEAP PILLS http://a.example http://b.example",
    "",
    " ",
    "\u{202e}right to left",
    "a",
    "\u{0}\u{7}",
    "<script>alert(1)</script>",
    "=1+1",
    "🧥🧥🧥",
];

const PHONES: &[&str] = &[
    "030 123456",
    "+44 20 7946 0018",
    "0176/1234567",
    "12",
    "call me",
    "+49 (0)30 1234-56",
    "٠٣٠١٢٣٤٥٦",
];
const DATES: &[&str] = &["2026-11-22", "22.11.2026", "11/22/2026", "31.2.2026", "tomorrow"];
const LOCALES: &[&str] = &["de", "en-US", "fr", "en-GB"];

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number =
        |fallback: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(fallback);
    let (count, seed) = (number(1000), number(1));
    let mode = arguments.next().unwrap_or_default();
    let bare = mode == "judge-bare";
    let config = (bare || mode == "judge").then(config).transpose()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut random = Random::new(seed);
    let packs = Packs::embedded();
    for index in 0..count {
        let case = case(index, &mut random);
        let line = config.as_ref().map_or_else(
            || case.to_text(),
            |(config, public)| {
                let verdict =
                    if bare { public.judge_line(&case) } else { config.judge_line(&case, &packs) };
                verdict.to_text()
            },
        );
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// One generated lead with what the platform tells about it.
fn case(index: u64, random: &mut Random) -> Json {
    let mut entropy = [0; 10];
    for byte in &mut entropy {
        *byte = u8::try_from(random.below(256)).unwrap_or(0);
    }
    let at = Millis(1_795_325_560_000 + index * 1000);
    let mut data = Json::object([]);
    let mut fill = |name: &str, value: Json, random: &mut Random| {
        if random.below(8) > 0 {
            data.set(name, value);
        }
    };
    let name = Json::str(pick(NAMES, random));
    fill("full_name", name, random);
    let email = Json::String(format!("{}@{}", pick(LOCALS, random), pick(HOSTS, random)));
    fill("email", email, random);
    let line = Json::str(pick(LINES, random));
    fill("line", line, random);
    let number = pick(NUMBERS, random);
    let budget = match json::parse(number) {
        Ok(json) if random.below(2) == 0 => json,
        _ => Json::str(number),
    };
    fill("budget", budget, random);
    let message = Json::str(pick(TEXTS, random));
    fill("message", message, random);
    let ticked =
        if random.below(2) == 0 { Json::Bool(random.below(2) == 0) } else { Json::str("on") };
    fill("catalogue", ticked, random);
    let phone = Json::str(pick(PHONES, random));
    fill("phone", phone, random);
    let from = Json::str(pick(DATES, random));
    fill("from", from, random);
    fill("privacy", Json::Bool(true), random);
    if random.below(16) == 0 {
        fill("unasked", Json::str("x"), random);
    }
    let context = Json::object([
        ("locale", Json::str(pick(LOCALES, random))),
        ("pages", Json::uint(random.below(12))),
        ("seconds", Json::uint(random.below(600))),
        ("page", Json::str("https://shop.example/kontakt?utm_source=x")),
    ]);
    let lead = Json::object([
        ("id", Json::String(LeadId::new(at, entropy).to_text())),
        ("at", Json::uint(at.0)),
        ("form", Json::str("contact")),
        ("data", data),
        ("ctx", context),
    ]);
    let hosts = Json::object([("müller.example", Json::str("xn--mller-kva.example"))]);
    Json::object([
        ("lead", lead),
        ("known", Json::object([("hosts", hosts)])),
        ("now", Json::uint(at.0 + 5000)),
        ("verified", Json::object([("seen", seen(random))])),
    ])
}

/// What an edge saw beside the values, with what the owner wants to follow.
fn seen(random: &mut Random) -> Json {
    let mut seen = Json::object([]);
    if random.below(4) > 0 {
        return seen;
    }
    let work = pick(&["", "done", "late", "missing", "spent", "wrong"], random);
    let check = pick(&["", "", "passed", "unknown", "missing", "failed"], random);
    for (name, word) in [("work", work), ("check", check)] {
        if !word.is_empty() {
            seen.set(name, Json::str(word));
        }
    }
    seen.set("from_address", Json::uint(random.below(8)));
    seen.set("same_text", Json::uint(random.below(16) / 15));
    seen.set("no_origin", Json::Bool(random.below(16) == 0));
    let then = ["spam.no_work", "spam.late_work", "spam.no_check", "spam.check_failed"];
    let follow = |sign| (sign, Json::str(pick(&["accept", "review", "reject", "spam"], random)));
    seen.set("then", Json::object(then.map(follow)));
    seen
}

fn pick(from: &[&'static str], random: &mut Random) -> &'static str {
    let index = usize::try_from(random.below(from.len() as u64)).unwrap_or(0);
    from.get(index).copied().unwrap_or_default()
}

fn config() -> io::Result<(Config, Public)> {
    let text = include_str!("conformance/judge/leadkit.json");
    let both = Config::parse(text).and_then(|config| Ok((config, Public::parse(text)?)));
    both.map_err(|faults| {
        io::Error::other(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })
}
