//! One mark for a lead, and when sales takes over.

use alloc::vec::Vec;

use super::{Rubric, Score};
use crate::wire::json::{Faults, Node};

/// The steps of the letter scale, from `F` over `D-` to `A+`; all but the lowest are thirds of a letter.
const LETTER_STEPS: i64 = 13;
/// `D`, where every lead starts.
const LETTER_START: i64 = 2;

/// The most thresholds of an axis, so that a grade has one letter and one digit.
const MAX_THRESHOLDS: usize = 8;

/// A grade: two ranks, the best of which is 0.
pub(super) type Ranks = [usize; 2];

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grade {
    scale: Scale,
    handover: Option<Handover>,
}

#[derive(Clone, Debug, PartialEq)]
enum Scale {
    /// Letters for one score, digits for another: `A1` to `C3` with two thresholds each.
    Matrix([Axis; 2]),
    /// A letter that moves by thirds.
    Letters { start: i64 },
}

/// The place of a score, and the points from which each rank counts, the best rank first.
#[derive(Clone, Debug, PartialEq)]
struct Axis {
    score: usize,
    from: Vec<i64>,
}

/// All of it has to be reached.
#[derive(Clone, Debug, PartialEq)]
struct Handover {
    grade: Option<Ranks>,
    scores: Vec<(usize, i64)>,
}

impl Grade {
    /// The text of the grade, and whether sales takes over.
    pub(super) fn of(&self, scores: &[Score<'_>], thirds: i64) -> ([u8; 2], Option<bool>) {
        let points = |place: usize| scores.get(place).map_or(0, |score| score.points);
        let ranks = match &self.scale {
            Scale::Matrix(axes) => axes
                .each_ref()
                .map(|axis| axis.from.iter().filter(|from| points(axis.score) < **from).count()),
            Scale::Letters { start } => letter_ranks(start.saturating_add(thirds)),
        };
        let handover = self.handover.as_ref().map(|wanted| {
            let good =
                wanted.grade.is_none_or(|[row, column]| ranks[0] <= row && ranks[1] <= column);
            good && wanted.scores.iter().all(|(place, least)| points(*place) >= *least)
        });
        (self.text(ranks), handover)
    }

    fn text(&self, [row, column]: Ranks) -> [u8; 2] {
        let place = |first: u8, rank: usize| first + u8::try_from(rank).unwrap_or(0);
        match self.scale {
            Scale::Matrix(_) => [place(b'A', row), place(b'1', column)],
            Scale::Letters { .. } if row == 12 => *b"F ",
            Scale::Letters { .. } => {
                let sign = match row % 3 {
                    0 => b'+',
                    1 => b' ',
                    _ => b'-',
                };
                [place(b'A', row / 3), sign]
            }
        }
    }

    pub(super) fn parse(node: &Node<'_>, scores: &[Rubric], faults: &mut Faults) -> Self {
        let scale = match (node.get("matrix"), node.get("letters")) {
            (Some(matrix), None) => Scale::Matrix(["rows", "columns"].map(|name| {
                if let Some(axis) = matrix.get(name) {
                    return Axis::parse(&axis, scores, faults);
                }
                matrix.fault("rows and columns", faults);
                Axis { score: 0, from: Vec::new() }
            })),
            (None, Some(letters)) => {
                let start = letters.text("start", faults).map(read_letter);
                if start == Some(None) {
                    letters.fault("a start from F to A+", faults);
                }
                Scale::Letters { start: start.flatten().unwrap_or(LETTER_START) }
            }
            _ => {
                node.fault("either matrix or letters", faults);
                Scale::Letters { start: LETTER_START }
            }
        };
        let mut grade = Self { scale, handover: None };
        if let Some(node) = node.get("handover") {
            let wanted = node.text("grade", faults).map(|text| grade.read(text));
            if wanted == Some(None) {
                node.fault("a grade of this scale", faults);
            }
            let members = node.get("scores").map(|node| node.members(faults)).unwrap_or_default();
            let scores = members.iter().filter_map(|(name, node)| {
                let place = scores.iter().position(|score| &*score.name == *name);
                let least = node.json().as_int();
                if place.is_none() || least.is_none() {
                    node.fault("a whole number for a known score", faults);
                }
                Some((place?, least?))
            });
            let scores = scores.collect();
            grade.handover = Some(Handover { grade: wanted.flatten(), scores });
        }
        grade
    }

    /// The ranks of a grade that is written in a configuration.
    fn read(&self, text: &str) -> Option<Ranks> {
        match &self.scale {
            Scale::Letters { .. } => read_letter(text).map(letter_ranks),
            Scale::Matrix(axes) => {
                let &[letter, digit] = text.as_bytes() else { return None };
                let ranks = [letter.checked_sub(b'A')?, digit.checked_sub(b'1')?].map(usize::from);
                let known = ranks[0] <= axes[0].from.len() && ranks[1] <= axes[1].from.len();
                known.then_some(ranks)
            }
        }
    }
}

impl Axis {
    fn parse(node: &Node<'_>, scores: &[Rubric], faults: &mut Faults) -> Self {
        let name = node.text("score", faults);
        let score = name.and_then(|name| scores.iter().position(|score| &*score.name == name));
        if score.is_none() {
            node.fault("a known score", faults);
        }
        let items = node.get("from").map(|node| node.items(faults)).unwrap_or_default();
        let from: Vec<i64> = items.iter().filter_map(|item| item.json().as_int()).collect();
        let falling = from.iter().zip(from.iter().skip(1)).all(|(first, second)| first > second);
        if from.len() != items.len() || from.is_empty() || from.len() > MAX_THRESHOLDS || !falling {
            node.fault("one to eight falling whole numbers in \"from\"", faults);
        }
        Self { score: score.unwrap_or(0), from }
    }
}

fn letter_ranks(step: i64) -> Ranks {
    let best = LETTER_STEPS - 1;
    [usize::try_from(best - step.clamp(0, best)).unwrap_or(0), 0]
}

/// The step of a letter with or without a sign.
fn read_letter(text: &str) -> Option<i64> {
    let (letter, sign) = match text.as_bytes() {
        b"F" => return Some(0),
        [letter] => (letter, 1),
        [letter, b'-'] => (letter, 0),
        [letter, b'+'] => (letter, 2),
        _ => return None,
    };
    let letters = i64::from(b'D'.checked_sub(*letter).filter(|letters| *letters < 4)?);
    Some(1 + letters * 3 + sign)
}
