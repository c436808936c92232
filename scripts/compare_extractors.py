"""Compare libraries that find the main text of a web page, on the page layouts of tests/make_pages.py.

Run it in an environment of its own, with the project and the libraries it is compared with:
    pip install -e ".[test]" readability-lxml newspaper4k jusText
    python scripts/compare_extractors.py

Paragraphs count when they are there to the letter, spaces and invisible marks aside. News Atlas asks trafilatura
which parts of a page are the story, reads the text from the page itself and cleans it with data/lexicons/clutter.csv.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from lxml import html

from helpers.article import read_article
from helpers.documents import tidy

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from make_pages import LAYOUTS, STORIES


class Extracted(NamedTuple):
    """What a library makes of a page: "" where it does not look for it."""

    paragraphs: list[str]
    title: str = ""
    date: str = ""


def by_trafilatura(page: str) -> Extracted:
    import trafilatura

    found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    return Extracted(found.text.splitlines(), found.title or "", found.date or "") if found else Extracted([])


def by_readability(page: str) -> Extracted:
    from readability import Document

    document = Document(page)
    tree = html.document_fromstring(document.summary())
    inner = tree.xpath("//p | //div[not(.//p or .//div)] | //li[not(.//p)] | //h2 | //h3 | //td[not(.//p)]")
    return Extracted([element.text_content() for element in inner], document.short_title())


def by_newspaper(page: str) -> Extracted:
    import newspaper

    article = newspaper.Article("https://news.example/story", language="en")
    article.download(input_html=page)
    article.parse()
    published = article.publish_date
    return Extracted(article.text.splitlines(), article.title or "", published.date().isoformat() if published else "")


def by_justext(page: str) -> Extracted:
    import justext

    found = justext.justext(page.encode(), justext.get_stoplist("English"), encoding="utf-8")
    return Extracted([paragraph.text for paragraph in found if not paragraph.is_boilerplate])


def by_news_atlas(page: str) -> Extracted:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        article = read_article(path)
    paragraphs = [article.text[a:b] for a, b in article.paragraphs][article.title_in_text :]
    return Extracted(paragraphs, article.title, article.date.value if article.date else "")


LIBRARIES: dict[str, Callable[[str], Extracted]] = {
    f"trafilatura {version('trafilatura')}": by_trafilatura,
    f"readability-lxml {version('readability-lxml')}": by_readability,
    f"newspaper4k {version('newspaper4k')}": by_newspaper,
    f"jusText {version('jusText')}": by_justext,
    "News Atlas": by_news_atlas,
}


def measure(library: str, layout: str) -> list[dict]:
    """Hits, misses and time of a library on a layout, one row a story."""
    rows = []
    for story in STORIES:
        start = time.perf_counter()
        found = LIBRARIES[library](LAYOUTS[layout](story))
        seconds = time.perf_counter() - start
        wanted = [" ".join(tidy(p).split()) for p in story.paragraphs]
        got = [text for p in found.paragraphs if (text := " ".join(tidy(p).split()))]
        rows.append(
            {
                "library": library,
                "layout": layout,
                "wanted": len(wanted),
                "got": len(got),
                "found": sum(p in got for p in wanted),
                "right": sum(p in wanted for p in got),
                "title": found.title == story.title,
                "date": found.date == story.date,
                "ms": 1000 * seconds,
            }
        )
    return rows


def main() -> None:
    for library in LIBRARIES:  # a first page each, so that imports are not timed
        measure(library, "wire")
    table = pd.DataFrame([row for library in LIBRARIES for layout in LAYOUTS for row in measure(library, layout)])
    groups = table.groupby("library", sort=False)
    total = groups[["found", "wanted", "right", "got"]].sum()
    result = pd.DataFrame(
        {
            "recall": total.found / total.wanted,
            "precision": total.right / total.got,
            "title right": groups.title.mean(),
            "date right": groups.date.mean(),
            "ms a page": groups.ms.median().round(1),
        }
    )
    pages = f"{len(LAYOUTS)} layouts, {len(STORIES)} stories each, {total.wanted.iloc[0]} paragraphs"
    print(pages, result.round(3).to_string(), sep="\n\n")
    found = table.groupby(["layout", "library"], sort=False)[["found", "wanted", "right", "got"]].sum()
    scores = (2 * found.found / (found.wanted + found.got)).unstack().round(2)
    print("\nF of paragraphs by layout\n", scores.to_string(), sep="\n")


if __name__ == "__main__":
    main()
