"""Sentiment: how sentences speak, and how they speak of an entity, a place or any given span.

A sentence is read word by word: VADER (Hutto and Gilbert 2014) as NLTK ships it, with the lexicon of conflict
(data/lexicons/conflict_sentiment.csv) laid over its own: the valence of words, negation and emphasis, no understanding.
Toward a target the model of tone.py is asked, or VADER by the clause around it. What counts as neutral is wider than
VADER's own 0.05, see NEUTRAL. A document has no score, since VADER's saturates with length: it has shares of sentences.
"""

import json
import re
from bisect import bisect_right
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pandas as pd
from nltk.sentiment.vader import SentimentIntensityAnalyzer, SentiText

from helpers.language import Parsed, split_sentences
from helpers.lexicons import load_lexicon, nltk_data
from helpers.names import cue
from helpers.quotes import find_speakers, mark_speakers, speakers_of

LABELS = ("negative", "neutral", "positive")
# Chosen by macro F1 on the training part of NewsMTSC: 0.552; with VADER's own 0.05 0.551, on whole sentences 0.550.
NEUTRAL = 0.15  # scores nearer to 0 are neutral
WINDOW = 20  # words on either side of a target that are heard
METHODS = ("model", "vader")
REACH = 500  # characters on either side that are searched for them, so that a sentence without end costs little
SAID = 0.3  # share of a sentence that has to be quoted or reported for it to have a speaker
CLAUSE = re.compile(r"[;:]|,? (?:but|while|whereas|although|though)\b|[()]| [—–-] ")
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": " ", "–": " ", "…": " ", "[": " ", "]": " "})


class Sentiment(NamedTuple):
    """The tables of sentences, entities and places with `sentiment` (-1..1), and the document as shares of labels."""

    sentences: pd.DataFrame  # + sentiment and label of the wording, speaker
    entities: pd.DataFrame  # + sentiment toward the mention, speaker
    places: pd.DataFrame  # the same
    document: pd.DataFrame  # label, sentences, share, own, quoted


@lru_cache(1)
def _analyzer() -> SentimentIntensityAnalyzer:
    nltk_data()
    analyzer = SentimentIntensityAnalyzer()
    rows = load_lexicon("conflict_sentiment")
    own = zip(rows.word.str.replace(" ", "_"), rows.valence.astype(float), strict=True)
    analyzer.lexicon.update(own)
    return analyzer


@lru_cache
def scored_by(method: str) -> dict[str, str]:
    """What the scores come from, for the record: the words of VADER and, where it is asked, the model, with hashes."""
    words = sha256(json.dumps(sorted(_analyzer().lexicon.items())).encode()).hexdigest()[:12]
    used = {"vader": f"vader_lexicon, conflict_sentiment sha256:{words}"}
    if method == "vader":
        return used
    from helpers.tone import version

    return used | {"tone": version()}


