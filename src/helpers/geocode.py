"""Where the places are: candidates for every mention, one choice over the whole article, and the reason in words."""

import re
from bisect import bisect_left
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from helpers.article import Article
from helpers.boundaries import shape_of
from helpers.corrections import find_place
from helpers.fixes import mark_corrected
from helpers.gazetteer import Gazetteer, Place, open_gazetteer
from helpers.groups import group_mentions, listed_next, parents_of
from helpers.language import table_of
from helpers.names import country_of_outlet, cue
from helpers.ranking import Choice, Group, calibrated, choose, load_weights
from helpers.reasons import reason_for

NOTHING_FITS = 0.75  # a doubtful place that says it is doubtful serves better than none
CRS = "EPSG:4326"
PRECISION = {  # UCDP GED's where_prec by kind of feature; "near X" and seas are seen to below
    "facility": 1, "neighbourhood": 1, "city": 1, "pass": 1, "lake": 1, "mountain": 1, "admin3": 3, "admin2": 3,
    "admin1": 4, "valley": 5, "river": 5, "border": 5, "region": 5, "continent": 5, "country": 6, "sea": 7,
}  # fmt: skip
NEAR = re.compile(r"\b(?:near|outside|around|close to|(?:kilomet(?:er|re)s?|km|miles?) (?:\w+ )?of)\s+(?:the\s+)?$")


def precision_of(place: Place, text: str, start: int) -> int:
    """UCDP's where_prec, 1 exact to 7 sea, of a mention: "near Quetta" is 2, a province 4, a country 6."""
    code = PRECISION[place.feature] if place.place_id else 2
    return 2 if code == 1 and NEAR.search(text[max(0, start - 40) : start]) else code


OWN = ["article_id", "start", "end", "text", "sentence_id", "role"]
FOUND = ["place_id", "geonames_id", "name", "feature", "country", "admin1", "admin2", "lat", "lon", "where_prec",
          "confidence", "alternatives", "reason"]  # fmt: skip


class Mention(NamedTuple):
    """What is asked of a mention of a place."""

    start: int
    text: str
    role: str
    chance: float


class Located(NamedTuple):
    """The answer for one group of equal names."""

    place: Place | None
    confidence: float
    alternatives: list[dict]
    reason: str
    within: str = ""  # the district to draw, where no more is known


def _alternative(place: Place, share: float) -> dict:
    keys = ("place_id", "name", "country", "admin1", "lat", "lon")
    return {key: getattr(place, key) or None for key in keys} | {"confidence": round(share, 3)}


def _answer(group: Group, choice: Choice, weights: np.ndarray, given: bool) -> Located:
    """The likeliest candidate, or none where none fits; a given span is known to be a place, so one must."""
    if not group.candidates:
        return Located(None, 0.0, [], "no place of this name in the gazetteer")
    order = np.argsort(-choice.probabilities, kind="stable")
    best = int(order[0])
    rest = [
        _alternative(group.candidates[i], choice.probabilities[i]) for i in order if choice.probabilities[i] >= 0.01
    ]
    if choice.nothing > NOTHING_FITS and not given:
        return Located(
            None, choice.nothing, rest[:3], f"none of the {len(group.candidates)} so called fits this article"
        )
    reason = reason_for(group, choice, best, weights)
    return Located(group.candidates[best], float(choice.probabilities[best]), rest[1:4], reason)


HOSTS = {"city", "neighbourhood", "admin3", "admin2"}
LEAST_CONFIDENT_HOST = 0.4
# How often what no gazetteer has is within 161 km: of what it is said to lie in (20 of 23 on LGL and GeoWebNews), and
# a building of the town named beside it (on GeoWebNews).
INSIDE, BESIDE = 0.87, 0.6


def place_beside(rows: list[Mention], answers: list[Located], anyway: bool) -> list[Located]:
    """Buildings and streets that no gazetteer has are put where the town or district named beside them is.

    The nearest one counts, before rather than after; with `anyway` other unknown names too: their spans were given.
    """
    both = zip(rows, answers, strict=True)
    hosts = [(row.start, answer) for row, answer in both if _is_host(answer) and row.role != "demonym"]
    return [
        _beside(row, answer, hosts) if answer.place is None and hosts and (anyway or is_facility(row.text)) else answer
        for row, answer in zip(rows, answers, strict=True)
    ]


def _beside(row: Mention, answer: Located, hosts: list[tuple[int, Located]]) -> Located:
    behind = bisect_left(hosts, row.start, key=lambda host: host[0])
    around = hosts[max(0, behind - 1) : behind + 1]
    _, host = min(around, key=lambda pair: abs(pair[0] - row.start) + (pair[0] > row.start) * 200)
    name, at = host.place.name, host.place
    place = Place("", None, row.text, "facility", at.country, at.admin1, at.admin2, 0, at.lat, at.lon)
    return Located(place, BESIDE * host.confidence, [], f"not in the gazetteer; put at {name}, named beside it")


