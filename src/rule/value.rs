//! What a rule computes with: small values that borrow from the rule and the data, and a heap for what is computed.

use alloc::{borrow::ToOwned, boxed::Box, string::String, vec::Vec};
use core::cmp::Ordering;

use super::number;
use crate::wire::json::Json;

/// Data that a rule sees under a name, or, where the name is empty, at the root.
///
/// Earlier layers win; a `null` in one does not hide what a later one knows. A name hides members of that name at the root.
pub type Layer<'a> = (&'a str, &'a Json);

/// A value during evaluation. Copied freely; what is computed lies in the [`Heap`] of the evaluation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Str(&'a str),
    /// An array or an object of the rule or the data.
    Json(&'a Json),
    /// Several objects that are read as one.
    Layers(&'a [Layer<'a>]),
    /// A computed text.
    Text(u32),
    /// A computed array.
    List(u32),
    /// What an iterator or `try` shows to its body: a list with names.
    Map(u32, Names),
}

/// The names of a [`Value::Map`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Names {
    /// What `reduce` shows.
    Reduce,
    /// What `try` shows.
    Fault,
}

impl Names {
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Reduce => &["current", "accumulator"],
            Self::Fault => &["type"],
        }
    }
}

/// Computed texts and arrays of one evaluation, bounded by its steps.
#[derive(Debug, Default)]
pub(super) struct Heap<'a> {
    texts: Vec<String>,
    lists: Vec<List<'a>>,
}

/// The depth is known, so that nothing recurses further than the limit.
#[derive(Debug)]
struct List<'a> {
    items: Vec<Value<'a>>,
    depth: usize,
}

