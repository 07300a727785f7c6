//! Every fault of a configuration with its line and column.

use alloc::{string::ToString, vec::Vec};

use super::Config;
use crate::{
    error::Error,
    qualify,
    wire::json::{self, Json, Position},
};

/// A fault and the place in the text where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub error: Error,
    /// Where it is.
    pub position: Position,
}

impl Finding {
    /// `{"line":…,"column":…,"code":…,"pointer":…,"message":…}`.
    pub fn to_json(&self) -> Json {
        let number = |value: usize| Json::uint(value as u64);
        Json::object([
            ("line", number(self.position.line)),
            ("column", number(self.position.column)),
            ("code", Json::str(self.error.code())),
            ("pointer", self.error.pointer().map_or(Json::Null, Json::str)),
            ("message", Json::String(self.error.to_string())),
        ])
    }
}

/// Checks the text of a `leadkit.json`; the findings are sorted by place, none means that it can be used.
pub fn lint(text: &str) -> Vec<Finding> {
    let mut errors = Config::parse(text).err().unwrap_or_default();
    for error in lint_rules(text) {
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    let mut findings: Vec<Finding> = errors
        .into_iter()
        .map(|error| {
            let pointer = error.pointer().map(|pointer| json::locate(text, pointer));
            let offset = pointer.or(error.offset()).unwrap_or(0);
            Finding { error, position: json::position(text, offset) }
        })
        .collect();
    findings.sort_by_key(|finding| (finding.position.line, finding.position.column));
    findings
}

/// What is wrong with rules that can be read, such as a condition on a field that no form has.
fn lint_rules(text: &str) -> Vec<Error> {
    let Ok(root) = json::parse(text) else { return Vec::new() };
    let Some(rules) = root.member("qualify") else { return Vec::new() };
    let forms = root.member("forms").and_then(Json::as_object).unwrap_or_default();
    let fields = forms.iter().filter_map(|(_, form)| form.member("fields")?.as_array()).flatten();
    let names: Vec<&str> = fields.filter_map(|field| field.member("name")?.as_str()).collect();
    qualify::lint(rules, &names)
}