@lru_cache(1)
def _phrases() -> re.Pattern:
    words = load_lexicon("conflict_sentiment").word
    longest_first = sorted((word for word in words if " " in word), key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def _prepare(text: str) -> str:
    """Text as VADER can read it: straight quotes, a phrase of the lexicon as one word ("peace_talks")."""
    return _phrases().sub(lambda match: match[0].replace(" ", "_"), text.translate(_PLAIN))


@lru_cache(20_000)
def _bare(token: str) -> str:
    """A word without the mark before or behind it, e.g. "war," -> "war"; NLTK tries each mark on each word."""
    constants = _analyzer().constants
    word = constants.REGEX_REMOVE_PUNCTUATION.sub("", token)
    mark = token[len(word) :] if token.startswith(word) else token.removesuffix(word)
    return word if len(word) > 1 and mark in constants.PUNC_LIST else token


class _Words(SentiText):
    def _words_and_emoticons(self) -> list[str]:
        return [_bare(token) for token in self.text.split() if len(token) > 1]


@lru_cache(256)
def _weigh(text: str) -> tuple[list[str], list[float]]:
    """The words of a prepared text and what each adds to VADER's score as it stands here (negated, stressed)."""
    analyzer, constants = _analyzer(), _analyzer().constants
    parts = _Words(text, constants.PUNC_LIST, constants.REGEX_REMOVE_PUNCTUATION)
    words, valences = parts.words_and_emoticons, []
    first = {word: number for number, word in reversed(list(enumerate(words)))}
    for word, after in zip(words, [*words[1:], ""], strict=False):
        if word.lower() in constants.BOOSTER_DICT or (word.lower(), after.lower()) == ("kind", "of"):
            valences.append(0)
        else:
            valences = analyzer.sentiment_valence(0, parts, word, first[word], valences)
    return words, _without(words, analyzer._but_check(words, valences))


def _without(words: list[str], valences: list[float]) -> list[float]:
    """The valences turned behind "no", "no one" and "nobody", which NLTK adds up: "no casualties", "nobody was hurt".

    One word may stand between ("no civilian losses"); what nobody did is further off: "no group claimed an attack".
    """
    for number, word in enumerate(words[:-1]):
        if word.lower().replace("_", " ") in cue("negation"):
            valences[number] = 0
            charged = next((n for n in (number + 1, number + 2) if n < len(words) and valences[n]), None)
            if charged is not None:
                valences[charged] *= _analyzer().constants.N_SCALAR
    return valences


def score_text(text: str) -> float:
    """VADER's compound score of a sentence or clause, from -1 to 1, e.g. "Gunmen killed two." -> -0.82."""
    prepared = _prepare(text)
    return _analyzer().score_valence(_weigh(prepared)[1], prepared)["compound"]


def label_of(score: float) -> str:
    """negative, neutral or positive, e.g. label_of(-0.4) -> "negative"."""
    return LABELS[1 + (score >= NEUTRAL) - (score <= -NEUTRAL)]


def explain_sentence(text: str) -> pd.DataFrame:
    """The words that move the score, in order: word, valence in this sentence (negated, stressed), lexicon."""
    own = set(load_lexicon("conflict_sentiment").word)
    rows = [
        (word.replace("_", " "), round(valence, 2), "conflict" if word.lower().replace("_", " ") in own else "VADER")
        for word, valence in zip(*_weigh(_prepare(text)), strict=True)
        if valence
    ]
    return pd.DataFrame(rows, columns=["word", "valence", "lexicon"])


def score_sentences(sentences: pd.DataFrame) -> pd.DataFrame:
    """The sentences with sentiment (-1..1) and label; line breaks inside a sentence are spaces."""
    scores = [score_text(text) for text in sentences.text]
    return sentences.assign(sentiment=pd.Series(scores, sentences.index, float), label=[label_of(s) for s in scores])


def summarise(sentences: pd.DataFrame) -> pd.DataFrame:
    """The document, a row a label: sentences (number), share (0-1), how many are own wording, how many quoted."""
    labels = sentences.label.tolist()
    said = [label for label, who in zip(labels, sentences.get("speaker", [""] * len(labels)), strict=True) if who]
    every, quoted = (np.array([part.count(label) for label in LABELS]) for part in (labels, said))
    share = every / max(1, len(labels))
    return pd.DataFrame({"label": LABELS, "sentences": every, "share": share, "own": every - quoted, "quoted": quoted})


def _spans(table: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(table["start"].tolist(), table["end"].tolist(), strict=True))


def score_sentiment(parsed: Parsed, entities: pd.DataFrame, places: pd.DataFrame, method: str = "model") -> Sentiment:
    """Sentiment of the sentences and toward each mention of an entity or a place, who says it, and the shares."""
    said, tables = find_speakers(parsed, entities), (entities, places)
    sentences = mark_speakers(score_sentences(parsed.sentences), said, SAID)
    bounds, *spans = (_spans(table) for table in (sentences, *tables))
    distinct = sorted({span for part in spans for span in part})
    scores = dict(zip(distinct, _score_spans(parsed.article.text, bounds, distinct, method), strict=True))
    if method == "model":
        scores |= _without_reason({span: scores[span] for span in spans[1]}, bounds, parsed.sentences.text.tolist())
    named = [
        table.assign(
            speaker=pd.Series(speakers_of(table, said), table.index, object),
            sentiment=pd.Series([scores[span][1] for span in part], table.index, float),
        )
        for table, part in zip(tables, spans, strict=True)
    ]
    return Sentiment(sentences, *named, summarise(sentences))


def _clause(text: str, start: int, end: int) -> str:
    """The part of a sentence that speaks of a target: its clause, at most WINDOW words on either side."""
    cuts = [match.span() for match in CLAUSE.finditer(text)]
    left = max((b for _, b in cuts if b <= start), default=0)
    right = min((a for a, _ in cuts if a >= end), default=len(text))
    before, after = text[left:start].split()[-WINDOW:], text[end:right].split()[:WINDOW]
    return " ".join([*before, text[start:end], *after])


def _without_reason(
    scores: dict[tuple[int, int], tuple[str, float]], bounds: list[tuple[int, int]], texts: list[str]
) -> dict[tuple[int, int], tuple[str, float]]:
    """Places the model speaks well of though their sentence holds no word that says so: these are neutral instead.

    Places are seldom praised and often only told of ("an ancient name for"), where the model is at its least sure.
    """
    starts, neutral = [a for a, _ in bounds], {}
    for span, (label, _) in scores.items():
        if label == "positive" and max(_weigh(_prepare(texts[bisect_right(starts, span[0]) - 1]))[1], default=0) <= 0:
            neutral[span] = (LABELS[1], 0.0)
    return neutral


def _judgement(chance: np.ndarray) -> tuple[str, float]:
    """The likeliest label, and the chance of positive less that of negative, kept on the label's side of NEUTRAL."""
    label, score = int(chance.argmax()), float(chance[2] - chance[0])
    if label == 1:
        return LABELS[1], round(min(max(score, 0.01 - NEUTRAL), NEUTRAL - 0.01), 4)
    return LABELS[label], round((label - 1) * max(abs(score), NEUTRAL), 4)


def _score_spans(
    text: str, bounds: list[tuple[int, int]], spans: list[tuple[int, int]], method: str
) -> list[tuple[str, float]]:
    """Label and score (-1..1) toward each span by the sentence it starts in; bounds are the sentences', in order."""
    if method not in METHODS:
        raise ValueError(f"There is no sentiment method {method!r}; use {' or '.join(map(repr, METHODS))}.")
    starts, requests = [a for a, _ in bounds], []
    for start, end in spans:
        a, b = bounds[max(0, bisect_right(starts, start) - 1)] if bounds else (0, len(text))
        a, b = max(a, start - REACH), min(max(b, end), end + REACH)
        requests.append((text[a:b], start - a, end - a))
    if method == "vader":
        scores = [score_text(_clause(*request)) for request in requests]
        return [(label_of(score), score) for score in scores]
    from helpers.tone import judge  # its run-time library takes a while to load, and VADER does without

    chances = judge((words, [(a, b)]) for words, a, b in requests)
    return [_judgement(chance) for chance in chances]


def score_targets(text: str, spans: list[tuple[int, int]], method: str = "model") -> list[dict]:
    """Sentiment toward each span: dicts with start, end, label and score (-1..1)."""
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)] if spans else []
    bounds = [span for a, b in lines for span in split_sentences(text[a:b], a)]
    judged = _score_spans(text, bounds, spans, method)
    return [{"start": a, "end": b, "label": x, "score": y} for (a, b), (x, y) in zip(spans, judged, strict=True)]
