//! Words that the owner wrote, in one language or several.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::wire::json::{Faults, Json, Node};

/// Words for the visitor by language; empty if the owner wrote none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Vec<(String, String)>);

impl Text {
    /// Reads the member `key`: a string for every language, or an object from language tags (BCP 47) to strings.
    pub fn member(node: &Node<'_>, key: &str, faults: &mut Faults) -> Self {
        let Some(node) = node.get(key) else { return Self::default() };
        match node.json() {
            Json::String(text) => Self(Vec::from([(String::new(), text.clone())])),
            Json::Object(_) => {
                let members = node.members(faults);
                let mut texts = Vec::new();
                for (locale, text) in members {
                    match text.json().as_str() {
                        Some(text) => texts.push((locale.to_owned(), text.to_owned())),
                        None => text.fault("a string", faults),
                    }
                }
                Self(texts)
            }
            _ => {
                node.fault("a string, or an object from languages to strings", faults);
                Self::default()
            }
        }
    }

    /// The words in `locale`, else in its language, else in the first language that the owner wrote, else none.
    pub fn pick(&self, locale: &str) -> &str {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        let find = |wanted: &str| self.0.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
        let found = find(locale).or_else(|| find(language)).or_else(|| self.0.first());
        found.map_or("", |(_, text)| text)
    }

    /// Whether the owner wrote nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The languages with their words; one tag is empty where the words serve every language.
    pub fn languages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[track_caller]
    fn check(text: &str, locale: &str, expected: &str) {
        let json = json::parse(text).unwrap();
        let mut faults = Faults::new();
        assert_eq!(Text::member(&Node::root(&json), "t", &mut faults).pick(locale), expected);
        assert!(faults.is_empty(), "{faults:?}");
    }

    #[test]
    fn the_nearest_language_is_picked() {
        check("{\"t\":\"Send\"}", "de", "Send");
        check("{\"t\":{\"en\":\"Send\",\"de\":\"Senden\"}}", "de-AT", "Senden");
        check(
            "{\"t\":{\"en\":\"Send\",\"de-CH\":\"Schicken\",\"de\":\"Senden\"}}",
            "de-ch",
            "Schicken",
        );
        check("{\"t\":{\"en\":\"Send\",\"de\":\"Senden\"}}", "fr", "Send");
        check("{}", "fr", "");
    }

    #[test]
    fn other_values_are_reported_with_their_place() {
        let json = json::parse("{\"t\":{\"en\":1},\"u\":2}").unwrap();
        let mut faults = Faults::new();
        Text::member(&Node::root(&json), "t", &mut faults);
        Text::member(&Node::root(&json), "u", &mut faults);
        let places: Vec<_> = faults.iter().filter_map(|fault| fault.pointer()).collect();
        assert_eq!(places, ["/t/en", "/u"]);
    }
}
