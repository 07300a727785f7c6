//! Runs the patterns of postcodes.

use alloc::{string::String, vec::Vec};

/// The code in its normal form, where it fits the pattern as a whole.
pub(super) fn normal_form(pattern: &str, code: &str) -> Option<String> {
    let mut out = Vec::new();
    fits(pattern.as_bytes(), code.as_bytes(), &mut out).then(|| String::from_utf8(out).ok())?
}

/// Whether the code fits; then `out` has grown by its normal form, otherwise it is what it was.
fn fits(pattern: &[u8], code: &[u8], out: &mut Vec<u8>) -> bool {
    let length = out.len();
    let is_fitting = match alternatives(pattern).as_slice() {
        [_] => sequence_fits(pattern, code, out),
        several => several.iter().any(|one| sequence_fits(one, code, out)),
    };
    if !is_fitting {
        out.truncate(length);
    }
    is_fitting
}

fn sequence_fits(pattern: &[u8], code: &[u8], out: &mut Vec<u8>) -> bool {
    let length = out.len();
    let (atom, rest) = pattern.split_at(atom_length(pattern));
    let (is_optional, rest) = match rest {
        [b'?', rest @ ..] => (true, rest),
        _ => (false, rest),
    };
    let is_fitting = match atom {
        [] => code.is_empty(),
        [b'(', inner @ .., b')'] => {
            alternatives(inner).iter().any(|one| sequence_fits(&[one, rest].concat(), code, out))
        }
        [separator @ (b' ' | b'-')] => {
            out.push(*separator);
            sequence_fits(rest, code, out)
        }
        _ => match code {
            [sign, code @ ..] if is_of(atom, *sign) => {
                out.push(*sign);
                sequence_fits(rest, code, out)
            }
            _ => false,
        },
    };
    if is_fitting {
        return true;
    }
    out.truncate(length);
    is_optional && sequence_fits(rest, code, out)
}

/// Splits at the bars that stand in no group.
fn alternatives(pattern: &[u8]) -> Vec<&[u8]> {
    let mut depth = 0;
    let is_bar = |byte: &u8| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        *byte == b'|' && depth == 0
    };
    pattern.split(is_bar).collect()
}

/// The length of the first group, set or sign.
fn atom_length(pattern: &[u8]) -> usize {
    let mut depth = 0;
    let ends = |byte: &u8| {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    pattern.iter().position(ends).map_or(pattern.len(), |last| last + 1)
}

fn is_of(atom: &[u8], sign: u8) -> bool {
    match atom {
        b"#" => sign.is_ascii_digit(),
        b"@" => sign.is_ascii_uppercase(),
        [b'[', set @ .., b']'] => {
            let is_in_range =
                |three: &[u8]| matches!(three, [from, b'-', to] if (*from..=*to).contains(&sign));
            set.contains(&sign) && sign != b'-' || set.windows(3).any(is_in_range)
        }
        _ => atom == [sign],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, code: &str, expected: Option<&str>) {
        assert_eq!(normal_form(pattern, code).as_deref(), expected, "{pattern} {code}");
    }

    #[test]
    fn patterns_take_what_they_say() {
        check("##-@", "12A", Some("12-A"));
        check("##-@", "1A2", None);
        check("##", "123", None);
        check("#(-##)?", "1", Some("1"));
        check("#(-##)?", "123", Some("1-23"));
        check("#(-##)?", "12", None);
        check("##?#", "12", Some("12"));
        check("(A|AB)C?", "ABC", Some("ABC"));
        check("A#|[B-D5]", "C", Some("C"));
        check("A#|[B-D5]", "5", Some("5"));
        check("A#|[B-D5]", "-", None);
        check("A#|[B-D5]", "A", None);
        check("(X (A|B#)|Y)#", "XB12", Some("X B12"));
        check("", "", Some(""));
    }
}
