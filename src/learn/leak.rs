//! Finds columns that know the outcome because they were filled in after it.
//!
//! A column is suspected where it alone sorts won from lost leads almost perfectly (area of [`CERTAIN`] or more), or where
//! it is strong (area of [`STRONG`] or more) and alone sorts them better than a scorecard of all columns that are not
//! strong. Facts known before the outcome seldom do that; the length of the sales call, the reason of the loss or the
//! number of the contract do. The owner may know better: a suspected column can be kept by name.

use alloc::{string::String, vec::Vec};

use super::{
    cross::{FOLDS, judge, mean},
    feature::Feature,
    measure::{auc, parts, real},
    table::Table,
};

/// The area from which a column alone is all but the outcome.
pub const CERTAIN: f64 = 0.95;

/// The area from which a column is strong.
pub const STRONG: f64 = 0.75;

/// As many leads serve to compare columns.
const SAMPLE: usize = 10_000;

/// A column that looks like a leak. Areas are in ten-thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The name of the column.
    pub column: String,
    /// The area of the column alone.
    pub alone: i64,
    /// The area of a scorecard of all columns that are not strong.
    pub others: i64,
    /// The area of a scorecard of all columns, this one and other suspects included.
    pub with: i64,
    /// The area of a scorecard without any suspect.
    pub without: i64,
    /// What raised the suspicion.
    pub why: Suspicion,
}

/// Which criterion a suspected column meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// It alone all but tells the outcome.
    Certain,
    /// It alone tells more than all columns together that are not strong.
    MoreThanTheRest,
}

impl Suspicion {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::MoreThanTheRest => "more_than_the_rest",
        }
    }
}

/// The area of one column alone, each lead judged by the others.
pub(super) fn alone(table: &Table, column: usize, fold_of: &[usize]) -> f64 {
    let values = &table.columns[column].values;
    let mut pairs = Vec::new();
    for fold in 0..FOLDS {
        let (test, train): (Vec<usize>, Vec<usize>) =
            (0..table.won.len()).partition(|lead| fold_of[*lead] == fold);
        let feature = Feature::new(column, values, &train);
        let counts = feature.counts(values, &table.won, &train);
        let won = train.iter().filter(|lead| table.won[**lead]).count();
        let share = real(won) / real(train.len().max(1));
        // Rare cells count as average, or a column of names would seem to know everything.
        let chance = |(all, won): &(usize, usize)| (real(*won) + 5.0 * share) / (real(*all) + 5.0);
        let chances: Vec<f64> = counts.iter().map(chance).collect();
        let each = test.iter().map(|lead| (chances[feature.cell(values, *lead)], table.won[*lead]));
        pairs.push(auc(&each.collect::<Vec<_>>()));
    }
    pairs.iter().sum::<f64>() / real(FOLDS)
}

/// The suspected columns by index, the strongest first. `areas` holds the area of each column alone.
pub(super) fn suspects(table: &Table, areas: &[f64], fold_of: &[usize]) -> Vec<(usize, Leak)> {
    let mut strong: Vec<usize> = (0..areas.len()).filter(|at| areas[*at] >= STRONG).collect();
    if strong.is_empty() {
        return Vec::new();
    }
    strong.sort_by(|a, b| areas[*b].total_cmp(&areas[*a]));
    let every = table.won.len().div_ceil(SAMPLE).max(1);
    let leads: Vec<usize> = (0..table.won.len()).step_by(every).collect();
    let area = |used: &[usize]| {
        let judged = judge(table, used, &leads, fold_of);
        mean(&judged.areas(&judged.points))
    };
    let without = |left_out: &[usize]| -> Vec<usize> {
        (0..areas.len()).filter(|at| !left_out.contains(at)).collect()
    };
    let others = area(&without(&strong));
    let suspicion = |column: usize| {
        if areas[column] >= CERTAIN {
            Some(Suspicion::Certain)
        } else {
            (areas[column] > others).then_some(Suspicion::MoreThanTheRest)
        }
    };
    let found: Vec<(usize, Suspicion)> =
        strong.iter().filter_map(|column| Some((*column, suspicion(*column)?))).collect();
    if found.is_empty() {
        return Vec::new();
    }
    let suspected: Vec<usize> = found.iter().map(|(column, _)| *column).collect();
    let (with, clean) = (area(&without(&[])), area(&without(&suspected)));
    let leak = |(column, why): (usize, Suspicion)| {
        let leak = Leak {
            column: table.columns[column].name.clone(),
            alone: parts(areas[column]),
            others: parts(others),
            with: parts(with),
            without: parts(clean),
            why,
        };
        (column, leak)
    };
    found.into_iter().map(leak).collect()
}
