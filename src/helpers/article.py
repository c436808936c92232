"""Articles: one story with its text, its paragraphs, what is known about it and what was left out."""

import hashlib
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from helpers.cleaning import Removed, clean
from helpers.datelines import Date, Dateline, date_in_text, parse_date, parse_dateline, read_date
from helpers.documents import Document, read_text, read_word, split_paragraphs
from helpers.sources import DATA, ArticleError, Source, load_source

__all__ = [
    "DATA", "Article", "ArticleError", "Date", "Dateline",
    "articles_at_hand", "from_record", "parse_dateline", "read_article",
]  # fmt: skip

REMOVED = ["text", "rule", "where"]
MAX_CHARACTERS = 1_000_000  # of a story: a book of 500 pages
ENGLISH = {
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "that",
    "for",
    "on",
    "was",
    "is",
    "with",
    "as",
    "by",
    "he",
    "at",
    "from",
}
LANGUAGES = {
    "ar": "Arabic", "bn": "Bengali", "de": "German", "es": "Spanish", "fa": "Persian", "fr": "French", "hi": "Hindi",
    "ps": "Pashto", "pt": "Portuguese", "ru": "Russian", "tr": "Turkish", "ur": "Urdu", "zh": "Chinese",
}  # fmt: skip
BYLINE = re.compile(
    r"(?:^|^(?:Posted|Published|Written|Words|Report) |- )[Bb][Yy] "
    r"(?P<name>[A-Z][\w.’'-]+(?:,? (?:and |de |al |ul )?(?!On\b)[A-Z][\w.’'-]*){0,7})"
    r"(?: in (?P<place>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)$)?"
)
Fact = tuple[object, str]  # a value and where it is known from


@dataclass(frozen=True, eq=False)
class Article:
    """A story: text is title, blank line, paragraphs joined by blank lines; every offset counts in it."""

    id: str
    text: str
    title: str
    title_in_text: bool
    paragraphs: tuple[tuple[int, int], ...]
    source: str
    outlet: str | None
    byline: str | None
    date: Date | None
    dateline: Dateline | None
    language: str
    sha256: str
    removed: pd.DataFrame = field(repr=False)  # text, rule, where
    facts: pd.DataFrame = field(repr=False)  # fact, value, precision, source

    @property
    def warning(self) -> str:
        """What a reader must know before trusting the analysis, "" if nothing."""
        return warning_of(self.language)


def read_article(
    source: str | Path, *, date: str | None = None, keep_everything: bool = False, allow_private: bool = False
) -> Article:
    """The article in a file, at a web address, on standard input ("-") or in a text pasted as it is."""
    return read_source(load_source(source, allow_private), date=date, keep_everything=keep_everything)


def read_source(found: Source, *, date: str | None = None, keep_everything: bool = False) -> Article:
    """The article in the bytes of a source."""
    document, listed = read_document(found), listed_facts(found.where)
    document = document._replace(title=" ".join(document.title.split()))  # a heading may be set in two lines
    kept, removed = (document.blocks, []) if keep_everything else clean(document)
    title, body = split_title([block.text for block in kept], document.title)
    if not re.search(r"[^\W\d_]", "".join(body)):
        raise ArticleError(f"{found.where} shows no story: give the story's own page, or its text in a file.")
    text = "\n\n".join([title, *body] if title else body)
    if len(text) > MAX_CHARACTERS:
        raise ArticleError(f"{found.where} has more than {MAX_CHARACTERS:,} characters: give one story at a time.")
    dated = [r.text for r in removed if r.rule == "date line"]
    byline, place = find_byline(document, removed)
    opening = next(filter(None, map(parse_dateline, body[:3])), None)
    facts = {
        "title": (title, "document" if document.title else "first line"),
        "byline": byline,
        "date": find_date(date, listed, document, dated, body),
        "dateline": (opening or place, "text" if opening else "byline"),
        "outlet": find_outlet(listed, document),
        "source": (found.where, found.kind),
        "fetched": (found.fetched, "cache"),
    }
    return _article(text, [m.span() for m in re.finditer(r"[^\n]+", text)], facts, removed, title_in_text=bool(title))


def read_document(source: Source) -> Document:
    """The document in a source, whatever its format."""
    if source.kind == "pdf":
        from helpers.pdf import read_pdf  # here, as below: their libraries cost a run on text half a second

        return read_pdf(source)
    if source.kind in ("text", "docx"):
        return read_text(source) if source.kind == "text" else read_word(source)
    from helpers.webpages import read_markdown, read_page

    return read_markdown(source) if source.kind == "markdown" else read_page(source)


def from_record(record: dict) -> Article:
    """The article in one line of JSONL: its text to the letter, its title as context only."""
    text, given_id = record.get("text"), record.get("id")
    name = "record" if given_id is None else f"record {given_id}"
    if not isinstance(text, str) or not text.strip():
        raise ArticleError(f'The {name} has no text: each line needs a field "text" with the story in it.')
    spans = split_paragraphs(text)
    body = [text[a:b] for a, b in spans]
    given = parse_date(record["date"], "metadata") if record.get("date") else None
    opening = next(filter(None, map(parse_dateline, body[:3])), None)
    facts = {
        "title": (str(record.get("title") or ""), "record"),
        "date": (given, "record") if given else find_date(None, {}, Document([]), [], body),
        "dateline": (opening, "text"),
        "outlet": (str(record.get("source") or ""), "record"),
        "source": (name, "record"),
    }
    return _article(text, spans, facts, [], title_in_text=False, given_id=given_id)


