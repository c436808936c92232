"""Where the places are: candidates for every mention, one choice over the whole article, and the reason in words."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from helpers.article import Article
from helpers.boundaries import shape_of
from helpers.gazetteer import Gazetteer, Place, fold, open_gazetteer
from helpers.lexicons import load_lexicon
from helpers.names import cue, meaning
from helpers.ranking import CONTEXT, NAME, Choice, Group, calibrated, choose, load_weights
from helpers.spans import WORD

MOST_CANDIDATES = 40
CRS = "EPSG:4326"
PRECISION = {  # UCDP GED's where_prec by kind of feature; "near X" and seas are seen to below
    "facility": 1, "neighbourhood": 1, "city": 1, "pass": 1, "lake": 1, "mountain": 1, "admin3": 3, "admin2": 3,
    "admin1": 4, "valley": 5, "river": 5, "border": 5, "region": 5, "continent": 5, "country": 6, "sea": 7,
}  # fmt: skip
NEAR = re.compile(r"\b(?:near|outside|around|close to|(?:kilomet(?:er|re)s?|km|miles?) (?:\w+ )?of)\s+(?:the\s+)?$")
KIND_OF = re.compile(r"(\w+) of (?:the )?$")
PARENT_GAP = re.compile(
    r"(?:['’]s)?(?:,| \(| in|,? in the| of|"
    r",? (?:\w+ )?(?:district|province|county|state|city|town|area)s?,?(?: of| in)?)(?: the)? "
)
"""What may stand between a place and the one it lies in: "Lahore, Pakistan", "Achin district of Nangarhar"."""


@lru_cache(1)
def _area_nouns() -> dict[str, frozenset[str]]:
    nouns = load_lexicon("cues").query("cue == 'area_noun'")
    return {
        form: frozenset(filter(None, cell.split("|"))) for form, cell in zip(nouns.form, nouns.feature, strict=True)
    }


def feature_named(text: str, start: int, end: int) -> frozenset[str]:
    """The kind of place the words beside a name tell: "city of X" -> city, "X province" -> admin1."""
    following = WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    before = KIND_OF.search(text, max(0, start - 30), start)
    noun = following[0] if following and following[0].casefold() in _area_nouns() else before[1] if before else ""
    return _area_nouns().get(noun.casefold(), frozenset())


def parents_of(spans: list[tuple[int, int]], text: str) -> dict[int, int]:
    """For each span the one naming what it lies in: Lahore -> Pakistan in "Lahore, Pakistan" or "Pakistan's Lahore"."""
    parents = {}
    for number, ((_, end), (start, _)) in enumerate(pairwise(spans)):
        gap = text[end:start] if start - end < 30 else ""
        if PARENT_GAP.fullmatch(gap):
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


def group_mentions(places: pd.DataFrame, article: Article, gazetteer: Gazetteer) -> tuple[list[Group], list[int]]:
    """Groups of equal names, one sense per article unless different parents are named, and the group of each row."""
    text = article.text
    spans = list(zip(places["start"].tolist(), places["end"].tolist(), strict=True))
    forms = [text[start:end] for start, end in spans]
    parents = parents_of(spans, text)
    parent_names = [fold(forms[parents[i]]) if i in parents else "" for i in range(len(spans))]
    known: dict[str, set[str]] = {}
    for form, parent in zip(forms, parent_names, strict=True):
        known.setdefault(fold(form), set()).update({parent} - {""})
    members: dict[tuple[str, str], list[int]] = {}
    for number, (form, parent) in enumerate(zip(forms, parent_names, strict=True)):
        named = known[fold(form)]
        key = (fold(form), parent if len(named) > 1 else "".join(named))
        members.setdefault(key, []).append(number)
    owner = {number: group for group, numbers in enumerate(members.values()) for number in numbers}
    dateline = fold(article.dateline.place) if article.dateline else None
    groups = []
    for group, numbers in enumerate(members.values()):
        meant = meaning(forms[numbers[0]], gazetteer)
        groups.append(
            Group(
                name=forms[numbers[0]],
                count=len(numbers),
                kind=meant.kind,
                candidates=shortlist(meant.places),
                features_named=frozenset().union(*(feature_named(text, *spans[i]) for i in numbers)),
                parents=tuple(sorted({owner[parents[i]] for i in numbers if i in parents} - {group})),
                listed=frozenset(p.place_id for p in meant.places if gazetteer.lists(p.place_id)),
                in_dateline=fold(forms[numbers[0]]) == dateline,
            )
        )
    return groups, [owner[i] for i in range(len(spans))]


def country_of_outlet(outlet: str | None) -> str:
    """The country an outlet writes from, by the ending of its domain: "example.com.pk" -> PK; "" where that is none."""
    if not outlet:
        return ""
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", outlet.casefold()).split("/")[0]
    ending = host.rsplit(".", 1)[-1].upper()
    return (
        "GB"
        if ending == "UK"
        else ending
        if "." in host and ending in _countries() and ending not in GENERIC_ENDINGS
        else ""
    )


GENERIC_ENDINGS = {"TV", "ME", "CO", "IO", "FM", "AI", "CC", "LA", "TO", "WS"}  # country codes used as if they were not


def precision_of(place: Place, text: str, start: int) -> int:
    """UCDP's where_prec, 1 exact to 7 sea, of a mention: "near Quetta" is 2, a province 4, a country 6."""
    code = PRECISION[place.feature] if place.place_id else 2
    return 2 if code == 1 and NEAR.search(text[max(0, start - 40) : start]) else code


