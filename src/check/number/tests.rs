//! What numbers and amounts are taken, and what comes out.

use super::*;

#[track_caller]
fn check_value(typed: &str, locale: &str, expected: &str) {
    let answer = check(typed, locale);
    assert_eq!((answer.problem, answer.value.as_str()), (None, expected), "{typed} {locale}");
}

#[track_caller]
fn check_amount(typed: &str, expected: &str, currency: Option<&str>) {
    let answer = check_money(typed, "de");
    let (value, problem) = (answer.value.as_str(), answer.problem);
    assert_eq!((problem, value, answer.currency.as_deref()), (None, expected, currency), "{typed}");
}

#[test]
fn the_locale_tells_groups_from_fractions() {
    check_value("1.234", "de", "1234");
    check_value("1.234", "en", "1.234");
    check_value("1,234", "en", "1234");
    check_value("1,234", "de", "1.234");
    check_value("1.234,56", "de", "1234.56");
    check_value("1,234.56", "de", "1234.56");
    check_value("1,234.56", "en", "1234.56");
    check_value("1'234.50", "de-CH", "1234.5");
    check_value("1’234", "de-CH", "1234");
    check_value("1 234,5", "fr", "1234.5");
    check_value("1\u{202f}234\u{a0}567,5", "fr", "1234567.5");
    check_value("12,34,567.8", "en-IN", "1234567.8");
    check_value("1.234.567", "en", "1234567");
    check_value("12.5", "de", "12.5");
    check_value("0.123", "de", "0.123");
    check_value("1.234", "", "1.234");
    check_value("1,234", "", "1234");
}

#[test]
fn numbers_come_out_in_their_usual_form() {
    check_value("007", "de", "7");
    check_value("+5,00", "de", "5");
    check_value("-0", "de", "0");
    check_value("\u{2212}3,10", "de", "-3.1");
    check_value(",5", "de", "0.5");
    check_value("5.", "en", "5");
    check_value("1e3", "en", "1000");
    check_value("15e-3", "en", "0.015");
    check_value("1.5E2", "en", "150");
    check_value("0e5", "en", "0");
    check_value("１２３", "ja", "123");
    check_value("٣٫٥", "ar", "3.5");
    check_value("0.1", "en", "0.1");
    check_value("123456789012345678901234567890", "en", "123456789012345678901234567890");
}

#[test]
fn what_is_no_number_is_a_problem() {
    for typed in [
        "",
        "-",
        ".",
        "a",
        "1a",
        "1.2.3",
        "1,2,3",
        "1.23,4.5",
        "1..2",
        "--1",
        "1-2",
        "1e",
        "1e999",
        "1 2",
        "12 34",
        "1,23,4",
        "0x10",
        "1.234'567,8",
        "¾",
    ] {
        assert_eq!(check(typed, "de").problem, Some("number.syntax"), "{typed}");
    }
    assert_eq!(check(&"9".repeat(MAX_DIGITS + 1), "de").problem, Some("number.syntax"));
    assert_eq!(check("1e99", "de").problem, Some("number.syntax"));
}

#[test]
fn money_has_a_currency_and_words_for_zeros() {
    check_amount("1.234,50 €", "1234.5", Some("EUR"));
    check_amount("EUR 1234", "1234", Some("EUR"));
    check_amount("$5k", "5000", Some("USD"));
    check_amount("10 Tsd. Euro", "10000", Some("EUR"));
    check_amount("2,5 Mio", "2500000", None);
    check_amount("CHF 100.-", "100", Some("CHF"));
    check_amount("100,- €", "100", Some("EUR"));
    check_amount("-5", "-5", None);
    check_amount("99", "99", None);
    for typed in ["", "€", "EUR USD 5", "5 k k", "5 apples", "about 5"] {
        assert_eq!(check_money(typed, "de").problem, Some("number.syntax"), "{typed}");
    }
}
