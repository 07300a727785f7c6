//! Cuts columns into cells: numbers into bins of about equal counts, words into levels.
//!
//! A level needs at least [`MIN_CELL`] leads; rarer words share the cell `other`. A cell with fewer leads gets no weight,
//! so that no single person shows in a scorecard.

use alloc::{collections::BTreeMap, string::String, string::ToString, vec::Vec};

use super::{
    decimal,
    table::{Column, Values},
};
use crate::qualify::scorecard;

/// The fewest leads of a cell that gets a weight and that a report shows.
pub const MIN_CELL: usize = 20;

/// The most bins of a column of numbers.
const MAX_BINS: usize = 8;

/// The most levels of a column of words.
const MAX_LEVELS: usize = 40;

/// The most weights of a scorecard.
const MAX_WEIGHTS: usize = 120;

/// How one column becomes cells.
#[derive(Clone, Debug)]
pub(super) struct Feature {
    /// The index of the column.
    pub(super) column: usize,
    pub(super) cut: Cut,
}

#[derive(Clone, Debug)]
pub(super) enum Cut {
    /// The inclusive starts of all bins but the first, ascending.
    Bins(Vec<i64>),
    /// The words that are levels, by index, and the number of their cell.
    Levels(BTreeMap<u32, usize>),
}

impl Feature {
    /// Cuts a column by what `leads` have in it.
    pub(super) fn new(column: usize, values: &Values, leads: &[usize]) -> Self {
        let cut = match values {
            Values::Numbers(numbers) => Cut::Bins(bins(numbers, leads)),
            Values::Words { lead, words } => Cut::Levels(levels(lead, words, leads)),
        };
        Self { column, cut }
    }

    /// The number of cells: bins and one for missing, or levels, one for other and one for missing.
    pub(super) fn cells(&self) -> usize {
        match &self.cut {
            Cut::Bins(starts) => starts.len() + 2,
            Cut::Levels(levels) => levels.len() + 2,
        }
    }

    /// The cell of a lead.
    pub(super) fn cell(&self, values: &Values, lead: usize) -> usize {
        match (&self.cut, values) {
            (Cut::Bins(starts), Values::Numbers(numbers)) => match numbers[lead] {
                Some(value) => starts.partition_point(|start| *start <= value),
                None => starts.len() + 1,
            },
            (Cut::Levels(levels), Values::Words { lead: words, .. }) => match words[lead] {
                0 => levels.len() + 1,
                word => levels.get(&(word - 1)).copied().unwrap_or(levels.len()),
            },
            (Cut::Bins(_), Values::Words { .. }) | (Cut::Levels(_), Values::Numbers(_)) => 0,
        }
    }

    /// What a cell is called.
    pub(super) fn label(&self, column: &Column, cell: usize) -> String {
        match (&self.cut, &column.values) {
            (Cut::Bins(starts), _) if cell <= starts.len() => {
                let start = cell.checked_sub(1).and_then(|at| starts.get(at));
                let text = |value: &i64| decimal::text(*value);
                let (start, end) = (start.map(text), starts.get(cell).map(text));
                scorecard::label(start.as_deref(), end.as_deref())
            }
            (Cut::Levels(levels), Values::Words { words, .. }) if cell < levels.len() => {
                let word = levels.iter().find(|(_, at)| **at == cell).map(|(word, _)| *word);
                word.and_then(|word| words.get(word as usize)).cloned().unwrap_or_default()
            }
            (Cut::Levels(levels), _) if cell == levels.len() => scorecard::OTHER.to_string(),
            _ => scorecard::MISSING.to_string(),
        }
    }

    /// Leads and won leads of each cell.
    pub(super) fn counts(
        &self,
        values: &Values,
        won: &[bool],
        leads: &[usize],
    ) -> Vec<(usize, usize)> {
        let mut counts = alloc::vec![(0, 0); self.cells()];
        for &lead in leads {
            let count = &mut counts[self.cell(values, lead)];
            count.0 += 1;
            count.1 += usize::from(won[lead]);
        }
        counts
    }
}

