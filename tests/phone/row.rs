//! One number as one line of fields, as `oracle.py` writes it.

use leadkit::check::phone::{Length, Phone};

/// What the check says about a text.
pub fn row(text: &str, country: &str) -> String {
    let phone = match Phone::parse(text, Some(country)) {
        Ok(phone) => phone,
        Err(problem) => return format!("!{}", problem.code()),
    };
    let length = match phone.length() {
        Length::Possible => "possible",
        Length::Local => "local",
        Length::TooShort => "too_short",
        Length::TooLong => "too_long",
        Length::Wrong => "wrong",
    };
    [
        phone.e164().as_str(),
        phone.extension().unwrap_or_default().as_str(),
        length,
        phone.kind().map_or("", |kind| kind.name()),
        phone.region().unwrap_or_default(),
    ]
    .join("\t")
}
