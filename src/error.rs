//! What the caller or the world did wrong.
//!
//! One public [`Error`] with a stable code. What a visitor typed is never an error: it is a
//! [`Problem`](crate::lead::Problem). No sentence here contains a visitor's value.

use alloc::{boxed::Box, string::String};
use core::fmt;

use crate::wire::json::JsonError;

/// A fault of the caller or of the world, with a stable [`code`](Error::code).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: Box<Kind>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json(JsonError),
    Config { pointer: String, expected: &'static str },
}

impl Error {
    /// A configuration that is not what the schema asks: where (a JSON Pointer, RFC 6901) and what was expected there.
    pub fn config(pointer: String, expected: &'static str) -> Self {
        Self { kind: Box::new(Kind::Config { pointer, expected }) }
    }

    /// A stable word for programs; the sentence of `Display` is for people and may change.
    pub fn code(&self) -> &'static str {
        match *self.kind {
            Kind::Json(_) => "json_invalid",
            Kind::Config { .. } => "config_invalid",
        }
    }

    /// The place in the configuration that is wrong, as a JSON Pointer (RFC 6901).
    pub fn pointer(&self) -> Option<&str> {
        match &*self.kind {
            Kind::Json(_) => None,
            Kind::Config { pointer, .. } => Some(pointer),
        }
    }

    /// The byte offset in the text that could not be read.
    pub fn offset(&self) -> Option<usize> {
        match &*self.kind {
            Kind::Json(error) => Some(error.offset()),
            Kind::Config { .. } => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Json(error) => error.fmt(f),
            Kind::Config { pointer, expected } => {
                write!(f, "configuration at \"{pointer}\": expected {expected}")
            }
        }
    }
}

impl core::error::Error for Error {}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self { kind: Box::new(Kind::Json(error)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;
    use alloc::string::ToString;

    #[test]
    fn every_error_has_a_code_and_a_sentence() {
        let error = Error::config("/forms/a".to_string(), "an object");
        assert_eq!(error.code(), "config_invalid");
        assert_eq!(error.pointer(), Some("/forms/a"));
        assert_eq!(error.to_string(), "configuration at \"/forms/a\": expected an object");

        let error = Error::from(json::parse("[1,").unwrap_err());
        assert_eq!(error.code(), "json_invalid");
        assert_eq!(error.offset(), Some(3));
        assert_eq!(error.to_string(), "JSON at byte 3: expected a value, found the end");
    }
}
