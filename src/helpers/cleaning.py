"""Cleaning: which blocks of a document are story, which are clutter, and by which rule."""

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from helpers.documents import Block, Document, squeeze
from helpers.sources import DATA

STORY_WORDS = 15  # a paragraph this long is story: bylines stand before the first such one, sign-offs after the last
CLUTTER_WORDS = 60  # no pattern takes a paragraph longer than this
QUOTE_WORDS = 6  # a pull quote has at least as many

Numbered = list[tuple[int, Block]]


class Removed(NamedTuple):
    """A block that was left out, the rule that took it and the part of the document it stood in."""

    text: str
    rule: str
    where: str


@lru_cache(1)
def clutter_rules() -> list[tuple[str, str, re.Pattern]]:
    """Rule, where it applies and pattern of every row of data/lexicons/clutter.csv."""
    rows = pd.read_csv(DATA / "lexicons" / "clutter.csv", dtype=str).itertuples()
    return [(row.rule, row.applies_to, re.compile(row.pattern, re.I | re.S)) for row in rows]


def rule_for(text: str, *places: str) -> str:
    """The first rule of these places (any, heading, head, tail) for a text, e.g. "AP Photo/A. B." -> "photo credit"."""
    if len(text.split()) > CLUTTER_WORDS:
        return ""
    return next((rule for rule, place, pattern in clutter_rules() if place in places and pattern.fullmatch(text)), "")


def clean(document: Document) -> tuple[list[Block], list[Removed]]:
    """The blocks of the story and those taken out of it, each in order; cleaning twice changes nothing."""
    taken: dict[int, str] = {}
    blocks = list(enumerate(document.blocks))
    for rules in (_linked, _outside, _worded, _repeated, _around):
        taken |= rules([(i, block) for i, block in blocks if i not in taken], document)
    removed = [Removed(b.text, taken[i], b.where) for i, b in blocks if i in taken and b.text != document.title]
    return [b for i, b in blocks if i not in taken], removed


def _linked(blocks: Numbered, document: Document) -> dict[int, str]:
    """Headings of lists of other stories, with the list: all of the section they head, or the headlines that follow."""
    taken, heading = {}, None
    story = next((b.section for _, b in blocks if b.story and len(b.text.split()) >= STORY_WORDS), "")
    for i, block in blocks:
        if block.text != document.title and rule_for(block.text, "heading"):
            heading = block
        elif heading and not _is_listed(block, heading, story):
            heading = None
        taken |= {i: "read also"} if heading else {}
    return taken


def _is_listed(block: Block, heading: Block, story: str) -> bool:
    """Whether a block is in the list under a heading: in its section, or a headline where that is the story's own."""
    if f"{story}/".startswith(f"{heading.section}/"):
        return 3 < len(block.text.split()) < STORY_WORDS and not re.search(r"[.!?:,;][”’\"')]*$", block.text)
    return f"{block.section}/".startswith(f"{heading.section}/")


def _outside(blocks: Numbered, document: Document) -> dict[int, str]:
    """What stands outside the main text, by the rule of its wording where there is one."""
    return {i: rule_for(b.text, "any", "head", "tail") or "outside the story" for i, b in blocks if not b.story}


def _worded(blocks: Numbered, document: Document) -> dict[int, str]:
    return {i: rule for i, b in blocks if b.text != document.title and (rule := rule_for(b.text, "any"))}


def _repeated(blocks: Numbered, document: Document) -> dict[int, str]:
    """The headline in the text, and passages that stand there twice: pull quotes, summaries."""
    squeezed = {i: squeeze(b.text) for i, b in blocks}
    taken = {i: "headline" for i in squeezed if squeezed[i] and squeezed[i] == squeeze(document.title)}
    whole, copies, seen = "\n".join(squeezed.values()), Counter(squeezed.values()), set()
    for i, block in blocks:
        text = squeezed[i]
        if i not in taken and QUOTE_WORDS <= len(block.text.split()) <= CLUTTER_WORDS:
            if text in seen or whole.count(text) > copies[text]:
                taken[i] = "repeated passage"
            seen.add(text)
    return taken


def _around(blocks: Numbered, document: Document) -> dict[int, str]:
    """Bylines and dates before the first paragraph of the story, sign-offs and tags after the last."""
    long = [i for i, b in blocks if len(b.text.split()) >= STORY_WORDS]
    title = next((i for i, b in enumerate(document.blocks) if b.text == document.title), -1)
    taken = {}
    for i, block in blocks:
        is_head, is_tail = not long or i < long[0], not long or i > long[-1]
        places = ["head"] * is_head + ["tail"] * is_tail
        rule = (is_head and _name_rule(block.text, document)) or rule_for(block.text, *places)
        if rule or (is_head and i < title):
            taken[i] = rule or "above the headline"
    return taken


def _name_rule(text: str, document: Document) -> str:
    """Lines with nothing but the author's or outlet's name, perhaps with the date: "Samina Gul | April 3, 2019"."""
    for fact, rule in (("author", "byline"), ("outlet", "outlet")):
        name = document.meta.get(fact, ("", ""))[0]
        rest = text.removeprefix(name).strip(" |,·•–—-")
        if name and text.startswith(name) and (not rest or rule_for(rest, "head")):
            return rule
    return ""
