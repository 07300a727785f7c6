//! IBAN (ISO 13616): the length and the kinds of signs of its country, the check digits, and national ones.
//!
//! Whether the bank or the account exists is not decided here.
//! Structures: <https://www.swift.com/standards/data-standards/iban-international-bank-account-number>

use alloc::string::String;

use super::{
    digit::{self, is_luhn, mod_97, remainder, sum},
    text,
};

/// What is known about an IBAN.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IbanAnswer {
    /// The electronic form: upper case, no spaces.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The print form: groups of four.
    pub printed: String,
}

/// Judges an IBAN as it was typed, in any grouping, with or without the word before it.
///
/// ```
/// use leadkit::check::iban;
/// let answer = iban::check("IBAN: de89 3704 0044 0532 0130 00");
/// assert_eq!((answer.problem, answer.value.as_str()), (None, "DE89370400440532013000"));
/// ```
pub fn check(text: &str) -> IbanAnswer {
    let mut value = text::compact(text);
    if let Some(bare) = value.strip_prefix("IBAN") {
        value = bare.into();
    }
    let problem = problem(&value);
    let mut printed = String::new();
    for (at, c) in value.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            printed.push(' ');
        }
        printed.push(c);
    }
    IbanAnswer { value, problem, printed }
}

/// Country, then per run of equal signs its length and kind: `n` digits, `a` letters, `c` either.
const STRUCTURES: &str = "AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c \
    CH5n12c CR18n CY8n16c CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n \
    GE2a16n GI4a15c GL14n GR7n16c GT24c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c \
    KZ3n13c LB4n20c LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD20c ME18n MK3n10c2n MN16n MR23n \
    MT4a5n18c MU4a19n3a NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c \
    SA2n18c SC4a20n3a SD14n SE20n SI15n SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n \
    VG4a16n XK16n YE4a4n18c";

fn problem(value: &str) -> Option<&'static str> {
    let Some((country, rest)) = value.split_at_checked(2) else { return Some("iban.syntax") };
    let Some(structure) = STRUCTURES.split(' ').find_map(|s| s.strip_prefix(country)) else {
        let is_country = country.bytes().all(|b| b.is_ascii_uppercase());
        return Some(if is_country { "iban.country" } else { "iban.syntax" });
    };
    let Some((check_digits, account)) = rest.split_at_checked(2) else {
        return Some("iban.length");
    };
    if digit::all(check_digits).is_none() {
        return Some("iban.syntax");
    }
    if let Err(code) = fits(account, structure) {
        return Some(code);
    }
    let is_right =
        mod_97([account, country, check_digits]) == 1 && is_nationally_right(country, account);
    (!is_right).then_some("iban.checksum")
}

fn fits(account: &str, structure: &str) -> Result<(), &'static str> {
    let mut signs = account.bytes();
    let mut length = 0;
    let mut kinds_fit = true;
    for byte in structure.bytes() {
        if byte.is_ascii_digit() {
            length = length * 10 + usize::from(byte - b'0');
            continue;
        }
        for _ in 0..length {
            let sign = signs.next().ok_or("iban.length")?;
            kinds_fit &= match byte {
                b'n' => sign.is_ascii_digit(),
                b'a' => sign.is_ascii_uppercase(),
                _ => sign.is_ascii_digit() || sign.is_ascii_uppercase(),
            };
        }
        length = 0;
    }
    match (signs.next(), kinds_fit) {
        (Some(_), _) => Err("iban.length"),
        (None, false) => Err("iban.syntax"),
        (None, true) => Ok(()),
    }
}

/// National check digits, where every bank of the country uses them.
fn is_nationally_right(country: &str, account: &str) -> bool {
    match country {
        "BE" => match digit::all(account).as_deref() {
            Some([number @ .., a, b]) => {
                let rest = remainder(number, 97);
                a * 10 + b == if rest == 0 { 97 } else { rest }
            }
            _ => false,
        },
        "ME" => mod_97([account]) == 1,
        "ES" => is_right_in_spain(account),
        "NO" => is_right_in_norway(account),
        _ => true,
    }
}

/// Both digits of the `CCC`: one for bank and branch, one for the account.
fn is_right_in_spain(account: &str) -> bool {
    // The weights are the powers of two by 11.
    let digit = |number: &[u32], weights: &str| match sum(number, weights) % 11 {
        rest @ 0..2 => rest,
        rest => 11 - rest,
    };
    let digits = digit::all(account).unwrap_or_default();
    match digits.split_at_checked(8) {
        Some((bank, [first, second, number @ ..])) => {
            digit(bank, "485A9736") == *first && digit(number, "12485A9736") == *second
        }
        _ => false,
    }
}

/// The last digit of an account number; after `0000` an old postal account, by the Luhn formula.
fn is_right_in_norway(account: &str) -> bool {
    match digit::all(account).as_deref() {
        Some([0, 0, 0, 0, postal @ ..]) => is_luhn(postal),
        Some([number @ .., check]) => sum(number, "6789456789") % 11 == *check,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_problem(text: &str, expected: Option<&'static str>) {
        assert_eq!(check(text).problem, expected, "{text}");
    }

    #[test]
    fn right_numbers_of_many_countries_are_taken() {
        for text in [
            "DE89 3704 0044 0532 0130 00",
            "AT611904300234573201",
            "GB29 NWBK 6016 1331 9268 19",
            "be68 5390 0754 7034",
            "ES9121000418450200051332",
            "NO93 8601 1117 947",
            "FR14 2004 1010 0505 0001 3M02 606",
            "MT84MALT011000012345MTLCAST001S",
            "ME25505000012345678951",
        ] {
            check_problem(text, None);
        }
    }

    #[test]
    fn the_printed_form_has_groups_of_four() {
        assert_eq!(check("NO9386011117947").printed, "NO93 8601 1117 947");
    }

    #[test]
    fn each_fault_has_its_code() {
        check_problem("", Some("iban.syntax"));
        check_problem("D", Some("iban.syntax"));
        check_problem("ÄÖ12", Some("iban.syntax"));
        check_problem("1234", Some("iban.syntax"));
        check_problem("US12345678", Some("iban.country"));
        check_problem("DE8", Some("iban.length"));
        check_problem("DE89 3704 0044 0532 0130 0", Some("iban.length"));
        check_problem("DE89 3704 0044 0532 0130 000", Some("iban.length"));
        check_problem("DE89 3704 0044 0532 0130 0X", Some("iban.syntax"));
        check_problem("DE88 3704 0044 0532 0130 00", Some("iban.checksum"));
        check_problem("GR16011010500000ä0547023795", Some("iban.length"));
    }

    #[test]
    fn national_check_digits_count() {
        check_problem("ES8221000418450200051331", Some("iban.checksum"));
        check_problem("NO6686011117948", Some("iban.checksum"));
    }
}
