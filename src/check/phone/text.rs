//! What people type: which characters belong to a number, where it begins and ends, and its extension.
//!
//! The rules are those of Google's libphonenumber, so that both read the same number out of the same text.

/// The zero of every set of ten decimal digits in Unicode after ASCII, as steps from one to the next.
/// <https://www.unicode.org/Public/UCD/latest/ucd/extracted/DerivedNumericType.txt>
const ZEROS: [u16; 65] = [
    1632, 144, 208, 422, 128, 128, 128, 128, 128, 128, 128, 128, 128, 106, 128, 80, 288, 80, 1872,
    48, 310, 138, 176, 16, 192, 96, 144, 16, 35280, 688, 48, 208, 32, 96, 416, 21280, 1424, 2192,
    822, 138, 70, 154, 288, 352, 128, 384, 112, 112, 432, 112, 768, 256, 80, 19648, 96, 144, 27774,
    10, 10, 10, 10, 2378, 432, 1632, 4768,
];

/// The value of a decimal digit of any script, as an ASCII digit.
pub(super) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return u8::try_from(c).ok().filter(u8::is_ascii_digit);
    }
    let mut zero = 0;
    for step in ZEROS {
        zero += u32::from(step);
        if let offset @ 0..10 = u32::from(c).wrapping_sub(zero) {
            return u8::try_from(offset).ok().map(|offset| b'0' + offset);
        }
    }
    None
}

/// Whether this is a plus sign.
pub(super) fn plus(c: char) -> bool {
    matches!(c, '+' | '\u{ff0b}')
}

/// What may stand between the digits of a number.
fn between(c: char) -> bool {
    matches!(
        c,
        ' ' | '(' | ')' | '-'..='/' | '[' | ']' | '~' | 'x' | 'X' | '*' | '\u{a0}' | '\u{ad}' | '\u{200b}'
            | '\u{2010}'..='\u{2015}' | '\u{2053}' | '\u{2060}' | '\u{2212}' | '\u{223c}' | '\u{3000}'
            | '\u{30fc}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0d}'..='\u{ff0f}' | '\u{ff3b}' | '\u{ff3d}'
            | '\u{ff5e}'
    )
}

/// Whether this is a letter, digit or mark of counting, so that a number cannot end before it.
///
/// Outside ASCII only the blocks of punctuation, symbols and accents are told apart from letters.
fn word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    !matches!(
        c,
        '\u{80}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}' | '\u{b6}'..='\u{b8}' | '\u{bb}' | '\u{bf}'
            | '\u{d7}' | '\u{f7}' | '\u{300}'..='\u{36f}' | '\u{2000}'..='\u{206f}' | '\u{20a0}'..='\u{20ff}'
            | '\u{2190}'..='\u{245f}' | '\u{2500}'..='\u{2775}' | '\u{2794}'..='\u{2bff}'
            | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{30fb}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fe00}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{1f000}'..='\u{1f0ff}'
            | '\u{1f200}'..='\u{1faff}'
    )
}

/// The part of a text that may be a number: without what stands before and behind it, and without a second extension.
pub(super) fn candidate(text: &[char]) -> &[char] {
    let starts = |c: &char| plus(*c) || digit(*c).is_some();
    let mut number =
        text.get(text.iter().position(starts).unwrap_or(text.len())..).unwrap_or_default();
    while let [rest @ .., last] = number
        && !word(*last)
        && *last != '#'
    {
        number = rest;
    }
    for (at, c) in number.iter().enumerate() {
        if matches!(c, '/' | '\\')
            && let Some((before, behind)) = number.split_at_checked(at)
            && behind.iter().skip(1).find(|c| **c != ' ') == Some(&'x')
        {
            return before;
        }
    }
    number
}

/// Where `needle` begins.
pub(super) fn find(text: &[char], needle: &str) -> Option<usize> {
    (0..text.len()).find(|at| begins(text.get(*at..).unwrap_or_default(), needle))
}

fn begins(text: &[char], start: &str) -> bool {
    let mut text = text.iter();
    start.chars().all(|c| text.next() == Some(&c))
}

/// Whether this could be a number at all: two digits or more, and nothing that does not belong to one.
pub(super) fn viable(text: &[char]) -> bool {
    let digits = |text: &[char]| text.iter().all(|c| digit(*c).is_some());
    let Some(start) = text.get(..2) else { return false };
    if digits(start) && (text.len() == 2 || extension_from(text, 2, 2).is_some()) {
        return true;
    }
    let mut end = text.iter().take_while(|c| plus(**c)).count();
    let mut count = 0;
    let mut third = 0;
    while let Some(c) = text.get(end) {
        end += 1;
        if digit(*c).is_some() {
            count += 1;
            if count == 3 {
                third = end;
            }
        } else if !between(*c) && (count < 3 || !c.is_ascii_alphabetic()) {
            end -= 1;
            break;
        }
    }
    count >= 3 && (end == text.len() || extension_from(text, third, end).is_some())
}

/// Where the number ends before its extension, and the extension.
pub(super) fn extension(text: &[char]) -> Option<(&[char], &[char])> {
    let (at, from, to) = extension_from(text, 0, text.len())?;
    let number = text.get(..at)?;
    viable(number).then_some((number, text.get(from..to)?))
}

