//! What the owner asks of leads before they count: proof of work, limits of rate, checks by others.
//!
//! Nothing of it is needed: without the member `spam` the limits are their defaults, and no form asks for anything.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{Public, destination::Setting};
use crate::{
    abuse::pow::Algorithm,
    qualify::Disposition,
    time::Millis,
    wire::json::{Faults, Json, Node},
};

/// So many requests with leads may come from one address within a minute.
const PER_MINUTE: u32 = 60;
/// For so many hours a text is remembered by its keyed hash.
const TEXT_HOURS: u64 = 24;
/// For so many minutes a challenge can be answered.
const WORK_MINUTES: u64 = 120;
/// So many numbers a visitor without suspicion has to try in the mean.
const EFFORT: u32 = 20_000;
const DAY_MINUTES: u64 = 24 * 60;

/// The member `spam`.
#[derive(Clone, Debug, PartialEq)]
pub struct Spam {
    /// The header (lower case) in which a proxy of the owner tells the address of the client; its last address counts.
    pub address_header: Option<String>,
    /// Requests with leads from one address within a minute; 0 for no limit.
    pub address_per_minute: u32,
    /// Requests with leads of one form within a minute; 0 for no limit.
    pub form_per_minute: u32,
    /// How long a text is remembered by its keyed hash; 0 for not at all.
    pub same_text: Millis,
    /// Proof of work, where forms ask for it.
    pub work: Option<Work>,
    /// Checks by others.
    pub checks: Vec<Check>,
}

/// Proof of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The forms that ask for it.
    pub forms: Vec<String>,
    /// The format of its challenges.
    pub format: Format,
    /// How many numbers a visitor without suspicion has to try in the mean.
    pub effort: u32,
    /// How long a challenge can be answered.
    pub valid: Millis,
    /// What becomes of a lead without it.
    pub missing: Disposition,
    /// What becomes of a lead whose work came too late, as from a device that was offline.
    pub late: Disposition,
}

/// The format of ALTCHA in which challenges are made. Answers are taken in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Version 1: SHA-256.
    V1,
    /// Version 2, by this algorithm.
    V2(Algorithm),
}

/// A check by a provider whose widget the owner put into a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Whose it is.
    pub provider: Provider,
    /// The secret of the account.
    pub secret: Setting,
    /// Another address of the provider, such as that of a proxy.
    pub url: Option<String>,
    /// The forms that have the widget.
    pub forms: Vec<String>,
    /// What becomes of a lead without a token.
    pub missing: Disposition,
    /// What becomes of a lead with a token that is not good.
    pub failed: Disposition,
}

/// Who checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Cloudflare Turnstile.
    Turnstile,
    /// hCaptcha.
    Hcaptcha,
}

impl Provider {
    const ALL: [(&'static str, Self); 2] =
        [("turnstile", Self::Turnstile), ("hcaptcha", Self::Hcaptcha)];

    /// The name of the field into which the widget puts its token.
    pub fn field(self) -> &'static str {
        match self {
            Self::Turnstile => "cf-turnstile-response",
            Self::Hcaptcha => "h-captcha-response",
        }
    }

    /// Where tokens are checked.
    pub fn url(self) -> &'static str {
        match self {
            Self::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
            Self::Hcaptcha => "https://api.hcaptcha.com/siteverify",
        }
    }
}

impl Default for Spam {
    fn default() -> Self {
        Self {
            address_header: None,
            address_per_minute: PER_MINUTE,
            form_per_minute: 0,
            same_text: hours(TEXT_HOURS),
            work: None,
            checks: Vec::new(),
        }
    }
}

impl Spam {
    /// The work that a form asks for.
    pub fn work_of(&self, form: &str) -> Option<&Work> {
        self.work.as_ref().filter(|work| work.forms.iter().any(|name| name == form))
    }

