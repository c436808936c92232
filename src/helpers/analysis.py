"""One article, all of it: places, entities, sentences and mood, without a notebook; and the files that hold many."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from helpers import __version__
from helpers.article import Article
from helpers.entities import name_places
from helpers.geocode import locate
from helpers.language import Parsed, parse, versions
from helpers.mentions import find_mentions
from helpers.sentiment import score_sentiment, score_targets

PARTS = ("places", "entities", "sentiment")
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


def analyse(
    article: Article,
    only: Iterable[str] = PARTS,
    given: dict | None = None,
    shapes: bool = True,
    parsed: Parsed | None = None,
    sentiment: str = "model",
) -> Analysis:
    """All tables of one article. `given` may hold `places` and `targets`, spans to resolve and to judge.

    `sentiment` is the method for targets, entities and places: "model" or "vader".
    """
    given = given or {}
    parsed = parsed or parse(article)
    spans = None if given.get("places") is None else [tuple(span) for span in given["places"]]
    places, entities = find_mentions(parsed, given=spans, with_entities="entities" in only or "sentiment" in only)
    places = locate(places if "places" in only else places[:0], article, shapes=shapes)
    sentences, document = parsed.sentences, None
    entities = name_places(entities, places) if "entities" in only else entities[:0]
    if "sentiment" in only:
        mood = score_sentiment(parsed, entities, places, sentiment)
        places, entities, sentences, document = mood.places, mood.entities, mood.sentences, mood.document
    targets = score_targets(article.text, [tuple(span) for span in given.get("targets") or []], sentiment)
    return Analysis(article, places, entities, sentences, document, targets)


def _value(value: object) -> object:
    """A cell as JSON has it: null for what is missing, never NaN; numbers as Python's own."""
    if isinstance(value, list | tuple | dict):
        return value
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


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
        "versions": {"news_atlas": __version__, **versions()},
    }
