//! The national rules: how many signs of which kind, and how the check digits come about.

use alloc::{borrow::Cow, vec::Vec};

use super::{super::digit, birth};
use digit::{is_luhn, is_mod_11_10, mod_97, remainder, sum};

type Judged = Result<(), &'static str>;

const SYNTAX: Judged = Err("vat.syntax");

/// Adds what people leave out: zeros in front, and the letter that every Swiss number has.
pub(super) fn complete<'a>(prefix: &str, body: &'a str) -> Cow<'a, str> {
    let short_by = match (prefix, body.len()) {
        ("BE", 9) | ("EL", 8) => 1,
        ("NL", length @ 4..12) => 12 - length,
        ("CH", _) if !body.starts_with('E') => return ["E", body].concat().into(),
        _ => return body.into(),
    };
    ["0".repeat(short_by).as_str(), body].concat().into()
}

/// Judges the part behind the prefix.
pub(super) fn judge(prefix: &str, body: &str) -> Judged {
    match prefix {
        "AT" => body.strip_prefix('U').map_or(SYNTAX, |rest| digits(rest, 8, is_austrian)),
        "BE" => digits(body, 10, is_belgian),
        "BG" if body.len() == 9 => digits(body, 9, is_bulgarian),
        "BG" => digits(body, 10, |d| is_bulgarian_person(d) || birth::bulgarian(d)),
        "CH" => swiss(body),
        "CY" => cyprus(body),
        "CZ" if body.len() == 8 => digits(body, 8, is_czech),
        "CZ" => digits(body, body.len(), |d| match d {
            [6, rest @ ..] if d.len() == 9 => is_czech_special(rest),
            _ => birth::czech(d),
        }),
        "DE" => digits(body, 9, |d| starts(d) && is_mod_11_10(d)),
        "DK" => {
            digits(body, 8, |d| starts(d) && sum(d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
        }
        "EE" => digits(body, 9, |d| sum(d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)),
        "EL" => digits(body, 9, |d| last_is(d, sum(d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10)),
        "ES" => spanish(body),
        "FI" => digits(body, 8, |d| sum(d, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11)),
        "FR" => french(body),
        "GB" | "XI" => british(body),
        "HR" => digits(body, 11, is_mod_11_10),
        "HU" => digits(body, 8, |d| sum(d, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)),
        "IE" => irish(body),
        "IT" => digits(body, 11, is_italian),
        "LT" => digits(body, if body.len() == 12 { 12 } else { 9 }, is_lithuanian),
        "LU" => digits(body, 8, |d| remainder(&d[..6], 89) == remainder(&d[6..], 100)),
        "LV" => digits(body, 11, |d| match d {
            [4..=9, ..] => sum(d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3,
            _ => birth::latvian(d),
        }),
        "MT" => {
            digits(body, 8, |d| starts(d) && sum(d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))
        }
        "NL" => dutch(body),
        "NO" => digits(body.strip_suffix("MVA").unwrap_or(body), 9, |d| {
            sum(d, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
        }),
        "PL" => digits(body, 10, |d| sum(d, &[6, 5, 7, 2, 3, 4, 5, 6, 7, 10]).is_multiple_of(11)),
        "PT" => {
            digits(body, 9, |d| starts(d) && last_is(d, (11 - descending(d, 9) % 11) % 11 % 10))
        }
        "RO" if body.len() == 13 => digits(body, 13, birth::romanian),
        "RO" => digits(body, body.len().clamp(2, 10), is_romanian),
        "SE" => digits(body, 12, |d| d.ends_with(&[0, 1]) && is_luhn(&d[..10])),
        "SI" => digits(body, 8, is_slovene),
        "SK" => digits(body, 10, |d| {
            birth::czech(d) || matches!(d, [1..=9, _, 2..=4 | 7..=9, ..]) && remainder(d, 11) == 0
        }),
        _ => SYNTAX,
    }
}

/// So many digits, and a rule on them.
fn digits(body: &str, length: usize, is_right: impl Fn(&[u32]) -> bool) -> Judged {
    match digit::all(body) {
        Some(digits) if digits.len() == length => judged(is_right(&digits)),
        _ => SYNTAX,
    }
}

fn judged(is_right: bool) -> Judged {
    if is_right { Ok(()) } else { Err("vat.checksum") }
}

fn starts(digits: &[u32]) -> bool {
    !digits.starts_with(&[0])
}

fn last_is(digits: &[u32], expected: u32) -> bool {
    digits.last() == Some(&expected)
}

/// The sum of all digits but the last, each times its weight: `first`, and one less at each place.
fn descending(digits: &[u32], first: u32) -> u32 {
    let front = digits.split_last().map_or(digits, |(_, front)| front);
    front.iter().zip((1..=first).rev()).map(|(digit, weight)| digit * weight).sum()
}

fn is_austrian(d: &[u32]) -> bool {
    // By the Luhn formula with a zero between and four more at the end.
    match d {
        [front @ .., last] => is_luhn(&[front, &[0, (last + 4) % 10]].concat()),
        [] => false,
    }
}

fn is_belgian(d: &[u32]) -> bool {
    match d {
        [0 | 1, .., a, b] if d.iter().any(|digit| *digit > 0) => {
            (remainder(d, 9_700) / 100 + a * 10 + b).is_multiple_of(97)
        }
        _ => false,
    }
}

fn is_bulgarian(d: &[u32]) -> bool {
    let check = match sum(d, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
        10 => sum(d, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
        check => check,
    };
    last_is(d, check)
}

fn is_bulgarian_person(d: &[u32]) -> bool {
    let foreigner = sum(d, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    let other = (11 - sum(d, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    last_is(d, foreigner) || last_is(d, other)
}

/// A company number (`UID`), with or without the word that says VAT.
fn swiss(body: &str) -> Judged {
    let Some(number) = body.strip_prefix('E') else { return SYNTAX };
    let bare = ["MWST", "TVA", "IVA", "TPV"].iter().find_map(|word| number.strip_suffix(word));
    digits(bare.unwrap_or(number), 9, |d| sum(d, &[5, 4, 3, 2, 7, 6, 5, 4, 1]).is_multiple_of(11))
}

fn cyprus(body: &str) -> Judged {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let Some((number, letter)) = letter_behind(body) else { return SYNTAX };
    digits(number, 8, |d| {
        let value = |(at, digit): (usize, &u32)| match at % 2 {
            0 => ODD.get(*digit as usize).copied().unwrap_or_default(),
            _ => *digit,
        };
        let check = d.iter().enumerate().map(value).sum::<u32>() % 26;
        !d.starts_with(&[1, 2]) && check == u32::from(letter - b'A')
    })
}

/// Splits off a last upper-case letter.
fn letter_behind(body: &str) -> Option<(&str, u8)> {
    let letter = body.bytes().last().filter(u8::is_ascii_uppercase)?;
    Some((body.split_at_checked(body.len() - 1)?.0, letter))
}

fn is_czech(d: &[u32]) -> bool {
    let check = match (11 - descending(d, 8) % 11) % 11 {
        0 => 1,
        check => check % 10,
    };
    !d.starts_with(&[9]) && last_is(d, check)
}

fn is_czech_special(d: &[u32]) -> bool {
    let check = descending(d, 8) % 11;
    last_is(d, (check + 8) % 10)
}

fn spanish(body: &str) -> Judged {
    const PERSON: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    const COMPANY: &[u8] = b"JABCDEFGHI";
    let (Some(first), Some(last), 9) = (body.bytes().next(), body.bytes().last(), body.len())
    else {
        return SYNTAX;
    };
    let Some(middle) = body.get(1..8).and_then(digit::all) else { return SYNTAX };
    let person = |lead: u32| {
        let number = [&[lead], middle.as_slice()].concat();
        judged(PERSON.get(remainder(&number, 23) as usize) == Some(&last))
    };
    match first {
        b'K' | b'L' | b'M' => person(0),
        b'X'..=b'Z' => person(u32::from(first - b'X')),
        b'0'..=b'9' => person(u32::from(first - b'0')),
        b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U'..=b'W' => {
            let letter = COMPANY.iter().position(|letter| *letter == last);
            let check = letter.or_else(|| last.is_ascii_digit().then(|| usize::from(last - b'0')));
            let check = check.and_then(|check| u32::try_from(check).ok());
            judged(check.is_some_and(|check| is_luhn(&[middle.as_slice(), &[check]].concat())))
        }
        _ => SYNTAX,
    }
}

fn french(body: &str) -> Judged {
    // Neither I nor O, which look like digits.
    let key = |byte: u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'H' => Some(u32::from(byte - b'A') + 10),
        b'J'..=b'N' => Some(u32::from(byte - b'J') + 18),
        b'P'..=b'Z' => Some(u32::from(byte - b'P') + 23),
        _ => None,
    };
    let keys: Vec<Option<u32>> = body.bytes().take(2).map(key).collect();
    let [Some(a), Some(b)] = keys.as_slice() else { return SYNTAX };
    let Some((_, siren)) = body.split_at_checked(2) else { return SYNTAX };
    digits(siren, 9, |d| {
        let is_company = d.starts_with(&[0, 0, 0]) || is_luhn(d);
        let is_keyed = if *a < 10 && *b < 10 {
            remainder(&[d, &[1, 2]].concat(), 97) == a * 10 + b
        } else {
            let check =
                if *a < 10 { (a * 24 + b).checked_sub(10) } else { (a * 34 + b).checked_sub(100) };
            check.is_some_and(|check| (remainder(d, 11) + 1 + check / 11) % 11 == check % 11)
        };
        is_company && is_keyed
    })
}

fn british(body: &str) -> Judged {
    const WEIGHTS: [u32; 9] = [8, 7, 6, 5, 4, 3, 2, 10, 1];
    if let Some((office @ ("GD" | "HA"), number)) = body.split_at_checked(2) {
        // Government departments have the numbers below 500, health authorities the others.
        let fits = |number: &[u32]| (remainder(number, 1000) < 500) == (office == "GD");
        return match number.strip_prefix("8888") {
            Some(number) => digits(number, 5, |d| {
                fits(&d[..3]) && remainder(&d[..3], 1000) % 97 == remainder(&d[3..], 100)
            }),
            None => digits(number, 3, fits),
        };
    }
    digits(body, if body.len() == 12 { 12 } else { 9 }, |d| {
        let rest = sum(d, &WEIGHTS) % 97;
        rest == 0 || !d.starts_with(&[0]) && matches!(rest, 42 | 55)
    })
}

fn irish(body: &str) -> Judged {
    let value = |byte: u8| match byte {
        b'W' => Some(0),
        b'A'..=b'V' => Some(u32::from(byte - b'A') + 1),
        _ => None,
    };
    let signs: Vec<u8> = body.bytes().collect();
    let [first, second, middle @ .., _] = signs.as_slice() else { return SYNTAX };
    if !first.is_ascii_digit() || middle.len() < 5 || signs.len() > 9 {
        return SYNTAX;
    }
    let tail: Option<Vec<u32>> = signs.iter().skip(7).map(|sign| value(*sign)).collect();
    let numbers: Vec<u32> =
        signs.iter().take(7).filter_map(|sign| char::from(*sign).to_digit(10)).collect();
    let Some(tail) = tail else { return SYNTAX };
    let (front, extra) = match (numbers.as_slice(), second) {
        ([_, _, _, _, _, _, _], _) => (numbers.clone(), tail.get(1).copied().unwrap_or_default()),
        // The old form: a letter in the second place, the first digit at the end.
        ([last, rest @ ..], b'A'..=b'Z' | b'+' | b'*') if rest.len() == 5 => {
            ([&[0], rest, &[*last]].concat(), 0)
        }
        _ => return SYNTAX,
    };
    let check = (sum(&front, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra) % 23;
    judged(tail.first() == Some(&check))
}

fn is_italian(d: &[u32]) -> bool {
    let office = d.get(7..10).map_or(0, |office| remainder(office, 1000));
    let is_given = d.iter().take(7).any(|digit| *digit > 0);
    is_given && matches!(office, 1..=100 | 120 | 121 | 888 | 999) && is_luhn(d)
}

fn is_lithuanian(d: &[u32]) -> bool {
    let [front @ .., mark, last] = d else { return false };
    let number = [front, &[*mark]].concat();
    let turn = |from: usize| {
        let weights = (1..=9).cycle().skip(from);
        number.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11
    };
    let check = match turn(0) {
        10 => turn(2) % 10,
        check => check,
    };
    *mark == 1 && *last == check
}

fn dutch(body: &str) -> Judged {
    let Some((number, tail)) = body.split_at_checked(9) else { return SYNTAX };
    let (Some(d), Some(branch)) = (digit::all(number), tail.strip_prefix('B').and_then(digit::all))
    else {
        return SYNTAX;
    };
    if branch.len() != 2 || remainder(&branch, 100) == 0 || d.iter().all(|digit| *digit == 0) {
        return SYNTAX;
    }
    let is_company = descending(&d, 9) % 11 == d.last().copied().unwrap_or_default();
    judged(is_company || mod_97(["NL", body]) == 1)
}

fn is_romanian(d: &[u32]) -> bool {
    const WEIGHTS: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let Some((last, front)) = d.split_last() else { return false };
    let weights = WEIGHTS.get(WEIGHTS.len().saturating_sub(front.len())..).unwrap_or_default();
    starts(d) && 10 * sum(front, weights) % 11 % 10 == *last
}

fn is_slovene(d: &[u32]) -> bool {
    let check = match 11 - descending(d, 8) % 11 {
        10 => 0,
        check => check,
    };
    starts(d) && last_is(d, check)
}
