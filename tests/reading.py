"""How the tests read: short texts of our own, analysed once each, and the rows they give."""

import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from types import FrameType

import geopandas as gpd
import pandas as pd

import helpers
from helpers.analysis import Analysis, analyse
from helpers.article import Article, from_record, read_article
from helpers.language import Parsed, Tagged, parse

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "articles" / "pakistan-islamic-state.txt"
HELPERS = str(Path(helpers.__file__).parent)


@lru_cache(256)
def read(text: str, date: str | None = None, source: str | None = None) -> Analysis:
    """All tables of a text that reached us as a record."""
    return analyse(from_record({"text": text, "date": date, "source": source}))


@lru_cache(1)
def read_sample() -> Analysis:
    """All tables of the sample article."""
    return analyse(read_article(SAMPLE))


def resolve(text: str, *names: str, date: str | None = None) -> gpd.GeoDataFrame:
    """The places of a text where exactly these names, in their order, are given as spans."""
    spans, start = [], 0
    for name in names:
        start = text.index(name, start)
        spans.append((start, start + len(name)))
        start += len(name)
    return analyse(from_record({"text": text, "date": date}), given={"places": spans}).places


def row(table: pd.DataFrame, name: str, number: int = 0) -> pd.Series:
    """The number-th row for a name; the error shows what there is."""
    rows = table[table.text == name]
    assert len(rows) > number, f"{name!r} is not among {table.text.tolist()}"
    return rows.iloc[number]


def names_of(table: pd.DataFrame) -> list[str]:
    """The names as they stand in the text, in reading order."""
    return table.sort_values("start").text.tolist()


def by_hand(text: str, labels: dict[str, str]) -> Parsed:
    """A parsed text whose names are tagged as told, e.g. {"ISIS": "ORG"}; the tagger is not asked."""
    article: Article = from_record({"text": text})
    found: list[Tagged] = []
    for name, label in labels.items():
        start = text.find(name)
        while start >= 0:
            found.append(Tagged(start, start + len(name), label))
            start = text.find(name, start + 1)
    return Parsed(article, tuple(sorted(found)), parse(article).sentences)


def count_steps(work: Callable[[], object]) -> int:
    """How many lines of the helpers a call runs: a measure of work that no busy machine can blur."""
    steps = 0

    def trace(frame: FrameType, event: str, _: object) -> Callable | None:
        nonlocal steps
        if not frame.f_code.co_filename.startswith(HELPERS):
            return None
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def sentences(number: int) -> Iterator[str]:
    """Sentences of a made-up story, each with two towns, a country, a body and a person."""
    towns = ["Quetta", "Herat", "Kabul", "Multan", "Zaranj", "Sukkur", "Kandahar", "Peshawar", "Gwadar", "Khost"]
    for i in range(number):
        one, other = towns[i % 10], towns[(i * 3 + 1) % 10]
        yield f"Farmers from {one} met the Relief Agency in {other} on day {i}, said Zarina Gul of Pakistan."
