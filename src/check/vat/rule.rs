//! The national rules: how many signs of which kind, and how the check digits come about.

use alloc::{borrow::Cow, vec::Vec};

use super::{super::digit, birth};
use digit::{is_luhn, is_mod_11_10, luhn, mod_97, remainder, sum};

type Judged = Result<(), &'static str>;

const SYNTAX: Judged = Err("vat.syntax");

/// Adds what people leave out: zeros in front, and the letter that every Swiss number has.
pub(super) fn complete<'a>(prefix: &str, body: &'a str) -> Cow<'a, str> {
    let lead = match (prefix, body.len()) {
        ("BE", 9) | ("EL", 8) => "0",
        ("NL", length @ 4..12) => "00000000".get(..12 - length).unwrap_or_default(),
        ("CH", _) if !body.starts_with('E') => "E",
        _ => return body.into(),
    };
    [lead, body].concat().into()
}

/// Prefix, weights of all digits, and what divides their sum. The first digit of some is never zero.
const WEIGHTED: [(&str, &str, u32, bool); 7] = [
    ("DK", "27654321", 11, true),
    ("EE", "371371371", 10, false),
    ("FI", "79A58421", 11, false),
    ("HU", "97319731", 10, false),
    ("MT", "346789A1", 37, true),
    ("NO", "327654321", 11, false),
    ("PL", "657234567A", 11, false),
];

/// A rule on digits.
type Rule = fn(&[u32]) -> bool;

/// Prefix, number of digits, and the rule on them.
const RULES: [(&str, usize, Rule); 22] = [
    ("AT", 8, is_austrian),
    ("BE", 10, is_belgian),
    ("BG", 9, is_bulgarian),
    ("BG", 10, is_bulgarian_person),
    ("CZ", 8, is_czech),
    ("CZ", 9, is_czech_person),
    ("CZ", 10, birth::czech),
    ("DE", 9, |d| starts(d) && is_mod_11_10(d)),
    ("EL", 9, is_greek),
    ("GB", 9, is_british),
    ("GB", 12, is_british),
    ("HR", 11, is_mod_11_10),
    ("IT", 11, is_italian),
    ("LT", 9, is_lithuanian),
    ("LT", 12, is_lithuanian),
    ("LU", 8, |d| remainder(d, 8_900) / 100 == remainder(d, 100)),
    ("LV", 11, is_latvian),
    ("PT", 9, |d| starts(d) && last_is(d, (11 - sum(front(d), "98765432") % 11) % 11 % 10)),
    ("RO", 13, birth::romanian),
    ("SE", 12, |d| matches!(d, [organisation @ .., 0, 1] if is_luhn(organisation))),
    ("SI", 8, is_slovene),
    ("SK", 10, is_slovak),
];

/// Judges the part behind the prefix.
pub(super) fn judge(prefix: &str, body: &str) -> Judged {
    match prefix {
        "AT" => body.strip_prefix('U').map_or(SYNTAX, |rest| digits("AT", rest)),
        "CH" => swiss(body),
        "CY" => cyprus(body),
        "ES" => spanish(body),
        "FR" => french(body),
        "GB" | "XI" => british(body),
        "IE" => irish(body),
        "NL" => dutch(body),
        "NO" => digits("NO", body.strip_suffix("MVA").unwrap_or(body)),
        "RO" => romanian(body),
        _ => digits(prefix, body),
    }
}

