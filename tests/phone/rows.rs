//! Reads lines of a country and a text, separated by a tab, and writes what the phone check says, or with the
//! argument `typing` what it shows while the text is typed: see `oracle.py`.

mod row;

use leadkit::check::phone::Formats;
use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let formats = Formats::included();
    let typing = std::env::args().nth(1).is_some_and(|word| word == "typing");
    let answer = if typing { row::typing } else { row::row };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (country, text) = line.split_once('\t').unwrap_or_default();
        writeln!(out, "{}", answer(text, country, &formats))?;
    }
    Ok(())
}
