//! The numbering plans of the world: `core.bin`, made by `pkg-scripts/data/phone.py`.
//!
//! The table begins with a stamp of four bytes, the number of regions and that of frequent classes. Then come the names of the regions in two
//! letters, the steps from each calling code to the next, the frequent classes as bit masks of digits, and one record
//! per region: fields that each begin with a tag. The main region of a calling code is the first that has it.

use core::sync::atomic::{AtomicU16, Ordering};

use super::{kind::Kind, pattern};

static CORE: &[u8] = include_bytes!("core.bin");

/// The first bytes tell which file of formats belongs to the table.
const STAMP: usize = 4;
const REGIONS: usize = CORE[STAMP] as usize;
const NAMES: usize = STAMP + 2;
const CODES: usize = NAMES + REGIONS * 2;
const CLASSES: usize = CODES + REGIONS;
const RECORDS: usize = CLASSES + CORE[STAMP + 1] as usize * 2;

/// Begins every record and ends the last.
pub(super) const RECORD: u8 = 0x08;

/// Where the record of each region begins, found once: zero until then.
static INDEX: [AtomicU16; REGIONS] = [const { AtomicU16::new(0) }; REGIONS];

/// What a field of a record holds. The types follow in the order in which they are tried, from [`Field::TYPES`] on.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Field {
    /// What every number of the region matches.
    General = 0x09,
    /// The lengths of whole numbers, as a pattern of any digits.
    Lengths,
    /// The lengths of numbers that can only be dialled nearby.
    Local,
    /// What is dialled to call abroad.
    Idd,
    /// What is dialled before a number inside the country.
    Prefix,
    /// The digits that replace the prefix, in front of its captured group.
    Transform,
    /// The digits that tell this region from others with the same calling code.
    Leading,
    /// The first of the types.
    Types,
}

/// A region with a numbering plan, or one of the calling codes that belong to no region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Region(u8);

/// The digits of a frequent class, as bits.
pub(super) fn class(number: u8) -> u16 {
    let at = CLASSES + usize::from(number) * 2;
    u16::from(byte(at)) << 8 | u16::from(byte(at + 1))
}

/// What the file of formats that belongs to this table begins with.
pub(super) fn stamp() -> &'static [u8] {
    CORE.get(..STAMP).unwrap_or_default()
}

fn byte(at: usize) -> u8 {
    CORE.get(at).copied().unwrap_or(RECORD)
}

fn all() -> impl Iterator<Item = Region> {
    (0..CORE[STAMP]).map(Region)
}

impl Region {
    /// The region with this ISO 3166 code in either case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let &[a, b] = name.as_bytes() else { return None };
        let name = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
        all().find(|region| region.letters() == name && name != *b"ZZ")
    }

    /// The regions that share a calling code, the main one first.
    pub(super) fn with_code(code: u16) -> impl Iterator<Item = Self> {
        let mut at = 0;
        all().filter(move |region| {
            at += region.step();
            at == code
        })
    }

    /// The first region with the calling code of this one.
    pub(super) fn main(self) -> Option<Self> {
        Self::with_code(self.code()).next()
    }

    /// The ISO 3166 code, or `001` where the calling code belongs to no region.
    pub(super) fn name(self) -> &'static str {
        let at = NAMES + usize::from(self.0) * 2;
        match CORE.get(at..at + 2).and_then(|name| core::str::from_utf8(name).ok()) {
            Some("ZZ") | None => "001",
            Some(name) => name,
        }
    }

    /// The calling code without its plus.
    pub(super) fn code(self) -> u16 {
        (0..=self.0).map(|number| Self(number).step()).sum()
    }

    /// How many other calling codes come before that of this main region.
    pub(super) fn place(self) -> usize {
        (0..self.0).filter(|number| Self(*number).step() > 0).count()
    }

    /// What all numbers of the region match, and what the lengths and the prefixes are.
    pub(super) fn field(self, field: Field) -> Option<&'static [u8]> {
        self.fields().find(|(tag, _)| *tag == field as u8).map(|(_, pattern)| pattern)
    }

    /// What kind of number this is, if it is one of this region.
    pub(super) fn kind(self, digits: &[u8]) -> Option<Kind> {
        if !self.matches(digits) {
            return None;
        }
        let mut fixed = false;
        for (tag, pattern) in self.fields() {
            let Some(kind) = tag.checked_sub(Field::Types as u8).map(Kind::of) else { continue };
            let asked = !fixed || kind == Kind::Mobile;
            if asked && pattern::whole(pattern, digits) {
                match kind {
                    Kind::FixedLine => fixed = true,
                    Kind::Mobile if fixed => return Some(Kind::FixedLineOrMobile),
                    kind => return Some(kind),
                }
            }
        }
        fixed.then_some(Kind::FixedLine)
    }

    /// Whether the digits have the general form of a number of the region.
    pub(super) fn matches(self, digits: &[u8]) -> bool {
        self.field(Field::General).is_some_and(|pattern| pattern::whole(pattern, digits))
    }

    fn letters(self) -> [u8; 2] {
        let at = NAMES + usize::from(self.0) * 2;
        [byte(at), byte(at + 1)]
    }

    fn step(self) -> u16 {
        u16::from(byte(CODES + usize::from(self.0)))
    }

    /// The tags of the record and what follows each, to the end of the table.
    fn fields(self) -> impl Iterator<Item = (u8, &'static [u8])> {
        let mut rest = CORE.get(self.start()..).unwrap_or_default();
        core::iter::from_fn(move || {
            loop {
                let (&tag, after) = rest.split_first()?;
                rest = after;
                match tag {
                    RECORD => rest = &[],
                    0x09..0x20 => return Some((tag, after)),
                    _ => {}
                }
            }
        })
    }

    fn start(self) -> usize {
        let known = |region: Self| INDEX.get(usize::from(region.0));
        let read = || known(self).map_or(0, |start| start.load(Ordering::Relaxed));
        if read() == 0 {
            let mut regions = all();
            for (at, byte) in (RECORDS + 1..).zip(CORE.get(RECORDS..).unwrap_or_default()) {
                if *byte == RECORD
                    && let Some(start) = regions.next().and_then(known)
                {
                    start.store(u16::try_from(at).unwrap_or(0), Ordering::Relaxed);
                }
            }
        }
        usize::from(read())
    }
}
