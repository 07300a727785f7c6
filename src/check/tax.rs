//! Tax and company numbers of the countries whose VAT numbers are judged: VAT numbers, and what else a country gives to
//! those who pay taxes or run a company, with check digits.
//!
//! Where the number of a company is its VAT number without the prefix (Belgium, Denmark, Finland, Poland, Portugal and
//! most others), [`vat`] knows it. Whether the number was given to anybody is not decided here.

use alloc::string::String;

use super::{
    digit::{self, is_day, is_luhn, sum},
    text, vat,
};

/// What is known about a tax or company number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxAnswer {
    /// The number in upper case and without separators; a VAT number has its prefix.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// What it is: `vat`, or the name of a national number such as `siren`.
    pub scheme: Option<&'static str>,
    /// Whether the rules of the country are known; a number of another country is taken as it is.
    pub is_judged: bool,
}

/// A rule on digits.
type Rule = fn(&[u32]) -> bool;

/// Country, number of digits, name, and the rule on them.
const RULES: [(&str, usize, &str, Rule); 14] = [
    ("AT", 9, "abgabenkonto", is_austrian),
    ("DE", 10, "steuernummer", |_| true),
    ("DE", 11, "steuernummer", |_| true),
    ("DE", 13, "steuernummer", is_german),
    ("EE", 8, "registrikood", is_estonian),
    ("FR", 9, "siren", is_luhn),
    ("FR", 14, "siret", is_siret),
    ("GB", 10, "utr", |d| d.split_first().is_some_and(|(check, d)| *check == utr(d))),
    ("NL", 9, "rsin", |d| sum(d, "98765432A").is_multiple_of(11) && d.iter().any(|d| *d > 0)),
    ("PL", 9, "regon", is_regon),
    ("PL", 14, "regon", |d| {
        d.get(..9).is_some_and(is_regon) && is_last(d, sum(front(d), "2485097361248") % 11 % 10)
    }),
    ("SE", 10, "orgnr", is_luhn),
    ("SI", 7, "maticna", is_slovene),
    ("SI", 10, "maticna", |d| d.get(..7).is_some_and(is_slovene)),
];

/// Judges a number as it was typed. `country` (ISO 3166-1 alpha-2 in any case, or empty) is where it belongs; a VAT number
/// may name its country itself.
///
/// ```
/// use leadkit::check::tax;
/// let answer = tax::check("732 829 320 00074", "fr");
/// assert_eq!((answer.problem, answer.scheme), (None, Some("siret")));
/// ```
pub fn check(text: &str, country: &str) -> TaxAnswer {
    let compact = text::compact(text);
    let country = country.to_ascii_uppercase();
    let national = national(&compact, &country);
    if let Some((scheme, true)) = national {
        let value = if scheme == "utr" { compact.trim_end_matches('K').into() } else { compact };
        return TaxAnswer { value, problem: None, scheme: Some(scheme), is_judged: true };
    }
    let answer = vat::check(text, &country);
    let problem = match answer.problem {
        None => {
            let scheme = Some("vat");
            return TaxAnswer { value: answer.value, problem: None, scheme, is_judged: true };
        }
        Some("vat.country") if country.is_empty() => Some("tax_id.country"),
        Some("vat.country") => None,
        Some("vat.syntax") if national.is_none() => Some("tax_id.syntax"),
        Some(_) => Some("tax_id.checksum"),
    };
    TaxAnswer { value: compact, problem, scheme: None, is_judged: problem.is_some() }
}

/// The national number that has this form, and whether its check digit is right.
fn national(compact: &str, country: &str) -> Option<(&'static str, bool)> {
    if country == "IT" && compact.len() == 16 {
        return italian(compact).map(|is_right| ("codice_fiscale", is_right));
    }
    let body = if country == "GB" { compact.trim_end_matches('K') } else { compact };
    let digits = digit::all(body)?;
    let rule = RULES.iter().find(|rule| rule.0 == country && rule.1 == digits.len())?;
    Some((rule.2, rule.3(&digits)))
}

fn front(digits: &[u32]) -> &[u32] {
    digits.split_last().map_or(digits, |(_, front)| front)
}

fn is_last(digits: &[u32], expected: u32) -> bool {
    digits.last() == Some(&expected)
}

/// The first two digits are those of a tax office.
/// <https://de.wikipedia.org/wiki/Abgabenkontonummer>
fn is_austrian(d: &[u32]) -> bool {
    const OFFICES: &str = "03 04 06 07 08 09 10 12 15 16 18 22 23 29 33 38 41 46 51 52 53 54 57 59 61 65 67 68 69 71 72 \
        81 82 83 84 90 91 93 97 98";
    let mut offices = OFFICES.split(' ').filter_map(digit::all);
    is_luhn(d) && offices.any(|office| d.starts_with(&office))
}

/// The form for all of Germany: the country of the federation, the office, a zero. Its check digit depends on the former.
fn is_german(d: &[u32]) -> bool {
    matches!(d, [5 | 9, _, _, _, 0, ..] | [1, 0 | 1, _, _, 0, ..])
        || matches!(d, [2, 1..=4 | 6..=8, _, _, 0, ..] | [3, 0..=2, _, _, 0, ..])
        || matches!(d, [4, 0 | 1, _, _, 0, ..])
}

