"""Mentions of one name with one sense, which ask one question, and what the words around them tell."""

import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise

import pandas as pd

from helpers.article import Article
from helpers.evidence import nouns_beside
from helpers.gazetteer import AREAS, Gazetteer, Place, fold, is_district, is_town_of
from helpers.names import area_nouns, meaning
from helpers.ranking import Group

MOST_CANDIDATES = 40
TOWN = frozenset({"city"})
UNITS = {"admin1", "admin2", "admin3", "city", "neighbourhood"}
LIST_GAP = re.compile(r"(?:,|,? and|,? or)(?: the)? ")


@lru_cache(1)
def parent_gap() -> re.Pattern:
    """What may stand between a place and the one it lies in: "Lahore, Pakistan", "Achin district of Nangarhar"."""
    units = "|".join(
        sorted(noun for noun, kinds in area_nouns().items() if kinds & UNITS or noun.removesuffix("s") == "area")
    )
    return re.compile(rf"(?:['’]s)?(?:,| \(| in|,? in the| of|,? (?:\w+ )?(?:{units}),?(?: of| in)?)(?: the)? ")


def kinds_named(spans: list[tuple[int, int]], text: str) -> list[frozenset[str]]:
    """The kind of place that words beside each name tell: "city of X" -> city, "X province" -> admin1.

    A plural tells it of the names listed with this one too: "Herat and Kandahar provinces".
    """
    beside = [nouns_beside(text, *span) for span in spans]
    before, after = ([pair[side].casefold() for pair in beside] for side in (0, 1))
    listed = listed_next(spans, text)
    for one in listed:
        if _is_plural(before[one]):
            before[one + 1] = before[one + 1] or before[one]
    for one in reversed(listed):
        if _is_plural(after[one + 1]) and after[one] in ("", "and", "or"):
            after[one] = after[one + 1]
    nouns = area_nouns()
    return [nouns.get(a) or nouns.get(b, frozenset()) for a, b in zip(after, before, strict=True)]


def listed_next(spans: list[tuple[int, int]], text: str) -> list[int]:
    """The numbers of the spans whose list goes on with the next one: Khost in "Khost and Paktika"."""
    gaps = ((end, start) for (_, end), (start, _) in pairwise(spans))
    return [number for number, (end, start) in enumerate(gaps) if LIST_GAP.fullmatch(text, end, max(end, start))]


def _is_plural(noun: str) -> bool:
    nouns = area_nouns()
    return noun in nouns and ((noun.removesuffix("s") != noun and noun[:-1] in nouns) or noun[:-3] + "y" in nouns)


def _with_article(text: str, start: int) -> frozenset[str]:
    """What "the" before a name tells: rivers, seas and ranges have it, "the Godavari", and towns do not."""
    return frozenset(AREAS if text[max(0, start - 4) : start].lower() == "the " else ())


def parents_of(spans: list[tuple[int, int]], text: str) -> dict[int, int]:
    """For each span the one naming what it lies in: Lahore -> Pakistan in "Lahore, Pakistan" or "Pakistan's Lahore"."""
    parents = {}
    for number, ((_, end), (start, _)) in enumerate(pairwise(spans)):
        gap = text[end:start] if start - end < 30 else ""
        if parent_gap().fullmatch(gap):
            parents[number] = number + 1
        elif gap in ("'s ", "’s "):
            parents[number + 1] = number
    return parents


def shortlist(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """At most 40 candidates: units and regions first, then the most populous towns."""
    if len(places) <= MOST_CANDIDATES:
        return places
    ranked = sorted(places, key=lambda p: (p.feature == "city", -p.population))
    return tuple(ranked[:MOST_CANDIDATES])


def _listed(places: tuple[Place, ...], named: frozenset[str], gazetteer: Gazetteer) -> frozenset[str]:
    """Which candidates the supplement lists, a town with its district and a district with its town."""
    own = [p for p in places if gazetteer.lists(p.place_id) and (p.match != "alternate" or p.feature in named)]
    return frozenset(p.place_id for p in places if p in own or any(_are_one_name(p, other) for other in own))


def _are_one_name(one: Place, other: Place) -> bool:
    """Whether two candidates are a district and the town it is called after."""
    return (is_district(one) and is_town_of(other, one)) or (is_district(other) and is_town_of(one, other))


def group_mentions(places: pd.DataFrame, article: Article, gazetteer: Gazetteer) -> tuple[list[Group], list[int]]:
    """Groups of equal names and the group of each row: one sense per article unless other parents or kinds are named.

    "Herat province" and a bare Herat are two, and "HERAT, June 3 -" is a town, for a dateline names one.
    """
    text = article.text
    spans = list(zip(places["start"].tolist(), places["end"].tolist(), strict=True))
    forms = [fold(text[start:end]) for start, end in spans]
    parents = parents_of(spans, text)
    fixes = places.place_fix.tolist()
    nouns = kinds_named(spans, text)
    filed = forms.index(place) if article.dateline and (place := fold(article.dateline.place)) in forms else -1
    told: dict[str, tuple[set[str], set[frozenset[str]]]] = {}
    for number, form in enumerate(forms):
        above, kinds = told.setdefault(form, (set(), set()))
        above.update({forms[parents[number]]} if number in parents else ())
        kinds.update({TOWN if number == filed else nouns[number]} - {frozenset()})
    members: dict[tuple, list[int]] = {}
    for number, form in enumerate(forms):
        above, kinds = told[form]
        parent = forms[parents[number]] if number in parents and len(above) > 1 else ""
        kind = TOWN if number == filed else frozenset.intersection(*kinds) or nouns[number] if nouns[number] else None
        kind = kind or (TOWN if TOWN in kinds else None)
        members.setdefault((form, parent, kind, fixes[number] and fixes[number].value), []).append(number)
    owner = {number: group for group, numbers in enumerate(members.values()) for number in numbers}
    beside = defaultdict(set)
    for number in listed_next(spans, text):
        one, other = owner[number], owner[number + 1]
        beside[one].add(other)
        beside[other].add(one)
    groups = []
    for group, numbers in enumerate(members.values()):
        start, end = spans[numbers[0]]
        meant = meaning(text[start:end], gazetteer)
        nearby = frozenset().union(*(nouns[i] for i in numbers))
        groups.append(
            Group(
                name=text[start:end],
                count=len(numbers),
                kind=meant.kind,
                candidates=shortlist(meant.places),
                features_named=nearby or _with_article(text, start),
                parents=tuple(sorted({owner[parents[i]] for i in numbers if i in parents} - {group})),
                listed=_listed(meant.places, nearby, gazetteer),
                in_dateline=filed in numbers,
                beside=tuple(sorted(beside[group] - {group})),
            )
        )
    return groups, [owner[i] for i in range(len(spans))]
