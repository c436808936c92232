"""What is left of a text that may not be passed on: no run of six of its words, wherever in a page it stands."""

import re
from html import unescape

RUN, KEPT = 6, 4  # words: a longer run of the article is cut to its first few
APOSTROPHE = "(?:['’]|&#x27;|&#39;)"
# Tags, entities and addresses stand between words; a name in an address is not the article's wording.
TOKEN = re.compile(rf"<[^>]*>|https?://\S+|([^\W_]+(?:{APOSTROPHE}[^\W_]+)*)|&#?\w+;")
ATTRIBUTE = re.compile(r'(?<==")[^"<>]*(?=")')


def runs_of(texts: list[str]) -> set[tuple[str, ...]]:
    """Every run of six words of these texts, read as plain text and as HTML."""
    readings = [[word for _, word in words_of(text)] for text in texts]
    readings += [re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold()) for text in texts]
    return {tuple(words[i : i + RUN]) for words in readings for i in range(len(words) - RUN + 1)}


def words_of(text: str) -> list[tuple[re.Match, str]]:
    """The words of a text or a piece of HTML, with where they stand."""
    return [(token, unescape(token[1]).casefold()) for token in TOKEN.finditer(text) if token[1]]


def cut_runs(text: str, runs: set[tuple[str, ...]]) -> str:
    """The text with each stretch of forbidden runs cut to its first words, e.g. "Nine words of it …"; tags stay."""
    tokens, words = zip(*words_of(text), strict=True) if words_of(text) else ((), ())
    covered = {i + step for i in range(len(words) - RUN + 1) if words[i : i + RUN] in runs for step in range(RUN)}
    parts, at = [], 0
    for first in sorted(i for i in covered if i - 1 not in covered):
        last = next(i for i in range(first, len(words)) if i + 1 not in covered)
        kept, end = tokens[first + KEPT - 1].end(), tokens[last].end()
        parts += [text[at:kept], " …", *re.findall(r"<[^>]*>", text[kept:end])]
        at = end
    return "".join(parts) + text[at:]


def redact(value: object, runs: set[tuple[str, ...]]) -> object:
    """A nest of dicts, lists and strings (attributes of HTML too) with no forbidden run in any string of it."""
    if isinstance(value, dict):
        return type(value)({key: redact(item, runs) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [redact(item, runs) for item in value]
    if not isinstance(value, str):
        return value
    return cut_runs(ATTRIBUTE.sub(lambda found: cut_runs(found[0], runs), value), runs)
