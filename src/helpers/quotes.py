"""Who says it: quotations and reported speech with their speakers, found by surface patterns and lists of cues.

A quotation belongs to the attribution nearest in its own sentences, else to its paragraph's. Where nobody is named the
speaker is UNNAMED.
"""

import re
from bisect import bisect_left, bisect_right

import pandas as pd

from helpers.language import Parsed, small_table
from helpers.speakers import FILLER, Claim, Reader

COLUMNS = ["speaker", "entity_id", "verb", "start", "end", "sentence_id", "kind"]
UNNAMED = "unnamed speaker"
PAIRS = {"“": "”", "„": "“”", "«": "»", "‘": "’", '"': '"'}
MARKS = re.compile(r'[“”"„«»]|(?<!\w)‘(?=\w)|(?<=[.,!?…])’(?!\w)')
SAID = re.compile(rf"(?=\w)[^{FILLER}]*[^{FILLER}\s,;]")  # what is reported, without the marks and spaces around it


def _opens(text: str, at: int) -> bool:
    """Whether a straight mark stands before a word and behind a space; it can then close nothing."""
    return text[at] == '"' and text[at - 1].isspace() and text[at + 1 : at + 2].isalnum()


def find_quotations(text: str, paragraphs: tuple[tuple[int, int], ...]) -> list[tuple[int, int, bool]]:
    """Spans with their marks, and whether each runs on from the paragraph before; nested ones are part of the outer.

    A quotation that is never closed ends with its paragraph: journalists close only the last paragraph of a long one.
    """
    found, running = [], False
    for start, end in paragraphs:
        opened, mark, goes_on = -1, "", False
        for match in MARKS.finditer(text, start, end):
            at, sign = match.start(), match[0]
            if opened < 0 and sign in PAIRS and not text[at + 1 : at + 2].isspace():
                opened, mark, goes_on = at, PAIRS[sign], running and at == start
            elif opened >= 0 and sign in mark and not _opens(text, at):
                found.append((opened, match.end(), goes_on))
                opened = -1
        running = opened >= 0
        if running:
            found.append((opened, end, goes_on))
    return found


def is_speech(words: str) -> bool:
    """Whether quoted words are said rather than a term or a title: they end as sentences do, or are four or more."""
    return len(words.split()) > 3 or words.rstrip('”’"»“')[-1:] in tuple(".!?…,")


def _said_by(start: int, end: int, near: list[Claim], here: list[Claim], words: str) -> Claim | None:
    """The attribution a quotation belongs to: the nearest in its own sentences, else in its paragraph."""
    if near:
        return min(near, key=lambda c: max(c.start - end, start - c.end))
    if not is_speech(words):
        return None
    return next((c for c in reversed(here) if c.start < start), here[0] if here else None)


def find_speakers(parsed: Parsed, entities: pd.DataFrame) -> pd.DataFrame:
    """What is said by whom, in reading order: COLUMNS, with `kind` quoted or reported."""
    text, paragraphs = parsed.article.text, parsed.article.paragraphs
    quotations = find_quotations(text, paragraphs)
    reader, claims = Reader(parsed, entities, quotations), []
    bounds = list(zip(parsed.sentences["start"].tolist(), parsed.sentences["end"].tolist(), strict=True))
    for start, end in bounds:
        claims += reader.claims_in(start, end, claims[-8:])
    claims.sort(key=lambda claim: claim.start)
    places = [claim.start for claim in claims]
    begins, tops, picked = [a for a, _ in bounds], [a for a, _ in paragraphs], []
    for start, end, runs_on in quotations:
        first, final = (bounds[max(0, bisect_right(begins, at) - 1)] for at in (start, end - 1))
        top, bottom = paragraphs[bisect_right(tops, start) - 1]
        here = claims[bisect_left(places, top) : bisect_left(places, bottom)]
        near = [c for c in here if first[0] <= c.start < max(final[1], end + 3)]
        last = picked[-1] if runs_on and picked else None
        picked.append(_said_by(start, end, near, here, text[start:end]) or last)
    for number in range(len(picked) - 2, -1, -1):  # a long quotation is often attributed in its last paragraph alone
        picked[number] = picked[number] or (picked[number + 1] if quotations[number + 1][2] else None)
    rows = [
        (*_name(claim), start, end, "quoted")
        for (start, end, _), claim in zip(quotations, picked, strict=True)
        if claim or is_speech(text[start:end])
    ]
    for claim in claims:
        for a, b in claim.said:
            pieces = SAID.finditer(reader.own, a, b)
            rows += [(*_name(claim), m.start(), m.end(), "reported") for m in pieces]
    rows.sort(key=lambda row: row[3])
    rows = [(*row[:5], max(0, bisect_right(begins, row[3]) - 1), row[5]) for row in rows]
    return small_table(rows, COLUMNS)


def _name(claim: Claim | None) -> tuple[str, str, str]:
    return (claim.speaker.name or UNNAMED, claim.speaker.entity_id, claim.verb) if claim else (UNNAMED, "", "")


def mark_speakers(table: pd.DataFrame, said: pd.DataFrame, share: float = 1.0) -> pd.DataFrame:
    """A table of spans with `speaker`, see speakers_of; `said` is what find_speakers found."""
    return table.assign(speaker=pd.Series(speakers_of(table, said, share), table.index, object))


def speakers_of(table: pd.DataFrame, said: pd.DataFrame, share: float = 1.0) -> list[str]:
    """Who says at least this share of the characters of each span of a table, "" where nobody does."""
    rows = list(zip(*(said[name].tolist() for name in ("start", "end", "speaker")), strict=True))
    starts, names = [row[0] for row in rows], []
    for start, end in zip(table["start"].tolist(), table["end"].tolist(), strict=True):
        heard: dict[str, int] = {}
        for a, b, who in rows[max(0, bisect_right(starts, start) - 5) : bisect_left(starts, end)]:
            heard[who] = heard.get(who, 0) + max(0, min(b, end) - max(a, start))
        who = max(heard, key=heard.get, default="")
        names.append(who if who and heard[who] >= share * max(1, end - start) else "")
    return names
