"""Speakers: whom a word of saying names ("reports the Times", "according to", "it adds"), and what it reports.

Words of saying come from data/lexicons/cues.csv (`saying_verb`) and speech.csv, as do pronouns and boundaries; surface
patterns only. A speaker is an entity under its name, or the words themselves ("U.S. defense officials").
"""

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from helpers.language import Parsed
from helpers.lexicons import load_lexicon
from helpers.names import cue

FILLER = "¤"  # stands for what is quoted while the words around it are read
WORD = re.compile(r"[\w'’-]+(?:\.\w+)*\.?(?<!\w\w\w\.)|\S")
HEAD = re.compile(r"\s*(?:the|an?|its|his|her|their)\s+", re.IGNORECASE)
RELATIVE = re.compile(r"\s(?:who|which)\s")
AFTER_VERB = re.compile(
    r"\s+(?P<who>[^\W\d_][^,;:¤()“”—–\n]*?)"
    r"(?=\s*[,;:¤(“—–]|[.!?]*\s*$|\s(?:who|when|after|as|while|during|on|in a|that)\s)"
)
THAT = re.compile(r"(?:\s+[^\s,;:.¤]+){0,9}?\s+that\s+(?=\S)")
LONGEST = 9  # words in the name of a speaker
BACK = 1_500  # characters back to whom a pronoun can refer


class Named(NamedTuple):
    """What is asked of an entity."""

    start: int
    end: int
    type: str
    subtype: str
    name: str
    entity_id: str


class Speaker(NamedTuple):
    name: str
    entity_id: str
    sort: str  # person, body or any: which pronouns can stand for it


class Claim(NamedTuple):
    """One attribution: who, by which verb, where the speaker is named, and what is said beside quotations."""

    speaker: Speaker
    verb: str
    start: int
    end: int
    said: tuple[tuple[int, int], ...]


NOBODY = Speaker("", "", "any")


@lru_cache
def _speech(kind: str) -> dict[str, str]:
    table = load_lexicon("speech")
    return dict(table.loc[table.cue == kind, ["form", "sense"]].to_numpy())


