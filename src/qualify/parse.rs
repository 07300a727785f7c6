//! Reading the member `qualify` of a configuration.

use alloc::{borrow::ToOwned, boxed::Box, vec::Vec};

use super::{
    CLAIMED_CAP, Disposition, MAX_POINTS, Qualify, Rubric,
    entry::{Effect, Entry, Events, Points},
    grade::Grade,
    scorecard::Scorecard,
};
use crate::{
    error::Error,
    rule::{Limits, Rule},
    time::Millis,
    wire::json::{Faults, Json, Node},
};

/// Where the member is in the configuration.
pub(super) const POINTER: &str = "/qualify";
pub(super) const PARTS: [&str; 2] = ["public", "private"];

const DAY: u64 = 86_400_000;

impl Qualify {
    /// Reads `{"public":{…},"private":{…}}`; both parts have the same members and count as one.
    ///
    /// # Errors
    /// Every fault with its JSON Pointer in `leadkit.json`.
    pub fn parse(json: &Json) -> Result<Self, Vec<Error>> {
        let mut faults = Faults::new();
        let root = Node::at(json, POINTER);
        let parts: Vec<_> = PARTS.iter().filter_map(|name| root.get(name)).collect();
        let mut qualify =
            Self { public: json.member("public").cloned().unwrap_or_default(), ..Self::default() };
        for part in &parts {
            if let Some(scores) = part.get("scores") {
                for (name, node) in scores.members(&mut faults) {
                    let rubric = Rubric::parse(name, &node, &mut faults);
                    if qualify.scores.iter().any(|score| score.name == rubric.name) {
                        node.fault("a score that is defined once", &mut faults);
                    }
                    qualify.scores.push(rubric);
                }
            }
        }
        for part in &parts {
            qualify.part(part, &mut faults);
        }
        for part in &parts {
            let scores = part.get("scores").map(|node| node.members(&mut Faults::new()));
            for (name, node) in scores.unwrap_or_default() {
                qualify.learned(name, &node, &mut faults);
            }
        }
        if faults.is_empty() { Ok(qualify) } else { Err(faults) }
    }

    fn part(&mut self, part: &Node<'_>, faults: &mut Faults) {
        for name in ["rules", "segments", "filters"] {
            self.list(part, name, faults);
        }
        let Some(node) = part.get("grade") else { return };
        if self.grade.is_some() {
            node.fault("a grade that is defined once", faults);
        }
        self.grade = Some(Grade::parse(&node, &self.scores, faults));
        if let Some(letters) = node.get("letters") {
            self.list(&letters, "criteria", faults);
        }
    }

    /// A learned score: each fact of its scorecard counts as a rule `learned.<fact>`, and its base as one `learned`.
    fn learned(&mut self, name: &str, node: &Node<'_>, faults: &mut Faults) {
        let Some(node) = node.get("learned") else { return };
        let Some(score) = self.scores.iter().position(|score| &*score.name == name) else { return };
        let card = Scorecard::read(&node, faults);
        if card.base() != 0 {
            let base = Points { score, group: None, amount: card.base(), events: None };
            self.rule("learned".into(), Effect::Points(base));
        }
        for feature in card.into_features() {
            let id = "learned.".to_owned() + &feature.fact;
            self.rule(id.into(), Effect::Learned(score, feature));
        }
    }

    fn rule(&mut self, id: Box<str>, effect: Effect) {
        self.entries.push(Entry { id, when: None, verified: false, effect });
    }

    fn list(&mut self, parent: &Node<'_>, name: &str, faults: &mut Faults) {
        let Some(list) = parent.get(name) else { return };
        for node in list.items(faults) {
            let effect = match name {
                "rules" => self.points(&node, faults).map(Effect::Points),
                "segments" => Some(Effect::Segment { next: object(&node, "next", faults) }),
                "filters" => filter(&node, faults),
                _ => points(&node, "thirds", faults).map(Effect::Thirds),
            };
            let id = node.required_text("id", "a member \"id\"", faults);
            let when = condition(&node, faults);
            let verified = node.flag("verified", faults);
            if let (Some(id), Some(effect)) = (id, effect) {
                self.entries.push(Entry { id: id.into(), when, verified, effect });
            }
        }
    }

