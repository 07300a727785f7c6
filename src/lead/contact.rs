//! What a field tells about a person, by the many names that fields have.
//!
//! The names are those that German and English forms, spreadsheets and lead ads use. Knows nothing of values but how the
//! name of a person is taken apart.

use alloc::string::String;

/// The properties of a contact, each with the other names that it has, in small letters without marks.
const PROPERTIES: &[(&str, &[&str])] = &[
    ("name", &["fullname", "yourname", "contactname", "ihrname", "vollername"]),
    ("first_name", &["firstname", "givenname", "forename", "vorname"]),
    ("last_name", &["lastname", "surname", "familyname", "nachname", "familienname", "zuname"]),
    (
        "email",
        &["mail", "emailaddress", "workemail", "businessemail", "emailadresse", "mailadresse"],
    ),
    (
        "phone",
        &[
            "phonenumber",
            "workphone",
            "workphonenumber",
            "telephone",
            "tel",
            "mobile",
            "mobilephone",
            "telefon",
            "telefonnummer",
            "rufnummer",
            "mobil",
            "handy",
            "mobilnummer",
        ],
    ),
    (
        "company",
        &[
            "companyname",
            "organisation",
            "organization",
            "firma",
            "firmenname",
            "unternehmen",
            "betrieb",
        ],
    ),
    ("job_title", &["jobtitle", "position", "jobrole", "role", "funktion", "beruf"]),
    ("website", &["url", "web", "homepage", "webseite", "internet"]),
    (
        "street",
        &["streetaddress", "address", "addressline1", "strasse", "straße", "anschrift", "adresse"],
    ),
    ("postcode", &["zip", "zipcode", "postalcode", "plz", "postleitzahl"]),
    ("city", &["town", "ort", "stadt", "wohnort"]),
    ("country", &["countrycode", "land", "staat"]),
    (
        "message",
        &[
            "comment",
            "comments",
            "note",
            "notes",
            "inquiry",
            "nachricht",
            "anfrage",
            "bemerkung",
            "text",
        ],
    ),
];

/// The property that a field of this name holds: `E-Mail`, `work_email` and `mail` all hold `email`.
pub fn property(name: &str) -> Option<&'static str> {
    let plain = plain(name);
    let found = PROPERTIES.iter().find(|(property, names)| {
        self::plain(property) == plain || names.contains(&plain.as_str())
    });
    found.map(|(property, _)| *property)
}

/// A name without case and without marks, so that `E-Mail` and `e_mail` are one.
pub fn plain(name: &str) -> String {
    let chars = name.chars().flat_map(char::to_lowercase);
    chars.filter(|char| char.is_alphanumeric()).collect()
}

/// A whole name as first and last name: `Anna von der Heide`, `Heide, Anna`. What stands alone is the last name.
pub fn split_name(name: &str) -> (String, String) {
    let trimmed = |text: &str| String::from(text.trim());
    if let Some((last, first)) = name.split_once(',') {
        return (trimmed(first), trimmed(last));
    }
    let name = name.trim();
    // A family name begins at its first particle, else at the last word.
    let particle = name.match_indices(' ').find(|(at, _)| {
        let next = name.get(at + 1..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        ["von", "vom", "van", "zu", "zum", "zur", "de", "del", "della", "di", "da", "dos", "den"]
            .contains(&next)
    });
    let at = particle.map(|(at, _)| at).or_else(|| name.rfind(' '));
    match at.and_then(|at| Some((name.get(..at)?, name.get(at..)?))) {
        Some((first, last)) => (trimmed(first), trimmed(last)),
        None => (String::new(), name.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_by_their_many_names() {
        for (name, expected) in [
            ("email", Some("email")),
            ("E-Mail", Some("email")),
            ("WORK_EMAIL", Some("email")),
            ("full_name", Some("name")),
            ("Vorname", Some("first_name")),
            ("Straße", Some("street")),
            ("PLZ", Some("postcode")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(property(name), expected, "{name}");
        }
    }

    #[test]
    fn names_are_taken_apart_with_their_particles() {
        for (name, first, last) in [
            ("Ada Lovelace", "Ada", "Lovelace"),
            ("Anna Maria von der Heide", "Anna Maria", "von der Heide"),
            ("Müller, Jörg", "Jörg", "Müller"),
            ("Cher", "", "Cher"),
            (" ", "", ""),
        ] {
            assert_eq!(split_name(name), (first.into(), last.into()), "{name}");
        }
    }
}
