//! Fields whose check is a module of its own in the browser: the question goes out, the answer comes in as a fact.

use alloc::{borrow::ToOwned, string::String};

use super::{
    Country, Field,
    accept::{Accepted, Taken, one_line, typed},
};
use crate::{
    check::{CODES, Known},
    lead::Suggestion,
    wire::json::Json,
};

impl Accepted {
    pub(super) fn format(
        &mut self,
        field: &Field,
        format: &'static str,
        country: &Country,
        raw: &Json,
        known: &Known<'_>,
    ) -> Taken {
        let Some(text) = typed(raw)? else { return Ok(None) };
        let text = one_line(text);
        if text.is_empty() {
            return Ok(None);
        }
        let line = self.question(format, &text, country, known);
        let asked = known.answers.get(&line.to_text()).cloned();
        let Some(answer) = asked.or_else(|| known.answer.map(|answer| answer(&line, known))) else {
            self.questions.push(line);
            return Ok(Some(Json::String(text)));
        };
        self.hear(field, format, text, &answer)
    }

    fn question(&self, format: &str, text: &str, country: &Country, known: &Known<'_>) -> Json {
        let mut line = Json::object([("kind", Json::str(format)), ("value", Json::str(text))]);
        let country = match country {
            Country::Unknown => None,
            Country::Code(code) => Some(code.as_str()),
            Country::Field(name) => self.values.member(name).and_then(Json::as_str),
        };
        if let Some(country) = country.filter(|code| code.len() == 2) {
            line.set("country", Json::str(country));
        }
        if !known.locale.is_empty() && matches!(format, "date" | "money") {
            line.set("locale", Json::str(&known.locale));
        }
        line
    }

    fn hear(&mut self, field: &Field, format: &str, text: String, answer: &Json) -> Taken {
        if let Some(value) = answer.member("suggestion").and_then(Json::as_str) {
            let suggestion = Suggestion { field: field.name().to_owned(), value: value.to_owned() };
            self.suggestions.push(suggestion);
        }
        let details = answer.member("details");
        match answer.member("ok").and_then(Json::as_bool) {
            Some(false) => {
                let code = answer.member("problem").and_then(Json::as_str);
                let known = CODES.iter().find(|known| Some(**known) == code);
                Err(known.copied().unwrap_or("value.type"))
            }
            Some(true) => {
                if let Some(details) = details.filter(|_| self.facts.member(format).is_none()) {
                    self.facts.set(format, details.clone());
                }
                let value = answer.member("value").and_then(Json::as_str).unwrap_or(&text);
                if format == "money" {
                    return Ok(Some(Json::Number(value.to_owned())));
                }
                Ok(Some(Json::str(value)))
            }
            None => {
                let wanted = details.and_then(|details| details.member("wanted_host"));
                self.wanted.extend(wanted.and_then(Json::as_str).map(ToOwned::to_owned));
                Ok(Some(Json::String(text)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{self, Packs},
        form::Form,
        wire::json::{self, Faults, Node},
    };
    use alloc::vec::Vec;

    const FORM: &str = r#"{"fields":[
        {"name":"country","type":"country"},
        {"name":"phone","type":"phone","country":{"field":"country"}},
        {"name":"site","type":"url"},
        {"name":"vat","type":"vat","country":"DE"},
        {"name":"from","type":"date"},
        {"name":"budget","type":"money"},
        {"name":"zip","type":"postcode","country":{"field":"country"}}
    ]}"#;

    fn form() -> Form {
        let json = json::parse(FORM).unwrap();
        let mut faults = Faults::new();
        let form = Form::parse("contact", &Node::root(&json), &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        form
    }

    const RAW: &str = r#"{"country":"Deutschland","phone":"030 123456","site":"Example.com",
        "vat":"136695976","from":"1.2.2026","budget":"1.234,50","zip":"10115"}"#;

    #[test]
    fn where_all_checks_are_linked_values_are_normalised_at_once() {
        let packs = Packs::embedded();
        let facts = json::parse("{\"locale\":\"de\"}").unwrap();
        let known = Known::from_json(&facts).with_packs(&packs);
        let accepted = form().accept(&json::parse(RAW).unwrap(), &known);
        assert_eq!(accepted.problems, []);
        let expected = concat!(
            r#"{"country":"DE","phone":"+4930123456","site":"https://example.com/","vat":"DE136695976","#,
            r#""from":"2026-02-01","budget":1234.5,"zip":"10115"}"#
        );
        assert_eq!(accepted.values.to_text(), expected);
        let phone = accepted.facts.member("phone").and_then(|phone| phone.member("type"));
        assert_eq!(phone, Some(&Json::str("fixed_line")));
    }

    #[test]
    fn a_missing_module_is_not_yet_known_and_its_answer_is_heard_later() {
        let raw = json::parse(RAW).unwrap();
        let mut known = Known { locale: "de".into(), ..Known::default() };
        let packs = Packs::embedded();
        let all = Known::default().with_packs(&packs);
        let first = form().accept(&raw, &known);
        assert_eq!((first.problems.len(), first.questions.len()), (0, 7));
        assert_eq!(first.values.member("phone"), Some(&Json::str("030 123456")));
        // The country comes first: only then is it known under which rules the number is read.
        for _ in 0..2 {
            for question in form().accept(&raw, &known).questions {
                known.answers.insert(question.to_text(), check::answer(&question, &all));
            }
        }
        let last = form().accept(&raw, &known);
        assert_eq!(last.questions, []);
        assert_eq!(last.values.member("phone"), Some(&Json::str("+4930123456")));
    }

    #[test]
    fn a_problem_of_a_module_is_one_of_the_field() {
        let packs = Packs::embedded();
        let known = Known::default().with_packs(&packs);
        let raw = json::parse(r#"{"phone":"12","vat":"DE1"}"#).unwrap();
        let accepted = form().accept(&raw, &known);
        let said: Vec<_> =
            accepted.problems.iter().map(|problem| (&*problem.field, problem.code)).collect();
        assert_eq!(said, [("phone", "phone.country"), ("vat", "vat.syntax")]);
    }
}
