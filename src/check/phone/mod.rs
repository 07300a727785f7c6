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
mod table;
mod text;

use alloc::{string::String, vec::Vec};

pub use as_you_type::AsYouType;
pub use format::{FORMATS, Formats};
pub use kind::Kind;
pub use parse::PhoneProblem;
use table::{Field, Region};

/// A number that was read; whether it exists is for [`Phone::problem`] to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    code: u16,
    national: Vec<u8>,
    extension: Vec<u8>,
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
        parse::parse(text, country.and_then(Region::named))
    }

    /// The answer to one text as JSON: `e164`, `valid`, `possible`, `type`, `region` and `extension` of what was read, and
    /// `problem` with its code or `null`.
    pub fn answer(text: &str, country: &str) -> String {
        let mut out = String::from("{");
        let problem = match Self::parse(text, Some(country)) {
            Ok(phone) => {
                let (region, kind) = phone.place().unzip();
                let kind = kind.flatten();
                let extension = phone.extension();
                member(&mut out, "e164", Some(&phone.e164()));
                member(&mut out, "region", region.map(Region::name));
                member(&mut out, "type", kind.map(Kind::name));
                member(&mut out, "extension", extension.as_deref());
                out.push_str("\"possible\":");
                out.push_str(if phone.is_possible() { "true," } else { "false," });
                phone.problem()
            }
            Err(problem) => Some(problem),
        };
        out.push_str("\"problem\":");
        match problem {
            Some(problem) => {
                out.push('"');
                out.push_str(problem.code());
                out.push_str("\"}");
            }
            None => out.push_str("null}"),
        }
        out
    }

    /// The number as ITU-T E.164 has it: a plus, the calling code and the national number.
    pub fn e164(&self) -> String {
        let mut out = String::from("+");
        push_code(&mut out, self.code);
        push(&mut out, &self.national);
        out
    }

    /// The country calling code, without a plus.
    pub fn calling_code(&self) -> u16 {
        self.code
    }

    /// The number without its calling code and without a trunk prefix.
    pub fn national_number(&self) -> String {
        let mut out = String::new();
        push(&mut out, &self.national);
        out
    }

    /// The digits behind `ext.` and the like.
    pub fn extension(&self) -> Option<String> {
        let mut out = String::new();
        push(&mut out, &self.extension);
        (!out.is_empty()).then_some(out)
    }

    /// How its length fits the plan of its calling code.
    pub fn length(&self) -> Length {
        self.main().map_or(Length::Wrong, |region| parse::length(region, self.national.len()))
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
        Some(self.place()?.0.name())
    }

    /// Why this number will not do, if it will not.
    pub fn problem(&self) -> Option<PhoneProblem> {
        if self.is_valid() {
            return None;
        }
        Some(match self.length() {
            Length::Local | Length::TooShort => PhoneProblem::TooShort,
            Length::TooLong => PhoneProblem::TooLong,
            Length::Possible | Length::Wrong => PhoneProblem::Unknown,
        })
    }

    fn main(&self) -> Option<Region> {
        Region::with_code(self.code).next()
    }

    /// The region, and the kind if the number is valid there.
    fn place(&self) -> Option<(Region, Option<Kind>)> {
        let mut regions = Region::with_code(self.code).peekable();
        let first = regions.next()?;
        if regions.peek().is_none() {
            return Some((first, first.kind(&self.national)));
        }
        core::iter::once(first).chain(regions).find_map(|region| {
            let kind = || region.kind(&self.national);
            match region.field(Field::Leading) {
                Some(leading) => pattern::prefix(leading, &self.national).map(|_| (region, kind())),
                None => kind().map(|kind| (region, Some(kind))),
            }
        })
    }
}

fn push(out: &mut String, digits: &[u8]) {
    out.extend(digits.iter().map(|digit| char::from(*digit)));
}

fn push_code(out: &mut String, code: u16) {
    let mut started = false;
    for unit in [100, 10, 1] {
        let digit = code / unit % 10;
        started |= digit > 0;
        if started && let Ok(digit) = u8::try_from(digit) {
            out.push(char::from(b'0' + digit));
        }
    }
}

/// Writes a member whose value needs no escapes, and a comma behind it.
fn member(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        for part in ["\"", name, "\":\"", value, "\","] {
            out.push_str(part);
        }
    }
}
