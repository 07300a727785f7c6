//! The body of a batch, wire v1, and the faults of an envelope.
//!
//! Decides whether a body can be read at all. What its leads are worth is decided lead by lead elsewhere: a fault here is an
//! HTTP error for the whole request, an answer there is one word for one lead.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

use super::{
    json::{self, Json},
    signature,
};
use crate::time::Millis;

/// The most bytes that a body may have: what browsers let pass while a page goes away.
pub const MAX_BODY: usize = 64 * 1024;
/// The most leads in one batch.
pub const MAX_ITEMS: usize = 50;
/// How large the clients are asked to keep their batches, in bytes.
pub const ADVISED_BYTES: u64 = 48 * 1024;

/// A batch of leads as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The id of the site.
    pub site: String,
    /// When the client sent it, by its own clock.
    pub sent_at: Option<Millis>,
    /// The leads, unread.
    pub items: Vec<Json>,
}

impl Envelope {
    /// Reads a body.
    ///
    /// # Errors
    /// The fault that makes the whole body unreadable.
    pub fn parse(body: &[u8]) -> Result<Self, Fault> {
        if body.len() > MAX_BODY {
            return Err(Fault::TooLarge);
        }
        let text = core::str::from_utf8(body)
            .map_err(|error| Fault::Json { offset: error.valid_up_to(), expected: "UTF-8" })?;
        let mut json = json::parse(text)
            .map_err(|error| Fault::Json { offset: error.offset(), expected: error.expected() })?;
        if json.member("v").and_then(Json::as_int) != Some(1) {
            return Err(Fault::Version);
        }
        let site = json.member("k").and_then(Json::as_str).ok_or(Fault::Member("k"))?.to_owned();
        let sent_at = json.member("sent_at").and_then(Json::as_uint).map(Millis);
        let items = match &mut json {
            Json::Object(members) => members
                .iter_mut()
                .find(|(name, _)| name == "items")
                .map(|(_, items)| core::mem::take(items)),
            _ => None,
        };
        match items {
            Some(Json::Array(items)) if items.len() <= MAX_ITEMS => {
                Ok(Self { site, sent_at, items })
            }
            Some(Json::Array(_)) => Err(Fault::TooMany),
            _ => Err(Fault::Member("items")),
        }
    }
}

/// The hash of what a lead says, in hexadecimal digits: the same for every copy that was sent, different if anything but the
/// attempt number differs.
pub fn payload_hash(item: &Json) -> String {
    let mut text = String::with_capacity(512);
    sorted(item, Some("n"), &mut text);
    signature::hex(&signature::digest(text.as_bytes()))
}

/// Writes a value with the members of its objects in the order of their names, one of the outermost left out.
fn sorted(json: &Json, without: Option<&str>, out: &mut String) {
    match json {
        Json::Object(members) => {
            let mut members: Vec<&(String, Json)> =
                members.iter().filter(|(name, _)| Some(name.as_str()) != without).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            out.push('{');
            for (place, (name, value)) in members.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                json::quote(name, out);
                out.push(':');
                sorted(value, None, out);
            }
            out.push('}');
        }
        Json::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                sorted(item, None, out);
            }
            out.push(']');
        }
        Json::String(text) => json::quote(text, out),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.push_str(&json.to_text()),
    }
}

/// Why a request as a whole was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The body is not JSON.
    Json {
        /// The byte at which reading stopped.
        offset: usize,
        /// What would have been right there.
        expected: &'static str,
    },
    /// The body is JSON of another version.
    Version,
    /// A member is missing or of another kind.
    Member(&'static str),
    /// The body has too many bytes.
    TooLarge,
    /// The batch has too many leads.
    TooMany,
    /// The body is of a kind that is not read here.
    ContentType,
    /// The page that sent it is not one of the site.
    Origin,
    /// There is no such site.
    Site,
    /// There is no such form.
    Form,
    /// There is nothing at this address.
    Path,
    /// The address takes other methods.
    Method,
    /// The token is missing or wrong.
    Token,
    /// The token is of somebody who may not do this.
    Role,
    /// The request of a signed-in person came from another site.
    Forged,
    /// Too many requests came from the same address, or for the same form: come again after this span.
    TooOften(Millis),
    /// The storage does not answer, or this request met a bug: come again after this span.
    Unavailable(Millis),
}

