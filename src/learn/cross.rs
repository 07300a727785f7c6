//! Cross-validation: every lead is judged by a scorecard that was fitted without it.
//!
//! Cutting columns, choosing the penalty, fitting and rounding all happen inside each fold.

use alloc::{vec, vec::Vec};

use super::{
    bayes::Bayes,
    design::Design,
    logistic::{Model, Rows},
    measure::auc,
    table::Table,
};
use crate::random::Random;

/// The number of folds.
pub const FOLDS: usize = 5;

/// With more leads than this the penalty hardly matters.
const PLENTY: usize = 5_000;

/// With fewer leads than this each choice of a penalty is tried on all folds.
const FEW: usize = 2_000;

const PENALTIES: [f64; 4] = [1.0, 4.0, 16.0, 64.0];

/// What the scores said of leads that they were not fitted to.
pub(super) struct Judged {
    pub(super) points: Vec<(f64, bool)>,
    pub(super) odds: Vec<(f64, bool)>,
    pub(super) bayes: Vec<(f64, bool)>,
    fold_of: Vec<usize>,
}

/// The folds of all leads: won and lost ones are dealt out in turn, in the order of a seeded stream.
pub(super) fn folds(won: &[bool], seed: u64) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut order: Vec<(u64, usize)> = (0..won.len()).map(|lead| (random.bits(), lead)).collect();
    order.sort_unstable();
    let mut fold_of = vec![0; won.len()];
    let mut dealt = [0, 0];
    for (_, lead) in order {
        let count = &mut dealt[usize::from(won[lead])];
        fold_of[lead] = *count % FOLDS;
        *count += 1;
    }
    fold_of
}

/// Judges each of `leads` without having seen it.
pub(super) fn judge(table: &Table, used: &[usize], leads: &[usize], fold_of: &[usize]) -> Judged {
    let mut out =
        Judged { points: Vec::new(), odds: Vec::new(), bayes: Vec::new(), fold_of: Vec::new() };
    for fold in 0..FOLDS {
        let (test, train): (Vec<usize>, Vec<usize>) =
            leads.iter().partition(|lead| fold_of[**lead] == fold);
        let design = Design::new(table, used, &train);
        let rows = design.rows();
        let penalty = penalty(&rows, design.weights, &train, fold_of);
        let model = Model::fit(&rows, design.weights, &train, penalty);
        let points = design.points(&model);
        let won = train.iter().filter(|lead| table.won[**lead]).count();
        let bayes = Bayes::new(&design.counts, train.len(), won);
        for lead in test {
            let won = table.won[lead];
            out.points.push((super::measure::points(design.score(&points, lead)), won));
            out.odds.push((model.log_odds(&rows, lead), won));
            out.bayes.push((bayes.chance(design.cells(lead)), won));
            out.fold_of.push(fold);
        }
    }
    out
}

/// The penalty under which held-out leads are least surprising; the weights are cut by all of `leads`.
pub(super) fn penalty(rows: &Rows<'_>, weights: usize, leads: &[usize], fold_of: &[usize]) -> f64 {
    let [first, ..] = PENALTIES;
    if leads.len() > PLENTY {
        return first;
    }
    let rounds = if leads.len() < FEW { FOLDS } else { 2 };
    let mut best = (f64::INFINITY, first);
    for penalty in PENALTIES {
        let mut surprise = 0.0;
        for fold in 0..rounds {
            let (test, train): (Vec<usize>, Vec<usize>) =
                leads.iter().partition(|lead| fold_of[**lead] == fold);
            surprise += Model::fit(rows, weights, &train, penalty).surprise(rows, &test);
        }
        if surprise < best.0 {
            best = (surprise, penalty);
        }
    }
    best.1
}

impl Judged {
    /// The area of each fold.
    pub(super) fn areas(&self, scores: &[(f64, bool)]) -> [f64; FOLDS] {
        core::array::from_fn(|fold| {
            let inside = scores.iter().zip(&self.fold_of).filter(|(_, of)| **of == fold);
            auc(&inside.map(|(pair, _)| *pair).collect::<Vec<_>>())
        })
    }
}

/// The mean of the folds.
pub(super) fn mean(areas: &[f64; FOLDS]) -> f64 {
    areas.iter().sum::<f64>() / super::measure::real(FOLDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_have_equally_many_won_and_lost_leads() {
        let won: Vec<bool> = (0..103).map(|lead| lead % 10 == 0).collect();
        let fold_of = folds(&won, 7);
        for fold in 0..FOLDS {
            let inside =
                |kind| (0..103).filter(|lead| fold_of[*lead] == fold && won[*lead] == kind).count();
            assert!((2..=3).contains(&inside(true)) && (18..=19).contains(&inside(false)));
        }
        assert_eq!(folds(&won, 7), fold_of);
        assert_ne!(folds(&won, 8), fold_of);
    }
}
