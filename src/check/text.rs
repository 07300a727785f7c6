//! How typed text is brought into the shape that checks read.

use alloc::string::String;

/// The letters and digits of a number as people write it: without spaces, dashes and points between groups, in upper
/// case, wide forms as ASCII. Signs that are no separators stay, so that they are found wrong.
pub(super) fn compact(text: &str) -> String {
    let is_separator =
        |c: char| c.is_whitespace() || is_dash(c) || is_invisible(c) || ".,:/'".contains(c);
    text.chars().filter(|c| !is_separator(*c)).map(|c| narrow(c).to_ascii_uppercase()).collect()
}

/// A text without white space and invisible signs around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Whether the sign is a hyphen, a dash or a minus.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}')
}

/// The ASCII sign of a wide form, as East Asian keyboards write them, and of an Arabic or Indian digit.
pub(super) fn narrow(c: char) -> char {
    const WIDE: u32 = 0xfee0;
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - WIDE).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{660}'..='\u{669}' => digit(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit(c, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit(c, '\u{966}'),
        _ => c,
    }
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// Letters for comparing: Latin ones in lower case without their accents, `ae`, `oe` and `ue` as the vowel that carries the
/// dots, `ß` as `ss`; other scripts as they are.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().map(narrow) {
        match fold_letter(c) {
            'e' if out.ends_with(['a', 'o', 'u']) => {}
            'ß' => out.push_str("ss"),
            c if is_accent(c) || is_invisible(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Accents that stand behind their letter, as some systems store them.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The last letter of each run of accented forms, and what they are forms of: Latin-1 from `à`, then Latin Extended-A.
/// <https://www.unicode.org/charts/PDF/U0100.pdf>
const PLAIN: [(char, char); 28] = [
    ('å', 'a'),
    ('æ', 'a'),
    ('ç', 'c'),
    ('ë', 'e'),
    ('ï', 'i'),
    ('ð', 'd'),
    ('ñ', 'n'),
    ('ö', 'o'),
    ('÷', '÷'),
    ('ø', 'o'),
    ('ü', 'u'),
    ('ý', 'y'),
    ('þ', 'þ'),
    ('ÿ', 'y'),
    ('ą', 'a'),
    ('č', 'c'),
    ('đ', 'd'),
    ('ě', 'e'),
    ('ģ', 'g'),
    ('ħ', 'h'),
    ('ĳ', 'i'),
    ('ĵ', 'j'),
    ('ĸ', 'k'),
    ('ł', 'l'),
    ('ŋ', 'n'),
    ('œ', 'o'),
    ('ř', 'r'),
    ('š', 's'),
];
const PLAIN_LATE: [(char, char); 5] = [('ŧ', 't'), ('ų', 'u'), ('ŵ', 'w'), ('Ÿ', 'y'), ('ž', 'z')];

fn fold_letter(c: char) -> char {
    let c = match c {
        'À'..='Þ' if c != '×' => char::from_u32(u32::from(c) + 32).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    };
    match c {
        'à'..='š' => PLAIN.iter().find(|(last, _)| c <= *last).map_or(c, |(_, plain)| *plain),
        'Ţ'..='ž' => {
            PLAIN_LATE.iter().find(|(last, _)| c <= *last).map_or(c, |(_, plain)| *plain)
        }
        'Ș' | 'ș' => 's',
        'Ț' | 'ț' => 't',
        'ẞ' => 'ß',
        _ => c,
    }
}

/// Whether nobody sees the sign: zero-width spaces and marks of direction, as copying brings them along.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_close_up_and_wide_forms_narrow() {
        assert_eq!(compact(" de 123.456\u{2013}78/9 "), "DE123456789");
        assert_eq!(compact("ＤＥ１２"), "DE12");
        assert_eq!(compact("٣٤۵५"), "3455");
        assert_eq!(compact("a+b*"), "A+B*");
        assert_eq!(trim("\u{200b} a b \u{feff}"), "a b");
    }

    #[test]
    fn folding_takes_case_and_accents() {
        assert_eq!(fold("Österreich"), "osterreich");
        assert_eq!(fold("OESTERREICH"), "osterreich");
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("ÇĆĘŁŃŐŘŚŤŮŽźŸÿŷ"), "ccelnorstuzzyyy");
        assert_eq!(fold("A\u{301}e\u{301}"), "a");
        assert_eq!(fold("Þór"), "þor");
        assert_eq!(fold("Ελλάδα 7"), "Ελλάδα 7");
    }
}