impl Fault {
    /// The HTTP status code.
    pub fn status(self) -> u16 {
        match self {
            Self::Json { .. } | Self::Version | Self::Member(_) => 400,
            Self::Token => 401,
            Self::Origin | Self::Forged | Self::Role => 403,
            Self::Site | Self::Form | Self::Path => 404,
            Self::Method => 405,
            Self::TooLarge | Self::TooMany => 413,
            Self::ContentType => 415,
            Self::TooOften(_) => 429,
            Self::Unavailable(_) => 503,
        }
    }

    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Json { .. } => "json_invalid",
            Self::Version => "version_unsupported",
            Self::Member(_) => "member_invalid",
            Self::TooLarge => "body_too_large",
            Self::TooMany => "too_many_items",
            Self::ContentType => "content_type_unsupported",
            Self::Origin => "origin_unlisted",
            Self::Site => "site_unknown",
            Self::Form => "form_unknown",
            Self::Path => "path_unknown",
            Self::Method => "method_unsupported",
            Self::Token => "token_invalid",
            Self::Role => "role_missing",
            Self::Forged => "request_forged",
            Self::TooOften(_) => "rate_limited",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// `{"error":{"code":…,"message":…}}`, with the offset of unreadable JSON and the span after which to come again.
    pub fn to_json(self) -> Json {
        let message = alloc::format!("{self}");
        let mut error =
            Json::object([("code", Json::str(self.code())), ("message", Json::String(message))]);
        let int = |number: u64| Json::int(i64::try_from(number).unwrap_or(i64::MAX));
        match self {
            Self::Json { offset, .. } => error.set("offset", int(offset as u64)),
            Self::TooOften(after) | Self::Unavailable(after) => {
                error.set("after_ms", int(after.0));
            }
            _ => {}
        }
        let mut out = Json::object([("error", error)]);
        if let Self::TooOften(after) | Self::Unavailable(after) = self {
            out.set("after_ms", int(after.0));
        }
        out
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { offset, expected } => {
                write!(f, "the body is not JSON: expected {expected} at byte {offset}")
            }
            Self::Version => f.write_str("expected the member \"v\" to be 1"),
            Self::Member("items") => f.write_str("expected \"items\" to be an array of leads"),
            Self::Member(name) => write!(f, "expected \"{name}\" to be a string"),
            Self::TooLarge => write!(f, "expected at most {MAX_BODY} bytes"),
            Self::TooMany => write!(f, "expected at most {MAX_ITEMS} leads"),
            Self::ContentType => f.write_str("the content type is not one that is read here"),
            Self::Origin => f.write_str("the origin is not listed for this site"),
            Self::Site => f.write_str("there is no site of this id"),
            Self::Form => f.write_str("the site has no form of this name"),
            Self::Path => f.write_str("there is nothing at this address"),
            Self::Method => f.write_str("the address takes other methods"),
            Self::Token => f.write_str("the token is missing or wrong"),
            Self::Role => f.write_str("the token may not be used for this"),
            Self::Forged => f.write_str("the request came from another site"),
            Self::TooOften(_) => f.write_str("too many requests; send it again later"),
            Self::Unavailable(_) => {
                f.write_str("the service is not available; send it again later")
            }
        }
    }
}

