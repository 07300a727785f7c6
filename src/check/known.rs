//! What a platform or a pack has told.

use alloc::{borrow::ToOwned, string::String};

use super::pack::{self, Pack};
use crate::{map::Map, wire::json::Json};

/// Facts that checks need and cannot compute. The default knows nothing.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// International hosts as they were typed, and their ASCII form by the platform's URL parser; `None` for a host that
    /// the parser refused. A missing host is not yet known.
    pub hosts: Map<String, Option<String>>,
    /// The list of disposable mail domains.
    pub disposable: Option<&'a Pack<'a>>,
    /// The list of free mail domains.
    pub free: Option<&'a Pack<'a>>,
    /// The names of countries: the text of [`super::pack::COUNTRIES`].
    pub countries: Option<&'a str>,
}

impl Known<'_> {
    /// Reads `{"hosts":{"müller.de":"xn--mller-kva.de","a b.de":null}}`; other members are left to others.
    pub fn from_json(facts: &Json) -> Self {
        let members = facts.member("hosts").and_then(Json::as_object).unwrap_or_default();
        let mut hosts = Map::new();
        for (host, ascii) in members {
            hosts.insert(host.clone(), ascii.as_str().map(ToOwned::to_owned));
        }
        Self { hosts, ..Self::default() }
    }

    /// Adds the lists that are at hand.
    #[must_use]
    pub fn with_packs(self, packs: &Packs) -> Known<'_> {
        Known {
            disposable: packs.disposable.as_ref(),
            free: packs.free.as_ref(),
            countries: packs.countries,
            hosts: self.hosts,
        }
    }
}

/// The lists that are at hand, read once.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    /// The list of disposable mail domains.
    pub disposable: Option<Pack<'static>>,
    /// The list of free mail domains.
    pub free: Option<Pack<'static>>,
    /// The names of countries.
    pub countries: Option<&'static str>,
}

impl Packs {
    /// The packs of the package, as the edge and the command line have them.
    pub fn embedded() -> Self {
        Self {
            disposable: Pack::parse(pack::DISPOSABLE),
            free: Pack::parse(pack::FREE),
            countries: Some(pack::COUNTRIES),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[test]
    fn hosts_come_as_text_or_null() {
        let facts = json::parse(r#"{"hosts":{"ü.de":"xn--tda.de","?":null},"other":1}"#).unwrap();
        let known = Known::from_json(&facts);
        assert_eq!(known.hosts.get("ü.de"), Some(&Some("xn--tda.de".to_owned())));
        assert_eq!(known.hosts.get("?"), Some(&None));
        assert_eq!(known.hosts.get("ö.de"), None);
    }
}
