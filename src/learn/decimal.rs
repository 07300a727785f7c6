//! Decimal text as a whole number of millionths, because comparing needs no floating point.

use alloc::string::String;

use crate::wire::json::Json;

/// Units in one.
pub(super) const ONE: i64 = 1_000_000;

/// Decimals that are kept.
const PLACES: i32 = 6;

/// Reads a JSON number, also with a leading `+`, as millionths: further decimals are cut, what is too large stops at the
/// ends. `None` for other text.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (negative, rest) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let exponent_at = rest.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = match exponent_at {
        Some(at) => (rest.get(..at)?, exponent(rest.get(at + 1..)?)?),
        None => (rest, 0),
    };
    let mut places = None;
    let mut digits = 0_i32;
    for byte in mantissa {
        match byte {
            b'.' if places.is_none() => places = Some(0),
            b'0'..=b'9' => {
                digits += 1;
                places = places.map(|count: i32| count.saturating_add(1));
            }
            _ => return None,
        }
    }
    if digits == 0 || places == Some(0) {
        return None;
    }
    let shift = exponent.saturating_add(PLACES).saturating_sub(places.unwrap_or(0));
    Some(value(mantissa, digits.saturating_add(shift), shift, negative))
}

/// The mantissa times ten to the power of `shift`; `wanted` digits of the result stand before the point.
fn value(mantissa: &[u8], wanted: i32, shift: i32, negative: bool) -> i64 {
    let mut sum = 0_i64;
    let figures = mantissa.iter().filter(|byte| **byte != b'.').map(|byte| i64::from(byte - b'0'));
    for figure in figures.take(usize::try_from(wanted).unwrap_or(0)) {
        sum = sum.saturating_mul(10);
        sum = if negative { sum.saturating_sub(figure) } else { sum.saturating_add(figure) };
    }
    for _ in 0..shift.clamp(0, 20) {
        sum = sum.saturating_mul(10);
    }
    sum
}

fn exponent(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = digits
        .iter()
        .fold(0_i32, |sum, byte| sum.saturating_mul(10).saturating_add(i32::from(byte - b'0')))
        .min(1000);
    Some(if negative { -size } else { size })
}

/// Writes millionths as decimal text without trailing zeros.
pub(super) fn text(value: i64) -> String {
    let size = value.unsigned_abs();
    let one = ONE.unsigned_abs();
    let mut out = String::new();
    if value < 0 {
        out.push('-');
    }
    out.push_str(&Json::uint(size / one).to_text());
    let mut rest = size % one;
    if rest > 0 {
        out.push('.');
    }
    let mut unit = one;
    while rest > 0 {
        unit /= 10;
        out.push(char::from(b'0' + u8::try_from(rest / unit).unwrap_or(0)));
        rest %= unit;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_becomes_millionths() {
        for (text, expected) in [
            ("0", 0),
            ("-1", -1_000_000),
            ("+2.5", 2_500_000),
            ("0.0000019", 1),
            ("1e3", 1_000_000_000),
            ("12.5E-1", 1_250_000),
            ("1e-9", 0),
            ("99999999999999999999", i64::MAX),
            ("-1e30", i64::MIN),
            ("0e999999999999", 0),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in ["", "-", ".", "1.", "1.2.3", "1e", "1e+", "0x1", "1 ", "1,5", "Infinity"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn millionths_become_decimal_text() {
        for (value, expected) in [
            (0, "0"),
            (-1_500_000, "-1.5"),
            (1, "0.000001"),
            (30_000_000, "30"),
            (i64::MIN, "-9223372036854.775808"),
        ] {
            assert_eq!(text(value), expected);
            assert_eq!(parse(expected), Some(value));
        }
    }
}