    pub(super) fn read(root: &Node<'_>, public: &Public, faults: &mut Faults) -> Self {
        let Some(node) = root.get("spam") else { return Self::default() };
        node.expect_members(
            &["address_header", "rate", "same_text_hours", "work", "checks"],
            "one of address_header, rate, same_text_hours, work, checks",
            faults,
        );
        let mut out = Self::default();
        if let Some(name) = node.text("address_header", faults) {
            let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
            if name.is_empty() || !name.bytes().all(plain) {
                node.get("address_header").inspect(|member| {
                    member.fault(
                        "the name of a header in lower case, such as x-forwarded-for",
                        faults,
                    );
                });
            }
            out.address_header = Some(name.to_owned());
        }
        if let Some(rate) = node.get("rate") {
            rate.expect_members(
                &["address_per_minute", "form_per_minute"],
                "one of address_per_minute, form_per_minute",
                faults,
            );
            let mut limit = |key, usual| {
                bounded(&rate, key, (0, 1_000_000), "a whole number from 0 to 1000000", faults)
                    .map_or(usual, |limit| u32::try_from(limit).unwrap_or(u32::MAX))
            };
            out.address_per_minute = limit("address_per_minute", PER_MINUTE);
            out.form_per_minute = limit("form_per_minute", 0);
        }
        let expected = "a whole number of hours from 0 to 168";
        if let Some(count) = bounded(&node, "same_text_hours", (0, 168), expected, faults) {
            out.same_text = hours(count);
        }
        out.work = node.get("work").map(|node| Work::read(&node, public, faults));
        if let Some(list) = node.get("checks") {
            let items = list.items(faults);
            out.checks =
                items.iter().filter_map(|node| Check::read(node, public, faults)).collect();
        }
        out
    }
}

impl Work {
    fn read(node: &Node<'_>, public: &Public, faults: &mut Faults) -> Self {
        node.expect_members(
            &["forms", "format", "algorithm", "effort", "minutes", "missing", "late"],
            "one of forms, format, algorithm, effort, minutes, missing, late",
            faults,
        );
        let formats = [("v1", false), ("v2", true)];
        let second = one_of(node, "format", &formats, "v1 or v2", faults).unwrap_or(false);
        let algorithms = [Algorithm::Sha256, Algorithm::Pbkdf2].map(|one| (one.name(), one));
        let expected = "SHA-256 or PBKDF2/SHA-256";
        let algorithm = one_of(node, "algorithm", &algorithms, expected, faults);
        if !second && algorithm == Some(Algorithm::Pbkdf2) {
            node.get("algorithm").inspect(|member| {
                member.fault("SHA-256, unless the format is v2", faults);
            });
        }
        let effort = bounded(
            node,
            "effort",
            (1000, 1_000_000),
            "a whole number from 1000 to 1000000",
            faults,
        );
        let expected = "a whole number of minutes from 1 to 1440";
        let minutes = bounded(node, "minutes", (1, DAY_MINUTES), expected, faults);
        Self {
            forms: forms(node, public, faults),
            format: if second {
                Format::V2(algorithm.unwrap_or(Algorithm::Sha256))
            } else {
                Format::V1
            },
            effort: effort.and_then(|effort| u32::try_from(effort).ok()).unwrap_or(EFFORT),
            valid: Millis::from_secs(60 * minutes.unwrap_or(WORK_MINUTES)),
            missing: disposition(node, "missing", Disposition::Review, faults),
            late: disposition(node, "late", Disposition::Review, faults),
        }
    }
}

