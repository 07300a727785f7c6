//! Value to text, without white space.

use alloc::string::String;

use super::Json;

const HEX: &[u8; 16] = b"0123456789abcdef";

pub(super) fn value(json: &Json, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(text) => out.push_str(text),
        Json::String(text) => string(text, out),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                value(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(key, out);
                out.push(':');
                value(member, out);
            }
            out.push('}');
        }
    }
}

pub(super) fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // In runs, because most text is written as it is. A byte that is escaped is a whole character.
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
    {
        let byte = rest.as_bytes().get(at).copied().unwrap_or(0);
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        out.push('\\');
        match byte {
            b'\n' => out.push('n'),
            b'\r' => out.push('r'),
            b'\t' => out.push('t'),
            0..b' ' => {
                out.push_str("u00");
                for nibble in [usize::from(byte >> 4), usize::from(byte & 15)] {
                    out.push(HEX.get(nibble).copied().map_or('0', char::from));
                }
            }
            other => out.push(char::from(other)),
        }
    }
    out.push_str(rest);
    out.push('"');
}

/// Decimal digits without the formatting machinery, which the embed would carry for this alone.
pub(super) fn decimal(negative: bool, magnitude: u64) -> String {
    let mut digits = [0_u8; 20];
    let mut rest = magnitude;
    let mut used = 0;
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        used += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let mut out = String::new();
    if negative {
        out.push('-');
    }
    out.extend(digits.iter().skip(digits.len() - used).copied().map(char::from));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn whole_numbers_are_written_in_decimal() {
        assert_eq!(Json::uint(u64::MAX).to_text(), u64::MAX.to_string());
        for number in [0, 7, -1, 1_795_325_565_676, i64::MAX, i64::MIN] {
            assert_eq!(Json::int(number).to_text(), number.to_string());
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            Json::str("\u{1}\u{1f}\"\\\u{7f}").to_text(),
            "\"\\u0001\\u001f\\\"\\\\\u{7f}\""
        );
    }
}
