//! Raw values in, normalised values and problems out.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::cmp::Ordering;

use super::{Field, Form, Kind};
use crate::{
    check::{
        Known,
        email::{self, EmailOptions},
        number::decimal,
    },
    lead::{Problem, Suggestion},
    rule::Limits,
    wire::json::Json,
};

/// The most values of one lead that are read.
pub const MAX_VALUES: usize = 500;

/// What a form made of raw values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accepted {
    /// The normalised values of the shown fields, in the order of the form. Empty ones are left out.
    pub values: Json,
    /// What the visitor has to correct, in the order of the form.
    pub problems: Vec<Problem>,
    /// What the visitor may have meant.
    pub suggestions: Vec<Suggestion>,
    /// The names of the fields that are shown under these values.
    pub shown: Vec<String>,
    /// The values that belong to no field of the form, as they came.
    pub unknown: Vec<(String, Json)>,
    /// What the values say about the lead by kind of field, such as `email.free`.
    pub facts: Json,
    /// The hosts whose ASCII form the platform has to tell (`Known::hosts`) before the answer is final.
    pub wanted: Vec<String>,
    /// The lines that modules of their own have to answer (`Known::answers`) before the answer is final.
    pub questions: Vec<Json>,
}

impl Form {
    /// Checks and normalises `raw`, an object from names to values.
    ///
    /// A value is a string, as forms send it, or of the kind of its field: `true`, a number, a list of options. A field that
    /// is not shown is neither checked nor kept. Another kind of `raw` counts as an empty form.
    pub fn accept(&self, raw: &Json, known: &Known<'_>) -> Accepted {
        let mut accepted = Accepted {
            values: Json::Object(Vec::new()),
            facts: Json::Object(Vec::new()),
            ..Accepted::default()
        };
        let limits = Limits::default();
        for field in self.fields() {
            // A condition that cannot be decided shows the field: better one question too many than a lead that cannot
            // be given.
            let shown = field.show_if().is_none_or(|rule| {
                let data = Json::object([("values", accepted.values.clone())]);
                rule.holds(&data, &limits).unwrap_or(true)
            });
            if shown {
                accepted.shown.push(field.name().to_owned());
                accepted.take(field, raw.member(field.name()).unwrap_or(&Json::Null), known);
            }
        }
        for (name, value) in raw.as_object().unwrap_or_default().iter().take(MAX_VALUES) {
            if self.field(name).is_none() {
                accepted.unknown.push((name.clone(), value.clone()));
            }
        }
        accepted
    }
}

impl Accepted {
    /// What a page sees: `{"values","problems","suggestions","shown","wanted","questions"}`.
    pub fn to_json(&self) -> Json {
        let texts =
            |texts: &[String]| Json::Array(texts.iter().map(|text| Json::str(text)).collect());
        Json::object([
            ("values", self.values.clone()),
            ("problems", Json::Array(self.problems.iter().map(Problem::to_json).collect())),
            (
                "suggestions",
                Json::Array(self.suggestions.iter().map(Suggestion::to_json).collect()),
            ),
            ("shown", texts(&self.shown)),
            ("wanted", texts(&self.wanted)),
            ("questions", Json::Array(self.questions.clone())),
        ])
    }

    fn take(&mut self, field: &Field, raw: &Json, known: &Known<'_>) {
        let taken = match field.kind() {
            Kind::Name => text(field, raw, one_line),
            Kind::Text { multiline: false } => text(field, raw, one_line),
            Kind::Text { multiline: true } => text(field, raw, many_lines),
            Kind::Email => self.email(field, raw, known),
            Kind::Choice { options, multiple } => {
                let known = |value: &str| options.iter().any(|option| option.value == value);
                choice(raw, *multiple, known)
            }
            Kind::Number { min, max } => number(raw, min.as_deref(), max.as_deref()),
            Kind::Format { format, country } => self.format(field, format, country, raw, known),
            Kind::Checkbox => tick(raw).map(|ticked| Some(Json::Bool(ticked))),
            Kind::Consent { .. } => match tick(raw) {
                Ok(false) if field.required() => Err("consent.required"),
                ticked => ticked.map(|ticked| Some(Json::Bool(ticked))),
            },
        };
        match taken {
            Ok(Some(value)) => {
                if field.required() && value == Json::Bool(false) {
                    self.problems.push(Problem::new(field.name(), "required"));
                }
                self.values.set(field.name(), value);
            }
            Ok(None) if field.required() => {
                self.problems.push(Problem::new(field.name(), "required"));
            }
            Ok(None) => {}
            Err(code) => self.problems.push(Problem::new(field.name(), code)),
        }
    }

