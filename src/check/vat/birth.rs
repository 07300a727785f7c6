//! Numbers of persons that serve as VAT numbers and hold a day of birth.

use super::super::digit::{is_day, remainder, sum};

/// The Czech and Slovak birth number: women have 50 added to the month, 20 more where numbers ran out; nine digits
/// until 1953.
pub(super) fn czech(digits: &[u32]) -> bool {
    let Some((date, check)) = date(digits) else { return false };
    let short_year = date.0;
    let year = match digits.len() {
        9 if short_year >= 80 => 1800 + short_year,
        9 if short_year > 53 => return false,
        9 => 1900 + short_year,
        10 if short_year < 54 => 2000 + short_year,
        10 => 1900 + short_year,
        _ => return false,
    };
    let is_checked = match (digits.len(), digits.split_last()) {
        (10, Some((last, front))) => remainder(front, 11) % 10 == *last,
        _ => !check.is_empty(),
    };
    is_checked && is_day(year, date.1 % 50 % 20, date.2)
}

/// The Bulgarian citizen number: 20 or 40 are added to the month before 1900 and from 2000 on.
pub(super) fn bulgarian(digits: &[u32]) -> bool {
    let Some(((year, month, day), _)) = date(digits) else { return false };
    let is_day = match month {
        41.. => is_day(2000 + year, month - 40, day),
        21.. => is_day(1800 + year, month - 20, day),
        _ => is_day(1900 + year, month, day),
    };
    is_day && digits.last() == Some(&(sum(digits, "2485A9736") % 11 % 10))
}

/// The Romanian personal number, which names the county of birth as well.
pub(super) fn romanian(digits: &[u32]) -> bool {
    let [kind @ 1..=9, rest @ ..] = digits else { return false };
    let Some(((year, month, day), [county_tens, county, _, _, _, last])) = date(rest) else {
        return false;
    };
    let century = match kind {
        3 | 4 => 1800,
        5 | 6 => 2000,
        _ => 1900,
    };
    let county = county_tens * 10 + county;
    let check = sum(digits, "279146358279") % 11;
    matches!(county, 1..=48 | 51 | 52 | 70 | 80..=83)
        && is_day(century + year, month, day)
        && *last == if check == 10 { 1 } else { check }
}

/// The Latvian personal number: day, month, year and century; from 2017 on it begins with `32` and tells no day.
pub(super) fn latvian(digits: &[u32]) -> bool {
    let Some(((day, month, year), [century, _, _, _, last])) = date(digits) else { return false };
    let is_dated = day == 32 || is_day(1800 + century * 100 + year, month, day);
    is_dated && (1 + sum(digits, "A584216379")) % 11 % 10 == *last
}

/// Three numbers of two digits, and the rest.
fn date(digits: &[u32]) -> Option<(Date, &[u32])> {
    let (date, rest) = digits.split_at_checked(6)?;
    let two = |at: usize| date.get(at..at + 2).map(|digits| remainder(digits, 100));
    Some(((two(0)?, two(2)?, two(4)?), rest))
}

type Date = (u32, u32, u32);
