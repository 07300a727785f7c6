//! Conditions that can be read and yet can never hold, whatever a visitor does: the option that no form offers, the number
//! beyond the bounds of its field, two answers at once.
//!
//! Only what is certain is reported; most conditions that never hold in practice cannot be told from others.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::parse::{PARTS, POINTER};
use crate::{
    check::number::decimal,
    error::Error,
    wire::json::{Faults, Json, Node},
};

/// What the value of a field can be.
enum Domain<'a> {
    /// One option, or several of them.
    Options(Vec<&'a str>),
    /// The smallest and the largest number.
    Range(Option<&'a str>, Option<&'a str>),
}

/// The conditions of the member `qualify` that can never hold. `forms` is the member of that name.
pub fn lint_never(rules: &Json, forms: &Json) -> Vec<Error> {
    let rules = Node::at(rules, POINTER);
    let mut faults = Faults::new();
    let nobody = &mut Faults::new();
    for part in PARTS.into_iter().filter_map(|name| rules.get(name)) {
        let criteria = part.get("grade").and_then(|grade| grade.get("letters")?.get("criteria"));
        let lists = ["rules", "segments", "filters"].map(|name| part.get(name));
        for list in lists.into_iter().chain([criteria]).flatten() {
            for entry in list.items(nobody) {
                // The condition of a rule that counts events sees the members of the event first.
                let Some(when) = entry.get("when").filter(|_| entry.get("fact").is_none()) else {
                    continue;
                };
                if never(when.json(), forms) {
                    when.fault("a condition that can be true", &mut faults);
                }
            }
        }
    }
    faults
}

