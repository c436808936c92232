"""The tagger's names, mended by what the whole article says: one name has one kind wherever it stands."""

import re
from collections import Counter, defaultdict
from itertools import pairwise

from helpers.language import Tagged, is_whispered
from helpers.lexicons import alias_index, load_lexicon
from helpers.names import cue, given_names, lexicon_forms

WORD = re.compile(r"\S+")
OF = re.compile(r" of (?:the )?")
LISTED = re.compile(r", (?:and )?| and ")
POSSESSIVE = re.compile(r" ?['’]")
FIRST = re.compile(r"(?<![\w-])[^\W_]+")
GOES_ON = re.compile(r"\w|-\w")
OFFICE = re.compile(r" (?:Minister|Secretary)\b")
TITLE = re.compile(r"([A-Z]\w+)\.?\s+(?=\w)")
SHORT_FORM = re.compile(r" ?\( ?([A-Z][\w&-]*[A-Z])(?= ?\))")
SURNAME = 9  # votes of a full name for its last word to be a person
TURNED = {"PERSON", "ORG", "NORP", "PRODUCT", "WORK_OF_ART"}  # kinds the tagger confuses, places apart


def settle_names(names: tuple[Tagged, ...], text: str) -> tuple[Tagged, ...]:
    """The names with bodies whole ("Supreme Court of Ghana"), of one kind each, and with the mentions that were missed.

    Names inside links are none.
    """
    links = [word.span() for word in WORD.finditer(text) if "://" in word[0] or "www." in word[0]]
    names = tuple(n for n in names if not any(a < n.end and n.start < b for a, b in links))
    names = _without_words(_without_titles(names, text), text)
    names = _join_bodies(_place_persons(names, text), text)
    kinds = _kinds(names, text)
    settled = [n._replace(label=kinds.get(text[n.start : n.end], n.label)) if n.label in TURNED else n for n in names]
    return _name_tribes(tuple(sorted([*settled, *_missed(settled, kinds, text, links)])), text)


def _without_words(names: tuple[Tagged, ...], text: str) -> tuple[Tagged, ...]:
    """Without persons and bodies that are none: words in lower case, a title alone, the Interior of a minister."""
    parts = {
        word for n in names if n.label == "PERSON" and " " in (form := text[n.start : n.end]) for word in form.split()
    }
    quiet = is_whispered(text)

    def is_word(name: Tagged) -> bool:
        form = text[name.start : name.end]
        title = form.casefold() in cue("title_noun") and form not in parts
        portfolio = name.label == "ORG" and not form.isupper() and OFFICE.match(text, name.end)
        return name.label in ("PERSON", "ORG") and bool((form.islower() and not quiet) or title or portfolio)

    return tuple(name for name in names if not is_word(name))


def _without_titles(names: tuple[Tagged, ...], text: str) -> tuple[Tagged, ...]:
    """With persons by their names alone: "Ms Burney" is Burney, as the tagger itself has it nearly everywhere.

    A title that people are also called by (Malik, Imam, Sultan) stays, as it may be the name.
    """
    titles = cue("title_noun") - given_names() - cue("saint")

    def bare(name: Tagged) -> Tagged:
        first = TITLE.match(text, name.start, name.end) if name.label == "PERSON" else None
        return name._replace(start=first.end()) if first and first[1].casefold() in titles else name

    return tuple(map(bare, names))


def _name_tribes(names: tuple[Tagged, ...], text: str) -> tuple[Tagged, ...]:
    """With the tribes the tagger took for persons or bodies: "Wazir elders", "Achakzai and Noorzai traders".

    A tribe's name that somebody in the article bears counts as that person, unless it stands beside another tribe.
    """
    parts = {
        word for n in names if n.label == "PERSON" and " " in (form := text[n.start : n.end]) for word in form.split()
    }
    peoples, index = load_lexicon("peoples"), alias_index("peoples")
    tribes = [
        n for n in names if (form := text[n.start : n.end]) in index and peoples.kind.iloc[index[form]] == "tribe"
    ]
    spans = {(n.start, n.end) for n in tribes if text[n.start : n.end] not in parts}
    for one, other in pairwise(tribes):
        if LISTED.fullmatch(text[one.end : other.start]):
            spans |= {one[:2], other[:2]}
    return tuple(n._replace(label="NORP") if n[:2] in spans and n.label in ("PERSON", "ORG") else n for n in names)


