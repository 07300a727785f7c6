//! How people of each region write their numbers: `formats.bin`, made by `pkg-scripts/data/phone.py`.
//!
//! After a stamp that names the tables it belongs to, the file has one record per calling code. A format in it has a
//! byte of flags, the groups of digits with the text between them (a space is left out, `!` drops a group), the digits
//! that lead to it, from few to many, and another form for writing abroad where that differs.

use alloc::string::String;

use super::{
    Phone, pattern, push, push_code,
    table::{self, RECORD, Region},
};

const FORMAT: u8 = 0x09;
const LEADING: u8 = 0x0a;
const ABROAD: u8 = 0x0b;
const EXTENSION: u8 = 0x0c;
const LISTED: u8 = 0x0d;

/// What stands before and behind the first group where the number is written for people inside the country.
const RULES: [(&str, &str); 12] = [
    ("", ""),
    ("0", ""),
    ("(0", ")"),
    ("(", ")"),
    ("8 (", ")"),
    ("8 ", ""),
    ("0 ", ""),
    ("(0-", ")"),
    ("8 0", ""),
    ("(06 ", ")"),
    ("(8 ", ")"),
    ("06 ", ""),
];

/// The formats of all regions. Fetched on its own, because only what shows numbers to people needs them.
pub struct Formats<'a> {
    bytes: &'a [u8],
}

/// The file that [`Formats::parse`] reads, for those who embed it.
pub static FORMATS: &[u8] = include_bytes!("formats.bin");

impl<'a> Formats<'a> {
    /// Takes a file of formats, if it was made with the tables of this build.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Self { bytes: bytes.strip_prefix(table::stamp())? })
    }

    /// The formats that belong to this build, from memory: for programs whose size does not matter.
    pub fn included() -> Formats<'static> {
        Formats::parse(FORMATS).unwrap_or(Formats { bytes: &[] })
    }

    /// The record of a calling code: the fields of all its formats.
    pub(super) fn record(&self, code: u16) -> Record<'a> {
        let ends = |byte: &u8| *byte == RECORD;
        let mut records = self.bytes.split(ends).skip(1);
        let place = Region::with_code(code).next().map(Region::place);
        Record { bytes: place.and_then(|place| records.nth(place)).unwrap_or_default() }
    }
}

/// What is known about writing the numbers of one calling code.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    bytes: &'a [u8],
}

/// One way to write a number.
#[derive(Clone, Copy)]
pub(super) struct Format<'a> {
    /// The groups.
    pub shape: &'a [u8],
    /// The place of what is written around the first group at home.
    rule: u8,
    /// Whether what is dialled before the number may be left out at home.
    pub optional: bool,
    /// Whether it says how a carrier is chosen.
    pub carrier: bool,
    leading: &'a [u8],
}

impl<'a> Record<'a> {
    /// Whether numbers are written differently abroad.
    pub fn listed(self) -> bool {
        self.fields().any(|(tag, _)| tag == LISTED)
    }

    /// The formats for writing at home or abroad, the first that fits counts.
    pub fn formats(self, abroad: bool) -> impl Iterator<Item = Format<'a>> {
        let listed = self.listed();
        self.fields().filter_map(move |(tag, bytes)| {
            let (&flags, shape) = bytes.split_first()?;
            if tag != FORMAT || (abroad && flags & 1 == 0) {
                return None;
            }
            let rest = Record { bytes: shape };
            let other = rest.fields().take_while(|(tag, _)| *tag != FORMAT);
            let other = other.filter(|(tag, _)| abroad && *tag == ABROAD).map(|(_, shape)| shape);
            Some(Format {
                shape: other.last().unwrap_or(shape),
                rule: if abroad && listed { 0 } else { flags >> 3 & 15 },
                optional: flags & 4 != 0,
                carrier: flags & 2 != 0,
                leading: shape,
            })
        })
    }

    /// What stands before an extension.
    fn extension(self) -> &'a [u8] {
        let prefix = self.fields().find(|(tag, _)| *tag == EXTENSION);
        let ends = |byte: &u8| *byte < b' ';
        prefix.and_then(|(_, prefix)| prefix.split(ends).next()).unwrap_or(b" ext. ")
    }

    /// The tags of the record and what follows each, to its end.
    fn fields(self) -> impl Iterator<Item = (u8, &'a [u8])> {
        let mut rest = self.bytes;
        core::iter::from_fn(move || {
            loop {
                let (&tag, after) = rest.split_first()?;
                rest = after;
                if (FORMAT..=LISTED).contains(&tag) {
                    return Some((tag, after));
                }
            }
        })
    }
}

