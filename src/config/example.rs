//! Examples beside the rules: a lead, and what the owner expects the rules to make of it.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::Config;
use crate::{
    check::{Known, Packs},
    form::Form,
    lead::{FormRef, Lead, LeadId},
    qualify::{FACTS, Verdict},
    time::Millis,
    wire::json::{Faults, Json, Node},
};

const MEMBERS: &[&str] = &["name", "form", "data", "context", "verified", "now", "expect"];
const EXPECTED: &[&str] = &[
    "disposition",
    "scores",
    "grade",
    "handover",
    "segments",
    "problems",
    "rules",
    "message",
    "next",
];

/// An expectation that the rules do not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Miss {
    /// Where the expectation stands.
    pub(super) pointer: String,
    /// The name of the example, if it has one, what was expected and what came.
    pub(super) message: String,
}

/// Reads the examples as far as they can be read without judging: every fault with its place.
pub(super) fn lint(examples: &Node<'_>, config: Option<&Config>, faults: &mut Faults) {
    for example in examples.items(faults) {
        let expected = "one of name, form, data, context, verified, now, expect";
        example.expect_members(MEMBERS, expected, faults);
        example.text("name", faults);
        example.text("form", faults);
        example.count("now", faults);
        match example.get("expect") {
            Some(expect) => {
                let expected = "one of disposition, scores, grade, handover, segments, problems, rules, message, next";
                expect.expect_members(EXPECTED, expected, faults);
            }
            None => example.fault("a member \"expect\"", faults),
        }
        let facts = example.get("verified").map(|facts| facts.members(faults));
        for (name, fact) in facts.unwrap_or_default() {
            if !FACTS.iter().any(|known| known.split('.').next() == Some(name)) {
                fact.fault("a known fact", faults);
            }
        }
        if let Some(context) = example.get("context") {
            context.members(faults);
        }
        let Some(config) = config else { continue };
        match form(&example, config) {
            Some(form) => {
                let data = example.get("data").map(|data| data.members(faults));
                for (name, value) in data.unwrap_or_default() {
                    if !form.fields().iter().any(|field| field.name() == name) {
                        value.fault("a field of the form", faults);
                    }
                }
            }
            None => {
                example
                    .get("form")
                    .as_ref()
                    .unwrap_or(&example)
                    .fault("the name of a form", faults);
            }
        }
    }
}

/// Judges the examples by all rules, as the edge does; what is not as expected.
pub(super) fn run(examples: &Node<'_>, config: &Config, packs: &Packs) -> Vec<Miss> {
    let mut misses = Vec::new();
    for example in examples.items(&mut Faults::new()) {
        let (Some(form), Some(expect)) = (form(&example, config), example.get("expect")) else {
            continue;
        };
        let part = |name: &str| example.get(name).map(|node| node.json().clone());
        let now = part("now").and_then(|now| now.as_uint()).map_or(Millis(0), Millis);
        let lead = Lead {
            id: LeadId::new(now, [0; 10]),
            at: now,
            form: FormRef { name: form.name().to_owned(), version: None },
            data: part("data").unwrap_or_else(|| Json::object([])),
            context: part("context").unwrap_or_else(|| Json::object([])),
            consent: Json::object([]),
        };
        let verified = part("verified").unwrap_or_default();
        let known = Known::default().with_packs(packs);
        let Some(judged) = config.judge(&lead, &known, &verified, now) else { continue };
        let name = example.json().member("name").and_then(Json::as_str);
        compare(name, &expect, &judged.verdict, &mut misses);
    }
    misses
}

fn form<'c>(example: &Node<'_>, config: &'c Config) -> Option<&'c Form> {
    match example.json().member("form") {
        Some(name) => config.public().form(name.as_str()?),
        None => config.public().forms().first(),
    }
}

fn compare(name: Option<&str>, expect: &Node<'_>, verdict: &Verdict<'_>, misses: &mut Vec<Miss>) {
    let mut miss = |node: &Node<'_>, found: &Json| {
        let (wanted, found) = (node.json().to_text(), found.to_text());
        let name = name.unwrap_or("example");
        let message = ["expected ", &wanted, ", found ", &found, " (", name, ")"].concat();
        misses.push(Miss { pointer: node.pointer().to_owned(), message });
    };
    let outline = verdict.to_json();
    let ids = |list: &str, member: &str| {
        let list = outline.member(list).and_then(Json::as_array).unwrap_or_default();
        Json::array(list.iter().filter_map(|one| one.member(member).cloned()))
    };
    let problems = ids("problems", "code");
    // A lead that no form would take says nothing about the rules.
    if expect.get("problems").is_none() && problems != Json::Array(Vec::new()) {
        let wanted = Json::Array(Vec::new());
        miss(&Node::at(&wanted, expect.pointer()), &problems);
        return;
    }
    for (name, node) in expect.members(&mut Faults::new()) {
        if name == "scores" {
            for (score, node) in node.members(&mut Faults::new()) {
                let found = verdict.scores.iter().find(|found| found.name == score);
                let found = found.map_or(Json::Null, |found| Json::int(found.points));
                if *node.json() != found {
                    miss(&node, &found);
                }
            }
            continue;
        }
        let found = match name {
            "problems" => problems.clone(),
            "rules" => ids("reasons", "rule"),
            _ => outline.member(name).cloned().unwrap_or_default(),
        };
        if *node.json() != found {
            miss(&node, &found);
        }
    }
}