def place_inside(rows: list[Mention], answers: list[Located], text: str) -> list[Located]:
    """Unknown names of which the text says what they lie in are put there: "Sur Ghar, a village of Datta Khel".

    So are those listed with one: "Zoi and Mandai in Datta Khel".
    """
    spans = [(row.start, row.start + len(row.text)) for row in rows]
    parents = parents_of(spans, text)
    for number in reversed(listed_next(spans, text)):
        if number + 1 in parents:
            parents.setdefault(number, parents[number + 1])
    hosts = {n: answers[parent] for n, parent in parents.items() if _is_host(answers[parent])}
    return [
        _inside(row, hosts[n]) if n in hosts and answer.place is None else answer
        for n, (row, answer) in enumerate(zip(rows, answers, strict=True))
    ]


def _is_host(answer: Located) -> bool:
    """Whether an answer is a town or district that is sure enough to put something there."""
    return bool(answer.place and answer.place.feature in HOSTS and answer.confidence >= LEAST_CONFIDENT_HOST)


def _inside(row: Mention, host: Located) -> Located:
    at = host.place
    kind = "facility" if is_facility(row.text) else "neighbourhood" if at.feature == "city" else "city"
    place = Place("", None, row.text, kind, at.country, at.admin1, at.admin2, 0, at.lat, at.lon)
    reason = f"not in the gazetteer; put at {at.name}, in which it lies"
    return Located(place, INSIDE * host.confidence, [], reason, at.place_id if kind == "city" else "")


def is_facility(name: str) -> bool:
    """Whether a name tells that it is something built: it holds a facility's or an institution's noun."""
    words = [word.casefold().rstrip(".") for word in name.split()]
    return len(words) > 1 and any(word in cue("facility_noun") or word in cue("institution_noun") for word in words)


def _row(answer: Located, mention: Mention, text: str, date: str | None, shapes: bool) -> dict:
    """The table's columns for one mention."""
    place = answer.place
    sure = answer.confidence * mention.chance
    shared = {
        "confidence": round(calibrated(sure) if place else sure, 3),
        "alternatives": answer.alternatives,
        "reason": answer.reason,
    }
    if place is None:
        return shared | dict.fromkeys(
            ("place_id", "geonames_id", "name", "feature", "country", "admin1", "admin2", "lat", "lon")
        )
    demonym = mention.role == "demonym"
    precision = PRECISION["admin2"] if answer.within else precision_of(place, text, mention.start)
    is_area = shapes and not demonym and precision >= 3
    shape = shape_of(answer.within or place.place_id, date) if is_area else None
    point = Point(place.lon, place.lat) if place.lat is not None and not demonym else None
    return shared | {
        "place_id": place.place_id or None, "geonames_id": place.geonames_id,
        "name": place.name, "feature": place.feature, "country": place.country or None,
        "admin1": place.admin1 or None, "admin2": place.admin2 or None,
        "lat": place.lat, "lon": place.lon, "geometry": shape or point,
        "where_prec": precision,
    }  # fmt: skip


def locate(
    places: pd.DataFrame, article: Article, gazetteer: Gazetteer | None = None, shapes: bool = True
) -> gpd.GeoDataFrame | pd.DataFrame:
    """What each mention is, where, how sure, which rivals, and why: the places table with its geometry (EPSG:4326).

    Without `shapes` the table has no geometry: batch files carry no outlines, and most of the time goes into them.
    """
    gazetteer = gazetteer or open_gazetteer()
    date = article.date.value if article.date else None
    groups, number = group_mentions(places, article, gazetteer)
    fixes = dict(zip(number, places.place_fix, strict=True))
    known = {n: find_place(fix.value, fix.text) for n, fix in fixes.items() if fix and fix.value}
    groups = [group._replace(candidates=(known[n],)) if n in known else group for n, group in enumerate(groups)]
    weights = load_weights()[1]
    choices = choose(groups, country_of_outlet(article.outlet), date or "")
    given = bool(len(places)) and bool((places.chance == 1).all())
    answers = [
        Located(known[n], 1.0, [], fixes[n].reason)
        if n in known
        else _answer(group, choice, weights, given or fixes[n])
        for n, (group, choice) in enumerate(zip(groups, choices, strict=True))
    ]
    mentions = [Mention(*row) for row in zip(*(places[name].tolist() for name in Mention._fields), strict=True)]
    answers = place_inside(mentions, [answers[n] for n in number], article.text)
    answers = place_beside(mentions, answers, given)
    found = [_row(answer, row, article.text, date, shapes) for answer, row in zip(answers, mentions, strict=True)]
    own = {name: places[name].tolist() for name in OWN}
    columns = own | {name: [row.get(name) for row in found] for name in FOUND}
    table = mark_corrected(table_of(columns | {"corrected": [False] * len(found)}), places)
    if not shapes:
        return table
    return gpd.GeoDataFrame(table, geometry=list(pd.Series([f.get("geometry") for f in found], dtype=object)), crs=CRS)
