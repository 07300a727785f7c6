//! Lists of hosts as ribbon filters: small files that answer "is it in the list", with a known rate of false hits.
//!
//! Each host stands for some equations, one for each bit of its print: the exclusive or of some of 128 bits of a column from
//! a place on is that bit. Hash functions give the place, which bits and the print, and the file is a solution of all
//! equations. A host of the list fulfils its own, any other one by chance. That takes a percent more than the prints,
//! and nothing needs to be read before a host can be looked up. <https://arxiv.org/abs/2103.02515>
//!
//! Layout: `LKP2`, one byte with the number of columns, then as little-endian 32 bits the number of entries, the length of a
//! column, that of the last one and the seed; then the columns, first bit lowest. The last one may be shorter: a host
//! that reaches beyond its end has one equation less. `pkg-scripts/data/checks/packs.py` writes them, chooses the seed so that
//! no host of its allow-list is hit, and writes `index.json` with version, size and SHA-256 of each, by which who fetches
//! a pack verifies it.

/// Disposable mail hosts, for builds that embed their packs. Of hosts that are not in it, fewer than
/// one in 1024 are hit by chance.
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
    columns: &'a [u8],
    count: usize,
    entries: u32,
    length: u32,
    last_length: u32,
    seed: u32,
}

const MAGIC: &[u8] = b"LKP2";
/// Bits of a column that an equation may hold.
const WIDTH: u32 = u128::BITS;
/// The most columns: the bits of a print.
const MAX_COLUMNS: usize = 32;

impl<'a> Pack<'a> {
    /// Reads a pack; `None` where the bytes are no pack or a part of one.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(MAGIC)?;
        let (&count, bytes) = bytes.split_first()?;
        let (entries, bytes) = split_u32(bytes)?;
        let (length, bytes) = split_u32(bytes)?;
        let (last_length, bytes) = split_u32(bytes)?;
        let (seed, columns) = split_u32(bytes)?;
        let before_last = u64::from(count.checked_sub(1)?) * u64::from(length);
        let bits = before_last + u64::from(last_length);
        let is_whole = usize::try_from(bits.div_ceil(8)).is_ok_and(|bytes| bytes == columns.len());
        let count = usize::from(count);
        let is_sound = length >= WIDTH && last_length <= length && count <= MAX_COLUMNS;
        (is_whole && is_sound).then_some(Self {
            columns,
            count,
            entries,
            length,
            last_length,
            seed,
        })
    }

    /// Whether the host, in lower-case ASCII, is in the list.
    pub fn holds(&self, host: &str) -> bool {
        let hash = self.hash(host);
        let places = u64::from(self.length - WIDTH + 1);
        let place = ((mixed(hash) >> 32).wrapping_mul(places) >> 32) as usize;
        let (high, low) = (mixed(hash.wrapping_add(1)), mixed(hash.wrapping_add(2)));
        let held = u128::from(high) << 64 | u128::from(low) | 1;
        let print = mixed(hash.wrapping_add(3));
        (0..self.count).all(|column| {
            let is_last = column + 1 == self.count;
            let length = if is_last { self.last_length } else { self.length } as usize;
            let bits = self.bits(column * self.length as usize + place) & held;
            place + WIDTH as usize > length
                || u64::from(bits.count_ones() & 1) == print >> column & 1
        })
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

    /// The bits of the columns from one on.
    fn bits(&self, from: usize) -> u128 {
        let shift = u32::try_from(from % 8).unwrap_or_default();
        let mut bytes = self.columns.iter().skip(from / 8).map(|byte| u128::from(*byte));
        let first = bytes.next().unwrap_or_default() >> shift;
        let places = (1..=16).map(|byte: u32| byte * 8 - shift);
        bytes.zip(places).fold(first, |bits, (byte, at)| bits | byte.checked_shl(at).unwrap_or(0))
    }

    /// FNV-1a of 64 bits from the seed.
    fn hash(&self, host: &str) -> u64 {
        host.bytes().fold(0xcbf2_9ce4_8422_2325 ^ u64::from(self.seed), |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}

/// The last steps of `SplitMix64`, so that every bit depends on all of a hash.
/// <https://prng.di.unimi.it/splitmix64.c>
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ hash >> 31
}

fn split_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (four, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*four), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};

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
        for columns in [0, 33] {
            let header =
                [b"LKP2", &[columns][..], &[1, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
                    .concat();
            let bits = usize::from(columns).saturating_sub(1) * 128;
            assert_eq!(Pack::parse(&[header, vec![0; bits / 8]].concat()), None, "{columns}");
        }
    }
}
