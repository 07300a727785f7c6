//! JSON (RFC 8259) without floating point: numbers keep their text.
//!
//! Written here because `serde_json` alone costs 19 KB brotli in the embed, half of its budget; the size table has the
//! measurement. Objects keep the order of their keys; of a repeated key the last value counts, in the place of the first.

mod locate;
mod node;
mod parse;
mod write;

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

pub use locate::{Position, locate, position};
pub use node::{Faults, Node};
pub use parse::{MAX_DEPTH, MAX_MEMBERS, parse};

/// Whether errors have sentences. What browsers load has codes and places only: nobody but a developer would read them, and
/// `leadkit lint` says more.
const WORDS: bool = !cfg!(all(any(feature = "browser", feature = "full"), target_family = "wasm"));

/// A JSON value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as its JSON text, so that no digit is lost.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object in the order of its text.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// A whole number.
    pub fn int(value: i64) -> Self {
        Self::Number(write::decimal(value < 0, value.unsigned_abs()))
    }

    /// A whole number from zero.
    pub fn uint(value: u64) -> Self {
        Self::Number(write::decimal(false, value))
    }

    /// A string.
    pub fn str(value: &str) -> Self {
        Self::String(value.to_owned())
    }

    /// An object of these members, in this order.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::gather(&mut members.into_iter())
    }

    // One function for every kind of iterator: as many copies would be a tenth of the embed.
    fn gather(members: &mut dyn Iterator<Item = (&str, Self)>) -> Self {
        let mut out = Vec::new();
        for (key, value) in members {
            out.push((key.to_owned(), value));
        }
        Self::Object(out)
    }

    /// An array of these items, in this order.
    pub fn array(items: impl IntoIterator<Item = Self>) -> Self {
        Self::gather_items(&mut items.into_iter())
    }

    fn gather_items(items: &mut dyn Iterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        for item in items {
            out.push(item);
        }
        Self::Array(out)
    }

    /// The member of an object, or `None` for a missing key or another kind of value.
    pub fn member(&self, key: &str) -> Option<&Self> {
        self.as_object()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A number that is written as a whole number and fits 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A point or span of time in whole milliseconds.
    pub fn as_uint(&self) -> Option<u64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Sets a member of an object: replaces it in its place or appends it. Another kind of value becomes an object.
    pub fn set(&mut self, key: &str, value: Self) {
        if !matches!(self, Self::Object(_)) {
            *self = Self::Object(Vec::new());
        }
        if let Self::Object(members) = self {
            match members.iter_mut().find(|(name, _)| name == key) {
                Some((_, old)) => *old = value,
                None => members.push((key.to_owned(), value)),
            }
        }
    }

    /// Writes the value without white space.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        write::value(self, &mut out);
        out
    }
}

/// Appends `text` to `out` as a JSON string with its quotes.
pub fn quote(text: &str, out: &mut String) {
    write::string(text, out);
}

/// Text that is not JSON: where reading stopped, what was expected there and what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    offset: usize,
    expected: &'static str,
    found: Found,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    End,
    Other,
}

impl JsonError {
    /// The byte offset at which reading stopped.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What would have been right there.
    pub fn expected(&self) -> &'static str {
        self.expected
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = match self.found {
            Found::End => "the end",
            Found::Other => "something else",
        };
        write!(f, "JSON at byte {}: expected {}, found {found}", self.offset, self.expected)
    }
}

impl core::error::Error for JsonError {}
