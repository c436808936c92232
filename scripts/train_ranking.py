"""Fit data/models/ranking.csv: which candidate of a name is meant, given the spans of gold files.

    python scripts/train_ranking.py GOLD.jsonl [GOLD.jsonl ...]

A conditional logistic model over each name's candidates: the first pass sees the name and its neighbours, the later
ones also where the rest of the article lies. Prints four-fold figures by article (accuracy within 161 km and of the
GeoNames id), the calibration found on the held-out folds, and writes the weights fitted on everything.
"""

import argparse
import json
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.article import DATA, from_record
from helpers.gazetteer import Place, open_gazetteer
from helpers.groups import group_mentions
from helpers.names import country_of_outlet
from helpers.ranking import AREAS, CONTEXT, FIXED, NAME, Group, Table, context_evidence, softmax, tabulate

RIDGE = 0.5
PASSES = 4
SAME_PLACE_KM = 50  # a candidate this near to a gold point without its id counts as it
SAME_AREA_KM = 3000


class Example(NamedTuple):
    groups: list[Group]
    table: Table
    right: np.ndarray  # how many gold mentions each candidate answers
    mentions: list[tuple[dict, int]]  # gold mention, its group


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(half)))


def right_row(mention: dict, rows: np.ndarray, places: list[Place | None]) -> int:
    """The candidate a gold mention means: its GeoNames id, else the nearest within 50 km, else `nothing fits`.

    Sources differ by a thousand kilometres on the point of an ocean or a region: there the name decides.
    """
    for row in rows[:-1]:
        if places[row].geonames_id and str(places[row].geonames_id) == str(mention.get("geonames_id")):
            return row
    areas = [row for row in rows[:-1] if places[row].feature in AREAS]
    if mention.get("lat") is None:
        return areas[0] if areas else rows[-1]
    gold = (mention["lat"], mention["lon"])
    far = {
        row: kilometres(gold, (places[row].lat, places[row].lon)) for row in rows[:-1] if places[row].lat is not None
    }
    nearest = min(far, key=far.get, default=None)
    if nearest is not None and far[nearest] <= SAME_PLACE_KM:
        return nearest
    return next((row for row in areas if far.get(row, 0) <= SAME_AREA_KM), rows[-1])


def read_examples(path: Path) -> list[Example]:
    gazetteer, examples = open_gazetteer(), []
    for line in filter(str.strip, path.read_text(encoding="utf8").split("\n")):
        record = json.loads(line)
        gold = [m for m in record["mentions"] if not m.get("ignore")]
        if not gold:
            continue
        known = {"id": record["id"], "text": record["text"], "date": str(record.get("date") or "")[:10] or None}
        article = from_record(known | {"source": record.get("domain") or record.get("source")})
        spans = pd.DataFrame(
            [(m["start"], m["end"], m["text"]) for m in gold], columns=["start", "end", "text"]
        ).assign(place_fix=None)
        groups, numbers = group_mentions(spans, article, gazetteer)
        table = tabulate(groups, country_of_outlet(article.outlet), article.date.value if article.date else "")
        right = np.zeros(len(table.places))
        for mention, number in zip(gold, numbers, strict=True):
            right[right_row(mention, np.flatnonzero(table.group == number), table.places)] += 1
        examples.append(Example(groups, table, right, list(zip(gold, numbers, strict=True))))
    return examples


