//! A lead as it was captured, before anything judged it.

use alloc::{borrow::ToOwned, string::String};

use super::LeadId;
use crate::{time::Millis, wire::json::Json};

/// Which form a lead was captured with, and in which version: `contact` or `contact@1f2e3d4c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormRef {
    /// The name of the form.
    pub name: String,
    /// The version of its configuration; without one the current form counts.
    pub version: Option<String>,
}

impl FormRef {
    /// Reads `name` or `name@version`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('@') {
            Some((name, version)) => {
                Self { name: name.to_owned(), version: Some(version.to_owned()) }
            }
            None => Self { name: text.to_owned(), version: None },
        }
    }

    /// Writes `name` or `name@version`.
    pub fn to_text(&self) -> String {
        let mut out = self.name.clone();
        if let Some(version) = &self.version {
            out.push('@');
            out.push_str(version);
        }
        out
    }
}

/// A lead as it was captured: an item of the wire format, version 1.
///
/// `data` holds the raw values by field. Nothing in it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// Its identity.
    pub id: LeadId,
    /// When it was captured, as the clock of the device had it.
    pub at: Millis,
    /// The form it was captured with.
    pub form: FormRef,
    /// The raw values by name of field.
    pub data: Json,
    /// What the page saw, such as its address, its language and the time on the form. All of it is only claimed.
    pub context: Json,
    /// What the visitor agreed to, by purpose.
    pub consent: Json,
}

impl Lead {
    /// Reads an item `{"id","at","form","data","ctx","consent"}`. Other members are left to the envelope.
    ///
    /// # Errors
    /// The name of the member that is missing or of another kind.
    pub fn from_json(item: &Json) -> Result<Self, &'static str> {
        let text = |key| item.member(key).and_then(Json::as_str);
        let object = |key: &'static str, member| match item.member(member) {
            None | Some(Json::Null) => Ok(Json::object([])),
            Some(Json::Object(members)) => Ok(Json::Object(members.clone())),
            Some(_) => Err(key),
        };
        Ok(Self {
            id: text("id").and_then(|id| id.parse().ok()).ok_or("id")?,
            at: item.member("at").and_then(Json::as_uint).map(Millis).ok_or("at")?,
            form: text("form").map(FormRef::parse).ok_or("form")?,
            data: object("data", "data")?,
            context: object("ctx", "ctx")?,
            consent: object("consent", "consent")?,
        })
    }

    /// Writes the item; the same lead always gives the same text.
    pub fn to_json(&self) -> Json {
        Json::object([
            ("id", Json::String(self.id.to_text())),
            ("at", Json::uint(self.at.0)),
            ("form", Json::String(self.form.to_text())),
            ("data", self.data.clone()),
            ("ctx", self.context.clone()),
            ("consent", self.consent.clone()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::json;

    const ITEM: &str = "{\"id\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\",\"at\":1795325560000,\
        \"form\":\"contact@1f2e3d4c\",\"data\":{\"email\":\"a@b.example\"},\"ctx\":{},\"consent\":{}}";

    #[test]
    fn an_item_reads_and_writes() {
        let lead = Lead::from_json(&json::parse(ITEM).unwrap()).unwrap();
        assert_eq!(lead.form, FormRef::parse("contact@1f2e3d4c"));
        assert_eq!(lead.to_json().to_text(), ITEM);
    }

    #[test]
    fn a_fault_names_its_member() {
        for (member, value) in
            [("id", "\"x\""), ("at", "-1"), ("form", "1"), ("data", "[]"), ("ctx", "1")]
        {
            let mut item = json::parse(ITEM).unwrap();
            item.set(member, json::parse(value).unwrap());
            assert_eq!(Lead::from_json(&item), Err(member));
        }
    }
}
