//! What a form says beyond its fields: its steps, and whether a visitor may keep what they began.
//!
//! The core that runs in pages does not read it: how a form is shown is for who renders it and for the page.

use alloc::vec::Vec;

use super::{Field, Text};
use crate::wire::json::{Faults, Json, Node};

/// The most days that a device keeps what a visitor began.
const MAX_DAYS: u64 = 90;

/// A step of a form: some of its fields, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The heading.
    pub title: Text,
    /// How many of the fields belong to it, after those of the steps before.
    pub fields: usize,
}

impl Step {
    /// Reads the member `steps`. Every field belongs to one step, in the order of the fields.
    pub(super) fn read_all(node: &Node<'_>, fields: &[Field], faults: &mut Faults) -> Vec<Self> {
        let Some(list) = node.get("steps") else { return Vec::new() };
        let mut rest = fields.iter();
        let mut steps = Vec::new();
        for item in list.items(faults) {
            item.expect_members(&["title", "fields"], "one of title, fields", faults);
            let Some(names) = item.get("fields") else {
                item.fault("a member \"fields\"", faults);
                continue;
            };
            let mut count = 0;
            for name in names.items(faults) {
                count += 1;
                if name.json().as_str() != rest.next().map(Field::name) {
                    name.fault("the fields of the form in their order, each in one step", faults);
                    return steps;
                }
            }
            if count == 0 {
                names.fault("at least one field", faults);
            }
            steps.push(Self { title: Text::member(&item, "title", faults), fields: count });
        }
        if rest.next().is_some() {
            list.fault("steps that hold every field of the form", faults);
        }
        steps
    }
}

/// Reads the member `draft`: for how many days a device keeps what a visitor began, once they said so.
pub(super) fn draft(node: &Node<'_>, faults: &mut Faults) -> Option<u64> {
    let draft = node.get("draft")?;
    draft.expect_members(&["days"], "the member days", faults);
    let days = draft.get("days").map_or(Some(30), |days| days.json().as_uint());
    let days = days.filter(|days| (1..=MAX_DAYS).contains(days));
    if days.is_none() {
        draft.get("days")?.fault("a number of days from 1 to 90", faults);
    }
    days
}

/// Reads the member `prefill` of a field: the parameter of the page's address that may fill it.
pub(super) fn prefill<'a>(node: &Node<'a>, faults: &mut Faults) -> Option<&'a str> {
    let name = node.text("prefill", faults)?;
    let is_consent = node.json().member("type").and_then(Json::as_str) == Some("consent");
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if is_consent {
        node.get("prefill")?.fault("no prefill: only the visitor agrees", faults);
    } else if name.is_empty() || name.len() > 64 || !name.bytes().all(is_plain) {
        node.get("prefill")?.fault("the name of a parameter, such as \"email\"", faults);
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{form::Form, wire::json};
    use alloc::{format, string::ToString};

    fn form(rest: &str) -> (Form, Faults) {
        let text = format!(
            r#"{{"fields":[{{"name":"a","type":"text"}},{{"name":"b","type":"email","prefill":"mail"}}]{rest}}}"#
        );
        let json = json::parse(&text).unwrap();
        let mut faults = Faults::new();
        let form = Form::parse("contact", &Node::root(&json), &mut faults);
        (form, faults)
    }

    #[test]
    fn steps_hold_the_fields_in_their_order() {
        let (form, faults) =
            form(r#","steps":[{"title":{"en":"One"},"fields":["a"]},{"fields":["b"]}]"#);
        assert!(faults.is_empty(), "{faults:?}");
        let steps: Vec<_> = form
            .steps()
            .map(|(title, fields)| (title.pick("en").to_string(), fields.len()))
            .collect();
        assert_eq!(steps, [("One".to_string(), 1), (alloc::string::String::new(), 1)]);
        assert_eq!(form.field("b").and_then(Field::prefill), Some("mail"));
    }

    #[test]
    fn a_form_without_steps_is_one_step() {
        let (form, _) = form("");
        assert_eq!(form.steps().count(), 0);
        assert_eq!(form.draft(), None);
    }

    #[track_caller]
    fn check(rest: &str, pointer: &str) {
        let (_, faults) = form(rest);
        let found: Vec<_> = faults.iter().filter_map(crate::error::Error::pointer).collect();
        assert_eq!(found, [pointer], "{rest}");
    }

    #[test]
    fn a_fault_names_its_place() {
        check(r#","steps":[{"fields":["b","a"]}]"#, "/steps/0/fields/0");
        check(r#","steps":[{"fields":["a"]}]"#, "/steps");
        check(r#","steps":[{"fields":["a","b","c"]}]"#, "/steps/0/fields/2");
        check(r#","steps":[{"fields":[]},{"fields":["a","b"]}]"#, "/steps/0/fields");
        check(r#","steps":[{"title":"x"},{"fields":["a","b"]}]"#, "/steps/0");
        check(r#","draft":{"days":91}"#, "/draft/days");
        check(r#","draft":{"weeks":1}"#, "/draft/weeks");
    }
}
