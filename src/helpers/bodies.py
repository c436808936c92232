"""Organisations of the lexicon in a text: armed groups, governments, courts, media, companies, by every alias."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from helpers.language import Tagged
from helpers.lexicons import load_lexicon
from helpers.names import cue

WORD_START = re.compile(r"(?<![\w-])\S")
GOES_ON = re.compile(r"\w|-\w")  # what follows belongs to the same word
UNSURE = "?"
PROPER = {"ORG", "PERSON", "FAC", "LAW", "PRODUCT", "WORK_OF_ART", "EVENT"}


class Body(NamedTuple):
    """A row of data/lexicons/organisations.csv, as much of it as a mention needs."""

    entity_id: str
    name: str
    subtype: str
    country: str
    beside: str  # the entity that must be named too: "Khorasan province" is a group only beside Islamic State


class Hit(NamedTuple):
    start: int
    end: int
    body: Body


@lru_cache(1)
def _aliases() -> tuple[dict[str, Body], dict[str, list[str]]]:
    """Every alias with its row, and the aliases by their first two letters, longest first, case as written."""
    known: dict[str, Body] = {}
    rows = list(load_lexicon("organisations").itertuples())
    bodies = [Body(row.entity_id, row.name, row.subtype, row.country, "") for row in rows]
    for row, body in zip(
        rows, bodies, strict=True
    ):  # forms that mean other things too hold only where the tagger agrees
        for alias in filter(None, row.ambiguous.split("|")):
            known.setdefault(alias, body._replace(beside=UNSURE))
    for row, body in zip(rows, bodies, strict=True):
        for alias in [row.name, *filter(None, row.aliases.split("|"))]:
            known.setdefault(alias, body)
        for alias in filter(None, row.aliases_beside.split("|")):
            known.setdefault(alias, body._replace(beside=row.beside))
    starts: dict[str, list[str]] = defaultdict(list)
    for alias in sorted(known, key=lambda alias: (-len(alias), alias)):
        starts[alias[:2]].append(alias)
    return known, dict(starts)


def known_bodies(text: str) -> list[Hit]:
    """Organisations named in a text, without their article, e.g. "Times" in "The Times"; they never overlap."""
    known, starts = _aliases()
    hits, end = [], 0
    for word in WORD_START.finditer(text):
        start = word.start()
        for alias in starts.get(text[start : start + 2], ()) if start >= end else ():
            if text.startswith(alias, start) and not GOES_ON.match(text, start + len(alias)):
                end = start + len(alias)
                hits.append(Hit(start + 4 * alias.startswith("The "), end, known[alias]))
                break
    named = {hit.body.entity_id for hit in hits if not hit.body.beside}
    sure = {UNSURE, *named}
    return [hit for hit in hits if not hit.body.beside or hit.body.beside in sure]


def confirm(hits: list[Hit], names: tuple[Tagged, ...]) -> list[Hit]:
    """Without the ambiguous forms that the tagger takes for no organisation, such as "Dawn" in the morning."""
    bodies = {(name.start, name.end) for name in names if name.label == "ORG"}
    sure = {hit.body.entity_id for hit in hits if hit.body.beside != UNSURE}
    return [h for h in hits if h.body.beside != UNSURE or h.body.entity_id in sure or h[:2] in bodies]


def merge_bodies(names: tuple[Tagged, ...], hits: list[Hit], text: str) -> tuple[Tagged, ...]:
    """The tagger's names with the lexicon's put in their stead: what it knows as an organisation is one.

    A longer proper name around it stands ("Friends of the Taliban Museum"), unless it only runs on from it, as names
    do in headlines and credit lines ("Islamic State Expanding Footprint", "AP Photo/").
    """
    bodies, wider, crossed = [], set(), set()
    for hit in hits:
        touching = overlapping(names, hit.start, hit.end)
        whole = [n for n in touching if _stands_around(n, hit) and n.label in PROPER and not _runs_on(n, hit, text)]
        wider.update(whole)
        if not whole:
            bodies.append(Tagged(hit.start, hit.end, "ORG"))
            crossed.update(touching)
    kept = [name for name in names if name in wider or name not in crossed]
    return tuple(sorted([*kept, *bodies]))


def overlapping(names: Sequence[Tagged], start: int, end: int) -> list[Tagged]:
    """The names that share a letter with a span; they are in reading order and do not overlap each other."""
    first = bisect_right(names, start, key=lambda name: name.end)
    last = bisect_left(names, end, key=lambda name: name.start)
    return list(names[first:last])


def _stands_around(name: Tagged, hit: Hit) -> bool:
    return name.start <= hit.start and hit.end <= name.end and (name.start, name.end) != hit[:2]


def _runs_on(name: Tagged, hit: Hit, text: str) -> bool:
    """Whether a tagged name begins with an organisation and goes on with words that name no institution."""
    rest = text[hit.end : name.end].split()
    return name.start == hit.start and not (rest and rest[-1].casefold() in cue("institution_noun"))
