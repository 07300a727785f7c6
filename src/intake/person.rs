//! Who a lead is from: keyed hashes of the e-mail address and the telephone number, which alone tell that two leads are of
//! one person, or that somebody is a customer.
//!
//! Two people may share an address, so a hash joins nothing: it only finds. The key is of the deployment and the site.

use alloc::{format, string::String, vec::Vec};

use super::store::shard;
use crate::{
    form::{Form, Kind},
    time::Millis,
    wire::{
        json::Json,
        signature::{hex, keyed},
        step::{Statement, millis},
    },
};

/// The most leads of one person that are shown beside each other.
const EARLIER: u64 = 50;

/// What a person can be found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handle {
    /// An e-mail address, trimmed and in lower case.
    Email(String),
    /// The digits of a telephone number in international form.
    Phone(String),
}

impl Handle {
    /// An e-mail address as it was written.
    pub fn email(text: &str) -> Option<Self> {
        let text: String = text.trim().chars().flat_map(char::to_lowercase).collect();
        text.contains('@').then_some(Self::Email(text))
    }

    /// A telephone number in international form, however it is spaced.
    pub fn phone(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let plain = |char: char| char.is_ascii_digit() || "+-./() ".contains(char);
        (text.starts_with('+') && text.chars().all(plain) && digits.len() >= 7)
            .then_some(Self::Phone(digits))
    }

    /// An address or a number, whichever the text is.
    pub fn parse(text: &str) -> Option<Self> {
        Self::email(text).or_else(|| Self::phone(text))
    }

    /// The keyed hash by which it is known.
    pub fn key(&self, secret: &str, site: &str) -> String {
        let own = keyed(secret.as_bytes(), format!("leadkit person\n{site}").as_bytes());
        let text = match self {
            Self::Email(text) => format!("email\n{text}"),
            Self::Phone(text) => format!("phone\n{text}"),
        };
        let hash = keyed(&own, text.as_bytes());
        hex(hash.get(..16).unwrap_or(&hash))
    }
}

/// The addresses and numbers in the values of a form.
pub fn handles(form: &Form, values: &Json) -> Vec<Handle> {
    let of = |field: &crate::form::Field| {
        let text = values.member(field.name())?.as_str()?;
        match field.kind() {
            Kind::Email => Handle::email(text),
            Kind::Format { format: "phone", .. } => Handle::phone(text),
            Kind::Format { .. }
            | Kind::Name
            | Kind::Text { .. }
            | Kind::Choice { .. }
            | Kind::Number { .. }
            | Kind::Checkbox
            | Kind::Consent { .. } => None,
        }
    };
    form.fields().iter().filter_map(of).collect()
}

/// The keyed hashes of these people; none without a secret.
pub fn keys(handles: &[Handle], secret: &str, site: &str) -> Vec<String> {
    if secret.is_empty() {
        return Vec::new();
    }
    let mut keys: Vec<String> = handles.iter().map(|handle| handle.key(secret, site)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Writes into the index which leads share an address or a number: rows of `[shard, id, [keys]]`.
pub fn join(site: &str, rows: Vec<Json>) -> Statement {
    Statement::new(
        "INSERT INTO person(site,shard,lead,key) SELECT ?1,j.value->>0,j.value->>1,k.value FROM json_each(?2) j, \
         json_each(j.value->2) k WHERE NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.site=?1 AND t.shard=j.value->>0 \
         AND t.id=j.value->>1) ON CONFLICT DO NOTHING",
        [Json::str(site), Json::String(Json::Array(rows).to_text())],
    )
}

/// Reads from the index the other leads of whoever left this one, newest first.
pub fn others(site: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT DISTINCT e.id,e.form,e.received_at,e.disposition,e.grade,e.name,e.email FROM person mine \
         CROSS JOIN person p ON p.site=?1 AND p.key=mine.key AND p.lead<>?3 \
         CROSS JOIN entry e ON e.site=?1 AND e.shard=p.shard AND e.id=p.lead \
         WHERE mine.site=?1 AND mine.shard=?2 AND mine.lead=?3 ORDER BY e.received_at DESC, e.id DESC LIMIT ?4",
        [Json::str(site), Json::uint(shard(id)), Json::str(id), Json::uint(EARLIER)],
    )
}

/// Remembers customers by their keys, in the object of those keys. `origin` says how they are known.
pub fn customers(site: &str, keys: &[&str], origin: &str, now: Millis) -> Statement {
    let rows = keys.iter().map(|key| Json::array([Json::uint(shard(key)), Json::str(key)]));
    Statement::new(
        "INSERT INTO customer(site,shard,key,origin,at) SELECT ?1,j.value->>0,j.value->>1,?3,?4 FROM json_each(?2) j \
         WHERE true ON CONFLICT DO NOTHING RETURNING key",
        [
            Json::str(site),
            Json::String(Json::array(rows).to_text()),
            Json::str(origin),
            millis(now),
        ],
    )
}

/// Forgets customers.
pub fn forget(site: &str, keys: &[&str]) -> Statement {
    let rows = keys.iter().map(|key| Json::array([Json::uint(shard(key)), Json::str(key)]));
    Statement::new(
        "DELETE FROM customer WHERE site=?1 AND (shard,key) IN (SELECT j.value->>0,j.value->>1 FROM json_each(?2) j) \
         RETURNING key",
        [Json::str(site), Json::String(Json::array(rows).to_text())],
    )
}

/// Reads which of these keys are of customers.
pub fn known(site: &str, keys: &[&str]) -> Statement {
    let rows = keys.iter().map(|key| Json::array([Json::uint(shard(key)), Json::str(key)]));
    Statement::new(
        "SELECT c.key FROM json_each(?2) j CROSS JOIN customer c ON c.site=?1 AND c.shard=j.value->>0 AND c.key=j.value->>1",
        [Json::str(site), Json::String(Json::array(rows).to_text())],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(a: &str, b: &str) {
        assert_eq!(
            Handle::parse(a).unwrap().key("s", "shop"),
            Handle::parse(b).unwrap().key("s", "shop")
        );
    }

    #[test]
    fn one_person_is_known_however_the_address_is_written() {
        same(" Ada@Example.COM", "ada@example.com");
        same("+49 (30) 123-456", "+4930123456");
        same("ÄDA@example.com", "äda@example.com");
    }

    #[test]
    fn a_key_is_of_one_site_one_secret_and_one_kind() {
        let ada = Handle::parse("ada@example.com").unwrap();
        let key = ada.key("s", "shop");
        assert_eq!(key.len(), 32);
        assert_ne!(key, ada.key("t", "shop"));
        assert_ne!(key, ada.key("s", "other"));
        assert_eq!(keys(&[ada.clone(), ada.clone()], "s", "shop"), [key]);
        assert_eq!(keys(&[ada], "", "shop"), Vec::<String>::new());
    }

    #[test]
    fn what_is_neither_address_nor_number_finds_nobody() {
        for text in ["", "Ada", "030 123456", "+49x30123456", "+1"] {
            assert_eq!(Handle::parse(text), None, "{text}");
        }
    }
}
