"""Candidate spans: every stretch of text that might name a place, by the tagger, the gazetteer or the lexicons."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from helpers.bodies import overlapping
from helpers.evidence import HOME, PLACE_LABELS, Span, Word, describe, is_capitalised, read_context, words_of
from helpers.gazetteer import Gazetteer, Place, fold
from helpers.language import Parsed, is_shouted, is_whispered
from helpers.names import cue, lexicon_forms, set_phrases

LONGEST_NAME = 6  # words
JOINT = re.compile(r"[ \u00a0]|-|['’]| ?& ?|\. ")
HOME_ACROSS = {("IN", "Jammu and Kashmir"), ("IN", "Ladakh"), ("IR", "Sistan and Baluchestan")}
WELL_KNOWN = 300_000  # people of a place that tells where an article plays
PLACE_TELLERS = (
    "after preposition", "before area noun", "before comma and parent", "after place and comma", "before based",
)  # fmt: skip
PERSON_TELLERS = ("after title", "after given name", "after initial")
PERSON_HINTS = ("given name", "part of a person", "common word")  # they count where nothing tells a place
LINKED = re.compile(r"[ -](?:[a-z]+|St\.?)[ -]")  # names that hold together: "Newcastle upon Tyne", "Bury St Edmunds"
LIST_BEFORE = re.compile(r"(?:,|,? and|,? or|,? to)(?: the)? $")
LIST_AFTER = re.compile(r"(?:,|,? and|,? or|,? to)(?: the)? ")
PLAIN_WORDS = (
    "common_word", "function_word", "auxiliary", "adverb", "saying_verb", "deciding_verb", "address_verb", "area_noun",
    "facility_noun", "institution_noun", "force_noun", "official_noun", "government_noun", "relation_noun",
    "title_noun", "action_noun", "stative_verb", "body_modifier", "team_cue", "locative_preposition",
)  # fmt: skip


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
                initial = len(words[j - 1].text) == 1 or words[j - 1].text.casefold() in cue("shortened_noun")
                held = joint == "-" and words[j].text in cue("located_by") | cue("led_by")  # Indian-held Kashmir is two
                if held or not JOINT.fullmatch(joint) or (joint == ". " and not initial):
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


def _tells_place(features: dict[str, float]) -> bool:
    return any(features.get(name) for name in PLACE_TELLERS)


def _add_surnames(spans: list[Span], parsed: Parsed) -> None:
    """Mark a name that is some person's last name and has nothing of a place about it: "London" with "Jack London"."""
    text = parsed.article.text
    people = [text[n.start : n.end].split() for n in parsed.names if n.label == "PERSON"]
    surnames = {words[-1] for words in people if len(words) > 1}
    for span in spans:
        span.features["surname alone"] = float(span.text in surnames and not _tells_place(span.features))


def _tells_home(places: tuple[Place, ...]) -> bool:
    """Whether a name tells of the region: its best known place lies here, or nothing elsewhere is called so."""
    first = places[0]
    only = all(place.country in HOME and place.match == "name" for place in places)
    return only or (first.country in HOME and first.population >= WELL_KNOWN)


def _is_home(place: Place, form: str) -> bool:
    """Whether a place of Pakistan, Afghanistan or just across their borders goes by this form as its own name."""
    here = place.country in HOME or (place.country, place.admin1) in HOME_ACROSS
    its_name = place.match == "name" or place.name.startswith(f"{form} ")  # Swat District
    return here and its_name and place.feature != "country"


def _add_home_names(spans: list[Span], text: str, gazetteer: Gazetteer) -> None:
    """Mark names of Pakistan and Afghanistan in an article about them: the tagger does not know the small ones.

    The article is about them if it names two of their well-known places or peoples. A name that is an everyday word or
    a person's too must stand beside words that tell a place, or in a list with such names: "Shinkay and Mizan".
    """
    known = {
        span.meaning.places[0].place_id for span in spans if span.meaning.places and _tells_home(span.meaning.places)
    }
    about = len(known) > 1
    homes = [(span, places) for span in spans if (places := [p for p in span.meaning.places if _is_home(p, span.text)])]
    plain = {s[:2] for s, places in homes if any(not gazetteer.needs_context(p.place_id) for p in places)}
    starts, ends = {start for start, _ in plain}, {end for _, end in plain}
    for span, places in homes:
        before, after = LIST_BEFORE.search(text, max(0, span.start - 10), span.start), LIST_AFTER.match(text, span.end)
        listed = (before and before.start() in ends) or (after and after.end() in starts)
        told = bool(listed) or _tells_place(span.features)
        sure = told or (span[:2] in plain and not any(span.features.get(hint) for hint in PERSON_HINTS))
        person = span.inside == "PERSON" or any(span.features.get(name) for name in PERSON_TELLERS)
        itself = places[0].population >= WELL_KNOWN
        span.features["home name"] = float((about or itself) and sure and not person)


def _add_longer_names(spans: list[Span]) -> None:
    """Mark candidates in a longer one that means a place too, "Mazar" in "Mazar-i-Sharif", and home in a building's."""
    for number, span in enumerate(spans):
        for other in spans[number + 1 :]:
            if other.start >= span.end:
                break
            inner, outer = (other, span) if other.end <= span.end else (span, other)
            if not (inner.meaning.places and outer.start <= inner.start and inner.end <= outer.end):
                continue
            if outer.meaning.places:
                inner.features["in a longer known name"] = 1.0
                if outer.meaning.places[0].population >= WELL_KNOWN / 10:
                    outer.features["longer known name"] = float(bool(LINKED.search(outer.text)))
            if inner.start == outer.start and inner.features.get("home name") and outer.features["ends facility"]:
                outer.features["built at home"] = inner.features["home of a building"] = 1.0


def candidate_spans(parsed: Parsed, gazetteer: Gazetteer, given: list[tuple[int, int]] | None = None) -> list[Span]:
    """All candidate spans of an article, in reading order; they may overlap, a later decision chooses.

    With `given` spans exactly these are described and none is searched for.
    """
    text, context = parsed.article.text, read_context(parsed)
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
        spans += [describe(a, b, text, words, names, context, gazetteer, number, shouts) for a, b in sorted(found)]
    _add_home_names(spans, text, gazetteer)
    _add_surnames(spans, parsed)
    _add_longer_names(spans)
    return spans