impl core::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    #[track_caller]
    fn refuse(body: &[u8], fault: Fault) {
        assert_eq!(Envelope::parse(body), Err(fault));
    }

    #[test]
    fn a_batch_is_read() {
        let body = br#"{"v":1,"k":"shop","sent_at":7,"items":[{"id":"a"},2]}"#;
        let envelope = Envelope::parse(body).unwrap();
        assert_eq!((envelope.site.as_str(), envelope.sent_at), ("shop", Some(Millis(7))));
        assert_eq!(envelope.items.len(), 2);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        refuse(b"{\"v\":1,", Fault::Json { offset: 7, expected: "a key in quotes" });
        refuse(b"{\"v\":\"\xff\"}", Fault::Json { offset: 6, expected: "UTF-8" });
        refuse(b"{}", Fault::Version);
        refuse(br#"{"v":2,"k":"x","items":[]}"#, Fault::Version);
        refuse(br#"{"v":1,"items":[]}"#, Fault::Member("k"));
        refuse(br#"{"v":1,"k":"x"}"#, Fault::Member("items"));
        refuse(br#"{"v":1,"k":"x","items":{}}"#, Fault::Member("items"));
        let many = format!(r#"{{"v":1,"k":"x","items":[{}0]}}"#, "0,".repeat(MAX_ITEMS));
        refuse(many.as_bytes(), Fault::TooMany);
        refuse(&alloc::vec![b' '; MAX_BODY + 1], Fault::TooLarge);
    }

    #[test]
    fn the_payload_hash_ignores_attempts_and_the_order_of_keys() {
        let hash = |text| payload_hash(&json::parse(text).unwrap());
        assert_eq!(hash(r#"{"a":{"x":1,"y":2},"n":1}"#), hash(r#"{"n":9,"a":{"y":2,"x":1}}"#));
        assert_ne!(hash(r#"{"a":{"n":1}}"#), hash(r#"{"a":{"n":2}}"#));
        assert_ne!(hash("{\"a\":[1,2]}"), hash("{\"a\":[2,1]}"));
    }

    #[test]
    fn every_fault_has_a_status_a_code_and_a_sentence() {
        for (fault, status, code, sentence) in [
            (
                Fault::Json { offset: 3, expected: "a value" },
                400,
                "json_invalid",
                "the body is not JSON: expected a value at byte 3",
            ),
            (Fault::Version, 400, "version_unsupported", "expected the member \"v\" to be 1"),
            (Fault::Member("k"), 400, "member_invalid", "expected \"k\" to be a string"),
            (
                Fault::Member("items"),
                400,
                "member_invalid",
                "expected \"items\" to be an array of leads",
            ),
            (Fault::TooLarge, 413, "body_too_large", "expected at most 65536 bytes"),
            (Fault::TooMany, 413, "too_many_items", "expected at most 50 leads"),
            (
                Fault::ContentType,
                415,
                "content_type_unsupported",
                "the content type is not one that is read here",
            ),
            (Fault::Origin, 403, "origin_unlisted", "the origin is not listed for this site"),
            (Fault::Site, 404, "site_unknown", "there is no site of this id"),
            (Fault::Form, 404, "form_unknown", "the site has no form of this name"),
            (Fault::Path, 404, "path_unknown", "there is nothing at this address"),
            (Fault::Method, 405, "method_unsupported", "the address takes other methods"),
            (Fault::Role, 403, "role_missing", "the token may not be used for this"),
            (Fault::Token, 401, "token_invalid", "the token is missing or wrong"),
            (Fault::Forged, 403, "request_forged", "the request came from another site"),
            (
                Fault::TooOften(Millis(250)),
                429,
                "rate_limited",
                "too many requests; send it again later",
            ),
            (
                Fault::Unavailable(Millis(250)),
                503,
                "unavailable",
                "the service is not available; send it again later",
            ),
        ] {
            assert_eq!((fault.status(), fault.code()), (status, code));
            assert_eq!(fault.to_string(), sentence);
        }
        assert_eq!(
            Fault::Json { offset: 3, expected: "a value" }.to_json().to_text(),
            "{\"error\":{\"code\":\"json_invalid\",\"message\":\"the body is not JSON: expected a value at byte 3\",\"offset\":3}}"
        );
        assert_eq!(
            Fault::Unavailable(Millis(250)).to_json().to_text(),
            "{\"error\":{\"code\":\"unavailable\",\"message\":\"the service is not available; send it again later\",\"after_ms\":250},\"after_ms\":250}"
        );
    }
}
