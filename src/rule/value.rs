//! What a rule computes with: values that borrow from the rule and the data wherever they can.

use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};
use core::cmp::Ordering;

use super::number;
use crate::wire::json::Json;

/// Data that a rule sees under a name, or, where the name is empty, at the root.
///
/// Earlier layers win; a `null` in one does not hide what a later one knows.
pub type Layer<'a> = (&'a str, &'a Json);

/// A value during evaluation.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Str(&'a str),
    Text(Rc<str>),
    /// An array or an object of the rule or the data.
    Json(&'a Json),
    List(Rc<List<'a>>),
    /// Several objects that are read as one.
    Layers(&'a [Layer<'a>]),
    /// What an iterator or `try` shows to its body.
    Map(Rc<[(&'static str, Value<'a>)]>),
}

/// A computed array. Its depth is known, so that nothing recurses further than that.
#[derive(Debug)]
pub(super) struct List<'a> {
    pub(super) items: Vec<Value<'a>>,
    pub(super) depth: usize,
}

impl Value<'_> {
    pub(super) fn list(items: Vec<Self>) -> Self {
        let depth = items.iter().map(Value::depth).max().unwrap_or(0) + 1;
        Self::List(Rc::new(List { items, depth }))
    }

    /// How deep computed values are nested; what is borrowed was bounded when it was read.
    pub(super) fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Map(members) => {
                members.iter().map(|(_, value)| value.depth()).max().unwrap_or(0) + 1
            }
            _ => 0,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of items of an array, or `None` for anything else.
    pub(super) fn len(&self) -> Option<usize> {
        match self {
            Self::Json(json) => json.as_array().map(<[Json]>::len),
            Self::List(list) => Some(list.items.len()),
            _ => None,
        }
    }

    pub(super) fn item(&self, index: usize) -> Option<Self> {
        match self {
            Self::Json(json) => json.as_array()?.get(index).map(Self::from),
            Self::List(list) => list.items.get(index).cloned(),
            _ => None,
        }
    }

    /// Follows keys and indices; `None` where there is nothing.
    pub(super) fn walk(&self, path: &[impl AsRef<str>]) -> Option<Self> {
        let Some((key, rest)) = path.split_first() else { return Some(self.clone()) };
        match self {
            Self::Json(json) => walk_json(json, path),
            Self::List(list) => list.items.get(index(key.as_ref())?)?.walk(rest),
            Self::Layers(layers) => walk_layers(layers, path),
            Self::Map(members) => {
                members.iter().find(|(name, _)| *name == key.as_ref())?.1.walk(rest)
            }
            _ => None,
        }
    }

    /// JSON Logic's truth: `0`, `""`, `null`, `[]` and `{}` are false.
    pub(super) fn truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::Text(text) => !text.is_empty(),
            Self::Json(Json::Array(items)) => !items.is_empty(),
            Self::Json(Json::Object(members)) => !members.is_empty(),
            Self::Json(_) => false,
            Self::List(list) => !list.items.is_empty(),
            Self::Layers(_) | Self::Map(_) => true,
        }
    }

    /// The number that a value stands for in arithmetic, or `None` for what is none.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Null => Some(0.0),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Number(value) => Some(*value),
            Self::Str(_) | Self::Text(_) => match self.as_text()?.trim_ascii() {
                "" => Some(0.0),
                text => number::parse(text),
            },
            Self::Json(_) | Self::List(_) | Self::Layers(_) | Self::Map(_) => None,
        }
    }

    /// Appends the text that JavaScript makes of a value when it joins an array.
    pub(super) fn join(&self, out: &mut String) {
        match self {
            Self::Null => {}
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(value) => number::write(*value, out),
            Self::Str(text) => out.push_str(text),
            Self::Text(text) => out.push_str(text),
            Self::Json(Json::Array(_)) | Self::List(_) => {
                for index in 0..self.len().unwrap_or(0) {
                    if index > 0 {
                        out.push(',');
                    }
                    self.item(index).unwrap_or(Self::Null).join(out);
                }
            }
            Self::Json(_) | Self::Layers(_) | Self::Map(_) => out.push_str("[object Object]"),
        }
    }

    /// How much work it is to write the value out, so that shared parts cannot grow without bound.
    pub(super) fn weight(&self, limit: usize) -> usize {
        match self {
            Self::Str(text) => 1 + text.len() / 8,
            Self::Text(text) => 1 + text.len() / 8,
            Self::Json(json) => weight_of_json(json, limit),
            Self::List(list) => list.items.iter().fold(1, |sum, item| {
                if sum > limit { sum } else { sum + item.weight(limit - sum) }
            }),
            Self::Map(members) => members.iter().fold(1, |sum, (_, member)| {
                if sum > limit { sum } else { sum + member.weight(limit - sum) }
            }),
            _ => 1,
        }
    }

    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(value) if value.is_finite() => {
                let mut text = String::new();
                number::write(*value, &mut text);
                Json::Number(text)
            }
            Self::Number(_) => Json::Null,
            Self::Str(text) => Json::str(text),
            Self::Text(text) => Json::str(text),
            Self::Json(Json::Object(members)) => {
                let member =
                    |(key, value): &(String, Json)| (key.clone(), Value::from(value).to_json());
                Json::Object(members.iter().map(member).collect())
            }
            Self::Json(_) | Self::List(_) => {
                let items = 0..self.len().unwrap_or(0);
                Json::Array(
                    items.filter_map(|index| self.item(index)).map(|item| item.to_json()).collect(),
                )
            }
            Self::Layers(_) => Json::Object(Vec::new()),
            Self::Map(members) => {
                let member =
                    |(key, value): &(&str, Value<'_>)| ((*key).to_owned(), value.to_json());
                Json::Object(members.iter().map(member).collect())
            }
        }
    }
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(text) => number::parse(text).map_or(Self::Null, Self::Number),
            Json::String(text) => Self::Str(text),
            Json::Array(_) | Json::Object(_) => Self::Json(json),
        }
    }
}

