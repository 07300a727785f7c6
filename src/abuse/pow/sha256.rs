//! SHA-256 (FIPS 180-4) for searching: one word type is one message at a time, another several side by side.
//!
//! Only for proof of work. Whoever checks a hash uses the `sha2` crate.

/// 32 bits of one message, or of several messages side by side.
pub(super) trait Word: Copy {
    /// How many messages are side by side.
    const LANES: u32;

    /// The same 32 bits for all messages.
    fn splat(value: u32) -> Self;

    /// 32 bits for each message by its number.
    fn each(value: impl Fn(u32) -> u32) -> Self;

    /// Addition modulo 2^32.
    fn plus(self, other: Self) -> Self;

    fn and(self, other: Self) -> Self;

    fn xor(self, other: Self) -> Self;

    fn shift<const BITS: u32>(self) -> Self;

    fn rotate<const BITS: u32>(self) -> Self;

    /// Whether a message has these bits under the mask.
    fn any(self, mask: u32, bits: u32) -> bool;
}

impl Word for u32 {
    const LANES: u32 = 1;

    #[inline]
    fn splat(value: u32) -> Self {
        value
    }

    #[inline]
    fn each(value: impl Fn(u32) -> u32) -> Self {
        value(0)
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline]
    fn and(self, other: Self) -> Self {
        self & other
    }

    #[inline]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline]
    fn shift<const BITS: u32>(self) -> Self {
        self >> BITS
    }

    #[inline]
    fn rotate<const BITS: u32>(self) -> Self {
        self.rotate_right(BITS)
    }

    #[inline]
    fn any(self, mask: u32, bits: u32) -> bool {
        self & mask == bits
    }
}

/// The state before the first block: section 5.3.3 of the standard.
#[rustfmt::skip]
pub(super) const START: [u32; 8] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
];

/// Section 4.2.2 of the standard.
#[rustfmt::skip]
const ROUND: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// Advances `state` by one block.
#[inline]
#[expect(clippy::many_single_char_names, reason = "the names of the standard")]
pub(super) fn compress<W: Word>(state: &[W; 8], block: &[W; 16]) -> [W; 8] {
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    let mut w = *block;
    for (part, constants) in ROUND.chunks_exact(16).enumerate() {
        // Sixteen rounds written out, so that the schedule stays in registers.
        macro_rules! round {
            ($($t:literal)*) => {$(
                if part > 0 {
                    let (far, near) = (w[($t + 1) % 16], w[($t + 14) % 16]);
                    let small0 = far.rotate::<7>().xor(far.rotate::<18>()).xor(far.shift::<3>());
                    let small1 = near.rotate::<17>().xor(near.rotate::<19>()).xor(near.shift::<10>());
                    w[$t] = w[$t].plus(small0).plus(w[($t + 9) % 16]).plus(small1);
                }
                let big1 = e.rotate::<6>().xor(e.rotate::<11>()).xor(e.rotate::<25>());
                let choice = g.xor(e.and(f.xor(g)));
                let one = h.plus(big1).plus(choice).plus(W::splat(constants[$t])).plus(w[$t]);
                let big0 = a.rotate::<2>().xor(a.rotate::<13>()).xor(a.rotate::<22>());
                let majority = b.xor(b.xor(a).and(b.xor(c)));
                h = g;
                g = f;
                f = e;
                e = d.plus(one);
                d = c;
                c = b;
                b = a;
                a = one.plus(big0).plus(majority);
            )*};
        }
        round!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    }
    let after = [a, b, c, d, e, f, g, h];
    core::array::from_fn(|index| state[index].plus(after[index]))
}

/// The last one or two blocks of messages that begin alike and have the same length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail<W> {
    state: [W; 8],
    words: [W; 32],
    blocks: usize,
    /// How many bytes before `words` are in `state`.
    done: usize,
}

impl<W: Word> Tail<W> {
    /// Messages that are `text`, which may be altered in its last `open` bytes (at most 55).
    pub(super) fn new(text: &[u8], open: usize) -> Self {
        let mut state = START.map(W::splat);
        let mut done = 0;
        while done + 64 + open <= text.len() {
            let block: [u32; 16] = core::array::from_fn(|word| bytes(text, done + 4 * word));
            state = compress(&state, &block.map(W::splat));
            done += 64;
        }
        let left = text.len() - done;
        let blocks = if left + 9 > 64 { 2 } else { 1 };
        let bits = u64::try_from(text.len()).unwrap_or(0) * 8;
        let mut tail = Self { state, words: [W::splat(0); 32], blocks, done };
        for (word, slot) in tail.words.iter_mut().enumerate() {
            *slot = W::splat(bytes(text, done + 4 * word));
        }
        tail.words[left / 4] = tail.words[left / 4].xor(W::splat(0x8000_0000 >> (8 * (left % 4))));
        let end = 16 * blocks;
        tail.words[end - 2] = W::splat(u32::try_from(bits >> 32).unwrap_or(0));
        tail.words[end - 1] = W::splat(u32::try_from(bits & 0xffff_ffff).unwrap_or(0));
        tail
    }

    /// Adds a byte for each message at a place of the text where a zero byte stands.
    #[inline]
    pub(super) fn set(&mut self, at: usize, byte: impl Fn(u32) -> u32) {
        let at = at - self.done;
        let shift = 24 - 8 * (at % 4);
        let word = &mut self.words[(at / 4) % 32];
        *word = word.xor(W::each(|lane| byte(lane) << shift));
    }

    /// The digests.
    #[inline]
    pub(super) fn digest(&self) -> [W; 8] {
        let (first, second) = self.words.split_at(16);
        let block = |words: &[W]| -> [W; 16] { core::array::from_fn(|index| words[index]) };
        let state = compress(&self.state, &block(first));
        if self.blocks == 1 { state } else { compress(&state, &block(second)) }
    }
}

/// Four bytes in big-endian order, zeros after the end.
fn bytes(text: &[u8], at: usize) -> u32 {
    (0..4).fold(0, |sum, index| sum << 8 | u32::from(text.get(at + index).copied().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use sha2::{Digest, Sha256};

    #[test]
    fn digests_are_those_of_the_sha2_crate_for_every_length() {
        let text: Vec<u8> = (0..=255).collect();
        for length in 0..256 {
            let text = &text[..length];
            for open in [0, 4, 55] {
                if open > length {
                    continue;
                }
                let digest = Tail::<u32>::new(text, open).digest();
                let bytes: Vec<u8> = digest.iter().flat_map(|word| word.to_be_bytes()).collect();
                assert_eq!(bytes, Sha256::digest(text).to_vec(), "{length} {open}");
            }
        }
    }

    #[test]
    fn altered_bytes_are_hashed() {
        let mut text = *b"0123456789012345678901234567890123456789012345678901234567\0\0";
        let mut tail = Tail::<u32>::new(&text, 2);
        tail.set(58, |_| u32::from(b'x'));
        tail.set(59, |_| u32::from(b'y'));
        text[58] = b'x';
        text[59] = b'y';
        let expected: [u8; 32] = Sha256::digest(text).into();
        let bytes: Vec<u8> = tail.digest().iter().flat_map(|word| word.to_be_bytes()).collect();
        assert_eq!(bytes, expected);
    }
}
