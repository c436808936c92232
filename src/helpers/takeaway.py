"""What a reader takes away: the tables as files, what is needed to get them again, and how to cite them."""

import hashlib
import re
from html import escape
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from helpers import __version__
from helpers.analysis import Analysis, neutralise, table_rows
from helpers.gazetteer import open_gazetteer
from helpers.language import versions
from helpers.sentiment import NEUTRAL
from helpers.tables import BRIEF, PRECISION, UNSURE, count, distinct, table, where_is

ROOT = Path(__file__).parents[2]


class Takeaway:
    """The tables of an article: a notebook says how much they hold, the page offers them as files and links by them."""

    def __init__(self, analysis: Analysis, show_text: bool = True):
        tables = {"places": analysis.places, "entities": analysis.entities, "sentences": analysis.sentences}
        self.tables = {name: table_rows(rows) for name, rows in tables.items()}
        self.where = {row.place_id: where_is(row) for row in distinct(analysis.places).itertuples() if row.place_id}
        article = analysis.article
        self.text = [article.title or "", article.text, *article.removed.get("text", pd.Series(dtype=str))]
        self.date = article.date.value if article.date else None
        self.show_text = show_text

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        rows = ", ".join(count(len(rows), "row") + f" of {name}" for name, rows in self.tables.items())
        words = {"where": self.where, "roles": BRIEF, "precision": PRECISION, "unsure": UNSURE, "neutral": NEUTRAL}
        data = {"tables": self.tables, "words": words, "date": self.date}
        data |= {"text": self.text, "show_text": self.show_text}  # the page hides what it may not show, and drops these
        return {"text/html": f"<p>{escape(rows)}.</p>", "application/json": data}


def provenance(article, sentiment: str = "model", corrections: str | None = None) -> HTML:
    """What is needed to get a result again: the source, its fingerprint, the settings and every version in use."""
    gazetteer = open_gazetteer().info()
    rows = {
        "source": article.source,
        "sha256 of the text": article.sha256,
        "date": f"{article.date.value} (from {article.date.source})" if article.date else "unknown",
        "set aside": count(len(article.removed), "passage") + " of the source",
        "sentiment toward names": sentiment,
        "corrections": fingerprint(Path(corrections or ROOT / "data" / "corrections.csv")),
        "News Atlas": __version__,
        **versions(),
        "gazetteer": f"{gazetteer['places']:,} places of {gazetteer['date']}, sha256 {gazetteer['sha256']}",
    }
    return table(pd.DataFrame(rows.items(), columns=["what", "value"]))


def fingerprint(path: Path) -> str:
    """A file's name and sha256; the folder it lies in is nobody's business."""
    return f"{path.name}, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}" if path.is_file() else path.name


def citation(article) -> HTML:
    """How to cite the program, from CITATION.cff, and the article it was applied to."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    fields = dict(re.findall(r'^(?:  - )?([\w-]+): "?(.+?)"?$', text, re.M))
    about = ", ".join(filter(None, (f"“{article.title}”" if article.title else "", article.outlet or "")))
    about += f" ({article.date.value})" if article.date else ""
    text = f"{fields['name']} ({fields['date-released'][:4]}). {fields['title']}. Version {fields['version']}."
    text += f" Applied to {about or article.source}, text sha256 {article.sha256[:12]}."
    return HTML(f'<p class="citation">{escape(text)}</p>')


def write_tables(data: dict, target: Path) -> list[Path]:
    """Write a notebook's tables beside its page: places as CSV, GeoJSON and GeoPackage, the others as CSV."""
    from helpers.batch import WRITERS, Outcome, write_atomically  # GDAL is slow to load, and few ask for it

    written = [target.with_suffix(ending) for ending in (".places.csv", ".places.geojson", ".gpkg")]
    outcome = Outcome(data["tables"] | {"date": data["date"]})
    for path in written:
        write_atomically(path, lambda part, path=path: WRITERS[path.suffix]([outcome], part))
    for name in ("entities", "sentences"):
        rows = pd.DataFrame(data["tables"][name]).map(neutralise)
        written.append(target.with_suffix(f".{name}.csv"))
        write_atomically(written[-1], lambda part, rows=rows: rows.to_csv(part, index=False))
    return written
