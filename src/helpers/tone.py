"""The target model: how a sentence speaks of one of the names in it, read by a small neural network.

Three layers of MiniLM, fine-tuned on NewsMTSC by scripts/train_sentiment.py, read a sentence once; the states of a
target's own words, of its neighbourhood and of the sentence give the probabilities. The network is written so that
every processor gives the same figures (to_onnx in that script); what follows it here is in double precision for the
same reason. Figures and limits are in data/models/MODEL_CARD.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256

import numpy as np
import onnxruntime

from helpers.article import DATA

FOLDER = DATA / "models" / "tone"
CLS, SEP, UNKNOWN = 101, 102, 100  # as numbered in vocab.txt
LONGEST = 126  # pieces of words read at once; of a longer sentence those around the target
REACH = 6  # pieces on either side of a target that make its neighbourhood
WORD = re.compile(r"[^\W_]+|[^\w\s]|_")

Request = tuple[str, list[tuple[int, int]]]  # a sentence, and the spans of the targets in it


@lru_cache(1)
def _network() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers share the cores; results do not vary
    return onnxruntime.InferenceSession(FOLDER / "encoder.onnx", options, providers=["CPUExecutionProvider"])


@lru_cache(1)
def _head() -> tuple[np.ndarray, np.ndarray]:
    """Weights (1152 x 3: target, neighbourhood, sentence) and bias of negative, neutral and positive."""
    with np.load(FOLDER / "head.npz", allow_pickle=False) as saved:
        return saved["weight"].astype(np.float64), saved["bias"].astype(np.float64)


@lru_cache(1)
def _vocabulary() -> dict[str, int]:
    return {word: number for number, word in enumerate((FOLDER / "vocab.txt").read_text("utf-8").split("\n"))}


@lru_cache(1)
def version() -> str:
    """The weights by which a score can be traced, e.g. "minilm-3 sha256:1a2b3c4d5e6f"."""
    files = (FOLDER / name for name in ("encoder.onnx", "head.npz", "vocab.txt"))
    return f"minilm-3 sha256:{sha256(b''.join(file.read_bytes() for file in files)).hexdigest()[:12]}"


@lru_cache(20_000)
def _pieces(word: str) -> tuple[int, ...]:
    """A word as pieces of the vocabulary, the longest first (WordPiece), e.g. "Daesh" -> da ##esh."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
    known, pieces, start = _vocabulary(), [], 0
    while start < len(plain):
        prefix = "##" if start else ""
        end = next((e for e in range(min(len(plain), start + 30), start, -1) if prefix + plain[start:e] in known), 0)
        if not end:
            return (UNKNOWN,)
        pieces.append(known[prefix + plain[start:end]])
        start = end
    return tuple(pieces)


@lru_cache(64)
def tokenise(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    """The pieces of a text as numbers, and the span of the word each belongs to."""
    numbers, spans = [], []
    for match in WORD.finditer(text):
        pieces = _pieces(match[0])
        numbers += pieces
        spans += [match.span()] * len(pieces)
    return numbers, spans


def _rows(requests: Iterable[Request]) -> Iterator[tuple[tuple[int, ...], tuple[int, int]]]:
    """For every target the pieces that are read, and which of them are its own."""
    for text, targets in requests:
        numbers, spans = tokenise(text)
        for start, end in targets:
            own = [i for i, (a, b) in enumerate(spans) if a < end and b > start] or [0]
            left = max(0, min(own[0] - LONGEST // 2, len(numbers) - LONGEST))
            seen = (CLS, *numbers[left : left + LONGEST], SEP)
            yield seen, (own[0] - left + 1, min(own[-1] - left + 2, len(seen)))


def _states(pieces: tuple[int, ...]) -> np.ndarray:
    """The last hidden states of a sentence, pieces x 384; alone, as 8-bit states depend on what is read along."""
    return _network().run(None, {"ids": np.array([pieces], np.int64)})[0][0].astype(np.float64)


def _pooled(states: np.ndarray, targets: list[tuple[int, int]]) -> np.ndarray:
    """Means of the states of each target, of its neighbourhood and of the sentence, side by side: targets x 1152."""
    means = np.zeros((2 * len(targets) + 1, len(states)))
    for number, (first, last) in enumerate(targets):
        near = slice(max(1, first - REACH), max(2, min(len(states) - 1, last + REACH)))
        for row, seen in ((2 * number, slice(first, last)), (2 * number + 1, near)):
            means[row, seen] = 1 / len(means[row, seen])
    means[-1] = 1 / len(states)
    *parts, whole = means @ states
    return np.hstack([np.reshape(parts, (len(targets), -1)), np.tile(whole, (len(targets), 1))])


def judge(requests: Iterable[Request]) -> np.ndarray:
    """Probabilities of negative, neutral and positive toward each target, in order: targets x 3.

    Example: judge([("Rebels shelled Kabul.", [(0, 6), (15, 20)])]) has two rows; the sentence is read once for both.
    """
    weight, bias = _head()
    rows = list(_rows(requests))
    wanted: dict[tuple[int, ...], list[int]] = {}
    for number, (seen, _) in enumerate(rows):
        wanted.setdefault(seen, []).append(number)
    scores = np.empty((len(rows), 3))
    for seen, numbers in wanted.items():
        scores[numbers] = _pooled(_states(seen), [rows[number][1] for number in numbers]) @ weight + bias
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)
