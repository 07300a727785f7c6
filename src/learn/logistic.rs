//! Logistic regression with a quadratic penalty, by Newton's method (iteratively reweighted least squares).
//!
//! Each lead has at most one active cell per feature, so its row is a short list of weight numbers. The base has no
//! penalty. There is nothing random here: the same leads give the same weights to the last bit.

use alloc::{vec, vec::Vec};

use super::measure::logistic;

/// No weight: the cell has too few leads.
pub(super) const NONE: u16 = u16::MAX;

const MAX_STEPS: usize = 50;
const SMALL_STEP: f64 = 1e-7;

/// The active weights of all leads.
pub(super) struct Rows<'a> {
    /// `width` numbers for each lead, ascending, with gaps of [`NONE`].
    pub(super) cells: &'a [u16],
    pub(super) width: usize,
    pub(super) won: &'a [bool],
}

/// The log-odds of a lead are the base and the weights of its cells.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) base: f64,
    pub(super) weights: Vec<f64>,
}

impl Rows<'_> {
    fn active(&self, lead: usize) -> impl Iterator<Item = usize> {
        let row = &self.cells[lead * self.width..(lead + 1) * self.width];
        row.iter().filter(|cell| **cell != NONE).map(|cell| usize::from(*cell))
    }
}

impl Model {
    /// The log-odds of a lead.
    pub(super) fn log_odds(&self, rows: &Rows<'_>, lead: usize) -> f64 {
        rows.active(lead).fold(self.base, |sum, cell| sum + self.weights[cell])
    }

    /// Fits `count` weights to the outcomes of `leads`.
    pub(super) fn fit(rows: &Rows<'_>, count: usize, leads: &[usize], penalty: f64) -> Self {
        let mut model = Self { base: 0.0, weights: vec![0.0; count] };
        let mut loss = model.loss(rows, leads, penalty);
        for _ in 0..MAX_STEPS {
            let step = model.newton(rows, leads, penalty);
            let mut scale = 1.0;
            let (next, next_loss) = loop {
                let next = model.moved(&step, scale);
                let next_loss = next.loss(rows, leads, penalty);
                if next_loss <= loss || scale < 1e-6 {
                    break (next, next_loss);
                }
                scale /= 2.0;
            };
            let done = step.iter().all(|size| (size * scale).abs() < SMALL_STEP);
            if next_loss <= loss {
                model = next;
                loss = next_loss;
            }
            if done || scale < 1e-6 {
                break;
            }
        }
        model
    }

    /// The mean of minus the logarithm of the chance that the model gave to what happened.
    pub(super) fn surprise(&self, rows: &Rows<'_>, leads: &[usize]) -> f64 {
        self.loss(rows, leads, 0.0) / super::measure::real(leads.len().max(1))
    }

    fn loss(&self, rows: &Rows<'_>, leads: &[usize], penalty: f64) -> f64 {
        let squares: f64 = self.weights.iter().map(|weight| weight * weight).sum();
        leads.iter().fold(penalty / 2.0 * squares, |sum, &lead| {
            let x = self.log_odds(rows, lead);
            let against = if rows.won[lead] { -x } else { x };
            sum + softplus(against)
        })
    }

    fn moved(&self, step: &[f64], scale: f64) -> Self {
        let count = self.weights.len();
        let weights = self.weights.iter().zip(step).map(|(weight, by)| weight - scale * by);
        Self { weights: weights.collect(), base: self.base - scale * step[count] }
    }