KINDS = {
    "admin1": "province",
    "admin2": "district",
    "admin3": "unit",
}  # as a reason calls them; other kinds by their name


def _label(place: Place) -> str:
    """A rival as a reader tells it apart: "Lahore District, Punjab, Pakistan", "Georgia (country)"."""
    where = [part for part in (place.admin1, country_name(place.country)) if part and part != place.name]
    kind = "" if place.feature == "city" else f" ({KINDS.get(place.feature, place.feature)})"
    return ", ".join([place.name, *where]) + kind


TYPES = {"lat": float, "lon": float, "geonames_id": "Int64", "where_prec": "Int64", "confidence": float}
FOUND = ["place_id", "geonames_id", "name", "feature", "country", "admin1", "admin2", "lat", "lon", "where_prec",
          "confidence", "alternatives", "reason"]  # fmt: skip


class Located(NamedTuple):
    """The answer for one group of equal names."""

    place: Place | None
    confidence: float
    alternatives: list[dict]
    reason: str


def _alternative(place: Place, share: float) -> dict:
    keys = ("place_id", "name", "country", "admin1", "lat", "lon")
    return {key: getattr(place, key) or None for key in keys} | {"confidence": round(share, 3)}


LISTS = {"demonym": "demonyms", "alias": "other names", "abbreviation": "abbreviations"}
REASONS = {
    "parent named": "it is named with the place it lies in",
    "feature named": "the word beside it says what it is",
    "same country": "the article is about {country}",
    "same province": "other places of {admin1} are named",
    "nearest place": "a neighbour of it is named",
    "places around": "the other places lie around it",
    "holds other places": "places in it are named",
    "dateline near": "the dateline is near it",
    "outlet's country": "the outlet writes from {country}",
    "most populous": "it is the most populous of the name",
    "primary name": "it bears exactly this name",
    "out of period": "it was called so at the time",
}


def reason_for(group: Group, choice: Choice, best: int, weights: np.ndarray) -> str:
    """One line on why this candidate: the two strongest pieces of evidence over its best rival, and who that is."""
    place = group.candidates[best]
    if group.kind in ("demonym", "alias", "abbreviation") and best == 0:
        return f"{group.name} stands for {place.name} (list of {LISTS[group.kind]})"
    if len(group.candidates) == 1:
        other = {"alternate": f", another name of {place.name}", "variant": f", a spelling of {place.name}"}
        return f"the only place called {group.name} in the gazetteer{other.get(place.match, '')}"
    rivals = [i for i in np.argsort(-choice.probabilities) if i != best]
    gain = (choice.evidence[best] - choice.evidence[rivals[0]]) * weights
    names = [*NAME, *CONTEXT]
    strongest = [names[i] for i in np.argsort(-gain) if gain[i] > 0.2 and names[i] in REASONS][:2]
    where = {"country": country_name(place.country), "admin1": place.admin1 or country_name(place.country)}
    because = " and ".join(REASONS[name].format(**where) for name in strongest) or "nothing speaks against it"
    rival = group.candidates[rivals[0]]
    return f"{because}; of {len(group.candidates)} so called the next is {_label(rival)}"


@lru_cache(1)
def _countries() -> dict[str, str]:
    countries = load_lexicon("countries")
    return dict(zip(countries.alpha2, countries.name, strict=True))


def country_name(code: str) -> str:
    """The English name of a country by its ISO 3166-1 code; the code itself where it is unknown."""
    return _countries().get(code, code)


