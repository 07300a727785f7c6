//! The kinds of destinations and sources and the settings that each has: one table, by which every setting is checked.
//!
//! Decides nothing about requests; `transfer::destinations` and `source` have one file for each kind. A name means the same in
//! every kind.

use super::{ads, destination::Setting, template::Template};
use crate::{
    rule::{Limits, Rule},
    wire::json::{Faults, Json, Node},
};

/// What a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A string or `{"env": "NAME"}`.
    Setting,
    /// `{"env": "NAME"}` alone: a secret never stands in the file.
    Secret,
    /// A string.
    Text,
    /// A day, such as `2026-11-22`.
    Day,
    /// `true` or `false`.
    Flag,
    /// A whole number from zero.
    Count,
    /// A list of whole numbers.
    Counts,
    /// A list of strings.
    Texts,
    /// One of these words.
    Word(&'static [&'static str], &'static str),
    /// A value in JSON Logic.
    Value,
    /// An object from names of the other side to values in JSON Logic.
    Map,
    /// An object from names to texts.
    Names,
    /// JSON in which every operation of JSON Logic is replaced by its value.
    Template,
    /// How fast a destination may be asked.
    Rate,
    /// An object from names of headers to strings or `{"env": "NAME"}`.
    Headers,
}

/// The members of a rate.
const RATE: [&str; 3] = ["per_second", "per_minute", "at_once"];

/// Every setting by its name.
const SETTINGS: &[(&str, Shape)] = &[
    ("batch", Shape::Count),
    ("account", Shape::Setting),
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
    ("portal", Shape::Text),
    ("prefix", Shape::Text),
    ("previous_secret", Shape::Secret),
    ("rate", Shape::Rate),
    ("redirect", Shape::Text),
    ("refresh_token", Shape::Secret),
    ("region", Shape::Text),
    ("reply_to", Shape::Value),
    ("secret", Shape::Secret),
    ("separator", Shape::Word(&["comma", "semicolon"], "one of comma, semicolon")),
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
        takes: &["mode", "event", "source", "token", "secret", "signing_key", "map"],
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
discord, mail, smtp, pipedrive, salesforce, odoo, espocrm, mautic, meta_conversions, meta_audience, google_conversions, google_audience, \
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

fn check_shape(member: &Node<'_>, shape: Shape, owner: &Node<'_>, key: &str, faults: &mut Faults) {
    let json = member.json();
    let all = |fits: fn(&Json) -> bool| json.as_array().is_some_and(|items| items.iter().all(fits));
    let expected = match shape {
        Shape::Setting => {
            Setting::member(owner, key, faults);
            return;
        }
        Shape::Secret => match json.member("env").and_then(Json::as_str) {
            Some(_) => return,
            None => "{\"env\": \"NAME\"}: a secret stands in the environment",
        },
        Shape::Headers => {
            for (name, value) in member.members(faults) {
                if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                {
                    value.fault("a header of letters, digits and -", faults);
                }
                Setting::member(member, name, faults);
            }
            return;
        }
        Shape::Rate => {
            for (name, value) in member.members(faults) {
                if !RATE.contains(&name) {
                    value.fault("one of per_second, per_minute, at_once", faults);
                } else if value.json().as_uint().is_none_or(|number| number == 0) {
                    value.fault("a whole number from 1", faults);
                }
            }
            return;
        }
        Shape::Map => {
            for (_, value) in member.members(faults) {
                check_value(&value, faults);
            }
            return;
        }
        Shape::Names => {
            for (_, value) in member.members(faults) {
                if value.json().as_str().is_none_or(str::is_empty) {
                    value.fault("a string", faults);
                }
            }
            return;
        }
        Shape::Value => return check_value(member, faults),
        Shape::Template => {
            if let Err(pointer) = Template::parse(json) {
                let mut whole = alloc::string::String::from(member.pointer());
                whole.push_str(&pointer);
                Node::at(json, &whole).fault("JSON with operations of JSON Logic", faults);
            }
            return;
        }
        Shape::Text if json.as_str().is_some_and(|text| !text.is_empty()) => return,
        Shape::Text => "a string",
        Shape::Day if json.as_str().is_some_and(is_day) => return,
        Shape::Day => "a day, such as 2026-11-22",
        Shape::Flag if json.as_bool().is_some() => return,
        Shape::Flag => "true or false",
        Shape::Count if json.as_uint().is_some() => return,
        Shape::Count => "a whole number from 0",
        Shape::Counts if all(|item| item.as_uint().is_some()) => return,
        Shape::Counts => "a list of whole numbers",
        Shape::Texts if all(|item| item.as_str().is_some()) => return,
        Shape::Texts => "a list of strings",
        Shape::Word(words, _) if json.as_str().is_some_and(|word| words.contains(&word)) => return,
        Shape::Word(_, expected) => expected,
    };
    member.fault(expected, faults);
}

fn is_day(text: &str) -> bool {
    let digit = |place: usize, byte: u8| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(|(place, byte)| digit(place, byte))
}

fn check_value(member: &Node<'_>, faults: &mut Faults) {
    if let Err(error) = Rule::parse(member.json(), &Limits::default()) {
        let mut pointer = alloc::string::String::from(member.pointer());
        pointer.push_str(error.pointer());
        Node::at(member.json(), &pointer)
            .fault("a value in JSON Logic, such as {\"var\": \"values.email\"}", faults);
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
