//! What other rules would have changed: lead by lead, and in sum.

use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, vec::Vec};

use crate::{qualify::Verdict, wire::json::Json};

/// The differences between the verdicts of two configurations, added up over many leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulation {
    leads: u64,
    changed: u64,
    /// By what differs and how, such as `disposition`, then `accept > review`.
    moves: BTreeMap<&'static str, BTreeMap<String, u64>>,
    /// By score: the sum before and after, over the leads that were valid before and after.
    points: BTreeMap<String, (i64, i64)>,
}

impl Simulation {
    /// Adds a lead; gives `{"changed":[…],"before":{…},"after":{…}}`, or `None` where nothing that matters differs.
    pub fn add(&mut self, before: &Verdict<'_>, after: &Verdict<'_>) -> Option<Json> {
        self.leads += 1;
        for score in &before.scores {
            self.sum(score.name).0 += score.points;
        }
        for score in &after.scores {
            self.sum(score.name).1 += score.points;
        }
        let (before, after) = (outline(before), outline(after));
        let mut changed = Vec::new();
        for (name, old) in &before {
            let new =
                after.iter().find(|(other, _)| other == name).map_or(&Json::Null, |(_, new)| new);
            if old != new {
                changed.push(Json::str(name));
                if *name != "scores" {
                    let how = [plain(old), plain(new)].join(" > ");
                    *self.moves.entry(name).or_default().entry(how).or_default() += 1;
                }
            }
        }
        if changed.is_empty() {
            return None;
        }
        self.changed += 1;
        Some(Json::object([
            ("changed", Json::Array(changed)),
            ("before", Json::object(before)),
            ("after", Json::object(after)),
        ]))
    }

    /// `{"leads","changed","moves":{"disposition":{"accept > review":3}},"points":{"fit":{"before":…,"after":…}}}`.
    pub fn to_json(&self) -> Json {
        let moves = self.moves.iter().map(|(name, counts)| {
            let counts = counts.iter().map(|(how, count)| (how.as_str(), Json::uint(*count)));
            (*name, Json::object(counts))
        });
        let points = self.points.iter().map(|(name, (before, after))| {
            let sums = [("before", Json::int(*before)), ("after", Json::int(*after))];
            (name.as_str(), Json::object(sums))
        });
        Json::object([
            ("leads", Json::uint(self.leads)),
            ("changed", Json::uint(self.changed)),
            ("moves", Json::object(moves)),
            ("points", Json::object(points)),
        ])
    }

    fn sum(&mut self, name: &str) -> &mut (i64, i64) {
        self.points.entry(name.to_owned()).or_default()
    }
}

/// What matters of a verdict, always the same members.
fn outline(verdict: &Verdict<'_>) -> Vec<(&'static str, Json)> {
    let scores = verdict.scores.iter().map(|score| (score.name, Json::int(score.points)));
    let segments = verdict.segments.iter().map(|id| Json::str(id)).collect();
    Vec::from([
        ("valid", Json::Bool(verdict.problems.is_empty())),
        ("disposition", Json::str(verdict.disposition.as_str())),
        ("grade", verdict.grade().map_or(Json::Null, Json::str)),
        ("handover", verdict.handover.map_or(Json::Null, Json::Bool)),
        ("segments", Json::Array(segments)),
        ("scores", Json::object(scores)),
    ])
}

fn plain(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("+"),
        other => other.to_text(),
    }
}
