//! Learns a score from outcomes: which leads were won, and what was known of them.
//!
//! [`learn`] cuts columns into cells, fits a logistic regression with a penalty, rounds it to a [`Scorecard`] of small
//! whole numbers, judges it by cross-validation, names columns that look like leaks, and says whether the result may be
//! switched on. Applying a scorecard needs no floating point and is the matter of
//! `qualify`; what is here runs where the command line runs, and a build that never calls [`learn`] does not contain it.

mod bayes;
mod cross;
mod decimal;
mod design;
mod error;
mod feature;
mod leak;
mod logistic;
mod measure;
mod report;
mod table;

use alloc::vec::Vec;

use cross::{FOLDS, Judged, mean};
use design::{Design, Points};
use logistic::Model;
use measure::{auc, brier, calibration, logistic as chance, parts, points};
use table::Table;

pub use crate::qualify::scorecard::{Contribution, Scorecard};
pub use error::LearnError;
pub use feature::MIN_CELL;
pub use leak::{CERTAIN, Leak, STRONG, Suspicion};
pub use measure::Calibration;
pub use report::{Cell, ColumnReport, Report};
pub use table::{Options, Unused};

/// The fewest won and the fewest lost leads with which a scorecard may be switched on.
pub const MIN_EACH: usize = 50;

/// By how much, in ten-thousandths of area, a scorecard must beat the rules that are in use.
pub const MIN_LEAD: i64 = 100;

/// The area, in ten-thousandths, that a scorecard must reach where there are no rules to beat.
pub const MIN_AREA: i64 = 5500;

/// In how many of the five folds the scorecard must be better.
pub const MIN_FOLDS: usize = 4;

/// What was learned: the scorecard of all leads, and how good scorecards made this way are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The scorecard, fitted to all leads.
    pub scorecard: Scorecard,
    /// How well it does on leads that it has not seen, and whether it may be switched on.
    pub report: Report,
}

/// Why a scorecard must not be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Fewer than [`MIN_EACH`] leads were won.
    TooFewWon,
    /// Fewer than [`MIN_EACH`] leads were lost.
    TooFewLost,
    /// There are no rules to beat, and the area is below [`MIN_AREA`] or not above one half in [`MIN_FOLDS`] folds.
    NoSignal,
    /// The area is not [`MIN_LEAD`] above that of the rules in use, or not better in [`MIN_FOLDS`] folds.
    NotBetter,
}

impl Refusal {
    /// A stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooFewWon => "too_few_won",
            Self::TooFewLost => "too_few_lost",
            Self::NoSignal => "no_signal",
            Self::NotBetter => "not_better",
        }
    }
}

/// Learns from outcomes in CSV with a header; commas, semicolons or tabs.
///
/// # Errors
/// Text that is not CSV, a named column that is not there, an outcome that is neither won nor lost, or fewer than five
/// leads of either kind. Too little data for use is no error: the report refuses.
pub fn learn(text: &str, options: &Options) -> Result<Learned, LearnError> {
    let mut table = table::read(text, options)?;
    let won = table.won.iter().filter(|won| **won).count();
    let lost = table.won.len() - won;
    if won < FOLDS || lost < FOLDS {
        return Err(LearnError::new(error::Kind::OneSided { won, lost }));
    }
    let fold_of = cross::folds(&table.won, options.seed);
    let areas: Vec<f64> =
        (0..table.columns.len()).map(|column| leak::alone(&table, column, &fold_of)).collect();
    let suspects = leak::suspects(&table, &areas, &fold_of);
    let used: Vec<usize> = (0..areas.len())
        .filter(|column| {
            let suspected = suspects.iter().any(|(suspect, _)| suspect == column);
            !suspected || options.keep.contains(&table.columns[*column].name)
        })
        .collect();
    for (column, leak) in &suspects {
        if !used.contains(column) {
            table.unused.push((leak.column.clone(), Unused::Leak));
        }
    }
    let leads: Vec<usize> = (0..table.won.len()).collect();
    let judged = cross::judge(&table, &used, &leads, &fold_of);
    let design = Design::new(&table, &used, &leads);
    let rows = design.rows();
    let penalty = cross::penalty(&rows, design.weights, &leads, &fold_of);
    let model = Model::fit(&rows, design.weights, &leads, penalty);
    let table_points = design.points(&model);
    let scorecard = design.scorecard(&table_points);
    let mut report = measured(&table, &judged, &fold_of);
    report.weights = scorecard.weights();
    report.leaks = suspects.into_iter().map(|(_, leak)| leak).collect();
    report.columns = columns(&table, &design, &table_points, &areas);
    report.unused = table.unused;
    Ok(Learned { scorecard, report })
}

