//! What is wrong with rules that can be read.

use alloc::vec::Vec;

use super::{
    Qualify,
    judge::within,
    parse::{PARTS, POINTER, condition},
};
use crate::{
    error::Error,
    rule::Limits,
    wire::json::{Faults, Json, Node},
};

/// The facts that conditions can read beside `values.<field>`; each stands for itself and for what is in it.
pub const FACTS: &[&str] = &[
    "attribution",
    "channel",
    "company.domain",
    "company.legal_form",
    "company.name",
    "company.signals",
    "email.disposable",
    "email.domain",
    "email.free",
    "email.role",
    "existing_customer",
    "form",
    "locale",
    "money.currency",
    "pages",
    "phone.country",
    "phone.extension",
    "phone.possible",
    "phone.region",
    "phone.type",
    "spam",
    "time_on_form",
    "touches",
    "url.domain",
    "vat.country",
    "visits",
];

/// What a condition can read of an event of the fact that its rule counts.
const EVENT: &[&str] = &["at", "campaign", "channel", "kind", "name", "url", "value"];

const RULE: &[&str] =
    &["id", "when", "verified", "score", "group", "points", "fact", "half_life_days"];
const SEGMENT: &[&str] = &["id", "when", "verified", "next"];
const FILTER: &[&str] = &["id", "when", "verified", "disposition", "message"];
const CRITERION: &[&str] = &["id", "when", "verified", "thirds"];

/// Every fault of the member `qualify`, with its JSON Pointer in `leadkit.json`: what [`Qualify::parse`] reports, and beyond
/// that members and fields that nobody knows, ids that are used twice, and rules that can never fire. `fields` are the
/// names of all fields of all forms.
pub fn lint(json: &Json, fields: &[&str]) -> Vec<Error> {
    let mut faults = Qualify::parse(json).err().unwrap_or_default();
    let root = Node::at(json, POINTER);
    root.expect_members(
        &["public", "private", "examples"],
        "one of public, private, examples",
        &mut faults,
    );
    let parts: Vec<_> = PARTS.iter().filter_map(|name| root.get(name)).collect();
    for part in &parts {
        part.expect_members(
            &["scores", "rules", "segments", "filters", "grade"],
            "one of scores, rules, segments, filters, grade",
            &mut faults,
        );
        if let Some(grade) = part.get("grade") {
            lint_grade(&grade, &mut faults);
        }
        for (_, score) in members(part.get("scores")) {
            score.expect_members(
                &["cap", "claimed", "groups", "learned"],
                "one of cap, claimed, groups, learned",
                &mut faults,
            );
            lint_learned(&score, fields, &mut faults);
        }
    }
    for (name, allowed, expected) in [
        ("rules", RULE, "one of id, when, verified, score, group, points, fact, half_life_days"),
        ("segments", SEGMENT, "one of id, when, verified, next"),
        ("filters", FILTER, "one of id, when, verified, disposition, message"),
        ("criteria", CRITERION, "one of id, when, verified, thirds"),
    ] {
        let mut ids: Vec<&str> = Vec::new();
        for node in parts.iter().flat_map(|part| entries(part, name)) {
            node.expect_members(allowed, expected, &mut faults);
            if let Some(id) = node.json().member("id").and_then(Json::as_str) {
                if ids.contains(&id) {
                    node.get("id")
                        .as_ref()
                        .unwrap_or(&node)
                        .fault("an id that is used once", &mut faults);
                }
                ids.push(id);
            }
            lint_condition(&node, fields, &mut faults);
        }
    }
    faults
}

fn members(node: Option<Node<'_>>) -> Vec<(&str, Node<'_>)> {
    node.map(|node| node.members(&mut Faults::new())).unwrap_or_default()
}

fn entries<'a>(part: &Node<'a>, name: &str) -> Vec<Node<'a>> {
    let list = match name {
        "criteria" => part.get("grade").and_then(|grade| grade.get("letters")?.get(name)),
        _ => part.get(name),
    };
    list.map(|list| list.items(&mut Faults::new())).unwrap_or_default()
}

fn lint_grade(grade: &Node<'_>, faults: &mut Faults) {
    let expected = "one of matrix, letters, handover";
    grade.expect_members(&["matrix", "letters", "handover"], expected, faults);
    if let Some(matrix) = grade.get("matrix") {
        matrix.expect_members(&["rows", "columns"], "one of rows, columns", faults);
        for (_, axis) in members(Some(matrix)) {
            axis.expect_members(&["score", "from"], "one of score, from", faults);
        }
    }
    if let Some(letters) = grade.get("letters") {
        letters.expect_members(&["start", "criteria"], "one of start, criteria", faults);
    }
    if let Some(handover) = grade.get("handover") {
        handover.expect_members(&["grade", "scores"], "one of grade, scores", faults);
    }
}

/// The facts of a learned score are read like those of conditions, but a field may stand there by its name alone.
fn lint_learned(score: &Node<'_>, fields: &[&str], faults: &mut Faults) {
    let features = score.get("learned").and_then(|card| card.get("features"));
    for feature in features.map(|list| list.items(&mut Faults::new())).unwrap_or_default() {
        let Some(fact) = feature.get("fact") else { continue };
        let path = fact.json().as_str().unwrap_or_default();
        let field = path.strip_prefix("values.").unwrap_or(path);
        let known = fields.iter().any(|known| within(field, known))
            || FACTS.iter().any(|known| within(path, known));
        if !known {
            fact.fault("values.<field> of a form, or a known fact", faults);
        }
    }
}

fn lint_condition(node: &Node<'_>, fields: &[&str], faults: &mut Faults) {
    let (Some(rule), Some(when)) = (condition(node, &mut Faults::new()), node.get("when")) else {
        return;
    };
    let falsy = |json: &Json| match json {
        Json::Null | Json::Bool(false) => true,
        Json::Bool(true) => false,
        Json::Number(text) => text == "0",
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
    };
    if rule.constant(&Limits::default()).is_some_and(|value| falsy(&value)) {
        when.fault("a condition that can be true", faults);
    }
    let events = node.get("fact").is_some();
    let mut unknown = false;
    rule.fields(&mut |path| {
        let known = if let Some(field) = path.strip_prefix("values.") {
            fields.iter().any(|known| within(field, known))
        } else {
            let facts = FACTS.iter().chain(if events { EVENT } else { &[] });
            facts.copied().any(|fact| within(path, fact))
        };
        unknown |= !known;
    });
    if unknown {
        when.fault("values.<field> of a form, or a known fact", faults);
    }
}
