"""What a name can mean: places of the gazetteer, and aliases, demonyms and abbreviations of the lexicons."""

import re
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from helpers.article import DATA
from helpers.gazetteer import WELL_KNOWN, Gazetteer, Place, fold
from helpers.lexicons import load_lexicon

GENERIC_ENDINGS = {"TV", "ME", "CO", "IO", "FM", "AI", "CC", "LA", "TO", "WS"}  # country codes used as if they were not
SETTLEMENTS = {"city", "neighbourhood", "admin3", "admin2"}


class Meaning(NamedTuple):
    """The places a form can stand for, and how it stands for them."""

    places: tuple[Place, ...]
    kind: str  # name, alias, demonym, abbreviation; "" where nothing is known
    after_comma: bool = False  # holds only behind a place and a comma: "Gary, Ind."


NOTHING = Meaning((), "")


@lru_cache
def cue(kind: str) -> frozenset[str]:
    """The lower-case forms of one kind of cue in data/lexicons/cues.csv, e.g. cue("area_noun") holds "province"."""
    cues = load_lexicon("cues")
    return frozenset(cues.loc[cues.cue == kind, "form"].str.casefold())


@lru_cache(1)
def area_nouns() -> dict[str, frozenset[str]]:
    """The features each noun for a kind of place stands for, e.g. "municipality" -> admin2, admin3, city."""
    nouns = load_lexicon("cues").query("cue == 'area_noun'")
    cells = zip(nouns.form, nouns.feature, strict=True)
    return {form: frozenset(filter(None, cell.split("|"))) for form, cell in cells}


@lru_cache(1)
def settlement_nouns() -> frozenset[str]:
    """What settlements and the units below a province are called: "village", "tehsil"."""
    return frozenset(noun for noun, kinds in area_nouns().items() if kinds and kinds <= SETTLEMENTS)


@lru_cache(1)
def given_names() -> frozenset[str]:
    """Given names of people in lower case."""
    return frozenset(load_lexicon("person_names").name.str.casefold())


class Form(NamedTuple):
    kind: str
    place_ids: tuple[str, ...]
    expansion: str
    country: str
    feature: str
    after_comma: bool


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


@lru_cache(1)
def lexicon_forms() -> tuple[dict[str, Form], dict[str, Form]]:
    """Forms that hold to the letter (US, Ind., KP) and forms that hold in any case (afghans, united states)."""
    exact: dict[str, Form] = {}
    folded: dict[str, Form] = {}
    for row in load_lexicon("countries").itertuples():
        for form in _split(row.aliases):
            where, key = (exact, form) if form.isupper() or "." in form else (folded, fold(form))
            where[key] = Form("alias", (row.place_id,), "", row.alpha2, "country", False)
        for form in _split(row.demonyms):
            folded.setdefault(fold(form), Form("demonym", (row.place_id,), "", row.alpha2, "country", False))
    for row in load_lexicon("demonyms").itertuples():
        for form in _split(row.form):
            folded[fold(form)] = Form(
                "demonym", tuple(_split(row.place_id)), row.place, row.country, row.feature, False
            )
    for row in load_lexicon("abbreviations").itertuples():
        after_comma = row.context == "after comma"
        form = Form("abbreviation", tuple(_split(row.place_id)), row.expansion, row.country, row.feature, after_comma)
        exact.setdefault(row.form, form)
    return exact, folded


@lru_cache(1)
def set_phrases() -> re.Pattern:
    """Names of the supplement written without a capital, such as "tribal areas", as one pattern, longest first."""
    rows = pd.read_csv(
        DATA / "gazetteer" / "supplement.csv", usecols=["name", "variants"], dtype=str, keep_default_na=False
    )
    forms = {form for cell in rows.name + "|" + rows.variants for form in _split(cell) if form == form.lower()}
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))})\b", re.IGNORECASE)


