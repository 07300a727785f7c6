//! One line of `leadkit check`: a value to judge in, the answer out.

use alloc::{string::String, vec::Vec};

use super::{Known, email, iban, postcode, vat};
use crate::wire::json::Json;
use postcode::PostcodeAnswer;

/// Judges one line, such as `{"id":1,"kind":"email","value":"max@gmial.com"}`.
///
/// Answers `{"id","ok","value","problem","suggestion","details"}`. While the ASCII form of a host is not yet known, `ok` is
/// `null` and `details.wanted_host` names the host. A line that cannot be judged is answered with `{"id","error":{"code","message"}}`.
pub fn answer(line: &Json, known: &Known<'_>) -> Json {
    let id = line.member("id").cloned().unwrap_or_default();
    let line = Line { members: line, known };
    match line.judge() {
        Ok(judged) => judged.into_json(id),
        Err((code, message)) => {
            let error = Json::object([("code", Json::str(code)), ("message", Json::str(message))]);
            Json::object([("id", id), ("error", error)])
        }
    }
}

type LineError = (&'static str, &'static str);

struct Line<'a> {
    members: &'a Json,
    known: &'a Known<'a>,
}

/// What every check answers, and its own details.
#[derive(Default)]
struct Judged {
    value: String,
    problem: Option<&'static str>,
    suggestion: Option<String>,
    is_pending: bool,
    details: Vec<(&'static str, Json)>,
}

impl Judged {
    /// What waits for the ASCII form of a host.
    fn pending(value: &str, host: String) -> Self {
        let details = [("wanted_host", Json::String(host))].into();
        Self { value: value.into(), is_pending: true, details, ..Self::default() }
    }

    fn into_json(self, id: Json) -> Json {
        let ok = match (self.is_pending, self.problem) {
            (true, _) => Json::Null,
            (false, problem) => Json::Bool(problem.is_none()),
        };
        Json::object([
            ("id", id),
            ("ok", ok),
            ("value", Json::String(self.value)),
            ("problem", self.problem.map_or(Json::Null, Json::str)),
            ("suggestion", self.suggestion.map_or(Json::Null, Json::String)),
            ("details", Json::object(self.details)),
        ])
    }
}

impl Line<'_> {
    fn judge(&self) -> Result<Judged, LineError> {
        if self.members.as_object().is_none() {
            return Err(("line_invalid", "expected an object with \"kind\" and \"value\""));
        }
        let kind = self.text("kind").ok_or(("kind_missing", "expected a text in \"kind\""))?;
        let value = self.text("value").ok_or(("value_missing", "expected a text in \"value\""))?;
        match kind {
            "email" => Ok(self.email(value)),
            "iban" => Ok(Self::iban(value)),
            "postcode" => Ok(self.postcode(value)),
            "vat" => Ok(self.vat(value)),
            _ => Err(("kind_unknown", "expected a known \"kind\"")),
        }
    }

    fn email(&self, value: &str) -> Judged {
        let options = email::EmailOptions {
            utf8_local: self.flag("utf8_local"),
            dotless: self.flag("dotless"),
        };
        let answer = email::check(value, options, self.known);
        if let Some(host) = answer.wanted_host {
            return Judged::pending(value, host);
        }
        Judged {
            value: answer.value,
            problem: answer.problem,
            suggestion: answer.suggestion,
            details: [
                ("domain", Json::String(answer.domain)),
                ("dedup_key", Json::String(answer.dedup_key)),
                ("free", answer.free.map_or(Json::Null, Json::Bool)),
                ("disposable", answer.disposable.map_or(Json::Null, Json::Bool)),
                ("role", Json::Bool(answer.role)),
            ]
            .into(),
            ..Judged::default()
        }
    }

    fn iban(value: &str) -> Judged {
        let answer = iban::check(value);
        let details = [("printed", Json::String(answer.printed))].into();
        Judged { value: answer.value, problem: answer.problem, details, ..Judged::default() }
    }

    fn postcode(&self, value: &str) -> Judged {
        let answer = postcode::check(value, self.country());
        let details = [("judged", Json::Bool(answer.is_judged))].into();
        let PostcodeAnswer { value, problem, suggestion, .. } = answer;
        Judged { value, problem, suggestion, details, ..Judged::default() }
    }

    fn vat(&self, value: &str) -> Judged {
        let answer = vat::check(value, self.country());
        let details = [("country", answer.country.map_or(Json::Null, Json::str))].into();
        Judged { value: answer.value, problem: answer.problem, details, ..Judged::default() }
    }

    /// ISO 3166-1 alpha-2, or nothing.
    fn country(&self) -> &str {
        self.text("country").unwrap_or_default()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.members.member(key).and_then(Json::as_str)
    }

    fn flag(&self, key: &str) -> bool {
        self.members.member(key).and_then(Json::as_bool).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let line = json::parse(line).unwrap();
        assert_eq!(answer(&line, &Known::default()).to_text(), expected);
    }

    #[test]
    fn a_line_is_answered_with_its_id() {
        check(
            r#"{"id":1,"kind":"email","value":" max@GMIAL.com"}"#,
            r#"{"id":1,"ok":true,"value":"max@gmial.com","problem":null,"suggestion":"max@gmail.com","details":{"domain":"gmial.com","dedup_key":"max@gmial.com","free":null,"disposable":null,"role":false}}"#,
        );
    }

    #[test]
    fn what_is_not_yet_known_is_neither_right_nor_wrong() {
        check(
            r#"{"id":1,"kind":"email","value":"max@müller.de"}"#,
            r#"{"id":1,"ok":null,"value":"max@müller.de","problem":null,"suggestion":null,"details":{"wanted_host":"müller.de"}}"#,
        );
    }

    #[test]
    fn a_line_that_cannot_be_judged_is_answered_with_an_error() {
        check(
            r"[1]",
            r#"{"id":null,"error":{"code":"line_invalid","message":"expected an object with \"kind\" and \"value\""}}"#,
        );
        check(
            r#"{"id":"a","value":"x"}"#,
            r#"{"id":"a","error":{"code":"kind_missing","message":"expected a text in \"kind\""}}"#,
        );
        check(
            r#"{"kind":"email"}"#,
            r#"{"id":null,"error":{"code":"value_missing","message":"expected a text in \"value\""}}"#,
        );
        check(
            r#"{"id":2,"kind":"shoe","value":"x"}"#,
            r#"{"id":2,"error":{"code":"kind_unknown","message":"expected a known \"kind\""}}"#,
        );
    }
}
