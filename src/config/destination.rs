//! Where accepted leads go: what is common to every kind of destination.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::{Public, ads, kind};
use crate::{
    form::{Kind, is_name},
    lead::{self, Stage},
    rule::{Limits, Rule},
    wire::json::{Faults, Json, Node},
};

/// A value that stands in the configuration, or the name of one that stands in the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The value itself.
    Plain(String),
    /// `{"env": "NAME"}`: the platform looks it up.
    Env(String),
}

impl Setting {
    /// Reads the member `key`: a string, or `{"env": "NAME"}`.
    pub fn member(node: &Node<'_>, key: &str, faults: &mut Faults) -> Option<Self> {
        let member = node.get(key)?;
        let read = match member.json() {
            Json::String(text) => Some(Self::Plain(text.clone())),
            json => {
                json.member("env").and_then(Json::as_str).map(|name| Self::Env(name.to_owned()))
            }
        };
        if read.is_none() {
            member.fault("a string or {\"env\": \"NAME\"}", faults);
        }
        read
    }
}

/// A place that leads are brought to.
#[derive(Clone, Debug, PartialEq)]
pub struct Destination {
    /// The name that the owner gave.
    pub name: String,
    /// Its kind, such as `webhook`.
    pub kind: String,
    /// Which leads go there; without a condition, all that were accepted.
    pub when: Option<Rule>,
    /// The purpose that the visitor must have agreed to.
    pub purpose: Option<String>,
    /// The whole object, for the settings of the kind.
    pub settings: Json,
    /// Whether it hears of a lead when that comes.
    pub on_lead: bool,
    /// Whether it hears of the stages of a lead.
    pub on_stage: bool,
    /// Whether it is an audience, which gains and loses members.
    pub audience: bool,
    /// Its lanes: one for each operation that it can do.
    pub lanes: Vec<String>,
}

impl Destination {
    /// Whether it wants to hear of an event by one of these names: all of them, unless `events` names those that it wants.
    pub fn tells(&self, names: &[&str]) -> bool {
        let events = self.settings.member("events");
        events.is_none_or(|events| names.iter().any(|name| events.member(name).is_some()))
    }

    pub(super) fn read_all(
        root: &Node<'_>,
        public: &Public,
        stages: &[(String, Stage)],
        faults: &mut Faults,
    ) -> Vec<Self> {
        let members = root.get("destinations").map(|node| node.members(faults)).unwrap_or_default();
        let read = |(name, node): &(&str, Node<'_>)| Self::read(name, node, public, stages, faults);
        members.iter().filter_map(read).collect()
    }

    fn read(
        name: &str,
        node: &Node<'_>,
        public: &Public,
        stages: &[(String, Stage)],
        faults: &mut Faults,
    ) -> Option<Self> {
        if !is_name(name) {
            node.fault("a name of a-z, 0-9, _ and -, at most 64 characters", faults);
        }
        let kind = node.required_text("type", "a member \"type\"", faults)?;
        kind::check(kind::Family::Destination, node, faults);
        let when = node.get("when").and_then(|when| {
            let rule = Rule::parse(when.json(), &Limits::default());
            if let Err(error) = &rule {
                let mut pointer = when.pointer().to_owned();
                pointer.push_str(error.pointer());
                Node::at(when.json(), &pointer).fault("a JSON Logic condition", faults);
            }
            rule.ok()
        });
        let purpose = node.text("purpose", faults);
        if let Some(purpose) = purpose {
            let asked = |kind: &Kind| matches!(kind, Kind::Consent { purpose: asked, .. } if asked == purpose);
            if !public
                .forms()
                .iter()
                .flat_map(crate::form::Form::fields)
                .any(|field| asked(field.kind()))
            {
                let member = node.get("purpose")?;
                member.fault("the purpose of a consent field of some form", faults);
            }
        }
        let audience = ads::is_audience(kind);
        let (on_lead, on_stage) = occasions(node, faults);
        let names: Vec<&str> = stages.iter().map(|(name, _)| name.as_str()).collect();
        let wanted = if on_stage { names.as_slice() } else { &[] };
        Some(Self {
            lanes: lead::lanes(name, audience, wanted),
            on_lead,
            on_stage,
            audience,
            name: name.to_owned(),
            kind: kind.to_owned(),
            when,
            purpose: purpose.map(ToOwned::to_owned),
            settings: node.json().clone(),
        })
    }
}

/// The member `on`: what a destination hears of. Without it, of leads alone.
fn occasions(node: &Node<'_>, faults: &mut Faults) -> (bool, bool) {
    let Some(member) = node.get("on") else { return (true, false) };
    let items = member.items(faults);
    let has = |word: &str| items.iter().any(|item| item.json().as_str() == Some(word));
    for item in &items {
        if !["lead", "stage"].iter().any(|word| item.json().as_str() == Some(word)) {
            item.fault("one of lead, stage", faults);
        }
    }
    if items.is_empty() {
        member.fault("a list with lead, stage, or both", faults);
    }
    (has("lead"), has("stage"))
}