fn measured(table: &Table, judged: &Judged, fold_of: &[usize]) -> Report {
    let learned = judged.areas(&judged.points);
    let hand = table.hand.as_ref().map(|hand| hand_areas(hand, &table.won, fold_of));
    let tenth = |pairs: &[(f64, bool)], scale: f64| -> Vec<(f64, bool)> {
        pairs.iter().map(|(odds, won)| (chance(odds / scale), *won)).collect()
    };
    let chances = tenth(&judged.points, 10.0);
    let won = table.won.iter().filter(|won| **won).count();
    let lost = table.won.len() - won;
    Report {
        won,
        lost,
        open: table.open,
        auc: parts(mean(&learned)),
        auc_folds: learned.map(parts),
        auc_unrounded: parts(mean(&judged.areas(&judged.odds))),
        auc_bayes: parts(mean(&judged.areas(&judged.bayes))),
        auc_rules: hand.as_ref().map(|areas| parts(mean(areas))),
        brier: parts(brier(&chances)),
        brier_unrounded: parts(brier(&tenth(&judged.odds, 1.0))),
        brier_bayes: parts(brier(&judged.bayes)),
        calibration: calibration(&chances),
        weights: 0,
        leaks: Vec::new(),
        unused: Vec::new(),
        columns: Vec::new(),
        refusals: refusals(won, lost, &learned, hand.as_ref()),
    }
}

fn hand_areas(hand: &[i64], won: &[bool], fold_of: &[usize]) -> [f64; FOLDS] {
    core::array::from_fn(|fold| {
        let inside = (0..won.len()).filter(|lead| fold_of[*lead] == fold);
        auc(&inside.map(|lead| (points(hand[lead]), won[lead])).collect::<Vec<_>>())
    })
}

fn refusals(
    won: usize,
    lost: usize,
    learned: &[f64; FOLDS],
    hand: Option<&[f64; FOLDS]>,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if won < MIN_EACH {
        refusals.push(Refusal::TooFewWon);
    }
    if lost < MIN_EACH {
        refusals.push(Refusal::TooFewLost);
    }
    let rival = hand.copied().unwrap_or([0.5; FOLDS]);
    let better = learned.iter().zip(&rival).filter(|(ours, theirs)| ours > theirs).count();
    let needed = hand.map_or(MIN_AREA, |hand| parts(mean(hand)) + MIN_LEAD);
    if better < MIN_FOLDS || parts(mean(learned)) < needed {
        refusals.push(if hand.is_some() { Refusal::NotBetter } else { Refusal::NoSignal });
    }
    refusals
}

fn columns(
    table: &Table,
    design: &Design<'_>,
    points: &Points,
    areas: &[f64],
) -> Vec<ColumnReport> {
    let mut out = Vec::new();
    for ((feature, counts), points) in design.features.iter().zip(&design.counts).zip(&points.cells)
    {
        let column = &table.columns[feature.column];
        let cell = |(at, (leads, won)): (usize, &(usize, usize))| Cell {
            label: feature.label(column, at),
            leads: Some(*leads),
            won: Some(*won),
            points: points[at],
        };
        let cells = counts.iter().enumerate().map(cell).collect();
        out.push(ColumnReport::new(column.name.clone(), parts(areas[feature.column]), cells));
    }
    out
}
