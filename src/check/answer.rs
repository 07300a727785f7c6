//! One line of `leadkit check`: a value to judge in, the answer out.

use alloc::{string::String, vec::Vec};

use super::{
    Known, company,
    country::{self, CountryAnswer},
    date::{self, DateAnswer},
    email, iban, name, number,
    phone::{Phone, PhoneProblem},
    postcode::{self, PostcodeAnswer},
    tax, text,
    url::{self, UrlAnswer},
    vat,
};
use crate::wire::json::Json;

/// Judges one line, such as `{"id":1,"kind":"email","value":"max@gmial.com"}`.
///
/// Answers `{"id","ok","value","problem","suggestion","details"}`. While the ASCII form of a host is not yet known, `ok` is
/// `null` and `details.wanted_host` names the host. A line that cannot be judged is answered with `{"id","error":{"code","message"}}`.
pub fn answer(line: &Json, known: &Known<'_>) -> Json {
    answer_by(Line::judge_any, line, known)
}

/// Judges one line as [`answer`] does, but of no kind that the browser judges elsewhere: `email` is in the core, `phone`
/// a module of its own. What calls this links neither.
pub fn answer_format(line: &Json, known: &Known<'_>) -> Json {
    answer_by(Line::judge_format, line, known)
}

type Judge<'a> = fn(&Line<'a>, &str, &str) -> Result<Judged, LineError>;

