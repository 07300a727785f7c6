//! Internet host names in their ASCII form: LDH labels (RFC 1123 section 2.1, RFC 5890 section 2.3.1).
//!
//! Decides nothing about international names: their ASCII form is a fact ([`Known::hosts`]).

use alloc::string::String;

use super::Known;

/// The longest label of a host name, in bytes (RFC 1035 section 2.3.4).
pub const MAX_LABEL: usize = 63;
/// The longest host name in text form, in bytes: 255 on the wire less its length bytes.
pub const MAX_HOST: usize = 253;

/// The ASCII form of a typed host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ascii {
    /// The lower-case ASCII form.
    Is(String),
    /// No host at all.
    Refused,
    /// The platform has to tell.
    NotYetKnown,
}

/// Brings a typed host into lower-case ASCII. An international host is looked up in the known ones.
pub fn ascii(host: &str, known: &Known<'_>) -> Ascii {
    if host.is_ascii() {
        return Ascii::Is(host.to_ascii_lowercase());
    }
    if !host.split('.').all(may_be_label) {
        return Ascii::Refused;
    }
    match known.hosts.get(host) {
        Some(Some(ascii)) if ascii.is_ascii() => Ascii::Is(ascii.to_ascii_lowercase()),
        Some(_) => Ascii::Refused,
        None => Ascii::NotYetKnown,
    }
}

/// Whether this is a host name: LDH labels that neither start nor end with a hyphen, a last label that is not a number.
/// `dotless` also takes names of one label.
pub fn is_valid(host: &str, dotless: bool) -> bool {
    let mut last = "";
    let mut labels = 0;
    for label in host.split('.') {
        if !is_label(label) {
            return false;
        }
        last = label;
        labels += 1;
    }
    host.len() <= MAX_HOST && (labels > 1 || dotless) && !last.bytes().all(|b| b.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    label.is_ascii() && label.len() <= MAX_LABEL && may_be_label(label)
}

/// Whether the ASCII form of this can be a label.
fn may_be_label(label: &str) -> bool {
    let is_ldh = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || !byte.is_ascii();
    !label.is_empty()
        && label.bytes().all(is_ldh)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, string::ToString};

    #[track_caller]
    fn check(host: &str, expected: bool) {
        assert_eq!(is_valid(host, false), expected, "{host}");
    }

    #[test]
    fn hosts_have_two_labels_of_letters_digits_and_inner_hyphens() {
        check("example.com", true);
        check("a-b.x1.museum", true);
        check("123.com", true);
        check("xn--mller-kva.de", true);
        check("org", false);
        check("example.123", false);
        check("10.0.0.1", false);
        check("-a.com", false);
        check("a-.com", false);
        check("a..com", false);
        check(".com", false);
        check("a.com.", false);
        check("a_b.com", false);
        check("", false);
        assert!(is_valid("localhost", true));
    }

    #[test]
    fn lengths_of_labels_and_names_are_limited() {
        check(&("a".repeat(MAX_LABEL) + ".com"), true);
        check(&("a".repeat(MAX_LABEL + 1) + ".com"), false);
        let long = ("a".repeat(49) + ".").repeat(5);
        check(&(long.clone() + "com"), true);
        check(&(long + "comm"), false);
    }

    #[test]
    fn an_international_host_waits_for_the_platform() {
        let mut known = Known::default();
        assert_eq!(ascii("Müller.de", &known), Ascii::NotYetKnown);
        known.hosts.insert("Müller.de".to_owned(), Some("xn--mller-kva.de".to_owned()));
        assert_eq!(ascii("Müller.de", &known), Ascii::Is("xn--mller-kva.de".to_string()));
        known.hosts.insert("Müller.de".to_owned(), None);
        assert_eq!(ascii("Müller.de", &known), Ascii::Refused);
        for host in ["mü/ller.de", "mü..de", "-mü.de", "mü.de."] {
            assert_eq!(ascii(host, &known), Ascii::Refused, "{host}");
        }
        assert_eq!(ascii("Example.COM", &known), Ascii::Is("example.com".to_string()));
    }
}
