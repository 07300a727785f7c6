//! The numbering plans of the world: `core.bin`, made by `pkg-scripts/data/phone.py`.
//!
//! The table begins with a stamp of four bytes, the number of regions and that of frequent classes. Then come the names of the regions in two
//! letters, the steps from each calling code to the next, the frequent classes as bit masks of digits, and one record
//! per region: fields that each begin with a tag. The main region of a calling code is the first that has it.

use core::sync::atomic::{AtomicU16, Ordering};

use super::{kind::Kind, pattern};

static CORE: &[u8] = include_bytes!("core.bin");

/// The first bytes tell which file of formats belongs to the table.
pub(super) const STAMP: usize = 4;
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

/// The place of the first tag from `at` on.
fn tag_from(mut at: usize) -> usize {
    while !(RECORD..0x20).contains(&byte(at)) {
        at += 1;
    }
    at
}

impl Region {
    /// The region with this ISO 3166 code in either case.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        let &[a, b] = name else { return None };
        let (a, b) = (a & !32, b & !32);
        let mut at = NAMES;
        for number in 0..CORE[STAMP] {
            if byte(at) == a && byte(at + 1) == b && [a, b] != *b"ZZ" {
                return Some(Self(number));
            }
            at += 2;
        }
        None
    }

    /// The main region of a calling code.
    pub(super) fn with_code(code: u16) -> Option<Self> {
        let mut at = 0;
        let mut number = 0;
        while number < CORE[STAMP] {
            at += Self(number).step();
            if at >= code {
                return (at == code).then_some(Self(number));
            }
            number += 1;
        }
        None
    }

    /// The next region with the same calling code.
    pub(super) fn sibling(self) -> Option<Self> {
        let next = Self(self.0 + 1);
        (next.0 < CORE[STAMP] && next.step() == 0).then_some(next)
    }

    /// The first region with the calling code of this one.
    pub(super) fn main(self) -> Option<Self> {
        Self::with_code(self.code())
    }

    /// The ISO 3166 code, or `001` where the calling code belongs to no region.
    pub(super) fn letters(self) -> &'static [u8] {
        let at = NAMES + usize::from(self.0) * 2;
        match CORE.get(at..at + 2) {
            Some(b"ZZ") | None => b"001",
            Some(letters) => letters,
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

    /// A field of the record, to the end of the table.
    pub(super) fn field(self, field: Field) -> Option<&'static [u8]> {
        let mut at = self.start();
        loop {
            at = tag_from(at) + 1;
            let tag = byte(at - 1);
            if tag == field as u8 {
                return CORE.get(at..);
            }
            if tag == RECORD {
                return None;
            }
        }
    }

    /// What kind of number this is, if it is one of this region.
    pub(super) fn kind(self, digits: &[u8]) -> Option<Kind> {
        if !self.matches(digits) {
            return None;
        }
        let mut fixed = None;
        let mut at = self.start();
        loop {
            at = tag_from(at) + 1;
            let tag = byte(at - 1);
            if tag == RECORD {
                return fixed;
            }
            if tag < Field::Types as u8 {
                continue;
            }
            let kind = Kind::of(tag - Field::Types as u8);
            if pattern::whole(CORE.get(at..).unwrap_or_default(), digits) {
                match kind {
                    Kind::FixedLine => fixed = Some(kind),
                    Kind::Mobile if fixed.is_some() => return Some(Kind::FixedLineOrMobile),
                    kind => return Some(kind),
                }
            }
        }
    }

    /// Whether the digits have the general form of a number of the region.
    pub(super) fn matches(self, digits: &[u8]) -> bool {
        self.field(Field::General).is_some_and(|pattern| pattern::whole(pattern, digits))
    }

    fn step(self) -> u16 {
        u16::from(byte(CODES + usize::from(self.0)))
    }

    /// Where the first field of the record is.
    fn start(self) -> usize {
        let known =
            |region: usize| INDEX.get(region).map_or(0, |start| start.load(Ordering::Relaxed));
        let number = usize::from(self.0);
        if known(number) == 0 {
            let mut at = RECORDS;
            for start in &INDEX {
                while byte(at) != RECORD {
                    at += 1;
                }
                at += 1;
                start.store(u16::try_from(at).unwrap_or(0), Ordering::Relaxed);
            }
        }
        usize::from(known(number))
    }
}
