//! What may be wrong with what was typed, as data.

use alloc::{borrow::ToOwned, string::String};

use crate::wire::json::Json;

/// Something wrong with the value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The name of the field in its form.
    pub field: String,
    /// A stable code in snake case with its area before the dot, such as `email.syntax` or `required`.
    pub code: &'static str,
}

impl Problem {
    /// A problem of this field.
    pub fn new(field: &str, code: &'static str) -> Self {
        Self { field: field.to_owned(), code }
    }

    /// `{"field":…,"code":…}`.
    pub fn to_json(&self) -> Json {
        Json::object([("field", Json::str(&self.field)), ("code", Json::str(self.code))])
    }
}

/// A value that the visitor may have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The name of the field in its form.
    pub field: String,
    /// The whole value that is offered.
    pub value: String,
}

impl Suggestion {
    /// `{"field":…,"value":…}`.
    pub fn to_json(&self) -> Json {
        Json::object([("field", Json::str(&self.field)), ("value", Json::str(&self.value))])
    }
}
