//! How long leads are kept.

use super::spam::bounded;
use crate::{
    time::Millis,
    wire::json::{Faults, Node},
};

const DAY_SECS: u64 = 86_400;
/// So many days leads are kept: three years, after which claims usually lapse.
const LEADS: u64 = 1_096;
/// So many days what was refused is kept for a person to look at.
const REFUSED: u64 = 365;
/// Clients keep what they could not send for 30 days, so nothing is erased earlier.
const SPAN: (u64, u64) = (30, 36_500);
const EXPECTED: &str = "0 for ever, or a whole number of days from 30 to 36500";

/// The member `privacy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Privacy {
    /// How long a lead is kept; 0 for ever.
    pub retention: Millis,
    /// How long what was refused is kept; 0 for ever.
    pub quarantine: Millis,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { retention: days(LEADS), quarantine: days(REFUSED) }
    }
}

impl Privacy {
    pub(super) fn read(root: &Node<'_>, faults: &mut Faults) -> Self {
        let Some(node) = root.get("privacy") else { return Self::default() };
        node.expect_members(
            &["retention_days", "quarantine_days"],
            "one of retention_days, quarantine_days",
            faults,
        );
        let mut span = |key, usual| match node.get(key).map(|member| member.json().as_uint()) {
            Some(Some(0)) => Millis(0),
            _ => days(bounded(&node, key, SPAN, EXPECTED, faults).unwrap_or(usual)),
        };
        Self {
            retention: span("retention_days", LEADS),
            quarantine: span("quarantine_days", REFUSED),
        }
    }
}

fn days(count: u64) -> Millis {
    Millis::from_secs(count.saturating_mul(DAY_SECS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, lint};
    use alloc::{format, string::String};

    fn text(privacy: &str) -> String {
        format!(
            r#"{{"site":{{"id":"a"}},"forms":{{"f":{{"fields":[{{"name":"a","type":"name"}}]}}}},"privacy":{privacy}}}"#
        )
    }

    #[test]
    fn leads_are_kept_for_three_years_unless_the_owner_says_otherwise() {
        let read = |privacy: &str| *Config::parse(&text(privacy)).unwrap().privacy();
        assert_eq!(read("{}"), Privacy { retention: days(1096), quarantine: days(365) });
        let own = read(r#"{"retention_days":90,"quarantine_days":0}"#);
        assert_eq!(own, Privacy { retention: days(90), quarantine: Millis(0) });
    }

    #[test]
    fn what_a_client_may_still_send_is_not_erased() {
        for (privacy, pointer) in [
            (r#"{"retention_days":29}"#, "/privacy/retention_days"),
            (r#"{"quarantine_days":-1}"#, "/privacy/quarantine_days"),
            (r#"{"days":40}"#, "/privacy/days"),
        ] {
            let found = lint(&text(privacy));
            assert_eq!(found.first().and_then(|one| one.pointer.as_deref()), Some(pointer));
        }
    }
}
