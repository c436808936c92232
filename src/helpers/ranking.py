"""Which of a name's candidates is meant: a log-linear choice over the whole article, every term of it readable.

Each group of equal names is a choice among its candidates. A first pass looks at the name and the words around it; the
later ones also at where the rest of the article lies by the pass before. The weights are fitted by
scripts/train_ranking.py on LGL and GeoWebNews and lie in data/models/ranking.csv.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.article import DATA
from helpers.gazetteer import AREAS, Place, in_period, is_district, is_town_of, lies_in
from helpers.lexicons import load_lexicon

FEATURES = ("country", "admin1", "admin2", "admin3", "city", "neighbourhood", "region", "nature", "facility")
FAMILIES = dict.fromkeys(AREAS, "nature") | {"region": "region", "continent": "region"}
CONTEXT = (
    "same country", "same province", "nearest place", "places around", "holds other places", "dateline near",
    "kind of its list",
)  # fmt: skip
NAME = (
    "primary name", "spelling variant", "alias", "place in its name", "population", "most populous",
    "capital of country", *(f"is {f}" for f in FEATURES), "feature named", "other feature named", "parent named",
    "other parent named", "town of the dateline", "outlet's country", "out of period", "in supplement",
    "district around its town", "province around its town", "nothing fits", "nothing fits, one candidate",
    "nothing fits, listed form",
)  # fmt: skip
FIXED = {  # what the gold files, local and world news, are too poor in to fit
    "other parent named": -4.0,  # "Hyderabad, India" is not the one in Sindh
    "out of period": -4.0,  # a unit that did not exist is not what a text of its day means
    "district around its town": -1.5,  # a bare name means the town; the district is called one
    "in supplement": 1.5,  # written down because the news of the region names it
    "nothing fits, listed form": -2.0,  # a form of the lexicons or the supplement has a meaning
}
LISTED_SIZE = {"sea": 8.0, "area": 5.0, "admin2": 4.5, "admin3": 4.5}  # log10 of people, where the source has none
MOST_NEIGHBOURS = 300  # places whose distance counts: the likeliest, so that a long list of places costs no square
GREAT_TOWN = 50_000  # people of a town that a bare name means rather than its province
NEAR_KM, AROUND_KM = 60.0, 250.0


class Group(NamedTuple):
    """Mentions of one name in one article: its candidates and what the words around the mentions say of them."""

    name: str
    count: int
    kind: str  # name, alias, demonym, abbreviation
    candidates: tuple[Place, ...]
    features_named: frozenset[str]  # "province" behind the name -> {"admin1"}
    parents: tuple[int, ...]  # groups named as its parent: "Lahore, Pakistan"
    listed: frozenset[str] = frozenset()  # candidates that stand in the supplement
    in_dateline: bool = False
    beside: tuple[int, ...] = ()  # groups of the names listed with it: "Khost and Paktika"


class Choice(NamedTuple):
    """Probabilities over a group's candidates, and the evidence behind each; `nothing` is the share for no match."""

    probabilities: np.ndarray
    nothing: float
    evidence: np.ndarray  # a row a candidate, a column a feature of NAME + CONTEXT


@lru_cache(1)
def load_weights() -> tuple[np.ndarray, np.ndarray, float]:
    """Weights of the first and the later passes, in the order of NAME and CONTEXT, and the exponent of all shares."""
    table = pd.read_csv(DATA / "models" / "ranking.csv", index_col="feature")
    order = [*NAME, *CONTEXT]
    return (
        table["first"].reindex(order).to_numpy(float),
        table["later"].reindex(order).to_numpy(float),
        float(table.at["calibration", "later"]),
    )


@lru_cache(1)
def capital_ids() -> frozenset[str]:
    """The place_ids of national capitals."""
    return frozenset(load_lexicon("countries").capital_place_id) - {""}


@lru_cache(1)
def _calibration() -> tuple[float, float]:
    table = pd.read_csv(DATA / "models" / "calibration.csv", index_col="term").value
    return float(table["intercept"]), float(table["slope"])


def calibrated(chance: float) -> float:
    """A probability as often right as it says: a logistic map fitted on held-out folds (scripts/calibrate.py)."""
    intercept, slope = _calibration()
    bounded = min(max(chance, 0.001), 0.999)
    return 1 / (1 + math.exp(-(intercept + slope * math.log(bounded / (1 - bounded)))))


class Table(NamedTuple):
    """All candidates of all groups of an article, one row each; the last row of a group stands for `nothing fits`."""

    places: list[Place | None]
    group: np.ndarray
    starts: np.ndarray  # first row of each group
    lat: np.ndarray  # radians, nan without a point
    lon: np.ndarray
    country: np.ndarray  # integer codes, -1 for none
    province: np.ndarray
    kind: np.ndarray  # of their features
    evidence: np.ndarray  # rows x (NAME + CONTEXT)


def _codes(values: list[str]) -> np.ndarray:
    known: dict[str, int] = {"": -1}
    return np.array([known.setdefault(v, len(known) - 1) for v in values], dtype=int)


