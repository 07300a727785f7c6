//! Decimal numbers as text, without floating point.

use alloc::{borrow::ToOwned, string::String};
use core::cmp::Ordering;

/// The most digits of a number that is taken.
const MAX_DIGITS: usize = 40;

/// The usual form of a decimal number: no plus sign, no useless zeros, a dot before the fraction, no negative zero.
///
/// Takes what people type: a dot or a comma before the fraction, white space around the number. Signs of thousands are not
/// taken here, because `1.234` would have two meanings. `None` for anything else.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty()
        || !plain(whole)
        || !plain(fraction)
        || digits.len() > MAX_DIGITS
    {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let mut out = String::new();
    if negative && !(whole.is_empty() && fraction.is_empty()) {
        out.push('-');
    }
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
}

/// Compares two numbers in their usual form.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    match (left.strip_prefix('-'), right.strip_prefix('-')) {
        (Some(left), Some(right)) => magnitude(right, left),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => magnitude(left, right),
    }
}

fn magnitude(left: &str, right: &str) -> Ordering {
    let split = |text: &'_ str| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        (whole.len(), whole.to_owned(), fraction.to_owned())
    };
    split(left).cmp(&split(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(canonical(text).as_deref(), expected, "{text}");
    }

    #[test]
    fn what_people_type_gets_the_usual_form() {
        check(" 007,50 ", Some("7.5"));
        check("+1", Some("1"));
        check("-0.0", Some("0"));
        check("-.5", Some("-0.5"));
        check("1.", Some("1"));
        check("12345678901234567890", Some("12345678901234567890"));
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        for text in ["", " ", "-", ".", ",", "1e3", "1.234,5", "1 2", "NaN", "--1", "٣"] {
            check(text, None);
        }
        check(&"9".repeat(41), None);
    }

    #[test]
    fn numbers_compare_by_value() {
        for (left, right) in
            [("1", "2"), ("9", "10"), ("-1", "0"), ("-10", "-9"), ("1.05", "1.5"), ("1", "1.01")]
        {
            assert_eq!(compare(left, right), Ordering::Less, "{left} {right}");
            assert_eq!(compare(right, left), Ordering::Greater, "{left} {right}");
        }
        assert_eq!(compare("1.5", "1.5"), Ordering::Equal);
    }
}
