//! Matches digits against the compact patterns of the tables.
//!
//! A pattern is a run of bytes that ends at the next tag: an ASCII digit, a class of digits (one byte for a frequent
//! one, two for a rare one), any digit so many times, groups with alternatives, groups that may be left out, one
//! captured group, and the end of the digits. Groups never repeat, so that a choice is finished by going on behind its
//! group. Order and greed are those of the regular expressions that the patterns were made from, because the length of
//! a prefix depends on them.

use super::table::{RECORD, class};

/// What a pattern matched.
pub(super) struct Match {
    /// How many digits it took.
    pub end: usize,
    /// The first digit of the captured group and the one behind its last, if the group took part.
    pub taken: Option<(usize, usize)>,
}

/// Matches a prefix of `digits` (ASCII).
pub(super) fn prefix(pattern: &[u8], digits: &[u8]) -> Option<Match> {
    let mut matcher = Matcher { pattern, digits, whole: false, start: 0, taken: None };
    let end = matcher.alternatives(0, 0)?;
    Some(Match { end, taken: matcher.taken })
}

/// Whether the pattern matches all `digits` (ASCII).
pub(super) fn whole(pattern: &[u8], digits: &[u8]) -> bool {
    Matcher { pattern, digits, whole: true, start: 0, taken: None }.alternatives(0, 0).is_some()
}

/// The lengths that a pattern of nothing but alternatives of any digits matches, as bits.
pub(super) fn lengths(pattern: &[u8]) -> u32 {
    let mut bits = 0;
    let mut low = 0;
    for byte in pattern {
        match byte {
            b'@'..=b'O' => low = byte - b'@',
            b'`'..=b'w' if low > 0 => {
                for length in low..=low + (byte - b'`') {
                    bits |= 1 << (length & 31);
                }
                low = 0;
            }
            b'`'..=b'w' => bits |= 1 << (byte & 31),
            b'|' => {}
            _ => break,
        }
    }
    bits
}

struct Matcher<'a> {
    pattern: &'a [u8],
    digits: &'a [u8],
    whole: bool,
    start: usize,
    taken: Option<(usize, usize)>,
}

impl Matcher<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.pattern.get(at).copied().unwrap_or(RECORD)
    }

    /// Tries the alternatives of a group that begins at `at`, in order.
    fn alternatives(&mut self, mut at: usize, from: usize) -> Option<usize> {
        loop {
            let before = self.taken;
            let end = self.go(at, from);
            if end.is_some() {
                return end;
            }
            self.taken = before;
            at = self.skip(at, true);
            if self.byte(at - 1) != b'|' {
                return None;
            }
        }
    }

    /// The place behind the group that `at` is in, or behind its next bar. The end of a pattern closes every group and
    /// is not passed.
    fn skip(&self, mut at: usize, to_bar: bool) -> usize {
        let mut depth = 0;
        loop {
            let byte = self.byte(at);
            at += 1;
            match byte {
                b'(' | b'<' => depth += 1,
                b')' if depth == 0 => return at,
                b')' => depth -= 1,
                b'|' if depth == 0 && to_bar => return at,
                RECORD..0x20 => return at - 1,
                _ => {}
            }
        }
    }

    /// Goes on from `at` in the pattern and `from` in the digits to the end of the pattern.
    fn go(&mut self, mut at: usize, mut from: usize) -> Option<usize> {
        loop {
            let byte = self.byte(at);
            at += 1;
            match byte {
                b'(' => return self.alternatives(at, from),
                b'<' => {
                    let before = self.taken;
                    let end = self.alternatives(at, from);
                    if end.is_some() {
                        return end;
                    }
                    self.taken = before;
                    at = self.skip(at, false);
                }
                b'|' => at = self.skip(at, false),
                b')' => {}
                b'{' => self.start = from,
                b'}' => self.taken = Some((self.start, from)),
                b'$' if from == self.digits.len() => {}
                b'$' => return None,
                b'A'..=b'O' | b'@' | b'`'..=b'w' => {
                    let (low, more) = if byte < b'`' {
                        at += 1;
                        (byte - b'@', self.byte(at - 1).saturating_sub(b'`'))
                    } else {
                        (byte - b'`', 0)
                    };
                    let left = self.digits.len() - from;
                    let low = usize::from(low);
                    if low > left {
                        return None;
                    }
                    let mut take = left.min(low + usize::from(more));
                    while take > low {
                        let end = self.go(at, from + take);
                        if end.is_some() {
                            return end;
                        }
                        take -= 1;
                    }
                    from += low;
                }
                b'0'..=b'9' => {
                    if self.digits.get(from) != Some(&byte) {
                        return None;
                    }
                    from += 1;
                }
                0x80.. | ..8 => {
                    let class = if byte < 8 {
                        at += 1;
                        u16::from(byte) << 7 | u16::from(self.byte(at - 1) & 127)
                    } else {
                        class(byte & 127)
                    };
                    let digit = self.digits.get(from)?;
                    if class >> (digit & 15) & 1 == 0 {
                        return None;
                    }
                    from += 1;
                }
                _ => return (!self.whole || from == self.digits.len()).then_some(from),
            }
        }
    }
}