def _name_evidence(group: Group, place: Place | None, outlet_country: str, date: str) -> dict[str, float]:
    """What the form, the place itself and the words beside the mention say, before any other place is looked at."""
    if place is None:
        listed = bool(group.listed) or group.kind in ("alias", "abbreviation", "demonym")
        single = float(len(group.candidates) == 1)
        return {"nothing fits": 1.0, "nothing fits, one candidate": single, "nothing fits, listed form": float(listed)}
    family = FAMILIES.get(place.feature, place.feature)
    best = max(p.population for p in group.candidates)
    named = place.feature in group.features_named
    known_so = named and place.match != "variant"  # beside "district" any spelling is as good as the district's name
    return {
        "primary name": float(place.match == "name" or known_so),
        "spelling variant": float(place.match == "variant"),
        "place in its name": float(group.kind == "part"),
        "alias": float(group.kind not in ("name", "part") and place is group.candidates[0]),
        "population": prominence(place, group.candidates, place.place_id in group.listed),
        "most populous": float(place.population == best > 0),
        "capital of country": float(place.place_id in capital_ids()),
        f"is {family}": 1.0,
        "feature named": float(named),
        "other feature named": float(bool(group.features_named) and not named),
        "town of the dateline": float(group.in_dateline and place.feature == "city"),
        "outlet's country": float(bool(outlet_country) and place.country == outlet_country),
        "out of period": float(bool(date) and not in_period(place, date)),
        "in supplement": float(place.place_id in group.listed),
        "district around its town": float(
            is_district(place) and not named and any(is_town_of(p, place) for p in group.candidates)
        ),
        "province around its town": float(
            place.feature == "admin1" and not named and any(is_great_town(p, place) for p in group.candidates)
        ),
    }


def is_great_town(place: Place, province: Place) -> bool:
    """Whether a candidate is a city of the province's name and country: New York, Kandahar, Washington."""
    return place.feature == "city" and place.country == province.country and place.population >= GREAT_TOWN


def prominence(place: Place, candidates: tuple[Place, ...] = (), listed: bool = False) -> float:
    """How well known a place is, 0 to about 1.3: by its population (1 is ten million).

    What has none counts by its kind if the supplement lists it, for that lists what the news names: a sea as the
    largest cities, a region or water as 100,000 people, a district as 30,000, anything else as 3,000; a postal place
    as 500.
    """
    population = place.population
    if is_district(place):  # as well known as the town it is called after, not as populous as all its villages
        population = min([population, *(p.population for p in candidates if is_town_of(p, place))])
    if population or not (listed or place.place_id.startswith("na:")):
        return math.log10(1 + population) / 7
    if place.place_id.startswith("na:post-"):
        return 2.7 / 7
    kind = "sea" if place.feature == "sea" else "area" if place.feature in AREAS else place.feature
    return LISTED_SIZE.get(kind, 3.5) / 7


def tabulate(groups: list[Group], outlet_country: str = "", date: str = "") -> Table:
    """The candidates of all groups side by side, with the evidence that needs no other place."""
    columns = {name: i for i, name in enumerate((*NAME, *CONTEXT))}
    places: list[Place | None] = []
    owner, cells = [], []
    for number, group in enumerate(groups):
        for place in (*group.candidates, None):
            for name, value in _name_evidence(group, place, outlet_country, date).items():
                cells.append((len(places), columns[name], value))
            places.append(place)
            owner.append(number)
    evidence = np.zeros((len(places), len(columns)))
    for row, column, value in cells:
        evidence[row, column] = value
    angle = [
        (math.nan, math.nan) if p is None or p.lat is None else (math.radians(p.lat), math.radians(p.lon))
        for p in places
    ]
    lat, lon = np.array(angle).T if angle else (np.zeros(0), np.zeros(0))
    country = _codes([p.country if p else "" for p in places])
    province = _codes([f"{p.country}/{p.admin1}" if p and p.admin1 else "" for p in places])
    kind = _codes([p.feature if p else "" for p in places])
    starts = np.flatnonzero(np.r_[True, np.diff(owner) > 0]) if owner else np.zeros(0, int)
    table = Table(places, np.array(owner, int), starts, lat, lon, country, province, kind, evidence)
    _add_parents(table, groups, columns)
    return table


def _add_parents(table: Table, groups: list[Group], columns: dict[str, int]) -> None:
    """ "Lahore, Pakistan": candidates inside a place named as the parent, and those that are not."""
    for number, group in enumerate(groups):
        parents = [
            p
            for i in group.parents
            for p in groups[i].candidates
            if p.feature != "city" or len(groups[i].candidates) == 1
        ]
        if any(p.feature == "country" for p in group.candidates):  # "Mexico, the US and Canada" is a list
            parents = [p for p in parents if p.feature != "country"]
        if not parents:
            continue
        rows = range(table.starts[number], table.starts[number] + len(group.candidates))
        inside = [any(lies_in(table.places[row], parent) for parent in parents) for row in rows]
        for row, fits in zip(rows, inside, strict=True):
            if any(inside):  # where none lies in it, the parent is mistaken or unknown, and tells nothing
                table.evidence[row, columns["parent named" if fits else "other parent named"]] = 1.0


