//! `"partial": {"purpose": "unfinished", "days": 7}`: what was typed may be sent before the form is, once the visitor agreed.
//!
//! The purpose is that of a consent field of the form, which nobody has to tick.

use alloc::{borrow::ToOwned, string::String};

use super::{Field, Kind};
use crate::wire::json::{Faults, Node};

/// For how many days a partial is kept where the form does not say, and at most.
const DAYS: u64 = 7;
const MOST: u64 = 30;

/// What may be sent before the form is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// The name of the consent field.
    pub field: String,
    /// For how many days it is kept.
    pub days: u64,
}

impl Partial {
    pub(super) fn read(form: &Node<'_>, fields: &[Field], faults: &mut Faults) -> Option<Self> {
        let node = form.get("partial")?;
        node.expect_members(&["purpose", "days"], "one of purpose, days", faults);
        let wanted = node.required_text("purpose", "a member \"purpose\"", faults)?;
        let is_it = |field: &&Field| matches!(field.kind(), Kind::Consent { purpose, .. } if purpose == wanted);
        let Some(field) = fields.iter().find(is_it).filter(|field| !field.required()) else {
            node.get("purpose")?
                .fault("the purpose of a consent field of the form that is not required", faults);
            return None;
        };
        let days = match node.get("days") {
            None => DAYS,
            Some(member) => {
                member.json().as_uint().filter(|days| (1..=MOST).contains(days)).unwrap_or_else(
                    || {
                        member.fault("a whole number from 1 to 30", faults);
                        DAYS
                    },
                )
            }
        };
        Some(Self { field: field.name().to_owned(), days })
    }
}
