//! What the owner reads before a scorecard is switched on, as JSON and as text.
//!
//! Measures are in ten-thousandths. Counts of cells with fewer than [`MIN_CELL`] leads are not shown, and where that hides
//! one cell of a column, its next smallest cell is hidden too, so that nobody can subtract.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    Refusal, cross::FOLDS, feature::MIN_CELL, leak::Leak, measure::Calibration, table::Unused,
};
use crate::wire::json::Json;

/// How good a learned scorecard is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The leads that were won.
    pub won: usize,
    /// The leads that were lost.
    pub lost: usize,
    /// The leads without an outcome, which were left out.
    pub open: usize,
    /// The area under the curve of the scorecard on leads that it has not seen, the mean of five folds.
    pub auc: i64,
    /// The area in each fold.
    pub auc_folds: [i64; FOLDS],
    /// The same before rounding to whole points.
    pub auc_unrounded: i64,
    /// The same for naive Bayes as Odoo does it.
    pub auc_bayes: i64,
    /// The same for the score of the rules in use.
    pub auc_rules: Option<i64>,
    /// The Brier score of the scorecard's chances.
    pub brier: i64,
    /// The Brier score before rounding.
    pub brier_unrounded: i64,
    /// The Brier score of naive Bayes.
    pub brier_bayes: i64,
    /// Groups of leads by chance.
    pub calibration: Vec<Calibration>,
    /// The points of the scorecard that are not 0.
    pub weights: usize,
    /// Columns that look like leaks.
    pub leaks: Vec<Leak>,
    /// Columns that nothing was learned from, and why.
    pub unused: Vec<(String, Unused)>,
    /// The columns that give points.
    pub columns: Vec<ColumnReport>,
    /// Why the scorecard must not be switched on; empty where it may.
    pub refusals: Vec<Refusal>,
}

/// One column and its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnReport {
    /// The name of the column.
    pub column: String,
    /// The area of the column alone.
    pub alone: i64,
    /// Its bins or levels.
    pub cells: Vec<Cell>,
}

/// One bin or level; the counts are `None` where too few leads are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The bin or level, [`OTHER`](crate::qualify::scorecard::OTHER) or [`MISSING`](crate::qualify::scorecard::MISSING).
    pub label: String,
    /// The leads in it.
    pub leads: Option<usize>,
    /// Those of them that were won.
    pub won: Option<usize>,
    /// What it gives.
    pub points: i64,
}

impl ColumnReport {
    /// Hides counts as the module says; empty cells are left out.
    pub(super) fn new(column: String, alone: i64, mut cells: Vec<Cell>) -> Self {
        cells.retain(|cell| cell.leads != Some(0));
        let mut hidden = 0;
        for cell in &mut cells {
            if cell.leads.is_some_and(|leads| leads < MIN_CELL) {
                (cell.leads, cell.won) = (None, None);
                hidden += 1;
            }
        }
        let smallest =
            cells.iter_mut().filter(|cell| cell.leads.is_some()).min_by_key(|cell| cell.leads);
        if let (1, Some(cell)) = (hidden, smallest) {
            (cell.leads, cell.won) = (None, None);
        }
        Self { column, alone, cells }
    }
}

impl Report {
    /// Whether the scorecard may be switched on.
    pub fn usable(&self) -> bool {
        self.refusals.is_empty()
    }

    /// The report for programs.
    pub fn to_json(&self) -> Json {
        let areas = self.auc_folds.iter().map(|area| Json::int(*area)).collect();
        let leads =
            [("won", count(self.won)), ("lost", count(self.lost)), ("open", count(self.open))];
        let auc = [
            ("scorecard", Json::int(self.auc)),
            ("folds", Json::Array(areas)),
            ("unrounded", Json::int(self.auc_unrounded)),
            ("bayes", Json::int(self.auc_bayes)),
            ("rules", self.auc_rules.map_or(Json::Null, Json::int)),
        ];
        let brier = [
            ("scorecard", Json::int(self.brier)),
            ("unrounded", Json::int(self.brier_unrounded)),
            ("bayes", Json::int(self.brier_bayes)),
        ];
        let refusals = self.refusals.iter().map(|refusal| Json::str(refusal.code()));
        let unused = self.unused.iter().map(|(column, why)| {
            Json::object([("column", Json::str(column)), ("why", Json::str(why.code()))])
        });
        Json::object([
            ("usable", Json::Bool(self.usable())),
            ("refusals", Json::Array(refusals.collect())),
            ("leads", Json::object(leads)),
            ("weights", count(self.weights)),
            ("auc", Json::object(auc)),
            ("brier", Json::object(brier)),
            ("calibration", Json::Array(self.calibration.iter().map(group_json).collect())),
            ("leaks", Json::Array(self.leaks.iter().map(leak_json).collect())),
            ("unused", Json::Array(unused.collect())),
            ("columns", Json::Array(self.columns.iter().map(column_json).collect())),
        ])
    }
}

