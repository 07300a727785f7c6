//! Decimal text to binary floating point and back, exact, without the large tables of `core`.
//!
//! Reading rounds to the nearest value, ties to even (IEEE 754). Writing gives the shortest text that reads back as the
//! same value, in the form of ECMAScript's `Number::toString`
//! (<https://tc39.es/ecma262/#sec-numeric-types-number-tostring>). Both give the same result on every platform.

use alloc::string::String;
use core::cmp::Ordering;

use super::big::Big;
use crate::wire::json::Json;

/// Digits beyond this many cannot decide a rounding by themselves; whether one of them is not zero can.
const DIGITS: usize = 780;

/// Whole numbers up to here, and powers of ten up to the table's end, are exact in binary floating point.
const EXACT: u64 = 1 << 53;
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Reads `[+-] digits [. digits] [e [+-] digits]` with at least one digit before the exponent and nothing around it.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    // Most numbers in leads are short and whole.
    if (1..=9).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        let value = bytes.iter().fold(0, |value: u32, byte| value * 10 + u32::from(byte - b'0'));
        return Some(f64::from(value));
    }
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut digits = bytes.iter();
    let mut mantissa = 0_u64;
    let mut dropped = 0_i64;
    let mut fraction = 0_i64;
    let (mut seen, mut point, mut exponent) = (false, false, 0_i64);
    while let Some(byte) = digits.next() {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                fraction += i64::from(point);
                if mantissa < u64::MAX / 10 - 1 {
                    mantissa = mantissa * 10 + u64::from(byte - b'0');
                } else {
                    dropped += 1;
                }
            }
            b'.' if !point => point = true,
            b'e' | b'E' if seen => {
                exponent = parse_exponent(digits.as_slice())?;
                break;
            }
            _ => return None,
        }
    }
    if !seen {
        return None;
    }
    let scale = exponent - fraction;
    let magnitude = match fast(mantissa, scale + dropped) {
        Some(value) if dropped == 0 => value,
        _ => slow(bytes, mantissa, scale, dropped),
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn parse_exponent(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut value = 0_i64;
    for byte in digits {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        // Far beyond the range of a double, yet far from overflow in the sums that follow.
        value = (value * 10 + digit).min(1 << 40);
    }
    (!digits.is_empty()).then_some(if negative { -value } else { value })
}

#[expect(clippy::cast_precision_loss, reason = "exact up to the limit that is checked")]
fn fast(mantissa: u64, scale: i64) -> Option<f64> {
    if mantissa > EXACT {
        return None;
    }
    let power = *POWERS.get(usize::try_from(scale.unsigned_abs()).ok()?)?;
    let value = mantissa as f64;
    Some(if scale < 0 { value / power } else { value * power })
}

/// Approximates in floating point, then steps to the exact neighbour by comparing with the midpoints around it.
#[expect(clippy::cast_precision_loss, reason = "an approximation that is corrected below")]
fn slow(bytes: &[u8], mantissa: u64, scale: i64, dropped: i64) -> f64 {
    let mut rest = scale + dropped;
    if mantissa == 0 || rest < -400 {
        return 0.0;
    }
    if rest > 400 {
        return f64::INFINITY;
    }
    let mut value = mantissa as f64;
    while rest != 0 {
        let step = rest.clamp(-22, 22);
        let power = POWERS.get(usize::try_from(step.unsigned_abs()).unwrap_or(0));
        let power = power.copied().unwrap_or(1.0);
        value = if step < 0 { value / power } else { value * power };
        rest -= step;
    }
    let (decimal, scale) = exact(bytes, scale);
    let mut bits = value.min(f64::MAX).to_bits();
    loop {
        let (significand, exponent) = decode(bits);
        let odd = significand & 1 == 1;
        match compare(&decimal, scale, 2 * significand + 1, exponent - 1) {
            Ordering::Greater => bits += 1,
            Ordering::Equal if odd => bits += 1,
            _ if significand == 0 => break,
            _ => {
                let (below, exponent) = if narrow_below(bits) {
                    (4 * significand - 1, exponent - 2)
                } else {
                    (2 * significand - 1, exponent - 1)
                };
                match compare(&decimal, scale, below, exponent) {
                    Ordering::Less => bits -= 1,
                    Ordering::Equal if odd => bits -= 1,
                    _ => break,
                }
            }
        }
        if bits == f64::INFINITY.to_bits() {
            break;
        }
    }
    f64::from_bits(bits)
}

/// All digits as one whole number, and the power of ten that it is to be multiplied with.
fn exact(bytes: &[u8], scale: i64) -> (Big, i64) {
    let mut big = Big::new(0);
    let (mut used, mut left_out, mut sticky) = (0, 0_i64, false);
    for byte in bytes.iter().take_while(|byte| !matches!(byte, b'e' | b'E')) {
        if !byte.is_ascii_digit() {
            continue;
        }
        let digit = u32::from(byte - b'0');
        if used < DIGITS {
            big.times_plus(10, digit);
            used += usize::from(used > 0 || digit > 0);
        } else {
            left_out += 1;
            sticky |= digit > 0;
        }
    }
    if sticky {
        big.times_plus(10, 1);
        left_out -= 1;
    }
    (big, scale + left_out)
}

/// Compares `decimal × 10^scale` with `significand × 2^exponent`.
fn compare(decimal: &Big, scale: i64, significand: u64, exponent: i32) -> Ordering {
    let mut left = decimal.clone();
    let mut right = Big::new(significand);
    let power = u32::try_from(scale.unsigned_abs()).unwrap_or(0);
    if scale < 0 {
        right.times_power_of_ten(power);
    } else {
        left.times_power_of_ten(power);
    }
    if exponent < 0 { &mut left } else { &mut right }.shift_left(exponent.unsigned_abs());
    left.compare(&right)
}

/// The significand and binary exponent of a finite, non-negative value.
fn decode(bits: u64) -> (u64, i32) {
    let fraction = bits & ((1 << 52) - 1);
    match i32::try_from(bits >> 52).unwrap_or(0) {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    }
}

/// Whether the next value below is half as far away as the next above.
fn narrow_below(bits: u64) -> bool {
    bits & ((1 << 52) - 1) == 0 && bits >> 52 > 1
}

/// The remainder with the sign of the dividend, exact: every difference is of numbers within a factor of two.
///
/// Written here because that of `core` costs 0.8 KB brotli in the embed.
pub(super) fn remainder(dividend: f64, divisor: f64) -> f64 {
    let (mut rest, least) = (dividend.abs(), divisor.abs());
    if !(rest.is_finite() && least > 0.0) {
        return f64::NAN;
    }
    if least.is_infinite() {
        return dividend;
    }
    let mut step = least;
    while step <= rest / 2.0 {
        step *= 2.0;
    }
    while step >= least {
        if rest >= step {
            rest -= step;
        }
        step /= 2.0;
    }
    if dividend < 0.0 { -rest } else { rest }
}

/// Appends the shortest text of a finite value.
pub(crate) fn write(value: f64, out: &mut String) {
    if value < 0.0 {
        out.push('-');
    }
    let (digits, point) = shortest(value.abs());
    let count = i32::try_from(digits.len()).unwrap_or(0);
    if 0 < point && point <= 21 {
        out.push_str(part(&digits, 0, point));
        if point < count {
            out.push('.');
            out.push_str(part(&digits, point, count));
        }
        zeros(out, point - count);
    } else if -6 < point && point <= 0 {
        out.push_str("0.");
        zeros(out, -point);
        out.push_str(&digits);
    } else {
        out.push_str(part(&digits, 0, 1));
        if count > 1 {
            out.push('.');
            out.push_str(part(&digits, 1, count));
        }
        out.push_str(if point > 0 { "e+" } else { "e-" });
        out.push_str(&Json::int(i64::from((point - 1).abs())).to_text());
    }
}

fn part(digits: &str, from: i32, to: i32) -> &str {
    let end = usize::try_from(to).unwrap_or(0).min(digits.len());
    digits.get(usize::try_from(from).unwrap_or(0)..end).unwrap_or_default()
}

fn zeros(out: &mut String, count: i32) {
    for _ in 0..count {
        out.push('0');
    }
}

/// The shortest digits that read back as `value`, and the place of the decimal point before them: `0.d₁d₂… × 10^point`.
///
/// The free-format algorithm of Steele and White with exact whole numbers.
fn shortest(value: f64) -> (String, i32) {
    let bits = value.to_bits();
    let (significand, exponent) = decode(bits);
    let mut digits = String::new();
    if significand == 0 || !value.is_finite() {
        digits.push('0');
        return (digits, 1);
    }
    let even = significand & 1 == 0;
    let mut rest = Big::new(2 * significand);
    let mut unit = Big::new(2);
    let mut below = Big::new(1);
    if exponent < 0 { &mut unit } else { &mut rest }.shift_left(exponent.unsigned_abs());
    below.shift_left(exponent.max(0).unsigned_abs());
    let mut above = below.clone();
    if narrow_below(bits) {
        rest.shift_left(1);
        unit.shift_left(1);
        above.shift_left(1);
    }
    let log2 = exponent + 63 - i32::try_from(significand.leading_zeros()).unwrap_or(0);
    let mut point = (log2 * 30_103).div_euclid(100_000);
    if point < 0 {
        for big in [&mut rest, &mut below, &mut above] {
            big.times_power_of_ten(point.unsigned_abs());
        }
    } else {
        unit.times_power_of_ten(point.unsigned_abs());
    }
    let reaches = |rest: &Big, above: &Big, unit: &Big| match rest.plus(above).compare(unit) {
        Ordering::Greater => true,
        Ordering::Equal => even,
        Ordering::Less => false,
    };
    while reaches(&rest, &above, &unit) {
        unit.times_plus(10, 0);
        point += 1;
    }
    loop {
        for big in [&mut rest, &mut below, &mut above] {
            big.times_plus(10, 0);
        }
        let mut digit = 0;
        while rest.compare(&unit) != Ordering::Less {
            rest.minus(&unit);
            digit += 1;
        }
        let low = match rest.compare(&below) {
            Ordering::Less => true,
            Ordering::Equal => even,
            Ordering::Greater => false,
        };
        let high = reaches(&rest, &above, &unit);
        if low || high {
            let nearer = match rest.plus(&rest).compare(&unit) {
                Ordering::Greater => true,
                Ordering::Equal => digit % 2 == 1,
                Ordering::Less => false,
            };
            let up = high && (!low || nearer);
            digits.push(char::from(b'0' + digit + u8::from(up)));
            return (digits, point);
        }
        digits.push(char::from(b'0' + digit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use alloc::{format, string::ToString};

    #[track_caller]
    fn reads(text: &str) {
        let ours = parse(text).map(f64::to_bits);
        assert_eq!(ours, text.parse::<f64>().ok().map(f64::to_bits), "{text}");
    }

    #[track_caller]
    fn writes(value: f64, expected: &str) {
        let mut text = String::new();
        write(value, &mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn a_number_is_written_as_javascript_writes_it() {
        writes(0.0, "0");
        writes(-0.0, "0");
        writes(-1.5, "-1.5");
        writes(100.0, "100");
        writes(0.1 + 0.2, "0.30000000000000004");
        writes(123_456_789_012_345_680_000.0, "123456789012345680000");
        writes(1e21, "1e+21");
        writes(1.5e300, "1.5e+300");
        writes(0.000_001, "0.000001");
        writes(0.000_000_12, "1.2e-7");
        writes(5e-324, "5e-324");
        writes(f64::MAX, "1.7976931348623157e+308");
        writes(f64::MIN_POSITIVE, "2.2250738585072014e-308");
        writes(9_007_199_254_740_993.0, "9007199254740992");
        // Halfway between two texts of the same length, the even one.
        writes(-1_056_699_169_183_121.0 / 8.0, "-132087396147890.12");
        writes(6_601_158_626_654_589.0 / 4.0, "1650289656663647.2");
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in ["", "-", "+", ".", "e5", "1e", "1e+", "1x", "1.2.3", "0x10", "--1", "inf"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn hard_decimals_are_read_exactly() {
        for text in [
            "0",
            "-0",
            "1.",
            ".5",
            "+7",
            "1e400",
            "1e-400",
            "0e999999999999",
            "1e99999999999999999999",
            "9007199254740993",
            "9007199254740992.99999",
            "2.2250738585072011e-308",
            "5e-324",
            "2.4703282292062327208e-324",
            "2.4703282292062328e-324",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "179769313486231580793728971405301e276",
            "8.98846567431158e307",
            "123456789012345678901234567890e-10",
            "0.000000000000000000000000000000000001e36",
            "6929495644600919.5",
            "3.518437208883201171875e13",
            "18446744073709551615",
            "184467440737095516160",
            "1e23",
            "4.35",
            "0.1e-5",
        ] {
            reads(text);
        }
        let tie = "0.500000000000000166533453693773481063544750213623046875";
        reads(tie);
        reads(&format!("{tie}{}1", "0".repeat(800)));
        reads(&format!("{}e-900", "7".repeat(900)));
        reads(&format!("0.{}1e+900", "0".repeat(900)));
    }

    #[test]
    fn every_value_survives_writing_and_reading_as_it_does_in_std() {
        let mut random = Random::new(7);
        for round in 0..3_000 {
            let bits = random.bits();
            let value = f64::from_bits(bits & !(1 << 63));
            if !value.is_finite() {
                continue;
            }
            let value =
                if round % 3 == 0 { f64::from((bits >> 40) as u32) / 1000.0 } else { value };
            let mut text = String::new();
            write(value, &mut text);
            assert_eq!(parse(&text).map(f64::to_bits), Some(value.to_bits()), "{text}");
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            let digits = |text: &str| {
                let mantissa = text.split('e').next().unwrap_or_default().replace('.', "");
                mantissa.trim_start_matches('0').trim_end_matches('0').to_string()
            };
            assert_eq!(digits(&text), digits(&format!("{value:e}")), "{text}");
            reads(&format!("{value:.25e}"));
            reads(&format!("{value}"));
        }
    }
}
