//! Who a lead is to an ad platform: each platform wants other bytes before they are hashed.
//!
//! The plain values are kept and hashed anew for every platform, never the other way round. A telephone number is read to
//! E.164 first, because each platform's own library makes another wrong number of `+49 (0)30 …`. What cannot be brought into
//! a platform's form is left out: a wrong hash matches nobody, or somebody else. What looks like a hash is left out too:
//! it was typed, not made by us. `docs/destinations.md` lists where this differs from the platforms' own libraries.

use alloc::{format, string::String};

use super::Job;
use crate::{
    check::phone::Phone,
    wire::{json::Json, signature},
};

/// The person, as plain values; what is not known is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub email: String,
    /// E.164.
    pub phone: String,
    pub first_name: String,
    pub last_name: String,
    pub city: String,
    pub postcode: String,
    /// ISO 3166-1 alpha-2 in capitals.
    pub country: String,
}

impl Person {
    pub(super) fn of(job: &Job<'_>) -> Self {
        let word = |name: &str| {
            let text = super::super::view::plain(job.at(&format!("contact.{name}")), " ");
            let text = text.trim();
            if looks_hashed(text) { String::new() } else { String::from(text) }
        };
        let country = country(&word("country"));
        Self {
            phone: e164(&word("phone"), &country),
            email: word("email"),
            first_name: word("first_name"),
            last_name: word("last_name"),
            city: word("city"),
            postcode: word("postcode"),
            country,
        }
    }
}

/// The code in capitals; empty for what is no code of two letters.
fn country(text: &str) -> String {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code { text.to_ascii_uppercase() } else { String::new() }
}

/// The number as E.164; empty if it cannot be read, or is not one that exists.
fn e164(text: &str, country: &str) -> String {
    let country = Some(country).filter(|country| !country.is_empty());
    let read = Phone::parse(text, country).ok().filter(Phone::is_valid);
    read.map(|phone| phone.e164()).unwrap_or_default()
}

/// SHA-256 or MD5 in hexadecimal digits.
fn looks_hashed(text: &str) -> bool {
    matches!(text.len(), 32 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The SHA-256 in lower-case hexadecimal digits; nothing for nothing.
pub(super) fn sha(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| signature::hex(&signature::digest(text.as_bytes())))
}

/// The digits of a number.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Meta: as the `capi-param-builder` libraries have it.
pub(super) mod meta {
    use super::{Person, String, digits};

    pub(in super::super) fn email(person: &Person) -> String {
        let text = person.email.trim().to_lowercase();
        let fits =
            text.split_once('@').is_some_and(|(local, host)| is_local(local) && is_host(host));
        if fits { text } else { String::new() }
    }

    fn is_local(text: &str) -> bool {
        let fits =
            |byte: u8| byte.is_ascii_alphanumeric() || b"_!#$%&'*+/=?^`{|}~-".contains(&byte);
        text.split('.').all(|part| !part.is_empty() && part.bytes().all(fits))
    }

    fn is_host(text: &str) -> bool {
        let label = |part: &str| {
            let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
            let mut bytes = part.bytes();
            bytes.clone().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && edge(part.bytes().next())
                && edge(bytes.next_back())
        };
        text.contains('.') && text.split('.').all(label)
    }

    pub(in super::super) fn phone(person: &Person) -> String {
        digits(&person.phone)
    }

    /// Small letters without white space and without the punctuation of ASCII.
    pub(in super::super) fn name(text: &str) -> String {
        let kept = |char: &char| {
            !char.is_whitespace() && *char != '\u{feff}' && !char.is_ascii_punctuation()
        };
        text.chars().filter(kept).collect::<String>().to_lowercase()
    }

    /// The Latin letters and digits that are left without marks: `München` is `mnchen`.
    pub(in super::super) fn city(text: &str) -> String {
        let city: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let city = city.to_ascii_lowercase();
        if city.starts_with(|char: char| char.is_ascii_lowercase()) { city } else { String::new() }
    }

    /// What stands before the first hyphen.
    pub(in super::super) fn postcode(text: &str) -> String {
        let text = text.to_lowercase();
        let first = text.split('-').next().unwrap_or_default().trim();
        if first.chars().count() >= 2 { String::from(first) } else { String::new() }
    }
}

/// Google: as the formatter of the Data Manager API's own utilities has it.
pub(super) mod google {
    use super::{Person, String, format};

    /// Of addresses at Gmail the dots and what follows a plus are left out.
    pub(in super::super) fn email(person: &Person) -> String {
        let text = person.email.trim().to_lowercase();
        let Some((user, host)) = text.split_once('@') else { return String::new() };
        if user.is_empty()
            || host.is_empty()
            || host.contains('@')
            || text.contains(char::is_whitespace)
        {
            return String::new();
        }
        if host != "gmail.com" && host != "googlemail.com" {
            return text;
        }
        let user = user.split('+').next().unwrap_or_default().replace('.', "");
        if user.is_empty() { user } else { format!("{user}@{host}") }
    }

    pub(in super::super) fn name(text: &str) -> String {
        text.trim().to_lowercase()
    }
}

/// A parameter or a cookie of an ad platform that came with the lead: of the last touch, else of the first.
pub(super) fn click<'a>(job: &Job<'a>, name: &str) -> Option<&'a str> {
    let attribution = job.view.member("context")?.member("attribution")?;
    let places = ["last", "first", "cookies"];
    let found = |place: &&str| attribution.member(place)?.member(name)?.as_str();
    places.iter().find_map(found).filter(|value| !value.is_empty())
}