def _answer(group: Group, choice: Choice, weights: np.ndarray, given: bool) -> Located:
    """The likeliest candidate, or none where none fits; a given span is known to be a place, so one must."""
    if not group.candidates:
        return Located(None, 0.0, [], "no place of this name in the gazetteer")
    order = np.argsort(-choice.probabilities, kind="stable")
    best = int(order[0])
    rest = [
        _alternative(group.candidates[i], choice.probabilities[i]) for i in order if choice.probabilities[i] >= 0.01
    ]
    if choice.nothing > 0.5 and not given:
        return Located(
            None, choice.nothing, rest[:3], f"none of the {len(group.candidates)} so called fits this article"
        )
    reason = reason_for(group, choice, best, weights)
    return Located(group.candidates[best], float(choice.probabilities[best]), rest[1:4], reason)


HOSTS = {"city", "neighbourhood", "admin3", "admin2"}
LEAST_CONFIDENT_HOST = 0.4
BESIDE = 0.6  # how often a building of no known place lies within 161 km of the town named beside it, on GeoWebNews


def place_beside(places: pd.DataFrame, answers: list[Located], anyway: bool) -> list[Located]:
    """Buildings and streets that no gazetteer has are put where the town or district named beside them is.

    The nearest one counts, before rather than after; with `anyway` other unknown names too: their spans were given.
    """
    rows = list(places.itertuples())
    hosts = [
        (row.start, answer) for row, answer in zip(rows, answers, strict=True)
        if answer.place and answer.place.feature in HOSTS and row.role != "demonym"
        and answer.confidence >= LEAST_CONFIDENT_HOST
    ]  # fmt: skip
    return [
        _beside(row, answer, hosts) if answer.place is None and hosts and (anyway or is_facility(row.text)) else answer
        for row, answer in zip(rows, answers, strict=True)
    ]


def _beside(row, answer: Located, hosts: list[tuple[int, Located]]) -> Located:
    _, host = min(hosts, key=lambda pair: abs(pair[0] - row.start) + (pair[0] > row.start) * 200)
    name, at = host.place.name, host.place
    place = Place("", None, row.text, "facility", at.country, at.admin1, at.admin2, 0, at.lat, at.lon)
    return Located(place, BESIDE * host.confidence, [], f"not in the gazetteer; put at {name}, named beside it")


def is_facility(name: str) -> bool:
    """Whether a name tells that it is something built: it holds a facility's or an institution's noun."""
    words = [word.casefold().rstrip(".") for word in name.split()]
    return len(words) > 1 and any(word in cue("facility_noun") or word in cue("institution_noun") for word in words)


def _row(answer: Located, mention, text: str, date: str | None, shapes: bool) -> dict:
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
    is_area = shapes and not demonym and precision_of(place, text, mention.start) >= 3
    shape = shape_of(place.place_id, date) if is_area else None
    point = Point(place.lon, place.lat) if place.lat is not None and not demonym else None
    return shared | {
        "place_id": place.place_id or None, "geonames_id": place.geonames_id,
        "name": place.name, "feature": place.feature, "country": place.country or None,
        "admin1": place.admin1 or None, "admin2": place.admin2 or None,
        "lat": place.lat, "lon": place.lon, "geometry": shape or point,
        "where_prec": precision_of(place, text, mention.start),
    }  # fmt: skip


def locate(
    places: pd.DataFrame, article: Article, gazetteer: Gazetteer | None = None, shapes: bool = True
) -> gpd.GeoDataFrame | pd.DataFrame:
    """What each mention is, where, how sure, which rivals, and why: the places table with its geometry (EPSG:4326).

    Without `shapes` the table has no geometry: batch files carry no outlines, and most of the time goes into them.
    """
    gazetteer = gazetteer or open_gazetteer()
    places = places.reset_index(drop=True)
    date = article.date.value if article.date else None
    groups, number = group_mentions(places, article, gazetteer)
    weights = load_weights()[1]
    choices = choose(groups, country_of_outlet(article.outlet), date or "")
    given = bool(len(places)) and bool((places.chance == 1).all())
    answers = [_answer(group, choice, weights, given) for group, choice in zip(groups, choices, strict=True)]
    answers = place_beside(places, [answers[n] for n in number], given)
    found = [
        _row(answer, mention, article.text, date, shapes)
        for answer, mention in zip(answers, places.itertuples(), strict=True)
    ]
    columns = {name: pd.Series([row.get(name) for row in found], dtype=TYPES.get(name, object)) for name in FOUND}
    table = pd.DataFrame({name: places[name] for name in places.columns if name != "chance"} | columns)
    table["corrected"] = False
    if not shapes:
        return table
    return gpd.GeoDataFrame(table, geometry=list(pd.Series([f.get("geometry") for f in found], dtype=object)), crs=CRS)
