//! From the names of another system to the fields of a form: by a mapping, by name, or by what both hold.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    form::{Field, Form, Kind},
    lead::{plain, property, split_name},
    rule::{Limits, Rule},
    wire::json::Json,
};

/// The raw values for a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The values by fields, then what belongs to no field under its own name.
    pub data: Json,
    /// From each field to the name that it was filled from.
    pub from: Vec<(String, String)>,
}

/// Fills the fields of a form.
///
/// `map` goes from fields to values in JSON Logic over `data`, and wins. A field that it does not name takes the value of
/// the same name, or of a name that holds the same property of a person, such as `PHONE_NUMBER` for `telefon`.
pub fn fill(form: &Form, named: &[(String, Json)], map: &Json, data: &Json) -> Filled {
    let (mut out, mut from, mut used) = (Json::Object(Vec::new()), Vec::new(), Vec::new());
    let full = |json: &Json| {
        *json != Json::Null && json.as_str().is_none_or(|text| !text.trim().is_empty())
    };
    for field in form.fields() {
        if let Some(rule) = map.member(field.name()) {
            let limits = Limits::default();
            let value = Rule::parse(rule, &limits).and_then(|rule| rule.apply(data, &limits));
            if let Some(value) = value.ok().filter(full) {
                out.set(field.name(), value);
                from.push((field.name().to_owned(), "map".into()));
            }
            continue;
        }
        let free = || named.iter().filter(|(_, value)| full(value));
        let same = free().find(|(name, _)| plain(name) == plain(field.name()));
        let held = holds(field);
        let alike = || held.and_then(|held| free().find(|(name, _)| property(name) == Some(held)));
        match same.or_else(alike) {
            Some((name, value)) => {
                out.set(field.name(), value.clone());
                from.push((field.name().to_owned(), name.clone()));
                used.push(name.as_str());
            }
            None => {
                if let Some((value, names)) = held.and_then(|held| composed(held, named)) {
                    out.set(field.name(), Json::String(value));
                    from.push((field.name().to_owned(), names.join(" + ")));
                    used.extend(names);
                }
            }
        }
    }
    for (name, value) in
        named.iter().filter(|(name, value)| full(value) && !used.contains(&name.as_str()))
    {
        if out.member(name).is_none() && form.field(name).is_none() {
            out.set(name, value.clone());
        }
    }
    Filled { data: out, from }
}

/// The property of a person that a field holds.
fn holds(field: &Field) -> Option<&'static str> {
    let named = property(field.name());
    match field.kind() {
        Kind::Name => named.filter(|name| name.ends_with("name")).or(Some("name")),
        Kind::Email => Some("email"),
        Kind::Format { format: "phone", .. } => Some("phone"),
        Kind::Format { format: "company", .. } => named.or(Some("company")),
        Kind::Format { format: "url", .. } => named.or(Some("website")),
        Kind::Format { format: "postcode", .. } => named.or(Some("postcode")),
        Kind::Format { format: "country", .. } => named.or(Some("country")),
        Kind::Text { multiline: true } => named.or(Some("message")),
        Kind::Text { multiline: false }
        | Kind::Choice { .. }
        | Kind::Number { .. }
        | Kind::Format { .. } => named,
        // A box is never ticked because of its name.
        Kind::Checkbox | Kind::Consent { .. } => None,
    }
}

/// A whole name from its parts, or a part from the whole, with the names that it was made from.
fn composed<'a>(held: &str, named: &'a [(String, Json)]) -> Option<(String, Vec<&'a str>)> {
    let get = |wanted: &str| {
        named.iter().find_map(|(name, value)| {
            (property(name) == Some(wanted)).then(|| Some((name.as_str(), value.as_str()?)))?
        })
    };
    match held {
        "name" => {
            let parts = [get("first_name"), get("last_name")];
            let texts: Vec<&str> = parts.iter().flatten().map(|(_, text)| text.trim()).collect();
            let origin = parts.iter().flatten().map(|(name, _)| *name).collect();
            Some((texts.join(" "), origin)).filter(|(text, _)| !text.is_empty())
        }
        "first_name" | "last_name" => {
            let (name, whole) = get("name")?;
            let (first, last) = split_name(whole);
            let part = if held == "first_name" { first } else { last };
            Some((part, Vec::from([name]))).filter(|(part, _)| !part.is_empty())
        }
        _ => None,
    }
}