def _place_persons(names: tuple[Tagged, ...], text: str) -> tuple[Tagged, ...]:
    """With the places the tagger took for persons: "in Jilga", "village of Sur Ghar", "Bajaur, Mohmand, Orakzai"."""
    parts = {word for n in names if n.label == "PERSON" for word in text[n.start : n.end].split()[1:]}
    placed = {text[n.start : n.end] for n in names if n.label == "PERSON" and _is_sited(n, text)}
    chains: list[list[Tagged]] = [[]]
    for name in names:
        chains = chains if chains[-1] and LISTED.fullmatch(text[chains[-1][-1].end : name.start]) else [*chains, []]
        chains[-1].append(name)
    for chain in chains:
        if len(chain) > 2 and 2 * sum(name.label in ("GPE", "LOC") for name in chain) >= len(chain):
            placed |= {text[n.start : n.end] for n in chain if n.label == "PERSON"}
    placed -= parts
    forms = {text[n.start : n.end] for n in names if n.label == "PERSON"}
    kinds = dict.fromkeys(placed, "GPE") | {form: kind for form in forms if (kind := _kind_of_place(form))}
    return tuple(
        n._replace(label=kinds.get(text[n.start : n.end], n.label)) if n.label == "PERSON" else n for n in names
    )


def _kind_of_place(form: str) -> str:
    """FAC for the name of an air base, LOC for that of a bay, "" where it ends so but begins like a person's."""
    words = form.casefold().split()
    if len(words) < 2 or words[0] in given_names() or words[-1] in cue("title_noun"):
        return ""
    return "FAC" if words[-1] in cue("facility_noun") else "LOC" if words[-1] in cue("area_noun") else ""


def _is_sited(name: Tagged, text: str) -> bool:
    """Whether the words around a name tell of a place: "at X", "town of X", "X district"."""
    before = text[max(0, name.start - 30) : name.start].split()[-2:]
    after = re.match(r" (\w+)", text[name.end : name.end + 20])
    noun_before = len(before) > 1 and before[-1] == "of" and before[-2].casefold() in cue("area_noun") | {"way"}
    noun_after = after is not None and after[1] in cue("area_noun") and text[name.end : name.end + 1] == " "
    where = before[-1:] and before[-1] in cue("locative_preposition") - cue("person_preposition")
    owns = POSSESSIVE.match(text, name.end)
    return bool(noun_before or noun_after or (where and not owns))


def _join_bodies(names: tuple[Tagged, ...], text: str) -> tuple[Tagged, ...]:
    """With "of" and a place after an institution's noun taken into the name: "Royal Air Force" + "Oman"."""
    joined: list[Tagged] = []
    for name in names:
        last = joined[-1] if joined else name
        body = last.label == "ORG" and text[last.start : last.end].split()[-1].casefold() in cue("institution_noun")
        if body and name.label in ("GPE", "LOC") and OF.fullmatch(text[last.end : name.start]):
            joined[-1] = last._replace(end=name.end)
        else:
            joined.append(name)
    return tuple(joined)


def _kinds(names: tuple[Tagged, ...], text: str) -> dict[str, str]:
    """PERSON or ORG for each form that is mostly that, by its own mentions, a full name, or brackets behind one."""
    votes: dict[str, Counter] = defaultdict(Counter)
    for name in names:
        form = text[name.start : name.end]
        votes[form][name.label] += 1
        if name.label == "PERSON" and " " in form:
            votes[form.split()[-1]]["PERSON"] += SURNAME
        short = SHORT_FORM.match(text, name.end) if name.label == "ORG" else None
        if short and short[1][0] == form[0]:
            votes[short[1]]["ORG"] += 2
    peoples = lexicon_forms()[1]
    kinds = {form: counted.most_common(1)[0] for form, counted in votes.items()}
    return {
        form: label
        for form, (label, number) in kinds.items()
        if label in ("PERSON", "ORG") and (number > 1 or " " in form) and number > sum(votes[form].values()) / 2
        if form[0].isupper() and form[0].isalpha() and form.casefold() not in peoples
    }


def _missed(names: list[Tagged], kinds: dict[str, str], text: str, links: list[tuple[int, int]]) -> list[Tagged]:
    """Mentions of these forms where the tagger saw no name."""
    taken = bytearray(len(text))
    for start, end in [*((n.start, n.end) for n in names), *links]:
        taken[start:end] = b"\1" * (end - start)
    begun: dict[str, list[str]] = defaultdict(list)  # by first word: a pattern of all forms is slow in a long text
    for form in sorted(kinds, key=lambda form: (-len(form), form)):
        if len(form) > 2 and form.casefold() not in cue("common_word"):
            begun[FIRST.match(form)[0]].append(form)
    found = []
    for word in FIRST.finditer(text):
        start = word.start()
        form = next((f for f in begun.get(word[0], ()) if text.startswith(f, start)), "")
        end = start + len(form)
        if form and not GOES_ON.match(text, end) and not any(taken[start:end]):
            found.append(Tagged(start, end, kinds[form]))
    return found
