//! One number as one line of fields, as `oracle.py` writes it.

use leadkit::check::phone::{AsYouType, Formats, Length, Phone};

/// What is shown after each character of a text that is typed.
pub fn typing(text: &str, country: &str, formats: &Formats<'_>) -> String {
    let mut typing = AsYouType::new(formats, Some(country));
    text.chars().map(|c| typing.push(c)).collect::<Vec<_>>().join("|")
}

/// What the check says about a text.
pub fn row(text: &str, country: &str, formats: &Formats<'_>) -> String {
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
        phone.national(formats).as_str(),
        phone.international(formats).as_str(),
    ]
    .join("\t")
}