fn is_estonian(d: &[u32]) -> bool {
    let check = match sum(front(d), "1234567") % 11 {
        10 => sum(front(d), "3456789") % 11 % 10,
        check => check,
    };
    matches!(d, [1 | 7..=9, ..]) && is_last(d, check)
}

/// The offices of the French post have a rule of their own.
fn is_siret(d: &[u32]) -> bool {
    const POST: [u32; 9] = [3, 5, 6, 0, 0, 0, 0, 0, 0];
    let is_office = d.starts_with(&POST) && !d.ends_with(&[0, 0, 0, 4, 8]);
    let is_right = if is_office { d.iter().sum::<u32>().is_multiple_of(5) } else { is_luhn(d) };
    is_right && d.get(..9).is_some_and(is_luhn)
}

fn utr(d: &[u32]) -> u32 {
    const CHECKS: [u32; 11] = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    CHECKS.get((sum(d, "6789A5432") % 11) as usize).copied().unwrap_or_default()
}

fn is_regon(d: &[u32]) -> bool {
    is_last(d, sum(front(d), "89234567") % 11 % 10)
}

fn is_slovene(d: &[u32]) -> bool {
    let rest = sum(front(d), "765432") % 11;
    rest > 0 && is_last(d, (11 - rest) % 10)
}

/// The number of a person: letters of the names, day of birth and sex, place, check letter. Digits may be written as
/// letters where two persons would have the same. `None` for another form.
fn italian(compact: &str) -> Option<bool> {
    // The form: a letter, a digit or what stands for one, a month.
    const FORM: &str = "AAAAAA00M00A000A";
    const DIGITS: &str = "0123456789LMNPQRSTUV";
    const MONTHS: &str = "ABCDEHLMPRST";
    // What digits and letters count in odd places, in base 36; in even places they count what they are.
    const ODD: &str = "10579DFHJL24IKB368CEGAMPON";
    let place = |known: &str, c: char| {
        (0..).zip(known.chars()).find(|(_, known)| *known == c).map(|(at, _): (u32, _)| at)
    };
    let (mut total, mut check) = (0, 0);
    let mut parts = [0; 16];
    for ((at, (c, kind)), part) in compact.chars().zip(FORM.chars()).enumerate().zip(&mut parts) {
        *part = match kind {
            '0' => place(DIGITS, c)? % 10,
            'M' => place(MONTHS, c)?,
            _ => c.is_ascii_uppercase().then_some(0)?,
        };
        // Letters and digits count by their own place in the alphabet, whatever they stand for.
        let own = c.to_digit(36).map(|own| if own < 10 { own } else { own - 10 })?;
        let odd = || ODD.chars().nth(own as usize).and_then(|sign| sign.to_digit(36));
        check = own;
        if at < 15 {
            total += if at % 2 == 0 { odd()? } else { own };
        }
    }
    let [_, _, _, _, _, _, decade, year, month, day_tens, day, ..] = parts;
    let short_year = decade * 10 + year;
    let year = if short_year < 20 { 2000 + short_year } else { 1900 + short_year };
    Some(total % 26 == check && is_day(year, month + 1, (day_tens * 10 + day) % 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_scheme(country: &str, text: &str, expected: &str) {
        let answer = check(text, country);
        assert_eq!((answer.problem, answer.scheme), (None, Some(expected)), "{text}");
    }

    #[track_caller]
    fn check_problem(country: &str, text: &str, expected: &str) {
        assert_eq!(check(text, country).problem, Some(expected), "{text}");
    }

    #[test]
    fn national_numbers_are_taken() {
        check_scheme("AT", "59-119/9013", "abgabenkonto");
        check_scheme("DE", "181/815/08155", "steuernummer");
        check_scheme("DE", "2893081508152", "steuernummer");
        check_scheme("EE", "12345678", "registrikood");
        check_scheme("FR", "732 829 320", "siren");
        check_scheme("FR", "356 000 000 00048", "siret");
        check_scheme("GB", "1955839661K", "utr");
        check_scheme("IT", "rccmnl83s18d969h", "codice_fiscale");
        check_scheme("NL", "1112.22.333", "rsin");
        check_scheme("PL", "192598184", "regon");
        check_scheme("PL", "12345678512347", "regon");
        check_scheme("SE", "123456-7897", "orgnr");
        check_scheme("SI", "9331310000", "maticna");
    }

    #[test]
    fn a_vat_number_is_a_tax_number() {
        check_scheme("", "DE136695976", "vat");
        check_scheme("FI", "2077474-0", "vat");
        check_scheme("CH", "CHE-107.787.577", "vat");
        check_scheme("IT", "00743110157", "vat");
        assert_eq!(check("136 695 976", "DE").value, "DE136695976");
    }

    #[test]
    fn mistakes_are_told_apart() {
        check_problem("FR", "732829321", "tax_id.checksum");
        check_problem("IT", "RCCMNL83S18D969I", "tax_id.checksum");
        check_problem("IT", "RCCMNL83S38D969H", "tax_id.checksum");
        check_problem("DE", "12", "tax_id.syntax");
        check_problem("", "732829320", "tax_id.country");
        check_problem("DE", "", "tax_id.syntax");
    }

    #[test]
    fn a_number_of_a_country_without_rules_is_taken_as_it_is() {
        let answer = check("12-3456789", "US");
        assert_eq!((answer.problem, answer.is_judged), (None, false));
        assert_eq!(answer.value, "123456789");
    }
}
