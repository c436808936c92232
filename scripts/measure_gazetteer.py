"""What a gazetteer of the size of GeoNames' whole dump costs, on rows made here: time, memory and look-ups.

    python scripts/measure_gazetteer.py [--rows 12000000]

Names are made of syllables, the same on every machine, each with a second one, all over Balochistan. Looked up are
names of the shipped gazetteer that both files answer alike, in turns, each file opened anew with nothing remembered.
"""

import argparse
import random
import subprocess
import sys
import time
from itertools import islice, product
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from helpers.gazetteer import FOLDER, Gazetteer, fold

NEWSATLAS = Path(sys.executable).with_name("newsatlas")
SYLLABLES = [a + b for a in "bcdfghjklmnprstvwyz" for b in ("a", "ai", "e", "i", "o", "u")]
ROUNDS = 5


def write_dump(folder: Path, rows: int) -> None:
    """A folder as GeoNames offers it, with one country of so many villages."""
    (folder / "admin1CodesASCII.txt").write_text("PK.02\tBalochistan\tBalochistan\t1183606\n", encoding="utf-8")
    (folder / "admin2Codes.txt").write_text("PK.02.9001\tQuetta District\tQuetta District\t7418885\n", encoding="utf-8")
    draw = random.Random(0)
    with (folder / "PK.txt").open("w", encoding="utf-8") as file:
        for number, parts in enumerate(islice(product(SYLLABLES, repeat=4), rows)):
            name, lat, lon = "".join(parts).title(), draw.uniform(25, 32), draw.uniform(61, 70)
            place = f"{20_000_000 + number}\t{name}\t{name}\tKili {name}\t{lat:.4f}\t{lon:.4f}\tP\tPPL\tPK\t\t02\t9001"
            file.write(f"{place}\t\t\t0\t\t1600\tAsia/Karachi\t2025-01-01\n")


def build(folder: Path, out: Path) -> tuple[float, int]:
    """Seconds and the most memory in MB that a build takes."""
    began, most = time.monotonic(), 0
    command = [NEWSATLAS, "gazetteer", "build", "--countries", "PK", "--from", folder, "-o", out]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    process = psutil.Process(child.pid)
    while child.poll() is None:
        most = max(most, process.memory_info().rss // 2**20)
        time.sleep(0.2)
    if child.returncode:
        raise SystemExit(f"The build ended with status {child.returncode}.")
    return time.monotonic() - began, most


def look_up(path: Path, names: list[str]) -> tuple[float, dict[str, list]]:
    """Microseconds a name in a file opened anew, and the answers."""
    gazetteer = Gazetteer(path)
    began = time.perf_counter()
    found = {name: gazetteer.lookup(name) for name in names}
    return (time.perf_counter() - began) / len(names) * 1e6, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=12_000_000, help="villages to make (%(default)s)")
    rows = parser.parse_args().rows
    shipped = FOLDER / "gazetteer.sqlite"
    with TemporaryDirectory() as name:
        folder, out = Path(name), Path(name) / "full.sqlite"
        write_dump(folder, rows)
        seconds, memory = build(folder, out)
        size = out.stat().st_size / 2**30
        print(f"{rows:,} rows: built in {seconds / 60:.1f} minutes, at most {memory} MB, {size:.1f} GB", flush=True)
        keys = [key for (key,) in Gazetteer(shipped)._db.execute("SELECT key FROM name ORDER BY key")]
        names = sorted({fold(key) for key in random.Random(1).sample(keys, 4000)})
        answers = [look_up(path, names)[1] for path in (shipped, out)]  # also reads both files once
        alike = [name for name in names if answers[0][name] == answers[1][name]]
        turns = [[look_up(path, alike)[0] for path in (shipped, out)] for _ in range(ROUNDS)]
        before, after = (sorted(times)[ROUNDS // 2] for times in zip(*turns, strict=True))
        print(f"{len(alike):,} names of equal answers: {before:.0f} us, then {after:.0f}: {after / before:.2f} times")


if __name__ == "__main__":
    main()
