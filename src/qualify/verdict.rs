//! What was decided about a lead, and why.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use crate::{
    lead::{Problem, Suggestion},
    wire::json::Json,
};

/// What becomes of a lead. Nothing is thrown away: whatever is not accepted waits for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disposition {
    /// It goes to its destinations.
    #[default]
    Accept,
    /// A person looks at it first.
    Review,
    /// It is kept and not delivered.
    Reject,
    /// It is kept in quarantine.
    Spam,
}

impl Disposition {
    /// The word in configurations and verdicts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Review => "review",
            Self::Reject => "reject",
            Self::Spam => "spam",
        }
    }
}

/// The points of one score and of its groups, after all caps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score<'q> {
    /// Its name.
    pub name: &'q str,
    /// All its points.
    pub points: i64,
    /// The points of each group that has rules.
    pub groups: Vec<(&'q str, i64)>,
}

/// A rule that fired, or that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason<'q> {
    /// The id of the rule.
    pub rule: &'q str,
    /// What followed from it.
    pub why: Why<'q>,
}

/// What followed from a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why<'q> {
    /// Points for a score, before the caps of group and score.
    Points {
        /// The score.
        score: &'q str,
        /// Points above or below zero.
        points: i64,
        /// Part of them depends on what the client says.
        claimed: bool,
        /// The bin or level of a learned score that the fact fell into.
        cell: Option<&'q str>,
    },
    /// Thirds of a letter of the grade.
    Thirds(i64),
    /// A filter.
    Disposition(Disposition),
    /// Nothing, because the condition failed: the code of the [`RuleError`](crate::rule::RuleError).
    Failed(&'static str),
}

/// What was decided about a lead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict<'q> {
    /// What becomes of the lead.
    pub disposition: Disposition,
    /// What the visitor is told about it, in the words of the configuration.
    pub message: Option<&'q Json>,
    /// The scores in the order of the configuration.
    pub scores: Vec<Score<'q>>,
    /// The grade, if the configuration has grades.
    pub grade: Option<[u8; 2]>,
    /// Whether sales is to take over, if the configuration says when.
    pub handover: Option<bool>,
    /// The ids of the segments that the lead is in.
    pub segments: Vec<&'q str>,
    /// What the visitor sees next: that of the first segment that has something.
    pub next: Option<&'q Json>,
    /// Every rule that fired or failed, in the order of the configuration.
    pub reasons: Vec<Reason<'q>>,
    /// The normalised values, which the caller adds.
    pub values: Json,
    /// What is wrong with the values, which the caller adds.
    pub problems: Vec<Problem>,
    /// What the visitor may have meant, which the caller adds.
    pub suggestions: Vec<Suggestion>,
}

impl Verdict<'_> {
    /// The grade as text, such as `B2` or `A+`.
    pub fn grade(&self) -> Option<&str> {
        self.grade.as_ref().map(|grade| {
            let text = core::str::from_utf8(grade).unwrap_or_default();
            text.trim_end_matches(' ')
        })
    }

    /// The verdict on the wire; the same verdict always gives the same text.
    pub fn to_json(&self) -> Json {
        let mut scores = Vec::new();
        for score in &self.scores {
            let mut groups = Vec::new();
            for (name, points) in &score.groups {
                add(&mut groups, name, Json::int(*points));
            }
            let mut members = Vec::new();
            add(&mut members, "points", Json::int(score.points));
            add(&mut members, "groups", Json::Object(groups));
            add(&mut scores, score.name, Json::Object(members));
        }
        let mut out = Vec::new();
        add(&mut out, "disposition", Json::str(self.disposition.as_str()));
        add(&mut out, "scores", Json::Object(scores));
        if let Some(grade) = self.grade() {
            add(&mut out, "grade", Json::str(grade));
        }
        if let Some(handover) = self.handover {
            add(&mut out, "handover", Json::Bool(handover));
        }
        add(&mut out, "segments", Json::array(self.segments.iter().map(|id| Json::str(id))));
        for (name, json) in [("next", self.next), ("message", self.message)] {
            if let Some(json) = json {
                add(&mut out, name, json.clone());
            }
        }
        add(&mut out, "values", self.values.clone());
        add(&mut out, "problems", Json::array(self.problems.iter().map(Problem::to_json)));
        add(&mut out, "suggestions", Json::array(self.suggestions.iter().map(Suggestion::to_json)));
        add(&mut out, "reasons", Json::array(self.reasons.iter().map(Reason::to_json)));
        Json::Object(out)
    }
}

fn add(members: &mut Vec<(String, Json)>, name: &str, value: Json) {
    members.push((name.to_owned(), value));
}

impl Reason<'_> {
    /// `{"rule","score","points"}` (with `"cell"` where the points are learned), `{"rule","thirds"}`, `{"rule","disposition"}` or `{"rule","error"}`.
    pub fn to_json(&self) -> Json {
        let mut out = Vec::new();
        add(&mut out, "rule", Json::str(self.rule));
        let (name, value) = match &self.why {
            Why::Points { score, points, cell, .. } => {
                add(&mut out, "score", Json::str(score));
                if let Some(cell) = cell {
                    add(&mut out, "cell", Json::str(cell));
                }
                ("points", Json::int(*points))
            }
            Why::Thirds(thirds) => ("thirds", Json::int(*thirds)),
            Why::Disposition(disposition) => ("disposition", Json::str(disposition.as_str())),
            Why::Failed(code) => ("error", Json::str(code)),
        };
        add(&mut out, name, value);
        if let Why::Points { claimed: true, .. } = self.why {
            add(&mut out, "claimed", Json::Bool(true));
        }
        Json::Object(out)
    }
}
