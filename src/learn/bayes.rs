//! Naive Bayes as Odoo's predictive lead scoring does it, for comparison.
//!
//! A frequency table with 0.1 added to each count; the chance is S(won) / (S(won) + S(lost)), rounded to two decimals of a
//! per cent and kept between 0.01 and 99.99 per cent.

use alloc::vec::Vec;

use super::measure::real;

const SMOOTHING: f64 = 0.1;

/// The frequency table.
pub(super) struct Bayes {
    prior: (f64, f64),
    /// For each feature and cell, the shares among won and lost leads.
    shares: Vec<Vec<(f64, f64)>>,
}

impl Bayes {
    /// Learns from the leads and won leads in each cell of each feature.
    pub(super) fn new(counts: &[Vec<(usize, usize)>], leads: usize, won: usize) -> Self {
        let share = |cells: &Vec<(usize, usize)>| {
            let good: f64 = cells.iter().map(|(_, won)| real(*won) + SMOOTHING).sum();
            let bad: f64 = cells.iter().map(|(all, won)| real(all - won) + SMOOTHING).sum();
            let one = |(all, won): &(usize, usize)| {
                ((real(*won) + SMOOTHING) / good, (real(all - won) + SMOOTHING) / bad)
            };
            cells.iter().map(one).collect()
        };
        let prior = (real(won) / real(leads.max(1)), real(leads - won) / real(leads.max(1)));
        Self { prior, shares: counts.iter().map(share).collect() }
    }

    /// The chance of winning of a lead with these cells, one for each feature.
    pub(super) fn chance(&self, cells: impl Iterator<Item = usize>) -> f64 {
        let (mut good, mut bad) = self.prior;
        for (shares, cell) in self.shares.iter().zip(cells) {
            good *= shares[cell].0;
            bad *= shares[cell].1;
        }
        let percent = libm::round(10_000.0 * good / (good + bad)) / 100.0;
        percent.clamp(0.01, 99.99) / 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_chance_is_that_of_the_formula_written_out() {
        let bayes = Bayes::new(&[vec![(6, 4), (4, 1)], vec![(5, 1), (5, 4)]], 10, 5);
        let good = 0.5 * (4.1 / 5.2) * (4.1 / 5.2);
        let bad = 0.5 * (2.1 / 5.2) * (1.1 / 5.2);
        let expected = libm::round(10_000.0 * good / (good + bad)) / 10_000.0;
        assert!((bayes.chance([0, 1].into_iter()) - expected).abs() < 1e-12);
    }

    #[test]
    fn a_chance_is_never_nothing_and_never_certain() {
        let bayes = Bayes::new(&[vec![(9000, 9000), (9000, 0)]], 18_000, 9000);
        assert!((bayes.chance([0].into_iter()) - 0.9999).abs() < 1e-12);
        assert!((bayes.chance([1].into_iter()) - 0.0001).abs() < 1e-12);
    }
}
