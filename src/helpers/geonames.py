"""The deep gazetteer: GeoNames' dump files laid over the shipped gazetteer, in a file of the same kind.

The formats are those of GeoNames' readme (tab-separated, UTF-8): a country's file or allCountries with 19 columns,
admin1CodesASCII and admin2Codes, and, where they are to be had, alternate names and hierarchy. Lines are streamed, so
memory stays the same for one country and for all; a build that was stopped goes on where its last commit was.
"""

import csv
import hashlib
import io
import json
import re
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from shutil import copyfile

from helpers.downloads import NotThere, download
from helpers.gazetteer import FEATURES, FOLDER, SCALE, SHIPPED, fold, skeleton

DUMP = "https://download.geonames.org/export/dump"
ALL = "allCountries"
REGION = ("AF", "PK")  # names in Arabic script are kept here, and other transliterations found
LANGUAGES = {"", "en"}  # of alternate names, beside Arabic script in the region
BATCH = 50_000  # lines a commit
LONGEST = 100_000  # characters of a line; GeoNames' own stay under 30,000
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u0250-\u02af\u1e00-\u1eff' .’‘ʻʼ&,-]+")
ARABIC = re.compile(r"[\u0600-\u06ff\u200c ]+")
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE place (id INTEGER PRIMARY KEY, name TEXT NOT NULL, feature INTEGER NOT NULL, parent INTEGER NOT NULL,
    population INTEGER NOT NULL, lat INTEGER, lon INTEGER, point INTEGER NOT NULL);