impl<'a> Format<'a> {
    /// The patterns of leading digits, from few to many.
    pub fn leading(self) -> impl Iterator<Item = &'a [u8]> {
        let fields = Record { bytes: self.leading }.fields();
        fields
            .take_while(|(tag, _)| *tag != FORMAT)
            .filter(|(tag, _)| *tag == LEADING)
            .map(|(_, p)| p)
    }

    /// What is written before and behind the first group at home.
    pub fn rule(self) -> (&'static str, &'static str) {
        RULES.get(usize::from(self.rule)).copied().unwrap_or_default()
    }

    /// Whether nothing is dialled before the first group at home.
    pub fn bare(self) -> bool {
        matches!(self.rule, 0 | 3)
    }

    fn parts(self) -> Parts<'a> {
        Parts { bytes: self.shape, group: false }
    }

    /// The fewest digits and how many more it takes.
    fn size(self) -> (usize, usize) {
        let (mut low, mut more) = (0, 0);
        for part in self.parts() {
            if let Part::Group { least, extra, .. } = part {
                low += least;
                more += extra;
            }
        }
        (low, more)
    }

    /// Whether the format takes exactly this many digits.
    pub fn takes(self, digits: usize) -> bool {
        let (low, more) = self.size();
        (low..=low + more).contains(&digits)
    }

    /// The most digits up to `limit` that it takes.
    pub fn longest(self, limit: usize) -> usize {
        let (low, more) = self.size();
        limit.clamp(low, low + more)
    }

    /// Writes as many digits as it [takes](Self::takes).
    pub fn write(self, digits: &[u8], rule: (&str, &str), out: &mut String) {
        let spare = digits.len().saturating_sub(self.size().0);
        let mut rest = digits;
        let mut first = true;
        for part in self.parts() {
            match part {
                Part::Text(byte) => out.push(char::from(byte)),
                Part::Group { least, extra, dropped, space } => {
                    let take = if extra > 0 { least + spare } else { least };
                    let (group, after) = rest.split_at_checked(take).unwrap_or((rest, &[]));
                    rest = after;
                    if dropped {
                        continue;
                    }
                    if space {
                        out.push(' ');
                    }
                    if first {
                        out.push_str(rule.0);
                    }
                    push(out, group);
                    if first {
                        out.push_str(rule.1);
                    }
                    first = false;
                }
            }
        }
    }

    /// The same groups of digits, whatever is between them.
    pub fn groups(self) -> impl Iterator<Item = (usize, usize)> + 'a {
        self.parts().filter_map(|part| match part {
            Part::Group { least, extra, .. } => Some((least, extra)),
            Part::Text(_) => None,
        })
    }

    /// Whether all digits are written, in order, with nothing but punctuation between them.
    pub fn plain(self) -> bool {
        self.parts().all(|part| match part {
            Part::Text(byte) => !byte.is_ascii_digit(),
            Part::Group { dropped, .. } => !dropped,
        })
    }
}

enum Part {
    Text(u8),
    Group { least: usize, extra: usize, dropped: bool, space: bool },
}

/// Reads the groups of a format and the text between them.
struct Parts<'a> {
    bytes: &'a [u8],
    /// Whether a group has just been read, so that a space is between it and the next.
    group: bool,
}

impl Parts<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let mut byte = self.byte()?;
        let dropped = byte == b'!';
        if dropped {
            byte = self.byte()?;
        }
        let extra = match byte {
            b'@'..=b'O' => self.byte()?.saturating_sub(b'`'),
            b'`'..=b'w' => 0,
            b' '..=b'?' => {
                self.group = false;
                return Some(Part::Text(byte));
            }
            _ => return None,
        };
        let space = self.group && !dropped;
        self.group = !dropped;
        let least = usize::from(if byte < b'`' { byte & 15 } else { byte & 31 });
        Some(Part::Group { least, extra: usize::from(extra), dropped, space })
    }
}

impl Phone {
    /// As people of its country write it: `030 123456`.
    pub fn national(&self, formats: &Formats<'_>) -> String {
        self.written(formats, false)
    }

    /// As it is written for people abroad: `+49 30 123456`.
    pub fn international(&self, formats: &Formats<'_>) -> String {
        self.written(formats, true)
    }

    fn written(&self, formats: &Formats<'_>, abroad: bool) -> String {
        let record = formats.record(self.code);
        let mut out = String::new();
        if abroad {
            out.push('+');
            push_code(&mut out, self.code);
            out.push(' ');
        }
        let fits = |format: &Format<'_>| {
            let leads = |leading| pattern::prefix(leading, &self.national).is_some();
            format.takes(self.national.len()) && format.leading().last().is_none_or(leads)
        };
        match record.formats(abroad).find(fits) {
            Some(format) => {
                let rule = if abroad { ("", "") } else { format.rule() };
                format.write(&self.national, rule, &mut out);
            }
            None => push(&mut out, &self.national),
        }
        if !self.extension.is_empty() {
            push(&mut out, record.extension());
            push(&mut out, &self.extension);
        }
        out
    }
}
