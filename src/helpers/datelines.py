"""Datelines: where and when a story says it was written."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date as Day
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from helpers.sources import DATA, ArticleError

MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?"
    "|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<month>{MONTH})\.?(?: (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?"
    r",? (?P<year>(?:19|20)\d\d)\b|\b(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b"
    r"|\b(?:[Ii]n|[Ss]ince|[Dd]uring|late|early|mid|of|from)[ -](?P<alone>(?:19|20)\d\d)\b"
)
AHEAD = re.compile(
    r"\b(?:will|would|until|plans?|planned|expected|scheduled|due|next|could|might|deadline)\b"
    rf"|\bby (?:the end of |late |early )?(?:\d{{4}}|{MONTH})\b"
)
CAPITALS = r"[A-Z](?:[A-Z'’.-]|\b(?:de|al|of)\b| (?=[A-Z]|de |al |of ))*[A-Z.]"
NAME = r"[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){0,2}"
DATELINE = re.compile(
    rf"\s*(?:(?P<capitals>{CAPITALS})|(?P<name>{NAME}))(?: ?/ ?[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+)*)*"
    rf"(?P<region>, (?!{MONTH}\b){NAME})?"
    rf"(?P<day>,? \(?(?i:{MONTH}\.? \d{{1,2}}|\d{{1,2}} {MONTH})(?:,? \d{{4}})?\)?)?,?"
    r"(?: ?\((?P<agency>[A-Z][^()]{1,40})\))?"
    r"(?P<mark>:(?=[\sA-Z])| ?(?:--|[–—\ufffd_])|(?<=[\s)])-(?=\s)| [-|] )?(?=\s*[A-Z“\"‘'\d(])"
)


class Date(NamedTuple):
    """A publication date, as exact as it is known: "2016", "2016-04" or "2016-04-03"."""

    value: str
    precision: str  # year, month, day
    source: str  # --date, articles.csv, metadata, date line, url, dateline, text: not before


class Dateline(NamedTuple):
    """Where a story says it was filed, by which agency, and on which day as written: "May 3", often without a year."""

    place: str
    agency: str | None
    day: str = ""


def parse_date(value: str, source: str) -> Date:
    """The date in an ISO string, cut to the day, e.g. "2016-04-03T10:00Z" -> Date("2016-04-03", "day", source)."""
    found = re.match(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?(?=$|[T ])", str(value).strip())
    parts = [part for part in found.groups() if part] if found else ["0"]
    try:
        Day(*[int(part) for part in [*parts, "1", "1"]][:3])
    except ValueError:
        raise ArticleError(f"{value!r} is not a date like 2016, 2016-04 or 2016-04-03: correct it.") from None
    return Date("-".join(parts), ("year", "month", "day")[len(parts) - 1], source)


def read_date(value: str) -> str:
    """The date in a string from elsewhere, ISO or in words, "" where there is none, e.g. "Wed, 3 Apr 2019"."""
    with suppress(ArticleError):
        return parse_date(value, "").value
    return next(find_dates(value), "")


def find_dates(text: str) -> Iterator[str]:
    """The dates a text gives with their year, as ISO strings, e.g. "in May 2015" -> "2015-05"."""
    for m in DATE.finditer(text):
        month = m["month"] and f"-{MONTHS.split('|').index(m['month'][:3]) + 1:02}"
        day = (m["d1"] or m["d2"]) and f"-{int(m['d1'] or m['d2']):02}"
        with suppress(ArticleError):  # the 31st of June
            yield parse_date(m["iso"] or f"{m['year'] or m['alone']}{month or ''}{day or ''}", "text").value


def date_in_text(paragraphs: Iterable[str]) -> Date | None:
    """The latest date a story speaks of as past: it was not written before. Sentences that look ahead do not count."""
    sentences = (s for p in paragraphs for s in re.split(r"(?<=[.!?])[”’\"]?\s+", p) if not AHEAD.search(s))
    past = [day for s in sentences for day in find_dates(s) if day <= Day.today().isoformat()]
    return parse_date(max(past), "text: not before") if past else None


def parse_dateline(paragraph: str) -> Dateline | None:
    """The place and agency a story opens with, e.g. "QUETTA (Reuters) - A" -> Dateline("QUETTA", "Reuters")."""
    m = DATELINE.match(paragraph)
    if not m or _labels().fullmatch(m["capitals"] or m["name"]):
        return None
    by_capitals = m["capitals"] and (m["mark"] or m["agency"])
    by_form = m["mark"] and (m["agency"] or m["day"] or (m["region"] and m["mark"] != ":"))
    day = (m["day"] or "").strip(" ,()")
    return Dateline(m["capitals"] or m["name"], m["agency"], day) if by_capitals or by_form else None


@lru_cache(1)
def _labels() -> re.Pattern:
    """Words in capitals that open news items and are no places: UPDATE, WATCH, ..."""
    table = pd.read_csv(DATA / "lexicons" / "clutter.csv", dtype=str)
    return re.compile("|".join(table.pattern[table.applies_to == "dateline"]), re.I)
