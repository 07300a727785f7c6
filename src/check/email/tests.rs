//! Addresses that people type, right and wrong, and what the check says.

use super::*;
use alloc::string::ToString;

const STRICT: EmailOptions = EmailOptions { utf8_local: false, dotless: false };

#[track_caller]
fn check_value(text: &str, value: &str) {
    let answer = check(text, STRICT, &Known::default());
    assert_eq!((answer.problem, answer.value.as_str()), (None, value), "{text}");
}

#[track_caller]
fn check_problem(text: &str, problem: &'static str, suggestion: Option<&str>) {
    let answer = check(text, STRICT, &Known::default());
    assert_eq!(answer.problem, Some(problem), "{text}");
    assert_eq!(answer.suggestion.as_deref(), suggestion, "{text}");
    assert_eq!(answer.value, text);
}

#[test]
fn an_address_comes_out_trimmed_with_its_host_in_lower_case() {
    check_value(" Max.Mueller@Example.COM\n", "Max.Mueller@example.com");
    check_value("mailto:max@example.com", "max@example.com");
    check_value("o'neil+tag@example.co.uk", "o'neil+tag@example.co.uk");
    check_value("\u{200b}a@b-c.museum\u{a0}", "a@b-c.museum");
}

#[test]
fn each_fault_has_its_code() {
    check_problem("", "email.syntax", None);
    check_problem("max", "email.syntax", None);
    check_problem("@example.com", "email.syntax", None);
    check_problem("max@", "email.syntax", None);
    check_problem("a@b@example.com", "email.syntax", None);
    check_problem("mäx@example.com", "email.utf8", None);
    check_problem("\"max\"@example.com", "email.local", None);
    check_problem("max(x)@example.com", "email.local", None);
    check_problem("max@example", "email.domain", None);
    check_problem("max@[127.0.0.1]", "email.domain", None);
    check_problem("max@10.0.0.1", "email.domain", None);
    check_problem("max@-example.com", "email.domain", None);
    let long = "a".repeat(MAX_LOCAL + 1) + "@example.com";
    check_problem(&long, "email.too_long", None);
}

#[test]
fn a_slip_of_the_hand_is_repaired_in_the_suggestion() {
    check_problem("max @example.com", "email.syntax", Some("max@example.com"));
    check_problem("max@example,com", "email.domain", Some("max@example.com"));
    check_problem("max@example.com.", "email.domain", Some("max@example.com"));
    check_problem("max..m@example.com", "email.local", Some("max.m@example.com"));
    check_problem("max.@gmial.com", "email.local", Some("max@gmail.com"));
    check_problem("max@gmail", "email.domain", Some("max@gmail.com"));
    check_problem("Max M <max@example.com>", "email.syntax", Some("max@example.com"));
}

#[test]
fn a_utf8_local_part_and_a_host_of_one_label_are_options() {
    let options = EmailOptions { utf8_local: true, dotless: true };
    for text in ["mäx@example.com", "max@localhost"] {
        assert_eq!(check(text, options, &Known::default()).problem, None, "{text}");
    }
}

#[test]
fn an_international_host_is_not_yet_known_until_it_is_told() {
    let mut known = Known::default();
    let answer = check("max@Müller.de", STRICT, &known);
    assert_eq!(answer.problem, None);
    assert_eq!(answer.wanted_host.as_deref(), Some("Müller.de"));
    assert_eq!(answer.domain, "");

    known.hosts.insert("Müller.de".to_string(), Some("xn--mller-kva.de".to_string()));
    let answer = check("max@Müller.de", STRICT, &known);
    assert_eq!(answer.wanted_host, None);
    assert_eq!(answer.value, "max@xn--mller-kva.de");

    known.hosts.insert("Müller.de".to_string(), None);
    assert_eq!(check("max@Müller.de", STRICT, &known).problem, Some("email.domain"));
}

#[test]
fn lists_that_are_missing_are_not_yet_known() {
    let known = Known::default();
    let answer = check("info@example.com", STRICT, &known);
    assert_eq!((answer.free(&known), answer.disposable(&known), answer.role()), (None, None, true));
}

#[test]
fn every_spelling_of_a_mailbox_has_one_dedup_key() {
    let key = |text: &str| check(text, STRICT, &Known::default()).dedup_key();
    assert_eq!(key("Max.M.uster+web@GoogleMail.com"), "maxmuster@gmail.com");
    assert_eq!(key("Max.Muster+web@outlook.com"), "max.muster@outlook.com");
    assert_eq!(key("Max.Muster+web@Example.com"), "max.muster+web@example.com");
}
