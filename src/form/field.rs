//! One field of a form: its kind, limits and when it is shown.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{RENDERS, Text, is_name, step::prefill};
use crate::{
    check::number::decimal,
    rule::{Limits, Rule},
    wire::json::{Faults, Json, Node},
};

/// The most characters that any text value may have, whatever the form says.
pub const MAX_LENGTH: usize = 10_000;

/// What kind of value a field takes, with the settings of that kind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The name of a person.
    Name,
    /// An e-mail address (WHATWG HTML, with the lengths of RFC 5321).
    Email,
    /// Any text; on one line unless `multiline`.
    Text {
        /// Whether line breaks are kept.
        multiline: bool,
    },
    /// One of the options, or several of them.
    Choice {
        /// The options in their order.
        options: Vec<Choice>,
        /// Whether several may be chosen.
        multiple: bool,
    },
    /// A decimal number.
    Number {
        /// The smallest that is taken, as decimal text.
        min: Option<String>,
        /// The largest that is taken, as decimal text.
        max: Option<String>,
    },
    /// A format that a module of its own checks: one of [`FORMATS`].
    Format {
        /// The kind of the check, as in the lines of [`check::answer`](crate::check::answer).
        format: &'static str,
        /// The country whose rules count.
        country: Country,
    },
    /// Yes or no.
    Checkbox,
    /// Agreement to a purpose, with the words that the visitor agrees to.
    Consent {
        /// What the data may be used for.
        purpose: String,
        /// The words beside the box.
        text: Text,
    },
}

/// The formats that are checked by modules of their own, by the type of their fields.
pub const FORMATS: &[&str] = &[
    "phone", "url", "company", "postcode", "vat", "tax_id", "iban", "date", "money", "country",
    "file",
];

/// The country whose rules count for a phone number, a postcode or a tax number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Country {
    /// None: the value has to name its country, as `+49…` does.
    #[default]
    Unknown,
    /// This one (ISO 3166-1 alpha-2).
    Code(String),
    /// That of a country field before this one.
    Field(String),
}

/// An option of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value that is stored.
    pub value: String,
    /// What the visitor reads; the value itself where the owner wrote nothing.
    pub label: Text,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    name: String,
    kind: Kind,
    label: Text,
    help: Text,
    autocomplete: Option<String>,
    required: bool,
    min_length: usize,
    max_length: usize,
    show_if: Option<Rule>,
    prefill: Option<String>,
}

const MEMBERS: &[&str] = &[
    "name",
    "type",
    "label",
    "help",
    "autocomplete",
    "required",
    "min_length",
    "max_length",
    "show_if",
    "multiline",
    "options",
    "multiple",
    "min",
    "max",
    "purpose",
    "text",
    "country",
    "prefill",
];

impl Field {
    /// Reads a field that follows `earlier` ones. Its condition may only look at those, so that the order of the
    /// fields is the order of the decisions.
    pub(super) fn parse(node: &Node<'_>, earlier: &[Self], faults: &mut Faults) -> Option<Self> {
        node.expect_members(
            MEMBERS,
            "a member of a field, such as name, type, label, required",
            faults,
        );
        let name = node.required_text("name", "a member \"name\"", faults)?;
        if !is_name(name) {
            node.get("name")?.fault("a name of a-z, 0-9, _ and -, at most 64 characters", faults);
        }
        if earlier.iter().any(|field| field.name == name) {
            node.get("name")?.fault("a name that no other field of the form has", faults);
        }
        let kind = Self::parse_kind(node, earlier, faults)?;
        let length = |key, faults: &mut Faults| {
            let count = node.count(key, faults)?;
            usize::try_from(count).ok().filter(|count| *count <= MAX_LENGTH).or_else(|| {
                node.get(key)?.fault("a length of at most 10000", faults);
                None
            })
        };
        let field = Self {
            name: name.to_owned(),
            kind,
            label: Text::member(node, "label", faults),
            help: Text::member(node, "help", faults),
            autocomplete: node.text("autocomplete", faults).map(ToOwned::to_owned),
            required: node.flag("required", faults),
            min_length: length("min_length", faults).unwrap_or(0),
            max_length: length("max_length", faults).unwrap_or(MAX_LENGTH),
            show_if: node.get("show_if").and_then(|node| condition(&node, earlier, faults)),
            prefill: if RENDERS { prefill(node, faults).map(ToOwned::to_owned) } else { None },
        };
        if field.min_length > field.max_length {
            node.get("min_length")?.fault("a length that is at most max_length", faults);
        }
        Some(field)
    }