/// The first place from `low` to `high` at which what is left of the text is an extension, and the range of its digits.
fn extension_from(text: &[char], low: usize, high: usize) -> Option<(usize, usize, usize)> {
    let hash = text.last() == Some(&'#');
    let to = text.len() - usize::from(hash);
    let tail = text.get(..to)?;
    let count = tail.iter().rev().take_while(|c| digit(**c).is_some()).count();
    let from = to - count;
    let label = tail.get(..from)?;
    let first = label.iter().rposition(|c| digit(*c).is_some()).map_or(0, |at| at + 1);
    (low.max(first)..=high.min(from))
        .find(|at| (1..=longest(label.get(*at..).unwrap_or_default(), hash)).contains(&count))
        .map(|at| (at, from, to))
}

/// How many digits an extension may have behind this label, which must be one from end to end.
fn longest(label: &[char], hash: bool) -> usize {
    let gap = |c: char| matches!(c, ' ' | '\t' | '\u{a0}');
    let mut label = Label { left: label };
    if !hash && label.left.len() == 5 && label.eat(";ext=") {
        return 20;
    }
    let mut blank = Label { left: label.left };
    blank.skip(gap);
    let mut named = Label { left: label.left };
    named.skip(|c| gap(c) || c == ',');
    let after = named.left;
    if (named.explicit() && named.ends()) || {
        named.left = after;
        (named.eat("доб") || named.eat("anexo")) && named.ends()
    } {
        return 20;
    }
    let commas = blank.left;
    if (blank.eat(";") || blank.eat(",,")) && blank.ends() {
        return 15;
    }
    for short in ["x", "ｘ", "#", "＃", "~", "～", "int", "ｉｎｔ"] {
        named.left = after;
        if named.eat(short) && named.ends() {
            return 9;
        }
    }
    blank.left = commas;
    if blank.eat(",") {
        blank.skip(|c| c == ',');
        if blank.ends() {
            return 9;
        }
    }
    let american = hash && !label.left.is_empty();
    label.skip(|c| matches!(c, ' ' | '-'));
    if american && label.left.is_empty() { 6 } else { 0 }
}

/// What is left of the text between a number and its extension.
struct Label<'a> {
    left: &'a [char],
}

impl Label<'_> {
    fn eat(&mut self, word: &str) -> bool {
        let mut left = self.left.iter();
        let found = word.chars().all(|c| left.next().copied().map(lower) == Some(c));
        if found {
            self.left = left.as_slice();
        }
        found
    }

    fn skip(&mut self, what: impl Fn(char) -> bool) {
        while let [first, rest @ ..] = self.left
            && what(*first)
        {
            self.left = rest;
        }
    }

    fn explicit(&mut self) -> bool {
        self.eat("e");
        if self.eat("xt") {
            if self.eat("ensi") && !self.eat("ó") && !self.eat("o\u{301}") && !self.eat("o") {
                return false;
            }
            self.eat("n");
            return true;
        }
        self.eat("ｅ");
        let found = self.eat("ｘｔ");
        self.eat("ｎ");
        found
    }

    /// What may stand between a label and the extension.
    fn ends(&mut self) -> bool {
        if let [':' | '.' | '\u{ff0e}', rest @ ..] = self.left {
            self.left = rest;
        }
        self.skip(|c| matches!(c, ' ' | '\t' | '\u{a0}' | ',' | '-'));
        self.left.is_empty()
    }
}

/// The lower case of the letters in labels.
fn lower(c: char) -> char {
    match c {
        'A'..='Z' | 'Ó' | 'А'..='Я' | 'Ａ'..='Ｚ' => {
            char::from_u32(u32::from(c) + 32).unwrap_or(c)
        }
        c => c,
    }
}

/// Whether the context of an RFC 3966 number is one: a global prefix or a domain name.
pub(super) fn context(text: &[char]) -> bool {
    if let ['+', rest @ ..] = text {
        let allowed = |c: &char| digit(*c).is_some() || matches!(c, '-' | '.' | '(' | ')');
        return rest.iter().any(|c| digit(*c).is_some()) && rest.iter().all(allowed);
    }
    let name = text.strip_suffix(&['.']).unwrap_or(text);
    let sign = |c: &char| c.is_ascii_alphabetic() || digit(*c).is_some();
    let label = |label: &[char]| {
        label.first().is_some_and(sign)
            && label.last().is_some_and(sign)
            && label.iter().all(|c| sign(c) || *c == '-')
    };
    let mut labels = name.split(|c| *c == '.');
    let top = labels.next_back().unwrap_or_default();
    label(top) && top.first().is_some_and(char::is_ascii_alphabetic) && labels.all(label)
}

/// The digits of a text. Three letters or more are read as the keys of a telephone.
pub(super) fn digits(text: &[char], out: &mut alloc::vec::Vec<u8>) {
    let vanity = text.iter().filter(|c| c.is_ascii_alphabetic()).count() >= 3;
    for c in text {
        if !vanity {
            out.extend(digit(*c));
        } else if let Ok(byte) = u8::try_from(*c) {
            let place = byte.to_ascii_lowercase().wrapping_sub(b'a');
            if let Some(key) = b"22233344455566677778889999".get(usize::from(place)) {
                out.push(*key);
            } else if byte.is_ascii_digit() {
                out.push(byte);
            }
        }
    }
}
