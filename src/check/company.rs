//! Names of organisations.
//!
//! No name is wrong. The legal form at the end is recognised, so that `Müller GmbH` and `Mueller` are one organisation.

use alloc::{string::String, vec::Vec};

use super::{junk, text};

/// What is known about the name of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyAnswer {
    /// The name on one line, without invisible signs. Empty where nothing visible was typed.
    pub value: String,
    /// What speaks against a name: the signals of [`super::name`] without `digits`.
    pub signals: Vec<&'static str>,
    /// The legal form, folded: `gmbh & co kg`, `ltd`.
    pub legal_form: Option<&'static str>,
    /// The same text for every spelling of one name: folded, without legal form, without signs between words.
    pub dedup_key: String,
}

/// Legal forms, folded, longer ones before those they end with.
const FORMS: [&str; 58] = [
    "gmbh & co kgaa",
    "gmbh & co kg",
    "gmbh & co ohg",
    "ag & co kgaa",
    "ag & co kg",
    "ug haftungsbeschrankt & co kg",
    "se & co kg",
    "se & co kgaa",
    "ug haftungsbeschrankt",
    "ug haftungsbeschrankt",
    "gmbh",
    "ggmbh",
    "mbh",
    "kgaa",
    "kg",
    "ohg",
    "ag",
    "ug",
    "gbr",
    "egbr",
    "ek",
    "ev",
    "eg",
    "se",
    "partg mbb",
    "partg",
    "ges mbh",
    "gesmbh",
    "og",
    "eu",
    "sarl",
    "sasu",
    "sas",
    "eurl",
    "sci",
    "snc",
    "sa",
    "srl",
    "spa",
    "sl",
    "slu",
    "bv",
    "nv",
    "vof",
    "sp z oo",
    "spzoo",
    "sp k",
    "lda",
    "ltda",
    "ltd",
    "limited",
    "llc",
    "llp",
    "inc",
    "plc",
    "corp",
    "aps",
    "oy",
];

/// Reads the name of an organisation.
///
/// ```
/// use leadkit::check::company;
/// let answer = company::check("Müller & Söhne GmbH & Co. KG");
/// assert_eq!(answer.legal_form, Some("gmbh & co kg"));
/// assert_eq!(answer.dedup_key, company::check("mueller & soehne").dedup_key);
/// ```
pub fn check(typed: &str) -> CompanyAnswer {
    let value = junk::tidy(typed);
    let signals = junk::signals(&value);
    let mut folded = String::new();
    for c in text::fold(&value).chars() {
        match c {
            '.' | '(' | ')' | '\'' => {}
            c if c.is_ascii() && !c.is_ascii_alphanumeric() && c != '&' => folded.push(' '),
            c => folded.push(c),
        }
    }
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let legal_form = FORMS.into_iter().find(|form| {
        let form: Vec<&str> = form.split(' ').collect();
        words.len() > form.len() && words.ends_with(&form)
    });
    let kept = words.len() - legal_form.map_or(0, |form| form.split(' ').count());
    words.truncate(kept);
    words.retain(|word| *word != "&" && *word != "und" && *word != "and");
    CompanyAnswer { value, signals, legal_form, dedup_key: words.concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_key(typed: &str, legal_form: Option<&str>, key: &str) {
        let answer = check(typed);
        assert_eq!((answer.legal_form, answer.dedup_key.as_str()), (legal_form, key), "{typed}");
    }

    #[test]
    fn one_organisation_has_one_key() {
        check_key("Müller GmbH", Some("gmbh"), "muller");
        check_key("MUELLER G.m.b.H.", Some("gmbh"), "muller");
        check_key("Bau-Technik e.K.", Some("ek"), "bautechnik");
        check_key("Foo UG (haftungsbeschränkt)", Some("ug haftungsbeschrankt"), "foo");
        check_key("Meyer und Sohn OHG", Some("ohg"), "meyersohn");
        check_key("Firma Sp. z o.o.", Some("sp z oo"), "firma");
        check_key("3M", None, "3m");
        check_key("AG", None, "ag");
        check_key("Газпром", None, "Газпром");
        check_key("", None, "");
    }

    #[test]
    fn junk_is_a_signal() {
        assert_eq!(check("asdf").signals, ["keyboard", "placeholder"]);
        assert!(check("3M Deutschland GmbH").signals.is_empty());
        assert!(check("BMW AG").signals.is_empty());
    }
}
