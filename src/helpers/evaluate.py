"""How good it is: the analysis run over a gold file, its figures, and lists of what went wrong.

A gold file holds an article a line, as data/gold/ does: `mentions` with start, end, text, lat, lon and, where known,
geonames_id, feature, country, role, ignore; `entities` and `targets` where they are known.
"""

import json
import math
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from IPython.display import HTML

from helpers.article import DATA
from helpers.batch import Settings, Task, analyse_many
from helpers.scoring import calibration_error, compare, measure, reliability, resolve
from helpers.tables import Sentence, table

ERROR_COLUMNS = ["text", "name", "country", "km", "confidence", "gold_role", "role", "reason", "sentence", "article_id"]


class Evaluation(NamedTuple):
    """The figures of one gold file, as tables to read."""

    measures: pd.DataFrame  # measure, value, low and high (95 % by article), n
    roles: pd.DataFrame  # gold role down, found role across
    reliability: pd.DataFrame  # tenths of confidence beside the share that is right
    errors: pd.DataFrame  # misplaced, missed, invented, wrong role
    pairs: pd.DataFrame  # what they were counted from: every gold mention beside what was found


def read_gold(path: Path) -> list[dict]:
    """The articles of a gold file with what is to be ignored set apart."""
    records = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").split("\n") if line.strip()]
    if not records or not all({"mentions", "entities", "targets"} & set(record) for record in records):
        raise ValueError(f"{path} is no gold file: each line needs mentions, entities or targets that are known.")
    for record in records:
        known = record.get("mentions", [{"start": 0, "end": len(record["text"]), "ignore": True}])
        record |= {"id": str(record["id"]), "ignored": [m for m in known if m.get("ignore")]}
        record["mentions"] = [m for m in known if not m.get("ignore")]
    return records


def question(record: dict, spans: bool = False) -> dict:
    """The line of input for a gold article: what is known of it, not the answers; with `spans` where the names are."""
    line = {key: record[key] for key in ("id", "text", "title") if record.get(key)}
    line |= {"date": str(record.get("date") or "")[:10], "source": record.get("domain") or record.get("source")}
    line["places"] = [[m["start"], m["end"]] for m in record["mentions"]] if spans else None
    line["targets"] = [[t["start"], t["end"]] for t in record.get("targets", [])]
    return {key: value for key, value in line.items() if value}


def answer(gold: list[dict], spans: bool = False, workers: int = 1) -> list[dict]:
    """What the analysis says of the gold articles, in their order."""
    parts = ("places", "entities") if any("entities" in record for record in gold) else ("places",)
    tasks = (Task(f"article {record['id']}", line=json.dumps(question(record, spans))) for record in gold)
    outcomes = list(analyse_many(tasks, Settings(parts, corrections=()), workers))
    if failed := [outcome.error for outcome in outcomes if outcome.record is None]:
        raise ValueError(failed[0])
    return [outcome.record for outcome in outcomes]


def evaluate_file(path: str | Path, spans: bool = False, workers: int = 1) -> Evaluation:
    """Analyse the articles of a gold file and say how right the answers are; with `spans`, told where the names are."""
    gold = read_gold(Path(path))
    return evaluate(gold, answer(gold, spans, workers), spans)


def evaluate(gold: list[dict], records: list[dict], spans: bool = False) -> Evaluation:
    """The same for answers at hand: lines of `newsatlas analyse` in the order of the gold articles."""
    pairs = compare(gold, records)
    measures = resolve(pairs) if spans else pd.concat([measure(gold, records, pairs), _trust(pairs)], ignore_index=True)
    roles = pairs[pairs.has_role]
    confusion = pd.crosstab(roles.gold_role.rename("gold"), roles.role.rename("found"))
    return Evaluation(measures, confusion, reliability(pairs), list_errors(pairs), pairs)


def _trust(pairs: pd.DataFrame) -> pd.DataFrame:
    """The calibration error of confidence, over mentions the gold knows and with the others counted as wrong."""
    tables = {
        "confidence, calibration error": reliability(pairs),
        "confidence, calibration error with inventions wrong": reliability(pairs, invented=True),
    }
    rows = [(name, calibration_error(t), math.nan, math.nan, t.mentions.sum()) for name, t in tables.items() if len(t)]
    return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "n"])


