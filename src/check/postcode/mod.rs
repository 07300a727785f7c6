//! Postcodes of every country that has a scheme.
//!
//! Decides whether the signs fit the scheme of the country; whether the code was given to a place is not decided.
//! `schemes.txt` is made by `pkg-scripts/data/checks/postcodes.py` from the address data of Google. A line holds the
//! countries of a pattern, `~` and the pattern: `#` a digit, `@` a letter, `[…]` one of these, `(…|…)` either, `?` behind what may
//! be missing; a space or hyphen belongs into the normal form and may be typed or not.

mod pattern;

use alloc::string::String;

use super::text;

/// What is known about a postcode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostcodeAnswer {
    /// The normal form of the country; as typed, in upper case, where the country has no scheme or is not known.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The code that was probably meant.
    pub suggestion: Option<String>,
    /// Whether there was a scheme to judge by.
    pub is_judged: bool,
}

const SCHEMES: &str = include_str!("schemes.txt");

/// Judges a postcode as it was typed. `country` is ISO 3166-1 alpha-2 in any case, or empty. The country before the code
/// (`D-80331`) does not count.
///
/// ```
/// use leadkit::check::postcode;
/// assert_eq!(postcode::check("ec1a1bb", "GB").value, "EC1A 1BB");
/// assert_eq!(postcode::check("8033", "DE").problem, Some("postcode.syntax"));
/// ```
pub fn check(typed: &str, country: &str) -> PostcodeAnswer {
    let country = country.to_ascii_uppercase();
    let value = text::trim(typed).to_ascii_uppercase();
    let Some(pattern) = scheme(&country) else {
        return PostcodeAnswer { value, ..PostcodeAnswer::default() };
    };
    let compact = text::compact(typed);
    let fits = |code: &str| pattern::normal_form(pattern, code);
    // Some codes begin with the letters of the country, which people leave out; most do not, and people add them.
    let bare = || fits(without_country(&compact, &country)?);
    let with_country = || fits(&[country.as_str(), &compact].concat());
    if let Some(value) = fits(&compact).or_else(bare).or_else(with_country) {
        return PostcodeAnswer { value, is_judged: true, ..PostcodeAnswer::default() };
    }
    // What tables do to codes: the zero in front is lost.
    let padded = ["0", &compact].concat();
    let suggestion =
        fits(&padded).or_else(|| fits(&compact.replace('O', "0").replace(['I', 'L'], "1")));
    PostcodeAnswer { value, problem: Some("postcode.syntax"), suggestion, is_judged: true }
}

fn scheme(country: &str) -> Option<&'static str> {
    let is_of =
        |countries: &str| countries.as_bytes().chunks(2).any(|two| two == country.as_bytes());
    let schemes = SCHEMES.lines().filter_map(|line| line.split_once('~'));
    schemes.filter(|(countries, _)| is_of(countries)).map(|(_, pattern)| pattern).next()
}

/// Takes off the country, in the letters of ISO or of number plates.
fn without_country<'a>(compact: &'a str, country: &str) -> Option<&'a str> {
    let at = compact.bytes().position(|byte| byte.is_ascii_digit())?;
    let (letters, code) = compact.split_at_checked(at)?;
    (country.starts_with(letters) || (country, letters) == ("LI", "FL")).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_value(typed: &str, country: &str, expected: &str) {
        let answer = check(typed, country);
        assert_eq!((answer.problem, answer.value.as_str()), (None, expected), "{typed}");
    }

    #[track_caller]
    fn check_suggestion(typed: &str, country: &str, expected: Option<&str>) {
        let answer = check(typed, country);
        assert_eq!(answer.problem, Some("postcode.syntax"), "{typed}");
        assert_eq!(answer.suggestion.as_deref(), expected, "{typed}");
    }

    #[test]
    fn codes_come_out_in_the_form_of_their_country() {
        check_value(" 80331 ", "de", "80331");
        check_value("sw1a1aa", "GB", "SW1A 1AA");
        check_value("k1a-0b1", "CA", "K1A 0B1");
        check_value("1234ab", "NL", "1234 AB");
        check_value("00950", "PL", "00-950");
        check_value("１５４－００２３", "JP", "154-0023");
        check_value("221621010", "US", "22162-1010");
        check_value("75 008", "FR", "75008");
        check_value("17600", "CZ", "176 00");
    }

    #[test]
    fn a_country_before_the_code_may_stand_or_lack() {
        check_value("D-80331", "DE", "80331");
        check_value("CH 8001", "CH", "8001");
        check_value("FL-9490", "LI", "9490");
        check_value("LV1001", "LV", "LV-1001");
        check_value("1001", "LV", "LV-1001");
        check_value("2640", "AI", "2640");
    }

    #[test]
    fn what_tables_and_eyes_confuse_is_suggested() {
        check_suggestion("1067", "DE", Some("01067"));
        check_suggestion("8O331", "DE", Some("80331"));
        check_suggestion("F-80331", "DE", None);
        check_suggestion("", "DE", None);
    }

    #[test]
    fn without_a_scheme_nothing_is_judged() {
        let answer = check(" ab 1", "HK");
        assert_eq!((answer.value.as_str(), answer.is_judged), ("AB 1", false));
        assert!(!check("1", "").is_judged);
        assert!(!check("1", "ÄÖÜ").is_judged);
    }
}
