//! Where leads come from beside the forms of the site: what is common to every kind of source.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{Public, kind};
use crate::{
    form::is_name,
    wire::json::{Faults, Json, Node},
};

/// A system that sends leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The name that the owner gave, which is part of its address.
    pub name: String,
    /// Its kind, such as `meta`.
    pub kind: String,
    /// The form that its leads are taken by.
    pub form: String,
    /// The whole object, for the settings of the kind.
    pub settings: Json,
}

impl Source {
    pub(super) fn read_all(root: &Node<'_>, public: &Public, faults: &mut Faults) -> Vec<Self> {
        let members = root.get("sources").map(|node| node.members(faults)).unwrap_or_default();
        members.iter().filter_map(|(name, node)| Self::read(name, node, public, faults)).collect()
    }

    fn read(name: &str, node: &Node<'_>, public: &Public, faults: &mut Faults) -> Option<Self> {
        if !is_name(name) {
            node.fault("a name of a-z, 0-9, _ and -, at most 64 characters", faults);
        }
        let kind = node.required_text("type", "a member \"type\"", faults)?;
        kind::check(kind::Family::Source, node, faults);
        let form = node.required_text("form", "a member \"form\"", faults)?;
        let Some(known) = public.form(form) else {
            node.get("form")?.fault("the name of a form", faults);
            return None;
        };
        if let Some(map) = node.get("map").filter(|map| map.json().as_object().is_some()) {
            for (field, value) in map.members(faults) {
                if known.field(field).is_none() {
                    value.fault("the name of a field of the form", faults);
                }
            }
        }
        Some(Self {
            name: name.to_owned(),
            kind: kind.to_owned(),
            form: form.to_owned(),
            settings: node.json().clone(),
        })
    }
}
