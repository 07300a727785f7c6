//! How people of each region write their numbers: `formats.bin`, made by `pkg-scripts/data/phone.py`.
//!
//! After a stamp that names the tables it belongs to, the file has one record per calling code. A format in it has a
//! byte of flags, the groups of digits with the text between them (a space is left out, `!` drops a group), the digits
//! that lead to it, from few to many, and another form for writing abroad where that differs.

use alloc::string::String;

use super::{
    Phone, pattern, push_code,
    short::Line,
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
        let (stamp, bytes) = bytes.split_at_checked(table::STAMP)?;
        (stamp == table::stamp()).then_some(Self { bytes })
    }

    /// The formats that belong to this build, from memory: for programs whose size does not matter.
    pub fn included() -> Formats<'static> {
        Formats::parse(FORMATS).unwrap_or(Formats { bytes: &[] })
    }

    /// The record of a calling code: the fields of all its formats.
    pub(super) fn record(&self, code: u16) -> Record<'a> {
        let mut bytes = self.bytes;
        let mut left = Region::with_code(code).map_or(0, |region| region.place() + 1);
        while left > 0
            && let Some((first, rest)) = bytes.split_first()
        {
            bytes = rest;
            left -= usize::from(*first == RECORD);
        }
        Record { bytes }
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
    leading: Record<'a>,
}

impl<'a> Record<'a> {
    /// Whether numbers are written differently abroad.
    pub fn listed(self) -> bool {
        self.find(LISTED).is_some()
    }

    /// The formats for writing at home or abroad, the first that fits counts.
    pub fn formats(self, abroad: bool) -> Choices<'a> {
        Choices { rest: self, abroad, ruled: !abroad || !self.listed() }
    }

    /// What stands before an extension.
    fn push_extension(self, out: &mut Line) {
        let Some(prefix) = self.find(EXTENSION) else { return out.push_str(" ext. ") };
        for byte in prefix {
            if *byte < b' ' {
                break;
            }
            out.push(*byte);
        }
    }

    /// What follows the first tag of this kind.
    fn find(mut self, tag: u8) -> Option<&'a [u8]> {
        loop {
            if self.next_tag()? == tag {
                return Some(self.bytes);
            }
        }
    }

    /// Goes behind the next tag of the record.
    fn next_tag(&mut self) -> Option<u8> {
        loop {
            let (&tag, after) = self.bytes.split_first()?;
            if tag == RECORD {
                return None;
            }
            self.bytes = after;
            if (FORMAT..=LISTED).contains(&tag) {
                return Some(tag);
            }
        }
    }
}

/// The formats of a record.
pub(super) struct Choices<'a> {
    rest: Record<'a>,
    abroad: bool,
    ruled: bool,
}

impl<'a> Iterator for Choices<'a> {
    type Item = Format<'a>;

    fn next(&mut self) -> Option<Format<'a>> {
        loop {
            if self.rest.next_tag()? != FORMAT {
                continue;
            }
            let (&flags, bytes) = self.rest.bytes.split_first()?;
            if self.abroad && flags & 1 == 0 {
                continue;
            }
            let mut format = Format {
                shape: bytes,
                rule: if self.ruled { flags >> 3 & 15 } else { 0 },
                optional: flags & 4 != 0,
                carrier: flags & 2 != 0,
                leading: Record { bytes },
            };
            let mut fields = format.leading;
            while let Some(tag @ (LEADING | ABROAD)) = fields.next_tag() {
                if tag == ABROAD && self.abroad {
                    format.shape = fields.bytes;
                }
            }
            return Some(format);
        }
    }
}

impl<'a> Format<'a> {
    /// Whether the leading digits are those of this format, as far as the first `known` of its patterns tell.
    pub fn leads(self, digits: &[u8], known: usize) -> bool {
        let mut fields = self.leading;
        let mut last = None;
        for _ in 0..known {
            match fields.next_tag() {
                Some(LEADING) => last = Some(fields.bytes),
                _ => break,
            }
        }
        last.is_none_or(|leading| pattern::prefix(leading, digits).is_some())
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
        self.longest(digits) == digits
    }

    /// The most digits up to `limit` that it takes, or the fewest.
    pub fn longest(self, limit: usize) -> usize {
        let (low, more) = self.size();
        limit.min(low + more).max(low)
    }

    /// Writes as many digits as it [takes](Self::takes).
    pub fn write(self, digits: &[u8], ruled: bool, out: &mut Line) {
        let (before, after) = if ruled { self.rule() } else { ("", "") };
        let mut spare = digits.len().saturating_sub(self.size().0);
        let mut rest = digits.iter();
        let mut first = true;
        for part in self.parts() {
            match part {
                Part::Text(byte) => out.push(byte),
                Part::Group { least, extra, dropped, space } => {
                    let take = if extra > 0 { least + core::mem::take(&mut spare) } else { least };
                    if space {
                        out.push(b' ');
                    }
                    let opens = core::mem::replace(&mut first, dropped) && !dropped;
                    if opens {
                        out.push_str(before);
                    }
                    for digit in rest.by_ref().take(take) {
                        if !dropped {
                            out.push(*digit);
                        }
                    }
                    if opens {
                        out.push_str(after);
                    }
                }
            }
        }
    }

    /// Whether another format has the same groups of digits, whatever is between them.
    pub fn same_groups(self, other: Self) -> bool {
        let mut others = other.parts().filter_map(Part::group);
        self.parts().filter_map(Part::group).all(|group| others.next() == Some(group))
            && others.next().is_none()
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

impl Part {
    fn group(self) -> Option<(usize, usize)> {
        match self {
            Self::Group { least, extra, .. } => Some((least, extra)),
            Self::Text(_) => None,
        }
    }
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
        self.written(formats, false).into_string()
    }

    /// As it is written for people abroad: `+49 30 123456`.
    pub fn international(&self, formats: &Formats<'_>) -> String {
        self.written(formats, true).into_string()
    }

    pub(crate) fn written(&self, formats: &Formats<'_>, abroad: bool) -> Line {
        let record = formats.record(self.code);
        let digits = self.national.as_slice();
        let mut out = Line::new();
        if abroad {
            out.push(b'+');
            push_code(&mut out, self.code);
            out.push(b' ');
        }
        let fits =
            |format: &Format<'_>| format.takes(digits.len()) && format.leads(digits, usize::MAX);
        match record.formats(abroad).find(fits) {
            Some(format) => format.write(digits, !abroad, &mut out),
            None => out.extend(digits),
        }
        if !self.extension.as_slice().is_empty() {
            record.push_extension(&mut out);
            out.extend(self.extension.as_slice());
        }
        out
    }
}
