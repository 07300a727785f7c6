//! What may be captured: a form takes raw values and gives normalised ones, with the problems that the visitor can fix.
//!
//! Decides which fields are shown, what is missing and what is wrong. Does not decide what a lead is worth (that is
//! `qualify`). The same form gives the same answer in the browser and at the edge.

mod accept;
mod field;
mod format;
mod partial;
mod step;
mod text;

use alloc::{borrow::ToOwned, string::String, vec::Vec};

pub use accept::{Accepted, MAX_VALUES};
pub use field::{Choice, Country, FORMATS, Field, Kind, MAX_LENGTH};
pub use partial::Partial;
pub use step::Step;
pub use text::Text;

use crate::wire::json::{Faults, Json, Node};

/// Whether somebody here renders forms; a page judges them and leaves the rest unread.
const RENDERS: bool =
    !cfg!(all(any(feature = "browser", feature = "judge"), target_family = "wasm"));

/// The most fields that a form may have.
pub const MAX_FIELDS: usize = 200;

/// A form: its fields in order, and the texts around them.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    name: String,
    fields: Vec<Field>,
    title: Text,
    submit: Text,
    thanks: Text,
    thanks_url: Option<String>,
    steps: Vec<Step>,
    draft: Option<u64>,
    partial: Option<Partial>,
}

impl Form {
    /// Reads a form from the configuration and reports each fault with its place.
    pub fn parse(name: &str, node: &Node<'_>, faults: &mut Faults) -> Self {
        node.expect_members(
            &["fields", "title", "submit", "thanks", "steps", "draft", "partial"],
            "one of fields, title, submit, thanks, steps, draft, partial",
            faults,
        );
        if !is_name(name) {
            node.fault("a name of a-z, 0-9, _ and -, at most 64 characters", faults);
        }
        let mut fields: Vec<Field> = Vec::new();
        match node.get("fields") {
            None => node.fault("a member \"fields\"", faults),
            Some(list) => {
                for item in list.items(faults).iter().take(MAX_FIELDS) {
                    if let Some(field) = Field::parse(item, &fields, faults) {
                        fields.push(field);
                    }
                }
                match list.json().as_array().map_or(1, <[Json]>::len) {
                    0 => list.fault("at least one field", faults),
                    count if count > MAX_FIELDS => list.fault("at most 200 fields", faults),
                    _ => {}
                }
            }
        }
        let thanks = node.get("thanks");
        if let Some(thanks) = &thanks {
            thanks.expect_members(&["text", "url"], "one of text, url", faults);
        }
        let steps = if RENDERS { Step::read_all(node, &fields, faults) } else { Vec::new() };
        Self {
            name: name.to_owned(),
            steps,
            draft: if RENDERS { step::draft(node, faults) } else { None },
            partial: if RENDERS { Partial::read(node, &fields, faults) } else { None },
            fields,
            title: Text::member(node, "title", faults),
            submit: Text::member(node, "submit", faults),
            thanks: thanks
                .as_ref()
                .map(|node| Text::member(node, "text", faults))
                .unwrap_or_default(),
            thanks_url: thanks.and_then(|node| Some(node.text("url", faults)?.to_owned())),
        }
    }

    /// The name under which pages and leads refer to the form.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The fields in their order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name() == name)
    }

    /// The heading above the form.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// The words on the button that sends the form.
    pub fn submit(&self) -> &Text {
        &self.submit
    }

    /// What the visitor reads after the lead was received.
    pub fn thanks(&self) -> &Text {
        &self.thanks
    }

    /// The steps with their titles and fields; none where all of it is one.
    pub fn steps(&self) -> impl Iterator<Item = (&Text, &[Field])> {
        let mut rest = self.fields.as_slice();
        self.steps.iter().map(move |step| {
            let (own, others) = rest.split_at_checked(step.fields).unwrap_or((rest, &[]));
            rest = others;
            (&step.title, own)
        })
    }

    /// For how many days a device may keep what a visitor began, once they said so.
    pub fn draft(&self) -> Option<u64> {
        self.draft
    }

    /// What may be sent before the form is, once the visitor said so.
    pub fn partial(&self) -> Option<&Partial> {
        self.partial.as_ref()
    }

    /// Where the visitor is led after the lead was received, if the owner has a page for it.
    pub fn thanks_url(&self) -> Option<&str> {
        self.thanks_url.as_deref()
    }
}

/// Names of forms, fields, options and sites: they stand in addresses, attributes and keys.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}
