//! Numbers and amounts of money as people write them, by the separators of their locale, to decimal text.
//!
//! No floating point: the text that comes out has every digit that went in. `1.234` is a thousand and more where the dot
//! groups digits, and a little more than one where it begins the fraction.

pub(crate) mod decimal;

use alloc::{string::String, vec::Vec};

use super::text;
use decimal::write;
pub use decimal::{MAX_DIGITS, compare};

/// What is known about a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberAnswer {
    /// The usual form: no plus, no grouping, a dot before the fraction, no useless zeros, no negative zero. The trimmed text
    /// where there is a problem.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The currency that was written with it, as ISO 4217.
    pub currency: Option<String>,
}

/// Judges a number as it was typed. `locale` is a BCP 47 tag such as `de-CH`, or empty: then a single separator begins the
/// fraction, unless three digits follow a comma.
///
/// ```
/// use leadkit::check::number;
/// assert_eq!(number::check("1.234,50", "de").value, "1234.5");
/// assert_eq!(number::check("1.234", "de").value, "1234");
/// assert_eq!(number::check("1.234", "en").value, "1.234");
/// ```
pub fn check(typed: &str, locale: &str) -> NumberAnswer {
    answer(typed, read(typed, locale), None)
}

/// Judges an amount of money: a number with a currency before or behind it, or none, and `k`, `Tsd`, `Mio` for zeros.
///
/// ```
/// use leadkit::check::number;
/// let answer = number::check_money("€ 1,5 Mio.", "de");
/// assert_eq!((answer.value.as_str(), answer.currency.as_deref()), ("1500000", Some("EUR")));
/// ```
pub fn check_money(typed: &str, locale: &str) -> NumberAnswer {
    let is_figure = |c: char| c.is_ascii_digit() || is_separator(c) || matches!(c, '+' | '-' | '−');
    let narrow: String = typed.chars().map(text::narrow).collect();
    let start = narrow
        .find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '−'))
        .unwrap_or_default();
    let (before, rest) = narrow.split_at_checked(start).unwrap_or_default();
    let end = rest.find(|c: char| !is_figure(c) && !c.is_whitespace()).unwrap_or(rest.len());
    let (figures, behind) = rest.split_at_checked(end).unwrap_or_default();
    let mut currency = None;
    let mut zeros = 0;
    let words = before.split_whitespace().chain(behind.split_whitespace());
    for word in words {
        match (currency_of(word), zeros_of(word)) {
            (Some(named), _) if currency.is_none() => currency = Some(named),
            (None, Some(more)) if zeros == 0 => zeros = more,
            _ => return answer(typed, None, None),
        }
    }
    // A full stop or a dash for the cents ends the amount: `100,-`.
    let figures = figures.trim().trim_end_matches(['-', '−']).trim_end_matches(['.', ',']);
    answer(typed, read(figures, locale).and_then(|number| shift(&number, zeros)), currency)
}

fn answer(typed: &str, value: Option<String>, currency: Option<String>) -> NumberAnswer {
    match value {
        Some(value) => NumberAnswer { value, problem: None, currency },
        None => NumberAnswer {
            value: text::trim(typed).into(),
            problem: Some("number.syntax"),
            currency: None,
        },
    }
}

/// Whether the locale begins fractions with a comma.
/// <https://cldr.unicode.org/translation/number-currency-formats/number-symbols>
fn has_comma(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    let mut parts = locale.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let region = parts.find(|part| part.len() == 2).unwrap_or_default();
    match (language, region) {
        (_, "ch" | "li") => false,
        ("es", "mx" | "us" | "gt" | "hn" | "ni" | "pa" | "pe" | "pr" | "sv" | "do") => false,
        ("en", "za") => true,
        (
            "" | "en" | "ja" | "zh" | "ko" | "he" | "th" | "hi" | "bn" | "ta" | "ga" | "cy" | "mt"
            | "ms",
            _,
        ) => false,
        _ => true,
    }
}

/// Signs that group digits or begin the fraction. Spaces and apostrophes only group.
fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '’' | '_' | '٫' | '٬')
}

