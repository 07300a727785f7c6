//! Dates of the Gregorian calendar as people write them, by the order of their locale, to ISO 8601.
//!
//! Takes ISO dates, numbers with any signs between them, names of months in the languages of the messages, and Chinese and
//! Japanese forms. A year of two digits is not guessed: it is a problem with a suggestion. There is no clock here; whether
//! a day is past or yet to come, the caller decides by comparing texts.

use alloc::{string::String, vec::Vec};

use super::{digit::is_day, text};

/// What is known about a date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateAnswer {
    /// The date as `YYYY-MM-DD`; the trimmed text where there is a problem.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The date that was probably meant.
    pub suggestion: Option<String>,
}

/// Judges a date as it was typed. `locale` is a BCP 47 tag such as `de-CH`, or empty: then the day comes first.
///
/// ```
/// use leadkit::check::date;
/// assert_eq!(date::check("3.10.2024", "de").value, "2024-10-03");
/// assert_eq!(date::check("10/3/2024", "en-US").value, "2024-10-03");
/// ```
pub fn check(typed: &str, locale: &str) -> DateAnswer {
    let (problem, suggestion) = match read(typed, order(locale)) {
        Ok(value) => return DateAnswer { value, ..DateAnswer::default() },
        Err((problem, suggestion)) => (Some(problem), suggestion),
    };
    DateAnswer { value: text::trim(typed).into(), problem, suggestion }
}

/// What is written first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Day,
    Month,
    Year,
}

/// Languages and regions that do not put the day first.
/// <https://cldr.unicode.org/translation/date-time/date-time-patterns>
fn order(locale: &str) -> Order {
    let locale = locale.to_ascii_lowercase();
    let mut parts = locale.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let region = parts.find(|part| part.len() == 2).unwrap_or_default();
    match (language, region) {
        ("en", "us" | "ph" | "bz" | "") => Order::Month,
        ("en", "ca" | "za") => Order::Year,
        ("zh" | "ja" | "ko" | "hu" | "lt" | "sv" | "fa" | "mn", _) => Order::Year,
        _ => Order::Day,
    }
}

type Fault = (&'static str, Option<String>);

/// A number as it was typed: its value and how many digits it has.
type Number = (u32, usize);

fn read(typed: &str, order: Order) -> Result<String, Fault> {
    let folded = text::fold(text::trim(typed));
    let (numbers, month) = tokens(date_part(&folded)).ok_or(("date.syntax", None))?;
    let ((year, year_digits), month, day) = match (numbers.as_slice(), month) {
        ([(whole, 8)], None) => ((whole / 10_000, 4), whole / 100 % 100, whole % 100),
        ([year @ (_, 4), day], Some(month)) => (*year, month, day.0),
        ([day, year], Some(month)) => (*year, month, day.0),
        ([year @ (_, 4), month, day], None) => (*year, month.0, day.0),
        ([year @ (_, 2), month, day], None) if order == Order::Year => (*year, month.0, day.0),
        ([first, second, year], None) => {
            // Points stand behind days everywhere.
            let is_month_first = order == Order::Month && !folded.contains('.');
            let (day, month) =
                if is_month_first { (second.0, first.0) } else { (first.0, second.0) };
            // Where only one order makes a date, there is no doubt.
            if month > 12 && day <= 12 { (*year, day, month) } else { (*year, month, day) }
        }
        _ => return Err(("date.syntax", None)),
    };
    match year_digits {
        4 => iso(year, month, day).ok_or(("date.day", None)),
        2 => Err(("date.year", iso(if year < PIVOT { 2000 } else { 1900 } + year, month, day))),
        _ => Err(("date.syntax", None)),
    }
}

/// The first short year that is suggested as one of the last century.
const PIVOT: u32 = 40;

/// What stands before the time, where a program wrote both.
fn date_part(folded: &str) -> &str {
    match folded.split_at_checked(10) {
        Some((date, time))
            if date.bytes().filter(|byte| *byte == b'-').count() == 2
                && time.starts_with(['t', ' ']) =>
        {
            date
        }
        _ => folded,
    }
}

/// The numbers and the month that is written as a word; `None` where another word or a second month stands.
fn tokens(folded: &str) -> Option<(Vec<Number>, Option<u32>)> {
    let mut numbers = Vec::new();
    let mut month = None;
    let is_separator =
        |c: char| c.is_whitespace() || ".,/-年月日년월일_'".contains(c) || text::is_dash(c);
    for word in folded.split(is_separator) {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, letters) = word.split_at_checked(digits)?;
        if !digits.is_empty() {
            numbers.push((digits.parse().ok()?, digits.len()));
        }
        if !letters.is_empty() && !FILLERS.contains(&letters) {
            let named = month_of(letters)?;
            if month.replace(named).is_some() {
                return None;
            }
        }
    }
    Some((numbers, month))
}

