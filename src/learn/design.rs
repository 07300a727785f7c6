//! From columns to weights and from weights to a scorecard.

use alloc::{string::String, vec, vec::Vec};

use super::{
    decimal,
    feature::{Cut, Feature, MIN_CELL, plan},
    logistic::{Model, NONE, Rows},
    measure::whole,
    table::{Column, Table, Values},
};
use crate::qualify::scorecard::{self, Bin, Scorecard};

/// Points in one unit of log-odds.
const SCALE: f64 = 10.0;

/// The cells of all leads, cut by what some of them have.
pub(super) struct Design<'a> {
    table: &'a Table,
    pub(super) features: Vec<Feature>,
    /// Leads and won leads by feature and cell, among those it was cut by.
    pub(super) counts: Vec<Vec<(usize, usize)>>,
    weight_of: Vec<Vec<u16>>,
    cells: Vec<u16>,
    pub(super) weights: usize,
}

/// Whole points by feature and cell, and the points before any fact.
pub(super) struct Points {
    pub(super) base: i64,
    pub(super) cells: Vec<Vec<i64>>,
}

impl<'a> Design<'a> {
    /// Cuts the `used` columns by what `leads` have in them.
    pub(super) fn new(table: &'a Table, used: &[usize], leads: &[usize]) -> Self {
        let features = plan(&table.columns, used, &table.won, leads);
        let mut counts = Vec::new();
        let mut weight_of = Vec::new();
        let mut next = 0;
        for feature in &features {
            let count = feature.counts(&table.columns[feature.column].values, &table.won, leads);
            let mut numbers = Vec::new();
            for (leads, _) in &count {
                let enough = *leads >= MIN_CELL;
                numbers.push(if enough { next } else { NONE });
                next += u16::from(enough);
            }
            counts.push(count);
            weight_of.push(numbers);
        }
        let mut cells = Vec::with_capacity(features.len() * table.won.len());
        for lead in 0..table.won.len() {
            for (feature, numbers) in features.iter().zip(&weight_of) {
                let cell = feature.cell(&table.columns[feature.column].values, lead);
                cells.push(numbers[cell]);
            }
        }
        Self { table, features, counts, weight_of, cells, weights: usize::from(next) }
    }

    /// The rows for the regression.
    pub(super) fn rows(&self) -> Rows<'_> {
        Rows { cells: &self.cells, width: self.features.len(), won: &self.table.won }
    }

    /// The cell of a lead in each feature.
    pub(super) fn cells(&self, lead: usize) -> impl Iterator<Item = usize> {
        let columns = &self.table.columns;
        self.features.iter().map(move |feature| feature.cell(&columns[feature.column].values, lead))
    }

    /// Rounds a model. The average lead gets nothing from any feature: what it would get is in the base.
    pub(super) fn points(&self, model: &Model) -> Points {
        let mut base = model.base;
        let mut cells = Vec::new();
        for (numbers, counts) in self.weight_of.iter().zip(&self.counts) {
            let weight = |cell: usize| {
                (numbers[cell] != NONE).then(|| model.weights[usize::from(numbers[cell])])
            };
            let mut sum = 0.0;
            let mut all = 0.0;
            for (cell, (leads, _)) in counts.iter().enumerate() {
                let leads = super::measure::real(*leads);
                if let Some(weight) = weight(cell) {
                    sum += weight * leads;
                    all += leads;
                }
            }
            let mean = if all > 0.0 { sum / all } else { 0.0 };
            base += mean;
            let limit = |points: i64| points.clamp(-scorecard::MAX_POINTS, scorecard::MAX_POINTS);
            let point =
                |cell| weight(cell).map_or(0, |weight| limit(whole((weight - mean) * SCALE)));
            cells.push((0..numbers.len()).map(point).collect());
        }
        Points { base: whole(base * SCALE), cells }
    }

    /// The points of a lead.
    pub(super) fn score(&self, points: &Points, lead: usize) -> i64 {
        let each = self.cells(lead).zip(&points.cells);
        points.base + each.map(|(cell, points)| points[cell]).sum::<i64>()
    }

    /// The scorecard of these points. Features that give nothing to anyone are left out.
    pub(super) fn scorecard(&self, points: &Points) -> Scorecard {
        let mut features = Vec::new();
        for (feature, cells) in self.features.iter().zip(&points.cells) {
            if cells.iter().any(|points| *points != 0) {
                features.push(entry(feature, &self.table.columns[feature.column], cells));
            }
        }
        Scorecard::new(points.base, features)
    }
}

fn entry(feature: &Feature, column: &Column, points: &[i64]) -> scorecard::Feature {
    let missing = points.last().copied().unwrap_or(0);
    let table = match (&feature.cut, &column.values) {
        (Cut::Levels(levels), Values::Words { words, .. }) => {
            let mut named = vec![(String::new(), 0); levels.len()];
            for (word, cell) in levels {
                named[*cell] = (words[*word as usize].clone(), points[*cell]);
            }
            let other = points.get(levels.len()).copied().unwrap_or(0);
            // A level that gives as much as a rare word needs no line of its own.
            named.retain(|(_, points)| *points != other);
            scorecard::Table::Levels { levels: named, other }
        }
        (Cut::Bins(starts), _) => scorecard::Table::Bins(merged(starts, points)),
        (Cut::Levels(_), Values::Numbers(_)) => scorecard::Table::Bins(Vec::new()),
    };
    scorecard::Feature { fact: column.name.clone(), table, missing }
}

/// Neighbours with the same points become one bin.
fn merged(starts: &[i64], points: &[i64]) -> Vec<Bin> {
    let mut ends: Vec<(Option<i64>, i64)> = Vec::new();
    for (cell, points) in points.iter().take(starts.len() + 1).enumerate() {
        let end = starts.get(cell).copied();
        match ends.last_mut() {
            Some((last, same)) if same == points => *last = end,
            _ => ends.push((end, *points)),
        }
    }
    let mut start: Option<String> = None;
    let bin = |(end, points): (Option<i64>, i64)| {
        let below = end.map(decimal::text);
        let label = scorecard::label(start.as_deref(), below.as_deref());
        start.clone_from(&below);
        Bin { below, label, points }
    };
    ends.into_iter().map(bin).collect()
}
