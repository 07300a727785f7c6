//! One slip of the hand: a letter missing, added or wrong, or two swapped (optimal string alignment, distance one).

/// Whether `typed` is one slip away from `meant`; equal texts are none.
pub(super) fn is_one_slip(typed: &[u8], meant: &[u8]) -> bool {
    if typed.len().abs_diff(meant.len()) > 1 {
        return false;
    }
    let same = typed.iter().zip(meant).take_while(|(a, b)| a == b).count();
    match (typed.get(same..), meant.get(same..)) {
        (Some([]), Some([])) => false,
        (Some([a, b, typed @ ..]), Some([c, d, meant @ ..]))
            if a == d && b == c && typed == meant =>
        {
            true
        }
        (Some(typed), Some(meant)) => {
            let after = |rest: &[u8], longer: bool| usize::from(longer).min(rest.len());
            let skip_typed = after(typed, typed.len() >= meant.len());
            let skip_meant = after(meant, meant.len() >= typed.len());
            typed.get(skip_typed..) == meant.get(skip_meant..)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_one_slip;

    #[track_caller]
    fn check(typed: &str, expected: bool) {
        assert_eq!(is_one_slip(typed.as_bytes(), b"lead"), expected, "{typed}");
    }

    #[test]
    fn one_slip_is_neither_none_nor_two() {
        for typed in
            ["led", "leaad", "leat", "laed", "elad", "leda", "xlead", "leadx", "ead", "lea"]
        {
            check(typed, true);
        }
        for typed in ["lead", "le", "", "leaxyd", "alde", "dael", "xeay"] {
            check(typed, false);
        }
    }
}
