//! What is wrong with a rule, and where in it.

use alloc::string::String;
use core::fmt;

use crate::wire::json::Json;

/// The kinds; what each expects is in [`RuleError::expected`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    UnknownOperator,
    Arguments,
    NotANumber,
    Thrown,
    TooDeep,
    TooLarge,
    TooManySteps,
}

/// A rule that cannot be read or evaluated. Names the place in the rule, never the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    code: Code,
    pointer: String,
}

impl RuleError {
    pub(super) fn new(code: Code) -> Self {
        Self { code, pointer: String::new() }
    }

    pub(super) fn kind(&self) -> Code {
        self.code
    }

    /// Puts the place into the member `key` of an enclosing object.
    pub(super) fn inside(mut self, key: &str) -> Self {
        let mut pointer = String::from("/");
        for char in key.chars() {
            match char {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                other => pointer.push(other),
            }
        }
        pointer.push_str(&self.pointer);
        self.pointer = pointer;
        self
    }

    /// Puts the place into an item of an enclosing array.
    pub(super) fn inside_index(self, index: usize) -> Self {
        self.inside(&Json::int(i64::try_from(index).unwrap_or(0)).to_text())
    }

    /// The place in the rule, as a JSON Pointer (RFC 6901).
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self.code {
            Code::UnknownOperator => "unknown_operator",
            Code::Arguments => "arguments",
            Code::NotANumber => "not_a_number",
            Code::Thrown => "thrown",
            Code::TooDeep => "too_deep",
            Code::TooLarge => "too_large",
            Code::TooManySteps => "too_many_steps",
        }
    }

    /// What is expected at the place, for a sentence that names the place itself.
    pub fn expected(&self) -> &'static str {
        match self.code {
            Code::UnknownOperator => "one operator of JSON Logic",
            Code::Arguments => "the arguments of the operator",
            Code::NotANumber => "a number",
            Code::Thrown => "no throw",
            Code::TooDeep => "less nesting",
            Code::TooLarge => "a smaller rule",
            Code::TooManySteps => "fewer steps",
        }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule at \"{}\": expected {}", self.pointer, self.expected())
    }
}

impl core::error::Error for RuleError {}