/// Words that stand between the parts of a date and mean nothing.
const FILLERS: [&str; 11] = ["st", "nd", "rd", "th", "of", "the", "de", "den", "r", "er", "le"];

/// How the names of the months begin in the languages of the messages, folded, one line a month.
const MONTHS: [&str; 12] = [
    "jan ene gen sty",
    "feb fev lut",
    "mar mrz mrt maa",
    "apr avr abr kwi",
    "mai may mag mei maj",
    "jun juin giu cze",
    "jul juil lug lip",
    "aug aou ago sie",
    "sep set wrz",
    "oct okt ott out paz",
    "nov lis",
    "dec dez dic gru",
];

fn month_of(word: &str) -> Option<u32> {
    let begins = |names: &str| names.split(' ').any(|name| word.starts_with(name));
    (1..).zip(MONTHS).find(|(_, names)| begins(names)).map(|(month, _)| month)
}

fn iso(year: u32, month: u32, day: u32) -> Option<String> {
    let mut out = String::new();
    for (value, divisor) in [(year, 1000), (month, 10), (day, 10)] {
        if !out.is_empty() {
            out.push('-');
        }
        let mut divisor = divisor;
        while divisor > 0 {
            out.push(char::from_digit(value / divisor % 10, 10)?);
            divisor /= 10;
        }
    }
    (year > 0 && is_day(year, month, day)).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_value(typed: &str, locale: &str, expected: &str) {
        let answer = check(typed, locale);
        assert_eq!((answer.problem, answer.value.as_str()), (None, expected), "{typed}");
    }

    #[track_caller]
    fn check_problem(typed: &str, problem: &'static str, suggestion: Option<&str>) {
        let answer = check(typed, "de");
        assert_eq!(answer.problem, Some(problem), "{typed}");
        assert_eq!(answer.suggestion.as_deref(), suggestion, "{typed}");
    }

    #[test]
    fn the_locale_decides_the_order_of_day_and_month() {
        check_value("3.4.2024", "de", "2024-04-03");
        check_value("03/04/2024", "en-GB", "2024-04-03");
        check_value("03/04/2024", "en-US", "2024-03-04");
        check_value("03/04/2024", "", "2024-04-03");
        check_value("3.4.2024", "en-US", "2024-04-03");
        check_value("2024/3/4", "ja", "2024-03-04");
    }

    #[test]
    fn what_has_one_meaning_is_read_in_every_locale() {
        check_value("2024-02-29", "de", "2024-02-29");
        check_value("20240229", "de", "2024-02-29");
        check_value("2024-02-29T10:00:00Z", "de", "2024-02-29");
        check_value("2024-02-29 10:00", "de", "2024-02-29");
        check_value("31/12/2024", "en-US", "2024-12-31");
        check_value("12/31/2024", "de", "2024-12-31");
        check_value("2024年2月9日", "de", "2024-02-09");
        check_value("２０２４－０２－０９", "ja", "2024-02-09");
    }

    #[test]
    fn months_are_read_in_the_languages_of_the_messages() {
        for typed in [
            "3. Mai 2024",
            "May 3rd, 2024",
            "3 mai 2024",
            "3 de mayo de 2024",
            "3 maggio 2024",
            "3 mei 2024",
            "3 maja 2024",
            "3 de maio de 2024",
        ] {
            check_value(typed, "de", "2024-05-03");
        }
        check_value("3 juillet 2024", "fr", "2024-07-03");
        check_value("3 juin 2024", "fr", "2024-06-03");
        check_value("1er août 2024", "fr", "2024-08-01");
        check_value("3. März 2024", "de", "2024-03-03");
        check_value("3 października 2024", "pl", "2024-10-03");
    }

    #[test]
    fn each_fault_has_its_code() {
        check_problem("", "date.syntax", None);
        check_problem("morgen", "date.syntax", None);
        check_problem("3.5", "date.syntax", None);
        check_problem("1.2.3.2024", "date.syntax", None);
        check_problem("1.2.20245", "date.syntax", None);
        check_problem("99999999999999999999", "date.syntax", None);
        check_problem("30.2.2024", "date.day", None);
        check_problem("0.1.2024", "date.day", None);
        check_problem("13.13.2024", "date.day", None);
        check_problem("1.5.85", "date.year", Some("1985-05-01"));
        check_problem("1.5.24", "date.year", Some("2024-05-01"));
        check_problem("31.2.24", "date.year", None);
    }
}
