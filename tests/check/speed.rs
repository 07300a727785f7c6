//! Prints how many values a second each check judges natively, on one thread: `kind values/s`, for `pkg-scripts/bench`.
//!
//! usage: `check_speed KIND < VALUES`
#![expect(clippy::disallowed_types, reason = "a bench measures time")]

use core::time::Duration;
use std::{env, io, time::Instant};

use leadkit::check::{Known, Packs, email, iban, phone::Phone, vat};

const ROUNDS: u32 = 100;
const ROUND: Duration = Duration::from_millis(10);

fn main() -> io::Result<()> {
    let packs = Packs::embedded();
    let known = Known::default().with_packs(&packs);
    let kind = env::args().nth(1).unwrap_or_default();
    let text = io::read_to_string(io::stdin())?;
    let values: Vec<&str> = text.lines().collect();
    let judge = |value: &str| match kind.as_str() {
        "email" => email::check(value, email::EmailOptions::default(), &known).problem.is_none(),
        "iban" => iban::check(value).problem.is_none(),
        "vat" => vat::check(value, "").problem.is_none(),
        _ => Phone::parse(value, Some("DE")).is_ok_and(|phone| phone.is_valid()),
    };
    let mut best = 0_u128;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let (mut done, mut good) = (0_u128, 0_usize);
        while start.elapsed() < ROUND {
            good += values.iter().filter(|value| judge(value)).count();
            done += values.len() as u128;
        }
        assert!(good <= usize::MAX / 2, "the work must not be optimised away");
        best = best.max(done * 1_000_000 / start.elapsed().as_micros().max(1));
    }
    println!("{best}");
    Ok(())
}
