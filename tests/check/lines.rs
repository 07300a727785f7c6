//! Reads lines of JSON from standard input, judges each by `check::answer` with the packs at hand and writes the answers:
//! the native side of the comparisons in `pkg-scripts/data/checks`.

use std::io::{self, BufRead, BufWriter, Write};

use leadkit::check::{Known, Packs, answer};
use leadkit::wire::json;

fn main() -> io::Result<()> {
    let packs = Packs::embedded();
    let known = Known::default().with_packs(&packs);
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let parsed = json::parse(&line?).unwrap_or_default();
        writeln!(out, "{}", answer(&parsed, &known).to_text())?;
    }
    out.flush()
}