    fn email(&mut self, field: &Field, raw: &Json, known: &Known<'_>) -> Taken {
        let Some(text) = typed(raw)? else { return Ok(None) };
        let text = one_line(text);
        if text.is_empty() {
            return Ok(None);
        }
        let mut answer = email::check(&text, EmailOptions::default(), known);
        if let Some(value) = answer.suggestion.take() {
            self.suggestions.push(Suggestion { field: field.name().to_owned(), value });
        }
        if let Some(code) = answer.problem {
            return Err(code);
        }
        if let Some(facts) = known.email
            && self.facts.member("email").is_none()
        {
            self.facts.set("email", facts(&answer, known));
        }
        self.wanted.extend(answer.wanted_host);
        Ok(Some(Json::String(answer.value)))
    }
}

/// A normalised value, nothing, or the code of a problem.
pub(super) type Taken = Result<Option<Json>, &'static str>;

/// The text of a value that people type.
pub(super) fn typed(raw: &Json) -> Result<Option<&str>, &'static str> {
    match raw {
        Json::Null => Ok(None),
        Json::String(text) | Json::Number(text) => Ok(Some(text)),
        Json::Bool(_) | Json::Array(_) | Json::Object(_) => Err("value.type"),
    }
}

fn text(field: &Field, raw: &Json, normalise: fn(&str) -> String) -> Taken {
    let Some(text) = typed(raw)? else { return Ok(None) };
    let text = normalise(text);
    if text.is_empty() {
        return Ok(None);
    }
    let length = text.chars().count();
    if length > field.max_length() {
        return Err("too_long");
    }
    if length < field.min_length() {
        return Err("too_short");
    }
    Ok(Some(Json::String(text)))
}

/// Text on one line: every run of white space and control characters becomes one space, none at the ends.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|char: char| char.is_whitespace() || char.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Text on several lines: line breaks become `\n`, other control characters but the tab go, none at the ends.
fn many_lines(text: &str) -> String {
    let mut kept = String::new();
    let mut returned = false;
    for char in text.chars() {
        match char {
            '\r' => kept.push('\n'),
            '\n' if returned => {}
            '\n' | '\t' => kept.push(char),
            _ if char.is_control() => {}
            _ => kept.push(char),
        }
        returned = char == '\r';
    }
    kept.trim().to_owned()
}

fn choice(raw: &Json, multiple: bool, known: impl Fn(&str) -> bool) -> Taken {
    let items = match raw {
        Json::Array(items) => items.as_slice(),
        single => core::slice::from_ref(single),
    };
    let mut chosen: Vec<Json> = Vec::new();
    for item in items {
        match typed(item)? {
            None | Some("") => {}
            Some(value) if !known(value) => return Err("choice.unknown"),
            Some(value) => {
                let value = Json::str(value);
                if !chosen.contains(&value) {
                    chosen.push(value);
                }
            }
        }
    }
    if chosen.is_empty() {
        return Ok(None);
    }
    if multiple {
        return Ok(Some(Json::Array(chosen)));
    }
    if chosen.len() > 1 {
        return Err("choice.single");
    }
    Ok(chosen.pop())
}

fn number(raw: &Json, min: Option<&str>, max: Option<&str>) -> Taken {
    let Some(text) = typed(raw)? else { return Ok(None) };
    if text.trim().is_empty() {
        return Ok(None);
    }
    let number = decimal::canonical(text).ok_or("number.syntax")?;
    if min.is_some_and(|min| decimal::compare(&number, min) == Ordering::Less) {
        return Err("number.min");
    }
    if max.is_some_and(|max| decimal::compare(&number, max) == Ordering::Greater) {
        return Err("number.max");
    }
    Ok(Some(Json::Number(number)))
}

