//! Signatures: Standard Webhooks v1, and the keyed hashes of sessions and of plain forms.
//!
//! Follows <https://www.standardwebhooks.com> 1.0.0: `webhook-signature: v1,` and the base64 of an HMAC-SHA-256 over
//! `id.timestamp.body`, with a secret that is written `whsec_` and base64.

use alloc::{string::String, vec::Vec};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Signs one attempt of a webhook: the value of the header `webhook-signature`.
///
/// `secret` is `whsec_` and base64, or base64 alone. Returns `None` if it is not, or if it is empty.
pub fn webhook(secret: &str, id: &str, timestamp_secs: u64, body: &[u8]) -> Option<String> {
    let key = decode(secret.strip_prefix("whsec_").unwrap_or(secret))?;
    if key.is_empty() {
        return None;
    }
    let mut signed = Vec::with_capacity(body.len() + 64);
    signed.extend_from_slice(id.as_bytes());
    signed.push(b'.');
    signed.extend_from_slice(alloc::format!("{timestamp_secs}").as_bytes());
    signed.push(b'.');
    signed.extend_from_slice(body);
    let mut out = String::from("v1,");
    encode(&keyed(&key, &signed), &mut out);
    Some(out)
}

/// The HMAC-SHA-256 of `data` (RFC 2104). Keys of any length are good.
pub fn keyed(key: &[u8], data: &[u8]) -> [u8; 32] {
    // The length of the key is never refused for HMAC; without a key nothing could be signed, so an empty hash is safe.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(data);
            mac.finalize().into_bytes().into()
        }
        Err(_) => [0; 32],
    }
}

/// The SHA-256 of `data`.
pub fn digest(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// Compares without telling by its duration where two secrets differ. Their digests are compared, so lengths do not show.
pub fn same(a: &str, b: &str) -> bool {
    let (a, b) = (digest(a.as_bytes()), digest(b.as_bytes()));
    let difference = a.iter().zip(b.iter()).fold(0, |sum, (a, b)| sum | (a ^ b));
    core::hint::black_box(difference) == 0
}

pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let mut word = 0_usize;
        for index in 0..3 {
            word = word << 8 | usize::from(chunk.get(index).copied().unwrap_or(0));
        }
        for index in 0..4 {
            let sextet = word >> (18 - 6 * index) & 63;
            let char = ALPHABET.get(sextet).copied().map_or('=', char::from);
            out.push(if index > chunk.len() { '=' } else { char });
        }
    }
}

/// Base64 (RFC 4648, section 4), with or without padding.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut word, mut bits) = (0_u32, 0_u32);
    for byte in text.bytes() {
        let sextet = ALPHABET.iter().position(|letter| *letter == byte)?;
        word = (word << 6 | u32::try_from(sextet).ok()?) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(word >> bits & 255).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], text: &str) {
        let mut out = String::new();
        encode(bytes, &mut out);
        assert_eq!(out, text);
        assert_eq!(decode(text).as_deref(), Some(bytes));
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        check(b"", "");
        check(b"f", "Zg==");
        check(b"fo", "Zm8=");
        check(b"foo", "Zm9v");
        check(b"foob", "Zm9vYg==");
        check(b"fooba", "Zm9vYmE=");
        check(b"foobar", "Zm9vYmFy");
        assert_eq!(decode("Zg"), Some(b"f".to_vec()));
        assert_eq!(decode("Z*"), None);
    }

    #[test]
    fn a_webhook_is_signed_as_the_libraries_of_the_standard_do() {
        // The vector of the reference libraries, standard-webhooks/libraries, tests of every language.
        assert_eq!(
            webhook(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                b"{\"test\": 2432232314}",
            )
            .as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn a_secret_that_is_empty_or_no_base64_signs_nothing() {
        assert_eq!(webhook("whsec_", "a", 1, b""), None);
        assert_eq!(webhook("whsec_!", "a", 1, b""), None);
    }

    #[test]
    fn secrets_are_compared_by_value() {
        assert!(same("token", "token"));
        assert!(!same("token", "tokem"));
        assert!(!same("token", ""));
    }

    #[test]
    fn digests_are_those_of_the_standard() {
        // FIPS 180-4, "abc".
        assert_eq!(
            hex(&digest(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