CREATE TABLE country (id INTEGER PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE name (key TEXT NOT NULL, place INTEGER NOT NULL, kind INTEGER NOT NULL,
    PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE TABLE variant (skeleton TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (skeleton, key)) WITHOUT ROWID;
"""
# Beside the file to come, until it is whole: names not yet sorted, whose rows are new, how far each dump was read.
WORK = """
CREATE TABLE IF NOT EXISTS work.stage (key TEXT NOT NULL, place INTEGER NOT NULL, kind INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS work.fresh (id INTEGER PRIMARY KEY, country TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS work.progress (dump TEXT PRIMARY KEY, lines INTEGER NOT NULL, bad INTEGER NOT NULL);
"""
# A place that the shipped file has keeps its English name, feature and parent; point and population are the dump's.
PLACE = """INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE SET lat = excluded.lat,
    lon = excluded.lon, point = 0, population = max(population, excluded.population)"""
INSIDE = """WITH RECURSIVE inside (id) AS (SELECT id FROM country WHERE code = ?
    UNION SELECT place.id FROM inside CROSS JOIN place ON place.parent = inside.id)"""
Say = Callable[[str], None]


class DumpError(ValueError):
    """Why GeoNames' files cannot be read or the gazetteer not be written: one sentence for the reader."""


def is_useful(name: str, country: str) -> bool:
    """Whether an alternate can stand in an English text: a capital, Latin letters, no code ("KDH"), no number or link.

    GeoNames' ASCII versions of names in other scripts ("aslam abad") have no capitals. Afghanistan and Pakistan keep
    names in Arabic script.
    """
    if ARABIC.fullmatch(name):
        return country in REGION and len(name) > 2
    is_code = len(fold(name)) < 3 or (len(name) <= 4 and name.isupper())
    return bool(LATIN.fullmatch(name)) and any(map(str.isupper, name)) and not is_code


def read_terms() -> dict[str, list[tuple[str, str]]]:
    """Generic words of administrative names and their position, by feature: {"admin2": [("county", "after"), ...]}."""
    terms: dict[str, list[tuple[str, str]]] = {}
    with (FOLDER / "admin_terms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for feature in row["features"].split("|"):
                terms.setdefault(feature, []).append((row["term"], row["position"]))
    return terms


def short_forms(name: str, terms: list[tuple[str, str]]) -> set[str]:
    """An administrative name without its generic word: "Rapides Parish" -> {"Rapides"}."""
    low = name.casefold()
    after = {name[: -len(t) - 1] for t, p in terms if p == "after" and low.endswith(" " + t)}
    before = {name[len(t) + 1 :] for t, p in terms if p == "before" and low.startswith(t + " ")}
    return {form.strip() for form in after | before if len(form.strip()) > 2}


def read_features() -> dict[str, str]:
    """GeoNames' feature class and code to our feature, e.g. "P.PPLX" -> "neighbourhood"; others are not read."""
    with (FOLDER / "geonames_features.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["feature"] for row in csv.DictReader(file)}


def gather(countries: list[str], base: str, folder: Path, say: Say = lambda line: None) -> dict[str, Path]:
    """The dump files for these countries (none: all), from a folder or, into `folder`, from an address.

    Alternate names and hierarchy may be missing; what else is missing is an error.
    """
    wanted = {code: f"{code}.zip" for code in countries} or {ALL: f"{ALL}.zip"}
    wanted |= {name: f"{name}.txt" for name in ("admin1CodesASCII", "admin2Codes")}
    deeper = {f"alternate names {code}": f"alternatenames/{code}.zip" for code in countries}
    optional = (deeper or {"alternate names": "alternateNamesV2.zip"}) | {"hierarchy": "hierarchy.zip"}
    found = {}
    for name, file in (wanted | optional).items():
        path = _from_address(base, file, folder, say) if "://" in base else _from_folder(Path(base), file)
        if path:
            found[name] = path
        elif name in wanted:
            raise DumpError(f"{base} holds no {file}: GeoNames offers it at {DUMP}.")
    return found


def _from_folder(base: Path, file: str) -> Path | None:
    """The file as it is offered, zipped, or unpacked."""
    return next((path for path in (base / file, (base / file).with_suffix(".txt")) if path.is_file()), None)


def _from_address(base: str, file: str, folder: Path, say: Say) -> Path | None:
    try:
        return download(f"{base.rstrip('/')}/{file}", (folder / file).parent, say)
    except NotThere:
        return None


def build_gazetteer(
    dumps: dict[str, Path], out: Path, shipped: Path = FOLDER / SHIPPED, say: Say = lambda line: None
) -> dict[str, int]:
    """Write the gazetteer of these dump files ("PK": ..., "admin1CodesASCII": ...) over the shipped one; -> counts.

    The file appears whole or not at all. Called again after a stop, with the same files, it goes on.
    """
    part, work = out.with_name(f".{out.name}.part"), out.with_name(f".{out.name}.work")
    recipe = json.dumps({name: sha256(path) for name, path in [("shipped", shipped), *sorted(dumps.items())]})
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if not is_continued(part, work, recipe):
            begin(part, work, shipped, recipe)
            say("building anew")
        with closing(connect(part, work)) as db:
            counts = lay_over(db, dumps, say)
    except sqlite3.OperationalError as error:
        raise DumpError(f"{out} cannot be written ({error}): is the disk full? Run again to go on.") from error
    part.replace(out)
    work.unlink()
    for path in out.parent.iterdir():  # journals over both files: SQLite leaves them where it is killed in a commit
        if path.name.startswith(f"{part.name}-mj"):
            path.unlink()
    return counts


def connect(part: Path, work: Path) -> sqlite3.Connection:
    db = sqlite3.connect(part)
    db.execute("ATTACH ? AS work", (str(work),))
    for pragma in ("cache_size = -100000", "work.cache_size = -50000", "temp_store = FILE"):  # kilobytes
        db.execute(f"PRAGMA {pragma}")
    return db


def is_continued(part: Path, work: Path, recipe: str) -> bool:
    """Whether a build of the very same files was begun."""
    if not (part.exists() and work.exists()):
        return False
    with closing(sqlite3.connect(part)) as db:
        return db.execute("SELECT value FROM meta WHERE key = 'recipe'").fetchone() == (recipe,)


def begin(part: Path, work: Path, shipped: Path, recipe: str) -> None:
    """Copy the shipped gazetteer; the recipe is written last, so that what lacks it is begun again."""
    for path in (part, work):
        path.unlink(missing_ok=True)
        path.with_name(path.name + "-journal").unlink(missing_ok=True)
    copyfile(shipped, part)
    with closing(connect(part, work)) as db, db:
        db.executescript(WORK)
        db.execute("INSERT INTO meta VALUES ('recipe', ?)", (recipe,))


def lay_over(db: sqlite3.Connection, dumps: dict[str, Path], say: Say) -> dict[str, int]:
    """Read every dump to its end, then sort the names in; -> how many places, names and bad lines."""
    codes = dict(db.execute("SELECT code, id FROM country"))
    parents = codes | add_units(db, [read_units(dumps[name]) for name in ("admin1CodesASCII", "admin2Codes")], codes)
    tables = [name for name in dumps if name in codes or name == ALL]
    drop_postal(db, tables if ALL not in tables else list(codes))
    read_place = partial(add_places, features=read_features(), terms=read_terms(), parents=parents)
    for name in [*tables, *(name for name in dumps if name.startswith("alternate")), *({"hierarchy"} & dumps.keys())]:
        add = add_parents if name == "hierarchy" else read_place if name in tables else add_alternates
        read_dump(db, name, dumps[name], add, say)
    say("sorting the names")
    return finish(db)


def read_units(path: Path) -> dict[str, tuple[int, str]]:
    """The GeoNames id and name of each province or district by its code, e.g. "PK.02" -> (1183606, "Balochistan")."""
    rows = (line.rstrip("\r\n").split("\t") for line in open_lines(path))
    if units := {row[0]: (int(row[3]), row[1]) for row in rows if len(row) == 4 and row[3].isdecimal()}:
        return units
    raise DumpError(f"{path} has no line in GeoNames' format: fetch it again.")


def add_units(db: sqlite3.Connection, levels: list[dict], parents: dict[str, int]) -> dict[str, int]:
    """Make sure that every province and district is there to be a parent; -> code to id."""
    for feature, units in zip(("admin1", "admin2"), levels, strict=True):
        above = {code: parents.get(code.rpartition(".")[0], 0) for code in units}
        rows = [(number, name, FEATURES.index(feature), above[code]) for code, (number, name) in units.items()]
        db.executemany("INSERT OR IGNORE INTO place VALUES (?, ?, ?, ?, 0, NULL, NULL, 4)", rows)
        parents = parents | {code: number for code, (number, _) in units.items()}
    return parents


def drop_postal(db: sqlite3.Connection, countries: list[str]) -> None:
    """Postal hamlets stand in for GeoNames' own small places: where these come, they go."""
    if db.execute("SELECT 1 FROM work.progress").fetchone():
        return
    db.execute("CREATE INDEX temp_parent ON place (parent)")
    for code in countries:
        inside = f"{INSIDE} SELECT id FROM inside WHERE id < 0"
        ids = db.execute(inside, (code,)).fetchall()
        db.executemany("DELETE FROM place WHERE id = ?", ids)
    db.execute("DELETE FROM name WHERE place < 0 AND place NOT IN (SELECT id FROM place)")
    db.execute("DROP INDEX temp_parent")
    db.commit()


def read_dump(db: sqlite3.Connection, name: str, path: Path, add: Callable, say: Say) -> None:
    """Hand a dump's lines to `add`, so many a commit; each commit notes how far it came."""
    done, bad = db.execute("SELECT lines, bad FROM work.progress WHERE dump = ?", (name,)).fetchone() or (0, 0)
    lines, began, first = islice(open_lines(path), done, None), time.monotonic(), done
    while batch := list(islice(lines, BATCH)):
        bad += add(db, (line.rstrip("\r\n").split("\t") for line in batch))
        done += len(batch)
        if bad == done >= min(BATCH, 100):
            raise DumpError(f"{path}: none of its first {done:,} lines has GeoNames' format; is this the right file?")
        db.execute("INSERT OR REPLACE INTO work.progress VALUES (?, ?, ?)", (name, done, bad))
        db.commit()
        say(f"{name}: {done:,} lines, {(done - first) / (time.monotonic() - began):,.0f} a second")
    if bad:
        say(f"{name}: {bad:,} of {done:,} lines had not GeoNames' format and were left out")


def add_places(
    db: sqlite3.Connection, rows: Iterable[list[str]], features: dict[str, str], terms: dict, parents: dict[str, int]
) -> int:
    """Take in lines of a country's file; -> how many are not in its format."""
    places, names, fresh, bad = [], [], [], 0
    for row in rows:
        try:
            number, name, others, country = int(row[0]), row[1], row[3], row[8]
            lat, lon, population = float(row[4]), float(row[5]), int(row[14] or 0)
            whole = 0 < number < 2**53 and 0 <= population < 2**53 and fold(name)
            if not (whole and abs(lat) <= 90 and abs(lon) <= 180):
                raise ValueError
        except (ValueError, IndexError):
            bad += 1
            continue
        if feature := features.get(f"{row[6]}.{row[7]}"):
            above = parent_of(number, feature, country, row[10], row[11], parents)
            code = FEATURES.index(feature)
            places.append((number, name, code, above, population, round(lat * SCALE), round(lon * SCALE)))
            fresh.append((number, country))
            names += spell(number, name, others.split(","), country, terms.get(feature, []))
    db.executemany(PLACE, places)
    db.executemany("INSERT OR IGNORE INTO work.fresh VALUES (?, ?)", fresh)
    db.executemany("INSERT INTO work.stage VALUES (?, ?, ?)", names)
    return bad


def parent_of(number: int, feature: str, country: str, admin1: str, admin2: str, parents: dict[str, int]) -> int:
    """The district a place lies in, else the province, else the country, else 0; never itself."""
    codes = [f"{country}.{admin1}.{admin2}", f"{country}.{admin1}", country]
    start = {"country": 3, "admin1": 2, "admin2": 1}.get(feature, 0)
    return next((parents[code] for code in codes[start:] if parents.get(code, number) != number), 0)


def spell(
    number: int, name: str, others: list[str], country: str, terms: list[tuple[str, str]]
) -> Iterator[tuple[str, int, int]]:
    """Rows (key, place, kind) for a place's name, its short forms and its useful alternates."""
    for form in {name, *short_forms(name, terms)}:
        yield fold(form), number, int(form != name)
    yield from ((fold(other), number, 1) for other in others if is_useful(other, country))


def add_alternates(db: sqlite3.Connection, rows: Iterable[list[str]]) -> int:
    """Take in lines of alternateNamesV2 for places of this build; -> how many are not in its format."""
    names, bad = [], 0
    for row in rows:
        if len(row) < 4 or not row[1].isdecimal() or len(row[1]) > 15:
            bad += 1
        elif row[2] in LANGUAGES or ARABIC.fullmatch(row[3]):
            known = db.execute("SELECT country FROM work.fresh WHERE id = ?", (int(row[1]),)).fetchone()
            if known and is_useful(row[3], known[0]):
                names.append((fold(row[3]), int(row[1]), 1))
    db.executemany("INSERT INTO work.stage VALUES (?, ?, ?)", names)
    return bad


def add_parents(db: sqlite3.Connection, rows: Iterable[list[str]]) -> int:
    """Take in lines of hierarchy for new places known by their country alone; -> how many are not in its format."""
    pairs = [(row[0], row[1]) if len(row) > 1 and row[0].isdecimal() and row[1].isdecimal() else None for row in rows]
    units = [FEATURES.index(feature) for feature in ("admin1", "admin2")]
    update = """UPDATE place SET parent = ?1 WHERE id = ?2 AND id IN (SELECT id FROM work.fresh) AND parent IN
        (SELECT id FROM country) AND EXISTS (SELECT 1 FROM place WHERE id = ?1 AND feature IN (?3, ?4) AND id != ?2)"""
    db.executemany(update, [(*pair, *units) for pair in pairs if pair])
    return pairs.count(None)


def finish(db: sqlite3.Connection) -> dict[str, int]:
    """Sort the names in, look for other transliterations in the region, and count: one commit."""
    better = "ON CONFLICT (key, place) DO UPDATE SET kind = min(kind, excluded.kind)"
    grouped = "SELECT key, place, min(kind) FROM work.stage WHERE key != '' GROUP BY key, place"
    db.execute(f"INSERT INTO name {grouped} {better}")
    marks = ", ".join("?" * len(REGION))
    home = f"SELECT DISTINCT key FROM work.stage JOIN work.fresh ON id = place WHERE country IN ({marks})"
    spelt = ((skeleton(key), key) for (key,) in db.execute(home, REGION))
    db.executemany("INSERT OR IGNORE INTO variant VALUES (?, ?)", (pair for pair in spelt if len(pair[0]) > 2))
    counts = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("place", "name")}
    fresh = db.execute("SELECT count(*) FROM work.fresh").fetchone()[0]
    bad = db.execute("SELECT total(bad) FROM work.progress").fetchone()[0]
    sources = dict(db.execute("SELECT dump, lines FROM work.progress"))
    meta = {"places": counts["place"], "names": counts["name"], "date": time.strftime("%Y-%m-%d")}
    meta["dump"] = ", ".join(f"{dump} ({lines:,} lines)" for dump, lines in sources.items())
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in meta.items()])
    db.commit()
    return {"places": counts["place"], "of the dump": fresh, "names": counts["name"], "bad lines": int(bad)}


def open_lines(path: Path) -> Iterator[str]:
    """The lines of a dump file, plain or zipped; letters that are no UTF-8 become U+FFFD."""
    try:
        if path.suffix != ".zip":
            with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
                yield from iter(partial(file.readline, LONGEST), "")
            return
        with zipfile.ZipFile(path) as archive:
            inner = next(n for n in archive.namelist() if n.lower() == f"{path.stem}.txt".lower())
            with archive.open(inner) as file:
                text = io.TextIOWrapper(file, "utf-8", errors="replace", newline="\n")
                yield from iter(partial(text.readline, LONGEST), "")
    except (zipfile.BadZipFile, zlib.error, StopIteration, EOFError) as error:
        raise DumpError(f"{path} is no whole zip file of {path.stem}.txt: fetch it again.") from error


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
