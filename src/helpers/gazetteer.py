"""The gazetteer: which places in the world bear a name, from GeoNames and the project's own supplement."""

import csv
import hashlib
import os
import re
import sqlite3
import threading
import unicodedata
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pandas import DataFrame

# Not article's DATA: importing article loads pandas, and a cold process should answer in a third of a second.
FOLDER = Path(__file__).parents[2] / "data" / "gazetteer"

# A feature's position is its code in the file: append, never reorder.
FEATURES = ["country", "admin1", "admin2", "admin3", "city", "neighbourhood", "region", "continent"]
FEATURES += ["mountain", "valley", "pass", "river", "lake", "sea", "border", "facility"]
AREAS = {"region", "continent", "sea", "mountain", "river", "valley", "pass", "lake", "border"}
KINDS = ("name", "alternate", "variant")
SHIPPED = "gazetteer.sqlite"
SCALE = 10_000  # coordinates are integers in the file: 1e-4 degrees are 11 m
WELL_KNOWN = 15_000  # people of a place that is named in passing
LONGEST = 120  # characters of a folded name worth looking for
MOST_KEPT = 10_000  # answers of each kind kept at hand: with more, the memory of a long run grows and no time is gained

# Marks that stand inside a word (Sana'a, N.W.F.P.) vanish; all others part words (Mazar-i-Sharif).
_INSIDE = dict.fromkeys(map(ord, ".'’‘ʻʼʾʿ`´·\u200b\u200c\u200d\u200e\u200f\u0640"))
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ə": "a"}
_LETTERS = str.maketrans(_LETTERS | {"ي": "ی", "ى": "ی", "ك": "ک", "ہ": "ه", "ة": "ه"})
_SOUNDS = (("ph", "f"), ("q", "k"), ("w", "v"), ("mb", "nb"), ("msh", "nsh"), ("mp", "np"), ("ah ", "a "))
_SWAP = {"st": "saint", "saint": "st", "mt": "mount", "mount": "mt", "ft": "fort", "fort": "ft"}
_ID = re.compile(r"(gn:|na:post-)([0-9]{1,11})", re.ASCII)
_TEXTS = ("name", "feature", "country", "admin1", "admin2", "valid_from", "valid_to")


class Place(NamedTuple):
    """One place a name may mean; lat and lon in degrees (WGS 84) are the source's own point, or None."""

    place_id: str
    geonames_id: int | None
    name: str
    feature: str
    country: str = ""
    admin1: str = ""
    admin2: str = ""
    population: int = 0
    lat: float | None = None
    lon: float | None = None
    valid_from: str = ""
    valid_to: str = ""
    match: str = "name"


def is_district(place: Place) -> bool:
    return place.feature in ("admin2", "admin3")


def is_town_of(place: Place, district: Place) -> bool:
    """Whether a candidate is the town a district is called after: Nowshera in Nowshera District."""
    return place.feature == "city" and (place.country, place.admin1) == (district.country, district.admin1)


def in_period(place: Place, date: str) -> bool:
    """Whether a place bore its name on a date: FATA on "2016-04", not on "2020"; dates compare as far as they go."""
    after = not place.valid_from or date >= place.valid_from[: len(date)]
    before = not place.valid_to or date <= place.valid_to[: len(date)]
    return after and before


def lies_in(place: Place, parent: Place) -> bool:
    """Whether a place lies in another by their units' names; a city holds what is named as its part."""
    if place.place_id == parent.place_id or place.country != parent.country:
        return False
    match parent.feature:
        case "country":
            return place.feature != "country"
        case "admin1":
            return place.admin1 == parent.name and place.feature != "admin1"
        case "admin2":
            return place.admin2 == parent.name and place.admin1 == parent.admin1 and place.feature != "admin2"
        case "city":
            return place.feature in ("neighbourhood", "facility") and place.admin1 == parent.admin1
    return False


@lru_cache(maxsize=16_384)
def fold(name: str) -> str:
    """The key names are compared by, without case, accents, points, hyphens: "Mazār-i-Sharīf" -> "mazar i sharif"."""
    text = name.lower()
    for _ in range(0 if name.isascii() else 2):  # twice, for folding case can compose marks anew
        letters = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
        text = "".join(char for char in letters if not unicodedata.combining(char))
    text = text.translate(_INSIDE).replace("&", " and ")
    return " ".join("".join(char if char.isalnum() else " " for char in text).split())


def _sound(key: str) -> str:
    """A folded name with one letter for each sound that transliterations write with several: "wesh" -> "vesh "."""
    text = key + " "
    for old, new in _SOUNDS:
        text = text.replace(old, new)
    return text


@lru_cache(maxsize=16_384)
def skeleton(key: str) -> str:
    """The consonants of a folded name that transliterations agree on: "ningarhar" and "nangarhar" -> "ngrhr"."""
    bones = [char for char in _sound(key) if char not in "aeiouy "]
    single = [char for i, char in enumerate(bones) if i == 0 or char != bones[i - 1]]
    return ("a" if key[:1] in tuple("aeiou") else "") + "".join(single)