fn never(rule: &Json, forms: &Json) -> bool {
    let Some([(op, args)]) = rule.as_object() else { return false };
    let args = args.as_array().unwrap_or_default();
    match (op.as_str(), args) {
        ("and", parts) => parts.iter().any(|part| is_false(part, forms)) || contradicts(parts),
        ("or", parts) => !parts.is_empty() && parts.iter().all(|part| is_false(part, forms)),
        ("in", [value, list]) => match (variable(value), variable(list)) {
            // One of some options, or an option among those that were chosen.
            (Some(path), None) => list
                .as_array()
                .is_some_and(|items| !items.iter().any(|item| possible("==", path, item, forms))),
            (None, Some(path)) => {
                matches!(domain(path, forms), Some(Domain::Options(_)))
                    && !possible("==", path, value, forms)
            }
            _ => false,
        },
        (op @ ("==" | "===" | "<" | "<=" | ">" | ">="), [left, right]) => {
            match (variable(left), variable(right)) {
                (Some(path), None) => !possible(op, path, right, forms),
                (None, Some(path)) => !possible(turned(op), path, left, forms),
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_false(part: &Json, forms: &Json) -> bool {
    matches!(part, Json::Null | Json::Bool(false)) || never(part, forms)
}

/// Whether two parts ask for different values of the same place.
fn contradicts(parts: &[Json]) -> bool {
    fn asked(part: &Json) -> Option<(&str, &Json)> {
        let [(op, args)] = part.as_object()? else { return None };
        let [left, right] = args.as_array()? else { return None };
        let constant = matches!(right, Json::String(_));
        let path = variable(left).filter(|_| constant && (op == "==" || op == "==="))?;
        Some((path, right))
    }
    let asked: Vec<_> = parts.iter().filter_map(asked).collect();
    asked.iter().enumerate().any(|(place, (path, value))| {
        let others = asked.iter().skip(place + 1);
        others.into_iter().any(|(other, second)| other == path && second != value)
    })
}

fn variable(json: &Json) -> Option<&str> {
    let [(name, path)] = json.as_object()? else { return None };
    let path = match path {
        Json::Array(items) if items.len() == 1 => items.first()?,
        other => other,
    };
    path.as_str().filter(|_| name == "var")
}

fn turned(op: &str) -> &str {
    match op {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

/// Whether the value at the path can stand in this relation to the constant.
fn possible(op: &str, path: &str, constant: &Json, forms: &Json) -> bool {
    match (domain(path, forms), constant) {
        (Some(Domain::Options(options)), Json::String(text)) => {
            !matches!(op, "==" | "===") || options.contains(&text.as_str())
        }
        (Some(Domain::Range(least, most)), Json::Number(text)) => {
            let Some(value) = decimal::canonical(text) else { return true };
            let order = |bound: &str| {
                decimal::canonical(bound).map(|bound| decimal::compare(&value, &bound))
            };
            // What is missing counts as 0 in an order, and equals no number.
            let zero = order("0");
            let above = |least: Ordering| {
                most.and_then(order).is_some_and(|order| order >= least)
                    && zero.is_some_and(|order| order >= least)
            };
            let below = |most: Ordering| {
                least.and_then(order).is_some_and(|order| order <= most)
                    && zero.is_some_and(|order| order <= most)
            };
            !match op {
                ">" => above(Ordering::Equal),
                ">=" => above(Ordering::Greater),
                "<" => below(Ordering::Equal),
                "<=" => below(Ordering::Less),
                _ => {
                    most.and_then(order) == Some(Ordering::Greater)
                        || least.and_then(order) == Some(Ordering::Less)
                }
            }
        }
        _ => true,
    }
}

/// What the value of `values.<field>` can be: that of all fields of this name together, or `None` where nothing is certain.
fn domain<'a>(path: &str, forms: &'a Json) -> Option<Domain<'a>> {
    let name = path.strip_prefix("values.")?;
    let fields =
        forms.as_object()?.iter().filter_map(|(_, form)| form.member("fields")?.as_array());
    let named = |field: &&Json| field.member("name").and_then(Json::as_str) == Some(name);
    let fields: Vec<&'a Json> = fields.flatten().filter(named).collect();
    let kind = |field: &&'a Json| field.member("type").and_then(Json::as_str);
    match (fields.as_slice(), fields.first().and_then(kind)) {
        ([field], Some("number")) => {
            let bound = |name| match field.member(name) {
                Some(Json::Number(text)) => Some(text.as_str()),
                _ => None,
            };
            Some(Domain::Range(bound("min"), bound("max")))
        }
        (all, Some("choice")) if all.iter().all(|field| kind(field) == Some("choice")) => {
            let options = all.iter().filter_map(|field| field.member("options")?.as_array());
            let value =
                |option: &'a Json| option.as_str().or_else(|| option.member("value")?.as_str());
            Some(Domain::Options(options.flatten().filter_map(value).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    const FORMS: &str = r#"{"contact":{"fields":[
        {"name":"line","type":"choice","options":["women",{"value":"men"}]},
        {"name":"lines","type":"choice","multiple":true,"options":["women","men"]},
        {"name":"budget","type":"number","min":0,"max":10000},
        {"name":"message","type":"text"}]},
        "booking":{"fields":[{"name":"line","type":"choice","options":["children"]}]}}"#;

    #[track_caller]
    fn check(rule: &str, expected: bool) {
        let forms = json::parse(FORMS).unwrap();
        assert_eq!(never(&json::parse(rule).unwrap(), &forms), expected, "{rule}");
    }

    #[test]
    fn what_can_never_hold_is_told_from_what_can() {
        check(r#"{"==":[{"var":"values.line"},"wemen"]}"#, true);
        check(r#"{"===":["wemen",{"var":["values.line"]}]}"#, true);
        check(r#"{"==":[{"var":"values.line"},"men"]}"#, false);
        check(r#"{"==":[{"var":"values.line"},"children"]}"#, false);
        check(r#"{"!=":[{"var":"values.line"},"wemen"]}"#, false);
        check(r#"{"in":[{"var":"values.line"},["boys","girls"]]}"#, true);
        check(r#"{"in":[{"var":"values.line"},["boys","men"]]}"#, false);
        check(r#"{"in":["boys",{"var":"values.lines"}]}"#, true);
        check(r#"{"in":["men",{"var":"values.lines"}]}"#, false);
        check(r#"{"in":["boys",{"var":"values.message"}]}"#, false);
        check(r#"{">":[{"var":"values.budget"},10000]}"#, true);
        check(r#"{">=":[{"var":"values.budget"},10000]}"#, false);
        check(r#"{">=":[{"var":"values.budget"},10000.5]}"#, true);
        check(r#"{"<":[20000,{"var":"values.budget"}]}"#, true);
        check(r#"{"<":[{"var":"values.budget"},0]}"#, true);
        check(r#"{"<=":[{"var":"values.budget"},0]}"#, false);
        check(r#"{"==":[{"var":"values.budget"},-1]}"#, true);
        check(r#"{">":[{"var":"values.nowhere"},10000]}"#, false);
    }

    #[test]
    fn parts_that_never_hold_decide_the_whole() {
        let (bad, good) = (r#"{"==":[{"var":"values.line"},"x"]}"#, r#"{"var":"email.free"}"#);
        check(&alloc::format!(r#"{{"and":[{good},{bad}]}}"#), true);
        check(&alloc::format!(r#"{{"and":[{good},false]}}"#), true);
        check(&alloc::format!(r#"{{"or":[{good},{bad}]}}"#), false);
        check(&alloc::format!(r#"{{"or":[{bad},{bad}]}}"#), true);
        let asks = |value: &str| alloc::format!(r#"{{"==":[{{"var":"channel"}},{value}]}}"#);
        check(&alloc::format!(r#"{{"and":[{},{}]}}"#, asks("\"ad\""), asks("\"fair\"")), true);
        check(&alloc::format!(r#"{{"and":[{},{}]}}"#, asks("\"ad\""), asks("\"ad\"")), false);
        check(&alloc::format!(r#"{{"and":[{},{}]}}"#, asks("\"1\""), asks("1")), false);
    }
}
