//! Checks by others: the token of a widget goes to its provider, who says whether it is good.
//!
//! Cloudflare Turnstile, <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>, and hCaptcha,
//! <https://docs.hcaptcha.com/#verify-the-user-response-server-side>. Neither is told the address of the visitor. A
//! provider that cannot be asked decides nothing.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::weigh::Circumstances;
use crate::{
    abuse::Check,
    config::spam::{Check as Config, Provider},
    time::Millis,
    wire::{
        json::{self, Json},
        step::{Effect, Request},
        urlencoded::encode,
    },
};

/// The longest token that is passed on, in bytes.
const MAX_TOKEN: usize = 8 * 1024;
/// How long the visitor waits for a provider.
const TIMEOUT: Millis = Millis::from_secs(5);

/// The token was good once: it was used before, or came too late.
const STALE: [&str; 5] = [
    "timeout-or-duplicate",
    "expired-input-response",
    "already-seen-response",
    "invalid-or-already-seen-response",
    "missing-input-response",
];
/// The token is none of the provider's.
const FORGED: &str = "invalid-input-response";

/// One question to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    url: String,
    body: String,
}

/// The question about a token; `None` if there is no token, no secret or no address that may be called.
pub fn ask(check: &Config, token: &str, id: &str, around: &Circumstances<'_>) -> Option<Ask> {
    if token.is_empty() || token.len() > MAX_TOKEN {
        return None;
    }
    let secret = (around.value)(&check.secret)?;
    let url = check.url.as_deref().unwrap_or(check.provider.url());
    if !(around.allows)(url) {
        return None;
    }
    let mut pairs = Vec::from([("secret", secret.as_str()), ("response", token)]);
    if check.provider == Provider::Turnstile {
        // A lead that is sent again asks again about its token, and gets the same answer.
        pairs.push(("idempotency_key", id));
    }
    let mut body = String::new();
    for (key, value) in pairs {
        if !body.is_empty() {
            body.push('&');
        }
        body.push_str(key);
        body.push('=');
        encode(value, &mut body);
    }
    Some(Ask { url: url.to_owned(), body })
}

impl Ask {
    /// The request.
    pub fn effect(&self, private: bool) -> Effect {
        Effect::Fetch(Request {
            method: "POST",
            url: self.url.clone(),
            headers: [("content-type", "application/x-www-form-urlencoded".to_owned())].into(),
            extra: Vec::new(),
            body: self.body.clone(),
            timeout: TIMEOUT,
            most: 20 * 1024,
            private,
        })
    }
}

/// What an answer says. Everything but a word about the token leaves it open.
pub fn read(answer: &Json) -> Check {
    let body = answer.member("body").and_then(Json::as_str).unwrap_or_default();
    let body = json::parse(body).unwrap_or_default();
    let codes = body.member("error-codes").and_then(Json::as_array).unwrap_or_default();
    let has = |wanted: &str| codes.iter().any(|code| code.as_str() == Some(wanted));
    match body.member("success").and_then(Json::as_bool) {
        Some(true) => Check::Passed,
        Some(false) if has(FORGED) => Check::Failed,
        Some(false) if STALE.into_iter().any(has) => Check::Missing,
        Some(false) | None => Check::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Check) {
        let answer = Json::object([("status", Json::int(200)), ("body", Json::str(body))]);
        assert_eq!(read(&answer), expected, "{body}");
    }

    #[test]
    fn a_provider_says_passed_failed_or_too_late_and_everything_else_is_open() {
        check(r#"{"success":true,"hostname":"shop.example"}"#, Check::Passed);
        check(r#"{"success":false,"error-codes":["invalid-input-response"]}"#, Check::Failed);
        for code in STALE {
            let body = ["{\"success\":false,\"error-codes\":[\"", code, "\"]}"].concat();
            check(&body, Check::Missing);
        }
        for code in ["invalid-input-secret", "internal-error", "sitekey-secret-mismatch", ""] {
            let body = ["{\"success\":false,\"error-codes\":[\"", code, "\"]}"].concat();
            check(&body, Check::Unknown);
        }
        for body in ["", "<html>", "{}", r#"{"success":"yes"}"#] {
            check(body, Check::Unknown);
        }
        let gone = Json::object([("error", Json::str("timeout"))]);
        assert_eq!(read(&gone), Check::Unknown);
    }

    #[test]
    fn values_are_written_in_the_way_of_urls() {
        let mut out = String::new();
        encode("0x1.a-b_c~ &=é", &mut out);
        assert_eq!(out, "0x1.a-b_c~%20%26%3D%C3%A9");
    }
}
