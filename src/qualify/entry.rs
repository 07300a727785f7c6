//! One rule of any kind: when it holds, and what follows.

use alloc::boxed::Box;

use super::{Disposition, scorecard::Feature};
use crate::{rule::Rule, time::Millis, wire::json::Json};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) id: Box<str>,
    /// Without a condition it always holds.
    pub(super) when: Option<Rule>,
    /// It does not see what is only claimed.
    pub(super) verified: bool,
    pub(super) effect: Effect,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Effect {
    Points(Points),
    /// Points for the score of this place, by the cell of a fact.
    Learned(usize, Feature),
    /// Thirds of a letter, up or down.
    Thirds(i64),
    Segment {
        next: Option<Json>,
    },
    Filter {
        disposition: Disposition,
        message: Option<Json>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Points {
    /// The place of the score among the scores, and of the group within the score.
    pub(super) score: usize,
    pub(super) group: Option<usize>,
    pub(super) amount: i64,
    /// The points are given for each event of this fact.
    pub(super) events: Option<Events>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Events {
    pub(super) path: Box<[Box<str>]>,
    pub(super) half_life: Option<Millis>,
}
