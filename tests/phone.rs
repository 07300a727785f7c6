//! The phone check gives the answers of the oracle, and no input upsets it. Runs natively.

#[path = "phone/row.rs"]
mod row;

use leadkit::{
    check::phone::{AsYouType, FORMATS, Formats, Phone, PhoneProblem},
    random::Random,
};

#[test]
fn the_check_says_what_the_oracle_says() {
    let formats = Formats::included();
    for line in include_str!("phone/sample.tsv").lines() {
        let (country, rest) = line.split_once('\t').unwrap();
        let (text, expected) = rest.split_once('\t').unwrap();
        assert_eq!(row::row(text, country, &formats), expected, "{country} {text}");
    }
}

#[test]
fn what_is_shown_while_typing_is_what_the_oracle_shows() {
    let formats = Formats::included();
    for line in include_str!("phone/typing.tsv").lines() {
        let (country, rest) = line.split_once('\t').unwrap();
        let (text, expected) = rest.split_once('\t').unwrap();
        assert_eq!(row::typing(text, country, &formats), expected, "{country} {text}");
    }
}

#[test]
fn formats_of_other_tables_are_refused() {
    let mut other = FORMATS.to_vec();
    other[0] ^= 1;
    assert!(Formats::parse(&other).is_none());
    assert!(Formats::parse(b"").is_none());
}

#[test]
fn a_field_is_grouped_whatever_is_between_its_digits() {
    let group = |text| AsYouType::group(&Formats::included(), Some("DE"), text);
    assert_eq!(group("030/12-34 56"), "030 123456");
    assert_eq!(group("+49 (30) 1234"), "+49 30 1234");
    assert_eq!(group(""), "");
}

#[test]
fn any_text_gets_an_answer() {
    let signs: Vec<char> =
        "0123456789+＋٣۳३x#;,=ext.isub:phone-context tel~/\\()[]*óＸｔn\u{301}\u{200b}\n𝟎é"
            .chars()
            .collect();
    let mut random = Random::new(7);
    for _ in 0..8_000 {
        let length = random.below(40);
        let text: String = (0..length).map(|_| pick(&mut random, &signs)).collect();
        for country in [None, Some("US"), Some("AR"), Some("de"), Some("XX")] {
            if let Ok(phone) = Phone::parse(&text, country) {
                assert!(phone.e164().len() <= 21, "{text}");
                assert_eq!(phone.problem().is_none(), phone.is_valid(), "{text}");
            }
        }
    }
}

#[test]
fn a_text_of_more_than_250_characters_is_too_long() {
    assert_eq!(Phone::parse(&"1".repeat(251), Some("DE")), Err(PhoneProblem::TooLong));
}

#[test]
fn every_problem_has_a_code() {
    use PhoneProblem::{Country, TooLong, TooShort, Unknown, Unreadable};
    let codes = [Unreadable, Country, TooShort, TooLong, Unknown].map(PhoneProblem::code);
    assert_eq!(
        codes,
        ["phone.syntax", "phone.country", "phone.too_short", "phone.too_long", "phone.invalid"]
    );
    assert!(codes.iter().all(|code| leadkit::check::CODES.contains(code)));
}

#[test]
fn a_number_says_what_is_wrong_with_it() {
    let problem = |text| Phone::parse(text, Some("US")).map(|phone| phone.problem());
    assert_eq!(problem("650 253 0000"), Ok(None));
    assert_eq!(problem("253 0000"), Ok(Some(PhoneProblem::TooShort)));
    assert_eq!(problem("650 253 00000"), Ok(Some(PhoneProblem::TooLong)));
    assert_eq!(problem("055 253 0000"), Ok(Some(PhoneProblem::Unknown)));
    assert_eq!(problem("call me"), Err(PhoneProblem::Unreadable));
}

fn pick(random: &mut Random, signs: &[char]) -> char {
    let at = usize::try_from(random.below(signs.len() as u64)).unwrap_or(0);
    signs.get(at).copied().unwrap_or('0')
}
