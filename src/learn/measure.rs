//! How good a score is: area under the curve, Brier score and calibration.

use alloc::vec::Vec;

use super::feature::MIN_CELL;

/// Groups of a calibration table.
const GROUPS: usize = 10;

/// One group of leads with similar chances, in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// The leads of the group.
    pub leads: usize,
    /// The share that the score expects to be won.
    pub expected: i64,
    /// The share that was won.
    pub observed: i64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of leads are far below 2^52")]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "points are far below 2^52")]
pub(super) fn points(sum: i64) -> f64 {
    sum as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a cast of this kind stops at the ends")]
pub(super) fn whole(value: f64) -> i64 {
    libm::round(value) as i64
}

/// A share or a measure in ten-thousandths.
pub(super) fn parts(value: f64) -> i64 {
    whole(value * 10_000.0)
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// The chance that a won lead has a higher score than a lost one; equal scores count half. 0.5 where one kind is missing.
pub(super) fn auc(pairs: &[(f64, bool)]) -> f64 {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut lost_below = 0;
    let mut won_all = 0;
    let mut sum = 0.0;
    for tied in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let won = tied.iter().filter(|pair| pair.1).count();
        let lost = tied.len() - won;
        sum += real(won) * (real(lost_below) + real(lost) / 2.0);
        lost_below += lost;
        won_all += won;
    }
    if won_all == 0 || lost_below == 0 { 0.5 } else { sum / real(won_all) / real(lost_below) }
}

/// The mean square of the difference between chance and outcome.
pub(super) fn brier(pairs: &[(f64, bool)]) -> f64 {
    let square = |(chance, won): &(f64, bool)| {
        let difference = chance - if *won { 1.0 } else { 0.0 };
        difference * difference
    };
    pairs.iter().map(square).sum::<f64>() / real(pairs.len().max(1))
}

/// Tenths of the leads by chance; leads with the same chance stay together, and a group has enough leads to be shown.
pub(super) fn calibration(pairs: &[(f64, bool)]) -> Vec<Calibration> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = sorted.len().div_ceil(GROUPS).max(MIN_CELL);
    let mut groups = Vec::new();
    let mut from = 0;
    let mut to = 0;
    for tied in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        to += tied.len();
        if to - from >= size && sorted.len() - to >= MIN_CELL || to == sorted.len() {
            groups.push(group(&sorted[from..to]));
            from = to;
        }
    }
    groups.retain(|group| group.leads >= MIN_CELL);
    groups
}

fn group(pairs: &[(f64, bool)]) -> Calibration {
    let count = real(pairs.len());
    let won = pairs.iter().filter(|pair| pair.1).count();
    Calibration {
        leads: pairs.len(),
        expected: parts(pairs.iter().map(|pair| pair.0).sum::<f64>() / count),
        observed: parts(real(won) / count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_counts_ordered_pairs_and_half_of_ties() {
        for (pairs, expected) in [
            (&[(1.0, false), (2.0, true)][..], 1.0),
            (&[(2.0, false), (1.0, true)], 0.0),
            (&[(1.0, false), (1.0, true)], 0.5),
            (&[(1.0, false), (2.0, true), (2.0, false), (3.0, true)], 0.875),
            (&[(1.0, true)], 0.5),
            (&[], 0.5),
        ] {
            assert!((auc(pairs) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn the_brier_score_is_the_mean_square_of_the_error() {
        assert!((brier(&[(0.5, true), (1.0, false)]) - 0.625).abs() < 1e-12);
    }

    #[test]
    fn small_groups_are_not_shown() {
        let pairs: Vec<(f64, bool)> =
            (0..45).map(|n| (if n < 25 { 0.2 } else { 0.8 }, n % 5 == 0)).collect();
        let shown = calibration(&pairs);
        let expected = [
            Calibration { leads: 25, expected: 2000, observed: 2000 },
            Calibration { leads: 20, expected: 8000, observed: 2000 },
        ];
        assert_eq!(shown, expected);
        assert_eq!(calibration(&pairs[..19]), []);
    }
}
