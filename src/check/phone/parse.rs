//! From what was typed to a calling code and a national number, step by step as libphonenumber does it.

use super::{
    Length, Phone, pattern,
    short::{Line, Short},
    table::{Field, Region},
    text,
};

/// The longest text that is read, in characters.
const LONGEST_TEXT: usize = 250;
/// The fewest digits of a national number.
const FEWEST: usize = 2;
/// The most digits of a national number: the plans of some countries exceed the 15 of E.164.
pub(super) const MOST: usize = 17;

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

/// The characters of a text, or of what is left of it.
pub(crate) type Text = Short<char, { LONGEST_TEXT + 1 }>;

pub(super) fn parse(text: &Text, region: Option<Region>) -> Result<Phone, PhoneProblem> {
    if text.as_slice().len() > LONGEST_TEXT {
        return Err(PhoneProblem::TooLong);
    }
    let number = strip_rfc3966(text)?;
    let mut number = number.as_slice();
    if let Some(at @ 1..) = text::find(number, b";isub=") {
        number = number.get(..at).unwrap_or_default();
    }
    if !text::viable(number) {
        return Err(PhoneProblem::Unreadable);
    }
    let pluses = text::pluses(number);
    if region.is_none() && pluses == 0 {
        return Err(PhoneProblem::Country);
    }
    let (number, extension) = text::extension(number).unwrap_or((number, &[]));
    let without_plus = number.get(pluses..).unwrap_or_default();
    let mut digits = text::digits(without_plus);
    let found = match calling_code(&mut digits, pluses > 0, region) {
        // Somebody may have put a plus before the digits that are dialled to call abroad.
        Err(PhoneProblem::Country) if pluses > 0 => calling_code(&mut digits, false, region)
            .and_then(|code| code.ok_or(PhoneProblem::Country).map(Some)),
        found => found,
    };
    let code = found?;
    let region = code.map_or(region, Region::with_code).ok_or(PhoneProblem::Country)?;
    if code.is_none() {
        digits = text::digits(number);
    }
    if digits.as_slice().len() < FEWEST {
        return Err(PhoneProblem::TooShort);
    }
    if let Some(rest) = without_prefix(digits.as_slice(), region)
        && matches!(length(region, rest.as_slice().len()), Length::Possible | Length::TooLong)
    {
        digits = rest;
    }
    let digits = digits.as_slice();
    match digits.len() {
        ..FEWEST => Err(PhoneProblem::TooShort),
        FEWEST..=MOST => {
            let extension = text::digits(extension);
            Ok(Phone {
                code: code.unwrap_or_else(|| region.code()),
                national: Short::from(digits, 0),
                extension: Short::from(extension.as_slice(), 0),
            })
        }
        _ => Err(PhoneProblem::TooLong),
    }
}

/// The part of the text that holds the number, with the prefix that an RFC 3966 context gives in front of it.
fn strip_rfc3966(typed: &Text) -> Result<Text, PhoneProblem> {
    const CONTEXT: &[u8] = b";phone-context=";
    let typed = typed.as_slice();
    let Some(at) = text::find(typed, CONTEXT) else {
        return Ok(Text::from(text::candidate(typed), 0));
    };
    let context = typed.get(at + CONTEXT.len()..).unwrap_or_default();
    let end = text::find(context, b";").unwrap_or(context.len());
    let context = context.get(..end).unwrap_or_default();
    if !text::context(context) {
        return Err(PhoneProblem::Unreadable);
    }
    let mut number = Text::new();
    if context.first() == Some(&'+') {
        number.extend(context);
    }
    let start = text::find(typed, b"tel:").map_or(0, |at| at + 4);
    number.extend(typed.get(start..at).unwrap_or_default());
    Ok(number)
}

/// Finds the calling code and leaves the digits behind it, if the number begins with one.
fn calling_code(
    digits: &mut Line,
    plus: bool,
    region: Option<Region>,
) -> Result<Option<u16>, PhoneProblem> {
    let all = digits.as_slice();
    let abroad = if plus {
        Some(0)
    } else {
        let idd = region.and_then(|region| region.field(Field::Idd));
        idd.and_then(|idd| pattern::prefix(idd, all))
            .map(|found| found.end)
            .filter(|end| all.get(*end) != Some(&b'0'))
    };
    if let Some(start) = abroad {
        *digits = Line::from(all, start);
        let all = digits.as_slice();
        if all.len() <= FEWEST {
            return Err(PhoneProblem::TooShort);
        }
        let (code, length) = leading_code(all).ok_or(PhoneProblem::Country)?;
        *digits = Line::from(all, length);
        return Ok(Some(code));
    }
    // A number that only fits the plan without the calling code of the country was typed with it.
    let Some(region) = region else { return Ok(None) };
    let code = region.code();
    let mut start = Line::new();
    super::push_code(&mut start, code);
    if !all.starts_with(start.as_slice()) {
        return Ok(None);
    }
    let rest = Line::from(all, start.as_slice().len());
    let rest = without_prefix(rest.as_slice(), region).unwrap_or(rest);
    let fits = !region.matches(all) && region.matches(rest.as_slice());
    if fits || length(region, all.len()) == Length::TooLong {
        *digits = rest;
        return Ok(Some(code));
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
        if Region::with_code(code).is_some() {
            return Some((code, length));
        }
    }
    None
}

/// The number without what is dialled before it inside the country, unless only the number with it fits the plan.
fn without_prefix(digits: &[u8], region: Region) -> Option<Line> {
    let found = pattern::prefix(region.field(Field::Prefix)?, digits)?;
    let mut rest = Line::new();
    if let Some((from, to)) = found.taken
        && let Some(transform) = region.field(Field::Transform)
    {
        for byte in transform {
            if !byte.is_ascii_digit() {
                break;
            }
            rest.push(*byte);
        }
        rest.extend(digits.get(from..to)?);
    }
    rest.extend(digits.get(found.end..)?);
    let lost = region.matches(digits) && !region.matches(rest.as_slice());
    (!lost).then_some(rest)
}

/// How this many digits fit the plan of a region.
pub(super) fn length(region: Region, digits: usize) -> Length {
    let lengths = |field| region.field(field).map_or(0, pattern::lengths);
    let digits = digits.min(MOST + 1);
    if lengths(Field::Local) >> digits & 1 == 1 {
        return Length::Local;
    }
    let all = lengths(Field::Lengths);
    let longer = all >> digits;
    if longer & 1 == 1 {
        Length::Possible
    } else if longer << digits == all {
        Length::TooShort
    } else if longer == 0 {
        Length::TooLong
    } else {
        Length::Wrong
    }
}