/// Whether a box is ticked. Browsers send `on` or the value of the box, and nothing for an empty one.
fn tick(raw: &Json) -> Result<bool, &'static str> {
    match raw {
        Json::Null => Ok(false),
        Json::Bool(ticked) => Ok(*ticked),
        Json::String(text) => match text.as_str() {
            "" | "false" | "0" | "off" | "no" => Ok(false),
            "true" | "1" | "on" | "yes" => Ok(true),
            _ => Err("value.type"),
        },
        Json::Number(text) => match text.as_str() {
            "0" => Ok(false),
            "1" => Ok(true),
            _ => Err("value.type"),
        },
        Json::Array(_) | Json::Object(_) => Err("value.type"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        random::Random,
        wire::json::{self, Faults, Node},
    };
    use alloc::{format, string::ToString};

    const FORM: &str = r#"{"fields":[
        {"name":"full_name","type":"name","required":true,"max_length":20},
        {"name":"email","type":"email","required":true},
        {"name":"line","type":"choice","options":["women","men","other"]},
        {"name":"sizes","type":"choice","options":["s","m","l"],"multiple":true},
        {"name":"budget","type":"number","min":0,"max":1000.5},
        {"name":"other","type":"text","required":true,"multiline":true,"min_length":3,
            "show_if":{"==":[{"var":"values.line"},"other"]}},
        {"name":"catalogue","type":"checkbox"},
        {"name":"privacy","type":"consent","purpose":"contact","text":"Yes","required":true}
    ]}"#;

    fn accept(values: &str) -> Accepted {
        let form = json::parse(FORM).unwrap();
        let mut faults = Faults::new();
        let form = Form::parse("contact", &Node::root(&form), &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        form.accept(&json::parse(values).unwrap(), &Known::default())
    }

    #[track_caller]
    fn check(values: &str, expected: &str, problems: &str) {
        let accepted = accept(values);
        assert_eq!(accepted.values.to_text(), expected);
        let found: Vec<_> =
            accepted.problems.iter().map(|problem| problem.to_json().to_text()).collect();
        assert_eq!(found.join(","), problems);
    }

    #[test]
    fn a_good_lead_is_normalised() {
        check(
            r#"{"full_name":"  Ada\t Lovelace\u0000 ","email":" Ada@Example.com ","line":"women",
                "sizes":["m","s","m"],"budget":"0099,50","catalogue":"on","privacy":"on"}"#,
            r#"{"full_name":"Ada Lovelace","email":"Ada@example.com","line":"women","sizes":["m","s"],"budget":99.5,"catalogue":true,"privacy":true}"#,
            "",
        );
    }

    #[test]
    fn problems_come_in_the_order_of_the_form() {
        check(
            r#"{"full_name":"","email":"ada@","line":"children","sizes":["xl"],"budget":"much","privacy":"off"}"#,
            "{\"catalogue\":false}",
            concat!(
                r#"{"field":"full_name","code":"required"},{"field":"email","code":"email.syntax"},"#,
                r#"{"field":"line","code":"choice.unknown"},{"field":"sizes","code":"choice.unknown"},"#,
                r#"{"field":"budget","code":"number.syntax"},{"field":"privacy","code":"consent.required"}"#
            ),
        );
    }

    #[test]
    fn limits_have_codes_of_their_own() {
        let base = r#""email":"a@b.example","privacy":true"#;
        for (values, code) in [
            (r#""full_name":"abcdefghijklmnopqrstu""#, "too_long"),
            (r#""full_name":"A","budget":-1"#, "number.min"),
            (r#""full_name":"A","budget":"1000,51""#, "number.max"),
            (r#""full_name":"A","line":"other","other":"ab""#, "too_short"),
            (r#""full_name":"A","line":["men","women"]"#, "choice.single"),
            (r#""full_name":{"a":1}"#, "value.type"),
            (r#""full_name":"A","catalogue":"perhaps""#, "value.type"),
        ] {
            let accepted = accept(&alloc::format!("{{{base},{values}}}"));
            let codes: Vec<_> = accepted.problems.iter().map(|problem| problem.code).collect();
            assert_eq!(codes, [code], "{values}");
        }
    }

    #[test]
    fn a_hidden_field_neither_blocks_nor_is_kept() {
        let accepted = accept(
            r#"{"full_name":"A","email":"a@b.example","line":"men","other":"secret","privacy":true}"#,
        );
        assert!(accepted.problems.is_empty());
        assert_eq!(accepted.values.member("other"), None);
        assert!(!accepted.shown.contains(&"other".to_string()));
        let accepted =
            accept(r#"{"full_name":"A","email":"a@b.example","line":"other","privacy":true}"#);
        assert_eq!(accepted.problems, [Problem::new("other", "required")]);
    }

    #[test]
    fn unknown_values_are_kept_apart() {
        let accepted =
            accept(r#"{"utm":"x","full_name":"A","email":"a@b.example","privacy":true}"#);
        assert_eq!(accepted.unknown, [("utm".to_string(), Json::str("x"))]);
        assert_eq!(accepted.values.member("utm"), None);
    }

    #[test]
    fn lines_are_kept_where_the_form_says_so() {
        let accepted =
            accept(r#"{"line":"other","other":" one\r\ntwo\u0007\rthree\n","full_name":"A\nB"}"#);
        assert_eq!(accepted.values.member("other"), Some(&Json::str("one\ntwo\nthree")));
        assert_eq!(accepted.values.member("full_name"), Some(&Json::str("A B")));
    }

    #[test]
    fn anything_but_an_object_is_an_empty_form() {
        for raw in ["null", "[]", "1", "\"x\""] {
            assert_eq!(accept(raw).problems.len(), 3);
        }
    }

    /// A form of choices, each perhaps required and perhaps shown only under a condition on earlier ones.
    fn conditional(random: &mut Random) -> Form {
        let condition = |random: &mut Random, count: u64| {
            let one = |random: &mut Random| {
                let op = ["==", "!="][usize::from(random.below(2) == 1)];
                let value = ["a", "b", ""][usize::try_from(random.below(3)).unwrap_or(0)];
                format!(r#"{{"{op}":[{{"var":"values.f{}"}},"{value}"]}}"#, random.below(count))
            };
            match random.below(4) {
                0 => format!(r#"{{"and":[{},{}]}}"#, one(random), one(random)),
                1 => format!(r#"{{"or":[{},{{"!":[{}]}}]}}"#, one(random), one(random)),
                _ => one(random),
            }
        };
        let fields = (0..=random.below(9)).map(|index| {
            let required = random.below(2) == 1;
            let shown = match index {
                0 => String::new(),
                _ if random.below(3) == 0 => String::new(),
                _ => format!(r#","show_if":{}"#, condition(random, index)),
            };
            format!(
                r#"{{"name":"f{index}","type":"choice","options":["a","b"],"required":{required}{shown}}}"#
            )
        });
        let text = format!(r#"{{"fields":[{}]}}"#, fields.collect::<Vec<_>>().join(","));
        let mut faults = Faults::new();
        let form = Form::parse("f", &Node::root(&json::parse(&text).unwrap()), &mut faults);
        assert!(faults.is_empty(), "{faults:?}");
        form
    }

    #[test]
    fn a_hidden_field_never_blocks_and_a_form_can_always_be_finished() {
        for seed in 0..3000 {
            let mut random = Random::new(seed);
            let form = conditional(&mut random);
            let mut raw = Json::Object(Vec::new());
            for field in form.fields() {
                let values = ["", "a", "b", "nonsense"];
                raw.set(field.name(), Json::str(values[usize::try_from(random.below(4)).unwrap()]));
            }
            // Each round answers what is asked, which may show what stands below; so as many rounds as fields are enough.
            for round in 0..=form.fields().len() {
                let accepted = form.accept(&raw, &Known::default());
                let is_shown = |name: &str| accepted.shown.iter().any(|shown| shown == name);
                assert!(accepted.problems.iter().all(|one| is_shown(&one.field)), "seed {seed}");
                let mut other = raw.clone();
                for field in form.fields().iter().filter(|field| !is_shown(field.name())) {
                    assert_eq!(accepted.values.member(field.name()), None, "seed {seed}");
                    other.set(field.name(), Json::str("anything at all"));
                }
                assert_eq!(form.accept(&other, &Known::default()), accepted, "seed {seed}");
                if accepted.problems.is_empty() {
                    break;
                }
                assert!(round < form.fields().len(), "seed {seed}: it cannot be finished");
                for problem in &accepted.problems {
                    raw.set(
                        &problem.field,
                        Json::str(["a", "b"][usize::from(random.below(2) == 1)]),
                    );
                }
            }
        }
    }
}
