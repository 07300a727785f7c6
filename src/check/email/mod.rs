//! E-mail addresses: the syntax of the HTML standard within the limits of RFC 5321, on a real host name.
//!
//! Comments, quoted local parts and address literals are refused, as browsers refuse them; dots of the local part stand
//! between characters (RFC 5321 section 4.1.2). Whether a mailbox exists is not decided here.
//!
//! Syntax: <https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address>

mod role;
mod typo;

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{Known, host, text};
use crate::wire::json::Json;
use host::Ascii;

/// The longest part before the `@`, in bytes (RFC 5321 section 4.5.3.1.1).
pub const MAX_LOCAL: usize = 64;
/// The longest address, in bytes: a path of 256 less its angle brackets (RFC 5321 section 4.5.3.1.3).
pub const MAX_ADDRESS: usize = 254;

/// What is taken besides the usual. The default takes none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EmailOptions {
    /// Letters beyond ASCII before the `@` (RFC 6531). Few mail systems deliver to them.
    pub utf8_local: bool,
    /// Hosts of one label, such as `localhost`.
    pub dotless: bool,
}

/// What is known about an e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailAnswer {
    /// The normal form: trimmed, the local part as typed, the host in lower-case ASCII. The trimmed text where there is a
    /// problem or the host is not yet known.
    pub value: String,
    /// The code of what is wrong.
    pub problem: Option<&'static str>,
    /// The address that was probably meant.
    pub suggestion: Option<String>,
    /// The typed host whose ASCII form has to be told (`Known::hosts`) before the address can be judged.
    pub wanted_host: Option<String>,
    /// The host in lower-case ASCII; empty where there is a problem or it is not yet known.
    pub domain: String,
}

// What follows is worked out only where it is asked for: a form in a page needs none of it, nor the lists behind it.
impl EmailAnswer {
    /// Whether the host is one of free mail; `None` while the list is not yet known.
    pub fn free(&self, known: &Known<'_>) -> Option<bool> {
        let list = known.free.filter(|_| !self.domain.is_empty())?;
        Some(list.holds(&self.domain))
    }

    /// Whether the host is one of disposable mail; `None` while the list is not yet known.
    pub fn disposable(&self, known: &Known<'_>) -> Option<bool> {
        let list = known.disposable.filter(|_| !self.domain.is_empty())?;
        Some(list.holds_or_parent(&self.domain))
    }

    /// Whether the address is that of a role, such as `info@`, and not of a person.
    pub fn role(&self) -> bool {
        !self.domain.is_empty() && role::is_role(self.local())
    }

    /// The same text for every spelling of one mailbox; empty where there is a problem or the host is not yet known.
    pub fn dedup_key(&self) -> String {
        if self.domain.is_empty() { String::new() } else { dedup_key(self.local(), &self.domain) }
    }

    /// The facts that conditions see of an address: `domain`, `free`, `disposable` and `role`.
    pub fn facts(&self, known: &Known<'_>) -> Json {
        let flag = |known: Option<bool>| known.map_or(Json::Null, Json::Bool);
        Json::object([
            ("domain", Json::str(&self.domain)),
            ("free", flag(self.free(known))),
            ("disposable", flag(self.disposable(known))),
            ("role", Json::Bool(self.role())),
        ])
    }

