"""Fit data/models/calibration.csv: how the product of two chances becomes the confidence that is shown.

    python scripts/calibrate.py GOLD.jsonl [GOLD.jsonl ...]

The raw confidence of a mention is the chance that it names a place times the chance that it names this one. Each is
cautious, so their product is too low. A line over its log-odds mends it (Platt 1999): intercept + slope * logit(raw).
Gold files weigh the same whatever their size. An answer the gold does not have counts as half a wrong one, because gold
files leave places out: of 45 such answers in LGL with a raw confidence over 0.7 about 40 name a place all the same.
Prints the error before and after, five-fold by article.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import geocode
from helpers.article import DATA
from helpers.evaluate import answer, read_gold
from helpers.scoring import calibration_error, compare, reliability

INVENTED = 0.5  # weight of an answer the gold does not have
FOLDS = 5
RIDGE = 0.02


def logit(chance: np.ndarray) -> np.ndarray:
    clipped = np.clip(chance, 0.001, 0.999)  # as helpers.ranking does
    return np.log(clipped / (1 - clipped))


def read_answers(path: Path) -> pd.DataFrame:
    """Placed answers to a gold file, with raw confidence, whether they are right, their weight and their fold."""
    geocode.calibrated = float  # the raw product: this script fits what else is done to it
    gold = read_gold(path)
    pairs = compare(gold, answer(gold))
    judged = pairs[pairs.lat.notna() & (pairs.placed | ~pairs.asked)].astype({"confidence": float})
    weight = np.where(judged.asked, 1.0, INVENTED)
    fold = pd.factorize(judged.article_id)[0] % FOLDS
    return judged.assign(weight=weight / weight.sum(), fold=fold)


def fit(answers: pd.DataFrame, steps: int = 50) -> np.ndarray:
    """Intercept and slope of highest likelihood, by Newton's method."""
    rows = np.c_[np.ones(len(answers)), logit(answers.confidence.to_numpy())]
    right, weight = answers.right.to_numpy(float), answers.weight.to_numpy() * 1000
    line = np.zeros(2)
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-rows @ line))
        slope = rows.T @ (weight * (chance - right)) + RIDGE * line
        bend = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + RIDGE * np.eye(2)
        line = line - np.linalg.solve(bend, slope)
    return line


def apply(line: np.ndarray, answers: pd.DataFrame) -> pd.DataFrame:
    return answers.assign(confidence=1 / (1 + np.exp(-(line[0] + line[1] * logit(answers.confidence.to_numpy())))))


def errors(answers: pd.DataFrame) -> str:
    known, every = (calibration_error(reliability(answers, invented)) for invented in (False, True))
    return f"{known:.3f} ({every:.3f} with inventions as wrong)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=DATA / "models" / "calibration.csv")
    args = parser.parse_args()
    sets = {path.stem: read_answers(path) for path in args.gold}
    every = pd.concat(sets.values())
    folds = [fit(every[every.fold != fold]) for fold in range(FOLDS)]
    for name, answers in sets.items():
        mended = pd.concat(apply(line, answers[answers.fold == fold]) for fold, line in enumerate(folds))
        print(f"{name:16} calibration error {errors(answers)} -> {errors(mended)}, five-fold, n {len(answers)}")
    table = pd.DataFrame({"term": ["intercept", "slope"], "value": fit(every).round(4)})
    table.to_csv(args.out, index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