def distances(lat: np.ndarray, lon: np.ndarray, to_lat: np.ndarray, to_lon: np.ndarray) -> np.ndarray:
    """Great-circle kilometres between all pairs (haversine, R = 6371 km); angles in radians, nan without a point."""
    half = np.sin((to_lat[None] - lat[:, None]) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(to_lat)[None] * np.sin((to_lon[None] - lon[:, None]) / 2) ** 2
    return 12742 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def softmax(scores: np.ndarray, table: Table) -> np.ndarray:
    top = np.maximum.reduceat(scores, table.starts)[table.group]
    weights = np.exp(scores - top)
    return weights / np.add.reduceat(weights, table.starts)[table.group]


def _support(codes: np.ndarray, mass: np.ndarray, names: np.ndarray) -> np.ndarray:
    """For each row, the share of the other names' mass that lies in the row's country (or province)."""
    if not (codes >= 0).any():
        return np.zeros(len(codes))
    held = np.zeros((names.max() + 1, codes.max() + 1))
    known = codes >= 0
    np.add.at(held, (names[known], codes[known]), mass[known])
    others = held.sum(0)[None] - held
    share = others / np.maximum(1.0, mass.sum())
    return np.where(known, share[names, np.maximum(codes, 0)], 0.0)


def context_evidence(table: Table, groups: list[Group], probability: np.ndarray) -> np.ndarray:
    """Evidence from where the rest of the article lies, by the probabilities of the pass before."""
    weight = np.array([1 + math.log(g.count) for g in groups])[table.group]
    mass = probability * weight * np.array([p is not None for p in table.places])
    out = np.zeros((len(mass), len(CONTEXT)))
    names = _codes([groups[number].name.casefold() for number in table.group])  # a namesake is no neighbour
    out[:, 0] = _support(table.country, mass, names)
    small = np.array([bool(p and p.feature != "country") for p in table.places])
    out[:, 1] = _support(table.province, np.where(small, mass, 0), names)
    likely = np.flatnonzero((probability > 0.05) & small & ~np.isnan(table.lat))
    likely = likely[np.argsort(-mass[likely], kind="stable")[:MOST_NEIGHBOURS]]
    if len(likely) and len(mass):
        km = distances(table.lat, table.lon, table.lat[likely], table.lon[likely])
        foreign = names[:, None] != names[likely][None]
        close = np.where(foreign & ~np.isnan(km), np.exp(-km / NEAR_KM), 0)
        wide = np.where(foreign & ~np.isnan(km), np.exp(-km / AROUND_KM), 0)
        out[:, 2] = (close * probability[likely]).max(1)
        out[:, 3] = np.minimum(3, (wide * mass[likely]).sum(1)) / 3
        dateline = np.array([groups[table.group[i]].in_dateline for i in likely])
        if dateline.any():
            out[:, 5] = (wide * probability[likely] * dateline).max(1)
    holder = {}
    for row, place in enumerate(table.places):
        if place and place.admin1 and place.feature not in ("country", "admin1"):
            key = (place.country, place.admin1)
            holder[key] = max(holder.get(key, 0.0), mass[row])
    out[:, 4] = [
        min(1.0, holder.get((p.country, p.name), 0.0)) if p and p.feature == "admin1" else 0.0 for p in table.places
    ]
    out[:, 6] = _like_its_list(table, groups, probability)
    out[[p is None for p in table.places]] = 0
    return out


def _like_its_list(table: Table, groups: list[Group], probability: np.ndarray) -> np.ndarray:
    """For each row, how much of what is listed with its name is of its kind: towns go with towns."""
    known = table.kind >= 0
    held = np.zeros((len(groups), table.kind.max(initial=0) + 1))
    np.add.at(held, (table.group[known], table.kind[known]), probability[known])
    listed = np.zeros_like(held)
    for number, group in enumerate(groups):
        if group.beside:
            listed[number] = held[list(group.beside)].mean(0)
    return np.where(known, listed[table.group, table.kind], 0.0)


def choose(groups: list[Group], outlet_country: str = "", date: str = "", passes: int = 4) -> list[Choice]:
    """Probabilities over the candidates of every group, read together."""
    if not groups:
        return []
    first, later, sharpness = load_weights()
    table = tabulate(groups, outlet_country, date)
    scores = table.evidence @ first
    for _ in range(passes - 1):
        table.evidence[:, len(NAME) :] = context_evidence(table, groups, softmax(scores, table))
        scores = table.evidence @ later
    probability = softmax(scores * sharpness, table)
    ends = np.r_[table.starts[1:], len(probability)]
    return [
        Choice(probability[a : b - 1], float(probability[b - 1]), table.evidence[a : b - 1])
        for a, b in zip(table.starts, ends, strict=True)
    ]
