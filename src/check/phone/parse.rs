//! From what was typed to a calling code and a national number, step by step as libphonenumber does it.

use alloc::vec::Vec;

use super::{
    Length, Phone, pattern,
    table::{Field, Region},
    text,
};

/// The longest text that is read, in characters.
const LONGEST_TEXT: usize = 250;
/// The fewest digits of a national number.
const FEWEST: usize = 2;
/// The most digits of a national number: the plans of some countries exceed the 15 of E.164.
const MOST: usize = 17;

/// Why a text is no telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneProblem {
    /// Not a number at all.
    Unreadable,
    /// The calling code does not exist, or it is missing and no country was given.
    Country,
    /// Fewer digits than a number has.
    TooShort,
    /// More digits than a number has.
    TooLong,
    /// The length would do, but no such number is given out.
    Unknown,
}

impl PhoneProblem {
    /// A stable code, such as `phone.too_short`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "phone.syntax",
            Self::Country => "phone.country",
            Self::TooShort => "phone.too_short",
            Self::TooLong => "phone.too_long",
            Self::Unknown => "phone.invalid",
        }
    }
}

pub(super) fn parse(typed: &str, region: Option<Region>) -> Result<Phone, PhoneProblem> {
    let typed: Vec<char> = typed.chars().take(LONGEST_TEXT + 1).collect();
    if typed.len() > LONGEST_TEXT {
        return Err(PhoneProblem::TooLong);
    }
    let mut number = strip_rfc3966(&typed)?;
    if let Some(at @ 1..) = text::find(&number, ";isub=") {
        number.truncate(at);
    }
    if !text::viable(&number) {
        return Err(PhoneProblem::Unreadable);
    }
    if region.is_none() && !number.first().copied().is_some_and(text::plus) {
        return Err(PhoneProblem::Country);
    }
    let (number, extension) = text::extension(&number).unwrap_or((&number, &[]));
    let mut digits = Vec::new();
    let code = match calling_code(number, region, &mut digits) {
        Err(PhoneProblem::Country) => {
            let pluses = number.iter().take_while(|c| text::plus(**c)).count();
            let rest = number.get(pluses..).unwrap_or_default();
            let again = if pluses > 0 { calling_code(rest, region, &mut digits)? } else { None };
            Some(again.ok_or(PhoneProblem::Country)?)
        }
        code => code?,
    };
    let region = if let Some(code) = code {
        Region::with_code(code).next()
    } else {
        digits.clear();
        text::digits(number, &mut digits);
        region
    };
    let region = region.ok_or(PhoneProblem::Country)?;
    if digits.len() < FEWEST {
        return Err(PhoneProblem::TooShort);
    }
    if let Some(rest) = without_prefix(&digits, region)
        && matches!(length(region, rest.len()), Length::Possible | Length::TooLong)
    {
        digits = rest;
    }
    match digits.len() {
        ..FEWEST => Err(PhoneProblem::TooShort),
        FEWEST..=MOST => {
            let extension = extension.iter().filter_map(|c| text::digit(*c)).collect();
            Ok(Phone { code: code.unwrap_or_else(|| region.code()), national: digits, extension })
        }
        _ => Err(PhoneProblem::TooLong),
    }
}

/// The part of the text that holds the number, with the prefix that an RFC 3966 context gives in front of it.
fn strip_rfc3966(typed: &[char]) -> Result<Vec<char>, PhoneProblem> {
    const CONTEXT: &str = ";phone-context=";
    let Some(at) = text::find(typed, CONTEXT) else { return Ok(text::candidate(typed).to_vec()) };
    let context = typed.get(at + CONTEXT.len()..).unwrap_or_default();
    let context = context.split(|c| *c == ';').next().unwrap_or_default();
    if !text::context(context) {
        return Err(PhoneProblem::Unreadable);
    }
    let mut number = Vec::new();
    if context.first() == Some(&'+') {
        number.extend_from_slice(context);
    }
    let start = text::find(typed, "tel:").map_or(0, |at| at + 4);
    number.extend_from_slice(typed.get(start..at).unwrap_or_default());
    Ok(number)
}

/// Finds the calling code and leaves the digits behind it, if the number begins with one.
fn calling_code(
    number: &[char],
    region: Option<Region>,
    digits: &mut Vec<u8>,
) -> Result<Option<u16>, PhoneProblem> {
    let pluses = number.iter().take_while(|c| text::plus(**c)).count();
    digits.clear();
    text::digits(number.get(pluses..).unwrap_or_default(), digits);
    let idd = match region.and_then(|region| region.field(Field::Idd)) {
        Some(idd) if pluses == 0 => pattern::prefix(idd, digits).map(|found| found.end),
        _ => None,
    };
    let idd = idd.filter(|end| digits.get(*end) != Some(&b'0'));
    if pluses > 0 || idd.is_some() {
        digits.drain(..idd.unwrap_or(0).min(digits.len()));
        if digits.len() <= FEWEST {
            return Err(PhoneProblem::TooShort);
        }
        let (code, length) = leading_code(digits).ok_or(PhoneProblem::Country)?;
        digits.drain(..length);
        return Ok(Some(code));
    }
    // A number that only fits the plan without the calling code of the country was typed with it.
    let Some(region) = region else { return Ok(None) };
    let code = region.code();
    let mut start = alloc::string::String::new();
    super::push_code(&mut start, code);
    if let Some(rest) = digits.strip_prefix(start.as_bytes()) {
        let rest = without_prefix(rest, region).unwrap_or_else(|| rest.to_vec());
        let fits = !region.matches(digits) && region.matches(&rest);
        if fits || length(region, digits.len()) == Length::TooLong {
            *digits = rest;
            return Ok(Some(code));
        }
    }
    Ok(None)
}

/// The calling code that the digits begin with, and how many it has.
pub(super) fn leading_code(digits: &[u8]) -> Option<(u16, usize)> {
    let mut code = 0;
    for (length, digit) in (1..=3).zip(digits) {
        code = code * 10 + u16::from(digit & 15);
        if code == 0 {
            return None;
        }
        if Region::with_code(code).next().is_some() {
            return Some((code, length));
        }
    }
    None
}

/// The number without what is dialled before it inside the country, unless only the number with it fits the plan.
fn without_prefix(digits: &[u8], region: Region) -> Option<Vec<u8>> {
    let found = pattern::prefix(region.field(Field::Prefix)?, digits)?;
    let mut rest = Vec::new();
    if let Some((from, to)) = found.taken
        && let Some(transform) = region.field(Field::Transform)
    {
        rest.extend(transform.iter().take_while(|byte| byte.is_ascii_digit()));
        rest.extend_from_slice(digits.get(from..to)?);
    }
    rest.extend_from_slice(digits.get(found.end..)?);
    let lost = region.matches(digits) && !region.matches(&rest);
    (!lost).then_some(rest)
}

/// How this many digits fit the plan of a region.
pub(super) fn length(region: Region, digits: usize) -> Length {
    let any = [b'0'; MOST + 1];
    let fits = |field, digits: usize| {
        let any = any.get(..digits).unwrap_or(&any);
        region.field(field).is_some_and(|lengths| pattern::whole(lengths, any))
    };
    if fits(Field::Local, digits) {
        return Length::Local;
    }
    if fits(Field::Lengths, digits) {
        return Length::Possible;
    }
    if !(0..digits).any(|fewer| fits(Field::Lengths, fewer)) {
        return Length::TooShort;
    }
    if !(digits..=MOST).any(|more| fits(Field::Lengths, more)) {
        return Length::TooLong;
    }
    Length::Wrong
}
