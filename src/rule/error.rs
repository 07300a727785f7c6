//! What is wrong with a rule, and where in it.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::op::Op;
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

/// The way from a fault up to the root of the rule: operators and places in arrays, the innermost first.
#[derive(Debug, Default)]
pub(super) struct Trace(Vec<(Option<Op>, Option<usize>)>);

impl Trace {
    pub(super) fn push(&mut self, op: Option<Op>, index: Option<usize>) {
        self.0.push((op, index));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn error(&self, code: Code) -> RuleError {
        let mut pointer = String::new();
        for (op, index) in self.0.iter().rev() {
            if let Some(op) = op {
                pointer.push('/');
                // The only operator that JSON Pointer has to escape.
                pointer.push_str(if *op == Op::Div { "~1" } else { op.name() });
            }
            if let Some(index) = index {
                pointer.push('/');
                pointer.push_str(&Json::uint(*index as u64).to_text());
            }
        }
        RuleError { code, pointer }
    }
}

/// A rule that cannot be read or evaluated. Names the place in the rule, never the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    code: Code,
    pointer: String,
}

impl RuleError {
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