impl Check {
    fn read(node: &Node<'_>, public: &Public, faults: &mut Faults) -> Option<Self> {
        node.expect_members(
            &["check", "secret", "url", "forms", "missing", "failed"],
            "one of check, secret, url, forms, missing, failed",
            faults,
        );
        if node.get("check").is_none() {
            node.fault("a member \"check\"", faults);
        }
        if node.get("secret").is_none() {
            node.fault("a member \"secret\"", faults);
        }
        let secret = Setting::member(node, "secret", faults);
        if let Some(Setting::Plain(_)) = &secret {
            node.get("secret").inspect(|member| {
                member.fault("{\"env\": \"NAME\"}: a secret is named, not written", faults);
            });
        }
        let provider = one_of(node, "check", &Provider::ALL, "turnstile or hcaptcha", faults);
        let url = node.text("url", faults);
        if url.is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            node.get("url").inspect(|member| member.fault("the address of an HTTP server", faults));
        }
        Some(Self {
            provider: provider?,
            secret: secret?,
            url: url.map(ToOwned::to_owned),
            forms: forms(node, public, faults),
            missing: disposition(node, "missing", Disposition::Review, faults),
            failed: disposition(node, "failed", Disposition::Spam, faults),
        })
    }
}

fn hours(count: u64) -> Millis {
    Millis::from_secs(3600 * count)
}

/// The member `forms`: names of forms of the site; all of them where it is not there.
fn forms(node: &Node<'_>, public: &Public, faults: &mut Faults) -> Vec<String> {
    let Some(list) = node.get("forms") else {
        return public.forms().iter().map(|form| form.name().to_owned()).collect();
    };
    let mut out = Vec::new();
    for item in list.items(faults) {
        match item.json().as_str().filter(|name| public.form(name).is_some()) {
            Some(name) => out.push(name.to_owned()),
            None => item.fault("the name of a form of this site", faults),
        }
    }
    out
}

fn disposition(node: &Node<'_>, key: &str, usual: Disposition, faults: &mut Faults) -> Disposition {
    let all = [Disposition::Accept, Disposition::Review, Disposition::Reject, Disposition::Spam];
    let words = all.map(|one| (one.as_str(), one));
    one_of(node, key, &words, "accept, review, reject or spam", faults).unwrap_or(usual)
}

fn one_of<T: Copy>(
    node: &Node<'_>,
    key: &str,
    words: &[(&str, T)],
    expected: &'static str,
    faults: &mut Faults,
) -> Option<T> {
    let member = node.get(key)?;
    let found = words.iter().find(|(word, _)| member.json().as_str() == Some(word));
    if found.is_none() {
        member.fault(expected, faults);
    }
    found.map(|(_, value)| *value)
}

pub(super) fn bounded(
    node: &Node<'_>,
    key: &str,
    (least, most): (u64, u64),
    expected: &'static str,
    faults: &mut Faults,
) -> Option<u64> {
    let member = node.get(key)?;
    let value = member.json().as_uint().filter(|value| (least..=most).contains(value));
    if value.is_none() {
        member.fault(expected, faults);
    }
    value
}