fn walk_json<'a>(json: &'a Json, path: &[impl AsRef<str>]) -> Option<Value<'a>> {
    let mut at = json;
    for key in path {
        at = match at {
            Json::Object(_) => at.member(key.as_ref())?,
            Json::Array(items) => items.get(index(key.as_ref())?)?,
            _ => return None,
        };
    }
    Some(Value::from(at))
}

fn walk_layers<'a>(layers: &'a [Layer<'a>], path: &[impl AsRef<str>]) -> Option<Value<'a>> {
    let (first, rest) = path.split_first()?;
    let mut found = None;
    for (name, json) in layers {
        let value = if name.is_empty() {
            walk_json(json, path)
        } else if *name == first.as_ref() {
            walk_json(json, rest)
        } else {
            None
        };
        match value {
            None => {}
            Some(Value::Null) => found = value,
            Some(_) => return value,
        }
    }
    found
}

fn index(key: &str) -> Option<usize> {
    let digits = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    if digits { key.parse().ok() } else { None }
}

fn weight_of_json(json: &Json, limit: usize) -> usize {
    match json {
        Json::String(text) | Json::Number(text) => 1 + text.len() / 8,
        Json::Array(items) => items.iter().fold(1, |sum, item| {
            if sum > limit { sum } else { sum + weight_of_json(item, limit - sum) }
        }),
        Json::Object(members) => members.iter().fold(1, |sum, (_, member)| {
            if sum > limit { sum } else { sum + weight_of_json(member, limit - sum) }
        }),
        Json::Null | Json::Bool(_) => 1,
    }
}

/// `===`: same kind and same value; arrays and objects only if they are the same one.
pub(super) fn same(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => {
            left.partial_cmp(right) == Some(Ordering::Equal)
        }
        (Value::Json(left), Value::Json(right)) => core::ptr::eq(*left, *right),
        (Value::List(left), Value::List(right)) => Rc::ptr_eq(left, right),
        (Value::Map(left), Value::Map(right)) => Rc::ptr_eq(left, right),
        _ => match (left.as_text(), right.as_text()) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        },
    }
}

/// `==`: what is missing equals only what is missing. `None` means that there is nothing to compare.
pub(super) fn equal(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    match (left, right) {
        (Value::Null, Value::Null) => Some(true),
        (Value::Null, _) | (_, Value::Null) => Some(false),
        _ => Some(order(left, right)? == Ordering::Equal),
    }
}

/// The order that `<` and its kin see: texts by character, everything else as numbers. `None` means that there is nothing
/// to compare.
pub(super) fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (left.as_text(), right.as_text()) {
        return Some(left.cmp(right));
    }
    left.number()?.partial_cmp(&right.number()?)
}

/// Whether one value is missing and the other is a text that is no number, which are in no order.
pub(super) fn apart(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Null, other) | (other, Value::Null) => other.as_text().is_some(),
        _ => false,
    }
}
