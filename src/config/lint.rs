//! Every fault of a configuration with its line and column, and the examples that its rules do not meet.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

use super::{Config, example};
use crate::{
    check::Packs,
    error::Error,
    qualify,
    wire::json::{self, Faults, Json, Node, Position},
};

/// A fault and the place in the text where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for programs: that of the [`Error`], or `example_failed`.
    pub code: &'static str,
    /// What is wrong, as a sentence.
    pub message: String,
    /// The JSON Pointer (RFC 6901) of the place; none where the text is not JSON.
    pub pointer: Option<String>,
    /// Where it is.
    pub position: Position,
}

impl Finding {
    fn new(error: &Error, text: &str) -> Self {
        let pointer = error.pointer().map(|pointer| json::locate(text, pointer));
        let offset = pointer.or(error.offset()).unwrap_or(0);
        Self {
            code: error.code(),
            message: error.to_string(),
            pointer: error.pointer().map(ToOwned::to_owned),
            position: json::position(text, offset),
        }
    }

    /// `{"line":…,"column":…,"code":…,"pointer":…,"message":…}`.
    pub fn to_json(&self) -> Json {
        let number = |value: usize| Json::uint(value as u64);
        Json::object([
            ("line", number(self.position.line)),
            ("column", number(self.position.column)),
            ("code", Json::str(self.code)),
            ("pointer", self.pointer.as_deref().map_or(Json::Null, Json::str)),
            ("message", Json::str(&self.message)),
        ])
    }
}

/// Checks the text of a `leadkit.json`, and its examples where it can be used; the findings are sorted by place, none means
/// that it can be used and does what its examples say.
pub fn lint(text: &str) -> Vec<Finding> {
    let parsed = Config::parse(text);
    let config = parsed.as_ref().ok();
    let mut errors = parsed.as_ref().err().cloned().unwrap_or_default();
    let mut misses = Vec::new();
    if let Ok(json) = json::parse(text) {
        for error in lint_rules(&json) {
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        let root = Node::root(&json);
        if let Some(examples) = root.get("qualify").and_then(|rules| rules.get("examples")) {
            example::lint(&examples, config, &mut errors);
            if let Some(config) = config {
                misses = example::run(&examples, config, &Packs::embedded());
            }
        }
    }
    let mut findings: Vec<_> = errors.iter().map(|error| Finding::new(error, text)).collect();
    findings.extend(misses.into_iter().map(|miss| Finding {
        code: "example_failed",
        position: json::position(text, json::locate(text, &miss.pointer)),
        message: ["configuration at \"", &miss.pointer, "\": ", &miss.message].concat(),
        pointer: Some(miss.pointer),
    }));
    findings.sort_by_key(|finding| (finding.position.line, finding.position.column));
    findings
}

/// What is wrong with rules that can be read, such as a condition on a field that no form has.
fn lint_rules(root: &Json) -> Vec<Error> {
    let Some(rules) = root.member("qualify") else { return Vec::new() };
    let none = Json::Null;
    let forms = root.member("forms").unwrap_or(&none);
    let fields = forms.as_object().unwrap_or_default().iter();
    let fields = fields.filter_map(|(_, form)| form.member("fields")?.as_array()).flatten();
    let names: Vec<&str> = fields.filter_map(|field| field.member("name")?.as_str()).collect();
    let mut faults: Faults = qualify::lint(rules, &names);
    faults.extend(qualify::lint_never(rules, forms));
    faults
}
