//! Is what was typed a telephone number, of which region and kind, and how is it written everywhere?
//!
//! Reads what people type (national or international, with trunk prefix, extension, letters, other digits or text around
//! it) as Google's libphonenumber reads it, with the numbering plans of all regions. Decides what the number is; does
//! not know whether anybody answers it. Formats for people are a table of their own: [`Formats`].
//!
//! ```
//! # use leadkit::check::phone::{Kind, Phone};
//! let phone = Phone::parse("(030) 12 34 56", Some("DE")).unwrap();
//! assert_eq!(phone.e164(), "+4930123456");
//! assert_eq!(phone.kind(), Some(Kind::FixedLine));
//! ```

mod as_you_type;
mod format;
mod kind;
mod parse;
mod pattern;
pub(crate) mod short;
mod table;
mod text;

use alloc::string::String;

pub use as_you_type::AsYouType;
pub use format::{FORMATS, Formats};
pub use kind::Kind;
pub use parse::PhoneProblem;
pub(crate) use parse::Text;
use short::{Line, Short};
use table::{Field, Region};

/// A number that was read; whether it exists is for [`Phone::problem`] to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phone {
    code: u16,
    national: Short<u8, { parse::MOST }>,
    extension: Short<u8, 20>,
}

/// How the length of a number fits the plan of its calling code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Numbers of this length exist.
    Possible,
    /// Such a number can only be dialled nearby: its area code is missing.
    Local,
    /// Shorter than every number.
    TooShort,
    /// Longer than every number.
    TooLong,
    /// Between the lengths of numbers.
    Wrong,
}

impl Phone {
    /// Reads what was typed. A number without a calling code is one of `country`, an ISO 3166 code.
    ///
    /// # Errors
    ///
    /// When no number can be read out of it: not a number at all, of no known country, or of an absurd length.
    pub fn parse(text: &str, country: Option<&str>) -> Result<Self, PhoneProblem> {
        parse::parse(&text.chars().collect(), Region::named(country.unwrap_or_default().as_bytes()))
    }

    pub(crate) fn read(text: &Text, country: &[u8]) -> Result<Self, PhoneProblem> {
        parse::parse(text, Region::named(country))
    }

    /// The answer to one text in fields separated by tabs: problem, E.164, region, kind, extension, and `1` for a possible
    /// length. Without a number there is only the problem.
    #[cfg_attr(not(feature = "phone"), expect(dead_code, reason = "for the phone module alone"))]
    pub(crate) fn answer(text: &Text, country: &[u8]) -> Line {
        let mut out = Line::new();
        match Self::read(text, country) {
            Ok(phone) => {
                let place = phone.place();
                let kind = place.and_then(|(_, kind)| kind);
                out.push_str(if kind.is_some() { "" } else { phone.failure().code() });
                out.push(b'\t');
                phone.push_e164(&mut out);
                out.push(b'\t');
                out.extend(place.map_or(&[], |(region, _)| region.letters()));
                out.push(b'\t');
                out.push_str(kind.map_or("", Kind::name));
                out.push(b'\t');
                out.extend(phone.extension.as_slice());
                out.push(b'\t');
                out.push_str(if phone.is_possible() { "1" } else { "" });
            }
            Err(problem) => out.push_str(problem.code()),
        }
        out
    }

    /// The number as ITU-T E.164 has it: a plus, the calling code and the national number.
    pub fn e164(&self) -> String {
        let mut out = Line::new();
        self.push_e164(&mut out);
        out.into_string()
    }

    fn push_e164(&self, out: &mut Line) {
        out.push(b'+');
        push_code(out, self.code);
        out.extend(self.national.as_slice());
    }

    /// The country calling code, without a plus.
    pub fn calling_code(&self) -> u16 {
        self.code
    }

    /// The number without its calling code and without a trunk prefix.
    pub fn national_number(&self) -> String {
        Line::from(self.national.as_slice(), 0).into_string()
    }

    /// The digits behind `ext.` and the like.
    pub fn extension(&self) -> Option<String> {
        let extension = self.extension.as_slice();
        (!extension.is_empty()).then(|| Line::from(extension, 0).into_string())
    }

    /// How its length fits the plan of its calling code.
    pub fn length(&self) -> Length {
        let digits = self.national.as_slice().len();
        Region::with_code(self.code).map_or(Length::Wrong, |region| parse::length(region, digits))
    }

    /// Whether its length is that of a number, be it one that can only be dialled nearby.
    pub fn is_possible(&self) -> bool {
        matches!(self.length(), Length::Possible | Length::Local)
    }

    /// Whether the plan of its region has such a number.
    pub fn is_valid(&self) -> bool {
        self.kind().is_some()
    }

    /// What kind of service it reaches, if it is valid.
    pub fn kind(&self) -> Option<Kind> {
        self.place()?.1
    }

    /// The ISO 3166 code of its region, `001` for codes that belong to none.
    pub fn region(&self) -> Option<&'static str> {
        core::str::from_utf8(self.place()?.0.letters()).ok()
    }

    /// Why this number will not do, if it will not.
    pub fn problem(&self) -> Option<PhoneProblem> {
        (!self.is_valid()).then(|| self.failure())
    }

    /// Why a number is not valid.
    fn failure(&self) -> PhoneProblem {
        match self.length() {
            Length::Local | Length::TooShort => PhoneProblem::TooShort,
            Length::TooLong => PhoneProblem::TooLong,
            Length::Possible | Length::Wrong => PhoneProblem::Unknown,
        }
    }

    /// The region, and the kind if the number is valid there.
    fn place(&self) -> Option<(Region, Option<Kind>)> {
        let digits = self.national.as_slice();
        let mut next = Region::with_code(self.code);
        let alone = next?.sibling().is_none();
        while let Some(region) = next {
            let leading = if alone { None } else { region.field(Field::Leading) };
            let leads = leading.map(|leading| pattern::prefix(leading, digits).is_some());
            if leads != Some(false) {
                let kind = region.kind(digits);
                if alone || leads.is_some() || kind.is_some() {
                    return Some((region, kind));
                }
            }
            next = region.sibling();
        }
        None
    }
}

/// Writes a calling code.
fn push_code(out: &mut Line, code: u16) {
    let digit = |out: &mut Line, value: u16| out.push(b'0' | value.to_le_bytes()[0] & 15);
    if code >= 100 {
        digit(out, code / 100 % 10);
    }
    if code >= 10 {
        digit(out, code / 10 % 10);
    }
    digit(out, code % 10);
}
