//! The usual form of decimal numbers as text, without floating point.

use alloc::string::String;
use core::cmp::Ordering;

/// The most digits that are taken, with those that `10k` adds.
pub const MAX_DIGITS: usize = 40;

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
    write(negative, whole, fraction)
}

/// Compares two numbers in their usual form.
pub fn compare(left: &str, right: &str) -> Ordering {
    let magnitude = |left: &str, right: &str| {
        let (left, left_fraction) = left.split_once('.').unwrap_or((left, ""));
        let (right, right_fraction) = right.split_once('.').unwrap_or((right, ""));
        (left.len(), left, left_fraction).cmp(&(right.len(), right, right_fraction))
    };
    match (left.strip_prefix('-'), right.strip_prefix('-')) {
        (Some(left), Some(right)) => magnitude(right, left),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => magnitude(left, right),
    }
}

/// Writes a number out of its digits before and in the fraction; `None` where they are no digits, none or too many.
pub(super) fn write(is_negative: bool, whole: &str, fraction: &str) -> Option<String> {
    let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let length = whole.len() + fraction.len();
    if !is_plain(whole) || !is_plain(fraction) || length == 0 || length > MAX_DIGITS {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let mut out = String::new();
    if is_negative && whole.len() + fraction.len() > 0 {
        out.push('-');
    }
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
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