def is_near(one: str, other: str) -> bool:
    """Whether two folded names of one skeleton spell one name: four sounds in five agree, spaces aside."""
    return SequenceMatcher(None, *(_sound(key).replace(" ", "") for key in (one, other))).ratio() >= 0.8


class Gazetteer:
    """Places by name, from a read-only SQLite file and the supplement; every thread and process opens its own."""

    def __init__(self, path: Path, supplement: Path | None = None) -> None:
        self.path = path.resolve()
        self._local = threading.local()
        self._base = lru_cache(maxsize=MOST_KEPT)(self._read_place)
        self._found = lru_cache(maxsize=MOST_KEPT)(self._find)
        self._exact = lru_cache(maxsize=MOST_KEPT)(self._read_exact)
        self._countries = dict(self._db.execute("SELECT id, code FROM country"))
        self._contextual: set[str] = set()  # those whose name is a common word or a person's too
        self._own: dict[str, Place] = {}  # the supplement's places
        self._own_names: dict[str, set[str]] = {}  # folded name: place_ids
        self._own_skeletons: dict[str, list[tuple[str]]] = {}
        if supplement and supplement.exists():
            with supplement.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    self._add(row)
        self._base.cache_clear()  # units read so far do not know what the supplement calls their parents

    @property
    def _db(self) -> sqlite3.Connection:
        if getattr(self._local, "process", None) != os.getpid():  # a connection must not cross a fork
            self._local.db = sqlite3.connect(f"{self.path.as_uri()}?mode=ro&immutable=1", uri=True)
            self._local.process = os.getpid()
        return self._local.db

    def _add(self, row: dict[str, str]) -> None:
        """Take in a row of the supplement; over a GeoNames place it writes only the cells that are filled."""
        place_id = row["place_id"]
        number = int(place_id[3:]) if place_id.startswith("gn:") else None
        place = (self._base(number) if number else None) or Place(place_id, number, row["name"], row["feature"])
        point = {column: float(row[column]) for column in ("lat", "lon") if row[column]}
        if "only with context" in row.get("note", ""):
            self._contextual.add(place_id)
        self._own[place_id] = place._replace(**{column: row[column] for column in _TEXTS if row[column]}, **point)
        for key in filter(None, map(fold, [row["name"], *row["variants"].split("|")])):
            if key not in self._own_names:
                self._own_skeletons.setdefault(skeleton(key), []).append((key,))
            self._own_names.setdefault(key, set()).add(place_id)

    def _read_place(self, number: int) -> Place | None:
        query = "SELECT name, feature, parent, population, lat, lon FROM place WHERE id = ?"
        if (row := self._db.execute(query, (number,)).fetchone()) is None:
            return None
        name, feature, above, population, *point = row[0], FEATURES[row[1]], *row[2:]
        parent = self.place(_write_id(above)) or Place("", None, "", "")
        units = {"admin1": parent.admin1, "admin2": parent.admin2}
        units |= {feature: name} if feature in units else {}  # a province is its own admin1
        country = self._countries.get(number, parent.country)
        lat, lon = (None if value is None else value / SCALE for value in point)
        place = Place(_write_id(number), max(number, 0) or None, name, feature, country, population=population)
        return place._replace(**units, lat=lat, lon=lon)

    def place(self, place_id: str) -> Place | None:
        """The place with this id ("gn:1176615", "na:khorasan"), or None."""
        if place_id in self._own or not (match := _ID.fullmatch(place_id)):
            return self._own.get(place_id)
        return self._base(int(match[2]) if match[1] == "gn:" else -int(match[2]))

    def _read_exact(self, key: str) -> dict[str, str]:
        """The ids of places that bear the folded name, with the better kind of match where both sources have it."""
        rows = self._db.execute("SELECT place, kind FROM name WHERE key = ?", (key,))
        found = {_write_id(number): KINDS[kind] for number, kind in rows}
        own = self._own_names.get(key, ())
        namesakes = [self.place(i) for i in (found if own else ()) if found[i] == "name"]
        namesakes = [p for p in namesakes if p.population >= WELL_KNOWN or p.place_id in own]
        weak = {i for i in own if found.get(i) != "name" and _yields(self._own[i], key, namesakes)}
        return found | {i: "alternate" if i in weak else "name" for i in sorted(own)}

    def knows(self, name: str) -> bool:
        """Whether a place bears exactly this name; transliterations are left aside, so text can be scanned with it."""
        return bool(self._exact(fold(name)) or self._exact(_swap(fold(name))))

    def lookup(self, name: str) -> list[Place]:
        """Places of that name, the most populous first; transliterations (match "variant") where nothing else fits."""
        return list(self._found(fold(name)))

    def _find(self, key: str) -> tuple[Place, ...]:
        if not 0 < len(key) <= LONGEST:
            return ()
        ids = dict.fromkeys(self._exact(_swap(key)), "variant") | self._exact(key)
        if not ids:
            ids = {number: "variant" for other in self._spellings(key) for number in self._exact(other)}
        return tuple(self._read(ids))

    def _read(self, ids: dict[str, str]) -> list[Place]:
        places = [place._replace(match=match) for number, match in ids.items() if (place := self.place(number))]
        listed = {(place.country, place.admin1) for place in places if place.place_id in self._own}
        places = [p for p in places if not (p.place_id.startswith("na:post-") and (p.country, p.admin1) in listed)]
        return sorted(places, key=lambda place: (-place.population, place.place_id))

    def _spellings(self, key: str) -> list[str]:
        """Names of the region that are this one in another transliteration, or this one without its article."""
        rows = self._db.execute("SELECT key FROM variant WHERE skeleton = ?", (skeleton(key),)).fetchall()
        near = {other for (other,) in rows + self._own_skeletons.get(skeleton(key), []) if is_near(key, other)}
        return sorted((near | {key.removeprefix("the ")}) - {key})

    def lists(self, place_id: str) -> bool:
        """Whether the place stands in the supplement, among what the news of the region names."""
        return place_id in self._own

    def needs_context(self, place_id: str) -> bool:
        """Whether the supplement marks the name as one to believe only beside words that tell a place."""
        return place_id in self._contextual

    def search(self, name: str, limit: int = 20) -> "DataFrame":
        """A table of the places called so, then of those whose name begins with it, then of those that contain it."""
        import pandas as pd  # here, so that a look-up need not load it

        key, found = fold(name)[:LONGEST], {place.place_id: place for place in self.lookup(name)}
        query = "SELECT place FROM name JOIN place ON id = place WHERE key GLOB ? ORDER BY population DESC, id LIMIT ?"
        for pattern in (f"{key}*", f"*{key}*") if key else ():
            ids = {_write_id(number) for (number,) in self._db.execute(query, (pattern, limit))}
            ids |= {i for other, own in self._own_names.items() if fnmatchcase(other, pattern) for i in own}
            found |= {place.place_id: place for place in self._read(dict.fromkeys(ids - found.keys(), "alternate"))}
        places = sorted(found.values(), key=lambda place: place.match == "variant")[:limit]
        return pd.DataFrame(places, columns=Place._fields).astype({"geonames_id": "Int64"})

    def info(self) -> dict[str, str | int]:
        """What the gazetteer holds and where it is from: counts, packages and versions, their newest date, checksum."""
        meta = dict(self._db.execute("SELECT key, value FROM meta"))
        counts = {"places": int(meta.pop("places")), "names": int(meta.pop("names")), "supplement": len(self._own)}
        return counts | meta | {"file": str(self.path), "sha256": hashlib.sha256(self.path.read_bytes()).hexdigest()}


