//! Arithmetic on digits: the check digits of numbers that states and banks give.

use alloc::vec::Vec;

/// The digits of an ASCII text, or `None` where something else is among them or the text is empty.
pub(super) fn all(text: &str) -> Option<Vec<u32>> {
    let digits: Option<_> = text.chars().map(|c| c.to_digit(10)).collect();
    if text.is_empty() { None } else { digits }
}

/// The sum of the digits, each times the weight at its place; weights are single signs in base 36.
pub(super) fn sum(digits: &[u32], weights: &str) -> u32 {
    let weights = weights.chars().filter_map(|weight| weight.to_digit(36));
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Whether the last digit is right by the Luhn formula (ISO/IEC 7812-1).
pub(super) fn is_luhn(digits: &[u32]) -> bool {
    luhn(digits, 0).is_multiple_of(10)
}

/// The sum of the Luhn formula; with a `shift` of one for digits before their check digit.
pub(super) fn luhn(digits: &[u32], shift: usize) -> u32 {
    let mut sum = 0;
    for (at, digit) in digits.iter().rev().enumerate() {
        sum +=
            if (at + shift).is_multiple_of(2) { *digit } else { digit * 2 / 10 + digit * 2 % 10 };
    }
    sum
}

/// The remainder of the digits read as one number.
pub(super) fn remainder(digits: &[u32], divisor: u32) -> u32 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % divisor)
}

/// The remainder by 97 of the parts read as one number, letters as two digits (ISO 7064).
pub(super) fn mod_97<'a>(parts: impl IntoIterator<Item = &'a str>) -> u32 {
    parts.into_iter().flat_map(str::chars).fold(0, |rest, c| match c.to_digit(36) {
        Some(digit) if digit < 10 => (rest * 10 + digit) % 97,
        Some(letter) => (rest * 100 + letter) % 97,
        None => rest,
    })
}

/// Whether the last digit is right by modulus 11, 10 (ISO 7064).
pub(super) fn is_mod_11_10(digits: &[u32]) -> bool {
    let step = |check: u32, digit: &u32| {
        let sum = (if check == 0 { 10 } else { check }) * 2 % 11 + digit;
        sum % 10
    };
    digits.iter().fold(5, step) == 1
}

/// Whether there is such a day in the Gregorian calendar.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_all_digits_or_none() {
        assert_eq!(all("107").as_deref(), Some(&[1, 0, 7][..]));
        assert_eq!(all("1a"), None);
        assert_eq!(all(""), None);
    }

    #[test]
    fn check_digits_of_the_standards_are_right() {
        assert!(is_luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3]));
        assert!(!is_luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 4]));
        assert!(is_mod_11_10(&[7, 9, 4, 6, 2, 3]));
        assert!(!is_mod_11_10(&[7, 9, 4, 6, 2, 4]));
        assert_eq!(mod_97(["99991234567890121414", "90"]), 1);
        assert_eq!(remainder(&[1, 0, 0], 97), 3);
    }

    #[test]
    fn days_follow_the_calendar() {
        assert!(is_day(2000, 2, 29));
        assert!(!is_day(1900, 2, 29));
        assert!(!is_day(2024, 4, 31));
        assert!(!is_day(2024, 13, 1));
        assert!(!is_day(2024, 1, 0));
    }
}
