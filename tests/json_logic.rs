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

/// The cases of all tables together.
const COUNT: usize = 1_698;

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
        // A rule may throw the name of another fault.
        (Err(error), Err(name)) if error.code() == "thrown" && throws(&case.rule, name) => None,
        (Ok(value), _) => Some(value.to_text()),
        (Err(error), _) => Some(error.to_string()),
    }
}

/// Whether a rule is `{"throw": name}`.
fn throws(rule: &Json, name: &str) -> bool {
    rule.member("throw").and_then(Json::as_str) == Some(name)
}

#[test]
fn every_official_case_passes() {
    let cases = cases("official.json");
    assert_eq!(cases.len(), 278);
    let failures: Vec<_> = cases.iter().filter_map(|case| Some((&case.rule, run(case)?))).collect();
    assert_eq!(failures, []);
}

/// `BLESS=1` writes the list anew; the change is to be reviewed.
#[test]
fn of_the_wider_tables_exactly_the_listed_cases_fail() {
    let mut tables: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.strip_suffix(".json").is_some())
        .collect();
    tables.sort();
    let mut count = 0;
    let mut failures = String::new();
    for table in &tables {
        for case in cases(table) {
            count += 1;
            if run(&case).is_some() {
                writeln!(failures, "{table} {}", case.rule.to_text()).unwrap();
            }
        }
    }
    assert_eq!(count, COUNT);
    let path = folder().join("expected_failures.txt");
    #[expect(
        clippy::disallowed_methods,
        reason = "the list is written only when somebody asks for it"
    )]
    if std::env::var("BLESS").is_ok() {
        fs::write(&path, &failures).unwrap();
    }
    assert_eq!(failures, fs::read_to_string(&path).unwrap(), "{count} cases");
}