fn read(typed: &str, locale: &str) -> Option<String> {
    let typed: String =
        typed.chars().filter(|c| !text::is_invisible(*c)).map(text::narrow).collect();
    let typed = typed.trim();
    let (is_negative, figures) = match typed.strip_prefix(['-', '−']) {
        Some(figures) => (true, figures),
        None => (false, typed.strip_prefix('+').unwrap_or(typed)),
    };
    let figures = figures.trim_start().to_ascii_lowercase();
    let (figures, exponent) = match figures.split_once('e') {
        Some((figures, exponent)) => (figures, exponent.parse::<i8>().ok()?),
        None => (figures.as_str(), 0),
    };
    let (whole, fraction) = split(figures, has_comma(locale), locale.is_empty())?;
    let plain = write(is_negative, &whole, fraction)?;
    shift(&plain, exponent)
}

/// The digits before the fraction and those of it.
fn split(figures: &str, has_comma: bool, is_unsure: bool) -> Option<(String, &str)> {
    let mut last = figures.rfind(['.', ',', '٫']);
    if let Some(at) = last {
        let (sign, fraction) =
            (figures.get(at..)?.chars().next()?, figures.get(at..)?.get(1..).unwrap_or_default());
        let begins_fraction = match sign {
            ',' => has_comma,
            '.' => !has_comma,
            _ => true,
        };
        let is_only = figures.matches(is_separator).count() == 1;
        let is_repeated = figures.matches(sign).count() > 1;
        let is_group = fraction.len() == 3 && is_only && !figures.starts_with(['0', sign]);
        if is_repeated || is_group && !begins_fraction && (!is_unsure || sign == ',') {
            last = None;
        }
    }
    let (whole, fraction) = match last {
        Some(at) => {
            let (whole, rest) = figures.split_at_checked(at)?;
            (whole, rest.strip_prefix(['.', ',', '٫'])?)
        }
        None => (figures, ""),
    };
    Some((ungroup(whole)?, fraction))
}

/// Takes the separators out where they stand between groups: three digits at the end, two or three before (as in India).
fn ungroup(whole: &str) -> Option<String> {
    let is_sign = |c: char| is_separator(c) || c.is_whitespace();
    let groups: Vec<&str> = whole.split(is_sign).collect();
    let is_grouped = match groups.as_slice() {
        [_] => true,
        [first, inner @ .., last] => {
            (1..=3).contains(&first.len())
                && last.len() == 3
                && inner.iter().all(|group| matches!(group.len(), 2 | 3))
        }
        [] => false,
    };
    let mut signs =
        whole.chars().filter(|c| is_sign(*c)).map(|c| if c.is_whitespace() { ' ' } else { c });
    let first = signs.next();
    let is_one_sign = signs.all(|sign| Some(sign) == first);
    (is_grouped && is_one_sign).then(|| groups.concat())
}

/// Moves the dot of a number in its usual form to the right, for a negative count to the left.
fn shift(number: &str, places: i8) -> Option<String> {
    if number == "0" {
        return Some(number.into());
    }
    let (is_negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = "0".repeat(usize::from(places.unsigned_abs()));
    let all = if places < 0 {
        [&zeros, whole, fraction].concat()
    } else {
        [whole, fraction, &zeros].concat()
    };
    let dot = if places < 0 { whole.len() } else { whole.len() + zeros.len() };
    let (whole, fraction) = all.split_at_checked(dot)?;
    write(is_negative, whole.trim_start_matches('0'), fraction.trim_end_matches('0'))
}

/// Signs and words of currencies, and their code in ISO 4217.
const CURRENCIES: [(&str, &str); 16] = [
    ("€", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("$", "USD"),
    ("us$", "USD"),
    ("dollar", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₺", "TRY"),
    ("zł", "PLN"),
    ("kč", "CZK"),
    ("ft", "HUF"),
    ("fr", "CHF"),
    ("sfr", "CHF"),
    ("r$", "BRL"),
];

fn currency_of(word: &str) -> Option<String> {
    let word = word.trim_matches('.').to_ascii_lowercase();
    if let Some((_, code)) = CURRENCIES.iter().find(|(sign, _)| *sign == word) {
        return Some((*code).into());
    }
    let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    (is_code && zeros_of(&word).is_none()).then(|| word.to_ascii_uppercase())
}

fn zeros_of(word: &str) -> Option<i8> {
    match word.trim_matches('.').to_ascii_lowercase().as_str() {
        "k" | "tsd" | "tausend" | "thousand" | "mil" | "tys" => Some(3),
        "m" | "mio" | "mln" | "million" | "millionen" => Some(6),
        "mrd" | "bn" | "mld" => Some(9),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
