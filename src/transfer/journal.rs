//! The delivery log: what was sent, what came back, and how it is shown.
//!
//! Of a request the method, the host and the body are kept; its path and its headers may hold secrets. What is shown is
//! masked unless a person asks for all of it: only words that machines say are left.

use alloc::{string::String, vec::Vec};

use super::destinations::Answer;
use crate::wire::{
    json::{self, Json},
    step::Request,
};

/// The most bytes of a body that are kept.
const MOST: usize = 4096;

/// What was sent in one attempt and what came back, in the order of the requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    sent: Vec<Json>,
    came: Vec<Json>,
}

impl Journal {
    /// Reads what [`Journal::to_json`] wrote.
    pub fn read(json: &Json) -> Self {
        let list = |key| json.member(key).and_then(Json::as_array).unwrap_or_default().to_vec();
        Self { sent: list("sent"), came: list("came") }
    }

    /// The journal in the state of a step.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("sent", Json::array(self.sent.iter().cloned())),
            ("came", Json::array(self.came.iter().cloned())),
        ])
    }

    /// Adds a request. Of a `quiet` one, which holds a secret, the body is left out.
    pub fn ask(&mut self, request: &Request, quiet: bool) {
        let rest = request.url.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        self.sent.push(Json::object([
            ("method", Json::str(request.method)),
            ("host", Json::str(host)),
            ("body", if quiet { Json::Null } else { Json::str(beginning(&request.body)) }),
        ]));
    }

    /// Adds the part that a lead has in a request of several.
    pub fn ask_part(&mut self, request: &Request, part: &str, of: usize) {
        self.ask(&Request { body: part.into(), ..request.clone() }, false);
        if let Some(entry) = self.sent.last_mut() {
            entry.set("of", Json::uint(of as u64));
        }
    }

    /// Adds what was said of this lead in an answer about several.
    pub fn answer_part(&mut self, status: u16, said: &Json) {
        let text = if *said == Json::Null { String::new() } else { said.to_text() };
        self.answer(&Answer { status, body: &text }, text.is_empty());
    }

    /// Adds an answer. Of the answer to a quiet request only the status is kept.
    pub fn answer(&mut self, answer: &Answer<'_>, quiet: bool) {
        self.came.push(Json::object([
            ("status", Json::uint(answer.status.into())),
            ("body", if quiet { Json::Null } else { Json::str(beginning(answer.body)) }),
        ]));
    }

    /// How many requests were made.
    pub fn requests(&self) -> usize {
        self.sent.len()
    }

    /// The column `sent`.
    pub fn sent(&self) -> Json {
        Json::String(Json::array(self.sent.iter().cloned()).to_text())
    }

    /// The column `came`.
    pub fn came(&self) -> Json {
        Json::String(Json::array(self.came.iter().cloned()).to_text())
    }
}

fn beginning(text: &str) -> &str {
    let end = (0..=MOST.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// A column of the log as it is shown: a list of requests or of answers, whose bodies are JSON where they can be read.
pub fn shown(column: &Json, all: bool) -> Json {
    let list = column.as_str().and_then(|text| json::parse(text).ok()).unwrap_or_default();
    let entry = |entry: &Json| {
        let mut entry = entry.clone();
        let text = entry.member("body").and_then(Json::as_str).unwrap_or_default();
        let body = json::parse(text).unwrap_or_else(|_| Json::str(text));
        let body = if text.is_empty() { Json::Null } else { body };
        entry.set("body", if all { body } else { masked(&body, "") });
        entry
    };
    match list {
        Json::Array(items) => Json::array(items.iter().map(entry)),
        _ => Json::Null,
    }
}

/// Members whose words are those of a machine, if they look like it.
const CODES: &[&str] =
    &["", "code", "status", "category", "error", "errorcode", "statuscode", "type", "state", "s"];

/// Every text and number with its first character alone, but for codes.
fn masked(json: &Json, key: &str) -> Json {
    match json {
        Json::Object(members) => Json::object(
            members
                .iter()
                .map(|(key, value)| (key.as_str(), masked(value, &key.to_ascii_lowercase()))),
        ),
        Json::Array(items) => Json::array(items.iter().map(|item| masked(item, "[]"))),
        Json::String(text) if CODES.contains(&key) && is_code(text) => json.clone(),
        Json::String(text) => {
            let mut out: String = text.chars().take(1).collect();
            if text.chars().nth(1).is_some() {
                out.push('…');
            }
            Json::String(out)
        }
        Json::Number(_) => Json::str("#"),
        Json::Null | Json::Bool(_) => json.clone(),
    }
}

fn is_code(text: &str) -> bool {
    let fits =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_lowercase() || b"_.-".contains(&byte);
    !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;

    fn journal(body: &str, quiet: bool) -> Journal {
        let request = Request {
            method: "POST",
            url: "https://hooks.example.com/services/SECRET?sig=SECRET".into(),
            headers: [("authorization", "Bearer SECRET".into())].into(),
            extra: Vec::new(),
            body: body.into(),
            timeout: Millis(1),
            most: 1,
            private: false,
        };
        let mut journal = Journal::default();
        journal.ask(&request, quiet);
        journal.answer(
            &Answer {
                status: 400,
                body: r#"{"code":"invalid_email","message":"ada@b.example is bad"}"#,
            },
            quiet,
        );
        journal
    }

    #[test]
    fn neither_address_nor_headers_are_kept() {
        let journal =
            journal(r#"{"email":"ada@b.example","n":7,"type":"lead.created","ok":true}"#, false);
        assert!(!journal.to_json().to_text().contains("SECRET"));
        assert_eq!(Journal::read(&journal.to_json()), journal);
        assert_eq!(
            shown(&journal.sent(), true).to_text(),
            r#"[{"method":"POST","host":"hooks.example.com","body":{"email":"ada@b.example","n":7,"type":"lead.created","ok":true}}]"#
        );
    }

    #[test]
    fn what_is_personal_is_masked_and_what_machines_say_is_not() {
        let journal =
            journal(r#"{"email":"ada@b.example","n":7,"type":"lead.created","ok":true}"#, false);
        assert_eq!(
            shown(&journal.sent(), false).to_text(),
            r##"[{"method":"POST","host":"hooks.example.com","body":{"email":"a…","n":"#","type":"lead.created","ok":true}}]"##
        );
        assert_eq!(
            shown(&journal.came(), false).to_text(),
            r#"[{"status":400,"body":{"code":"invalid_email","message":"a…"}}]"#
        );
    }

    #[test]
    fn of_a_login_nothing_is_kept_but_its_status() {
        let journal = journal("client_secret=SECRET", true);
        assert_eq!(shown(&journal.came(), true).to_text(), r#"[{"status":400,"body":null}]"#);
        assert_eq!(
            shown(&journal.sent(), true).to_text(),
            r#"[{"method":"POST","host":"hooks.example.com","body":null}]"#
        );
    }

    #[test]
    fn a_long_body_is_cut_between_characters() {
        assert_eq!(beginning(&"ä".repeat(MOST)).len(), MOST);
        assert_eq!(beginning(&["a", &"ä".repeat(MOST)].concat()).len(), MOST - 1);
    }
}
