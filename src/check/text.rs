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
}
