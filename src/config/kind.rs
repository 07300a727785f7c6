//! The kinds of destinations and sources and the settings that each has: one table, by which every setting is checked.
//!
//! Decides nothing about requests; `transfer::destinations` and `source` have one file for each kind. A name means the same in
//! every kind.

use super::{
    ads,
    shape::{Shape, check_shape},
};
use crate::wire::json::{Faults, Node};

/// Every setting by its name.
const SETTINGS: &[(&str, Shape)] = &[
    ("batch", Shape::Count),
    ("account", Shape::Setting),
    ("accounts", Shape::Setting),
    ("app_secret", Shape::Secret),
    ("audience", Shape::Setting),
    ("crm", Shape::Text),
    ("dataset", Shape::Setting),
    ("event_source", Shape::Word(&["crm", "web", "offline"], "one of crm, web, offline")),
    ("events", Shape::Names),
    ("login_account", Shape::Setting),
    ("purpose", Shape::Text),
    ("test_code", Shape::Setting),
    ("validate", Shape::Flag),
    ("version", Shape::Text),
    ("body", Shape::Template),
    ("bom", Shape::Flag),
    ("bucket", Shape::Text),
    ("channel", Shape::Text),
    ("client_id", Shape::Setting),
    ("columns", Shape::Values),
    ("client_secret", Shape::Secret),
    ("confirm", Shape::Flag),
    ("database", Shape::Text),
    ("encoding", Shape::Word(&["hex", "base64"], "one of hex, base64")),
    ("event", Shape::Text),
    ("form", Shape::Text),
    (
        "format",
        Shape::Word(&["csv", "jsonl", "parquet", "vcard"], "one of csv, jsonl, parquet, vcard"),
    ),
    ("from", Shape::Setting),
    ("header", Shape::Text),
    ("headers", Shape::Headers),
    ("id", Shape::Text),
    ("inbox", Shape::Text),
    ("key", Shape::Secret),
    ("key_id", Shape::Setting),
    ("list", Shape::Text),
    ("lists", Shape::Counts),
    ("map", Shape::Map),
    ("method", Shape::Word(&["POST", "PUT", "PATCH"], "one of POST, PUT, PATCH")),
    ("mode", Shape::Word(&["structured", "binary"], "one of structured, binary")),
    ("module", Shape::Text),
    ("portal", Shape::Text),
    ("prefix", Shape::Text),
    ("previous_secret", Shape::Secret),
    ("range", Shape::Text),
    ("rate", Shape::Rate),
    ("redirect", Shape::Text),
    ("refresh_token", Shape::Secret),
    ("region", Shape::Text),
    ("reply_to", Shape::Value),
    ("secret", Shape::Secret),
    ("separator", Shape::Word(&["comma", "semicolon"], "one of comma, semicolon")),
    ("sheet", Shape::Setting),
    (
        "service",
        Shape::Word(&["resend", "brevo", "postmark", "ses"], "one of resend, brevo, postmark, ses"),
    ),
    ("signing_key", Shape::Secret),
    ("since", Shape::Day),
    ("source", Shape::Text),
    ("subject", Shape::Value),
    ("subscription", Shape::Count),
    ("tags", Shape::Texts),
    ("template", Shape::Count),
    ("text", Shape::Value),
    ("to", Shape::Value),
    ("token", Shape::Secret),
    ("token_url", Shape::Setting),
    ("unique", Shape::Text),
    ("url", Shape::Setting),
    ("user", Shape::Setting),
    ("verify_token", Shape::Secret),
];

/// A kind: its name, what it must have, what it may have, and the sentence for a member that it has not.
pub(super) struct Kind {
    pub name: &'static str,
    pub needs: &'static [&'static str],
    pub takes: &'static [&'static str],
}

