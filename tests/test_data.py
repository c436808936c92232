"""data/README.md is the codebook: what it says of every shipped file, and of what an analysis returns, is so."""

import csv
import re
import sqlite3
import subprocess
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from helpers.analysis import PLACE_COLUMNS, analyse, to_record
from helpers.article import DATA, read_article

CODEBOOK = (DATA / "README.md").read_text(encoding="utf-8")
ROOT = DATA.parent
MEND = "python scripts/update_codebook.py writes the numbers of rows into data/README.md"
# Written by scripts from what they were given, or stating rights in place of sources.
NO_SOURCE = {"articles/articles.csv", "boundaries/same_as.csv", "licences.csv", "checksums.csv"} | {
    f"models/{name}.csv" for name in ("mentions", "ranking", "calibration")
}


def sections() -> dict[str, str]:
    """Headings with what stands below them; those of files bear their folder: "lexicons/cues.csv (3,295 rows)"."""
    found, folder = {}, ""
    for heading in re.finditer(r"^(#+) (.+)\n((?:(?!#+ ).*\n?)*)", CODEBOOK, re.M):
        level, title, body = heading.groups()
        folder = (title if title.endswith("/") else "") if level == "##" else folder
        found[folder + title if re.match(r"[\w.]+\.(csv|sqlite)", title) else title] = body
    return found


def documented_columns(text: str) -> list[str]:
    """The columns of a paragraph "Columns: `a` what it is · `b`, `c` what they are"."""
    paragraph = re.search(r"Columns(?: of every layer)?: (.+?)(?:\n\n|\Z)", text, re.S)
    assert paragraph, f"No paragraph of columns in: {text[:80]}"
    items = (re.match(r"(?:`\w+`(?:, )?)+", item.strip()) for item in re.split(r"\s·\s", paragraph[1]))
    return [name for item in items for name in re.findall(r"`(\w+)`", item[0])]


def documented_table(heading: str) -> list[str]:
    """The columns of the table below a heading: what stands in backticks in the first cell of each row."""
    rows = re.findall(r"^\| (`.+?) \|", sections()[heading], re.M)
    return [name for cell in rows for name in re.findall(r"`(.+?)`", cell)]


def number(text: str) -> int:
    return int(text.replace(",", ""))


SECTIONS = sections()
COUNTED = {m[1]: number(m[2]) for title in SECTIONS if (m := re.fullmatch(r"(\S+) \(([\d,]+) rows?\)", title))}
TITLES = {title.split(" ")[0]: title for title in SECTIONS}
CSV_FILES = sorted(name for name in COUNTED if name.endswith(".csv"))
TABLES = sorted(name for name in COUNTED if "." not in name)
LAYERS = {m[1]: number(m[2]) for m in re.finditer(r"^\| `(\w+\.parquet)` \| ([\d,]+) \|", SECTIONS["Layers"], re.M)}


