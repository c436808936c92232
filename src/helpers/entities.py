"""The cast: persons, organisations, peoples and places, each under one name with all its mentions."""

import re

import pandas as pd

from helpers.bodies import Hit
from helpers.evidence import Span
from helpers.gazetteer import AREAS, fold
from helpers.language import Tagged, small_table
from helpers.lexicons import alias_index, load_lexicon
from helpers.names import cue
from helpers.places import body_end

KEPT = {"PERSON", "ORG", "NORP", "EVENT", "LAW", "PRODUCT", "WORK_OF_ART"}
PLACE_TYPES = {"GPE", "LOC", "FAC", "NORP"}
ENTITY = ["start", "end", "text", "type", "subtype", "entity_id", "name"]
LISTED = {"alias", "demonym", "abbreviation"}


def type_of(span: Span) -> str:
    """The OntoNotes label of a place: GPE for units and towns, LOC for regions and waters, FAC for what was built."""
    if span.label in ("GPE", "LOC", "FAC"):
        return span.label
    feature = span.meaning.places[0].feature if span.meaning.places else ""
    return "LOC" if feature in AREAS else "FAC" if feature == "facility" or not feature else "GPE"


def gather(names: tuple[Tagged, ...], places: list[tuple[Span, str]], text: str) -> list[Tagged]:
    """One list of spans: literal and metonym places, demonyms, and the tagger's other names that cross none of them."""
    spans = [
        Tagged(s.start, s.end, "NORP" if role == "demonym" else type_of(s)) for s, role in places if role != "embedded"
    ]
    spans += [  # "Punjab government", where the tagger sees no such name
        Tagged(s.start, body_end(text, s.end), "ORG") for s, role in places if role == "embedded" and not s.inside
    ]
    taken = bytearray(len(text))
    for span in spans:
        taken[span.start : span.end] = b"\1" * (span.end - span.start)
    for name in names:
        surface = text[name.start : name.end]
        unnamed = name.label == "NORP" and surface[0].islower()
        if name.label in KEPT and not unnamed and not any(taken[name.start : name.end]):
            spans.append(name)
    return sorted(spans)


def _listed(form: str, label: str) -> tuple[str, str, str] | None:
    """Subtype, id and name of a person or people of the lexicons, e.g. "Shiites" -> ("religious", "shia", "Shia")."""
    lexicon = {"PERSON": "people", "NORP": "peoples"}.get(label)
    number = alias_index(lexicon).get(form) if lexicon else None
    if number is None:
        return None
    row = load_lexicon(lexicon).iloc[number]
    return row.get("kind", ""), row.get("entity_id", _slug(row["name"])), row["name"]


def _person_names(spans: list[Tagged], text: str) -> dict[str, str]:
    """Short forms of persons to the full name given in the article: "Obama" -> "Barack Obama"."""
    full = {text[s.start : s.end] for s in spans if s.label == "PERSON" and " " in text[s.start : s.end]}
    short: dict[str, dict[str, str]] = {}
    for name in sorted(full):
        known = _listed(name, "PERSON")
        for part in (name.split()[-1], name.split()[0]):
            short.setdefault(part, {}).setdefault(known[1] if known else name, name)
    return {part: next(iter(names.values())) for part, names in short.items() if len(names) == 1}


def _introduced(rows: list[tuple]) -> dict[str, tuple]:
    """Last words of bodies named in full to subtype, id and name, where only one ends so: "Times" -> New York Times."""
    longer: dict[str, set[tuple]] = {}
    for _, _, surface, label, *who in rows:
        *first, last = surface.split() or [""]
        if label == "ORG" and first and last.casefold() in cue("institution_noun"):
            longer.setdefault(last, set()).add(tuple(who))
    return {last: names.pop() for last, names in longer.items() if len(names) == 1}


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", fold(name)).strip("-") or "unnamed"


def entity_table(spans: list[Tagged], hits: list[Hit], places: list[tuple[Span, str]], text: str) -> pd.DataFrame:
    """The entities table: every span with its type and the one name it goes by."""
    bodies = {(h.start, h.end): h.body for h in hits}
    meant = {(s.start, s.end): s.meaning for s, _ in places}
    full = _person_names(spans, text)
    rows = []
    for span in spans:
        surface = " ".join(text[span.start : span.end].split())
        name = full.get(surface, surface) if span.label == "PERSON" else surface
        body, meaning = bodies.get((span.start, span.end)), meant.get((span.start, span.end))
        if body:
            row = (body.subtype, body.entity_id, body.name)
        elif meaning and (meaning.kind in LISTED or any(p.feature == "country" for p in meaning.places[:1])):
            row = ("", meaning.places[0].place_id, meaning.places[0].name)
        else:
            row = _listed(name, span.label) or ("", _slug(name), name)
        rows.append((span.start, span.end, text[span.start : span.end], span.label, *row))
    longer = _introduced(rows)
    rows = [
        (*row[:4], *longer[row[2]])
        if row[3] == "ORG" and row[2] in longer and (row[4] == "media" or row[:2] not in bodies)
        else row
        for row in rows
    ]
    return small_table(rows, ENTITY)


def name_places(entities: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """The entities with each place under the name and id it was located by: KP and Khyber Pakhtunkhwa are one."""
    columns = (places[name].tolist() for name in ("start", "end", "place_id", "name"))
    known = {(start, end): (place_id, name) for start, end, place_id, name in zip(*columns, strict=True) if place_id}
    if entities.empty or not known:
        return entities
    columns = (entities[name].tolist() for name in ("start", "end", "type", "entity_id", "name"))
    named = [
        known.get((start, end), own) if kind in PLACE_TYPES else own
        for start, end, kind, *own in zip(*columns, strict=True)
    ]
    return entities.assign(entity_id=[place_id for place_id, _ in named], name=[name for _, name in named])
