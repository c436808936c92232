"""Measure against gold files and write the figures to data/models/accuracy.csv.

    python scripts/measure_accuracy.py GOLD.jsonl [GOLD.jsonl ...] [--workers N]

What README and notebook 6 state comes from there. Rows of other sets stay; those of the sets measured are replaced. A
file whose records say `errors_read` is measured in two halves: the errors in one were read and their causes mended. The
ranking, the recognition and the calibration were fitted on LGL and GeoWebNews, so those figures flatter; of TR-News,
GeoVirus and other sets nothing was seen.
"""

import argparse
import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from helpers import __version__
from helpers.article import DATA
from helpers.evaluate import as_text, evaluate_file, read_gold

NAMES = {"lgl": "LGL", "geowebnews": "GeoWebNews", "sample_article": "sample article"}
NAMES |= {"newsmtsc_rw": "NewsMTSC rw", "worldwide_news": "worldwide news"}
NAMES |= {"region_news_read": "region, errors read", "region_news_unread": "region, not looked at"}
COLUMNS = ["set", "measure", "value", "low", "high", "n", "version", "source"]


def halves_of(path: Path, folder: Path) -> list[Path]:
    """The file itself, or one for the records whose errors were read and one for the others."""
    lines = path.read_text(encoding="utf-8").split("\n")
    halves = {"read": [], "unread": []}
    for line in filter(str.strip, lines):
        halves["read" if json.loads(line).get("errors_read", True) else "unread"].append(line)
    if not halves["unread"]:
        return [path]
    files = {folder / f"{path.stem}_{half}.jsonl": part for half, part in halves.items()}
    for file, part in files.items():
        file.write_text("\n".join(part) + "\n", encoding="utf-8")
    return list(files)


def measure_file(path: Path, workers: int) -> pd.DataFrame:
    """All figures of one gold file, end to end and given the spans."""
    runs = [
        evaluate_file(path, spans, workers) for spans in (False, True) if not spans or read_gold(path)[0]["mentions"]
    ]
    print(f"{path}\n{as_text(runs[0])}\n", flush=True)
    figures = pd.concat([run.measures for run in runs], ignore_index=True).round({"value": 4, "low": 3, "high": 3})
    source = f"scripts/measure_accuracy.py, {date.today()}"
    return figures.assign(set=NAMES.get(path.stem, path.stem), version=__version__, source=source)[COLUMNS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=DATA / "models" / "accuracy.csv")
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        files = [half for path in args.gold for half in halves_of(path, Path(folder))]
        measured = pd.concat([measure_file(path, args.workers) for path in files], ignore_index=True)
    if args.out.exists():
        before = pd.read_csv(args.out)
        measured = pd.concat([before[~before["set"].isin(measured["set"])], measured], ignore_index=True)
    measured.to_csv(args.out, index=False)
    print(f"{len(measured)} figures written to {args.out}")


if __name__ == "__main__":
    main()
