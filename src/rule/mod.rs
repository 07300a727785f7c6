//! The language of conditions: JSON Logic, parsed once, evaluated many times.
//!
//! Follows <https://jsonlogic.com/operations.html>, and where that is silent the tables of
//! <https://github.com/json-logic/compat-tables>: what is not a number is an error, not a silent `NaN`. Beyond the
//! official operators there are `??`, `val`, `exists`, `length`, `try` and `throw`. `log` gives its argument back and
//! writes nothing.
//!
//! One departure from the tables: a missing value (`null`) equals only `null`, and beside a text that is no number it is in
//! no order. Both are as in JavaScript; a condition on what is not known is false, it neither fails nor holds by accident.
//!
//! Decides nothing about leads. Every evaluation is bounded by [`Limits`]; nothing recurses deeper than they allow.

mod big;
mod error;
mod eval;
mod list;
pub(crate) mod number;
mod op;
mod parse;
#[cfg(any(not(target_arch = "wasm32"), feature = "cli", feature = "edge"))]
mod quick;
#[cfg(test)]
mod tests;
mod value;

use alloc::{boxed::Box, string::String};

use self::{
    error::Trace,
    eval::{Run, Scope},
    op::Op,
    parse::{Call, Node, Parser},
    value::Value,
};
use crate::wire::json::Json;

pub use error::RuleError;
pub use value::Layer;

/// How much a rule may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The deepest nesting of a rule, and of arrays that it computes.
    pub depth: usize,
    /// The most values that a rule may consist of.
    pub size: usize,
    /// The most steps that one evaluation may take: one for each value it looks at, and for each eight bytes it copies.
    pub steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 64, size: 16_384, steps: 100_000 }
    }
}

/// A parsed rule.
///
/// ```
/// use leadkit::{rule::{Limits, Rule}, wire::json};
///
/// let limits = Limits::default();
/// let rule = Rule::parse(&json::parse(r#"{">=": [{"var": "employees"}, 50]}"#)?, &limits)?;
/// assert!(rule.holds(&json::parse(r#"{"employees": 120}"#)?, &limits)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rule(Node);

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// An operator that is not known, arguments that can never be right, or a rule beyond the limits.
    pub fn parse(json: &Json, limits: &Limits) -> Result<Self, RuleError> {
        let mut parser = Parser { limits: *limits, size: 0, trace: Trace::default() };
        parser.node(json, 0).map(Self).map_err(|code| parser.trace.error(code))
    }

    /// The value of the rule for these data.
    ///
    /// # Errors
    /// What is not a number where one is needed, too few arguments, `throw`, or too many steps.
    pub fn apply(&self, data: &Json, limits: &Limits) -> Result<Json, RuleError> {
        let mut run = Run::new(limits);
        let mut value = Value::Null;
        let scope = Scope { data: Value::from(data), index: 0, up: None };
        let done = run.eval(&self.0, &scope, &mut value).and_then(|()| run.spend(&value));
        done.map(|()| run.heap.to_json(&value)).map_err(|code| run.trace.error(code))
    }

    /// Whether the value of the rule for these data is true in the sense of JSON Logic.
    ///
    /// # Errors
    /// Those of [`apply`](Self::apply).
    pub fn holds(&self, data: &Json, limits: &Limits) -> Result<bool, RuleError> {
        self.truth(Value::from(data), limits)
    }

    /// Like [`holds`](Self::holds), for data in several layers, none of which is copied. The data as a whole, `{"var": ""}`,
    /// is an empty object here.
    ///
    /// # Errors
    /// Those of [`apply`](Self::apply).
    pub fn holds_in(&self, layers: &[Layer<'_>], limits: &Limits) -> Result<bool, RuleError> {
        self.truth(Value::Layers(layers), limits)
    }

    fn truth<'a>(&'a self, data: Value<'a>, limits: &Limits) -> Result<bool, RuleError> {
        #[cfg(any(not(target_arch = "wasm32"), feature = "cli", feature = "edge"))]
        if limits.steps >= quick::STEPS
            && let Some(holds) = quick::holds(&self.0, &data)
        {
            return Ok(holds);
        }
        let mut run = Run::new(limits);
        let mut value = Value::Null;
        match run.eval(&self.0, &Scope { data, index: 0, up: None }, &mut value) {
            Ok(()) => Ok(run.heap.truthy(&value)),
            Err(code) => Err(run.trace.error(code)),
        }
    }

    /// The value of a rule that is the same for all data, or `None` if it depends on them or fails.
    pub fn constant(&self, limits: &Limits) -> Option<Json> {
        let mut reads = false;
        visit(&self.0, 0, &mut |_| reads = true);
        if reads { None } else { self.apply(&Json::Null, limits).ok() }
    }

    /// Hands each path of the data that the rule reads to `found`, dotted and in the order of the rule.
    ///
    /// Paths inside `map`, `filter` and their kin that are relative to an item are left out; what reads the data as a
    /// whole, or by a computed path, gives the empty path.
    pub fn fields(&self, found: &mut impl FnMut(&str)) {
        visit(&self.0, 0, found);
    }
}

/// `inside` is the number of iterators around the node, whose items hide the data.
fn visit(node: &Node, inside: usize, found: &mut dyn FnMut(&str)) {
    match node {
        Node::Number(_) | Node::Text(_) | Node::Literal(_) => {}
        Node::List(nodes) => nodes.iter().for_each(|node| visit(node, inside, found)),
        Node::Path(path) => {
            if path.up >= inside && !path.index {
                found(&dotted(&path.keys));
            }
            if let Some(node) = &path.default {
                visit(node, inside, found);
            }
        }
        Node::Call(call) => visit_call(call, inside, found),
    }
}

/// Without `join`, which the embed would carry for this alone.
fn dotted(keys: &[Box<str>]) -> String {
    let mut path = String::new();
    for (index, key) in keys.iter().enumerate() {
        if index > 0 {
            path.push('.');
        }
        path.push_str(key);
    }
    path
}

fn visit_call(call: &Call, inside: usize, found: &mut dyn FnMut(&str)) {
    for (index, node) in call.args.iter().enumerate() {
        let hidden = match call.op {
            Op::Map | Op::Filter | Op::Reduce | Op::All | Op::Some | Op::None => index == 1,
            Op::Try => index > 0,
            _ => false,
        };
        visit(node, inside + usize::from(hidden), found);
    }
    if inside > 0 {
        return;
    }
    match call.op {
        Op::Missing | Op::MissingSome => {
            for node in &call.args {
                match node {
                    Node::Text(path) => found(path),
                    Node::Literal(Json::Array(items)) => {
                        items.iter().filter_map(Json::as_str).for_each(&mut *found);
                    }
                    _ => {}
                }
            }
        }
        Op::Var => found(""),
        _ => {}
    }
}
