//! `leadkit.json`: what is taken, what is refused, and where the fault is said to be.

use leadkit::{
    config::{Config, Public, lint},
    wire::json::{self, Json},
};

const GOOD: &str = include_str!("conformance/config/good.json");

/// Lints the good configuration with `from` replaced by `to`; the first finding must be `expected`.
#[track_caller]
fn refuse(from: &str, to: &str, expected: &str) {
    assert!(GOOD.contains(from), "{from} is not in good.json");
    let findings = lint(&GOOD.replacen(from, to, 1));
    let said: Vec<_> = findings
        .iter()
        .map(|finding| {
            let place = finding.position;
            format!("{}:{} {}", place.line, place.column, finding.message)
        })
        .collect();
    assert_eq!(said.first().map(String::as_str), Some(expected), "{said:#?}");
}

#[test]
fn a_good_configuration_has_no_findings() {
    assert_eq!(lint(GOOD), []);
    let config = Config::parse(GOOD).unwrap();
    assert_eq!(config.public().site().id, "shop");
    assert_eq!(config.public().form("contact").unwrap().fields().len(), 7);
    assert_eq!(config.destinations().len(), 1);
    assert_eq!(config.hash().len(), 64);
}

#[test]
fn text_that_is_not_json_is_one_finding_with_its_place() {
    refuse(
        "\"id\": \"shop\"",
        "\"id\" \"shop\"",
        "4:10 JSON at byte 79: expected a colon, found something else",
    );
}

#[test]
fn each_fault_names_its_line_and_what_was_expected() {
    refuse(
        "\"id\": \"shop\"",
        "\"id\": \"Shop!\"",
        "4:11 configuration at \"/site/id\": expected an id of a-z, 0-9, _ and -, at most 64 characters",
    );
    refuse(
        "\"origins\"",
        "\"origin\"",
        "7:15 configuration at \"/site/origin\": expected one of id, name, locale, origins",
    );
    refuse(
        "https://shop.example\"",
        "https://shop.example/\"",
        "7:17 configuration at \"/site/origins/0\": expected an origin such as https://shop.example, without a path",
    );
    refuse(
        "\"type\": \"email\"",
        "\"type\": \"mail\"",
        "14:36 configuration at \"/forms/contact/fields/1/type\": \
         expected one of name, email, text, choice, number, checkbox, consent, phone, url, company, \
         postcode, vat, tax_id, iban, date, money, country, file",
    );
    refuse(
        "\"name\": \"email\", ",
        "\"name\": \"full_name\", ",
        "14:19 configuration at \"/forms/contact/fields/1/name\": expected a name that no other field of the form has",
    );
    refuse(
        "\"values.line\"",
        "\"values.lines\"",
        "25:22 configuration at \"/forms/contact/fields/4/show_if\": \
         expected a condition on the values of fields before this one, such as {\"var\": \"values.line\"}",
    );
    refuse(
        "\"purpose\": \"contact\", \"url\"",
        "\"purpose\": \"sale\", \"url\"",
        "100:37 configuration at \"/destinations/crm/purpose\": expected the purpose of a consent field of some form",
    );
}

#[test]
fn an_example_that_fails_names_its_line_and_what_came() {
    refuse(
        "\"fit\": 50",
        "\"fit\": 51",
        "84:55 configuration at \"/qualify/examples/0/expect/scores/fit\": \
         expected 51, found 50 (a customer who reads a lot)",
    );
    refuse(
        "\"grade\": \"B2\", \"handover\": false",
        "\"grade\": \"A1\"",
        "84:88 configuration at \"/qualify/examples/0/expect/grade\": \
         expected \"A1\", found \"B2\" (a customer who reads a lot)",
    );
    refuse(
        "\"segments\": [\"women\"], \"rules\"",
        "\"segments\": [], \"rules\"",
        "85:23 configuration at \"/qualify/examples/0/expect/segments\": \
         expected [], found [\"women\"] (a customer who reads a lot)",
    );
    // Another rule, the same examples: the failure is that of the example.
    refuse(
        "\"points\": 30, \"verified\"",
        "\"points\": 3, \"verified\"",
        "84:55 configuration at \"/qualify/examples/0/expect/scores/fit\": \
         expected 50, found 23 (a customer who reads a lot)",
    );
    refuse(
        "\"expect\": { \"problems\": [\"required\"] }",
        "\"expect\": { \"disposition\": \"accept\" }",
        "93:88 configuration at \"/qualify/examples/2/expect\": expected [], found [\"required\"] (no address)",
    );
}

#[test]
fn an_example_that_cannot_be_read_is_a_fault() {
    refuse(
        "\"line\": \"women\", \"privacy\"",
        "\"lime\": \"women\", \"privacy\"",
        "80:76 configuration at \"/qualify/examples/0/data/lime\": expected a field of the form",
    );
    refuse(
        "\"existing_customer\": true }",
        "\"customer\": true }",
        "82:35 configuration at \"/qualify/examples/0/verified/customer\": expected a known fact",
    );
    refuse(
        "\"form\": \"contact\", \"now\"",
        "\"form\": \"kontakt\", \"now\"",
        "79:55 configuration at \"/qualify/examples/0/form\": expected the name of a form",
    );
}

