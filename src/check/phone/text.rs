//! What people type: which characters belong to a number, where it begins and ends, and its extension.
//!
//! The rules are those of Google's libphonenumber, so that both read the same number out of the same text.

use super::short::{Line, Short};

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
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}'
            | '\u{fff0}'..='\u{ffff}' | '\u{1f000}'..='\u{1f0ff}'
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
pub(super) fn find(text: &[char], needle: &[u8]) -> Option<usize> {
    (0..text.len()).find(|at| {
        let mut text = text.iter().skip(*at);
        needle.iter().all(|byte| text.next() == Some(&char::from(*byte)))
    })
}

/// Whether this could be a number at all: two digits or more, and nothing that does not belong to one.
pub(super) fn viable(text: &[char]) -> bool {
    let digits = |text: &[char]| text.iter().all(|c| digit(*c).is_some());
    let Some(start) = text.get(..2) else { return false };
    if digits(start) && (text.len() == 2 || extension_from(text, 2, 2).is_some()) {
        return true;
    }
    let mut end = pluses(text);
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

/// What stands before an extension of at most so many digits, in the folded form of [`lower`], separated by spaces. In
/// front of a label may be blanks and commas; those that begin with a comma or semicolon count their commas themselves.
const LABELS: [(&[u8], usize); 3] = [
    (
        b"xt ext xtn extn xtensio extensio xtension extension xtensi\xf3 extensi\xf3 xtensi\xf3n extensi\xf3n \
          xtensio\x01 extensio\x01 xtensio\x01n extensio\x01n \x02\x03\x04 anexo",
        20,
    ),
    (b"; ,,", 15),
    (b"x # ~ int ,", 9),
];

/// How many digits an extension may have behind this label, which must be one from end to end.
fn longest(text: &[char], hash: bool) -> usize {
    let mut label = Short::<u8, 32>::new();
    for c in text {
        label.push(lower(*c));
    }
    let label = label.as_slice();
    if label.len() < text.len() {
        return 0;
    }
    // A label has a letter, comma or other mark in it: numbers without an extension end here.
    let bare = skip(label, b" \t-").is_empty();
    if bare && !hash {
        return 0;
    }
    if !hash && label == b";ext=" {
        return 20;
    }
    let blank = skip(label, b" \t");
    let named = skip(label, b" \t,");
    for (words, most) in LABELS {
        for word in words.split(|byte| *byte == b' ') {
            let start = if matches!(word, [b',' | b';', ..]) { blank } else { named };
            if start.starts_with(word) && ends(start.get(word.len()..).unwrap_or_default()) {
                return most;
            }
        }
    }
    let american = text.iter().all(|c| matches!(c, ' ' | '-'));
    if american && !label.is_empty() { 6 } else { 0 }
}

/// Whether this may stand between a label and the extension.
fn ends(text: &[u8]) -> bool {
    let text = if let [b':' | b'.', rest @ ..] = text { rest } else { text };
    skip(text, b" \t,-").is_empty()
}

/// The text from its first byte on that is not one of these.
fn skip<'a>(mut text: &'a [u8], what: &[u8]) -> &'a [u8] {
    while let [first, rest @ ..] = text
        && what.iter().any(|byte| byte == first)
    {
        text = rest;
    }
    text
}

/// A letter or mark of a label in one byte: lower case, and the full-width forms as those of ASCII.
fn lower(c: char) -> u8 {
    match c {
        ' '..='~' => u32::from(c).to_le_bytes()[0].to_ascii_lowercase(),
        '\u{a0}' => b' ',
        '\t' => b'\t',
        'Ó' | 'ó' => 0xf3,
        '\u{301}' => 0x01,
        'Д' | 'д' => 0x02,
        'О' | 'о' => 0x03,
        'Б' | 'б' => 0x04,
        '＃' | '．' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '～' => {
            (u32::from(c) - 0xfee0).to_le_bytes()[0].to_ascii_lowercase()
        }
        _ => 0,
    }
}

/// Whether the context of an RFC 3966 number is one: a global prefix or a domain name.
pub(super) fn context(text: &[char]) -> bool {
    if let ['+', rest @ ..] = text {
        let allowed = |c: &char| digit(*c).is_some() || matches!(c, '-' | '.' | '(' | ')');
        return rest.iter().any(|c| digit(*c).is_some()) && rest.iter().all(allowed);
    }
    let name = if let [name @ .., '.'] = text { name } else { text };
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

/// How many plus signs the text begins with.
pub(super) fn pluses(text: &[char]) -> usize {
    text.iter().take_while(|c| plus(**c)).count()
}

/// The digits of a text. Three letters or more are read as the keys of a telephone.
pub(super) fn digits(text: &[char]) -> Line {
    let mut out = Line::new();
    let vanity = text.iter().filter(|c| c.is_ascii_alphabetic()).count() >= 3;
    for c in text {
        let key = match c {
            _ if !vanity => digit(*c),
            '0'..='9' => digit(*c),
            c => {
                let place = (u32::from(*c) | 32).wrapping_sub(u32::from('a'));
                let keys = b"22233344455566677778889999";
                usize::try_from(place).ok().and_then(|place| keys.get(place)).copied()
            }
        };
        if let Some(key) = key {
            out.push(key);
        }
    }
    out
}
