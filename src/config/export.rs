//! Where files of leads are brought by themselves, day by day.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::kind;
use crate::{
    form::is_name,
    wire::json::{Faults, Json, Node},
};

/// A store that gets the leads of each day.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The name that the owner gave, which is part of the keys of its files.
    pub name: String,
    /// The whole object, with the settings.
    pub settings: Json,
}

impl Export {
    pub(super) fn read_all(root: &Node<'_>, faults: &mut Faults) -> Vec<Self> {
        let members = root.get("exports").map(|node| node.members(faults)).unwrap_or_default();
        let mut out = Vec::new();
        for (name, node) in members {
            if !is_name(name) {
                node.fault("a name of a-z, 0-9, _ and -, at most 64 characters", faults);
            }
            if node.required_text("type", "a member \"type\"", faults).is_some() {
                kind::check(kind::Family::Export, &node, faults);
                out.push(Self { name: name.to_owned(), settings: node.json().clone() });
            }
        }
        out
    }
}
