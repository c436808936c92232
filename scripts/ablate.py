"""What each piece of evidence buys: the analysis without it, measured again, in data/models/ablation.csv.

    python scripts/ablate.py GOLD.jsonl [GOLD.jsonl ...]

Every article is parsed once. Then the decisions are made again without one source of evidence: a list left empty, a
scan left out, or columns of the ranking, whose other weights are then fitted anew on the same files, because a weight
set to nought would tell of the balance against "nothing fits". The model of mentions stays as it is.
"""

import argparse
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import train_ranking
from measure_accuracy import NAMES
from train_ranking import Example

from helpers import geocode, mentions, names, ranking, scoring, spans
from helpers.analysis import analyse, to_record
from helpers.article import DATA, from_record
from helpers.evaluate import evaluate, question, read_gold
from helpers.language import Parsed, parse_many
from helpers.ranking import CONTEXT

EVIDENCE = {  # the columns of the ranking that are silenced together
    "nothing, the ranking fitted anew": (),  # what the rows below it are to be read against
    "country evidence": ("same country", "outlet's country"),
    "province evidence": ("same province", "holds other places"),
    "distance": ("nearest place", "places around", "dateline near"),
    "population": ("population", "most populous", "capital of country"),
    "parent beside the name": ("parent named", "other parent named"),
    "list it stands in": ("kind of its list",),
    "kind of feature beside the name": ("feature named", "other feature named", "town of the dateline"),
    "form of the name": ("primary name", "spelling variant", "alias", "place in its name"),
    "period": ("out of period",),
    "supplement": ("in supplement",),
    "all of the above but the name's form": (
        *CONTEXT, "population", "most populous", "capital of country", "parent named", "other parent named",
        "feature named", "other feature named", "town of the dateline", "out of period", "in supplement",
        "outlet's country",
    ),
}  # fmt: skip
MEASURES = {
    "recognition_f": "recognition exact, F",
    "end_to_end_161km": "end to end, within 161 km",
    "roles": "roles, accuracy",
    "given_spans_161km": "given spans, within 161 km",
}
Patches = Callable[[list[Example]], list[AbstractContextManager]]


def silence(columns: tuple[str, ...], examples: list[Example]) -> list[AbstractContextManager]:
    """The ranking fitted without these columns."""
    with patch.dict(train_ranking.FIXED, dict.fromkeys(columns, 0.0)):
        first, later = train_ranking.train(examples)
    weights = (first, later, ranking.load_weights()[2])
    return [patch.object(module, "load_weights", lambda: weights) for module in (ranking, geocode)]


def tagger_only(_: list[Example]) -> list[AbstractContextManager]:
    """Only what the tagger calls a place is looked at: no gazetteer, no lists of phrases, no runs of capitals."""
    nothing = patch.object(spans, "_runs", lambda *_: ()), patch.object(spans, "_facilities", lambda *_: ())
    return [*nothing, patch.object(spans, "set_phrases", lambda: re.compile(r"(?!)"))]


def no_lexicons(_: list[Example]) -> list[AbstractContextManager]:
    """No aliases, demonyms, abbreviations; the gazetteer and the cues around a name stay."""
    return [patch.object(module, "lexicon_forms", lambda: ({}, {})) for module in (names, spans)]


def no_bodies(_: list[Example]) -> list[AbstractContextManager]:
    """No list of organisations: only the tagger tells a body from a place."""
    return [patch.object(mentions, "known_bodies", lambda *_: [])]


def one_pass(_: list[Example]) -> list[AbstractContextManager]:
    """Each name by itself; the rest of the article is not looked at."""
    return [patch.object(geocode, "choose", partial(ranking.choose, passes=1))]


VARIANTS: dict[str, Patches] = {
    "nothing": lambda _: [],
    "gazetteer scan (tagger only)": tagger_only,
    "aliases, demonyms, abbreviations": no_lexicons,
    "list of organisations": no_bodies,
    "passes over the article (one instead of four)": one_pass,
} | {name: partial(silence, columns) for name, columns in EVIDENCE.items()}


def parse_gold(gold: list[dict]) -> list[Parsed]:
    """The gold articles parsed, as `newsatlas analyse` would from their input lines."""
    return list(parse_many(from_record(question(record)) for record in gold))


def run(gold: list[dict], parsed: list[Parsed], told: bool) -> pd.Series:
    """The figures of one variant, end to end or told where the names stand."""
    given = [{"places": question(record, told).get("places", [] if told else None)} for record in gold]
    records = [
        to_record(analyse(p.article, ("places",), spans, shapes=False, parsed=p))
        for p, spans in zip(parsed, given, strict=True)
    ]
    return evaluate(gold, records, told).measures.set_index("measure").value


def ablate(patches: list[AbstractContextManager], gold: list[dict], parsed: list[Parsed]) -> dict[str, float]:
    """The figures without one piece of evidence."""
    names.meaning.cache_clear()  # it remembers what the lexicons said
    true_demonyms = scoring.demonyms()  # the measure keeps its own list, whatever is taken from the analysis
    with ExitStack() as stack:
        for change in patches:
            stack.enter_context(change)
        stack.enter_context(patch.object(scoring, "demonyms", lambda: true_demonyms))
        figures = pd.concat([run(gold, parsed, told) for told in (False, True)])
    names.meaning.cache_clear()
    return {column: round(float(figures.get(measure, float("nan"))), 4) for column, measure in MEASURES.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=DATA / "models" / "ablation.csv")
    args = parser.parse_args()
    examples = [example for path in args.gold for example in train_ranking.read_examples(path)]
    sets = {NAMES.get(path.stem, path.stem): read_gold(path) for path in args.gold}
    parsed = {name: parse_gold(gold) for name, gold in sets.items()}
    rows = []
    for without, variant in VARIANTS.items():
        patches = variant(examples)
        for name, gold in sets.items():
            rows.append({"set": name, "without": without} | ablate(patches, gold, parsed[name]))
            print(rows[-1], flush=True)
    table = pd.DataFrame(rows).assign(source=f"scripts/ablate.py, {date.today()}")
    table.to_csv(args.out, index=False)
    print(f"{len(table)} rows written to {args.out}")


if __name__ == "__main__":
    main()
