"""What a place is doing in its sentence: literal, metonym, embedded in another name, or a demonym.

The cues are words around the name, kept in data/lexicons/cues.csv. By precedence: embedded, demonym, metonym, literal.
"""

import re
from functools import lru_cache
from itertools import islice, takewhile

from helpers.evidence import WORD, Span, is_capitalised
from helpers.lexicons import load_lexicon
from helpers.names import cue, is_well_known

WINDOW = 80  # characters looked at on either side, never beyond the paragraph
HYPHENED = re.compile(r"-(\w+)")
RELATIVE = re.compile(r", (?:which|who) ")
POSSESSIVE = re.compile(r"['’](?:[sS]\b)?")
NAMES = r"(?:the )?(?:[A-Z]\.){2,}|(?:the )?[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*"
LIST_BEFORE = re.compile(
    rf"\b(?:(?:{NAMES}), (?:(?:{NAMES}), )*(?:{NAMES}),? (?:and|or)|(?:{NAMES}) (?:and|or)) (?:the )?$"
)
LIST_AROUND = re.compile(rf"\b(?:(?:{NAMES}), )+(?:the )?$")  # only where the list goes on behind
LIST_AFTER = re.compile(rf"(?:, (?:{NAMES}))*,? and (?:{NAMES})(?= [a-z])")
ACTIVE = {  # auxiliaries whose subject does what the verb says; those of "be" may be passive
    "has", "have", "had", "will", "would", "can", "could", "may", "might", "must", "shall", "should", "did", "does",
    "do", "to", "won't", "cannot",
}  # fmt: skip
NATURE = {"sea", "mountain", "river", "valley", "pass", "lake", "border"}
PROPER = {"ORG", "FAC", "LAW", "PRODUCT", "WORK_OF_ART", "EVENT"}


@lru_cache(1)
def capitals() -> frozenset[str]:
    """Names of national capitals, which newspapers use for governments."""
    return frozenset(load_lexicon("countries").capital) - {""}


def _following(after: str) -> list[str]:
    """The words behind a name up to the first stop, e.g. " has long denied, but" -> ["has", "long", "denied"]."""
    clause = re.split(r"[,;:.!?()\"“”—–\n]", after, maxsplit=1)[0]
    return [m[0] for m in WORD.finditer(clause)]


def _skip_partner(words: list[str]) -> list[str]:
    """The words behind a partner: of "Iran and the United States agreed" "and the United States agreed" -> "agreed"."""
    if not words or words[0] not in ("and", "or"):
        return words
    rest = words[2:] if words[1:2] == ["the"] else words[1:]
    names = sum(1 for _ in takewhile(is_capitalised, rest))
    return rest[names:] if names else words


def _skip_day(words: list[str]) -> list[str]:
    """The words without a day before the verb: "on Thursday approved" -> "approved"."""
    return words[2:] if words[:1] == ["on"] and words[1:2] and is_capitalised(words[1]) else words


def _acts(following: list[str], state: bool) -> bool:
    """Whether a verb of saying, deciding or feeling follows, adverbs and auxiliaries skipped: "has long denied".

    Of a state also any active verb tells that it acts ("Turkey shelled", "Malta could improve"), save what befalls one.
    """
    helped = adverb = False
    active = True
    for word in (w.casefold() for w in _skip_day(_skip_partner(following))[:5]):
        if word in cue("auxiliary"):
            helped, active = True, word in ACTIVE
        elif helped and word in cue("stance_adjective"):
            return True
        elif word in cue("saying_verb") or word in cue("deciding_verb"):
            return active or not word.endswith("ed")  # "as it is called" is no deed
        elif word.endswith("ly") or word in cue("adverb"):
            adverb = True
        else:
            verb = word.endswith("ed") or (
                (helped or (adverb and word.endswith("s"))) and word not in cue("function_word")
            )
            return state and active and verb and word not in cue("stative_verb")
    return False


def _is_party(before: str, state: bool) -> bool:
    """Whether the words before make it a party: "ties with X", "talks between X and", "accused X", "taken by X"."""
    words = WORD.findall(before)[-6:]
    words = words[:-1] if words and words[-1] == "the" else words
    if not words or not before.endswith(" "):
        return False
    last, earlier = words[-1], [word.casefold() for word in words[:-1]]
    if last in cue("address_verb"):
        return True
    if last in cue("party_preposition") and any(word in cue("relation_noun") for word in earlier[-4:]):
        return True
    return last == "by" and (state or bool(earlier and earlier[-1] in cue("deciding_verb")))


def _plays(before: str, following: list[str], around: str) -> bool:
    """Whether a team is meant: beaten or beating in words that speak of games, "25 points against Louisville"."""
    words = [word.casefold() for word in WORD.findall(around)]
    sport = sum(word in cue("team_cue") for word in words) >= 2
    against = re.search(r"(?:against|over|beat|beating|beats|to|vs\.?|v|defeated|defeating|holding) (?:the )?$", before)
    return sport and bool(against or (following and following[0].casefold() in cue("team_cue")))