def fit(examples: list[Example], start: np.ndarray, columns: int, steps: int = 300) -> np.ndarray:
    """Weights of the first `columns` pieces of evidence by gradient descent (Adam) on the conditional likelihood."""
    rows = np.vstack([e.table.evidence for e in examples])
    rows[:, columns:] = 0
    fixed = np.array([name in FIXED for name in (*NAME, *CONTEXT)])
    start = np.where(fixed, [FIXED.get(name, 0.0) for name in (*NAME, *CONTEXT)], start)
    offsets = np.cumsum([0, *(len(e.table.places) for e in examples)])
    starts = np.concatenate([e.table.starts + o for e, o in zip(examples, offsets, strict=False)])
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(rows)]))
    right = np.concatenate([e.right for e in examples])
    total = np.add.reduceat(right, starts)
    damped = (1 + np.log(np.maximum(total, 1))) / np.maximum(total, 1)  # a name said twenty times is not twenty cases
    right, total = right * damped[group], total * damped
    weights, mean, square = start.copy(), np.zeros(len(start)), np.zeros(len(start))
    for step in range(1, steps + 1):
        scores = rows @ weights
        share = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        share /= np.add.reduceat(share, starts)[group]
        slope = (rows.T @ (share * total[group] - right) + RIDGE * weights) * ~fixed
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= 0.1 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def shares(example: Example, first: np.ndarray, later: np.ndarray, sharpness: float = 1.0) -> np.ndarray:
    """The candidates' probabilities after all passes, as helpers.ranking.choose gives them."""
    table = example.table
    table.evidence[:, len(NAME) :] = 0
    scores = table.evidence @ first
    for _ in range(PASSES - 1):
        table.evidence[:, len(NAME) :] = context_evidence(table, example.groups, softmax(scores, table))
        scores = table.evidence @ later
    return softmax(scores * sharpness, table)


def train(examples: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    width = len(NAME) + len(CONTEXT)
    first = fit(examples, np.zeros(width), len(NAME))
    later = first.copy()
    for _ in range(2):  # the evidence depends on the weights: fit, look again, fit
        for example in examples:
            shares(example, first, later if later is not first else first)
        later = fit(examples, later, width)
    return first, later


def outcomes(example: Example, share: np.ndarray) -> list[tuple[float, bool, bool]]:
    """For each placed gold mention: confidence of the answer, within 161 km, the same GeoNames id."""
    found = []
    for mention, number in example.mentions:
        rows = np.flatnonzero(example.table.group == number)[:-1]
        if mention.get("lat") is None:
            continue
        if not len(rows):
            found.append((0.0, False, False))
            continue
        best = rows[np.argmax(share[rows])]
        place = example.table.places[best]
        near = place.lat is not None and kilometres((mention["lat"], mention["lon"]), (place.lat, place.lon)) <= 161
        found.append((share[best], near, str(place.geonames_id) == str(mention.get("geonames_id"))))
    return found


def calibration_error(pairs: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over ten bins of confidence."""
    edges = np.minimum((pairs[:, 0] * bins).astype(int), bins - 1)
    gaps = [len(b) * abs(b[:, 0].mean() - b[:, 1].mean()) for k in range(bins) if len(b := pairs[edges == k])]
    return sum(gaps) / len(pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=DATA / "models" / "ranking.csv")
    args = parser.parse_args()
    sets = {path.stem: read_examples(path) for path in args.gold}
    everything = [e for examples in sets.values() for e in examples]
    fold = {id(e): i % 4 for i, e in enumerate(everything)}
    folded = [train([e for e in everything if fold[id(e)] != k]) for k in range(4)]
    best, sharpness = math.inf, 1.0
    for tried in np.arange(0.5, 1.31, 0.05):
        pairs = np.array(
            [o[:2] for e in everything for o in outcomes(e, shares(e, *folded[fold[id(e)]], tried)) if o[0] > 0]
        )
        loss = -np.log(np.clip(np.where(pairs[:, 1] > 0, pairs[:, 0], 1 - pairs[:, 0]), 1e-6, 1)).mean()
        best, sharpness = min((best, sharpness), (loss, tried))
    for name, examples in sets.items():
        rows = np.array([o for e in examples for o in outcomes(e, shares(e, *folded[fold[id(e)]], sharpness))])
        print(
            f"{name:16} four-fold  within 161 km {rows[:, 1].mean():.3f}  id {rows[:, 2].mean():.3f}  "
            f"calibration error {calibration_error(rows[rows[:, 0] > 0]):.3f}  n {len(rows)}"
        )
    first, later = train(everything)
    table = pd.DataFrame({"feature": [*NAME, *CONTEXT], "first": first.round(4), "later": later.round(4)})
    table.loc[len(table)] = ["calibration", math.nan, round(float(sharpness), 3)]
    table.to_csv(args.out, index=False)
    print(f"sharpness {sharpness:.2f}; {len(table) - 1} weights written to {args.out}")


if __name__ == "__main__":
    main()