const DESTINATIONS: &[Kind] = &[
    Kind {
        name: "webhook",
        needs: &["url"],
        takes: &["secret", "previous_secret", "signing_key", "map", "batch"],
    },
    Kind {
        name: "cloudevents",
        needs: &["url"],
        takes: &["mode", "event", "source", "token", "secret", "signing_key", "map", "batch"],
    },
    Kind {
        name: "json",
        needs: &["url"],
        takes: &[
            "method",
            "headers",
            "body",
            "token",
            "token_url",
            "client_id",
            "client_secret",
            "refresh_token",
            "secret",
            "signing_key",
            "batch",
        ],
    },
    Kind { name: "hubspot", needs: &["token"], takes: &["url", "unique", "map"] },
    Kind {
        name: "hubspot_form",
        needs: &["portal", "form"],
        takes: &["token", "url", "text", "subscription", "map"],
    },
    Kind {
        name: "brevo",
        needs: &["token"],
        takes: &["url", "lists", "template", "redirect", "map"],
    },
    Kind {
        name: "mailchimp",
        needs: &["token", "list"],
        takes: &["url", "confirm", "tags", "map"],
    },
    Kind { name: "slack", needs: &["url"], takes: &["text", "inbox"] },
    Kind { name: "teams", needs: &["url"], takes: &["text", "inbox"] },
    Kind { name: "discord", needs: &["url"], takes: &["text", "inbox"] },
    Kind {
        name: "mail",
        needs: &["service", "token", "from", "to"],
        takes: &["url", "subject", "text", "reply_to", "inbox", "region", "key_id"],
    },
    Kind {
        name: "smtp",
        needs: &["url", "user", "token", "from", "to"],
        takes: &["subject", "text", "reply_to", "inbox"],
    },
    Kind { name: "pipedrive", needs: &["token"], takes: &["url", "map"] },
    Kind {
        name: "salesforce",
        needs: &["url", "client_id", "client_secret"],
        takes: &["unique", "map"],
    },
    Kind {
        name: "zoho",
        needs: &["client_id", "client_secret", "refresh_token"],
        takes: &["url", "accounts", "module", "unique", "map"],
    },
    Kind {
        name: "google_sheets",
        needs: &["sheet", "client_id", "client_secret", "refresh_token"],
        takes: &["url", "accounts", "range", "columns"],
    },
    Kind { name: "odoo", needs: &["url", "token"], takes: &["database", "unique", "map"] },
    Kind { name: "espocrm", needs: &["url", "token"], takes: &["unique", "map"] },
    Kind { name: "mautic", needs: &["url", "client_id", "client_secret"], takes: &["tags", "map"] },
];

const SOURCES: &[Kind] = &[
    Kind { name: "webhook", needs: &["secret"], takes: &["previous_secret", "map", "channel"] },
    Kind {
        name: "hmac",
        needs: &["secret", "header", "id"],
        takes: &["prefix", "encoding", "map", "channel"],
    },
    Kind {
        name: "meta",
        needs: &["secret", "verify_token", "token"],
        takes: &["url", "map", "channel"],
    },
    Kind { name: "google", needs: &["key"], takes: &["map", "channel"] },
    Kind {
        name: "linkedin",
        needs: &["secret", "token"],
        takes: &["url", "version", "map", "channel"],
    },
];

const EXPORTS: &[Kind] = &[Kind {
    name: "s3",
    needs: &["bucket", "region", "key_id", "secret"],
    takes: &["url", "prefix", "format", "form", "separator", "bom", "since"],
}];

/// What a kind is a kind of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Where leads go.
    Destination,
    /// Where leads come from.
    Source,
    /// Where files of leads go.
    Export,
}

impl Family {
    fn kinds(self) -> impl Iterator<Item = &'static Kind> {
        let (own, more): (&[Kind], &[Kind]) = match self {
            Self::Destination => (DESTINATIONS, ads::KINDS),
            Self::Source => (SOURCES, &[]),
            Self::Export => (EXPORTS, &[]),
        };
        own.iter().chain(more)
    }

    const fn unknown(self) -> &'static str {
        match self {
            Self::Destination => UNKNOWN,
            Self::Source => "one of webhook, hmac, meta, google, linkedin",
            Self::Export => "one of s3",
        }
    }

    /// The settings that every kind has, which are checked elsewhere.
    const fn common(self) -> &'static [&'static str] {
        match self {
            Self::Destination => &["type", "when", "purpose", "on", "rate"],
            Self::Source => &["type", "form"],
            Self::Export => &["type"],
        }
    }
}