    fn parse_kind(node: &Node<'_>, earlier: &[Self], faults: &mut Faults) -> Option<Kind> {
        let Some(kind) = node.get("type") else {
            node.fault("a member \"type\"", faults);
            return None;
        };
        Some(match kind.json().as_str() {
            Some("name") => Kind::Name,
            Some("email") => Kind::Email,
            Some("text") => Kind::Text { multiline: node.flag("multiline", faults) },
            Some("choice") => Kind::Choice {
                options: options(node, faults),
                multiple: node.flag("multiple", faults),
            },
            Some("number") => {
                Kind::Number { min: bound(node, "min", faults), max: bound(node, "max", faults) }
            }
            Some("checkbox") => Kind::Checkbox,
            Some("consent") => {
                let missing = "a member \"purpose\"";
                let purpose = node.required_text("purpose", missing, faults).unwrap_or_default();
                let text = Text::member(node, "text", faults);
                if text.is_empty() {
                    node.fault("a member \"text\" with the words of the consent", faults);
                }
                Kind::Consent { purpose: purpose.to_owned(), text }
            }
            other => {
                let format = FORMATS.iter().find(|format| Some(**format) == other);
                let Some(format) = format else {
                    kind.fault(
                        "one of name, email, text, choice, number, checkbox, consent, phone, url, company, \
                         postcode, vat, tax_id, iban, date, money, country, file",
                        faults,
                    );
                    return None;
                };
                Kind::Format { format, country: country(node, earlier, faults) }
            }
        })
    }

    /// The name under which the value is sent and stored.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of value the field takes.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// What the visitor reads beside the field.
    pub fn label(&self) -> &Text {
        &self.label
    }

    /// A sentence that helps to fill the field.
    pub fn help(&self) -> &Text {
        &self.help
    }

    /// The autofill token that the owner chose (WHATWG HTML, `autocomplete`), if any.
    pub fn autocomplete(&self) -> Option<&str> {
        self.autocomplete.as_deref()
    }

    /// Whether the visitor must fill the field when it is shown.
    pub fn required(&self) -> bool {
        self.required
    }

    /// The fewest characters of a text that is not empty.
    pub fn min_length(&self) -> usize {
        self.min_length
    }

    /// The most characters of a text.
    pub fn max_length(&self) -> usize {
        self.max_length
    }

    /// The parameter of the page's address that may fill the field.
    pub fn prefill(&self) -> Option<&str> {
        self.prefill.as_deref()
    }

    /// The condition under which the field is shown; without one it always is.
    pub fn show_if(&self) -> Option<&Rule> {
        self.show_if.as_ref()
    }
}

fn country(node: &Node<'_>, earlier: &[Field], faults: &mut Faults) -> Country {
    let Some(member) = node.get("country") else { return Country::Unknown };
    let is_country = |field: &&Field| matches!(field.kind, Kind::Format { format: "country", .. });
    match member.json() {
        Json::String(code)
            if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            return Country::Code(code.clone());
        }
        json => {
            let name = json.member("field").and_then(Json::as_str);
            if let Some(field) =
                earlier.iter().filter(is_country).find(|field| Some(field.name()) == name)
            {
                return Country::Field(field.name.clone());
            }
        }
    }
    member
        .fault("a country such as \"DE\", or {\"field\": a country field before this one}", faults);
    Country::Unknown
}

fn condition(node: &Node<'_>, earlier: &[Field], faults: &mut Faults) -> Option<Rule> {
    let rule = match Rule::parse(node.json(), &Limits::default()) {
        Ok(rule) => rule,
        Err(error) => {
            let mut pointer = node.pointer().to_owned();
            pointer.push_str(error.pointer());
            Node::at(node.json(), &pointer).fault("a JSON Logic condition", faults);
            return None;
        }
    };
    let mut unknown = false;
    rule.fields(&mut |path: &str| {
        let name = path.strip_prefix("values.").and_then(|rest| rest.split('.').next());
        unknown |= !earlier.iter().any(|field| Some(field.name.as_str()) == name);
    });
    if unknown {
        node.fault("a condition on the values of fields before this one, such as {\"var\": \"values.line\"}", faults);
    }
    Some(rule)
}

fn options(node: &Node<'_>, faults: &mut Faults) -> Vec<Choice> {
    let mut found: Vec<Choice> = Vec::new();
    let Some(list) = node.get("options") else {
        node.fault("a member \"options\"", faults);
        return found;
    };
    for item in list.items(faults) {
        let choice = if let Json::String(value) = item.json() {
            Choice { value: value.clone(), label: Text::default() }
        } else {
            item.expect_members(&["value", "label"], "one of value, label", faults);
            let missing = "a member \"value\"";
            let Some(value) = item.required_text("value", missing, faults) else { continue };
            Choice { value: value.to_owned(), label: Text::member(&item, "label", faults) }
        };
        if choice.value.is_empty() || found.iter().any(|other| other.value == choice.value) {
            item.fault("a value that is not empty and that no other option has", faults);
        }
        found.push(choice);
    }
    if found.is_empty() {
        list.fault("at least one option", faults);
    }
    found
}

fn bound(node: &Node<'_>, key: &str, faults: &mut Faults) -> Option<String> {
    let member = node.get(key)?;
    let canonical = match member.json() {
        Json::Number(text) => decimal::canonical(text),
        _ => None,
    };
    if canonical.is_none() {
        member.fault("a number without an exponent", faults);
    }
    canonical
}