fn answer_by<'a>(judge: Judge<'a>, line: &'a Json, known: &'a Known<'a>) -> Json {
    let id = line.member("id").cloned().unwrap_or_default();
    let line = Line { members: line, known };
    match line.read().and_then(|(kind, value)| judge(&line, kind, value)) {
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
    /// Kind and value.
    fn read(&self) -> Result<(&str, &str), LineError> {
        if self.members.as_object().is_none() {
            return Err(("line_invalid", "expected an object with \"kind\" and \"value\""));
        }
        let kind = self.text("kind").ok_or(("kind_missing", "expected a text in \"kind\""))?;
        let value = self.text("value").ok_or(("value_missing", "expected a text in \"value\""))?;
        Ok((kind, value))
    }

    fn judge_any(&self, kind: &str, value: &str) -> Result<Judged, LineError> {
        match kind {
            "email" => Ok(self.email(value)),
            "phone" => Ok(self.phone(value)),
            _ => self.judge_format(kind, value),
        }
    }

    fn judge_format(&self, kind: &str, value: &str) -> Result<Judged, LineError> {
        Ok(match kind {
            "company" => Self::company(value),
            "country" => self.named_country(value),
            "date" => self.date(value),
            "iban" => Self::iban(value),
            "money" => self.money(value),
            "name" => Self::name(value),
            "number" => self.number(value),
            "postcode" => self.postcode(value),
            "tax_id" => self.tax_id(value),
            "url" => self.url(value),
            "vat" => self.vat(value),
            _ => return Err(("kind_unknown", "expected a known \"kind\"")),
        })
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
        let flag = |known: Option<bool>| known.map_or(Json::Null, Json::Bool);
        let details = [
            ("domain", Json::str(&answer.domain)),
            ("dedup_key", Json::String(answer.dedup_key())),
            ("free", flag(answer.free(self.known))),
            ("disposable", flag(answer.disposable(self.known))),
            ("role", Json::Bool(answer.role())),
        ];
        Judged {
            value: answer.value,
            problem: answer.problem,
            suggestion: answer.suggestion,
            details: details.into(),
            ..Judged::default()
        }
    }

    fn iban(value: &str) -> Judged {
        let answer = iban::check(value);
        let details = [("printed", Json::String(answer.printed))].into();
        Judged { value: answer.value, problem: answer.problem, details, ..Judged::default() }
    }

    fn phone(&self, value: &str) -> Judged {
        let country = self.country().to_ascii_uppercase();
        let country = (!country.is_empty()).then_some(country.as_str());
        let phone = match Phone::parse(value, country) {
            Ok(phone) => phone,
            Err(problem) => {
                let value = text::trim(value).into();
                return Judged { value, problem: Some(problem.code()), ..Judged::default() };
            }
        };
        let details = [
            ("type", phone.kind().map_or(Json::Null, |kind| Json::str(kind.name()))),
            ("region", phone.region().map_or(Json::Null, Json::str)),
            ("possible", Json::Bool(phone.is_possible())),
            ("extension", phone.extension().map_or(Json::Null, Json::String)),
        ];
        let problem = phone.problem().map(PhoneProblem::code);
        Judged { value: phone.e164(), problem, details: details.into(), ..Judged::default() }
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

    fn tax_id(&self, value: &str) -> Judged {
        let answer = tax::check(value, self.country());
        let details = [
            ("scheme", answer.scheme.map_or(Json::Null, Json::str)),
            ("judged", Json::Bool(answer.is_judged)),
        ]
        .into();
        Judged { value: answer.value, problem: answer.problem, details, ..Judged::default() }
    }

    fn company(value: &str) -> Judged {
        let answer = company::check(value);
        let details = [
            ("legal_form", answer.legal_form.map_or(Json::Null, Json::str)),
            ("dedup_key", Json::String(answer.dedup_key)),
            ("signals", signals(&answer.signals)),
        ]
        .into();
        Judged { value: answer.value, details, ..Judged::default() }
    }

    fn named_country(&self, value: &str) -> Judged {
        let CountryAnswer { value, problem, suggestion, is_pending } =
            country::check(value, self.known);
        Judged { value, problem, suggestion, is_pending, ..Judged::default() }
    }

    fn date(&self, value: &str) -> Judged {
        let DateAnswer { value, problem, suggestion } = date::check(value, self.locale());
        Judged { value, problem, suggestion, ..Judged::default() }
    }

    fn money(&self, value: &str) -> Judged {
        let answer = number::check_money(value, self.locale());
        let details = [("currency", answer.currency.map_or(Json::Null, Json::String))].into();
        Judged { value: answer.value, problem: answer.problem, details, ..Judged::default() }
    }

    fn name(value: &str) -> Judged {
        let answer = name::check(value);
        let details = [("signals", signals(&answer.signals))].into();
        Judged { value: answer.value, details, ..Judged::default() }
    }

    fn number(&self, value: &str) -> Judged {
        let answer = number::check(value, self.locale());
        Judged { value: answer.value, problem: answer.problem, ..Judged::default() }
    }

    fn url(&self, value: &str) -> Judged {
        let UrlAnswer { value, problem, suggestion, wanted_host, domain } =
            url::check(value, self.known);
        let is_pending = wanted_host.is_some();
        let details = match wanted_host {
            Some(host) => [("wanted_host", Json::String(host))].into(),
            None => [("domain", Json::String(domain))].into(),
        };
        Judged { value, problem, suggestion, is_pending, details }
    }

    /// BCP 47, or nothing.
    fn locale(&self) -> &str {
        self.text("locale").unwrap_or_default()
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

fn signals(names: &[&str]) -> Json {
    Json::Array(names.iter().map(|name| Json::str(name)).collect())
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
    fn every_kind_is_judged() {
        for (kind, value, expected) in [
            ("company", "Acme  GmbH", "Acme GmbH"),
            ("country", "de", "DE"),
            ("date", "1.2.2024", "2024-02-01"),
            ("email", "a@Example.com", "a@example.com"),
            ("iban", "de89 370400440532013000", "DE89370400440532013000"),
            ("money", "5k", "5000"),
            ("name", " Max ", "Max"),
            ("number", "1,5", "1.5"),
            ("phone", "030 123456", "+4930123456"),
            ("postcode", " 80331", "80331"),
            ("tax_id", "181/815/08155", "18181508155"),
            ("url", "example.com", "https://example.com/"),
            ("vat", "136695976", "DE136695976"),
        ] {
            let line = [("kind", kind), ("value", value), ("country", "DE"), ("locale", "de")];
            let line = Json::object(line.map(|(key, value)| (key, Json::str(value))));
            let answer = answer(&line, &Known::default());
            assert_eq!(answer.member("value").and_then(Json::as_str), Some(expected), "{kind}");
            assert_eq!(answer.member("ok"), Some(&Json::Bool(true)), "{kind}");
        }
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
