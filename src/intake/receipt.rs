//! Receipts: what a verdict rests on, by hashes, signed and stored with the lead.
//!
//! A receipt tells by which rules a lead was judged, with which packs, when, and which words of consent were shown. Its
//! signature is an HMAC-SHA-256 (RFC 2104) by a key from the secret of the deployment, over the text of the receipt without the
//! signature. So whoever holds the secret can see whether lead, verdict or receipt were changed afterwards; the lead itself
//! holds what is needed to judge it again. Without a secret the hashes are kept, and the receipt says that nobody signed it.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::store::Kept;
use crate::{
    check::pack,
    time::Millis,
    wire::{json::Json, signature, step::millis},
};

/// The version of this form of receipts.
const VERSION: u64 = 1;

/// Who issues receipts.
#[derive(Clone, Debug)]
pub struct Issuer<'a> {
    site: &'a str,
    /// The key with its id, where the deployment has a secret.
    key: Option<([u8; 32], String)>,
    packs: String,
}

impl<'a> Issuer<'a> {
    /// The issuer of a site, with the secret of the deployment if it has one.
    pub fn new(site: &'a str, secret: Option<&str>) -> Self {
        let key = secret.map(key).map(|key| (key, key_id(&key)));
        Self { site, key, packs: hash(pack::INDEX) }
    }

    /// The receipt of a lead that is kept. `payload` is the hash of what came.
    pub fn issue(&self, lead: &str, payload: &str, kept: &Kept, now: Millis) -> Json {
        let consent = kept.consent.as_array().unwrap_or_default().iter().map(shown);
        let mut out = Json::object([
            ("v", Json::uint(VERSION)),
            ("core", Json::str(env!("CARGO_PKG_VERSION"))),
            ("site", Json::str(self.site)),
            ("lead", Json::str(lead)),
            ("at", millis(now)),
            ("form", Json::str(&kept.form)),
            ("config", Json::str(&kept.config)),
            ("rules", Json::str(&kept.rules)),
            ("packs", Json::str(&self.packs)),
            ("payload", Json::str(payload)),
            ("context", Json::String(hash(&kept.context.to_text()))),
            ("seen", Json::String(hash(&kept.seen.to_text()))),
            ("facts", Json::String(hash(&kept.facts.to_text()))),
            ("consent", Json::Array(consent.collect())),
            ("verdict", Json::String(hash(&kept.verdict.to_text()))),
        ]);
        if let Some((key, id)) = &self.key {
            out.set("key", Json::str(id));
            let signed = signature::hex(&signature::keyed(key, out.to_text().as_bytes()));
            out.set("signature", Json::String(signed));
        }
        out
    }
}

/// What does not fit between a lead, as [`record::read`](super::record::read) gives it, and its receipt; nothing for a
/// lead that is as it was judged. The words are `missing`, `unsigned`, `key` (signed with another secret), `signature`, and
/// the members of the receipt that the lead contradicts.
pub fn faults(lead: &Json, secret: Option<&str>) -> Vec<&'static str> {
    let Some(receipt) = lead.member("receipt").filter(|receipt| receipt.member("v").is_some())
    else {
        return Vec::from(["missing"]);
    };
    let mut out = Vec::new();
    let said = |name| receipt.member(name).and_then(Json::as_str).unwrap_or_default();
    match (secret.map(key), receipt.member("signature").and_then(Json::as_str)) {
        (_, None) => out.push("unsigned"),
        (Some(key), Some(_)) if said("key") != key_id(&key) => out.push("key"),
        (None, Some(_)) => out.push("key"),
        (Some(key), Some(signature)) => {
            if !signature::same(signature, &sign(&key, receipt)) {
                out.push("signature");
            }
        }
    }
    for (ours, theirs) in [
        ("site", "site"),
        ("lead", "id"),
        ("form", "form"),
        ("config", "config"),
        ("at", "received_at"),
    ] {
        if receipt.member(ours) != lead.member(theirs) {
            out.push(ours);
        }
    }
    for name in ["context", "seen", "facts", "verdict"] {
        if lead.member(name).is_none_or(|json| said(name) != hash(&json.to_text())) {
            out.push(name);
        }
    }
    let consent = lead.member("consent").and_then(Json::as_array).unwrap_or_default();
    if receipt.member("consent") != Some(&Json::Array(consent.iter().map(shown).collect())) {
        out.push("consent");
    }
    // The values beside the verdict are a copy of those in it.
    if lead.member("values") != lead.member("verdict").and_then(|verdict| verdict.member("values"))
    {
        out.push("values");
    }
    out
}

/// What a receipt keeps of one purpose: whether it was given, and the hash of the words that were shown.
fn shown(entry: &Json) -> Json {
    let members = ["purpose", "given", "text_sha256"];
    Json::object(members.into_iter().filter_map(|name| Some((name, entry.member(name)?.clone()))))
}

