"""What several tests share: a small article with its tables, the sample article, one report of it, a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from playwright.sync_api import Browser, sync_playwright
from shapely import Point

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "articles" / "pakistan-islamic-state.txt"
QUIET = [
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars"),
]
TEXT = (
    "Flood warning in Quetta\n\n"
    "Quetta is under water, the Balochistan Relief Board said.\n\n"
    "Pakistani engineers and Ayesha Khan fear worse: <b>Kabul</b> & Islamabad disagree. Nowhereabad is calm."
)


def mention(text: str, number: int = 0) -> tuple[int, int]:
    """The span of the number-th occurrence of a text in the small article."""
    start = -1
    for _ in range(number + 1):
        start = TEXT.index(text, start + 1)
    return start, start + len(text)


@pytest.fixture
def article() -> SimpleNamespace:
    """The small article: three paragraphs, with characters that mean something in HTML."""
    spans, start = [], 0
    for paragraph in TEXT.split("\n\n"):
        spans.append((start, start + len(paragraph)))
        start += len(paragraph) + 2
    return SimpleNamespace(text=TEXT, title=TEXT.split("\n")[0], title_in_text=True, paragraphs=tuple(spans))


@pytest.fixture
def places() -> gpd.GeoDataFrame:
    """Its places, one of every role, one of them in no gazetteer."""
    rows = [
        (mention("Quetta"), "literal", "gn:1167528", "Quetta", "city", "PK", "Balochistan", (66.99, 30.18), 1, 0.97),
        (mention("Quetta", 1), "literal", "gn:1167528", "Quetta", "city", "PK", "Balochistan", (66.99, 30.18), 1, 0.97),
        (mention("Balochistan"), "embedded", "gn:1183606", "Balochistan", "admin1", "PK", "", (65.5, 28.5), 4, 0.9),
        (mention("Pakistani"), "demonym", "gn:1168579", "Pakistan", "country", "PK", "", (70.0, 30.0), 6, 0.99),
        (mention("Kabul"), "metonym", "gn:1138958", "Kabul", "city", "AF", "Kabul", (69.17, 34.53), 1, 0.6),
        (
            mention("Islamabad"),
            "metonym",
            "gn:1176615",
            "Islamabad",
            "city",
            "PK",
            "Islamabad",
            (73.04, 33.72),
            1,
            0.98,
        ),
        (mention("Nowhereabad"), "literal", None, None, None, None, None, None, None, 0.0),
    ]
    names = ["span", "role", "place_id", "name", "feature", "country", "admin1", "point", "where_prec", "confidence"]
    table = pd.DataFrame(rows, columns=names).astype({"point": object, "where_prec": "Int64"})
    table["start"], table["end"] = zip(*table.span, strict=True)
    table["text"] = [TEXT[start:end] for start, end in table.span]
    table["lon"] = [point[0] if point else None for point in table.point]
    table["lat"] = [point[1] if point else None for point in table.point]
    table["reason"] = "the only <place> of this name & kind"
    table["alternatives"] = [[] for _ in rows]
    table["sentiment"] = [-0.5, -0.6, -0.6, -0.2, -0.4, -0.4, 0.3]
    table["geometry"] = [Point(point) if point else None for point in table.point]
    return gpd.GeoDataFrame(table.drop(columns=["span", "point"]), geometry="geometry", crs=4326)


@pytest.fixture
def entities() -> pd.DataFrame:
    """Its entities: an organisation around a place, a person, and the places themselves."""
    rows = [
        (mention("Quetta"), "GPE", "gn:1167528", "Quetta", -0.5),
        (mention("Balochistan Relief Board"), "ORG", "balochistan relief board", "Balochistan Relief Board", -0.6),
        (mention("Pakistani"), "NORP", "gn:1168579", "Pakistan", -0.2),
        (mention("Ayesha Khan"), "PERSON", "ayesha khan", "Ayesha Khan", None),
    ]
    table = pd.DataFrame(rows, columns=["span", "type", "entity_id", "name", "sentiment"])
    table["start"], table["end"] = zip(*table.span, strict=True)
    return table.drop(columns="span").assign(subtype="", text=[TEXT[slice(*span)] for span, *_ in rows])


@pytest.fixture
def sentences() -> pd.DataFrame:
    """Its sentences: one quoted, one positive."""
    texts = TEXT.replace(". Nowhere", ".\n\nNowhere").split("\n\n")
    scores, speakers = [-0.5, -0.6, -0.4, 0.3], [None, "Balochistan Relief Board", None, None]
    return (
        pd.DataFrame({"text": texts, "sentiment": scores, "speaker": speakers}).rename_axis("sentence_id").reset_index()
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; its absence is a failure, because only a browser can tell whether the report works."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.fail("The report is tested in a real Chromium and there is none: run `apt-get install chromium`.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()
