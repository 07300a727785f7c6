//! Rules as owners may write them, right and wrong, and what they give.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::{Limits, Rule, RuleError};
use crate::{
    random::Random,
    wire::json::{self, Json},
};

const DATA: &str =
    r#"{"a": 1, "b": {"c": [10, 20]}, "text": "grün", "big": 12345678901234567890, "none": null}"#;

fn parse(text: &str) -> Result<Rule, RuleError> {
    Rule::parse(&json::parse(text).unwrap(), &Limits::default())
}

fn apply(text: &str, limits: &Limits) -> Result<String, RuleError> {
    let data = json::parse(DATA).unwrap();
    parse(text)?.apply(&data, limits).map(|json| json.to_text())
}

#[track_caller]
fn check(rule: &str, expected: &str) {
    assert_eq!(apply(rule, &Limits::default()).unwrap(), expected);
}

#[track_caller]
fn refuse(rule: &str, code: &str, sentence: &str) {
    let error = apply(rule, &Limits::default()).unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), (code, sentence));
}

#[test]
fn numbers_are_written_as_javascript_writes_them() {
    check(r#"{"+": [0.1, 0.2]}"#, "0.30000000000000004");
    check(r#"{"var": "big"}"#, "12345678901234567000");
    check("[1.0, 1e2, -0.0]", "[1,100,0]");
    check(r#"{"%": [-7.5, 2]}"#, "-1.5");
    check(r#"{"%": [1e300, 7]}"#, "1");
    check(r#"{"cat": [1e21, ":", 1.5]}"#, r#""1e+21:1.5""#);
}

#[test]
fn what_is_missing_equals_only_what_is_missing() {
    check(r#"{"==": [{"var": "none"}, {"var": "nowhere"}]}"#, "true");
    for value in ["0", "false", r#""""#, r#""DE""#] {
        check(&format!(r#"{{"==": [{{"var": "nowhere"}}, {value}]}}"#), "false");
        check(&format!(r#"{{"!=": [{{"var": "nowhere"}}, {value}]}}"#), "true");
    }
    check(r#"{"<": [{"var": "nowhere"}, "DE"]}"#, "false");
    check(r#"{">=": ["DE", {"var": "nowhere"}]}"#, "false");
    check(r#"{"<": [{"var": "nowhere"}, 5]}"#, "true");
}

#[test]
fn texts_count_characters() {
    check(r#"{"substr": [{"var": "text"}, 2, 1]}"#, r#""ü""#);
    check(r#"{"length": [{"var": "text"}]}"#, "4");
    check(r#"{"substr": ["abc", -9223372036854775808, 9223372036854775807]}"#, r#""abc""#);
}

#[test]
fn an_error_names_the_place_in_the_rule_and_nothing_else() {
    refuse(
        r#"{"and": [true, {"<": [{"/": [{"var": "text"}, 2]}, 1]}]}"#,
        "not_a_number",
        r#"rule at "/and/1/</0": expected a number"#,
    );
    refuse(
        r#"{"+": {"-": []}}"#,
        "arguments",
        r#"rule at "/+": expected the arguments of the operator"#,
    );
    refuse(
        r#"[{"/": [{"max": ["a"]}]}]"#,
        "arguments",
        r#"rule at "/0/~1/0": expected the arguments of the operator"#,
    );
    refuse(
        r#"{"if": [1, {"nope": 1}]}"#,
        "unknown_operator",
        r#"rule at "/if/1": expected one operator of JSON Logic"#,
    );
    refuse(r#"{"if": 1}"#, "arguments", r#"rule at "": expected the arguments of the operator"#);
    refuse(r#"{"!": {"throw": {"var": "text"}}}"#, "thrown", r#"rule at "/!": expected no throw"#);
    refuse(
        r#"{"try": [{"throw": "a"}, {"/": [1, 0]}]}"#,
        "not_a_number",
        r#"rule at "/try/1": expected a number"#,
    );
}

#[test]
fn a_rule_stays_within_its_limits() {
    let limits = Limits { depth: 4, size: 10, steps: 50 };
    let parse = |text: &str| Rule::parse(&json::parse(text).unwrap(), &limits);
    let deep = parse("[[[[[1]]]]]").unwrap_err();
    assert_eq!(deep.to_string(), r#"rule at "/0/0/0/0/0": expected less nesting"#);
    let large = parse("[1,2,3,4,5,6,7,8,9,10]").unwrap_err();
    assert_eq!(large.to_string(), r#"rule at "/9": expected a smaller rule"#);

    let range = (0..40).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let over = |body: &str, start: &str| {
        let rule = format!(r#"{{"reduce": [[{range}], {body}, {start}]}}"#);
        apply(&rule, &Limits { depth: 20, ..Limits::default() })
    };
    let steps =
        over(r#"{"cat": [{"var": "accumulator"}, {"var": "accumulator"}]}"#, r#""abcdefgh""#);
    assert_eq!(steps.unwrap_err().code(), "too_many_steps");
    let shared = over(r#"{"merge": [{"var": "accumulator"}, {"var": "accumulator"}]}"#, "[1]");
    assert_eq!(shared.unwrap_err().code(), "too_many_steps");
    for body in [r#"[{"var": "accumulator"}]"#, r#"{"var": ""}"#] {
        assert_eq!(over(body, "1").unwrap_err().code(), "too_deep");
    }
    let pair = r#"{"reduce": [[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18], [{"var": "accumulator"}, {"var": "accumulator"}], 1]}"#;
    assert_eq!(apply(pair, &Limits::default()).unwrap_err().code(), "too_many_steps");
    let caught =
        format!(r#"{{"try": [{{"reduce": [[{range}], [{{"var": "accumulator"}}], 1]}}, 1]}}"#);
    let caught = apply(&caught, &Limits { depth: 20, ..Limits::default() });
    assert_eq!(caught.unwrap_err().to_string(), r#"rule at "/try/0": expected less nesting"#);
}

#[test]
fn the_fields_of_a_rule_are_what_it_reads_of_the_data() {
    let rule = parse(
        r#"{"and": [{"var": ["a.b", {"var": "c"}]}, {"missing": ["d", "e.f"]}, {"missing_some": [1, ["g"]]},
            {"exists": ["h", "i"]}, {"val": ["j", 0]}, {"var": {"cat": ["k", {"var": "l"}]}},
            {"some": [{"var": "m"}, {"and": [{"var": "inside"}, {"val": [[2], "n"]}]}]}]}"#,
    );
    let mut fields = vec![];
    rule.unwrap().fields(&mut |path| fields.push(path.to_string()));
    assert_eq!(fields, ["a.b", "c", "d", "e.f", "g", "h.i", "j.0", "l", "", "m", "n"]);
}

#[test]
fn a_rule_that_reads_nothing_is_a_constant() {
    let constant = |text: &str| parse(text).unwrap().constant(&Limits::default());
    assert_eq!(constant(r#"{"==": [1, 2]}"#), Some(Json::Bool(false)));
    assert_eq!(constant(r#"{"some": [[1, 2], {">": [{"var": ""}, 1]}]}"#), Some(Json::Bool(true)));
    assert_eq!(constant(r#"{"var": "a"}"#), None);
    assert_eq!(constant(r#"{"/": [1, 0]}"#), None);
}

#[test]
fn of_layers_the_first_that_knows_counts() {
    let object = |text: &str| json::parse(text).unwrap();
    let values = object(r#"{"email": "a@b.example"}"#);
    let first = object(r#"{"email": {"free": null}, "pages": 2}"#);
    let second = object(r#"{"email": {"free": true}, "pages": 9, "values": {"forged": "x"}}"#);
    let layers = [("values", &values), ("", &first), ("", &second)];
    let holds = |text: &str| parse(text).unwrap().holds_in(&layers, &Limits::default()).unwrap();
    assert!(holds(r#"{"==": [{"var": "values.email"}, "a@b.example"]}"#));
    assert!(holds(r#"{"var": "email.free"}"#));
    assert!(holds(r#"{"==": [{"var": "pages"}, 2]}"#));
    assert!(holds(r#"{"missing": ["email.disposable"]}"#));
    assert!(holds(r#"{"missing": ["values.forged"]}"#));
}

#[test]
fn no_rule_and_no_data_panic() {
    let names = [
        "==",
        "===",
        "!=",
        "!==",
        ">",
        ">=",
        "<",
        "<=",
        "!",
        "!!",
        "and",
        "or",
        "if",
        "?:",
        "??",
        "try",
        "throw",
        "+",
        "-",
        "*",
        "/",
        "%",
        "max",
        "min",
        "var",
        "val",
        "exists",
        "missing",
        "missing_some",
        "in",
        "cat",
        "substr",
        "length",
        "merge",
        "map",
        "filter",
        "reduce",
        "all",
        "some",
        "none",
        "log",
    ];
    let mut random = Random::new(11);
    let limits = Limits { depth: 12, size: 200, steps: 2_000 };
    let data = json::parse(DATA).unwrap();
    let mut done = 0;
    for _ in 0..8_000 {
        let rule = arbitrary(&mut random, 4, &names);
        let Ok(rule) = Rule::parse(&rule, &limits) else { continue };
        let holds = rule.holds(&data, &limits);
        rule.fields(&mut |_| {});
        if let Ok(value) = rule.apply(&data, &limits) {
            json::parse(&value.to_text()).unwrap();
            assert!(holds.is_ok());
            done += 1;
        }
    }
    assert!(done > 1_000, "{done}");
}

#[test]
fn the_short_way_gives_what_the_full_evaluation_gives() {
    let names =
        ["==", "===", "!=", "!==", ">", ">=", "<", "<=", "!", "!!", "and", "or", "in", "if"];
    let mut random = Random::new(12);
    let limits = Limits::default();
    let data = json::parse(DATA).unwrap();
    let mut short = 0;
    for _ in 0..40_000 {
        let json = arbitrary(&mut random, 3, &names);
        let Ok(rule) = Rule::parse(&json, &limits) else { continue };
        let choice = Json::array([json, Json::Bool(true), Json::Bool(false)]);
        let whole = Rule::parse(&Json::object([("if", choice)]), &limits).unwrap();
        let full = whole.apply(&data, &limits).map(|value| value == Json::Bool(true)).ok();
        let quick = super::quick::holds(&rule.0, &super::Value::from(&data));
        assert!(quick.is_none() || quick == full, "{rule:?}");
        assert_eq!(rule.holds(&data, &limits).ok(), full, "{rule:?}");
        short += u32::from(quick.is_some());
    }
    assert!(short > 2_000, "{short}");
}

fn arbitrary(random: &mut Random, depth: u32, names: &[&str]) -> Json {
    let mut pick = |values: &[&str]| {
        let place = usize::try_from(random.below(values.len() as u64)).unwrap();
        values[place].to_string()
    };
    let kind = pick(&["op", "op", "op", "list", "number", "text", "path", "null", "true"]);
    match kind.as_str() {
        "op" | "list" if depth > 0 => {
            let name = pick(names);
            let items = (0..random.below(4)).map(|_| arbitrary(random, depth - 1, names)).collect();
            let list = Json::Array(items);
            match (kind.as_str(), random.below(5)) {
                ("list", _) => list,
                (_, 0) => Json::object([(name.as_str(), arbitrary(random, depth - 1, names))]),
                _ => Json::object([(name.as_str(), list)]),
            }
        }
        "number" => Json::Number(pick(&["0", "1", "-2", "1e400", "-0.5", "9e307", "1e-320", "3"])),
        "path" => {
            Json::object([("var", Json::String(pick(&["a", "b.c", "b.c.1", "", "text", "x.y"])))])
        }
        "text" => Json::String(pick(&["", "a", "ü😀", "12", " 1e2 ", "b.c"])),
        "null" => Json::Null,
        _ => Json::Bool(true),
    }
}
