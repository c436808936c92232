"""Measure against gold files and write the figures to data/models/accuracy.csv.

    python scripts/measure_accuracy.py GOLD.jsonl [GOLD.jsonl ...] [--workers N]

What README and notebook 6 state comes from there. Rows of other sets stay; those of the sets measured are replaced. The
ranking, the recognition and the calibration were fitted on LGL and GeoWebNews, so those figures flatter; of TR-News,
GeoVirus and other sets nothing was seen.
"""

import argparse
from datetime import date
from pathlib import Path

import pandas as pd

from helpers import __version__
from helpers.article import DATA
from helpers.evaluate import as_text, evaluate_file, read_gold

NAMES = {"lgl": "LGL", "geowebnews": "GeoWebNews", "sample_article": "sample article"}
COLUMNS = ["set", "measure", "value", "low", "high", "n", "version", "source"]


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
    measured = pd.concat([measure_file(path, args.workers) for path in args.gold], ignore_index=True)
    if args.out.exists():
        before = pd.read_csv(args.out)
        measured = pd.concat([before[~before["set"].isin(measured["set"])], measured], ignore_index=True)
    measured.to_csv(args.out, index=False)
    print(f"{len(measured)} figures written to {args.out}")


if __name__ == "__main__":
    main()