def _body_after(following: list[str]) -> str:
    """The kind of body a noun names right behind the place: government_noun, force_noun, official_noun or ""."""
    for number, word in enumerate(following[:3]):
        low = word.casefold()
        for kind in ("government_noun", "force_noun", "official_noun"):
            if low in cue(kind):
                return kind
        if number < 2 and low not in cue("body_modifier"):
            return ""
    return ""


def role_of(span: Span, text: str, paragraph: tuple[int, int]) -> str:
    """The role of a place mention by the words around it, e.g. "Islamabad" in "Islamabad fears" is a metonym."""
    before = text[max(paragraph[0], span.start - WINDOW) : span.start]
    after = text[span.end : min(paragraph[1], span.end + WINDOW)]
    goes_on = LIST_AFTER.match(after)
    if listed := (LIST_AROUND if goes_on else LIST_BEFORE).search(before):  # "families from Bannu and Tank have fled":
        before = before[: listed.start()]  # what is said of one holds for all
    after = after[goes_on.end() :] if goes_on else after
    relative = RELATIVE.match(after)  # "Russia, which has denied"
    following = (
        _following(after[relative.end() - 1 :] if relative else after) if relative or after.startswith(" ") else []
    )
    if span.inside in PROPER or (span.meaning.kind != "demonym" and _names_body(following)):
        return "embedded"
    if span.meaning.kind == "demonym":
        return "demonym"
    country = any(p.feature == "country" for p in span.meaning.places[:1]) or span.text.casefold() in cue("acting_area")
    state = country or span.text in capitals()
    if possessive := POSSESSIVE.match(after):
        owned = [word.casefold() for word in _following(after[possessive.end() :])[:3]]
        return "metonym" if state and any(word in cue("action_noun") for word in owned) else "literal"
    if joined := HYPHENED.match(after):
        return "metonym" if joined[1].casefold() in cue("led_by") else "literal"
    body = _body_after(following)
    if body == "government_noun" and not country:
        return "embedded"
    if country and (body or _modifies(following, before)):
        return "metonym"
    inert = any(p.feature in NATURE for p in span.meaning.places[:1])  # rivers and ranges do not act
    if inert:
        return "literal"
    acts = _acts(following, state) and not _follows_preposition(before)
    town = any(p.feature == "city" and is_well_known(p) for p in span.meaning.places)  # pressure on Herat
    party = (state or not town) and _is_party(before, state) and not _is_locative(before)
    return "metonym" if acts or party or _plays(before, following, before + after) else "literal"


def _modifies(following: list[str], before: str) -> bool:
    """Whether a country's name stands as an adjective before a noun: "U.S. tariffs", but not "in Mali despite"."""
    if not following or _is_locative(before):
        return False
    word = following[0]
    function_word = any(
        word in cue(kind)
        for kind in ("function_word", "locative_preposition", "adverb", "auxiliary", "area_noun", "located_by")
    )
    acts = any(word in cue(kind) for kind in ("saying_verb", "deciding_verb", "address_verb"))
    return (
        word.isalpha()
        and word.islower()
        and len(word) > 3
        and not (function_word or acts or word.endswith(("ed", "ing", "ly")))
    )


def body_end(text: str, end: int) -> int:
    """Where the body ends whose name a place begins, behind "High Court" or "government"; the place's end if none."""
    clause = re.split(r"[,;:.!?()\"“”—–\n]", text[end : end + WINDOW], maxsplit=1)[0]
    for word in islice(WORD.finditer(clause), 4):
        if word[0].casefold() in cue("institution_noun") | cue("government_noun"):
            return end + word.end()
    return end


def _names_body(following: list[str]) -> bool:
    """ "High Court", "Army", "Ring Road": capitalised words behind a place that end in a body's or building's noun."""
    for word in following[:4]:
        if not is_capitalised(word):
            return False
        if word.casefold() in cue("institution_noun") | cue("facility_noun"):
            return True
    return False


def _follows_preposition(before: str) -> bool:
    """Whether a preposition stands right before: what follows one is no subject."""
    words = WORD.findall(before)
    words = words[:-1] if words and words[-1] == "the" else words
    return (
        bool(words)
        and before.endswith(" ")
        and words[-1].casefold() in cue("locative_preposition") | cue("plain_preposition")
    )


def _is_locative(before: str) -> bool:
    """Whether a preposition of place stands right before: "in X", "near X"."""
    words = WORD.findall(before)
    return (
        bool(words)
        and before.endswith(" ")
        and words[-1].casefold() in cue("locative_preposition") - cue("party_preposition")
    )
