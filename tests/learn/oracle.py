"""Compares the learner with scikit-learn on the same leads and the same folds.

    python3 -m venv .cache/oracle && .cache/oracle/bin/pip install scikit-learn pandas
    .cache/oracle/bin/python tests/learn/oracle.py

Prints areas under the curve (mean of five folds) and fails where the scorecard is more than 0.002 below scikit-learn's
LogisticRegression on standardised numbers or on numbers cut into eight (`binned`), or not ahead of naive Bayes.
"""

import pathlib
import re
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler

ROOT = pathlib.Path(__file__).resolve().parents[2]
MASK = (1 << 64) - 1
FOLDS = 5


def stream(seed):
    """SplitMix64, as in src/random.rs."""
    while True:
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def folds(won):
    """The folds of src/learn/cross.rs with seed 0."""
    bits = stream(0)
    order = sorted((next(bits), lead) for lead in range(len(won)))
    fold_of, dealt = np.zeros(len(won), dtype=int), [0, 0]
    for _, lead in order:
        kind = int(won[lead])
        fold_of[lead] = dealt[kind] % FOLDS
        dealt[kind] += 1
    return fold_of


def oracle(leads, won, binned):
    numbers = list(leads.select_dtypes("number").columns)
    words = [name for name in leads.columns if name not in numbers]
    if binned:
        cut = KBinsDiscretizer(8, encode="onehot", strategy="quantile", quantile_method="averaged_inverted_cdf")
    else:
        cut = StandardScaler()
    areas, briers, fold_of = [], [], folds(won)
    for fold in range(FOLDS):
        test, train = fold_of == fold, fold_of != fold
        columns = make_column_transformer((cut, numbers), (OneHotEncoder(handle_unknown="ignore"), words))
        model = make_pipeline(columns, LogisticRegression(max_iter=5000))
        model.fit(leads[train], won[train])
        chance = model.predict_proba(leads[test])[:, 1]
        areas.append(roc_auc_score(won[test], chance))
        briers.append(brier_score_loss(won[test], chance))
    return np.mean(areas), np.mean(briers)


def main():
    warnings.filterwarnings("ignore", message="Bins whose width")
    command = ["cargo", "test", "--package", "leadkit", "--test", "learn", "--", "--nocapture", "--test-threads=1"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    ours = {}
    for name, fields in re.findall(r"oracle (\w+) (.*)", text):
        ours[name] = {key: int(value) / 10000 for key, value in re.findall(r"(\w+)=(\d+)", fields)}
    bank = ROOT / "../shared/data/bank-marketing.csv.gz"
    made = ROOT / "target/tmp/learn-made.csv"
    sets = {"made": (pd.read_csv(made, sep=";", decimal=","), "result", "Won", ["rules"])}
    if bank.exists():
        sets["bank"] = (pd.read_csv(bank), "y", "yes", ["Cust_num", "duration"])
    else:
        print(f"SKIPPED: {bank} is not there")
    failed = False
    for name, (table, outcome, yes, drop) in sets.items():
        won = (table[outcome] == yes).to_numpy()
        leads = table.drop(columns=[outcome, *drop])
        plain, plain_brier = oracle(leads, won, binned=False)
        binned, binned_brier = oracle(leads, won, binned=True)
        mine = ours[name]
        print(f"{name}: AUC scorecard {mine['scorecard']:.4f}, unrounded {mine['unrounded']:.4f}, "
              f"naive Bayes {mine['bayes']:.4f}, scikit-learn {plain:.4f}, binned {binned:.4f}; "
              f"Brier scorecard {mine['brier']:.4f}, scikit-learn {plain_brier:.4f}, binned {binned_brier:.4f}")
        failed |= mine["scorecard"] < max(plain, binned) - 0.002
        failed |= mine["scorecard"] <= mine["bayes"]
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
