//! From facts to points, rule by rule, and from points to a verdict.

use alloc::{vec, vec::Vec};

use super::{
    MAX_EVENTS, Qualify, Reason, Score, Verdict, Why,
    decay::{self, ONE},
    entry::{Effect, Entry, Events, Points},
    scorecard::{Feature, find},
};
use crate::{
    rule::{Layer, Limits, Rule},
    time::Millis,
    wire::json::Json,
};

/// What is known about a lead.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The normalised values by field.
    pub values: &'a Json,
    /// What the kit found out itself, by the names in [`FACTS`](super::FACTS).
    pub verified: &'a Json,
    /// What the client says, by the same names. What is verified goes before.
    pub claimed: &'a Json,
}

/// What each rule gave for one lead, so that a change of some facts needs only the rules that read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally(Vec<Outcome>);

/// What one rule gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Outcome {
    holds: bool,
    verified: i64,
    claimed: i64,
    failed: Option<&'static str>,
    /// The cell of a learned score.
    cell: usize,
}

impl Qualify {
    /// Judges a lead. `now` is what half-lives are counted to.
    pub fn judge(&self, facts: &Facts<'_>, now: Millis) -> Verdict<'_> {
        self.verdict(&self.tally(facts, now))
    }

    /// Evaluates every rule.
    pub fn tally(&self, facts: &Facts<'_>, now: Millis) -> Tally {
        Tally(self.entries.iter().map(|entry| entry.outcome(facts, now)).collect())
    }

    /// Evaluates the rules again that read one of the `changed` paths, such as `values.email` or `pages`, or that depend
    /// on the time. Gives the same as [`tally`](Self::tally) of the new facts.
    pub fn update(&self, tally: &mut Tally, facts: &Facts<'_>, now: Millis, changed: &[&str]) {
        for (entry, outcome) in self.entries.iter().zip(&mut tally.0) {
            if entry.depends_on(changed) {
                *outcome = entry.outcome(facts, now);
            }
        }
    }

    /// Adds up what the rules gave.
    pub fn verdict(&self, tally: &Tally) -> Verdict<'_> {
        let mut verdict = Verdict::default();
        let mut sums: Vec<Sum> =
            self.scores.iter().map(|score| Sum::new(score.claimed, score.groups.len())).collect();
        let mut thirds = 0_i64;
        for (entry, outcome) in self.entries.iter().zip(&tally.0) {
            let why = if let Some(code) = outcome.failed {
                Why::Failed(code)
            } else if !outcome.holds {
                continue;
            } else {
                match &entry.effect {
                    Effect::Points(points) => {
                        let Some(sum) = sums.get_mut(points.score) else { continue };
                        let (given, claimed) = sum.add(points.group, outcome);
                        let score = self.scores.get(points.score).map_or("", |score| &score.name);
                        Why::Points { score, points: given, claimed, cell: None }
                    }
                    Effect::Learned(score, feature) => {
                        let Some(sum) = sums.get_mut(*score) else { continue };
                        let (points, claimed) = sum.add(None, outcome);
                        let score = self.scores.get(*score).map_or("", |score| &score.name);
                        let cell = Some(feature.cell(outcome.cell).0);
                        Why::Points { score, points, claimed, cell }
                    }
                    Effect::Thirds(count) => {
                        thirds = thirds.saturating_add(*count);
                        Why::Thirds(*count)
                    }
                    Effect::Segment { next } => {
                        verdict.segments.push(&entry.id);
                        verdict.next = verdict.next.or(next.as_ref());
                        continue;
                    }
                    Effect::Filter { disposition, message } => {
                        if *disposition > verdict.disposition {
                            verdict.disposition = *disposition;
                            verdict.message = message.as_ref();
                        }
                        Why::Disposition(*disposition)
                    }
                }
            };
            verdict.reasons.push(Reason { rule: &entry.id, why });
        }
        for (rubric, sum) in self.scores.iter().zip(sums) {
            let capped = |points: i64, cap: Option<i64>| cap.map_or(points, |cap| points.min(cap));
            let groups = rubric.groups.iter().zip(sum.groups);
            let groups: Vec<_> =
                groups.map(|((name, cap), points)| (&**name, capped(points, *cap))).collect();
            let total =
                groups.iter().fold(sum.rest, |total, (_, points)| total.saturating_add(*points));
            verdict.scores.push(Score {
                name: &rubric.name,
                points: capped(total, rubric.cap),
                groups,
            });
        }
        if let Some(grade) = &self.grade {
            let (text, handover) = grade.of(&verdict.scores, thirds);
            verdict.grade = Some(text);
            verdict.handover = handover;
        }
        verdict
    }
}

/// The points of one score before its caps.
struct Sum {
    /// What claimed facts may still bring.
    claimable: i64,
    groups: Vec<i64>,
    /// The points of no group.
    rest: i64,
}

impl Sum {
    fn new(claimable: i64, groups: usize) -> Self {
        Self { claimable, groups: vec![0; groups], rest: 0 }
    }

