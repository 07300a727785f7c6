//! What a text shows of its writer: links, markup, mixed alphabets, repetition, capitals, invisible signs.
//!
//! Looks at the first characters only, so that a long text costs no more than a page of it.

use alloc::{string::String, vec, vec::Vec};

use super::{Place, Sign};

/// As many characters of a text are read.
const READ: usize = 4_000;

/// A word shorter than this may mix alphabets, as units and formulas do.
const WORD: usize = 4;

/// As many cased letters make a text of which capitals can be said.
const CASED: usize = 20;

/// As many times the same thing in a row is a repetition.
const TIMES: usize = 4;

/// As many characters the whole repetition must have.
const LONG: usize = 16;

/// As many times the same letter in a row is a repetition; laughing takes fewer.
const RUN: usize = 12;

/// Adds the signs of one text.
pub(super) fn signs(place: Place, text: &str, signs: &mut Vec<Sign>) {
    let chars: Vec<char> = text.trim().chars().take(READ).collect();
    let lower: Vec<u8> = text.bytes().take(READ).map(|byte| byte.to_ascii_lowercase()).collect();
    // An address with both marks has a slash before the second and counts once.
    let links = count(&lower, b"://") + count(&lower, b"www.") - count(&lower, b"/www.");
    let mut add = |sign: Sign, is: bool| {
        if is {
            signs.push(sign);
        }
    };
    add(Sign::LinkInName, place == Place::Name && links > 0);
    add(Sign::Links, links == 2);
    add(Sign::ManyLinks, links > 2);
    let markup: [&[u8]; 5] = [b"<a ", b"</a>", b"[url", b"[/url", b"[link"];
    add(Sign::Markup, markup.iter().any(|tag| count(&lower, tag) > 0));
    add(Sign::MixedScripts, mixed(&chars));
    add(Sign::Repeated, repeated(&chars));
    add(Sign::Capitals, place == Place::Text && capitals(&chars));
    add(Sign::Invisible, chars.iter().enumerate().any(|(at, _)| invisible(&chars, at)));
}

/// Whether a name and a text say the same, more than a word that fits both.
pub(super) fn twins(texts: &[(Place, &str)]) -> bool {
    let of = |wanted: Place| texts.iter().filter(move |(place, _)| *place == wanted);
    of(Place::Name).any(|(_, name)| {
        let name = name.trim();
        name.chars().nth(2).is_some() && of(Place::Text).any(|(_, text)| text.trim() == name)
    })
}

/// What is left of a text when digits, signs, white space and capitals do not count: two leads whose texts have the same
/// essence come from the same template. Empty for texts of fewer than 20 letters, which people share by chance.
pub fn essence(text: &str) -> String {
    let chars =
        text.chars().take(READ).filter(|char| !char.is_ascii() || char.is_ascii_alphabetic());
    let out: String = chars
        .filter(|char| !char.is_whitespace() && !is_invisible(*char))
        .map(|char| char.to_ascii_lowercase())
        .collect();
    if out.chars().nth(19).is_some() { out } else { String::new() }
}

/// Occurrences by comparing: the search of the standard library would cost the browser more than the rest of this file.
fn count(text: &[u8], part: &[u8]) -> usize {
    text.windows(part.len()).filter(|window| *window == part).count()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Other,
}

/// The alphabet of a letter; only those whose letters look alike are told apart.
fn script(char: char) -> Option<Script> {
    Some(match char {
        'a'..='z' | 'A'..='Z' => Script::Latin,
        '\u{c0}'..='\u{24f}' if char != '×' && char != '÷' => Script::Latin,
        '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '0'..='9' | '_' | '\'' | '’' | '\u{300}'..='\u{36f}' => Script::Other,
        _ => return None,
    })
}

/// Whether a word has letters of two alphabets that look alike. A single foreign letter at the start or the end is none:
/// `Δvalue`, `kΩ`.
fn mixed(chars: &[char]) -> bool {
    chars.split(|char| script(*char).is_none()).any(|word| {
        let letters = word.iter().filter_map(|char| script(*char));
        let letters: Vec<Script> = letters.filter(|one| *one != Script::Other).collect();
        let mut parts: Vec<usize> = letters.chunk_by(|a, b| a == b).map(<[_]>::len).collect();
        if parts.last() == Some(&1) {
            parts.pop();
        }
        let lead = usize::from(parts.first() == Some(&1));
        letters.len() >= WORD && parts.len() > lead + 1
    })
}

fn repeated(chars: &[char]) -> bool {
    let mut runs = chars.chunk_by(|a, b| a == b);
    if runs.any(|run| run.len() >= RUN && run.first().is_some_and(|c| is_letter(*c))) {
        return true;
    }
    chars.len() >= LONG && chars.iter().any(|char| is_letter(*char)) && {
        let period = period(chars);
        // The last time may lack the space behind it.
        period * TIMES <= chars.len() + 1
    }
}

fn is_letter(char: char) -> bool {
    char.is_ascii_alphabetic() || u32::from(char) >= 0xc0
}

/// The shortest part that, over and over, gives the text: Knuth, Morris and Pratt's table.
fn period(chars: &[char]) -> usize {
    let mut table = vec![0_usize; chars.len()];
    let mut border = 0;
    for (at, char) in chars.iter().enumerate().skip(1) {
        while border > 0 && chars.get(border) != Some(char) {
            border = table.get(border - 1).copied().unwrap_or(0);
        }
        if chars.get(border) == Some(char) {
            border += 1;
        }
        if let Some(slot) = table.get_mut(at) {
            *slot = border;
        }
    }
    chars.len() - border
}

