"""Write the numbers of rows that data/ has into the headings and the table of layers of its codebook, data/README.md.

    python scripts/update_codebook.py

Columns and descriptions are for people to write; tests/test_data.py says where they are missing.
"""

import csv
import re
import sqlite3
import sys
from pathlib import Path

import pyarrow.parquet as parquet

DATA = Path(__file__).parents[1] / "data"
HEADING = re.compile(r"^(#+ \S+ \()[\d,]+ rows?(\))$", re.M)
LAYER = re.compile(r"^(\| `(\w+\.parquet)` \| )[\d,]+( \|)", re.M)


def count_rows(name: str) -> int:
    """Rows of a CSV file or of a table of the gazetteer, e.g. "cues.csv" or "place"."""
    if name.endswith(".csv"):
        path = next(DATA.glob(f"**/{name}"), None) or sys.exit(f"data/README.md describes {name}, which is gone.")
        with path.open(encoding="utf-8", newline="") as file:
            return sum(1 for _ in csv.reader(file)) - 1
    with sqlite3.connect(f"{(DATA / 'gazetteer' / 'gazetteer.sqlite').as_uri()}?mode=ro", uri=True) as connection:
        return connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]


def heading(match: re.Match) -> str:
    rows = count_rows(match[1].split()[1])
    return f"{match[1]}{rows:,} row{'s' * (rows != 1)}{match[2]}"


def layer(match: re.Match) -> str:
    return f"{match[1]}{parquet.read_metadata(DATA / 'boundaries' / match[2]).num_rows:,}{match[3]}"


def main() -> None:
    """Rewrite the page where a number has changed, and say which lines did."""
    page = DATA / "README.md"
    before = page.read_text(encoding="utf-8")
    after = LAYER.sub(layer, HEADING.sub(heading, before))
    changed = [new for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    page.write_text(after, encoding="utf-8", newline="\n")
    print("\n".join(changed) or "Every number is right.")


if __name__ == "__main__":
    main()