/// What a browser has to know: the names of the forms that ask for work.
pub(super) fn public(spam: &Spam) -> Option<Json> {
    let work = spam.work.as_ref()?;
    Some(Json::array(work.forms.iter().map(|name| Json::str(name))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, lint};
    use alloc::{format, vec};

    fn text(spam: &str) -> String {
        let form = r#"{"fields":[{"name":"a","type":"name"}]}"#;
        format!(
            "{{\"site\":{{\"id\":\"a\"}},\"forms\":{{\"contact\":{form},\"other\":{form}}},\n\"spam\":{spam}}}"
        )
    }

    #[track_caller]
    fn read(spam: &str) -> Config {
        Config::parse(&text(spam)).unwrap()
    }

    #[track_caller]
    fn refuse(spam: &str, pointer: &str, expected: &str) {
        let found = lint(&text(spam));
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(one.pointer.as_deref(), Some(pointer));
        assert!(one.message.contains(expected), "{}", one.message);
        assert_eq!(one.position.line, 2);
        assert!(one.position.column > 7);
    }

    #[test]
    fn without_the_member_the_limits_are_their_defaults() {
        let config = Config::parse(&text("{}")).unwrap();
        assert_eq!(config.spam(), &Spam::default());
        assert!(config.public_json().member("$work").is_none());
    }

    #[test]
    fn a_form_may_ask_for_work_and_only_its_name_reaches_a_browser() {
        let config = read(
            r#"{"address_header":"x-forwarded-for","rate":{"address_per_minute":9,"form_per_minute":70},
            "same_text_hours":0,"work":{"forms":["contact"],"format":"v2","algorithm":"PBKDF2/SHA-256","effort":4000,
            "minutes":5,"missing":"spam","late":"accept"},
            "checks":[{"check":"turnstile","secret":{"env":"T"},"forms":["other"],"failed":"reject"}]}"#,
        );
        let spam = config.spam();
        let work = Work {
            forms: vec!["contact".into()],
            format: Format::V2(Algorithm::Pbkdf2),
            effort: 4000,
            valid: Millis::from_secs(300),
            missing: Disposition::Spam,
            late: Disposition::Accept,
        };
        assert_eq!((spam.work_of("contact"), spam.work_of("other")), (Some(&work), None));
        assert_eq!((spam.address_per_minute, spam.form_per_minute), (9, 70));
        assert_eq!(
            (spam.same_text, spam.address_header.as_deref()),
            (Millis(0), Some("x-forwarded-for"))
        );
        let [check] = spam.checks.as_slice() else { panic!() };
        assert_eq!(check.secret, Setting::Env("T".into()));
        assert_eq!((check.missing, check.failed), (Disposition::Review, Disposition::Reject));
        let public = config.public_json().to_text();
        assert!(public.contains(r#""$work":["contact"]"#));
        assert!(!public.contains("spam") && !public.contains("turnstile"));
    }

    #[test]
    fn every_form_asks_for_work_where_none_is_named() {
        let config = read(r#"{"work":{}}"#);
        assert!(["contact", "other"].into_iter().all(|form| config.spam().work_of(form).is_some()));
    }

    #[test]
    fn faults_have_their_place() {
        refuse(r#"{"works":{}}"#, "/spam/works", "one of address_header");
        refuse(r#"{"address_header":"X-Real-IP"}"#, "/spam/address_header", "lower case");
        refuse(r#"{"rate":{"address_per_minute":-1}}"#, "/spam/rate/address_per_minute", "from 0");
        refuse(r#"{"rate":{"per_hour":1}}"#, "/spam/rate/per_hour", "form_per_minute");
        refuse(r#"{"same_text_hours":200}"#, "/spam/same_text_hours", "168");
        refuse(r#"{"work":{"forms":["nobody"]}}"#, "/spam/work/forms/0", "a form of this site");
        refuse(r#"{"work":{"format":"v3"}}"#, "/spam/work/format", "v1 or v2");
        let pbkdf2 = r#"{"work":{"algorithm":"PBKDF2/SHA-256"}}"#;
        refuse(pbkdf2, "/spam/work/algorithm", "unless the format is v2");
        refuse(r#"{"work":{"effort":10}}"#, "/spam/work/effort", "from 1000");
        refuse(r#"{"work":{"minutes":0}}"#, "/spam/work/minutes", "from 1 to 1440");
        refuse(r#"{"work":{"missing":"drop"}}"#, "/spam/work/missing", "accept, review");
        refuse(r#"{"checks":[{"secret":{"env":"T"}}]}"#, "/spam/checks/0", "a member \"check\"");
        let unknown = r#"{"checks":[{"check":"recaptcha","secret":{"env":"T"}}]}"#;
        refuse(unknown, "/spam/checks/0/check", "turnstile or hcaptcha");
        refuse(r#"{"checks":[{"check":"hcaptcha"}]}"#, "/spam/checks/0", "a member \"secret\"");
        let written = r#"{"checks":[{"check":"hcaptcha","secret":"0x12"}]}"#;
        refuse(written, "/spam/checks/0/secret", "named, not written");
        let ftp = r#"{"checks":[{"check":"hcaptcha","secret":{"env":"T"},"url":"ftp://x"}]}"#;
        refuse(ftp, "/spam/checks/0/url", "HTTP server");
    }
}
