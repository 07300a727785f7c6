//! Queries and the bodies of plain HTML forms: `application/x-www-form-urlencoded`.
//!
//! <https://url.spec.whatwg.org/#urlencoded-parsing>

use alloc::{string::String, vec::Vec};

/// The most fields that are read of one body.
pub const MAX_PAIRS: usize = 500;

/// The names and values of a urlencoded body, in their order.
pub fn pairs(body: &[u8]) -> Vec<(String, String)> {
    body.split(|byte| *byte == b'&')
        .filter(|part| !part.is_empty())
        .take(MAX_PAIRS)
        .map(|part| {
            let mut halves = part.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default());
            (name, decode(halves.next().unwrap_or_default()))
        })
        .collect()
}

fn decode(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                let mut digit = || ahead.next().and_then(|byte| char::from(byte).to_digit(16));
                match digit()
                    .zip(digit())
                    .and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
                {
                    Some(decoded) => {
                        out.push(decoded);
                        rest = ahead;
                    }
                    None => out.push(b'%'),
                }
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Percent-encodes everything but letters, digits and `-._~` (RFC 3986, section 2.3).
pub fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            percent(byte, out);
        }
    }
}

/// Percent-encodes a byte.
pub fn percent(byte: u8, out: &mut String) {
    out.push('%');
    for nibble in [byte >> 4, byte & 15] {
        out.extend(char::from_digit(nibble.into(), 16).map(|char| char.to_ascii_uppercase()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn urlencoded_bodies_are_read_as_the_standard_says() {
        assert_eq!(
            pairs(b"a=1&b=x+y%C3%A4&&c&=d&a=%zz%4"),
            owned(&[("a", "1"), ("b", "x yä"), ("c", ""), ("", "d"), ("a", "%zz%4")])
        );
        assert_eq!(pairs(b""), []);
        assert_eq!(pairs(b"a=%ff"), owned(&[("a", "\u{fffd}")]));
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        let mut out = String::new();
        encode("a b/ä&=", &mut out);
        assert_eq!(out, "a%20b%2F%C3%A4%26%3D");
        assert_eq!(decode(out.as_bytes()), "a b/ä&=");
    }
}
