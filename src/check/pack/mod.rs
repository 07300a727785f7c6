//! Lists of hosts as Golomb-coded sets: small files that answer "is it in the list", with a known rate of false hits.
//!
//! Layout: `LKP1`, one byte of remainder bits, then as little-endian 32 bits the number of entries, the range of the
//! hashes and the seed; then the sorted hashes as differences, each a quotient in unary (ones, then a zero) and a
//! remainder, first bit highest. `pkg-scripts/data/packs.py` writes them, chooses the seed so that no host of its allow-list is
//! hit, and writes `index.json` with version, size and SHA-256 of each, by which who fetches a pack verifies it.

use alloc::vec::Vec;

/// Disposable mail hosts, for builds that embed their packs. Of hosts with a parent to ask for as well, at most one in 1024
/// is hit by chance.
pub static DISPOSABLE: &[u8] = include_bytes!("disposable.pack");
/// Free mail hosts, for builds that embed their packs.
pub static FREE: &[u8] = include_bytes!("free.pack");

/// Names of countries: a line per country with its code of two and of three letters, a space, and the folded names
/// between spaces.
pub static COUNTRIES: &str = include_str!("countries.txt");

/// Version, size and SHA-256 of each pack.
pub static INDEX: &str = include_str!("index.json");

/// A list of hosts that was read and found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack<'a> {
    bits: &'a [u8],
    remainder_bits: u32,
    range: u32,
    seed: u32,
    entries: u32,
    /// Before every [`STRIDE`]th entry: the hash reached, and the place in the bits.
    marks: Vec<(u32, usize)>,
}

const MAGIC: &[u8] = b"LKP1";
/// Entries between two marks: few enough that a lookup is fast, many enough that the marks stay small.
const STRIDE: u32 = 4;

impl<'a> Pack<'a> {
    /// Reads a pack; `None` where the bytes are no pack or a part of one.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(MAGIC)?;
        let (&remainder_bits, bytes) = bytes.split_first()?;
        let (entries, bytes) = split_u32(bytes)?;
        let (range, bytes) = split_u32(bytes)?;
        let (seed, bits) = split_u32(bytes)?;
        let remainder_bits = u32::from(remainder_bits);
        if remainder_bits >= u32::BITS {
            return None;
        }
        let mut pack = Self { bits, remainder_bits, range, seed, entries, marks: Vec::new() };
        let mut reader = Reader { bits, at: 0 };
        let mut hash = 0_u32;
        for entry in 0..entries {
            if entry % STRIDE == 0 {
                pack.marks.push((hash, reader.at));
            }
            hash = hash.checked_add(reader.difference(remainder_bits)?)?;
        }
        let is_whole = hash < range.max(1) && reader.at.div_ceil(8) == bits.len();
        is_whole.then_some(pack)
    }

    /// Whether the host, in lower-case ASCII, is in the list.
    pub fn holds(&self, host: &str) -> bool {
        let wanted = self.hash(host);
        let after = self.marks.partition_point(|(hash, _)| *hash < wanted);
        // An entry equal to the hash at a mark stands before the mark.
        let Some((mut hash, at)) = after.checked_sub(1).and_then(|i| self.marks.get(i)).copied()
        else {
            return self.first() == Some(wanted);
        };
        let mut reader = Reader { bits: self.bits, at };
        for _ in 0..STRIDE {
            match reader.difference(self.remainder_bits) {
                Some(difference) => hash = hash.saturating_add(difference),
                None => return false,
            }
            if hash >= wanted {
                return hash == wanted;
            }
        }
        false
    }

    /// Whether the host or a host above it, of at least two labels, is in the list.
    pub fn holds_or_parent(&self, host: &str) -> bool {
        let mut rest = host;
        loop {
            if self.holds(rest) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, parent)) if parent.contains('.') => rest = parent,
                _ => return false,
            }
        }
    }

    /// The number of hosts in the list.
    pub fn len(&self) -> usize {
        self.entries as usize
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.entries == 0
    }

    fn first(&self) -> Option<u32> {
        Reader { bits: self.bits, at: 0 }.difference(self.remainder_bits)
    }

    /// FNV-1a of 64 bits from the seed, its bits mixed once more, scaled to the range.
    fn hash(&self, host: &str) -> u32 {
        let mut hash = 0xcbf2_9ce4_8422_2325 ^ u64::from(self.seed);
        for byte in host.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        hash ^= hash >> 32;
        hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let scaled = (hash >> 32).wrapping_mul(u64::from(self.range)) >> 32;
        u32::try_from(scaled).unwrap_or_default()
    }
}

struct Reader<'a> {
    bits: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn bit(&mut self) -> Option<u32> {
        let byte = self.bits.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(u32::from(bit))
    }

    fn difference(&mut self, remainder_bits: u32) -> Option<u32> {
        let mut difference = 0_u32;
        while self.bit()? == 1 {
            difference = difference.checked_add(1)?;
        }
        for _ in 0..remainder_bits {
            difference = difference.checked_mul(2)? | self.bit()?;
        }
        Some(difference)
    }
}

fn split_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (four, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*four), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    const ALLOWED: &str = include_str!("allow.txt");

    #[test]
    fn disposable_hosts_and_their_subdomains_are_found() {
        let pack = Pack::parse(DISPOSABLE).unwrap();
        assert!(pack.holds("mailinator.com"));
        assert!(!pack.holds("x.mailinator.com"));
        assert!(pack.holds_or_parent("x.mailinator.com"));
        assert!(!pack.holds_or_parent("com"));
    }

    #[test]
    fn no_host_of_the_allow_list_is_taken_for_disposable() {
        let pack = Pack::parse(DISPOSABLE).unwrap();
        for host in ALLOWED.lines() {
            assert!(!pack.holds_or_parent(host), "{host}");
        }
    }

    #[test]
    fn free_mail_hosts_are_told_from_businesses() {
        let pack = Pack::parse(FREE).unwrap();
        assert!(["gmail.com", "gmx.de", "yahoo.co.jp", "posteo.de"].iter().all(|h| pack.holds(h)));
        assert!(!["siemens.com", "example.com", "mit.edu"].iter().any(|h| pack.holds(h)));
    }

    #[test]
    fn false_hits_are_rarer_than_one_in_1024() {
        let pack = Pack::parse(DISPOSABLE).unwrap();
        let tried = 50_000;
        let hits = (0..tried).filter(|n| pack.holds_or_parent(&format!("firma-{n}.co.uk"))).count();
        assert!(hits * 1024 <= tried, "{hits}");
    }

    #[test]
    fn a_part_of_a_pack_is_no_pack() {
        for cut in [0, 4, 9, 17, DISPOSABLE.len() - 1] {
            assert_eq!(Pack::parse(&DISPOSABLE[..cut]), None, "{cut}");
        }
        let longer = [FREE, &[0]].concat();
        assert_eq!(Pack::parse(&longer), None);
        assert_eq!(Pack::parse(b"LKP1\x40\x01\0\0\0\x01\0\0\0\x01\0\0\0\0"), None);
    }
}