    fn points(&mut self, node: &Node<'_>, faults: &mut Faults) -> Option<Points> {
        let amount = points(node, "points", faults);
        let name = node.required_text("score", "a member \"score\"", faults)?;
        let Some(score) = self.scores.iter().position(|score| &*score.name == name) else {
            node.fault("a score that is defined in \"scores\"", faults);
            return None;
        };
        let groups = &mut self.scores.get_mut(score)?.groups;
        let group = node.text("group", faults).map(|name| {
            groups.iter().position(|(group, _)| &**group == name).unwrap_or_else(|| {
                groups.push((name.into(), None));
                groups.len() - 1
            })
        });
        let days = node.count("half_life_days", faults);
        let fact = node.text("fact", faults);
        if let (Some(0), _) | (Some(_), None) = (days, fact) {
            node.fault("a half-life of at least a day, and a fact with times", faults);
        }
        let events = fact.map(|path| Events {
            path: path.split('.').map(Into::into).collect(),
            half_life: days.map(|days| Millis(days.saturating_mul(DAY))),
        });
        Some(Points { score, group, amount: amount?, events })
    }
}

impl Rubric {
    fn parse(name: &str, node: &Node<'_>, faults: &mut Faults) -> Self {
        let groups = node.get("groups").map(|groups| groups.members(faults)).unwrap_or_default();
        let groups = groups.iter().map(|(name, node)| (Box::from(*name), cap(Some(node), faults)));
        let groups = groups.collect();
        Self {
            name: name.into(),
            cap: cap(node.get("cap").as_ref(), faults),
            claimed: cap(node.get("claimed").as_ref(), faults).unwrap_or(CLAIMED_CAP),
            groups,
        }
    }
}

fn cap(node: Option<&Node<'_>>, faults: &mut Faults) -> Option<i64> {
    let node = node?;
    let cap = node.json().as_int().filter(|cap| (0..=MAX_POINTS).contains(cap));
    if cap.is_none() {
        node.fault("a cap from 0 to 1,000,000", faults);
    }
    cap
}

fn points(node: &Node<'_>, name: &str, faults: &mut Faults) -> Option<i64> {
    let value = node.get(name).and_then(|node| node.json().as_int());
    let value = value.filter(|value| (-MAX_POINTS..=MAX_POINTS).contains(value));
    if value.is_none() {
        let expected = if name == "points" {
            "whole \"points\" from -1,000,000 to 1,000,000"
        } else {
            "whole \"thirds\" of a letter"
        };
        node.get(name).as_ref().unwrap_or(node).fault(expected, faults);
    }
    value
}

fn filter(node: &Node<'_>, faults: &mut Faults) -> Option<Effect> {
    let message = node.get("message").map(|node| node.json().clone());
    let word = node.text("disposition", faults);
    let known = [Disposition::Review, Disposition::Reject, Disposition::Spam];
    let disposition = known.into_iter().find(|known| Some(known.as_str()) == word);
    if disposition.is_none() {
        node.fault("a disposition: review, reject or spam", faults);
    }
    Some(Effect::Filter { disposition: disposition?, message })
}

fn object(node: &Node<'_>, name: &str, faults: &mut Faults) -> Option<Json> {
    let node = node.get(name)?;
    if node.json().as_object().is_none() {
        node.fault("an object", faults);
    }
    Some(node.json().clone())
}

/// Reads a condition; a fault in it is reported at its place.
pub(super) fn condition(node: &Node<'_>, faults: &mut Faults) -> Option<Rule> {
    let when = node.get("when")?;
    match Rule::parse(when.json(), &Limits::default()) {
        Ok(rule) => Some(rule),
        Err(error) => {
            let pointer = when.pointer().to_owned() + error.pointer();
            faults.push(Error::config(pointer, error.expected()));
            None
        }
    }
}