def _places(form: Form, gazetteer: Gazetteer) -> tuple[Place, ...]:
    if form.place_ids:
        return tuple(place for i in form.place_ids if (place := gazetteer.place(i)))
    found = [p for p in gazetteer.lookup(form.expansion) if form.country in ("", p.country)]
    return tuple([p for p in found if p.feature == form.feature] or found)[:1]


@lru_cache(1)
def _unit_nouns() -> frozenset[str]:
    """Nouns of places that are named by the rest of their name: seas and buildings are not, Bengal is no bay."""
    waters = {noun for noun, kinds in area_nouns().items() if kinds == {"sea"}}
    return cue("area_noun") - cue("facility_noun") - waters


def unit_meaning(name: str, gazetteer: Gazetteer) -> Meaning | None:
    """For a name nobody lists that ends in a unit's noun, what the rest means: "Oaxaca State" -> Oaxaca."""
    rest, _, noun = name.rpartition(" ")
    places = tuple(gazetteer.lookup(rest)) if noun.casefold() in _unit_nouns() else ()
    return Meaning(places, "name") if places else None


def part_meaning(name: str, gazetteer: Gazetteer) -> Meaning:
    """For a building nobody lists, the place in its name: "Manila Cathedral" -> Manila; roads tell none."""
    words = name.split() or [""]
    last = words[-1].casefold().rstrip(".")
    if len(words) < 2 or last in cue("road_noun") or not set(map(str.casefold, words)) & cue("facility_noun"):
        return NOTHING
    for size in range(len(words) - 1, 0, -1):
        for first in range(len(words) - size + 1):
            part = " ".join(words[first : first + size])
            known = [p for p in gazetteer.lookup(part) if p.match == "name" and is_well_known(p)]
            if known and part[0].isupper() and part.casefold() not in cue("common_word"):
                return Meaning(tuple(known), "part")
    return NOTHING


def is_well_known(place: Place) -> bool:
    """Whether a place is big enough to be named in passing: a country, a unit, a town of 15,000."""
    return place.feature in ("country", "admin1", "admin2") or place.population >= WELL_KNOWN


@lru_cache(10_000)
def meaning(name: str, gazetteer: Gazetteer) -> Meaning:
    """What a name can mean, e.g. meaning("Afghans", gazetteer).places[0].name -> "Afghanistan"."""
    exact, folded = lexicon_forms()
    compact = name.replace(". ", ".")  # "W. Va." is "W.Va."
    form = exact.get(name) or exact.get(compact) or folded.get(fold(name))
    places = tuple(gazetteer.lookup(name))
    if (
        name.isupper() and len(name.replace(".", "")) <= 3
    ):  # EU, OAS: capitals abbreviate, they do not mean Eu in France
        places = tuple(place for place in places if gazetteer.lists(place.place_id))
    if form is None:
        return Meaning(places, "name") if places else unit_meaning(name, gazetteer) or part_meaning(name, gazetteer)
    meant = _places(form, gazetteer)
    if form.kind == "demonym":
        return Meaning(meant, "demonym") if meant else NOTHING
    if name.endswith("."):  # "Alta." abbreviates Alberta and is not Alta in Norway
        return Meaning(meant, form.kind, form.after_comma)
    others = tuple(p for p in places if p.place_id not in {m.place_id for m in meant} and p.match == "name")
    return Meaning(meant + others, form.kind, form.after_comma)


@lru_cache(1)
def _countries() -> dict[str, str]:
    countries = load_lexicon("countries")
    return dict(zip(countries.alpha2, countries.name, strict=True))


def country_name(code: str) -> str:
    """The English name of a country by its ISO 3166-1 code; the code itself where it is unknown."""
    return _countries().get(code, code)


def country_of_outlet(outlet: str | None) -> str:
    """The country an outlet writes from, by the ending of its domain: "example.com.pk" -> PK; "" where that is none."""
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", (outlet or "").casefold()).split("/")[0]
    ending = host.rpartition(".")[2].upper()
    code = "GB" if ending == "UK" else ending
    return code if "." in host and code in _countries() and code not in GENERIC_ENDINGS else ""