fn hash(text: &str) -> String {
    signature::hex(&signature::digest(text.as_bytes()))
}

fn key(secret: &str) -> [u8; 32] {
    signature::digest(("leadkit receipt ".to_owned() + secret).as_bytes())
}

/// Tells one key from another, and nothing about it.
fn key_id(key: &[u8; 32]) -> String {
    let mut digits = signature::hex(&signature::digest(key));
    digits.truncate(8);
    digits
}

fn sign(key: &[u8; 32], receipt: &Json) -> String {
    let members = receipt.as_object().unwrap_or_default().iter();
    let signed = members.filter(|(name, _)| name != "signature").cloned().collect();
    signature::hex(&signature::keyed(key, Json::Object(signed).to_text().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;
    use alloc::vec;

    const ID: &str = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    fn kept() -> Kept {
        Kept {
            form: "contact@1f2e3d4c".into(),
            claimed: (None, None),
            occurred_at: Millis(1),
            config: "c0".into(),
            rules: "a0".into(),
            values: json::parse(r#"{"email":"a@b.example"}"#).unwrap(),
            unknown: Json::object([]),
            verdict: json::parse(
                r#"{"disposition":"accept","scores":{"fit":{"points":5}},"values":{"email":"a@b.example"}}"#,
            )
            .unwrap(),
            consent: json::parse(
                r#"[{"purpose":"contact","given":true,"field":"ok","at":1,"text_sha256":"85a3"}]"#,
            )
            .unwrap(),
            context: json::parse(r#"{"page":"https://a.example/"}"#).unwrap(),
            seen: json::parse(r#"{"work":"done"}"#).unwrap(),
            facts: json::parse(r#"{"form":"contact"}"#).unwrap(),
            handles: Vec::new(),
            deliveries: Vec::new(),
            shown: (None, None),
            receipt: Json::Null,
            files: Vec::new(),
            begun: false,
        }
    }

    /// The lead as the Inbox reads it.
    fn stored(secret: Option<&str>) -> Json {
        let kept = kept();
        let issuer = Issuer::new("shop", secret);
        let receipt = issuer.issue(ID, "aa", &kept, Millis(7));
        Json::object([
            ("id", Json::str(ID)),
            ("site", Json::str("shop")),
            ("form", Json::str(&kept.form)),
            ("received_at", Json::uint(7)),
            ("config", Json::str(&kept.config)),
            ("values", kept.values),
            ("verdict", kept.verdict),
            ("consent", kept.consent),
            ("context", kept.context),
            ("seen", kept.seen),
            ("facts", kept.facts),
            ("receipt", receipt),
        ])
    }

    #[test]
    fn a_receipt_fits_its_lead_and_no_other() {
        let lead = stored(Some("secret"));
        assert_eq!(faults(&lead, Some("secret")), vec![""; 0]);
        for (member, value, fault) in [
            ("id", r#""other""#, "lead"),
            ("site", r#""other""#, "site"),
            ("form", r#""contact""#, "form"),
            ("config", r#""c1""#, "config"),
            ("received_at", "8", "at"),
            ("context", "{}", "context"),
            ("facts", "{}", "facts"),
            ("consent", r#"[{"purpose":"contact","given":true,"text_sha256":"0"}]"#, "consent"),
            ("verdict", r#"{"disposition":"spam","values":{"email":"a@b.example"}}"#, "verdict"),
            ("values", r#"{"email":"x@b.example"}"#, "values"),
        ] {
            let mut changed = lead.clone();
            changed.set(member, json::parse(value).unwrap());
            assert_eq!(faults(&changed, Some("secret")), vec![fault], "{member}");
        }
    }

    #[test]
    fn a_receipt_that_was_changed_or_never_signed_says_so() {
        let lead = stored(Some("secret"));
        let mut receipt = lead.member("receipt").unwrap().clone();
        receipt.set("rules", Json::str("b0"));
        let mut changed = lead.clone();
        changed.set("receipt", receipt);
        assert_eq!(faults(&changed, Some("secret")), vec!["signature"]);
        assert_eq!(faults(&lead, Some("another")), vec!["key"]);
        assert_eq!(faults(&lead, None), vec!["key"]);
        assert_eq!(faults(&stored(None), Some("secret")), vec!["unsigned"]);
        assert_eq!(faults(&Json::object([]), Some("secret")), vec!["missing"]);
    }

    #[test]
    fn a_receipt_names_everything_and_holds_no_value_of_the_visitor() {
        let text = stored(Some("secret")).member("receipt").unwrap().to_text();
        let names = ["\"rules\":\"a0\"", "\"config\":\"c0\"", "\"packs\":", "\"core\":", "85a3"];
        for name in names {
            assert!(text.contains(name), "{name} {text}");
        }
        assert!(!text.contains("b.example") && !text.contains("secret"), "{text}");
    }
}
