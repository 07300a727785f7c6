//! Signs that a name is no name. They are signals for rules, never problems: people have unlikely names.

use alloc::{string::String, vec::Vec};

use super::text;

/// The rows of keyboards, in the layouts of the languages of the messages, and how many neighbours make a run: on the
/// upper row shorter ones are in words, such as `wert` and `erty`.
const KEYS: [(&[u8], usize); 8] = [
    (b"qwertyuiop", 5),
    (b"qwertzuiop", 5),
    (b"azertyuiop", 5),
    (b"qwer", 4),
    (b"asdfghjkl", 4),
    (b"qsdfghjklm", 4),
    (b"yxcvbnm", 4),
    (b"zxcvbnm", 4),
];
/// Words that stand where a name should, between spaces.
const PLACEHOLDERS: &str = " test testing tester teste prueba essai prova asdf foo bar foobar baz none null nil undefined \
    nan na nobody niemand nope nein no anonymous anonym unknown unbekannt name vorname nachname firstname lastname \
    fullname mustermann musterfrau musterfirma firma company blah bla xyz abc dummy example beispiel user admin \
    lorem ipsum hallo hello lol haha fake privat private keine kein nichts ";
/// The longest name that is read for signs, in characters; longer ones are a sign by themselves.
const MAX_READ: usize = 120;

/// The signs of junk in a name, in this order: `url`, `email`, `long`, `no_letters`, `keyboard`, `repeated`, `no_vowel`,
/// `placeholder`, `mixed_script`.
pub(super) fn signals(name: &str) -> Vec<&'static str> {
    let folded = text::fold(name);
    let has = |part: &str| folded.contains(part);
    let is_link = has("://")
        || has("www.")
        || [".com", ".net", ".org", ".ru", ".de/"].iter().any(|end| has(end));
    let words = || folded.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic());
    let letters = || words().filter(|word| !word.is_empty());
    let tests = [
        ("url", is_link),
        ("email", name.contains('@')),
        ("long", name.chars().nth(MAX_READ).is_some()),
        ("no_letters", !name.is_empty() && letters().next().is_none()),
        ("keyboard", letters().any(is_keyboard_run)),
        ("repeated", letters().any(is_repeated)),
        ("no_vowel", letters().any(has_no_vowel)),
        ("placeholder", letters().count() > 0 && letters().all(is_placeholder)),
        ("mixed_script", words().any(is_mixed)),
    ];
    tests.into_iter().filter_map(|(signal, is_there)| is_there.then_some(signal)).collect()
}

/// A text on one line: single spaces between words, nothing invisible.
pub(super) fn tidy(name: &str) -> String {
    let visible: String = name
        .chars()
        .filter(|c| !text::is_invisible(*c) && (*c == '\t' || *c == '\n' || !c.is_control()))
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    words.join(" ")
}

fn is_placeholder(word: &str) -> bool {
    PLACEHOLDERS.split(' ').any(|placeholder| placeholder == word)
}

/// Neighbours on the keyboard, one way or the other.
fn is_keyboard_run(word: &str) -> bool {
    let forth = word.as_bytes();
    let back: Vec<u8> = forth.iter().rev().copied().collect();
    let has = |word: &[u8], run: &[u8]| word.windows(run.len()).any(|part| part == run);
    let is_on = |(row, length): &(&[u8], usize)| {
        row.windows(*length).any(|run| has(forth, run) || has(&back, run))
    };
    KEYS.iter().any(is_on)
}

/// The same letter four times, or the same two or three letters three times and nothing else.
fn is_repeated(word: &str) -> bool {
    let bytes = word.as_bytes();
    let is_one = |four: &[u8]| four.windows(2).all(|two| matches!(two, [a, b] if a == b));
    let is_of = |length: usize| {
        let (head, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
        bytes.len() >= length * 3 && rest.chunks(length).all(|chunk| head.starts_with(chunk))
    };
    word.is_ascii()
        && (bytes.windows(4).any(is_one)
            || bytes.len() == 3 && is_one(bytes) && !matches!(bytes, b"iii" | b"www")
            || is_of(2)
            || is_of(3))
}

/// Five letters of the Latin alphabet without a vowel.
fn has_no_vowel(word: &str) -> bool {
    word.len() >= 5
        && word.bytes().all(|byte| byte.is_ascii_lowercase() && !b"aeiouyw".contains(&byte))
}

/// Latin letters and Cyrillic or Greek ones in one word, as they look the same.
fn is_mixed(word: &str) -> bool {
    let has_latin = word.bytes().any(|byte| byte.is_ascii_alphabetic());
    has_latin && word.chars().any(|c| matches!(c, '\u{370}'..='\u{52f}'))
}
