"""Evidence for and against a stretch of text being the name of a place, each piece a number from 0 to 1."""

import math
import re
from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

from helpers.bodies import overlapping
from helpers.gazetteer import AREAS, Gazetteer, fold
from helpers.language import Parsed, Tagged
from helpers.names import NOTHING, Meaning, cue, given_names, meaning, set_phrases, settlement_nouns

WORD = re.compile(r"(?:[A-Z][a-z]{0,2}\.){2,}|[^\W_]+(?:['’](?![sS]\b)[^\W_]+)*")
NOUN_BEFORE = re.compile(r"(\w+) of (?:the )?$")
POSSESSIVE = re.compile(r"['’][sS]?\b|['’]")
PLACE_LABELS = {"GPE", "LOC"}
NATURE = {"sea", "mountain", "river", "lake"}
HOME = ("PK", "AF")


class Word(NamedTuple):
    start: int
    end: int
    text: str


class Span(NamedTuple):
    """A candidate: where it is, what the tagger makes of it, what it can mean, and the evidence."""

    start: int
    end: int
    text: str
    label: str  # the tagger's label where its boundaries agree, else ""
    inside: str  # the label of the larger name it stands in, else ""
    meaning: Meaning
    features: dict[str, float]


def is_capitalised(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()


def words_of(text: str, offset: int = 0) -> list[Word]:
    """Words with their offsets; an abbreviation keeps its points, a possessive s is no word."""
    return [
        Word(offset + m.start(), offset + m.end(), m[0])
        for m in WORD.finditer(text)
        if not (m[0] in ("s", "S") and text[max(0, m.start() - 1)] in "'’")
    ]


def nouns_beside(text: str, start: int, end: int) -> tuple[str, str]:
    """The words that may tell what a name names: "village" of "village of X", "district" of "X district", else ""."""
    before = NOUN_BEFORE.search(text, max(0, start - 30), start)
    after = WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    return before[1] if before else "", after[0] if after else ""


class Context(NamedTuple):
    """What holds for the whole article: the tagger's names, their kinds by form, the parts of people's and bodies'."""

    names: tuple[Tagged, ...]
    labels: dict[str, Counter]
    person_parts: frozenset[str]
    org_parts: frozenset[str]
    shouting: bool


def _without_noun(name: Tagged, text: str) -> Tagged:
    """The tagger's name without the kind of place behind it: "Andar" of "Andar district"."""
    rest, _, noun = text[name.start : name.end].rpartition(" ")
    named = name.label in PLACE_LABELS and rest and is_capitalised(rest) and noun in cue("area_noun")
    return name._replace(end=name.start + len(rest)) if named else name


def read_context(parsed: Parsed) -> Context:
    """The tagger's names as evidence for every span of the article."""
    text, labels = parsed.article.text, {}
    names = tuple(_without_noun(name, text) for name in parsed.names)
    for name in names:
        labels.setdefault(fold(text[name.start : name.end]), Counter())[name.label] += 1
    parts = {"PERSON": set(), "ORG": set()}
    for name in names:
        if name.label in parts:
            words = text[name.start : name.end].split()
            if len(words) > 1:
                parts[name.label].update(w.casefold() for w in words)
    letters = [c for c in text if c.isalpha()]
    shouting = sum(c.isupper() for c in letters) > 0.6 * max(1, len(letters))
    return Context(names, labels, frozenset(parts["PERSON"]), frozenset(parts["ORG"]), shouting)


def _tagger_evidence(start: int, end: int, names: list[Tagged]) -> tuple[str, str, dict[str, float]]:
    """What the tagger says of this span: the same name, a larger one around it, a smaller one in it, a crossing one."""
    label = inside = ""
    features: dict[str, float] = {}
    for name in overlapping(names, start, end):
        if (name.start, name.end) == (start, end):
            label = name.label
        elif name.start <= start and end <= name.end:
            inside = name.label
            features["begins larger name"] = float(name.start == start)
            features["ends larger name"] = float(name.end == end)
        elif start <= name.start and name.end <= end:
            features[f"holds {_group(name.label)}"] = 1.0
        else:
            features["crosses a name"] = 1.0
    if label:
        features[f"is {_group(label)}"] = 1.0
    if inside:
        features[f"inside {_group(inside)}"] = 1.0
    if not (label or inside or features):
        features["unseen by tagger"] = 1.0
    return label, inside, features


def _group(label: str) -> str:
    return label if label in {"GPE", "LOC", "FAC", "ORG", "PERSON", "NORP"} else "other name"


def _meaning_evidence(text: str, meant: Meaning) -> dict[str, float]:
    """What the gazetteer and the lexicons say of the form itself."""
    features = {f"kind {meant.kind or 'unknown'}": 1.0}
    if meant.places and meant.kind == "name":
        kinds = {p.feature for p in meant.places}
        features["population"] = math.log10(1 + max(p.population for p in meant.places)) / 7
        features["alternate only"] = float(all(p.match != "name" for p in meant.places))
        features["variant only"] = float(all(p.match == "variant" for p in meant.places))
        features["many senses"] = math.log2(len(meant.places)) / 5
        features["means country"] = float("country" in kinds)
        features["means admin1"] = float("admin1" in kinds)
        features["means admin2"] = float("admin2" in kinds)
        features["means area"] = float(bool(kinds & AREAS))
        features["means facility"] = float("facility" in kinds)
        features["nature alone"] = float(kinds <= NATURE and len(text) > 4)
        features["home region"] = float(any(p.country in HOME for p in meant.places))
    words = text.split() or [""]
    features["set phrase"] = float(bool(set_phrases().fullmatch(text)) and text == text.lower())
    features["one word"] = float(len(words) == 1)
    features["three words or more"] = float(len(words) > 2)
    features["short"] = float(len(text) < 4)
    features["capitals"] = float(text.isupper() and len(text) > 3)
    features["common word"] = float(text.casefold() in cue("common_word"))
    features["given name"] = float(words[0].casefold() in given_names())
    last = words[-1].casefold().rstrip(".")
    features["ends facility"] = float(len(words) > 1 and last in cue("facility_noun"))
    features["ends institution"] = float(len(words) > 1 and last in cue("institution_noun"))
    features["ends area"] = float(len(words) > 1 and last in cue("area_noun"))
    return features


def _neighbour_evidence(start: int, end: int, text: str, words: list[Word], gazetteer: Gazetteer) -> dict[str, float]:
    """The words around a span: "in X", "Mr X", "X province", "X, Texas", "X said", "X-based"."""
    before = bisect_left(words, (start,)) - 1
    after = bisect_left(words, (end,))
    previous = words[before].text if before >= 0 else ""
    following = words[after].text if after < len(words) else ""
    gap_before = text[words[before].end : start] if before >= 0 else ""
    gap_after = text[end : words[after].start] if after < len(words) else ""
    low, low_next, near, near_next = previous.casefold(), following.casefold(), gap_before == " ", gap_after == " "
    possessive = bool(POSSESSIVE.match(text, end))
    features = {
        "after preposition": near and low in cue("locative_preposition"),
        "after title": gap_before in (" ", ". ") and low.rstrip(".") in cue("title_noun"),
        "after the": near and low == "the",
        "after of": near and low == "of",
        "after given name": near and is_capitalised(previous) and low in given_names(),
        "after capital": near and is_capitalised(previous),
        "after initial": gap_before == ". " and len(previous) == 1,
        "after place and comma": gap_before == ", "
        and is_capitalised(previous)
        and meaning(previous, gazetteer) is not NOTHING,
        "sentence start": before < 0 or any(c in gap_before for c in ".!?:"),
        "before capital": near_next and is_capitalised(following),
        "before area noun": near_next and low_next in cue("area_noun"),
        "before facility noun": near_next and low_next in cue("facility_noun"),
        "before institution noun": near_next and is_capitalised(following) and low_next in cue("institution_noun"),
        "before official noun": near_next
        and low_next in cue("official_noun") | cue("force_noun") | cue("government_noun"),
        "before saying verb": near_next and low_next in cue("saying_verb"),
        "possessive": possessive,
        "before hyphen": gap_after == "-",
        "before based": gap_after == "-" and low_next in {"based", "born", "led", "backed", "controlled", "held"},
        "after hyphen": gap_before == "-",
        "in brackets": gap_before.endswith("(") and gap_after.startswith(")"),
        "before disease noun": near_next and low_next in cue("disease_noun"),
        "after maker": near and low in cue("maker"),
        "called a settlement": not settlement_nouns().isdisjoint(nouns_beside(text, start, end)),
        "before number": near_next and following.isdigit(),
        "before comma": gap_after.startswith(","),
        "before dash": bool(re.match(r"\s*(?:--|—|–|\([A-Z])", text[end : end + 4])) and before < 3,
    }
    if gap_after == ", " and is_capitalised(following):
        reach = text[words[after].start : words[min(after + 1, len(words) - 1)].end]
        parents = meaning(following, gazetteer), meaning(following + ".", gazetteer), meaning(reach, gazetteer)
        features["before comma and parent"] = any(p.feature in ("country", "admin1") for m in parents for p in m.places)
    return {name: float(value) for name, value in features.items()}


def _article_evidence(surface: str, context: Context) -> dict[str, float]:
    """What the rest of the article says: the same form tagged elsewhere, or part of a person's or body's name."""
    seen = context.labels.get(fold(surface), Counter())
    total = sum(seen.values())
    word = surface.casefold()
    features = {
        "elsewhere place": sum(seen[x] for x in ("GPE", "LOC")) / max(1, total),
        "elsewhere person": seen["PERSON"] / max(1, total),
        "elsewhere body": seen["ORG"] / max(1, total),
        "elsewhere never": float(total == 0),
        "seen often": min(total, 5) / 5,
        "part of a person": float(word in context.person_parts),
        "part of a body": float(word in context.org_parts),
        "shouting": float(context.shouting),
    }
    return features


def describe(start, end, text, words, names, context, gazetteer, paragraph, shouts) -> Span:
    surface = text[start:end]
    meant = meaning(surface, gazetteer)
    label, inside, features = _tagger_evidence(start, end, names)
    features |= _meaning_evidence(surface, meant)
    features |= _neighbour_evidence(start, end, text, words, gazetteer)
    features |= _article_evidence(surface, context)
    features["first paragraph"] = float(paragraph == 0)
    if shouts:  # capitals tell nothing in a line of capitals
        features |= dict.fromkeys(("capitals", "after capital", "before capital"), 0.0)
    return Span(start, end, surface, label, inside, meant, features)
