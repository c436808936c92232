"""Fixes: what the corrections mean for one article, and what became of them.

A correction beats every rule; of two the more exact one holds: that of a span before that of every occurrence in the
article before that of every article.
"""

import getpass
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd

from helpers.article import Article
from helpers.bodies import known_bodies
from helpers.corrections import ALL, VALUES, Correction, CorrectionsError, check_row
from helpers.gazetteer import fold
from helpers.language import Tagged

Span = tuple[int, int]
Fixes = dict[str, dict[Span, Correction]]


def match_corrections(rows: Iterable[Correction], article: Article) -> Fixes:
    """Which corrections hold for which spans of an article: by place, role, type and merge, the most exact of each."""
    fixes: Fixes = {about: {} for about in VALUES if about != "not-a-place"}
    here = [row for row in rows if row.scope in (ALL, article.sha256)]
    for row in sorted(here, key=lambda row: (row.start is not None, row.scope != ALL)):
        about = "place" if row.action == "not-a-place" else row.action
        fixes[about] |= dict.fromkeys(spans_of(row, article.text), row)
    return fixes


def spans_of(row: Correction, text: str) -> list[Span]:
    """Where the words of a row stand: at its span, or wherever the text has them as whole words."""
    if row.text not in text:  # of thousands of rows for every article few speak of this one
        return []
    if row.start is not None:
        return [(row.start, row.end)] if text[row.start : row.end] == row.text else []
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(row.text)}(?!\w)", text)]


def settle(found: Iterable[Span], fixes: dict[Span, Correction]) -> list[Span]:
    """The spans found, without those that are corrected away and with those a person has named, which beat all others.

    A row on every occurrence of a name leaves longer names alone that hold it: Victoria in "Lake Victoria".
    """
    owner = {i: span for span in found for i in range(*span)}

    def drop(spans: set[Span]) -> None:
        for i in [i for span in spans for i in range(*span)]:
            del owner[i]

    def touched(span: Span) -> set[Span]:
        return {owner[i] for i in range(*span) if i in owner}

    for (start, end), row in fixes.items():
        if row.action == "not-a-place":
            drop({(a, b) for a, b in touched((start, end)) if start <= a and b <= end})
    named = [span for span, row in fixes.items() if row.action != "not-a-place"]
    settled: set[Span] = set()
    for start, end in sorted(named, key=lambda span: (fixes[span].start is None, span[0] - span[1])):
        others = touched((start, end))
        inside = fixes[start, end].start is None and any(a <= start and end <= b for a, b in others)
        if not inside and not others & settled:
            drop(others)
            owner |= dict.fromkeys(range(start, end), (start, end))
            settled.add((start, end))
    return sorted(set(owner.values()))