/// Digits alone, by the tables.
fn digits(prefix: &str, body: &str) -> Judged {
    let Some(digits) = digit::all(body) else { return SYNTAX };
    let length = digits.len();
    let weighted = WEIGHTED.iter().find(|row| row.0 == prefix && row.1.len() == length);
    if let Some((_, weights, divisor, starts_high)) = weighted {
        let is_right = sum(&digits, weights).is_multiple_of(*divisor);
        return judged(is_right && (starts(&digits) || !*starts_high));
    }
    match RULES.iter().find(|row| row.0 == prefix && row.1 == length) {
        Some((_, _, rule)) => judged(rule(&digits)),
        None => SYNTAX,
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

/// All digits but the last.
fn front(digits: &[u32]) -> &[u32] {
    digits.split_last().map_or(digits, |(_, front)| front)
}

fn is_austrian(d: &[u32]) -> bool {
    // The digits and four more make the sum even by ten.
    matches!(d, [front @ .., last] if (luhn(front, 0) + last + 4).is_multiple_of(10))
}

fn is_belgian(d: &[u32]) -> bool {
    let is_given = d.iter().any(|digit| *digit > 0);
    is_given
        && matches!(d, [0 | 1, ..])
        && (remainder(d, 9_700) / 100 + remainder(d, 100)).is_multiple_of(97)
}

fn is_bulgarian(d: &[u32]) -> bool {
    let check = match sum(d, "12345678") % 11 {
        10 => sum(d, "3456789A") % 11 % 10,
        check => check,
    };
    last_is(d, check)
}

/// A citizen, a foreigner or another person.
fn is_bulgarian_person(d: &[u32]) -> bool {
    let other = (11 - sum(d, "432765432") % 11) % 11;
    last_is(d, sum(d, "LJHDB9731") % 10) || last_is(d, other) || birth::bulgarian(d)
}

fn is_british(d: &[u32]) -> bool {
    let rest = sum(d, "8765432A1") % 97;
    rest == 0 || starts(d) && matches!(rest, 42 | 55)
}

fn is_czech(d: &[u32]) -> bool {
    let check = match (11 - sum(front(d), "8765432") % 11) % 11 {
        0 => 1,
        check => check % 10,
    };
    !d.starts_with(&[9]) && last_is(d, check)
}

/// A person without a birth number begins with six, any other with a day of birth.
fn is_czech_person(d: &[u32]) -> bool {
    match d {
        [6, rest @ ..] => last_is(d, (sum(front(rest), "8765432") % 11 + 8) % 10),
        _ => birth::czech(d),
    }
}

fn is_greek(d: &[u32]) -> bool {
    let sum = front(d).iter().fold(0, |sum, digit| sum * 2 + digit);
    last_is(d, sum * 2 % 11 % 10)
}

fn is_italian(d: &[u32]) -> bool {
    let office = remainder(front(d), 1000);
    let is_given = d.iter().take(7).any(|digit| *digit > 0);
    is_given && matches!(office, 1..=100 | 120 | 121 | 888 | 999) && is_luhn(d)
}

fn is_latvian(d: &[u32]) -> bool {
    match d {
        [4..=9, ..] => sum(d, "91483A25761") % 11 == 3,
        _ => birth::latvian(d),
    }
}

fn is_lithuanian(d: &[u32]) -> bool {
    let check = match sum(front(d), "12345678912") % 11 {
        10 => sum(front(d), "34567891234") % 11 % 10,
        check => check,
    };
    last_is(d, check) && front(d).ends_with(&[1])
}

fn is_slovak(d: &[u32]) -> bool {
    birth::czech(d) || matches!(d, [1..=9, _, 2..=4 | 7..=9, ..]) && remainder(d, 11) == 0
}

fn is_slovene(d: &[u32]) -> bool {
    let check = match 11 - sum(front(d), "8765432") % 11 {
        10 => 0,
        check => check,
    };
    starts(d) && last_is(d, check)
}

/// A company number (`UID`), with or without the word that says VAT.
fn swiss(body: &str) -> Judged {
    let Some(number) = body.strip_prefix('E') else { return SYNTAX };
    let bare = ["MWST", "TVA", "IVA", "TPV"].iter().find_map(|word| number.strip_suffix(word));
    match digit::all(bare.unwrap_or(number)) {
        Some(d) if d.len() == 9 => judged(sum(&d, "543276541").is_multiple_of(11)),
        _ => SYNTAX,
    }
}

fn cyprus(body: &str) -> Judged {
    // What a digit in an odd place counts, the first place being odd.
    const ODD: &str = "10579DFHJL";
    let Some((number, letter)) = body.split_at_checked(8) else { return SYNTAX };
    let (Some(d), &[letter @ b'A'..=b'Z']) = (digit::all(number), letter.as_bytes()) else {
        return SYNTAX;
    };
    let mut check = 0;
    for (at, digit) in d.iter().enumerate() {
        let odd = ODD.chars().nth(*digit as usize).and_then(|sign| sign.to_digit(36));
        check += if at % 2 == 0 { odd.unwrap_or_default() } else { *digit };
    }
    judged(!d.starts_with(&[1, 2]) && check % 26 == u32::from(letter - b'A'))
}

fn spanish(body: &str) -> Judged {
    const PERSON: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    const COMPANY: &[u8] = b"JABCDEFGHI";
    let (Some(middle), &[first, .., last]) = (body.get(1..8).and_then(digit::all), body.as_bytes())
    else {
        return SYNTAX;
    };
    if body.len() != 9 {
        return SYNTAX;
    }
    let lead = match first {
        b'K' | b'L' | b'M' => 0,
        b'X'..=b'Z' => first - b'X',
        b'0'..=b'9' => first - b'0',
        b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U'..=b'W' => {
            let check = (10 - luhn(&middle, 1) % 10) % 10;
            let letter = COMPANY.get(check as usize) == Some(&last);
            return judged(letter || char::from(last).to_digit(10) == Some(check));
        }
        _ => return SYNTAX,
    };
    // Seven digits follow the lead.
    let number = u32::from(lead) * 10_000_000 + remainder(&middle, 10_000_000);
    judged(PERSON.get((number % 23) as usize) == Some(&last))
}

fn french(body: &str) -> Judged {
    // Neither I nor O, which look like digits.
    const KEYS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let Some((keys, siren)) = body.split_at_checked(2) else { return SYNTAX };
    let keys: Vec<u32> = keys
        .chars()
        .filter_map(|key| (0..).zip(KEYS.chars()).find(|(_, known)| *known == key))
        .map(|(at, _)| at)
        .collect();
    let (Some(d), &[a, b]) = (digit::all(siren), keys.as_slice()) else { return SYNTAX };
    if d.len() != 9 {
        return SYNTAX;
    }
    let check = match (a < 10, b < 10) {
        (true, true) => {
            return judged(is_siren(&d) && (remainder(&d, 97) * 100 + 12) % 97 == a * 10 + b);
        }
        (true, false) => a * 24 + b - 10,
        (false, _) => a * 34 + b - 100,
    };
    judged(is_siren(&d) && (remainder(&d, 11) + 1 + check / 11) % 11 == check % 11)
}

/// Whether a company has this number; Monaco has its own behind three zeros.
fn is_siren(d: &[u32]) -> bool {
    d.starts_with(&[0, 0, 0]) || is_luhn(d)
}

fn british(body: &str) -> Judged {
    let Some((office @ ("GD" | "HA"), number)) = body.split_at_checked(2) else {
        return digits("GB", body);
    };
    let Some(d) = digit::all(number) else { return SYNTAX };
    let (number, is_checked) = match d.as_slice() {
        [_, _, _] => (d.as_slice(), true),
        [8, 8, 8, 8, number @ .., a, b] if number.len() == 3 => {
            (number, remainder(number, 97) == a * 10 + b)
        }
        _ => return SYNTAX,
    };
    // Government departments have the numbers below 500, health authorities the others.
    judged(is_checked && (remainder(number, 1000) < 500) == (office == "GD"))
}

fn irish(body: &str) -> Judged {
    const LETTERS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let value = |letter: &u8| {
        (0..).zip(LETTERS.bytes()).find(|(_, known)| known == letter).map(|(at, _)| at)
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(10);
    let (&[first, second, ref middle @ ..], 8 | 9) = (body.as_bytes(), body.len()) else {
        return SYNTAX;
    };
    let Some((middle, tail)) = middle.split_at_checked(5) else { return SYNTAX };
    let middle: Vec<u32> = middle.iter().filter_map(digit).collect();
    let tail: Vec<u32> = tail.iter().filter_map(value).collect();
    let (Some(first), [check, extra @ ..], 5) = (digit(&first), tail.as_slice(), middle.len())
    else {
        return SYNTAX;
    };
    if tail.len() + 7 != body.len() {
        return SYNTAX;
    }
    let sum = match (digit(&second), second) {
        (Some(second), _) => {
            let extra = extra.first().copied().unwrap_or_default();
            first * 8 + second * 7 + sum(&middle, "65432") + extra * 9
        }
        // The old form: a letter or sign in the second place, the first digit at the end.
        (None, b'A'..=b'Z' | b'+' | b'*') => sum(&middle, "76543") + first * 2,
        _ => return SYNTAX,
    };
    judged(sum % 23 == *check)
}

fn dutch(body: &str) -> Judged {
    let Some((number, tail)) = body.split_at_checked(9) else { return SYNTAX };
    let branch = tail.strip_prefix('B').and_then(digit::all);
    let (Some(d), Some(branch)) = (digit::all(number), branch) else { return SYNTAX };
    if branch.len() != 2 || remainder(&branch, 100) == 0 || d.iter().all(|digit| *digit == 0) {
        return SYNTAX;
    }
    judged(last_is(&d, sum(front(&d), "98765432") % 11) || mod_97(["NL", body]) == 1)
}

/// Up to ten digits, or the number of a person.
fn romanian(body: &str) -> Judged {
    const WEIGHTS: &str = "753217532";
    let Some(d) = digit::all(body) else { return SYNTAX };
    let weights = WEIGHTS.get((WEIGHTS.len() + 1).wrapping_sub(d.len())..);
    match weights {
        Some(weights) if d.len() > 1 => {
            judged(starts(&d) && 10 * sum(front(&d), weights) % 11 % 10 == *d.last().unwrap_or(&0))
        }
        _ => digits("RO", body),
    }
}
