"""Candidate spans: every stretch of text that might name a place, with the evidence for and against it."""

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from helpers.bodies import overlapping
from helpers.gazetteer import Gazetteer, Place, fold
from helpers.language import Parsed, Tagged, is_shouted, is_whispered
from helpers.lexicons import load_lexicon
from helpers.names import NOTHING, Meaning, cue, lexicon_forms, meaning, set_phrases

LONGEST_NAME = 6  # words
WORD = re.compile(r"(?:[A-Z][a-z]{0,2}\.){2,}|[^\W_]+(?:['’](?![sS]\b)[^\W_]+)*")
JOINT = re.compile(r"[ \u00a0]|-|['’]| ?& ?|\. ")
POSSESSIVE = re.compile(r"['’][sS]?\b|['’]")
SHORTENED = {"st", "mt", "ft", "pt", "ste"}  # "St. Louis": the point belongs to the name
PLACE_LABELS = {"GPE", "LOC"}
PLAIN_WORDS = (
    "common_word", "function_word", "auxiliary", "adverb", "saying_verb", "deciding_verb", "address_verb", "area_noun",
    "facility_noun", "institution_noun", "force_noun", "official_noun", "government_noun", "relation_noun",
    "title_noun", "action_noun", "stative_verb", "body_modifier", "team_cue", "locative_preposition",
)  # fmt: skip
HOME = ("PK", "AF")
WELL_KNOWN = 300_000  # people of a place that tells where an article plays
PLACE_TELLERS = (
    "after preposition",
    "before area noun",
    "before comma and parent",
    "after place and comma",
    "before based",
)
PERSON_TELLERS = ("given name", "part of a person", "after title", "after given name", "common word", "after initial")
AREAS = {"region", "continent", "sea", "mountain", "river", "valley", "pass", "lake", "border"}


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


@lru_cache(1)
def _given_names() -> frozenset[str]:
    names = load_lexicon("person_names")
    return frozenset(names.name.str.casefold())


def _runs(words: list[Word], text: str, gazetteer: Gazetteer, whispers: bool) -> Iterator[tuple[int, int]]:
    """Every run of words that begins and ends with a capital and that the gazetteer or a lexicon knows as a name.

    In a paragraph without capitals (`whispers`) any word may begin one that is no common or function word.
    """
    exact, folded = lexicon_forms()

    def may_name(word: str) -> bool:
        return _is_rare(word) if whispers else is_capitalised(word)

    for i, first in enumerate(words):
        if not may_name(first.text):
            continue
        for j in range(i, min(i + LONGEST_NAME, len(words))):
            if j > i:
                joint = text[words[j - 1].end : words[j].start]
                initial = len(words[j - 1].text) == 1 or words[j - 1].text.casefold() in SHORTENED
                if not JOINT.fullmatch(joint) or (joint == ". " and not initial):
                    break
            end = words[j].end
            if not may_name(words[j].text):
                continue
            name = text[first.start : end]
            if text[end : end + 1] == "." and (name + "." in exact or name.replace(". ", ".") + "." in exact):
                yield first.start, end + 1
            if gazetteer.knows(name) or fold(name) in folded or name in exact:
                yield first.start, end


def _facilities(words: list[Word], text: str) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words that end with a facility's noun, e.g. "Main Street", "Bagram Air Base"."""
    nouns, start = cue("facility_noun"), 0
    for j, word in enumerate(words):
        if j and not (text[words[j - 1].end : word.start] == " " and is_capitalised(word.text)):
            start = j
        if j > start and is_capitalised(word.text) and word.text.casefold().rstrip(".") in nouns:
            for i in range(max(start, j - 4), j):
                if is_capitalised(words[i].text) and words[i].text.casefold() != "the":
                    yield (
                        words[i].start,
                        word.end + (text[word.end : word.end + 1] == "." and word.text in {"St", "Ave", "Rd", "Dr"}),
                    )
                    break


def _is_rare(word: str) -> bool:
    """Whether a word in lower case may be a name: no verb, noun or function word of the cues."""
    return len(word) > 3 and not any(word in cue(kind) for kind in PLAIN_WORDS)


class Context(NamedTuple):
    """What holds for the whole article: the tagger's names by span, by surface, and the parts of people's names."""

    exact: dict[tuple[int, int], str]
    names: tuple[Tagged, ...]
    labels: dict[str, Counter]
    person_parts: frozenset[str]
    org_parts: frozenset[str]
    shouting: bool