    /// Adds what a rule gave; gives the points that count and whether some of them are claimed.
    fn add(&mut self, group: Option<usize>, outcome: &Outcome) -> (i64, bool) {
        // A claim that costs points counts in full: nobody claims what harms.
        let claimed = outcome.claimed.min(self.claimable);
        self.claimable -= claimed.max(0);
        let points = outcome.verified.saturating_add(claimed);
        let slot = group.and_then(|group| self.groups.get_mut(group)).unwrap_or(&mut self.rest);
        *slot = slot.saturating_add(points);
        (points, outcome.claimed != 0)
    }
}

impl Entry {
    fn outcome(&self, facts: &Facts<'_>, now: Millis) -> Outcome {
        let outcome = match &self.effect {
            Effect::Points(Points { amount, events: Some(events), .. }) => {
                self.events(events, *amount, facts, now)
            }
            Effect::Points(Points { amount, .. }) => self.once(*amount, facts),
            Effect::Learned(_, feature) => Ok(learned(feature, facts)),
            Effect::Thirds(_) | Effect::Segment { .. } | Effect::Filter { .. } => {
                self.once(0, facts)
            }
        };
        outcome.unwrap_or_else(|code| Outcome { failed: Some(code), ..Outcome::default() })
    }

    fn once(&self, points: i64, facts: &Facts<'_>) -> Result<Outcome, &'static str> {
        let layers = [("values", facts.values), ("", facts.verified), ("", facts.claimed)];
        let [values, verified, _] = layers;
        let trusted = [values, verified];
        let claims =
            !self.verified && facts.claimed.as_object().is_some_and(|facts| !facts.is_empty());
        let holds = self.holds(if claims { &layers } else { &trusted })?;
        let mut outcome = Outcome { holds, ..Outcome::default() };
        if holds && claims && points != 0 && !self.holds(&trusted).unwrap_or(false) {
            outcome.claimed = points;
        } else if holds {
            outcome.verified = points;
        }
        Ok(outcome)
    }

    /// Points for each event, fewer the longer it is ago.
    fn events(
        &self,
        events: &Events,
        points: i64,
        facts: &Facts<'_>,
        now: Millis,
    ) -> Result<Outcome, &'static str> {
        let mut outcome = Outcome::default();
        for (source, claimed) in [(facts.verified, false), (facts.claimed, true)] {
            if claimed && self.verified {
                continue;
            }
            let mut sum = 0_i64;
            let list = events.path.iter().try_fold(source, |at, key| at.member(key));
            for event in list.and_then(Json::as_array).unwrap_or_default().iter().take(MAX_EVENTS) {
                let layers = [
                    ("", event),
                    ("values", facts.values),
                    ("", facts.verified),
                    ("", facts.claimed),
                ];
                let [event_layer, values, verified, _] = layers;
                let trusted = [event_layer, values, verified];
                if !self.holds(if claimed { &layers } else { &trusted })? {
                    continue;
                }
                outcome.holds = true;
                let at = event.member("at").unwrap_or(event).as_uint().map(Millis);
                let left = match (events.half_life, at) {
                    (Some(half_life), Some(at)) => decay::left(now.saturating_sub(at), half_life),
                    // What has no time is as old as can be.
                    (Some(_), None) => 0,
                    (None, _) => ONE,
                };
                sum = sum.saturating_add(points.saturating_mul(left));
            }
            let slot = if claimed { &mut outcome.claimed } else { &mut outcome.verified };
            *slot = sum / ONE;
        }
        Ok(outcome)
    }

    fn holds(&self, layers: &[Layer<'_>]) -> Result<bool, &'static str> {
        let Some(rule) = &self.when else { return Ok(true) };
        rule.holds_in(layers, &Limits::default()).map_err(|error| error.code())
    }

    fn depends_on(&self, changed: &[&str]) -> bool {
        match &self.effect {
            Effect::Points(Points { events: Some(_), .. }) => return true,
            Effect::Learned(_, feature) => {
                let fact = bare(&feature.fact);
                let touches = |changed: &str| within(fact, changed) || within(changed, fact);
                return changed.iter().any(|changed| touches(bare(changed)));
            }
            Effect::Points(_)
            | Effect::Thirds(_)
            | Effect::Segment { .. }
            | Effect::Filter { .. } => {}
        }
        self.when.as_ref().is_some_and(|rule| reads(rule, changed))
    }
}

/// What the cell of a fact gives: a fact that the kit found out, else a value, else what the client says.
fn learned(feature: &Feature, facts: &Facts<'_>) -> Outcome {
    let known =
        find(facts.verified, &feature.fact).or_else(|| find(facts.values, bare(&feature.fact)));
    let claim = if known.is_none() { find(facts.claimed, &feature.fact) } else { None };
    let cell = feature.place(known.or(claim));
    let (_, points) = feature.cell(cell);
    let (verified, claimed) = if claim.is_some() { (0, points) } else { (points, 0) };
    Outcome { holds: points != 0, verified, claimed, failed: None, cell }
}

/// The path of a fact without the word that says that it is a value.
fn bare(path: &str) -> &str {
    path.strip_prefix("values.").unwrap_or(path)
}

fn reads(rule: &Rule, changed: &[&str]) -> bool {
    let mut reads = false;
    rule.fields(&mut |path| {
        reads |= path.is_empty()
            || changed.iter().any(|changed| within(path, changed) || within(changed, path));
    });
    reads
}

/// Whether a dotted path is that of `whole` or of something in it.
pub(super) fn within(path: &str, whole: &str) -> bool {
    path.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
