//! What destinations sign and hash with, beside the HMAC of `wire::signature`.

use alloc::{string::String, vec::Vec};

use ed25519_compact::{KeyPair, Seed};
use md5::{Digest, Md5};

use crate::wire::signature;

/// The header `webhook-signature` of Standard Webhooks 1.0.0: one signature for each key, separated by spaces.
///
/// `secrets` (`whsec_…`) sign as `v1`, HMAC-SHA-256; `keys` (`whsk_…`) as `v1a`, Ed25519. `None` if one cannot be used.
pub fn standard(
    secrets: &[String],
    keys: &[String],
    id: &str,
    secs: u64,
    body: &str,
) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    for secret in secrets {
        out.push(signature::webhook(secret, id, secs, body.as_bytes())?);
    }
    for key in keys {
        let pair = pair(key)?;
        let signed = alloc::format!("{id}.{secs}.{body}");
        let mut text = String::from("v1a,");
        signature::encode(pair.sk.sign(signed.as_bytes(), None).as_ref(), &mut text);
        out.push(text);
    }
    Some(out.join(" "))
}

/// `whsk_` and the base64 of seed and public key. A public key of another seed is refused: to sign with it tells the seed.
fn pair(key: &str) -> Option<KeyPair> {
    let bytes = signature::decode(key.strip_prefix("whsk_").unwrap_or(key))?;
    let (seed, public) = bytes.split_first_chunk::<32>()?;
    let pair = KeyPair::from_seed(Seed::new(*seed));
    (public == pair.pk.as_ref()).then_some(pair)
}

/// The user and password of an `authorization` header.
pub fn basic(user: &str, password: &str) -> String {
    let mut out = String::from("Basic ");
    signature::encode(alloc::format!("{user}:{password}").as_bytes(), &mut out);
    out
}

/// The MD5 of a text in hexadecimal digits: what Mailchimp calls a member by.
pub fn md5_hex(text: &str) -> String {
    signature::hex(&Md5::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // The vector of RFC 8032, section 7.1, TEST 1: seed, public key; the key as Standard Webhooks writes it.
    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> =
            hex.chars().filter_map(|c| c.to_digit(16)).map(|d| u8::try_from(d).unwrap()).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    fn key(public: &str) -> String {
        let mut out = String::from("whsk_");
        signature::encode(&[bytes(SEED), bytes(public)].concat(), &mut out);
        out
    }

    #[test]
    fn both_kinds_of_signatures_stand_side_by_side() {
        let secret = String::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let header = standard(&[secret], &[key(PUBLIC)], "msg", 1, "{}").unwrap();
        let (v1, v1a) = header.split_once(' ').unwrap();
        assert!(v1.starts_with("v1,"));
        let signature = signature::decode(v1a.strip_prefix("v1a,").unwrap()).unwrap();
        let pair = pair(&key(PUBLIC)).unwrap();
        assert_eq!(pair.pk.as_ref(), bytes(PUBLIC));
        let signature = ed25519_compact::Signature::from_slice(&signature).unwrap();
        assert!(pair.pk.verify(b"msg.1.{}", &signature).is_ok());
    }

    #[test]
    fn a_key_whose_halves_do_not_fit_signs_nothing() {
        assert_eq!(standard(&[], &[key(SEED)], "a", 1, ""), None);
        assert_eq!(standard(&[], &["whsk_Zm9v".into()], "a", 1, ""), None);
    }

    #[test]
    fn a_member_is_called_by_the_hash_of_rfc_1321() {
        assert_eq!(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(basic("any", "key"), "Basic YW55OmtleQ==");
    }
}