def _article(
    text: str, spans: list, facts: dict[str, Fact], removed: list[Removed], title_in_text: bool, given_id=None
) -> Article:
    digest, language = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), detect_language(text)
    facts |= {"language": (language, "words of the text"), "warning": (warning_of(language), "language")}
    rows = [_fact_row(fact, value, where) for fact, (value, where) in facts.items() if value]
    if facts["dateline"][0] and facts["dateline"][0].agency:
        rows.append(("agency", facts["dateline"][0].agency, "", "dateline"))
    value = {fact: value or None for fact, (value, _) in facts.items()}
    return Article(
        id=digest[:12] if given_id is None else str(given_id),
        text=text,
        title=value["title"] or "",
        title_in_text=title_in_text,
        paragraphs=tuple(spans),
        source=value["source"],
        outlet=value["outlet"],
        byline=value.get("byline"),
        date=value["date"],
        dateline=value["dateline"],
        language=language,
        sha256=digest,
        removed=pd.DataFrame(removed, columns=REMOVED) if removed else nothing_removed().copy(),
        facts=pd.DataFrame(rows, columns=["fact", "value", "precision", "source"]),
    )


@cache
def nothing_removed() -> pd.DataFrame:
    """The empty table of what was removed, made once: no line of JSONL is cleaned."""
    return pd.DataFrame([], columns=REMOVED)


def _fact_row(fact: str, value: object, where: str) -> tuple[str, str, str, str]:
    """A row of the table of facts; of a date or dateline its first part, of a date its precision too."""
    shown = value[0] if isinstance(value, tuple) else value
    return fact, shown, value.precision if isinstance(value, Date) else "", where


def split_title(paragraphs: list[str], title: str) -> tuple[str, list[str]]:
    """Headline and body; where no headline is marked, the first line is it if it reads like one."""
    if title:
        return title, [p for p in paragraphs if p != title]
    first = paragraphs[0] if len(paragraphs) > 1 else ""
    is_sentence = len(first.split()) > 25 or re.search(r"[.,;:][”’\"')]*$", first) or parse_dateline(first)
    return (first, paragraphs[1:]) if first and not is_sentence else ("", paragraphs)


def find_byline(document: Document, removed: list[Removed]) -> tuple[Fact, Dateline | None]:
    """Who wrote it, and the place a byline names: "By Samina Gul in Mingora"."""
    author, where = document.meta.get("author") or ("", "")
    lines = [r.text for rule in ("byline", "date line", "outside the story") for r in removed if r.rule == rule]
    line = next((m for text in lines if (m := BYLINE.search(text))), None)
    place = Dateline(line["place"], None) if line and line["place"] else None
    return ((author, where) if author or not line else (line["name"], "byline")), place


def find_date(given: str | None, listed: dict, document: Document, lines: list[str], body: list[str]) -> Fact:
    """The publication date from the most trusted place that has one."""
    value, where = document.meta.get("date") or ("", "")
    url = document.meta.get("url", ("", ""))[0]
    in_url = re.search(r"/((?:19|20)\d\d)[/-]([01]\d)(?:[/-]([0-3]\d))?(?=[/-]|$)", url)
    opening = " ".join(p[:80] for p in body[:2] if parse_dateline(p))
    is_file = where == "file properties"  # say when the file was made, which may be years after the story
    if given:
        return parse_date(given, "--date"), "given"
    candidates = (
        (listed.get("date", ""), "articles.csv", "data/articles/articles.csv"),
        ("" if is_file else value, "metadata", where),
        (" ".join(lines), "date line", "text"),
        ("-".join(filter(None, in_url.groups())) if in_url else "", "url", url),
        (opening, "dateline", "text"),
        (value, "metadata", where),
    )
    for candidate, source, place in candidates:
        if found := read_date(candidate):
            return parse_date(found, source), place
    return date_in_text(body), "text: not before"


def find_outlet(listed: dict, document: Document) -> Fact:
    """Who published it: as listed, as the page says, else the host of its address."""
    if listed.get("outlet"):
        return listed["outlet"], "data/articles/articles.csv"
    host = urlsplit(document.meta.get("url", ("", ""))[0]).hostname or ""
    return document.meta.get("outlet") or (host.removeprefix("www."), "address")


def articles_at_hand() -> pd.DataFrame:
    """The articles in data/articles with what its list knows of them: file, title, date, outlet, rights, note."""
    folder = DATA / "articles"
    listed = pd.read_csv(folder / "articles.csv", dtype=str, keep_default_na=False)
    files = pd.DataFrame({"file": sorted(path.name for path in folder.iterdir() if path.suffix != ".csv")})
    return files.merge(listed, how="left").fillna("")


def listed_facts(where: str) -> dict[str, str]:
    """What data/articles/articles.csv knows of a file in that folder, {} for all others."""
    if Path(where).resolve().parent != DATA / "articles":
        return {}
    table = articles_at_hand()
    return next(iter(table[table.file == Path(where).name].to_dict("records")), {})


def detect_language(text: str) -> str:
    """The language of a text as ISO 639-1, e.g. "en", "ur"; "en" also where it is too short to tell."""
    words = text[:5000].casefold().split()
    too_short = len(words) < 5 and text.isascii()
    if too_short or sum(word in ENGLISH for word in words) > len(words) / 10:
        return "en"  # without the model, which takes most of a second to load
    language, _ = _identifier().classify(text[:5000])
    return "en" if language == "und" else language


@lru_cache(1)
def _identifier():
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=0.9)


def warning_of(language: str) -> str:
    """What a reader must know of an analysis of a text in this language, "" for English."""
    if language == "en":
        return ""
    name = LANGUAGES.get(language, f"another language than English ({language})")
    return (
        f"The text seems to be in {name}: places spelt as in English are found, the rest is read as if it were English."
    )