def _yields(place: Place, key: str, namesakes: list[Place]) -> bool:
    """Whether a spelling of the supplement is the very name of a town elsewhere: Zabol in Iran, for Zabul."""
    elsewhere = {other.country for other in namesakes} - {place.country}
    return fold(place.name) != key and place.feature not in AREAS and bool(elsewhere)


def _swap(key: str) -> str:
    return " ".join(_SWAP.get(word, word) for word in key.split())


def _write_id(number: int) -> str:
    # GeoNames' postal places have no GeoNames id; the file keeps them below zero.
    return f"gn:{number}" if number > 0 else f"na:post-{-number}"


def path_in_use() -> Path:
    """The gazetteer that is opened where none is named: the shipped one, unless choose_gazetteer chose another."""
    choice = FOLDER / "in_use.txt"
    return FOLDER / (choice.read_text(encoding="utf-8").strip() if choice.exists() else SHIPPED)


def choose_gazetteer(path: Path | None) -> None:
    """Use the file from now on, or the shipped gazetteer again (None); a running process keeps what it has opened."""
    choice = FOLDER / "in_use.txt"
    if path is None:
        choice.unlink(missing_ok=True)
        return
    open_gazetteer(path).info()  # a file that is no gazetteer shall not be chosen
    part = choice.with_name(f".{choice.name}.{os.getpid()}")
    part.write_text(f"{path.resolve()}\n", encoding="utf-8")
    part.replace(choice)


@lru_cache(maxsize=4)
def open_gazetteer(path: str | Path | None = None) -> Gazetteer:
    """The gazetteer in use, or the one in the file at the path, joined with the supplement."""
    path = Path(path or path_in_use())
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no gazetteer at {path}: run `newsatlas gazetteer use shipped`, or build one anew."
        )
    try:
        return Gazetteer(path, FOLDER / "supplement.csv")
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path} is no gazetteer ({error}): `newsatlas gazetteer build` makes one.") from error