    fn local(&self) -> &str {
        self.value.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

/// Judges an e-mail address as it was typed. White space around it and a leading `mailto:` do not count.
///
/// ```
/// use leadkit::check::{Known, email};
/// let answer = email::check(" Max@GMial.com", email::EmailOptions::default(), &Known::default());
/// assert_eq!(answer.problem, None);
/// assert_eq!(answer.suggestion.as_deref(), Some("Max@gmail.com"));
/// ```
pub fn check(text: &str, options: EmailOptions, known: &Known<'_>) -> EmailAnswer {
    let text = trim(text);
    let mut answer = EmailAnswer { value: text.to_owned(), ..EmailAnswer::default() };
    let parsed = match parse(text, options, known) {
        Ok(parsed) => parsed,
        Err(problem) => {
            answer.problem = Some(problem);
            answer.suggestion = repair(text, options, known);
            return answer;
        }
    };
    let Some(domain) = parsed.domain else {
        answer.wanted_host = Some(parsed.typed_host.to_owned());
        return answer;
    };
    answer.value = join(parsed.local, &domain);
    answer.suggestion = typo::suggest(&domain).map(|meant| join(parsed.local, &meant));
    answer.domain = domain;
    answer
}

/// An address in its parts.
struct Parsed<'a> {
    local: &'a str,
    typed_host: &'a str,
    /// `None` while the ASCII form is not yet known.
    domain: Option<String>,
}

fn parse<'a>(
    text: &'a str,
    options: EmailOptions,
    known: &Known<'_>,
) -> Result<Parsed<'a>, &'static str> {
    let (local, typed_host) = text.rsplit_once('@').ok_or("email.syntax")?;
    if local.is_empty() || typed_host.is_empty() {
        return Err("email.syntax");
    }
    if local.contains('@') || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("email.syntax");
    }
    if !options.utf8_local && !local.is_ascii() {
        return Err("email.utf8");
    }
    if !local.split('.').all(is_atom) {
        return Err("email.local");
    }
    if local.len() > MAX_LOCAL || text.len() > MAX_ADDRESS {
        return Err("email.too_long");
    }
    let domain = match host::ascii(typed_host, known) {
        Ascii::Is(domain) if host::is_valid(&domain, options.dotless) => Some(domain),
        Ascii::Is(_) | Ascii::Refused => return Err("email.domain"),
        Ascii::NotYetKnown => None,
    };
    if domain.as_ref().is_some_and(|domain| local.len() + 1 + domain.len() > MAX_ADDRESS) {
        return Err("email.too_long");
    }
    Ok(Parsed { local, typed_host, domain })
}

/// Whether this is what stands between dots before the `@`: `atext` of RFC 5322, and with RFC 6531 all beyond ASCII.
fn is_atom(atom: &str) -> bool {
    let is_atext = |byte: u8| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte)
    };
    !atom.is_empty() && atom.bytes().all(is_atext)
}

fn trim(text: &str) -> &str {
    let text = text::trim(text);
    match text.split_at_checked(MAILTO.len()) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(MAILTO) => rest,
        _ => text,
    }
}

const MAILTO: &str = "mailto:";

/// The address that a slip of the hand made invalid: spaces inside, a comma for a dot, dots too many, a host without end.
fn repair(text: &str, options: EmailOptions, known: &Known<'_>) -> Option<String> {
    let mut repaired = String::with_capacity(text.len());
    // An address copied from a mail program stands in angle brackets behind the name.
    let inner = text.rsplit_once('<').map_or(text, |(_, inner)| inner.trim_end_matches('>'));
    for mut c in inner.chars() {
        if c == ',' || c == ';' {
            c = '.';
        }
        if c == '.' && repaired.ends_with(['.', '@']) || c.is_whitespace() {
            continue;
        }
        if c == '@' && repaired.ends_with('.') {
            repaired.pop();
        }
        repaired.push(c);
    }
    let repaired = repaired.trim_matches('.');
    let (local, typed_host) = repaired.rsplit_once('@')?;
    let typed_host = typed_host.to_ascii_lowercase();
    let meant = typo::suggest(&typed_host).or_else(|| typo::complete(&typed_host));
    let repaired = join(local, &meant.unwrap_or(typed_host));
    (repaired != text && parse(&repaired, options, known).is_ok()).then_some(repaired)
}

/// Mailbox hosts that ignore what follows a `+`, and whether they ignore dots as well.
/// <https://support.google.com/mail/answer/7436150>
const SAME_MAILBOX: [(&str, bool); 9] = [
    ("gmail.com", true),
    ("outlook.com", false),
    ("hotmail.com", false),
    ("live.com", false),
    ("icloud.com", false),
    ("me.com", false),
    ("proton.me", false),
    ("protonmail.com", false),
    ("fastmail.com", false),
];

fn dedup_key(local: &str, domain: &str) -> String {
    let local = local.to_ascii_lowercase();
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    match SAME_MAILBOX.iter().find(|(host, _)| *host == domain) {
        None => join(&local, domain),
        Some((_, dots)) => {
            let local = local.split('+').next().unwrap_or_default();
            let bytes: Vec<&str> = if *dots { local.split('.').collect() } else { [local].into() };
            join(&bytes.concat(), domain)
        }
    }
}

fn join(local: &str, domain: &str) -> String {
    [local, "@", domain].concat()
}

#[cfg(test)]
mod tests;