def list_errors(pairs: pd.DataFrame) -> pd.DataFrame:
    """What went wrong, the worst first in each kind: misplaced, missed, invented, wrong role; with its sentence."""
    gold = pairs.assign(text=pairs.text.fillna(pairs.gold_text))
    kinds = {
        "misplaced": gold[gold.placed & gold.found & ~gold.right].sort_values("km", ascending=False),
        "missed": gold[gold.asked & ~gold.found],
        "invented": gold[~gold.asked].sort_values("confidence", ascending=False),
        "wrong role": gold[gold.has_role & ~gold.role_right],
    }
    listed = [rows[ERROR_COLUMNS].assign(error=kind) for kind, rows in kinds.items()]
    return pd.concat(listed, ignore_index=True)[["error", *ERROR_COLUMNS]].round({"km": 0})


def summarise(found: Evaluation) -> Sentence:
    """In one sentence: how many mentions are known, how many were found, and how many lie where they should."""
    pairs = found.pairs
    if not pairs.asked.any():
        return Sentence("No mention of a place is known here, so there is nothing to compare.")
    text = f"Of {pairs.asked.sum():,} known mentions of places {pairs.paired.sum():,} were found"
    extra = (~pairs.asked).sum()
    text += f", and {extra:,} that the gold does not have" if extra else ", and none beyond them"
    return Sentence(f"{text}; of {pairs.placed.sum():,} with a known place {pairs.right.sum():,} were put there.")


def errors_table(found: Evaluation, kind: str, most: int = 20) -> HTML | Sentence:
    """The worst errors of one kind, to read: misplaced, missed, invented or wrong role."""
    rows = found.errors[found.errors.error == kind].head(most).drop(columns="error").dropna(axis=1, how="all")
    nothing = {"misplaced": "Nothing known was misplaced.", "missed": "Nothing known was missed."}
    nothing |= {"invented": "Nothing was found that is not known.", "wrong role": "No role was wrong."}
    return table(rows, nothing[kind])


def as_text(found: Evaluation) -> str:
    """The figures as tables for a terminal."""
    measures = found.measures.assign(
        value=found.measures.value.map("{:.3f}".format),
        low=found.measures.low.round(3),
        high=found.measures.high.round(3),
    )
    parts = [str(summarise(found)), measures.to_string(index=False, na_rep="")]
    if len(found.roles):
        parts.append(f"roles, gold down and found across\n{found.roles.to_string()}")
    if len(found.reliability):
        parts.append(f"confidence beside the share within 161 km\n{found.reliability.round(3).to_string(index=False)}")
    errors = ", ".join(f"{n} {kind}" for kind, n in found.errors.error.value_counts(sort=False).items())
    return "\n\n".join([*parts, f"errors: {errors or 'none'}"])


def as_json(found: Evaluation) -> str:
    """The figures as one JSON object of tables, rows as objects, null for what is missing."""
    tables = {"measures": found.measures, "reliability": found.reliability, "errors": found.errors}
    rows = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
    return json.dumps(rows | {"roles": found.roles.to_dict("index")}, indent=2, ensure_ascii=False)


def compare_with_published() -> pd.DataFrame:
    """Figures of published systems beside ours, by measure and set, with their sources (peers.csv, accuracy.csv)."""
    peers, ours = (
        pd.read_csv(DATA / "models" / f"{name}.csv", dtype={"version": str}) for name in ("peers", "accuracy")
    )
    ours = ours[ours.measure.isin(set(peers.measure)) & ours["set"].isin(set(peers["set"]))]
    ours = ours.assign(system="News Atlas " + ours.version, note="fitted with this set")
    both = pd.concat([peers, ours]).sort_values(["measure", "set", "value"], kind="stable")
    return both[["measure", "set", "system", "value", "note", "source"]].fillna("").reset_index(drop=True)


def read_figures(name: str) -> pd.DataFrame:
    """Figures measured before: "accuracy" on whole corpora, "ablation" without one piece of evidence each."""
    return pd.read_csv(DATA / "models" / f"{name}.csv", dtype={"version": str}).round(3)
