//! Who the leads are for.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    form::is_name,
    wire::json::{Faults, Node},
};

/// A site: what its leads belong to, and which pages may send them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The id that leads every address and every key.
    pub id: String,
    /// The name that visitors and sales people read.
    pub name: String,
    /// The language (BCP 47) where the visitor's is not known.
    pub locale: String,
    /// The origins (RFC 6454) whose pages may send leads, such as `https://shop.example`.
    pub origins: Vec<String>,
}

impl Site {
    pub(super) fn read(root: &Node<'_>, faults: &mut Faults) -> Self {
        let Some(node) = root.get("site") else {
            root.fault("a member \"site\"", faults);
            return Self::default();
        };
        node.expect_members(
            &["id", "name", "locale", "origins"],
            "one of id, name, locale, origins",
            faults,
        );
        let id = node.required_text("id", "a member \"id\"", faults).unwrap_or("x");
        if let Some(member) = node.get("id").filter(|_| !is_name(id)) {
            member.fault("an id of a-z, 0-9, _ and -, at most 64 characters", faults);
        }
        let mut origins = Vec::new();
        if let Some(list) = node.get("origins") {
            for item in list.items(faults) {
                match item.json().as_str().filter(|text| is_origin(text)) {
                    Some(origin) => origins.push(origin.to_owned()),
                    None => {
                        item.fault(
                            "an origin such as https://shop.example, without a path",
                            faults,
                        );
                    }
                }
            }
        }
        Self {
            id: id.to_owned(),
            name: node.text("name", faults).unwrap_or(id).to_owned(),
            locale: node.text("locale", faults).unwrap_or("en").to_owned(),
            origins,
        }
    }
}

/// Scheme, host in lower case and perhaps a port, as browsers send it.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain =
        |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b':' | b'[' | b']');
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(plain))
}
