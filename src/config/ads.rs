//! The kinds of ad platforms with the settings that each has: a part of the table of [`kind`](super::kind).

use super::kind::Kind;
use crate::wire::json::{Faults, Node};

/// Every one of them needs a purpose: who did not agree is not shown to an ad platform.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "meta_conversions",
        needs: &["token", "dataset", "purpose"],
        takes: &["app_secret", "test_code", "crm", "events", "map", "batch", "url"],
    },
    Kind {
        name: "meta_audience",
        needs: &["token", "audience", "purpose"],
        takes: &["app_secret", "batch", "url"],
    },
    Kind {
        name: "google_conversions",
        needs: &["account", "events", "purpose"],
        takes: &[
            "token",
            "token_url",
            "client_id",
            "client_secret",
            "refresh_token",
            "login_account",
            "validate",
            "batch",
            "url",
        ],
    },
    Kind {
        name: "google_audience",
        needs: &["account", "audience", "purpose"],
        takes: &[
            "token",
            "token_url",
            "client_id",
            "client_secret",
            "refresh_token",
            "login_account",
            "validate",
            "batch",
            "url",
        ],
    },
    Kind {
        name: "linkedin_conversions",
        needs: &["events", "purpose"],
        takes: &[
            "token",
            "token_url",
            "client_id",
            "client_secret",
            "refresh_token",
            "version",
            "batch",
            "url",
        ],
    },
    Kind {
        name: "linkedin_audience",
        needs: &["audience", "purpose"],
        takes: &[
            "token",
            "token_url",
            "client_id",
            "client_secret",
            "refresh_token",
            "version",
            "batch",
            "url",
        ],
    },
    Kind {
        name: "tiktok_conversions",
        needs: &["token", "dataset", "purpose"],
        takes: &["event_source", "test_code", "crm", "events", "batch", "url"],
    },
    Kind {
        name: "tiktok_audience",
        needs: &["token", "account", "audience", "purpose"],
        takes: &["batch", "url"],
    },
    Kind {
        name: "microsoft_conversions",
        needs: &["token", "dataset", "purpose"],
        takes: &["events", "batch", "url"],
    },
];

/// What is got with a refresh token needs all three of these.
const GRANT: [&str; 3] = ["client_id", "client_secret", "refresh_token"];

/// Whether a destination of this kind is an audience, which gains and loses members.
pub(super) fn is_audience(name: &str) -> bool {
    name.ends_with("_audience")
}

/// Reports a destination that has neither a token nor what one is got with.
pub(super) fn check_token(kind: &Kind, node: &Node<'_>, faults: &mut Faults) {
    let known = KINDS.iter().any(|own| own.name == kind.name) && kind.takes.contains(&"token");
    let granted = GRANT.iter().all(|name| node.get(name).is_some());
    if known && node.get("token").is_none() && !granted {
        node.fault("a member \"token\", or client_id, client_secret and refresh_token", faults);
    }
}