/// The id that an ad platform gave to the lead, if that is where it came from.
pub(super) fn source_id<'a>(job: &Job<'a>, kind: &str) -> Option<&'a str> {
    let source = job.view.member("context")?.member("source")?;
    (source.member("type")?.as_str()? == kind).then(|| source.member("id")?.as_str())?
}

/// An object of what is there.
pub(super) fn full<const N: usize>(members: [(&'static str, Option<String>); N]) -> Json {
    Json::object(members.into_iter().filter_map(|(name, value)| Some((name, Json::String(value?)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_number_is_read_before_it_is_hashed() {
        for (typed, country, expected) in [
            ("+49 (0)30 123456", "", "+4930123456"),
            ("0176 12345678", "DE", "+4917612345678"),
            ("0176 12345678", "", ""),
            ("+49 30 123456", "", "+4930123456"),
            ("call me", "DE", ""),
        ] {
            assert_eq!(e164(typed, country), expected, "{typed}");
        }
    }

    /// `pkg-scripts/data/ads/setup` writes them: what Meta's and Google's own libraries make of each input.
    const CASES: &str = include_str!("../../../tests/conformance/ads/identity.jsonl");

    /// The person of an input, brought into form as that of a lead is.
    fn person(kind: &str, value: &str) -> Person {
        let value = String::from(if looks_hashed(value) { "" } else { value.trim() });
        let mut person = Person::default();
        match kind {
            "email" => person.email = value,
            "phone" => person.phone = e164(&value, ""),
            "name" => person.first_name = value,
            "city" => person.city = value,
            "postcode" => person.postcode = value,
            _ => person.country = country(&value),
        }
        person
    }

    /// What we hash for Meta and for Google.
    fn ours(kind: &str, person: &Person) -> (Option<String>, Option<String>) {
        let meta = match kind {
            "email" => meta::email(person),
            "phone" => meta::phone(person),
            "name" => meta::name(&person.first_name),
            "city" => meta::city(&person.city),
            "postcode" => meta::postcode(&person.postcode),
            _ => person.country.to_ascii_lowercase(),
        };
        let google = match kind {
            "email" => google::email(person),
            "phone" => person.phone.clone(),
            _ => google::name(&person.first_name),
        };
        (sha(&meta), sha(&google))
    }

    #[test]
    fn hashes_are_those_of_the_platforms_own_libraries() {
        let (mut compared, mut formed, mut apart) = (0, true, Vec::new());
        for line in CASES.lines() {
            let row = crate::wire::json::parse(line).unwrap();
            let [kind, value, meta, _, google] = row.as_array().unwrap() else {
                formed = false;
                continue;
            };
            let (kind, value) = (kind.as_str().unwrap(), value.as_str().unwrap());
            let (to_meta, to_google) = ours(kind, &person(kind, value));
            let google = if google.as_str() == Some("=") { meta } else { google };
            let same_for_google =
                google.as_str() == Some("-") || google.as_str() == to_google.as_deref();
            compared += 1;
            if meta.as_str() != to_meta.as_deref() {
                apart.push((formed, "meta", String::from(kind), String::from(value)));
            }
            if !same_for_google {
                apart.push((formed, "google", String::from(kind), String::from(value)));
            }
        }
        assert!(compared > 1000, "{compared}");
        let known = APART.iter().map(|(platform, kind, value)| {
            (false, *platform, String::from(*kind), String::from(*value))
        });
        assert_eq!(apart, known.collect::<Vec<_>>());
    }

    /// Where we part from the libraries, all of it on input that is not in the form of ISO or E.164; the reasons are in
    /// `docs/destinations.md`.
    const APART: &[(&str, &str, &str)] = &[
        ("meta", "email", "0000000000000000000000000000000000000000000000000000000000000000"),
        ("meta", "phone", "0176 12345678"),
        ("google", "phone", "0176 12345678"),
        ("meta", "phone", "+49 (0)30 123456"),
        ("google", "phone", "+49 (0)30 123456"),
        ("meta", "phone", "004930123456"),
        ("google", "phone", "004930123456"),
        ("meta", "phone", "(212) 555-0100"),
        ("google", "phone", "(212) 555-0100"),
        ("meta", "country", "Germany"),
        ("meta", "country", "Deutschland"),
        ("meta", "country", "Österreich"),
        ("meta", "country", "Schweiz"),
        ("meta", "country", "DEU"),
        ("meta", "country", "D"),
    ];

    #[test]
    fn what_looks_like_a_hash_is_known() {
        assert!(looks_hashed(&"aB".repeat(16)) && looks_hashed(&"0f".repeat(32)));
        assert!(!looks_hashed("ada@b.example") && !looks_hashed(&"g".repeat(64)));
    }
}