const UNKNOWN: &str = "one of webhook, cloudevents, json, hubspot, hubspot_form, brevo, mailchimp, slack, teams, \
discord, mail, smtp, pipedrive, salesforce, zoho, google_sheets, odoo, espocrm, mautic, meta_conversions, meta_audience, google_conversions, google_audience, \
linkedin_conversions, linkedin_audience, tiktok_conversions, tiktok_audience, microsoft_conversions";

/// Reports what is wrong with the settings of a destination or a source, those that every kind has left out.
pub(super) fn check(family: Family, node: &Node<'_>, faults: &mut Faults) {
    let Some(name) = node.text("type", faults) else { return };
    let Some(kind) = family.kinds().find(|kind| kind.name == name) else {
        if let Some(member) = node.get("type") {
            member.fault(family.unknown(), faults);
        }
        return;
    };
    for missing in kind.needs.iter().filter(|need| node.get(need).is_none()) {
        node.fault(needed(missing), faults);
    }
    if node.get("service").and_then(|service| service.json().as_str()) == Some("ses") {
        for (missing, expected) in
            [("region", "a member \"region\""), ("key_id", "a member \"key_id\"")]
        {
            if node.get(missing).is_none() {
                node.fault(expected, faults);
            }
        }
    }
    ads::check_token(kind, node, faults);
    if let (Family::Destination, Some(rate)) = (family, node.get("rate")) {
        check_shape(&rate, Shape::Rate, node, "rate", faults);
    }
    for (key, member) in node.members(faults) {
        if family.common().contains(&key) {
            continue;
        }
        let known = kind.needs.contains(&key) || kind.takes.contains(&key);
        match SETTINGS.iter().find(|(setting, _)| known && *setting == key) {
            Some((_, shape)) => check_shape(&member, *shape, node, key, faults),
            None => member.fault("a setting that this type has", faults),
        }
    }
}

fn needed(name: &str) -> &'static str {
    match name {
        "url" => "a member \"url\"",
        "token" => "a member \"token\"",
        "portal" => "a member \"portal\"",
        "form" => "a member \"form\"",
        "list" => "a member \"list\"",
        "service" => "a member \"service\"",
        "from" => "a member \"from\"",
        "user" => "a member \"user\"",
        "to" => "a member \"to\"",
        "secret" => "a member \"secret\"",
        "header" => "a member \"header\"",
        "id" => "a member \"id\"",
        "key" => "a member \"key\"",
        "verify_token" => "a member \"verify_token\"",
        "account" => "a member \"account\"",
        "audience" => "a member \"audience\"",
        "dataset" => "a member \"dataset\"",
        "events" => "a member \"events\"",
        "purpose" => "a member \"purpose\"",
        "client_id" => "a member \"client_id\"",
        "bucket" => "a member \"bucket\"",
        "region" => "a member \"region\"",
        "refresh_token" => "a member \"refresh_token\"",
        "sheet" => "a member \"sheet\"",
        "key_id" => "a member \"key_id\"",
        _ => "a member \"client_secret\"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_names_every_kind_and_every_setting_is_known() {
        for family in [Family::Destination, Family::Source, Family::Export] {
            let mut names = alloc::string::String::from("one of ");
            for (place, kind) in family.kinds().enumerate() {
                names.push_str(if place == 0 { "" } else { ", " });
                names.push_str(kind.name);
                for name in kind.needs.iter().chain(kind.takes) {
                    assert!(SETTINGS.iter().any(|(known, _)| known == name), "{name}");
                }
                for name in kind.needs {
                    assert_eq!(needed(name), alloc::format!("a member \"{name}\""));
                }
            }
            assert_eq!(family.unknown(), names);
        }
    }
}
