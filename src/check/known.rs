//! What a platform or a pack has told.

use alloc::{borrow::ToOwned, string::String};

use super::email::EmailAnswer;
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
    /// What modules of their own answered, by the text of the line that they were asked, as of [`super::answer`].
    pub answers: Map<String, Json>,
    /// Answers such lines where all checks are linked.
    pub answer: Option<Answer>,
    /// Tells the facts of an e-mail address, as [`EmailAnswer::facts`] does, where somebody judges.
    pub email: Option<EmailFacts>,
    /// The language (BCP 47) in which dates and numbers were typed.
    pub locale: String,
}

/// Answers the line of a check, as [`super::answer`] does.
pub type Answer = fn(&Json, &Known<'_>) -> Json;

/// Tells the facts of an e-mail address, as [`EmailAnswer::facts`] does.
pub type EmailFacts = fn(&EmailAnswer, &Known<'_>) -> Json;

impl Known<'_> {
    /// Reads `{"hosts":{"müller.de":"xn--mller-kva.de","a b.de":null},"answers":{…},"locale":"de"}`; other members are left
    /// to others.
    pub fn from_json(facts: &Json) -> Self {
        let members = facts.member("hosts").and_then(Json::as_object).unwrap_or_default();
        let mut hosts = Map::new();
        for (host, ascii) in members {
            hosts.insert(host.clone(), ascii.as_str().map(ToOwned::to_owned));
        }
        let mut answers = Map::new();
        for (line, answer) in facts.member("answers").and_then(Json::as_object).unwrap_or_default()
        {
            answers.insert(line.clone(), answer.clone());
        }
        let locale = facts.member("locale").and_then(Json::as_str).unwrap_or_default().to_owned();
        Self { hosts, answers, locale, ..Self::default() }
    }

    /// Adds the lists that are at hand, and every check.
    #[must_use]
    pub fn with_packs(self, packs: &Packs) -> Known<'_> {
        Known {
            disposable: packs.disposable.as_ref(),
            free: packs.free.as_ref(),
            countries: packs.countries,
            answer: Some(super::answer),
            email: Some(EmailAnswer::facts),
            hosts: self.hosts,
            answers: self.answers,
            locale: self.locale,
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