    /// The step that Newton's method subtracts; the base comes last.
    fn newton(&self, rows: &Rows<'_>, leads: &[usize], penalty: f64) -> Vec<f64> {
        let count = self.weights.len();
        let size = count + 1;
        let mut slope: Vec<f64> = self.weights.iter().map(|weight| weight * penalty).collect();
        slope.push(0.0);
        let mut bend = vec![0.0; size * size];
        for (index, line) in bend.chunks_exact_mut(size).enumerate() {
            line[index] = if index < count { penalty } else { 1e-9 };
        }
        let mut active = Vec::with_capacity(rows.width + 1);
        for &lead in leads {
            let chance = logistic(self.log_odds(rows, lead));
            let error = chance - if rows.won[lead] { 1.0 } else { 0.0 };
            let weight = chance * (1.0 - chance);
            active.clear();
            active.extend(rows.active(lead));
            active.push(count);
            for (at, &row) in active.iter().enumerate() {
                slope[row] += error;
                let line = &mut bend[row * size..(row + 1) * size];
                for &column in &active[..=at] {
                    line[column] += weight;
                }
            }
        }
        solve(&mut bend, slope)
    }
}

/// ln(1 + e^x) without overflow.
fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}

/// Solves a positive definite system by Cholesky's method; only the lower half of `matrix` is read.
fn solve(matrix: &mut [f64], mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for row in 0..size {
        for column in 0..=row {
            let (a, b) = (row * size, column * size);
            let dot: f64 = (0..column).map(|at| matrix[a + at] * matrix[b + at]).sum();
            let rest = matrix[a + column] - dot;
            matrix[a + column] =
                if row == column { libm::sqrt(rest.max(1e-12)) } else { rest / matrix[b + column] };
        }
    }
    for row in 0..size {
        let dot: f64 = (0..row).map(|at| matrix[row * size + at] * right[at]).sum();
        right[row] = (right[row] - dot) / matrix[row * size + row];
    }
    for row in (0..size).rev() {
        let dot: f64 = (row + 1..size).map(|at| matrix[at * size + row] * right[at]).sum();
        right[row] = (right[row] - dot) / matrix[row * size + row];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_system_is_solved() {
        let mut matrix = vec![4.0, 0.0, 0.0, 2.0, 5.0, 0.0, 1.0, 3.0, 6.0];
        let solution = solve(&mut matrix, vec![11.0, 21.0, 25.0]);
        for (got, expected) in solution.iter().zip([1.0, 2.0, 3.0]) {
            assert!((got - expected).abs() < 1e-9, "{solution:?}");
        }
    }

    #[test]
    fn without_weights_the_base_is_the_log_odds_of_winning() {
        let won: Vec<bool> = (0..100).map(|n| n % 4 == 0).collect();
        let leads: Vec<usize> = (0..100).collect();
        let model = Model::fit(&Rows { cells: &[], width: 0, won: &won }, 0, &leads, 1.0);
        assert!((model.base - libm::log(1.0 / 3.0)).abs() < 1e-6);
    }

    #[test]
    fn a_cell_that_decides_everything_gets_a_finite_weight() {
        let won: Vec<bool> = (0..100).map(|n| n < 50).collect();
        let cells: Vec<u16> = won.iter().map(|won| u16::from(*won)).collect();
        let leads: Vec<usize> = (0..100).collect();
        let rows = Rows { cells: &cells, width: 1, won: &won };
        let model = Model::fit(&rows, 2, &leads, 1.0);
        assert!(model.weights[1] > 2.0 && model.weights[1] < 10.0);
        assert!((model.weights[0] + model.weights[1]).abs() < 1e-6);
    }

    #[test]
    fn the_slope_is_flat_where_the_fit_ends() {
        let won: Vec<bool> = (0..200).map(|n| (n * 7919) % 13 < 5).collect();
        let mut cells: Vec<u16> = Vec::new();
        for n in 0_u16..200 {
            cells.extend([n % 3, if n % 5 == 0 { NONE } else { 3 + n % 4 }]);
        }
        let leads: Vec<usize> = (0..200).collect();
        let rows = Rows { cells: &cells, width: 2, won: &won };
        let model = Model::fit(&rows, 7, &leads, 2.0);
        let best = model.loss(&rows, &leads, 2.0);
        for index in 0..7 {
            for by in [-1e-3, 1e-3] {
                let mut other = model.clone();
                other.weights[index] += by;
                assert!(other.loss(&rows, &leads, 2.0) > best);
            }
        }
    }
}