fn count(count: usize) -> Json {
    Json::int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn group_json(group: &Calibration) -> Json {
    Json::object([
        ("leads", count(group.leads)),
        ("expected", Json::int(group.expected)),
        ("observed", Json::int(group.observed)),
    ])
}

fn leak_json(leak: &Leak) -> Json {
    Json::object([
        ("column", Json::str(&leak.column)),
        ("why", Json::str(leak.why.code())),
        ("alone", Json::int(leak.alone)),
        ("others", Json::int(leak.others)),
        ("with", Json::int(leak.with)),
        ("without", Json::int(leak.without)),
    ])
}

fn column_json(column: &ColumnReport) -> Json {
    let cell = |cell: &Cell| {
        Json::object([
            ("cell", Json::str(&cell.label)),
            ("leads", cell.leads.map_or(Json::Null, count)),
            ("won", cell.won.map_or(Json::Null, count)),
            ("points", Json::int(cell.points)),
        ])
    };
    Json::object([
        ("column", Json::str(&column.column)),
        ("alone", Json::int(column.alone)),
        ("cells", Json::Array(column.cells.iter().map(cell).collect())),
    ])
}

/// Ten-thousandths as a decimal fraction.
struct Share(i64);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:04}", size / 10_000, size % 10_000)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "leads: {} won, {} lost, {} open and left out",
            self.won, self.lost, self.open
        )?;
        for (column, why) in &self.unused {
            writeln!(f, "column \"{column}\" is not used: {}", unused_text(*why))?;
        }
        for leak in &self.leaks {
            writeln!(
                f,
                "column \"{}\" looks like a leak: alone it reaches {}, all columns that are not strong reach {}; a \
                 scorecard reaches {} with the suspects and {} without; was it known when the lead came?",
                leak.column,
                Share(leak.alone),
                Share(leak.others),
                Share(leak.with),
                Share(leak.without)
            )?;
        }
        writeln!(f, "scorecard: {} weights, on leads that it has not seen:", self.weights)?;
        writeln!(f, "             AUC     Brier")?;
        writeln!(f, "  scorecard  {}  {}", Share(self.auc), Share(self.brier))?;
        writeln!(f, "  unrounded  {}  {}", Share(self.auc_unrounded), Share(self.brier_unrounded))?;
        writeln!(f, "  bayes      {}  {}", Share(self.auc_bayes), Share(self.brier_bayes))?;
        if let Some(rules) = self.auc_rules {
            writeln!(f, "  rules      {}", Share(rules))?;
        }
        writeln!(f, "calibration:")?;
        writeln!(f, "  expected  observed  leads")?;
        for group in &self.calibration {
            let (expected, observed) = (Share(group.expected), Share(group.observed));
            writeln!(f, "  {expected}    {observed}    {}", group.leads)?;
        }
        for column in &self.columns {
            writeln!(f, "{} (alone {})", column.column, Share(column.alone))?;
            for cell in &column.cells {
                write!(f, "  {:>5}  {}", cell.points, cell.label)?;
                match (cell.leads, cell.won) {
                    (Some(leads), Some(won)) => writeln!(f, ": {won} of {leads} won")?,
                    _ => writeln!(f, ": too few leads to show")?,
                }
            }
        }
        for refusal in &self.refusals {
            writeln!(f, "not to be switched on: {}", refusal_text(*refusal))?;
        }
        if self.usable() {
            writeln!(f, "may be switched on")?;
        }
        Ok(())
    }
}

fn unused_text(why: Unused) -> &'static str {
    match why {
        Unused::Dropped => "left out as asked",
        Unused::Leak => "it looks like a leak",
        Unused::Constant => "all leads have the same value",
        Unused::RowNumber => "it numbers the lines",
        Unused::Unique => "it differs for almost every lead",
    }
}

fn refusal_text(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::TooFewWon => "fewer than 50 leads were won",
        Refusal::TooFewLost => "fewer than 50 leads were lost",
        Refusal::NoSignal => "it tells won from lost leads hardly better than chance",
        Refusal::NotBetter => "it is not clearly better than the rules in use",
    }
}
