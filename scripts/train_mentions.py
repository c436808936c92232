"""Fit data/models/mentions.csv: which candidate spans name a place.

    python scripts/train_mentions.py GOLD.jsonl [GOLD.jsonl ...]

A sparse logistic model (L1) over single pieces of evidence and their products, so that each term can be read. Needs
scikit-learn, which is no dependency of the project: install it into an environment of its own beside the project's.
Prints five-fold figures by article before it writes the model fitted on everything.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from helpers.article import DATA, from_record
from helpers.bodies import confirm, known_bodies, merge_bodies
from helpers.gazetteer import open_gazetteer
from helpers.language import parse_many
from helpers.mentions import FIXED, select_mentions
from helpers.spans import candidate_spans
from helpers.tagging import settle_names

STRENGTH = 0.15  # L1: about 180 terms; 0.06 costs a point of F on LGL, 0.3 gains nothing
LEAST_SUPPORT = 40  # candidates a product of two pieces of evidence must hold for


def read_examples(path: Path) -> list[tuple[list, set, list]]:
    """Candidates, gold spans and spans to ignore, article by article."""
    records = [json.loads(line) for line in path.read_text(encoding="utf8").split("\n") if line.strip()]
    gazetteer, examples = open_gazetteer(), []
    wanted = ("id", "text", "title")
    parsed = parse_many(from_record({key: r[key] for key in wanted if key in r}) for r in records)
    for record, article in zip(records, parsed, strict=True):
        hits = confirm(known_bodies(record["text"]), article.names)
        article = replace(
            article, names=settle_names(merge_bodies(article.names, hits, record["text"]), record["text"])
        )
        marks = {(m["start"], m["end"]): m.get("ignore", False) for m in record["mentions"]}
        gold, ignored = {s for s, skip in marks.items() if not skip}, [s for s, skip in marks.items() if skip]
        examples.append((candidate_spans(article, gazetteer), gold, ignored))
    return examples


def with_products(values: np.ndarray, names: list[str]) -> tuple[sparse.csr_matrix, list[str]]:
    """The columns and the products of any two that hold together often enough."""
    single = sparse.csc_matrix(values)
    columns, terms = [single], list(names)
    support = np.diff(single.indptr)
    for i in range(len(names)):
        product = single.multiply(single[:, [i]]).tocsc()
        counts = np.diff(product.indptr)
        for j in range(i + 1, len(names)):
            if counts[j] >= LEAST_SUPPORT and counts[j] not in (support[i], support[j]):
                columns.append(product[:, [j]])
                terms.append(f"{names[i]} & {names[j]}")
    return sparse.hstack(columns).tocsr(), terms


def fit(rows: sparse.csr_matrix, labels: np.ndarray) -> LogisticRegression:
    return LogisticRegression(l1_ratio=1, solver="liblinear", C=STRENGTH, max_iter=200, random_state=0).fit(
        rows, labels
    )


def f_score(examples: list, chances: list[np.ndarray]) -> str:
    """Precision, recall and F of exact spans after the choice among overlapping candidates."""
    right = found = gold_count = 0
    for (spans, gold, ignored), chance in zip(examples, chances, strict=True):
        chosen = [
            s for s, _ in select_mentions(spans, chance) if not any(s.start < b and a < s.end for a, b in ignored)
        ]
        right += sum((s.start, s.end) in gold for s in chosen)
        found, gold_count = found + len(chosen), gold_count + len(gold)
    precision, recall = right / found, right / gold_count
    return f"P {precision:.3f}  R {recall:.3f}  F {2 * precision * recall / (precision + recall):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=DATA / "models" / "mentions.csv")
    args = parser.parse_args()
    sets = [read_examples(path) for path in args.gold]
    examples = [example for group in sets for example in group]
    names = sorted({name for spans, _, _ in examples for span in spans for name in span.features} - set(FIXED))
    values = np.array([[s.features.get(n, 0.0) for n in names] for spans, _, _ in examples for s in spans])
    labels = np.array([(s.start, s.end) in gold for spans, gold, _ in examples for s in spans])
    owner = np.repeat(np.arange(len(examples)), [len(spans) for spans, _, _ in examples])
    rows, terms = with_products(values, names)
    chances = np.zeros(len(labels))
    for fold in range(5):
        held = owner % 5 == fold
        chances[held] = fit(rows[~held], labels[~held]).predict_proba(rows[held])[:, 1]
    split = np.split(chances, np.flatnonzero(np.diff(owner)) + 1)
    by_article = dict(zip(owner[np.r_[0, np.flatnonzero(np.diff(owner)) + 1]], split, strict=True))
    first = 0
    for path, group in zip(args.gold, sets, strict=True):
        parts = [by_article.get(first + i, np.zeros(0)) for i in range(len(group))]
        print(f"{path.stem:20} five-fold  {f_score(group, parts)}")
        first += len(group)
    model = fit(rows, labels)
    kept = [(term, round(weight, 4)) for term, weight in zip(terms, model.coef_[0], strict=True) if abs(weight) > 1e-4]
    table = pd.DataFrame([("bias", round(float(model.intercept_[0]), 4)), *sorted(kept)], columns=["term", "weight"])
    table.to_csv(args.out, index=False)
    print(f"{len(table)} terms written to {args.out}")


if __name__ == "__main__":
    main()