/// Cuts all `columns`; where that gives too many weights, keeps the columns that tell most.
pub(super) fn plan(
    columns: &[Column],
    used: &[usize],
    won: &[bool],
    leads: &[usize],
) -> Vec<Feature> {
    let mut ranked = Vec::new();
    for &index in used {
        let feature = Feature::new(index, &columns[index].values, leads);
        let counts = feature.counts(&columns[index].values, won, leads);
        let weights = counts.iter().filter(|(count, _)| *count >= MIN_CELL).count();
        if weights > 1 {
            ranked.push((information(&counts), weights, feature));
        }
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut room = MAX_WEIGHTS;
    ranked.retain(|(_, weights, _)| {
        let fits = *weights <= room;
        room -= if fits { *weights } else { 0 };
        fits
    });
    let mut features: Vec<Feature> = ranked.into_iter().map(|(_, _, feature)| feature).collect();
    features.sort_by_key(|feature| feature.column);
    features
}

/// The information value: how far the shares of won and lost leads in the cells are apart.
fn information(counts: &[(usize, usize)]) -> f64 {
    use super::measure::real;
    let all: usize = counts.iter().map(|(count, _)| count).sum();
    let won: usize = counts.iter().map(|(_, won)| won).sum();
    let share = |part: usize, whole: usize| (real(part) + 0.5) / (real(whole) + 1.0);
    let value = |(count, cell_won): &(usize, usize)| {
        let (good, bad) = (share(*cell_won, won), share(count - cell_won, all - won));
        (good - bad) * libm::log(good / bad)
    };
    counts.iter().filter(|(count, _)| *count >= MIN_CELL).map(value).sum()
}

/// Starts of bins with about equally many leads; a value that many leads share has a bin of its own.
fn bins(numbers: &[Option<i64>], leads: &[usize]) -> Vec<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for &lead in leads {
        if let Some(value) = numbers[lead] {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut left: usize = counts.values().sum();
    let mut bins_left = MAX_BINS;
    let mut target = left.div_ceil(bins_left).max(MIN_CELL);
    let mut inside = 0;
    let mut starts = Vec::new();
    for (value, count) in counts {
        let alone = inside >= MIN_CELL && count >= target;
        // The bin ends where it comes nearest to its share of the leads.
        let full = inside >= MIN_CELL && inside * 2 + count >= target * 2;
        if (full || alone) && left >= MIN_CELL && bins_left > 1 {
            let start = rounded(value);
            if starts.last().is_none_or(|last| *last < start) {
                starts.push(start);
                bins_left -= 1;
                target = left.div_ceil(bins_left).max(MIN_CELL);
                inside = 0;
            }
        }
        inside += count;
        left -= count;
    }
    starts
}

/// Cut down to three digits, so that no lead's own number stands in a scorecard.
fn rounded(value: i64) -> i64 {
    let mut unit = 1;
    while value / unit >= 1000 || value / unit <= -1000 {
        unit *= 10;
    }
    value.div_euclid(unit).saturating_mul(unit)
}

/// The words that enough leads have, the most frequent first.
fn levels(lead: &[u32], words: &[String], leads: &[usize]) -> BTreeMap<u32, usize> {
    let mut counts = alloc::vec![0_usize; words.len() + 1];
    for &index in leads {
        counts[lead[index] as usize] += 1;
    }
    let mut ranked: Vec<(usize, &String, u32)> = Vec::new();
    for (word, text) in (0_u32..).zip(words) {
        let count = counts[word as usize + 1];
        if count >= MIN_CELL {
            ranked.push((count, text, word));
        }
    }
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    ranked.into_iter().take(MAX_LEVELS).zip(0..).map(|((_, _, word), cell)| (word, cell)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{borrow::ToOwned, vec};

    #[track_caller]
    fn check(values: &[(i64, usize)], expected: &[i64]) {
        let numbers: Vec<Option<i64>> =
            values.iter().flat_map(|(value, count)| vec![Some(*value); *count]).collect();
        let leads: Vec<usize> = (0..numbers.len()).collect();
        assert_eq!(bins(&numbers, &leads), expected);
    }

    #[test]
    fn bins_hold_about_equally_many_leads() {
        let each: Vec<(i64, usize)> = (0..160).map(|value| (value, 1)).collect();
        check(&each, &[20, 40, 60, 80, 100, 120, 140]);
        check(&[(-1, 800), (5, 10), (6, 95), (7, 95)], &[5, 7]);
        check(&[(0, 30), (1, 30)], &[1]);
        check(&[(0, 30), (1, 5)], &[]);
        check(&[(0, 5)], &[]);
        check(&[], &[]);
    }

    #[test]
    fn starts_of_bins_have_three_digits() {
        assert_eq!(rounded(1_234_567), 1_230_000);
        assert_eq!(rounded(-1_234_567), -1_240_000);
        assert_eq!(rounded(999), 999);
        assert_eq!(rounded(i64::MIN + 1), i64::MIN);
    }

    #[test]
    fn rare_words_share_a_cell() {
        let words = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let mut lead = vec![1; 20];
        lead.extend(vec![2; 19]);
        lead.extend(vec![3; 25]);
        lead.push(0);
        let leads: Vec<usize> = (0..lead.len()).collect();
        let values = Values::Words { lead, words };
        let feature = Feature::new(0, &values, &leads);
        let won = vec![true; leads.len()];
        assert_eq!(feature.counts(&values, &won, &leads), [(25, 25), (20, 20), (19, 19), (1, 1)]);
        let column = Column { name: "x".to_owned(), values };
        let labels: Vec<String> = (0..4).map(|cell| feature.label(&column, cell)).collect();
        assert_eq!(labels, ["c", "a", "(other)", "(missing)"]);
    }
}