class Reader:
    """The words of an article outside its quotations, with its entities by position."""

    def __init__(self, parsed: Parsed, entities: pd.DataFrame, quotations: list[tuple[int, int, bool]]):
        text = parsed.article.text
        pieces, last = [], 0
        for start, end, _ in quotations:
            pieces += [text[last:start], FILLER * (end - start)]
            last = end
        self.text, self.own = text, "".join([*pieces, text[last:]])
        columns = (entities[name].tolist() for name in Named._fields)
        rows = sorted((Named(*row) for row in zip(*columns, strict=True)), key=lambda row: row.start)
        self.entities = [row for row in rows if self.own[row.start] != FILLER]
        self.starts = [row.start for row in self.entities]

    def speaker(self, entity: Named) -> Speaker:
        """An entity as a speaker, under its one name."""
        return Speaker(entity.name, entity.entity_id, "person" if entity.type == "PERSON" else "body")

    def within(self, start: int, end: int) -> list[Named]:
        """The entities that lie in a span, in reading order."""
        begun = self.entities[bisect_left(self.starts, start) : bisect_right(self.starts, end)]
        return [entity for entity in begun if entity.end <= end]

    def refer(self, pronoun: str, before: int, claims: list[Claim]) -> Speaker:
        """Whom a pronoun means: the last speaker it can stand for, else the last person or body named."""
        sort = _speech("pronoun")[pronoun]
        recent = [c for c in claims[-4:] if c.start >= before - BACK and c.speaker.name]
        for claim in reversed(recent if pronoun != "who" else []):
            singular = claim.speaker.entity_id or not claim.speaker.name.endswith("s") or sort == "any"
            if singular and ("any" in (sort, claim.speaker.sort) or claim.speaker.sort == sort):
                return claim.speaker
        types = {"person": {"PERSON"}, "body": {"ORG"}, "any": {"PERSON", "ORG", "NORP"}}[sort]
        named = [e for e in self.within(max(0, before - BACK // 5), before) if e.type in types]
        return self.speaker(named[-1]) if named else NOBODY

    def identify(self, start: int, end: int, claims: list[Claim], quoted: bool) -> Speaker | None:
        """The speaker a noun phrase names, None where it can name none; beside a quotation any phrase may."""
        end = next((m.start() for m in RELATIVE.finditer(self.own, start, end)), end)
        while start < end and (article := HEAD.match(self.own, start, end)):
            start = article.end()
        words = [m for m in WORD.finditer(self.own, start, end) if m[0][0].isalnum()]
        if not words:
            return None
        end, last = words[-1].end(), words[-1][0].casefold().removesuffix("'s").removesuffix("’s")
        if len(words) == 1 and last in _speech("pronoun"):
            return self.refer(last, start, claims)
        paper = (
            len(words) == 1 and last in _speech("medium_noun") and self.own[max(0, start - 4) : start].lower() == "the "
        )
        if paper and (named := self.refer("it", start, claims)).name:
            return named
        named = self.within(start, end)
        persons = [e for e in named if e.type == "PERSON"]
        if persons or any(e.subtype == "media" for e in named):
            return self.speaker((persons or [e for e in named if e.subtype == "media"])[-1])
        before = {m[0].casefold() for m in words if not named or m.start() < named[-1].start}
        speaks_for = any(word in _speech("spokesperson") for word in (*before, last)) and named
        at_end = named and named[-1].end >= end - 2 and not before & _speech("preposition").keys()
        if speaks_for or at_end:
            return self.speaker(named[-1])._replace(sort="any" if speaks_for else "body")
        nouns = _speech("voice_noun").keys() | cue("official_noun") | cue("title_noun") | cue("government_noun")
        known = before & nouns if named else {m[0].casefold() for m in words} & nouns
        if len(words) > LONGEST or not (quoted or known or last in nouns):
            return None
        return Speaker(" ".join(self.text[start:end].split()), "", "any")

    def subject(self, start: int, verb: int) -> tuple[int, int] | None:
        """The words before a verb that can be its subject, an apposition passed over; None for "did not say"."""
        cuts = [start, *(m.end() for m in _boundary().finditer(self.own, start, verb))]
        left, right = cuts[-1], verb
        for word in reversed(list(re.finditer(r"[\w'’-]+", self.own[left:verb]))):
            low = word[0].casefold()
            if low in _speech("unsaid"):
                return None
            passed = low in cue("adverb") or low in cue("auxiliary") or low.endswith("ly")
            if not passed or low in _speech("medium_noun"):  # "the daily"
                break
            right = left + word.start()
        if self.own[left:right].strip() or self.own[max(0, left - 3) : left].rstrip()[-1:] != ",":
            return left, right
        first, middle = cuts[max(0, len(cuts) - 3)], cuts[max(0, len(cuts) - 2)]
        named = any(e.type == "PERSON" for e in self.within(middle, left))
        return (middle, left) if named else (first, middle)

    def _stop(self, start: int, end: int) -> int:
        """Where reported speech ends: with its sentence, or before a semicolon."""
        semicolon = self.own.find(";", start, end)
        return end if semicolon < 0 else semicolon

    def claim(self, start: int, end: int, verb: re.Match, claims: list[Claim]) -> Claim | None:
        """The attribution a word of saying makes in a sentence, if one can tell whose."""
        a, b, quoted = verb.start(), verb.end(), FILLER in self.own[start:end]
        before = self.own[start:a].rstrip()
        behind = not before or before[-1] in "," + FILLER
        inverted = behind and not verb[0].endswith("ing") and verb[0] not in _speech("hearer_verb")
        after = AFTER_VERB.match(self.own, b, end) if inverted else None
        after = after if after and _is_name(after["who"]) else None
        speaker = self.identify(*after.span("who"), claims, before[-1:] != ",") if after else None
        if speaker:
            first, last = a, after.end()
        elif verb[0].endswith("ing") and behind and claims and claims[-1].start >= start:
            speaker, first, last = claims[-1].speaker, a, b
        else:
            span = self.subject(start, a)
            loose = quoted or verb[0] in ("said", "says", "say")
            speaker = self.identify(*span, claims, loose) if span and not verb[0].endswith("ing") else None
            first, last = (span[0] if span else a), b
        if not speaker:
            return None
        ahead = self.own[start:first].rstrip()
        charge = _charge(verb[0]).match(self.own, last, end) if verb[0] in _speech("charge_verb") else None
        if charge:
            said = ((charge.start("what"), self._stop(charge.start("what"), end)),)
        elif that := THAT.match(self.own, last, end):
            said = ((that.end(), self._stop(that.end(), end)),)
        elif last == b and verb[0] in _speech("clause_verb") and _clause_follows(self.own[last:end]):
            said = ((last, self._stop(last, end)),)
        elif ahead.endswith(",") and re.match(r"\s*[,.;!?]|\s*$", self.own[last:end]):
            said = ((start, first),)
        else:
            said = ()
        return Claim(speaker, verb[0], first, last, said)

    def claims_in(self, start: int, end: int, claims: list[Claim]) -> list[Claim]:
        """The attributions of one sentence in reading order, those of the article before it given."""
        found = []
        for match in _words_of_saying().finditer(self.own, start, end):
            if match["source"]:
                who = re.compile(r"\s+[^,;:¤]+?(?=\.?$|[,;:¤])").match(self.own, match.end(), end)
                speaker = self.identify(*who.span(), claims + found, True) if who else None
                first = not self.own[start : match.start()].strip()
                said = (who.end(), end) if who and first else (start, match.start())
                claim = speaker and Claim(speaker, match[0].casefold(), match.start(), who.end(), (said,))
            else:
                claim = self.claim(start, end, match, claims + found)
            found += [claim] if claim else []
        return found


def _is_name(words: str) -> bool:
    """Whether words behind a verb can name a speaker: "the minister", but not "on Monday" or "the road was closed"."""
    low = words.casefold().split()
    return low[0] not in _speech("preposition") and not any(word in cue("auxiliary") for word in low)


def _clause_follows(rest: str) -> bool:
    word = re.match(r"\s+([^\W\d_][\w'’.-]*|[\d$£€]\S*)(?=\s)", rest)
    return bool(word) and word[1].casefold() not in _speech("preposition").keys() | {"so", "nothing", "to", "that"}


@lru_cache
def _charge(verb: str) -> re.Pattern:
    """What a charge is: "accused [the army of lying]", "blamed [it for the delay]", not "accused by the army of"."""
    return re.compile(rf"\s+(?P<what>(?!by\b|of\b|for\b)(?:[^\s,;:¤]+\s+){{1,8}}?{_speech('charge_verb')[verb]}\s)")


@lru_cache(1)
def _boundary() -> re.Pattern:
    return re.compile(rf"[,;:!?](?=[\s¤]|$)|[¤()“”—–]|\b(?:{'|'.join(_speech('boundary'))})\b")


@lru_cache(1)
def _words_of_saying() -> re.Pattern:
    table = pd.concat([load_lexicon("cues"), load_lexicon("speech").rename(columns={"sense": "lemma"})])
    verbs = table[table.cue == "saying_verb"]
    plain = "|".join(sorted(set(verbs.form[verbs.form == verbs.lemma])))
    bent = "|".join(sorted(set(verbs.form[verbs.form != verbs.lemma])))
    sources = "|".join(_speech("source_phrase"))
    # "state", "report", "claim" are nouns too: the plain form is a verb only behind a plural
    return re.compile(
        rf"(?P<source>\b(?i:{sources})\b)|\b(?:{bent})\b|(?:(?<=s )|(?<=\b[Tt]hey )|(?<=people ))(?:{plain})\b"
    )
