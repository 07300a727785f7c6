//! A short way through the conditions that owners write most: a place in the data compared with a constant, and what joins
//! such comparisons.
//!
//! Answers only where the full evaluation gives the same without a fault; `None` leaves the rule to it. The embed does
//! without: it judges one lead at a time, and its bytes are counted.

use core::cmp::Ordering;

use super::{
    op::Op,
    parse::{Call, Node, Path},
    value::{Heap, Value},
};
use crate::wire::json::Json;

/// The fewest steps that a caller has to allow; what is quick takes far fewer.
pub(super) const STEPS: usize = 10_000;
/// The deepest nesting, and the most items of a list, that are gone through here.
const DEPTH: usize = 8;
const ITEMS: usize = 32;

/// Whether the rule holds for the data, where that is quickly said.
pub(super) fn holds<'a>(node: &'a Node, data: &Value<'a>) -> Option<bool> {
    within(node, data, DEPTH)
}

fn within<'a>(node: &'a Node, data: &Value<'a>, depth: usize) -> Option<bool> {
    let call = match node {
        Node::Call(call) => call,
        Node::Path(path) => return Some(Heap::default().truthy(&find(path, data)?)),
        _ => return None,
    };
    let depth = depth.checked_sub(1)?;
    match call.op {
        Op::Not | Op::Truth => {
            Some(within(call.args.first()?, data, depth)? == (call.op == Op::Truth))
        }
        _ if call.single || call.args.len() > ITEMS => None,
        Op::And | Op::Or => {
            let decides = call.op == Op::Or;
            for node in &call.args {
                if within(node, data, depth)? == decides {
                    return Some(decides);
                }
            }
            (!call.args.is_empty()).then_some(!decides)
        }
        Op::In => contains(call, data),
        Op::Eq | Op::Same | Op::Ne | Op::NotSame | Op::Gt | Op::Ge | Op::Lt | Op::Le => {
            comparison(call, data)
        }
        _ => None,
    }
}

/// `None` for a path whose value takes more than walking to it.
fn find<'a>(path: &'a Path, data: &Value<'a>) -> Option<Value<'a>> {
    if path.up > 0 || path.index || path.default.is_some() {
        return None;
    }
    let mut value = Value::Null;
    Heap::default().walk(data, &path.keys, &mut value);
    Some(value)
}

fn comparison<'a>(call: &'a Call, data: &Value<'a>) -> Option<bool> {
    let [Node::Path(path), constant] = call.args.as_slice() else { return None };
    let order = match (find(path, data)?, constant) {
        (Value::Number(left), Node::Number(right)) => left.partial_cmp(right)?,
        (Value::Str(left), Node::Text(right)) => match call.op {
            // Only the order needs more than one pass over both.
            Op::Eq | Op::Same => return Some(*left == **right),
            Op::Ne | Op::NotSame => return Some(*left != **right),
            _ => left.cmp(right),
        },
        (Value::Bool(left), Node::Literal(Json::Bool(right))) if is_equality(call.op) => {
            left.cmp(right)
        }
        // What is missing equals nothing that is there.
        (Value::Null, Node::Number(_) | Node::Text(_)) if is_equality(call.op) => Ordering::Less,
        _ => return None,
    };
    Some(match call.op {
        Op::Eq | Op::Same => order == Ordering::Equal,
        Op::Ne | Op::NotSame => order != Ordering::Equal,
        Op::Gt => order == Ordering::Greater,
        Op::Ge => order != Ordering::Less,
        Op::Lt => order == Ordering::Less,
        _ => order != Ordering::Greater,
    })
}

fn is_equality(op: Op) -> bool {
    matches!(op, Op::Eq | Op::Same | Op::Ne | Op::NotSame)
}

fn contains<'a>(call: &'a Call, data: &Value<'a>) -> Option<bool> {
    let [Node::Path(path), Node::Literal(Json::Array(items))] = call.args.as_slice() else {
        return None;
    };
    match find(path, data)? {
        Value::Str(text) if items.len() <= ITEMS => {
            Some(items.iter().any(|item| item.as_str() == Some(text)))
        }
        _ => None,
    }
}
