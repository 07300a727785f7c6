//! Who may do what: tokens with a name and a role, and what each route below `/v1/admin` asks for.
//!
//! `LEADKIT_TOKENS` lists `name:role:hash`, separated by white space or commas; the hash is the SHA-256 of a random token in
//! hexadecimal digits, as `leadkit token` prints it. `LEADKIT_ADMIN_TOKEN` is the token of one more person, `admin`.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::head::Head;
use crate::wire::signature::{digest, hex, same};

/// What somebody may do. Each role may do all that those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Read the numbers of `/metrics`.
    Metrics,
    /// Read leads.
    Read,
    /// Work with leads: enter them, replay deliveries, hold destinations, set stages, take everything along as a file.
    Edit,
    /// Erase, import customers, end sessions.
    Admin,
}

impl Role {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Admin => "admin",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Metrics, Self::Read, Self::Edit, Self::Admin]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// The holder of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The name that the owner gave.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The hash of the token.
    pub hash: String,
}

/// Everyone who has a token. An entry that cannot be read opens nothing.
pub fn holders(head: &Head) -> Vec<Holder> {
    let listed = head.env("LEADKIT_TOKENS").unwrap_or_default();
    let entry = |text: &str| {
        let mut parts = text.split(':');
        let (name, role, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Holder {
            name: name.to_owned(),
            role: Role::parse(role)?,
            hash: whole.then(|| hash.to_ascii_lowercase())?,
        })
    };
    let plain = |name: &str, variable: &str, role| {
        let token = head.env(variable)?;
        Some(Holder { name: name.to_owned(), role, hash: hex(&digest(token.as_bytes())) })
    };
    let entries = listed.split(|char: char| char == ',' || char.is_whitespace());
    let mut out: Vec<Holder> = entries.filter_map(entry).collect();
    out.extend(plain("admin", "LEADKIT_ADMIN_TOKEN", Role::Admin));
    out.extend(plain("metrics", "LEADKIT_METRICS_TOKEN", Role::Metrics));
    out
}

/// Whose token this is. Every entry is compared, in a time that does not depend on what is the same.
pub fn find(head: &Head, given: &str) -> Option<Holder> {
    let given = hex(&digest(given.trim().as_bytes()));
    let mut found: Option<Holder> = None;
    for holder in holders(head) {
        // Of two entries for one token the one that may do more counts.
        if same(&holder.hash, &given) && found.as_ref().is_none_or(|best| best.role < holder.role) {
            found = Some(holder);
        }
    }
    found
}

/// What a route below `/v1/admin` asks for. One that nobody has named yet may be read by readers and used by the owner alone.
pub fn needs(method: &str, parts: &[&str]) -> Role {
    match (parts, method) {
        (["session"], _) => Role::Read,
        (["export", ..], _) => Role::Edit,
        (["sessions" | "people" | "customers", ..] | ["leads", _, _, "erase"], _) => Role::Admin,
        (_, "GET" | "HEAD") => Role::Read,
        (["entry", _], _) => Role::Edit,
        (["leads", _, _, "replay" | "stage" | "withdraw" | "audiences"], _) => Role::Edit,
        (["destinations" | "deliveries", ..], _) => Role::Edit,
        _ => Role::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json::Json;
    use alloc::format;

    fn head(tokens: &str) -> Head {
        let env = Json::object([
            ("LEADKIT_TOKENS", Json::str(tokens)),
            ("LEADKIT_ADMIN_TOKEN", Json::str("owner")),
            ("LEADKIT_METRICS_TOKEN", Json::str("numbers")),
        ]);
        Head { env, ..Head::default() }
    }

    fn hash(token: &str) -> String {
        hex(&digest(token.as_bytes()))
    }

    #[test]
    fn a_token_is_known_by_its_hash_and_by_nothing_else() {
        let head = head(&format!("anna:read:{},\n bot:edit:{}", hash("a"), hash("b")));
        let found = |given| find(&head, given).map(|holder| (holder.name, holder.role));
        assert_eq!(found("a"), Some(("anna".into(), Role::Read)));
        assert_eq!(found("b"), Some(("bot".into(), Role::Edit)));
        assert_eq!(found("owner"), Some(("admin".into(), Role::Admin)));
        assert_eq!(found("numbers"), Some(("metrics".into(), Role::Metrics)));
        assert_eq!(found("c"), None);
        assert_eq!(found(""), None);
        // The hash itself opens nothing.
        assert_eq!(found(&hash("a")), None);
    }

    #[test]
    fn an_entry_that_cannot_be_read_opens_nothing() {
        for entry in ["x", "x:read", "x:root:00", "x:read:00", "x:read:", "::"] {
            assert_eq!(holders(&head(entry)).len(), 2, "{entry}");
        }
        assert!(holders(&Head::default()).is_empty());
    }

    #[test]
    fn every_route_has_a_role() {
        assert_eq!(needs("GET", &["leads"]), Role::Read);
        assert_eq!(needs("POST", &["leads", "shop", "x", "replay"]), Role::Edit);
        assert_eq!(needs("POST", &["leads", "shop", "x", "erase"]), Role::Admin);
        assert_eq!(needs("GET", &["export"]), Role::Edit);
        assert_eq!(needs("GET", &["sessions"]), Role::Admin);
        assert_eq!(needs("POST", &["something", "new"]), Role::Admin);
    }
}
