//! A stored lead as conditions, mappings and templates see it.
//!
//! `values` are the fields of the form by their names; `contact` is the same person by names that every form shares, found
//! by the kinds of the fields and by their names; `consent` is an object from purposes to yes or no, with what was withdrawn
//! since; `stage` is how far sales have come, and `stages` how it came there.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    form::{Form, Kind},
    lead::{FormRef, Stage, property, split_name},
    rule::{Limits, Rule},
    wire::json::Json,
};

/// The lead for mappings: the members of the lead, with `contact` and `consent` as the module says.
pub fn view(lead: &Json, forms: &[Form]) -> Json {
    let mut out = lead.clone();
    let form = FormRef::parse(text(lead, "form"));
    let known = forms.iter().find(|known| known.name() == form.name);
    out.set("contact", contact(lead.member("values").unwrap_or(&Json::Null), known));
    let mut consent = purposes(lead.member("consent").unwrap_or(&Json::Null));
    for withdrawal in lead.member("withdrawn").and_then(Json::as_array).unwrap_or_default() {
        consent.set(text(withdrawal, "purpose"), Json::Bool(false));
    }
    out.set("consent", consent);
    let last = lead.member("stages").and_then(Json::as_array).and_then(<[Json]>::last);
    let stage = last.map_or(Stage::default().code(), |last| text(last, "stage"));
    out.set("stage", Json::str(stage));
    out.set("form", Json::String(form.name));
    out.set("form_version", form.version.map_or(Json::Null, Json::String));
    out
}

/// What the visitor agreed to, as an object from purposes to yes or no.
fn purposes(consent: &Json) -> Json {
    let mut out = Json::Object(Vec::new());
    for record in consent.as_array().unwrap_or_default() {
        let given = record.member("given").and_then(Json::as_bool).unwrap_or(false);
        out.set(text(record, "purpose"), Json::Bool(given));
    }
    out
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.member(key).and_then(Json::as_str).unwrap_or_default()
}

fn contact(values: &Json, form: Option<&Form>) -> Json {
    let mut out = Json::Object(Vec::new());
    for (name, value) in values.as_object().unwrap_or_default() {
        let kind = form.and_then(|form| form.field(name)).map(crate::form::Field::kind);
        let named = property(name);
        let property = match kind {
            Some(Kind::Name) => named.filter(|name| name.ends_with("name")).or(Some("name")),
            Some(Kind::Email) => Some("email"),
            Some(Kind::Format { format, .. }) => named.or(match *format {
                "phone" => Some("phone"),
                "company" => Some("company"),
                "url" => Some("website"),
                "postcode" => Some("postcode"),
                "country" => Some("country"),
                _ => None,
            }),
            Some(Kind::Text { multiline: true }) => named.or(Some("message")),
            Some(
                Kind::Text { multiline: false }
                | Kind::Choice { .. }
                | Kind::Number { .. }
                | Kind::Checkbox
                | Kind::Consent { .. },
            )
            | None => named,
        };
        let empty = value.as_str().is_some_and(str::is_empty) || *value == Json::Null;
        // Of two fields for one property the first counts.
        if let Some(property) = property.filter(|name| !empty && out.member(name).is_none()) {
            out.set(property, value.clone());
        }
    }
    names(&mut out);
    out
}

/// A whole name also gives first and last name, and the other way round.
fn names(contact: &mut Json) {
    let [whole, first, last] =
        ["name", "first_name", "last_name"].map(|key| text(contact, key).to_owned());
    let set = |contact: &mut Json, key, value: String| {
        if !value.is_empty() {
            contact.set(key, Json::String(value));
        }
    };
    if whole.is_empty() {
        let space = if first.is_empty() || last.is_empty() { "" } else { " " };
        set(contact, "name", [first.as_str(), space, last.as_str()].concat());
    } else if first.is_empty() && last.is_empty() {
        let (first, last) = split_name(&whole);
        set(contact, "first_name", first);
        set(contact, "last_name", last);
    }
}

/// The value at a path such as `contact.email`; `null` for what is not there.
pub fn at<'a>(view: &'a Json, path: &str) -> &'a Json {
    path.split('.').try_fold(view, Json::member).unwrap_or(&Json::Null)
}

/// The names of the other side with their values: `defaults` are names and paths, which `map` of the settings adds to.
///
/// What is not there is left out, so that nothing is overwritten by emptiness; a `null` in `map` takes a default away.
pub fn mapped(settings: &Json, defaults: &[(&str, &str)], view: &Json) -> Vec<(String, Json)> {
    let own = settings.member("map").and_then(Json::as_object).unwrap_or_default();
    let own = own.iter().filter(|(name, _)| !name.starts_with('$'));
    let kept = defaults.iter().filter(|(name, _)| !own.clone().any(|(other, _)| other == name));
    let mut out: Vec<_> =
        kept.map(|(name, path)| ((*name).to_owned(), at(view, path).clone())).collect();
    out.extend(own.map(|(name, rule)| (name.clone(), value(rule, view))));
    out.retain(|(_, value)| *value != Json::Null && value.as_str() != Some(""));
    out
}

/// The value of JSON Logic for this lead. One that fails is `null`.
pub fn value(rule: &Json, view: &Json) -> Json {
    let limits = Limits::default();
    Rule::parse(rule, &limits).and_then(|rule| rule.apply(view, &limits)).unwrap_or_default()
}

/// A value as text; the items of a list are joined.
pub fn plain(value: &Json, joint: &str) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| plain(item, joint)).collect();
            items.join(joint)
        }
        Json::Bool(_) | Json::Number(_) | Json::Object(_) => value.to_text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, wire::json};

    const CONFIG: &str = r#"{"site":{"id":"shop"},"forms":{"contact":{"fields":[
        {"name":"who","type":"name"},{"name":"reach","type":"email"},{"name":"wish","type":"text","multiline":true}]}}}"#;

    fn shown(values: &str) -> Json {
        let config = Config::parse(CONFIG).unwrap();
        let lead = Json::object([
            ("form", Json::str("contact@12345678")),
            ("values", json::parse(values).unwrap()),
            ("consent", json::parse(r#"[{"purpose":"news","given":true}]"#).unwrap()),
        ]);
        view(&lead, config.public().forms())
    }

    #[test]
    fn a_person_has_the_same_names_in_every_form() {
        let view =
            shown(r#"{"who":"Ada Lovelace","reach":"a@b.example","wish":"Hi","Firma":"ACME"}"#);
        assert_eq!(
            at(&view, "contact").to_text(),
            r#"{"name":"Ada Lovelace","email":"a@b.example","message":"Hi","company":"ACME","first_name":"Ada","last_name":"Lovelace"}"#
        );
        assert_eq!(at(&view, "form"), &Json::str("contact"));
        assert_eq!(at(&view, "consent.news"), &Json::Bool(true));
        assert_eq!(at(&view, "consent.more.than"), &Json::Null);
    }

    #[test]
    fn a_mapping_adds_to_the_defaults_and_takes_them_away() {
        let view = shown(r#"{"who":"Ada","reach":"a@b.example","budget":7}"#);
        let settings = json::parse(
            r#"{"map":{"budget":{"var":"values.budget"},"name":null,"stage":"lead","phone":{"var":"contact.phone"}}}"#,
        )
        .unwrap();
        let mapped =
            mapped(&settings, &[("email", "contact.email"), ("name", "contact.name")], &view);
        let out = Json::Object(mapped);
        assert_eq!(out.to_text(), r#"{"email":"a@b.example","budget":7,"stage":"lead"}"#);
    }
}
