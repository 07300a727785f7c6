//! What a lead is worth, where it belongs, and why.
//!
//! Decides scores, grade, segments and disposition of a lead from the owner's rules, and gives a reason for every point.
//! Does not decide whether values are valid (`form`) or where a lead goes (`config::Destination`). A rule that fails at
//! run time gives nothing, is a reason, and stops no lead. Whole numbers only: the verdict is the same on every platform.
//!
//! A condition sees `values.<field>` and the facts in [`FACTS`], nothing else. Facts that the client reports are
//! *claimed*: points that depend on them are capped for each score, and a rule with `"verified": true` does not see them.

mod decay;
mod entry;
mod grade;
mod judge;
mod lint;
mod never;
mod parse;
pub mod scorecard;
mod verdict;

use alloc::{boxed::Box, vec::Vec};

pub use judge::{Facts, Tally};
pub use lint::{FACTS, lint};
pub use never::lint_never;
pub use verdict::{Disposition, Reason, Score, Verdict, Why};

use self::{entry::Entry, grade::Grade};
use crate::wire::json::Json;

/// The points that claimed facts may bring to a score for which the owner gives no other cap.
pub const CLAIMED_CAP: i64 = 20;

/// The most points that one rule may give or take, and the largest cap.
pub const MAX_POINTS: i64 = 1_000_000;

/// The events of one fact that are looked at, from the first.
pub const MAX_EVENTS: usize = 1_000;

/// The rules of a site, read once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Qualify {
    scores: Vec<Rubric>,
    entries: Vec<Entry>,
    grade: Option<Grade>,
    public: Json,
}

/// How the points of one score add up.
#[derive(Clone, Debug, PartialEq)]
struct Rubric {
    name: Box<str>,
    cap: Option<i64>,
    claimed: i64,
    groups: Vec<(Box<str>, Option<i64>)>,
}

impl Qualify {
    /// The names of the scores.
    pub fn scores(&self) -> impl Iterator<Item = &str> {
        self.scores.iter().map(|rubric| &*rubric.name)
    }

    /// The member `qualify` as a browser may have it: the public part alone.
    pub fn public_json(&self) -> Json {
        Json::object([("public", self.public.clone())])
    }
}