/// Whether four of five letters that have a case are capitals. Scripts without case never are.
fn capitals(chars: &[char]) -> bool {
    let (mut upper, mut lower) = (0, 0);
    for char in chars {
        match char {
            'A'..='Z' | '\u{c0}'..='\u{de}' | '\u{391}'..='\u{3a9}' | '\u{400}'..='\u{42f}' => {
                upper += 1;
            }
            'a'..='z' | '\u{df}'..='\u{ff}' | '\u{3b1}'..='\u{3c9}' | '\u{430}'..='\u{45f}' => {
                lower += 1;
            }
            _ => {}
        }
    }
    upper + lower >= CASED && upper >= 4 * lower
}

fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether the sign at this place hides something: marks of direction that languages need, joiners inside words of other
/// scripts and inside emoji do not.
fn invisible(chars: &[char], at: usize) -> bool {
    let Some(char) = chars.get(at) else { return false };
    match char {
        '\u{200e}' | '\u{200f}' => false,
        '\u{200c}' | '\u{200d}' => {
            let beside =
                |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii);
            beside(at.checked_sub(1)) && beside(at.checked_add(1))
        }
        _ => is_invisible(*char),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[Sign]) {
        let mut found = Vec::new();
        signs(Place::Text, text, &mut found);
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_people_write_in_any_script_has_no_sign() {
        for text in [
            "",
            "Guten Tag, ich hätte gern ein Angebot für 20 Stück. Unsere Seite: https://firma.example/katalog",
            "Καλημέρα, θα ήθελα μια προσφορά για το κατάστημά μας.",
            "Здравствуйте! Хотел бы узнать цену на шины Michelin и доставку DHL.",
            "请问这款产品有现货吗？谢谢谢谢！",
            "こんにちは。カタログを送ってください。",
            "مرحبا، أريد معرفة السعر\u{200f}، شكرا لكم.",
            "می\u{200c}خواهم قیمت را بدانم.",
            "नमस्ते, क्\u{200d}षमा करें, कीमत क्या है?",
            "สวัสดีค่ะ อยากทราบราคาสินค้า 55555",
            "Hahahaha, das war gut!! Bitte rufen Sie mich an :-) 👨\u{200d}👩\u{200d}👧",
            "10 kΩ, Δvalue, µm und C++",
            "BITTE UM RÜCKRUF",
            "ja ja ja",
            "www.firma.example",
            "0000 0000 0000 0000 0000",
            "------------------------------",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn links_and_markup_are_seen() {
        check("a http://x.example b www.y.example", &[Sign::Links]);
        check("https://www.x.example", &[]);
        check("HTTP://a HTTPS://b ftp://c", &[Sign::ManyLinks]);
        check("see <A HREF=x>this</A>", &[Sign::Markup]);
        check("[url=x]this[/url]", &[Sign::Markup]);
        let mut found = Vec::new();
        signs(Place::Name, "Anna www.win.example", &mut found);
        assert_eq!(found, [Sign::LinkInName]);
    }

    #[test]
    fn letters_that_only_look_alike_are_seen() {
        check("Please confirm your pаypаl account", &[Sign::MixedScripts]);
        check("Вitсоin", &[Sign::MixedScripts]);
        check("скидкаsale", &[Sign::MixedScripts]);
        check("Μicrοsοft", &[Sign::MixedScripts]);
    }

    #[test]
    fn repetition_is_seen_in_any_script() {
        check("buy now buy now buy now buy now", &[Sign::Repeated]);
        check("便宜的药便宜的药便宜的药便宜的药", &[Sign::Repeated]);
        check("loooooooooooooool", &[Sign::Repeated]);
        check(&"abc\n".repeat(2000), &[Sign::Repeated]);
    }

    #[test]
    fn capitals_are_seen_where_a_script_has_small_letters() {
        check("EARN MONEY FROM HOME TODAY", &[Sign::Capitals]);
        check("КУПИТЕ СЕЙЧАС ОЧЕНЬ ДЕШЕВО", &[Sign::Capitals]);
        let mut found = Vec::new();
        signs(Place::Name, "MAXIMILIAN MUSTERMANN-SCHULZE", &mut found);
        assert_eq!(found, []);
    }

    #[test]
    fn signs_that_nobody_sees_are_seen() {
        check("vi\u{200b}agra", &[Sign::Invisible]);
        check("vi\u{200d}agra", &[Sign::Invisible]);
        check("exe.\u{202e}fdp", &[Sign::Invisible]);
    }

    #[test]
    fn a_name_that_is_the_text_is_a_twin() {
        assert!(twins(&[(Place::Name, "RobertTit"), (Place::Text, " RobertTit ")]));
        assert!(!twins(&[(Place::Name, "Ok"), (Place::Text, "Ok")]));
        assert!(!twins(&[(Place::Text, "the same"), (Place::Text, "the same")]));
    }

    #[test]
    fn texts_of_one_template_have_one_essence() {
        let a = essence("Dear sir, order 4711 now for just 20 EUR!");
        assert_eq!(a, essence("dear SIR\n order 12 now, for just 99 EUR"));
        assert_eq!(a, "dearsirordernowforjusteur");
        assert_eq!(essence("Please call me"), "");
        assert_eq!(essence("请问这款产品有现货吗 谢谢 我想要二十件 可以吗").chars().count(), 21);
    }
}