impl<'a> Heap<'a> {
    pub(super) fn text(&mut self, text: String) -> Value<'a> {
        self.texts.push(text);
        Value::Text(last(self.texts.len()))
    }

    /// A list, or `None` if it would be nested deeper than `limit`.
    pub(super) fn list(&mut self, items: Vec<Value<'a>>, limit: usize) -> Option<u32> {
        let depth = items.iter().map(|item| self.get(item).map_or(0, |list| list.depth)).max();
        let depth = depth.unwrap_or(0) + 1;
        if depth > limit {
            return None;
        }
        self.lists.push(List { items, depth });
        Some(last(self.lists.len()))
    }

    fn get(&self, value: &Value<'a>) -> Option<&List<'a>> {
        match value {
            Value::List(place) | Value::Map(place, _) => self.lists.get(*place as usize),
            _ => None,
        }
    }

    pub(super) fn as_text<'s>(&'s self, value: &Value<'a>) -> Option<&'s str>
    where
        'a: 's,
    {
        match value {
            Value::Str(text) => Some(text),
            Value::Text(place) => self.texts.get(*place as usize).map(String::as_str),
            _ => None,
        }
    }

    /// The number of items of an array, or `None` for anything else.
    pub(super) fn len(&self, value: &Value<'a>) -> Option<usize> {
        match value {
            Value::Json(json) => json.as_array().map(<[Json]>::len),
            Value::List(_) => self.get(value).map(|list| list.items.len()),
            _ => None,
        }
    }

    /// An item of an array, or of the named list of a map; `Null` where there is none.
    pub(super) fn item(&self, value: &Value<'a>, index: usize) -> Value<'a> {
        let item = match value {
            Value::Json(json) => {
                json.as_array().and_then(|items| items.get(index)).map(Value::from)
            }
            _ => self.get(value).and_then(|list| list.items.get(index).copied()),
        };
        item.unwrap_or(Value::Null)
    }

    /// Follows keys and indices to `out`; `false` where there is nothing.
    pub(super) fn walk(&self, from: &Value<'a>, path: &[Box<str>], out: &mut Value<'a>) -> bool {
        let Some((key, rest)) = path.split_first() else {
            *out = *from;
            return true;
        };
        let next = match from {
            Value::Json(json) => return walk_json(Some(json), path, out),
            Value::Layers(layers) => return walk_layers(layers, key, rest, out),
            Value::List(_) => index(key).filter(|index| Some(*index) < self.len(from)),
            Value::Map(_, names) => names.names().iter().position(|name| **name == **key),
            _ => None,
        };
        next.is_some_and(|index| self.walk(&self.item(from, index), rest, out))
    }

    /// JSON Logic's truth: `0`, `""`, `null`, `[]` and `{}` are false.
    pub(super) fn truthy(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Null => false,
            Value::Bool(value) => *value,
            Value::Number(value) => *value != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Text(_) => self.as_text(value) != Some(""),
            Value::Json(Json::Object(members)) => !members.is_empty(),
            Value::Json(_) | Value::List(_) => self.len(value) != Some(0),
            Value::Layers(_) | Value::Map(..) => true,
        }
    }

    /// The number that a value stands for in arithmetic, or `None` for what is none.
    pub(super) fn number(&self, value: &Value<'a>) -> Option<f64> {
        match value {
            Value::Null => Some(0.0),
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            Value::Number(value) => Some(*value),
            _ => match self.as_text(value)?.trim_ascii() {
                "" => Some(0.0),
                text => number::parse(text),
            },
        }
    }

    /// Appends the text that JavaScript makes of a value when it joins an array.
    pub(super) fn join(&self, value: &Value<'a>, out: &mut String) {
        match value {
            Value::Null => {}
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(value) => number::write(*value, out),
            Value::Json(Json::Array(_)) | Value::List(_) => {
                for index in 0..self.len(value).unwrap_or(0) {
                    if index > 0 {
                        out.push(',');
                    }
                    self.join(&self.item(value, index), out);
                }
            }
            _ => out.push_str(self.as_text(value).unwrap_or("[object Object]")),
        }
    }

    /// How much work it is to write the value out, so that shared parts cannot grow without bound. Stops above `limit`.
    pub(super) fn weight(&self, value: &Value<'a>, limit: usize) -> usize {
        let mut sum = 1 + self.as_text(value).map_or(0, |text| text.len() / 8);
        let mut add = |part: &Value<'a>| {
            if sum <= limit {
                sum += self.weight(part, limit - sum);
            }
        };
        if let Value::Json(Json::Object(members)) = value {
            for (_, member) in members {
                add(&Value::from(member));
            }
        } else {
            let list = self.get(value).map(|list| list.items.len());
            for index in 0..self.len(value).or(list).unwrap_or(0) {
                add(&self.item(value, index));
            }
        }
        sum
    }

    pub(super) fn to_json(&self, value: &Value<'a>) -> Json {
        match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(value) if value.is_finite() => {
                let mut text = String::new();
                number::write(*value, &mut text);
                Json::Number(text)
            }
            Value::Number(_) => Json::Null,
            Value::Json(Json::Object(members)) => {
                let members = members.iter();
                let member = |(key, value): &'a (String, Json)| {
                    (key.clone(), self.to_json(&Value::from(value)))
                };
                Json::Object(members.map(member).collect())
            }
            Value::Json(_) | Value::List(_) => {
                let items = 0..self.len(value).unwrap_or(0);
                Json::Array(items.map(|index| self.to_json(&self.item(value, index))).collect())
            }
            Value::Layers(_) => Json::Object(Vec::new()),
            Value::Map(_, names) => {
                let member = |(index, name): (usize, &&str)| {
                    ((*name).to_owned(), self.to_json(&self.item(value, index)))
                };
                Json::Object(names.names().iter().enumerate().map(member).collect())
            }
            Value::Str(_) | Value::Text(_) => Json::str(self.as_text(value).unwrap_or_default()),
        }
    }

    /// `===`: same kind and same value; arrays and objects only if they are the same one.
    pub(super) fn same(&self, left: &Value<'a>, right: &Value<'a>) -> bool {
        match (left, right) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Number(left), Value::Number(right)) => {
                left.partial_cmp(right) == Some(Ordering::Equal)
            }
            (Value::Json(left), Value::Json(right)) => core::ptr::eq(*left, *right),
            (
                Value::List(left) | Value::Map(left, _),
                Value::List(right) | Value::Map(right, _),
            ) => left == right,
            _ => self.as_text(left).is_some_and(|left| self.as_text(right) == Some(left)),
        }
    }

    /// `==`: what is missing equals only what is missing. `None` means that there is nothing to compare.
    pub(super) fn equal(&self, left: &Value<'a>, right: &Value<'a>) -> Option<bool> {
        match (left, right) {
            (Value::Null, Value::Null) => Some(true),
            (Value::Null, _) | (_, Value::Null) => Some(false),
            (Value::Str(left), Value::Str(right)) => Some(left == right),
            _ => Some(self.order(left, right)? == Ordering::Equal),
        }
    }

    /// The order that `<` and its kin see: texts by character, everything else as numbers. `None` means that there is
    /// nothing to compare.
    pub(super) fn order(&self, left: &Value<'a>, right: &Value<'a>) -> Option<Ordering> {
        match (self.as_text(left), self.as_text(right)) {
            (Some(left), Some(right)) => Some(left.cmp(right)),
            _ => self.number(left)?.partial_cmp(&self.number(right)?),
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

/// [`Json::member`], faster: the last bytes of two keys tell most of them apart before the rest is compared.
fn member<'a>(json: &'a Json, key: &str) -> Option<&'a Json> {
    let last = key.as_bytes().last();
    let same =
        |name: &str| name.len() == key.len() && name.as_bytes().last() == last && name == key;
    json.as_object()?.iter().find(|(name, _)| same(name)).map(|(_, value)| value)
}

fn walk_json<'a>(from: Option<&'a Json>, path: &[Box<str>], out: &mut Value<'a>) -> bool {
    let mut at = from;
    for key in path {
        at = match at {
            Some(Json::Array(items)) => index(key).and_then(|index| items.get(index)),
            Some(json) => member(json, key),
            None => return false,
        };
    }
    let Some(json) = at else { return false };
    *out = Value::from(json);
    true
}

fn walk_layers<'a>(
    layers: &'a [Layer<'a>],
    key: &str,
    rest: &[Box<str>],
    out: &mut Value<'a>,
) -> bool {
    let mut found = false;
    // What has a name of its own cannot be supplied by a layer at the root.
    let named = !key.is_empty() && layers.iter().any(|(name, _)| *name == key);
    for (name, json) in layers {
        let start = if named {
            (*name == key).then_some(*json)
        } else if name.is_empty() {
            member(json, key)
        } else {
            None
        };
        if start.is_some() && walk_json(start, rest, out) {
            found = true;
            if !matches!(out, Value::Null) {
                break;
            }
        }
    }
    found
}

fn index(key: &str) -> Option<usize> {
    if key.is_empty() {
        return None;
    }
    key.bytes().try_fold(0_usize, |index, byte| {
        let digit = byte.is_ascii_digit().then(|| usize::from(byte - b'0'))?;
        index.checked_mul(10)?.checked_add(digit)
    })
}

/// The place of the last of `length` things; steps bound how many there can be.
fn last(length: usize) -> u32 {
    u32::try_from(length.saturating_sub(1)).unwrap_or(u32::MAX)
}
