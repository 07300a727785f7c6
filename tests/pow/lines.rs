//! Reads lines of JSON from standard input, makes, solves or verifies a proof of work for each and writes the answers: the
//! native side of `altcha.mjs`.

use std::io::{self, BufRead, BufWriter, Write};

use leadkit::{
    abuse::pow::{self, Algorithm, Goal, Order, Puzzle},
    time::Millis,
    wire::json::{self, Json},
};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let asked = json::parse(&line?).unwrap_or_default();
        writeln!(out, "{}", answer(&asked).unwrap_or_default().to_text())?;
    }
    out.flush()
}

fn answer(asked: &Json) -> Option<Json> {
    let text = |key| asked.member(key).and_then(Json::as_str);
    let uint = |key| asked.member(key).and_then(Json::as_uint);
    let small = |key| u32::try_from(uint(key)?).ok();
    match text("op")? {
        "make_v1" => Some(pow::challenge_v1(
            text("secret")?.as_bytes(),
            text("salt")?.as_bytes(),
            small("number")?,
            small("max")?,
            Millis::from_secs(uint("expires")?),
        )),
        "make_v2" => {
            let algorithm = match text("algorithm")? {
                "SHA-256" => Algorithm::Sha256,
                _ => Algorithm::Pbkdf2,
            };
            let goal = match text("prefix") {
                Some(prefix) => Goal::Prefix(prefix),
                None => Goal::Counter(small("counter")?),
            };
            let expires = Millis::from_secs(uint("expires")?);
            let order = Order { algorithm, cost: small("cost")?, goal, expires };
            let bytes = |key| text(key).map(str::as_bytes);
            Some(pow::challenge_v2(bytes("secret")?, bytes("nonce")?, bytes("salt")?, &order))
        }
        "solve" => {
            let challenge = asked.member("challenge")?;
            let puzzle = Puzzle::parse(challenge)?;
            let found = puzzle.search(0, 10_000_000)?;
            Some(Json::String(pow::payload(challenge, &puzzle, found)))
        }
        "verify" => {
            let now = Millis(uint("now")?);
            Some(match pow::verify(text("payload")?, text("secret")?.as_bytes(), now) {
                Ok(spent) => Json::object([("key", Json::String(spent.key))]),
                Err(fault) => Json::object([("error", Json::str(fault.code()))]),
            })
        }
        _ => None,
    }
}