#[test]
fn a_rule_that_cannot_do_what_it_says_names_its_line() {
    refuse(
        "{ \"var\": \"existing_customer\" }",
        "{ \"var\": \"existing_custommer\" }",
        "61:82 configuration at \"/qualify/private/rules/0/when\": \
         expected values.<field> of a form, or a known fact",
    );
    refuse(
        "\"cap\": 50",
        "\"cap\": -50",
        "40:32 configuration at \"/qualify/public/scores/engagement/cap\": expected a cap from 0 to 1,000,000",
    );
    refuse(
        "\"id\": \"known\"",
        "\"id\": \"work_mail\"",
        "61:17 configuration at \"/qualify/private/rules/0/id\": expected an id that is used once",
    );
    refuse(
        "[{ \"var\": \"values.line\" }, \"women\"]",
        "[{ \"var\": \"values.line\" }, \"wemen\"]",
        "54:34 configuration at \"/qualify/public/segments/0/when\": expected a condition that can be true",
    );
    refuse(
        "{ \"var\": \"existing_customer\" }",
        "{ \"and\": [{ \"var\": \"existing_customer\" }, false] }",
        "61:82 configuration at \"/qualify/private/rules/0/when\": expected a condition that can be true",
    );
    refuse(
        "{ \"var\": \"existing_customer\" }",
        "{ \"is\": [{ \"var\": \"existing_customer\" }, true] }",
        "61:82 configuration at \"/qualify/private/rules/0/when\": expected one operator of JSON Logic",
    );
}

#[test]
fn a_setting_of_a_destination_or_a_source_is_refused_in_its_place() {
    let crm = "\"secret\": { \"env\": \"WEBHOOK_SECRET\" }";
    refuse(
        crm,
        "\"secret\": \"whsec_Zm9v\"",
        "101:17 configuration at \"/destinations/crm/secret\": \
         expected {\"env\": \"NAME\"}: a secret stands in the environment",
    );
    refuse(
        crm,
        "\"list\": \"a\"",
        "101:15 configuration at \"/destinations/crm/list\": expected a setting that this type has",
    );
    refuse(
        crm,
        "\"map\": { \"mail\": { \"vra\": 1 } }",
        "101:24 configuration at \"/destinations/crm/map/mail\": \
         expected a value in JSON Logic, such as {\"var\": \"values.email\"}",
    );
    let sources = |inner: &str| format!("\"sources\": {{ \"ads\": {inner} }}, \"destinations\"");
    refuse(
        "\"destinations\"",
        &sources("{ \"type\": \"google\", \"form\": \"contact\" }"),
        "97:23 configuration at \"/sources/ads\": expected a member \"key\"",
    );
    refuse(
        "\"destinations\"",
        &sources("{ \"type\": \"google\", \"form\": \"ads\", \"key\": { \"env\": \"K\" } }"),
        "97:51 configuration at \"/sources/ads/form\": expected the name of a form",
    );
    refuse(
        "\"destinations\"",
        &sources(
            "{ \"type\": \"google\", \"form\": \"contact\", \"key\": { \"env\": \"K\" }, \"map\": { \"x\": 1 } }",
        ),
        "97:99 configuration at \"/sources/ads/map/x\": expected the name of a field of the form",
    );
}

#[test]
fn every_fault_is_reported_at_once() {
    let findings =
        lint("{\"site\":{\"id\":1,\"x\":2},\"forms\":{\"a b\":{\"fields\":[]}},\"more\":3}");
    let pointers: Vec<_> =
        findings.iter().filter_map(|finding| finding.pointer.as_deref()).collect();
    assert_eq!(pointers, ["/site/id", "/site/x", "/forms/a b", "/forms/a b/fields", "/more"]);
}

#[test]
fn a_browser_gets_neither_destinations_nor_private_rules() {
    let public = Config::parse(GOOD).unwrap().public_json().to_text();
    for hidden in ["crm", "hooks.example", "WEBHOOK_SECRET", "private", "origins"] {
        assert!(!public.contains(hidden), "{hidden}");
    }
    let whole = Config::parse(GOOD).unwrap();
    assert_eq!(Public::parse(&public).unwrap().forms(), whole.public().forms());
}

#[test]
fn a_version_names_the_content_of_its_form() {
    let version = |text: &str| Config::parse(text).unwrap().form_version("contact").unwrap();
    assert_eq!(version(GOOD), version(&GOOD.replace("Shop", "Store")));
    assert_eq!(version(GOOD), version(&json::parse(GOOD).unwrap().to_text()));
    assert_ne!(version(GOOD), version(&GOOD.replace("2000", "1000")));
    let public = Config::parse(GOOD).unwrap().public_json();
    let stated = public.member("$versions").and_then(|versions| versions.member("contact"));
    assert_eq!(stated, Some(&Json::String(version(GOOD))));
}

#[test]
fn any_text_is_harmless() {
    for end in (0..GOOD.len()).filter(|end| GOOD.is_char_boundary(*end)) {
        let _ = lint(GOOD.get(..end).unwrap_or_default());
    }
    for text in ["", "null", "[]", "{}", "{\"site\":[],\"forms\":[],\"destinations\":[]}"] {
        assert!(!lint(text).is_empty(), "{text}");
    }
}
