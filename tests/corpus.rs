//! Prints generated leads as JSON lines `{"lead":…,"known":…,"now":…,"verified":…}`, the same ones for the same seed.
//!
//! `corpus COUNT [SEED]` prints the leads, `corpus COUNT SEED judge` the verdicts of the native core instead, by all rules
//! and with the packs as at the edge, `corpus COUNT SEED judge-bare` those by the public rules and without packs. The tests run
//! the leads through every other build and compare the bytes. `corpus COUNT SEED again` judges each lead that has no problem
//! once more as it would be stored, fails where the verdict differs, and prints how many there were.

use std::io::{self, BufWriter, Write as _};

use leadkit::{
    check::{self, Known, Packs},
    config::{Config, Public},
    intake::record,
    lead::{Lead, LeadId},
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

/// Fields that few leads fill in, so that enough of them have no problem.
const RARE: &[(&str, &[&str])] = &[
    ("phone", PHONES),
    ("from", DATES),
    ("country", &["DE", "Österreich", "france", "Atlantis", "GB"]),
    ("company", &["Müller GmbH & Co. KG", "ACME Ltd.", "asdf", "Société Générale S.A."]),
    ("site", &["example.com", "https://firma.example/a?b=c#d", "http://", "müller.example", "x y"]),
    ("postcode", &["10115", "SW1A 1AA", "75008", "1234", "D-10115"]),
    ("vat", &["DE136695976", "ATU12345675", "DE 123", "FR40303265045"]),
    ("iban", &["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "DE00"]),
    ("offer", &["1.234,50 €", "$1,234.50", "12", "EUR 99", "viel"]),
];
/// What the page or the edge has seen: events of an engagement that fades.
const KINDS: &[&str] = &["download", "visit", "event", "call"];

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number =
        |fallback: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(fallback);
    let (count, seed) = (number(1000), number(1));
    let mode = arguments.next().unwrap_or_default();
    let bare = mode == "judge-bare";
    let both = config()?;
    let judging = bare || mode == "judge";
    let mut out = BufWriter::new(io::stdout().lock());
    let mut random = Random::new(seed);
    let packs = Packs::embedded();
    let mut kept = 0;
    for index in 0..count {
        let case = answered(case(index, &mut random), index, &both.1, &packs);
        if mode == "again" {
            kept += u64::from(again(&both.0, &case, &packs)?);
            continue;
        }
        let line = match (judging, bare) {
            (false, _) => case,
            (true, false) => both.0.judge_line(&case, &packs),
            (true, true) => both.1.judge_line(&case),
        };
        writeln!(out, "{}", line.to_text())?;
    }
    if mode == "again" {
        writeln!(out, "{kept}")?;
    }
    out.flush()
}

/// Judges a lead as it would be stored, by its normalised values and its facts; the verdict has to be the same. Says whether
/// it is one that would be stored.
fn again(config: &Config, case: &Json, packs: &Packs) -> io::Result<bool> {
    let lead = case.member("lead").and_then(|lead| Lead::from_json(lead).ok());
    let lead = lead.ok_or_else(|| io::Error::other("no lead"))?;
    let known = Known::from_json(case.member("known").unwrap_or(&Json::Null));
    let verified = case.member("verified").unwrap_or(&Json::Null);
    let judge = |lead: &Lead, known: Known<'_>, facts: &Json| {
        let judged = config.judge(lead, &known.with_packs(packs), facts, lead.at)?;
        Some((judged.verdict.to_json(), judged.facts, judged.accepted.unknown))
    };
    let Some((verdict, facts, unknown)) = judge(&lead, known, verified) else {
        return Err(io::Error::other("no form"));
    };
    if verdict.member("problems") != Some(&Json::Array(Vec::new())) {
        return Ok(false);
    }
    let stored = Json::object([
        ("id", Json::String(lead.id.to_text())),
        ("form", Json::String(lead.form.to_text())),
        ("received_at", Json::uint(lead.at.0)),
        ("values", verdict.member("values").cloned().unwrap_or_default()),
        ("unknown", Json::Object(unknown)),
        ("context", lead.context.clone()),
        ("facts", facts.clone()),
        ("seen", verified.member("seen").cloned().unwrap_or_default()),
    ]);
    let item = Lead::from_json(&record::item(&stored)).map_err(io::Error::other)?;
    let second = judge(&item, Known::default(), &record::verified(&stored));
    let same = second.is_some_and(|(again, again_facts, _)| {
        let part = |verdict: &Json, name| verdict.member(name).cloned();
        // What was typed wrong may have been offered for correction; what is stored is not judged for that.
        let parts =
            ["disposition", "scores", "grade", "handover", "segments", "next", "message", "values"];
        let rest = ["problems", "reasons"];
        let mut names = parts.iter().chain(&rest);
        again_facts == facts && names.all(|name| part(&verdict, name) == part(&again, name))
    });
    if same { Ok(true) } else { Err(io::Error::other(stored.to_text())) }
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
    fill("privacy", Json::Bool(true), random);
    if random.below(16) == 0 {
        fill("unasked", Json::str("x"), random);
    }
    for (name, values) in RARE {
        if random.below(4) == 0 {
            data.set(name, Json::str(pick(values, random)));
        }
    }
    let lead = Json::object([
        ("id", Json::String(LeadId::new(at, entropy).to_text())),
        ("at", Json::uint(at.0)),
        ("form", Json::str("contact")),
        ("data", data),
        ("ctx", context(at, random)),
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

/// What the page says of itself and of what it has seen.
fn context(at: Millis, random: &mut Random) -> Json {
    let mut events = Vec::new();
    for _ in 0..random.below(5) {
        let ago = random.below(120 * 86_400_000);
        let mut event = Json::object([("kind", Json::str(pick(KINDS, random)))]);
        if random.below(6) > 0 {
            event.set("at", Json::uint(at.0 - ago));
        }
        events.push(event);
    }
    Json::object([
        ("locale", Json::str(pick(LOCALES, random))),
        ("pages", Json::uint(random.below(12))),
        ("time_on_form", Json::uint(random.below(60))),
        ("touches", Json::Array(events)),
        ("channel", Json::str(pick(&["form", "ad", "fair"], random))),
        ("page", Json::str("https://shop.example/kontakt?utm_source=x")),
    ])
}

/// Adds to every second lead what the modules of the browser answer about its telephone number, its date and the like.
fn answered(mut case: Json, index: u64, public: &Public, packs: &Packs) -> Json {
    if index % 2 == 1 {
        return case;
    }
    let mut known = case.member("known").cloned().unwrap_or_default();
    let Some(lead) = case.member("lead").and_then(|lead| Lead::from_json(lead).ok()) else {
        return case;
    };
    let locale = lead.context.member("locale").and_then(Json::as_str).unwrap_or_default();
    let mut answers = Json::object([]);
    // A country is an answer, on which the question for a number depends.
    for _ in 0..4 {
        let facts = Known { locale: locale.to_owned(), ..Known::from_json(&known) };
        let Some(judged) = public.judge(&lead, &facts, lead.at) else { break };
        let facts = facts.with_packs(packs);
        for question in judged.accepted.questions {
            answers.set(&question.to_text(), check::answer(&question, &facts));
        }
        known.set("answers", answers.clone());
    }
    case.set("known", known);
    case
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
