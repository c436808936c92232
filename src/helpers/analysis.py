"""One article, all of it: places, entities, sentences and mood, without a notebook; and the files that hold many."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from helpers import __version__
from helpers.article import Article
from helpers.corrections import Correction, CorrectionsError, read_corrections
from helpers.entities import name_places
from helpers.fixes import match_corrections, merge_entities, report_corrections, spans_of
from helpers.geocode import locate
from helpers.language import Parsed, parse, versions
from helpers.mentions import find_mentions
from helpers.sentiment import score_sentiment, score_targets, scored_by

PARTS = ("places", "entities", "sentiment")
FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")  # what a spreadsheet reads on from
PLACE_COLUMNS = [
    "article_id", "start", "end", "text", "sentence_id", "role", "place_id", "geonames_id", "name", "feature",
    "country", "admin1", "admin2", "lat", "lon", "where_prec", "confidence", "alternatives", "reason", "corrected",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Analysis:
    """All tables of one article; their columns are in data/README.md."""

    article: Article
    places: gpd.GeoDataFrame | pd.DataFrame  # without geometry where no shapes were asked for
    entities: pd.DataFrame
    sentences: pd.DataFrame
    document: dict | pd.DataFrame | None
    targets: list[dict]
    corrections: pd.DataFrame  # those of this article, and what became of each
    scored_by: dict[str, str]  # lexicons and model of the sentiment; nothing where none was asked for


def analyse(
    article: Article,
    only: Iterable[str] = PARTS,
    given: dict | None = None,
    shapes: bool = True,
    parsed: Parsed | None = None,
    sentiment: str = "model",
    corrections: Path | str | tuple[Correction, ...] | None = None,
) -> Analysis:
    """All tables of one article. `given` may hold `places` and `targets`, spans to resolve and to judge.

    `sentiment` is the method for targets, entities and places: "model" or "vader". `corrections` is a file, its rows,
    or None for data/corrections.csv; the places of spans that are given can be corrected, but none be added or removed.
    """
    corrections = read_corrections(corrections)
    given = given or {}
    parsed = parsed or parse(article)
    spans = None if given.get("places") is None else [tuple(span) for span in given["places"]]
    with_entities = "entities" in only or "sentiment" in only
    places, entities = find_mentions(parsed, None, spans, with_entities, corrections)
    places = locate(places if "places" in only else places[:0], article, shapes=shapes)
    sentences, document = parsed.sentences, None
    if "entities" in only:
        entities = merge_entities(name_places(entities, places), match_corrections(corrections, article))
    told = report_corrections(
        corrections, article, places if "places" in only else None, entities if "entities" in only else None
    )
    told = told if spans is None else told[told.status == "applied"]
    if "sentiment" in only:
        mood = score_sentiment(parsed, entities, places, sentiment)  # who speaks is known by the entities
        places, entities, sentences, document = mood.places, mood.entities, mood.sentences, mood.document
    entities = entities if "entities" in only else entities[:0]
    targets = score_targets(article.text, [tuple(span) for span in given.get("targets") or []], sentiment)
    scored = scored_by(sentiment) if "sentiment" in only or targets else {}
    return Analysis(article, places, entities, sentences, document, targets, told, scored)


def effect_of(row: Correction, article: Article, corrections: tuple[Correction, ...] = ()) -> int:
    """How many mentions a correction would set, beside those that hold already; CorrectionsError where it is none."""
    parts = ("places", "entities")
    if row.action == "not-a-place":
        places = analyse(article, parts, shapes=False, corrections=corrections).places
        spots = spans_of(row, article.text)
        number = sum(
            any(a <= start and end <= b for a, b in spots) for start, end in zip(places.start, places.end, strict=True)
        )
    else:
        told = analyse(article, parts, shapes=False, corrections=(*corrections, row)).corrections
        number = int(told.mentions[told.line == row.line].sum())
    if not number:
        missing = "a known name: give its --type first" if row.action == "merge" else "a place"
        raise CorrectionsError(f'"{row.text}" is not taken for {missing}; nothing is written.')
    return number


def _value(value: object) -> object:
    """A cell as JSON has it: null for what is missing, never NaN nor ""; numbers as Python's own."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int | list | tuple | dict):
        return value
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def neutralise(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, e.g. "=1+1" -> "'=1+1"; plain numbers stay as they are."""
    if isinstance(value, str) and FORMULA.match(value) and not re.fullmatch(r"[+-]?\d+(\.\d+)?", value):
        return "'" + value
    return value


def table_rows(table: pd.DataFrame, columns: list[str] | None = None) -> list[dict]:
    """A table as JSON rows, without geometry."""
    names = [c for c in (columns or table.columns) if c in table.columns and c != "geometry"]
    cells = [table[name].tolist() for name in names]
    return [{name: _value(value) for name, value in zip(names, row, strict=True)} for row in zip(*cells, strict=True)]


def to_record(analysis: Analysis) -> dict:
    """The line of output for one article: DESIGN of the batch interface, see data/README.md."""
    article = analysis.article
    return {
        "id": article.id,
        "title": article.title,
        "date": article.date.value if article.date else None,
        "sha256": article.sha256,
        "places": table_rows(analysis.places, PLACE_COLUMNS),
        "entities": table_rows(analysis.entities),
        "sentences": table_rows(analysis.sentences),
        "targets": analysis.targets,
        "versions": {"news_atlas": __version__, **versions(), **analysis.scored_by},
    }
