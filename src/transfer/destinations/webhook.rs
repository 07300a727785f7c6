//! Any address that takes JSON: Standard Webhooks 1.0.0, <https://www.standardwebhooks.com>.
//!
//! Settings: `url`, and `secret` (`whsec_` and base64) that signs each attempt. Without a secret nothing is signed.

use alloc::format;

use super::{Cargo, Surroundings, Unready};
use crate::{
    time::Millis,
    transfer::guard,
    wire::{json::Json, signature, step::Request},
};

/// Receivers are asked to answer within half of the lease.
const TIMEOUT: Millis = Millis::from_secs(20);

pub(super) fn request(
    settings: &Json,
    cargo: &Cargo<'_>,
    around: &Surroundings<'_>,
) -> Result<Request, Unready> {
    let url = around.setting(settings, "url")?.ok_or(Unready::Setting)?;
    if !guard::allows(&url, around.private()) {
        return Err(Unready::Address);
    }
    let body = Json::object([
        ("type", Json::str("lead.created")),
        ("timestamp", Json::String(cargo.received_at.to_iso8601())),
        ("data", cargo.lead.clone()),
    ])
    .to_text();
    let secs = around.now.as_secs();
    let mut headers = [
        ("content-type", "application/json".into()),
        ("user-agent", "leadkit".into()),
        ("webhook-id", cargo.key.into()),
        ("webhook-timestamp", format!("{secs}")),
    ]
    .to_vec();
    if let Some(secret) = around.setting(settings, "secret")? {
        let signature = signature::webhook(&secret, cargo.key, secs, body.as_bytes());
        headers.push(("webhook-signature", signature.ok_or(Unready::Setting)?));
    }
    Ok(Request { method: "POST", url, headers, body, timeout: TIMEOUT, private: around.private() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[track_caller]
    fn ask(settings: &str, env: &str) -> Result<Request, Unready> {
        let (settings, env) = (json::parse(settings).unwrap(), json::parse(env).unwrap());
        let lead = Json::object([("id", Json::str("x"))]);
        let cargo = Cargo { key: "x:crm", lead: &lead, received_at: Millis(1_795_325_565_676) };
        let around = Surroundings { env: &env, now: Millis(1_614_265_330_999) };
        request(&settings, &cargo, &around)
    }

    #[test]
    fn a_lead_becomes_a_signed_event() {
        let request = ask(
            r#"{"url":"https://hooks.example.com/x","secret":{"env":"S"}}"#,
            r#"{"S":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"#,
        )
        .unwrap();
        assert_eq!(
            request.body,
            r#"{"type":"lead.created","timestamp":"2026-11-22T05:32:45.676Z","data":{"id":"x"}}"#
        );
        let expected = signature::webhook(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "x:crm",
            1_614_265_330,
            request.body.as_bytes(),
        );
        let header = |name| {
            request.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
        };
        assert_eq!(header("webhook-signature"), expected);
        assert_eq!(header("webhook-timestamp").as_deref(), Some("1614265330"));
        assert_eq!(header("webhook-id").as_deref(), Some("x:crm"));
    }

    #[test]
    fn what_is_missing_waits_for_a_person() {
        assert_eq!(ask("{}", "{}"), Err(Unready::Setting));
        assert_eq!(ask(r#"{"url":{"env":"URL"}}"#, "{}"), Err(Unready::Setting));
        let secret = r#"{"url":"https://hooks.example.com/","secret":{"env":"S"}}"#;
        assert_eq!(ask(secret, r#"{"S":""}"#), Err(Unready::Setting));
        assert_eq!(ask(secret, r#"{"S":"whsec_*"}"#), Err(Unready::Setting));
    }

    #[test]
    fn a_private_address_is_refused_unless_the_environment_allows_it() {
        let settings = r#"{"url":"http://127.0.0.1:4001/"}"#;
        assert_eq!(ask(settings, "{}"), Err(Unready::Address));
        assert!(ask(settings, r#"{"LEADKIT_ALLOW_PRIVATE":"1"}"#).unwrap().private);
    }
}
