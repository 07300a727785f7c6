//! JSON to a compact tree: operators by number, paths split, constants folded.

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};

use super::{Limits, RuleError, error::Code, number, op::Op};
use crate::wire::json::Json;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(f64),
    Text(Box<str>),
    /// Any other constant.
    Literal(Json),
    /// An array with something to compute in it.
    List(Box<[Node]>),
    Path(Path),
    Call(Call),
}

/// A place in the data that is known when the rule is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    /// How many iterators to climb out of.
    pub(super) up: usize,
    pub(super) keys: Box<[Box<str>]>,
    pub(super) default: Option<Box<Node>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) op: Op,
    /// The argument was not written as an array: if it gives an array, its items are the arguments.
    pub(super) single: bool,
    pub(super) args: Box<[Node]>,
}

pub(super) struct Parser {
    pub(super) limits: Limits,
    pub(super) size: usize,
}

impl Parser {
    pub(super) fn node(&mut self, json: &Json, depth: usize) -> Result<Node, RuleError> {
        self.size += 1;
        if depth > self.limits.depth {
            return Err(RuleError::new(Code::TooDeep));
        }
        if self.size > self.limits.size {
            return Err(RuleError::new(Code::TooLarge));
        }
        match json {
            Json::Object(members) => match members.as_slice() {
                [] => Ok(Node::Literal(json.clone())),
                [(name, value)] => self.call(name, value, depth),
                _ => Err(RuleError::new(Code::UnknownOperator)),
            },
            Json::Array(items) => {
                let nodes = self.nodes(items, depth)?;
                let constant = nodes
                    .iter()
                    .all(|node| matches!(node, Node::Number(_) | Node::Text(_) | Node::Literal(_)));
                Ok(if constant { Node::Literal(json.clone()) } else { Node::List(nodes) })
            }
            Json::Number(text) => {
                Ok(number::parse(text).map_or(Node::Literal(Json::Null), Node::Number))
            }
            Json::String(text) => Ok(Node::Text(text.as_str().into())),
            Json::Null | Json::Bool(_) => Ok(Node::Literal(json.clone())),
        }
    }

    fn nodes(&mut self, items: &[Json], depth: usize) -> Result<Box<[Node]>, RuleError> {
        let mut nodes = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            nodes.push(self.node(item, depth + 1).map_err(|error| error.inside_index(index))?);
        }
        Ok(nodes.into_boxed_slice())
    }

    fn call(&mut self, name: &str, value: &Json, depth: usize) -> Result<Node, RuleError> {
        let op = Op::named(name).ok_or_else(|| RuleError::new(Code::UnknownOperator))?;
        let args = match value {
            Json::Array(items) => self.nodes(items, depth),
            _ => self.node(value, depth + 1).map(|node| [node].into()),
        };
        let args = args.map_err(|error| error.inside(name))?;
        let single = !matches!(value, Json::Array(_));
        let lazy = matches!(
            op,
            Op::And
                | Op::Or
                | Op::If
                | Op::Map
                | Op::Filter
                | Op::Reduce
                | Op::All
                | Op::Some
                | Op::None
        );
        if single && lazy {
            return Err(RuleError::new(Code::Arguments));
        }
        let call = Call { op, single, args };
        let path = match op {
            Op::Var => var(&call),
            Op::Val => val(&call),
            _ => None,
        };
        Ok(path.map_or(Node::Call(call), Node::Path))
    }
}

/// The key that a constant stands for in a path.
pub(super) fn key(node: &Node) -> Option<String> {
    match node {
        Node::Text(text) => Some((**text).to_owned()),
        Node::Number(value) => {
            let mut text = String::new();
            number::write(*value, &mut text);
            Some(text)
        }
        Node::Literal(Json::Null) => Some(String::new()),
        _ => None,
    }
}

/// Splits a dotted path; the empty text is the whole data.
pub(super) fn split(path: &str) -> Box<[Box<str>]> {
    if path.is_empty() { Box::default() } else { path.split('.').map(Into::into).collect() }
}

fn var(call: &Call) -> Option<Path> {
    let keys = match call.args.first() {
        Some(node) => split(&key(node)?),
        None => Box::default(),
    };
    Some(Path { up: 0, keys, default: call.args.get(1).cloned().map(Box::new) })
}

fn val(call: &Call) -> Option<Path> {
    let mut up = 0;
    let mut keys = Vec::new();
    for (index, node) in call.args.iter().enumerate() {
        match node {
            Node::Literal(Json::Array(items)) if index == 0 => {
                // An odd level between two iterators holds only the index, which `eval` looks up.
                let level = items.first()?.as_int()?.unsigned_abs();
                if level % 2 == 1
                    && matches!(call.args.get(1), Some(Node::Text(key)) if &**key == "index")
                {
                    return None;
                }
                up = usize::try_from(level.div_ceil(2)).ok()?;
            }
            other => keys.push(key(other)?.into_boxed_str()),
        }
    }
    Some(Path { up, keys: keys.into_boxed_slice(), default: None })
}