def test_every_shipped_file_is_in_the_codebook():
    shipped = subprocess.run(["git", "ls-files", "-z", "data"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = {
        *CSV_FILES,
        *(f"boundaries/{name}" for name in LAYERS),
        "gazetteer/gazetteer.sqlite",
        "README.md",
        "corrections.csv",
    }
    for folder, title in (("nltk", "nltk/"), ("articles", "articles/"), ("models", "tone/"), ("gold", "gold/")):
        listed |= {f"{folder}/{name}" for name in documented_table(title)}
    folders = tuple(name for name in listed if name.endswith("/"))
    files = [name.removeprefix("data/") for name in shipped.stdout.split("\0") if name]
    unlisted = [name for name in files if name not in listed and not name.startswith(folders)]
    assert not unlisted, f"data/README.md does not list {unlisted}"
    assert not [name for name in listed if not (DATA / name).exists()]


@pytest.mark.parametrize("name", CSV_FILES)
def test_a_csv_has_the_columns_and_rows_that_the_codebook_states(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == documented_columns(SECTIONS[TITLES[name]])
    assert len(rows) == COUNTED[name], f"there are {len(rows):,}: {MEND}"
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize("name", sorted(set(CSV_FILES) - NO_SOURCE))
def test_every_row_of_compiled_knowledge_names_its_source(name):
    table = pd.read_csv(DATA / name, dtype=str, keep_default_na=False)
    assert (table.source.str.strip() != "").all()


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_a_layer_has_the_columns_and_rows_that_the_codebook_states(name):
    layer = gpd.read_parquet(DATA / "boundaries" / name)
    assert list(layer.columns) == documented_columns(SECTIONS["Layers"])
    assert len(layer) == LAYERS[name], f"there are {len(layer):,}: {MEND}"
    assert layer.crs == 4326


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_the_gazetteer_has_the_columns_and_rows_that_the_codebook_states(table):
    with sqlite3.connect(f"{(DATA / 'gazetteer' / 'gazetteer.sqlite').as_uri()}?mode=ro", uri=True) as connection:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert columns == documented_columns(SECTIONS[TITLES[table]])
    assert rows == COUNTED[table], f"there are {rows:,}: {MEND}"
    assert tables == set(TABLES)


def test_every_kind_of_cue_is_explained():
    cells = re.findall(r"^\| ([\w, ]+) \|", SECTIONS[TITLES["lexicons/cues.csv"]], re.M)
    explained = {cue for cell in cells for cue in cell.split(", ")}
    assert set(pd.read_csv(DATA / "lexicons" / "cues.csv").cue) <= explained


def test_every_piece_of_evidence_is_explained():
    weights = {name: pd.read_csv(DATA / "models" / f"{name}.csv") for name in ("mentions", "ranking")}
    named = set(documented_table(TITLES["models/mentions.csv"]))
    used = {piece for term in weights["mentions"].term for piece in term.split(" & ")}
    groups = ("inside ", "holds ")  # one row of the codebook stands for all types of names
    assert not {piece for piece in used - named if not piece.startswith(groups)}
    named = set(documented_table(TITLES["models/ranking.csv"]))
    assert not {piece for piece in set(weights["ranking"].feature) - named if not piece.startswith("is ")}


@pytest.fixture(scope="module")
def record() -> dict:
    """What `newsatlas analyse` writes for the short wire item."""
    return to_record(analyse(read_article(DATA / "articles" / "wire-item.txt"), shapes=False))


@pytest.mark.parametrize("table", ["places", "entities", "sentences"])
def test_the_tables_of_an_analysis_have_the_documented_columns(record, table):
    assert record[table]
    assert set(documented_table(table)) == set(record[table][0])


def test_the_columns_of_places_stand_in_the_documented_order():
    assert documented_table("places") == PLACE_COLUMNS


def test_a_record_has_the_documented_fields(record):
    output = re.search(r"Output.+?\{(.+?)\}\n", SECTIONS["The JSONL interface"], re.S)
    assert list(record) == re.findall(r'"(\w+)"', output[1])


def test_precision_codes_are_those_of_the_places_table():
    from helpers.geocode import PRECISION

    rows = re.findall(r"^\| (\d) \| [^|]+ \| ([^|]+) \|", SECTIONS["Precision codes"], re.M)
    told = {int(code): set(re.findall(r"\w+", features)) for code, features in rows if features.strip() != "the same"}
    assert set(PRECISION) <= set().union(*told.values())
    for feature, code in PRECISION.items():
        assert feature in told[code]


def test_every_article_at_hand_states_its_rights():
    known = pd.read_csv(DATA / "articles" / "articles.csv", dtype=str, keep_default_na=False).set_index("file")
    texts = {path.name for path in (DATA / "articles").iterdir() if path.suffix in {".txt", ".md", ".html"}}
    assert texts == set(known.index)
    assert (known.rights != "").all()
    assert not [name for name in texts if not (Path(DATA) / "articles" / name).stat().st_size]
