//! JSON to a compact tree: operators by number, paths split, constants folded.

use alloc::{boxed::Box, string::String, vec::Vec};

use super::{
    Limits,
    error::{Code, Trace},
    number,
    op::Op,
};
use crate::wire::json::Json;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(f64),
    Text(Box<str>),
    /// Any other constant.
    Literal(Json),
    /// An array with something to compute in it.
    List(Vec<Node>),
    Path(Path),
    Call(Call),
}

/// A place in the data that is known when the rule is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    /// How many iterators to climb out of.
    pub(super) up: usize,
    pub(super) keys: Vec<Box<str>>,
    /// The place of the item in the iterator, beside the data.
    pub(super) index: bool,
    pub(super) default: Option<Box<Node>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) op: Op,
    /// The argument was not written as an array: if it gives an array, its items are the arguments.
    pub(super) single: bool,
    pub(super) args: Vec<Node>,
}

pub(super) struct Parser {
    pub(super) limits: Limits,
    pub(super) size: usize,
    pub(super) trace: Trace,
}

impl Parser {
    pub(super) fn node(&mut self, json: &Json, depth: usize) -> Result<Node, Code> {
        self.size += 1;
        if depth > self.limits.depth {
            return Err(Code::TooDeep);
        }
        if self.size > self.limits.size {
            return Err(Code::TooLarge);
        }
        match json {
            Json::Object(members) => match members.as_slice() {
                [] => Ok(Node::Literal(json.clone())),
                [(name, value)] => self.call(name, value, depth),
                _ => Err(Code::UnknownOperator),
            },
            Json::Array(items) => {
                let nodes = self.nodes(None, items, depth)?;
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

    fn nodes(&mut self, op: Option<Op>, items: &[Json], depth: usize) -> Result<Vec<Node>, Code> {
        let mut nodes = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match self.node(item, depth + 1) {
                Ok(node) => nodes.push(node),
                Err(code) => {
                    self.trace.push(op, Some(index));
                    return Err(code);
                }
            }
        }
        Ok(nodes)
    }

    fn call(&mut self, name: &str, value: &Json, depth: usize) -> Result<Node, Code> {
        let op = Op::named(name).ok_or(Code::UnknownOperator)?;
        let single = !matches!(value, Json::Array(_));
        let args = match value {
            Json::Array(items) => self.nodes(Some(op), items, depth)?,
            _ => match self.node(value, depth + 1) {
                Ok(node) => [node].into(),
                Err(code) => {
                    self.trace.push(Some(op), None);
                    return Err(code);
                }
            },
        };
        match op {
            Op::And | Op::Or | Op::If if single => Err(Code::Arguments),
            Op::Map | Op::Filter | Op::Reduce | Op::All | Op::Some | Op::None if args.len() < 2 => {
                Err(Code::Arguments)
            }
            Op::Var if args.first().is_none_or(|node| key(node).is_some()) => {
                let mut args = args.into_iter();
                let keys = args.next().and_then(|node| key(&node)).unwrap_or_default();
                Ok(var(&keys, args.next()))
            }
            Op::Val | Op::Exists => {
                let path = val(&args).ok_or(Code::Arguments)?;
                let path = Node::Path(path);
                Ok(if op == Op::Val {
                    path
                } else {
                    Node::Call(Call { op, single, args: [path].into() })
                })
            }
            Op::Missing if args.iter().all(|node| matches!(node, Node::Text(_))) => {
                let name = |node| match node {
                    Node::Text(name) => var(&name.clone(), Some(Node::Text(name))),
                    other => other,
                };
                let args = args.into_iter().map(name).collect();
                Ok(Node::Call(Call { op: Op::Absent, single, args }))
            }
            _ => Ok(Node::Call(Call { op, single, args })),
        }
    }
}

/// The key that a constant stands for in a path.
fn key(node: &Node) -> Option<String> {
    match node {
        Node::Text(text) => Some(String::from(&**text)),
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
pub(super) fn split(mut path: &str) -> Vec<Box<str>> {
    let mut keys = Vec::new();
    while let Some(end) = path.bytes().position(|byte| byte == b'.') {
        keys.push(path.get(..end).unwrap_or_default().into());
        path = path.get(end + 1..).unwrap_or_default();
        if path.is_empty() {
            keys.push(path.into());
        }
    }
    if !path.is_empty() {
        keys.push(path.into());
    }
    keys
}

#[inline(never)]
fn var(keys: &str, default: Option<Node>) -> Node {
    Node::Path(Path { up: 0, keys: split(keys), index: false, default: default.map(Box::new) })
}

/// A list of keys, before which `[n]` climbs: two levels for each iterator, between which there is only the index.
fn val(args: &[Node]) -> Option<Path> {
    let mut path = Path { up: 0, keys: Vec::new(), index: false, default: None };
    let mut rest = args;
    if let [Node::Literal(Json::Array(items)), keys @ ..] = args {
        let level = usize::try_from(items.first()?.as_int()?.unsigned_abs()).ok()?;
        let index = matches!(keys, [Node::Text(key)] if &**key == "index");
        path.index = index && level % 2 == 1;
        path.up = if path.index { level / 2 } else { level.div_ceil(2) };
        rest = keys;
    }
    path.keys = rest.iter().map(|node| key(node).map(Into::into)).collect::<Option<_>>()?;
    Some(path)
}
