//! Runs the conformance tables of JSON Logic. `expected_failures.txt` is exact: a case that fails without being listed is
//! an error, and so is one that is listed and passes.

#![expect(clippy::unwrap_used, reason = "a broken table is to stop the test")]

use core::{cmp::Ordering, fmt::Write};
use std::{fs, path::PathBuf};

use leadkit::{
    rule::{Limits, Rule},
    wire::json::{self, Json},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/json_logic")
}

struct Case {
    rule: Json,
    data: Json,
    expected: Result<Json, String>,
}

/// The cases of a table; lines of text between them are headings.
fn cases(path: &str) -> Vec<Case> {
    let text = fs::read_to_string(folder().join(path)).unwrap();
    let table = json::parse(&text).unwrap();
    let case = |item: &Json| {
        let member = |name| item.member(name).cloned();
        let error = || item.member("error").and_then(|error| error.member("type")?.as_str());
        Case {
            rule: member("rule").unwrap(),
            data: member("data").unwrap_or_default(),
            expected: member("result").ok_or_else(|| error().unwrap_or_default().to_owned()),
        }
    };
    table.as_array().unwrap().iter().filter(|item| item.as_object().is_some()).map(case).collect()
}

/// Compares numbers by value and the members of objects in any order.
fn equal(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            let number = |text: &str| text.parse::<f64>().unwrap();
            number(left).partial_cmp(&number(right)) == Some(Ordering::Equal)
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            let same = |(key, value): &(String, Json)| {
                right.iter().any(|(other, member)| other == key && equal(value, member))
            };
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}

/// `None` if the case passes, or else what came.
fn run(case: &Case) -> Option<String> {
    let limits = Limits::default();
    let result = Rule::parse(&case.rule, &limits).and_then(|rule| rule.apply(&case.data, &limits));
    let code = |name: &str| match name {
        "NaN" => "not_a_number",
        "Invalid Arguments" => "arguments",
        "Unknown Operator" => "unknown_operator",
        _ => "thrown",
    };
    match (result, &case.expected) {
        (Ok(value), Ok(expected)) if equal(&value, expected) => None,
        (Err(error), Err(name)) if error.code() == code(name) => None,
        (Ok(value), _) => Some(value.to_text()),
        (Err(error), _) => Some(error.to_string()),
    }
}

#[test]
fn every_official_case_passes() {
    let cases = cases("official.json");
    assert_eq!(cases.len(), 278);
    let mut failures = String::new();
    for case in &cases {
        if let Some(came) = run(case) {
            writeln!(failures, "{}: {came}", case.rule.to_text()).unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
