//! Reads lines of a country and a text, separated by a tab, and writes what the phone check says: see `oracle.py`.

mod row;

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (country, text) = line.split_once('\t').unwrap_or_default();
        writeln!(out, "{}", row::row(text, country))?;
    }
    Ok(())
}
