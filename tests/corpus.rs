//! Prints generated leads as JSON lines `{"lead":…,"known":…,"now":…}`, the same ones for the same seed.
//!
//! `corpus COUNT [SEED]` prints the leads, `corpus COUNT SEED judge` the verdicts of the native core instead. The tests run
//! the leads through every other build and compare the bytes.

use std::io::{self, BufWriter, Write as _};

use leadkit::{
    check::{Known, Packs},
    config::Config,
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

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number =
        |fallback: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(fallback);
    let (count, seed) = (number(1000), number(1));
    let judge = arguments.next().as_deref() == Some("judge");
    let config = judge.then(config).transpose()?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut random = Random::new(seed);
    let packs = Packs::embedded();
    for index in 0..count {
        let case = case(index, &mut random);
        let line =
            config.as_ref().map_or_else(|| case.to_text(), |config| verdict(config, &packs, &case));
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
    fill("privacy", Json::Bool(true), random);
    if random.below(16) == 0 {
        fill("unasked", Json::str("x"), random);
    }
    let context = Json::object([
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
    ])
}

fn pick(from: &[&'static str], random: &mut Random) -> &'static str {
    let index = usize::try_from(random.below(from.len() as u64)).unwrap_or(0);
    from.get(index).copied().unwrap_or_default()
}

fn config() -> io::Result<Config> {
    Config::parse(include_str!("conformance/judge/leadkit.json")).map_err(|faults| {
        io::Error::other(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })
}

/// The verdict of the native core, as the adapters write it.
fn verdict(config: &Config, packs: &Packs, case: &Json) -> String {
    let member = |name: &str| case.member(name).cloned().unwrap_or_default();
    let facts = member("known");
    let known = Known::from_json(&facts).with_packs(packs);
    let now = Millis(member("now").as_uint().unwrap_or_default());
    let Ok(lead) = Lead::from_json(&member("lead")) else { return String::new() };
    let judged = config.judge(&lead, &known, &Json::Null, now);
    judged.map(|judged| judged.verdict.to_json().to_text()).unwrap_or_default()
}