def _context(parsed: Parsed) -> Context:
    text, labels = parsed.article.text, {}
    for name in parsed.names:
        labels.setdefault(fold(text[name.start : name.end]), Counter())[name.label] += 1
    parts = {"PERSON": set(), "ORG": set()}
    for name in parsed.names:
        if name.label in parts:
            words = text[name.start : name.end].split()
            if len(words) > 1:
                parts[name.label].update(w.casefold() for w in words)
    letters = [c for c in text if c.isalpha()]
    shouting = sum(c.isupper() for c in letters) > 0.6 * max(1, len(letters))
    exact = {(n.start, n.end): n.label for n in parsed.names}
    return Context(exact, parsed.names, labels, frozenset(parts["PERSON"]), frozenset(parts["ORG"]), shouting)


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
        features["home region"] = float(any(p.country in ("PK", "AF") for p in meant.places))
    words = text.split() or [""]
    features["set phrase"] = float(bool(set_phrases().fullmatch(text)) and text == text.lower())
    features["one word"] = float(len(words) == 1)
    features["three words or more"] = float(len(words) > 2)
    features["short"] = float(len(text) < 4)
    features["capitals"] = float(text.isupper() and len(text) > 3)
    features["common word"] = float(text.casefold() in cue("common_word"))
    features["given name"] = float(words[0].casefold() in _given_names())
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
        "after given name": near and is_capitalised(previous) and low in _given_names(),
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


def _describe(start, end, text, words, names, context, gazetteer, paragraph, shouts) -> Span:
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


def _tells_place(features: dict[str, float]) -> bool:
    return any(features.get(name) for name in PLACE_TELLERS)


def _add_surnames(spans: list[Span], parsed: Parsed) -> None:
    """Mark a name that is some person's last name and has nothing of a place about it: "London" with "Jack London"."""
    text = parsed.article.text
    people = [text[n.start : n.end].split() for n in parsed.names if n.label == "PERSON"]
    surnames = {words[-1] for words in people if len(words) > 1}
    for span in spans:
        span.features["surname alone"] = float(span.text in surnames and not _tells_place(span.features))


def _is_persons(span: Span) -> bool:
    return span.inside == "PERSON" or any(span.features.get(name) for name in PERSON_TELLERS)


def _tells_home(places: tuple[Place, ...]) -> bool:
    """Whether a name tells of the region: its best known place lies here, or nothing elsewhere is called so."""
    first = places[0]
    only = all(place.country in HOME and place.match == "name" for place in places)
    return only or (first.country in HOME and first.population >= WELL_KNOWN)


def _add_home_evidence(spans: list[Span], gazetteer: Gazetteer) -> None:
    """Mark names of Pakistan and Afghanistan in an article about them: the tagger does not know the small ones.

    The article is about them if it names two of their well-known places or peoples.
    """
    known = {
        span.meaning.places[0].place_id for span in spans if span.meaning.places and _tells_home(span.meaning.places)
    }
    about = len(known) > 1
    for span in spans:
        homes = [p for p in span.meaning.places if p.country in HOME and p.match == "name" and p.feature != "country"]
        sure = any(not gazetteer.needs_context(p.place_id) for p in homes) or _tells_place(span.features)
        itself = any(place.population >= WELL_KNOWN for place in homes[:1])
        span.features["home name"] = float(bool(homes) and (about or itself) and sure and not _is_persons(span))


def _add_longer_names(spans: list[Span]) -> None:
    """Mark candidates inside a longer one that means a place too: "Mazar" in "Mazar-i-Sharif"."""
    known = [span for span in spans if span.meaning.places]
    for number, span in enumerate(known):
        for other in known[number + 1 :]:
            if other.start >= span.end:
                break
            inner, outer = (other, span) if other.end <= span.end else (span, other)
            if outer.start <= inner.start and inner.end <= outer.end:
                inner.features["in a longer known name"] = 1.0


def candidate_spans(parsed: Parsed, gazetteer: Gazetteer, given: list[tuple[int, int]] | None = None) -> list[Span]:
    """All candidate spans of an article, in reading order; they may overlap, a later decision chooses.

    With `given` spans exactly these are described and none is searched for.
    """
    text, context = parsed.article.text, _context(parsed)
    spans = []
    asked: dict[int, set[tuple[int, int]]] = defaultdict(set)
    starts = [start for start, _ in parsed.article.paragraphs]
    for a, b in given or []:
        asked[max(0, bisect_right(starts, a) - 1)].add((a, b))
    for number, (start, end) in enumerate(parsed.article.paragraphs):
        words = words_of(text[start:end], start)
        names = overlapping(context.names, start, end)
        shouts = is_shouted(text[start:end])
        if given is not None:
            found = asked[number]
        else:
            phrases = {(start + m.start(), start + m.end()) for m in set_phrases().finditer(text[start:end])}
            whispers = is_whispered(text[start:end])
            found = {*_runs(words, text, gazetteer, whispers), *_facilities(words, text), *phrases}
            found |= {(n.start, n.end) for n in names if n.label in PLACE_LABELS | {"FAC"}}
        spans += [_describe(a, b, text, words, names, context, gazetteer, number, shouts) for a, b in sorted(found)]
    _add_home_evidence(spans, gazetteer)
    _add_surnames(spans, parsed)
    _add_longer_names(spans)
    return spans
