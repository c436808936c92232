"""What a corpus costs and whether it survives: rates, growth, memory, kills and equal results, on articles made here.

    python scripts/measure_corpus.py [--only growth,warm,equal,kills] [--articles 1000] [--times 20] [--kills 20]

growth  articles, then `times` as many: seconds an article, and the memory of each worker as it goes on
warm    two workers against one process that has everything loaded, articles a second
equal   one and two workers, each twice: checksums of every file
kills   kill -9 of a worker or of the whole run at a random moment, then the same command again, against an unbroken run

Nothing else should run beside growth and warm. `python scripts/benchmark.py` compares with the tagger alone.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

PARTS = ("growth", "warm", "equal", "kills")
NEWSATLAS = Path(sys.executable).with_name("newsatlas")
WARM = """
import sys, time
from helpers.batch import Settings, analyse_many, list_tasks
if __name__ == "__main__":
    workers, began, done = int(sys.argv[2]), None, 0
    for outcome in analyse_many(list_tasks([sys.argv[1]]), Settings(), workers):
        done += 1
        if done == 100:
            began = time.perf_counter()
    print((done - 100) / (time.perf_counter() - began))
"""


def make(count: int, folder: Path) -> Path:
    """A file of made articles, the same on every machine."""
    path = folder / f"made-{count}.jsonl"
    if not path.exists():
        script = Path(__file__).with_name("generate_corpus.py")
        subprocess.run([sys.executable, script, str(count), "-o", path], check=True, stderr=subprocess.DEVNULL)
    return path


def start(source: Path, out: Path, workers: int = 2) -> subprocess.Popen:
    command = [NEWSATLAS, "corpus", source, "-o", out, "--workers", str(workers)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def workers_of(run: subprocess.Popen) -> list[psutil.Process]:
    """The processes that do the work: the largest of a run's children."""
    try:
        family = psutil.Process(run.pid).children(recursive=True)
        return [child for child in family if child.parent().pid != run.pid]
    except psutil.NoSuchProcess:
        return []


def megabytes(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss // 2**20
    except psutil.NoSuchProcess:
        return 0


def sums_of(out: Path) -> dict[str, str]:
    """The checksum of every file of a dataset."""
    files = (path for path in sorted(out.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(out)): sha256(path.read_bytes()).hexdigest() for path in files}


def show_growth(folder: Path, articles: int, times: int) -> None:
    for count in (articles, articles * times):
        source, out, memory = make(count, folder), folder / f"grown-{count}", []
        began = time.monotonic()
        run = start(source, out)
        while run.poll() is None:
            time.sleep(2)
            memory.append([megabytes(worker) for worker in workers_of(run)])
        spent, full = time.monotonic() - began, [sizes for sizes in memory if len(sizes) >= 2]
        shown = [max(full[len(full) * k // 10]) for k in range(1, 10)] if len(full) > 10 else []
        print(f"{count:,} articles: {spent:.0f} s, {1000 * spent / count:.1f} ms an article;"
              f" MB of the larger worker at each tenth: {shown}", flush=True)  # fmt: skip
        shutil.rmtree(out)


def show_warm(folder: Path) -> None:
    source = make(700, folder)
    script = folder / "warm.py"
    script.write_text(WARM)
    rates = {}
    for workers in (1, 2):
        command = [sys.executable, script, source, str(workers)]
        rates[workers] = float(subprocess.run(command, capture_output=True, check=True).stdout)
    print(f"warm: {rates[1]:.1f} articles a second by one process, {rates[2]:.1f} by two: "
          f"{rates[2] / 2 / rates[1]:.0%} of twice the one", flush=True)  # fmt: skip


def show_equal(folder: Path) -> None:
    source, sums = make(120, folder), []
    for number, workers in enumerate((1, 2, 1, 2)):
        out = folder / f"equal-{number}"
        start(source, out, workers).wait()
        sums.append(sums_of(out))
    print(f"equal: {len(sums[0])} files of a dataset by 1, 2, 1 and 2 workers: "
          f"{'the same bytes' if all(one == sums[0] for one in sums) else 'DIFFERENT'}", flush=True)  # fmt: skip


def show_kills(folder: Path, kills: int, seed: int = 7) -> None:
    source, chance = make(240, folder), random.Random(seed)
    began = time.monotonic()
    start(source, folder / "unbroken").wait()
    lasts, want, same = time.monotonic() - began, sums_of(folder / "unbroken"), 0
    for number in range(kills):
        out, run = folder / f"killed-{number}", None
        run = start(source, out)
        time.sleep(chance.uniform(0.05, 0.95) * lasts)
        if target := number % 2 and workers_of(run):
            victim = chance.choice(target)
            what, process = "a worker", victim.pid
        else:
            what, process = "the run", run.pid
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            what = "nothing, it was done"
        if what == "the run":
            run.wait()
        elif run.wait():
            what += " (and the run with it)"
        status = start(source, out).wait()
        equal = sums_of(out) == want
        same += equal
        print(f"kill {number + 1} of {what}: status {status}, {'the same' if equal else 'DIFFERENT'}", flush=True)
        shutil.rmtree(out)
    print(f"kills: {same} of {kills} end in the very files of an unbroken run", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)} (all)")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--kills", type=int, default=20)
    args = parser.parse_args()
    only = args.only.split(",")
    with TemporaryDirectory() as name:
        folder = Path(name)
        if "growth" in only:
            show_growth(folder, args.articles, args.times)
        if "warm" in only:
            show_warm(folder)
        if "equal" in only:
            show_equal(folder)
        if "kills" in only:
            show_kills(folder, args.kills)


if __name__ == "__main__":
    main()