def mark_corrected(table: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """The places with `corrected`, who set a row and why in its reason, and full confidence where a person said where.

    `names` holds the mentions as they were found, with the corrections of place and role of each, or None.
    """
    fixes = list(zip(names.place_fix, names.role_fix, strict=True))
    if not any(map(any, fixes)):
        return table
    sure = [bool(place and place.value) for place, _ in fixes]
    said = [
        [f"{fix.action} {fix.reason}" for fix in pair if fix and (fix is pair[1] or not fix.value)] for pair in fixes
    ]
    reasons = ["; ".join([reason, *more]) for reason, more in zip(table.reason, said, strict=True)]
    table = table.assign(reason=pd.Series(reasons, table.index, object), corrected=[any(pair) for pair in fixes])
    return table.assign(confidence=table.confidence.mask(pd.Series(sure, table.index, bool), 1.0))


def correct_types(names: Iterable[Tagged], fixes: dict[Span, Correction]) -> list[Tagged]:
    """The names with the types people gave them, and those that only a person has seen."""
    if not fixes:
        return list(names)
    known = {(name.start, name.end): name for name in names}
    types = {span: row.value for span, row in fixes.items()}
    return [Tagged(*span, types.get(span) or known[span].label) for span in settle(known, fixes)]


def merge_entities(entities: pd.DataFrame, fixes: Fixes) -> pd.DataFrame:
    """The entities under the names people gave them; `corrected` where a person has set a name or a type."""
    if not (fixes["type"] or fixes["merge"]):
        return entities
    spans = list(zip(entities["start"].tolist(), entities["end"].tolist(), strict=True))
    entities = entities.assign(corrected=[span in fixes["type"] or span in fixes["merge"] for span in spans])
    for row in set(fixes["merge"].values()):
        rows = [fixes["merge"].get(span) == row for span in spans]
        entities.loc[rows, ["entity_id", "name", "subtype"]] = entity_called(row.value, entities)
    return entities


def entity_called(name: str, entities: pd.DataFrame) -> tuple[str, str, str]:
    """(entity_id, name, subtype) of what goes by a name: in the article, else among organisations, else new."""
    for row in entities[entities.name == name].itertuples():
        return row.entity_id, row.name, row.subtype
    body = next((hit.body for hit in known_bodies(name) if (hit.start, hit.end) == (0, len(name))), None)
    return (body.entity_id, body.name, body.subtype) if body else (fold(name).replace(" ", "-") or "unnamed", name, "")


def name_of(article: Article) -> str:
    """What an article goes by from one day to the next: the id it came with, else its address or file name."""
    if article.id != article.sha256[:12] or "://" in (article.source or ""):
        return article.id if article.id != article.sha256[:12] else article.source
    file = Path(article.source or "")
    return file.name if file.suffix else ""


def report_corrections(
    rows: Iterable[Correction], article: Article, places: pd.DataFrame | None, entities: pd.DataFrame | None
) -> pd.DataFrame:
    """What became of an article's corrections, a row each; None for a table that was not asked for.

    `status` is applied, overruled (by a more exact row), stale (nothing in the text is what it speaks of) or
    text changed (made for another text of this article's name); `mentions` is how many it decided.
    """
    if not rows:
        return nothing_corrected().copy()
    name, fixes = name_of(article), match_corrections(rows, article)
    tables = {"place": places, "role": places, "type": entities, "merge": entities}
    spans = {about: set(zip(t["start"], t["end"], strict=True)) for about, t in tables.items() if t is not None}
    decided = Counter(
        row.claim for about in spans for span, row in fixes[about].items()
        if (span in spans[about]) != (row.action == "not-a-place")
    )  # fmt: skip
    holding = {row.claim for fix in fixes.values() for row in fix.values()}

    def status(row: Correction) -> str:
        if row.scope not in (ALL, article.sha256):
            return "text changed"
        found = spans_of(row, article.text)
        return "applied" if decided[row.claim] else "overruled" if found and row.claim not in holding else "stale"

    told = [
        row._asdict() | {"mentions": decided[row.claim], "status": status(row)} for row in rows
        if ("place" if row.action == "not-a-place" else row.action) in spans
        and (row.scope == article.sha256 or decided[row.claim] or (row.scope != ALL and name and row.article == name))
    ]  # fmt: skip
    return _report(told)


def _report(rows: list[dict]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*Correction._fields, "mentions", "status"])
    return table.astype({"start": "Int64", "end": "Int64"})


@cache
def nothing_corrected() -> pd.DataFrame:
    """The report of no corrections, made once: a batch asks for it a thousand times."""
    return _report([])


def warn_stale(told: pd.DataFrame) -> str:
    """The corrections that hold no longer, for a person who has to look at them again; "" where all hold."""
    stale = told[told.status.isin(["stale", "text changed"])] if len(told) else told
    if stale.empty:
        return ""
    lines = ", ".join(f'line {line} on "{text}"' for line, text in zip(stale.line[:5], stale.text[:5], strict=True))
    more = f" and {len(stale) - 5} more" if len(stale) > 5 else ""
    why = "was made for another text" if "text changed" in set(stale.status) else "matches nothing in the text"
    return f"a correction {why} and is not applied ({lines}{more}): correct the article again or delete the line"


def propose(
    article: Article, text: str, action: str, value: str = "", *,
    start: int | None = None, everywhere: bool = False, who: str | None = None, note: str = "",
) -> Correction:  # fmt: skip
    """A correction of words of this article, ready to be written; CorrectionsError where it cannot be one.

    `who` is the login of the person at the keyboard if none is given.
    """
    who = getpass.getuser() if who is None else who
    scope, end = ALL if everywhere else article.sha256, None if start is None else start + len(text)
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    row = Correction(scope, start, end, text, action, value, name_of(article), " ".join(who.split()), when, note)
    if not spans_of(row, article.text):
        where = [str(a) for a, _ in spans_of(row._replace(start=None), article.text)]
        at = f" at {start}, only at {', '.join(where)}" if where else " as whole words, to the letter"
        raise CorrectionsError(f'"{text}" does not stand in the article{at}: give it as the article spells it.')
    cells = {name: "" if value is None else str(value) for name, value in row._asdict().items()}
    return check_row(cells, [], f'The correction of "{text}"')
