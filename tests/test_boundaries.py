"""The shipped boundaries: what they hold, and that the map of a date is the map of that date."""

import pandas as pd
import pytest
import shapely
from shapely import Point

from helpers import boundaries
from helpers.boundaries import FOLDER, LAYERS, load_layer, read_layer, read_table, shape_of

FATA, KP = "gn:1179245", "gn:1168873"
COLUMNS = ["place_id", "name", "feature", "country", "parent", "status", "valid_from", "valid_to", "geometry"]
TOWNS = {  # longitude, latitude and province: GeoNames' own points
    "Peshawar": (71.578, 34.008, "Khyber Pakhtunkhwa"),
    "Quetta": (66.996, 30.184, "Balochistan"),
    "Kandahar": (65.710, 31.613, "Kandahar"),
    "Lahore": (74.351, 31.558, "Punjab"),
    "Jalalabad": (70.452, 34.427, "Nangarhar"),
    "Karachi": (67.010, 24.861, "Sindh"),
    "Islamabad": (73.044, 33.721, "Islamabad Capital Territory"),
    "Bazarak": (69.515, 35.313, "Panjshir"),
    "Charikar": (69.171, 35.014, "Parwan"),
    "Nili": (66.130, 33.722, "Daykundi"),
    "Tarinkot": (65.873, 32.627, "Uruzgan"),
}


def names_at(layer: str, lon: float, lat: float, date: str | None = None) -> list[str]:
    rows = load_layer(layer, date)
    return sorted(rows[rows.contains(Point(lon, lat))].name)


@pytest.mark.parametrize("name", LAYERS)
def test_layer_follows_the_codebook(name):
    rows = read_layer(name)
    assert list(rows.columns) == COLUMNS and rows.crs.to_epsg() == 4326
    assert rows.is_valid.all() and not rows.is_empty.any()
    assert rows.place_id.str.fullmatch(r"(gn:\d+|na:[a-z0-9-]+)").all()
    assert not rows.drop(columns="geometry").isna().any(axis=None)
    dates = pd.concat([rows.valid_from, rows.valid_to])
    assert dates.str.fullmatch(r"|\d{4}-\d{2}-\d{2}").all()


@pytest.mark.parametrize("date", [None, "2003", "2009-12", "2016-04", "2020-01-01"])
@pytest.mark.parametrize("name", LAYERS)
def test_every_id_stands_once_at_a_date(name, date):
    assert load_layer(name, date).place_id.is_unique


def test_files_are_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 6e6


@pytest.mark.parametrize(("date", "pakistan", "afghanistan"), [("2016-04", 8, 34), ("2020", 7, 34), ("2003", 8, 32)])
def test_provinces_of_a_date(date, pakistan, afghanistan):
    assert load_layer("provinces", date).country.value_counts().to_dict() == {"PK": pakistan, "AF": afghanistan}


@pytest.mark.parametrize("town", TOWNS)
def test_towns_lie_in_their_provinces(town):
    lon, lat, province = TOWNS[town]
    assert names_at("provinces", lon, lat, "2016-04") == [province]


def test_fata_is_apart_until_2018_and_in_khyber_pakhtunkhwa_since():
    miranshah = (70.070, 33.004)
    assert names_at("provinces", *miranshah, "2016-04") == ["Federally Administered Tribal Areas"]
    assert names_at("provinces", *miranshah, "2020") == ["Khyber Pakhtunkhwa"]
    assert FATA not in set(load_layer("provinces", "2020").place_id)
    merged = shape_of(KP, "2020")
    assert merged.buffer(0.01).contains(shape_of(FATA, "2016")) and merged.area > 1.2 * shape_of(KP, "2016").area


def test_day_of_the_merger_belongs_to_the_new_map():
    assert FATA in set(load_layer("provinces", "2018-05-30").place_id)
    assert FATA not in set(load_layer("provinces", "2018-05-31").place_id)


def test_a_former_unit_named_later_is_still_where_it_was():
    assert shape_of(FATA, "2021").equals(shape_of(FATA, "2016"))


@pytest.mark.parametrize(
    ("place_id", "date", "name"),
    [
        (KP, "2009", "North-West Frontier Province"),
        (KP, "2012", "Khyber Pakhtunkhwa"),
        ("gn:1168878", "2008-03", "Northern Areas"),
        ("gn:1168878", "2016-04", "Gilgit-Baltistan"),
    ],
)
def test_provinces_bear_the_name_of_the_date(place_id, date, name):
    provinces = load_layer("provinces", date).set_index("place_id")
    assert provinces.name[place_id] == name


def test_parts_of_kashmir_say_that_they_are_disputed():
    status = load_layer("provinces").set_index("place_id").status
    assert "India" in status["gn:1184196"] and "India" in status["gn:1168878"]
    admin1 = load_layer("admin1", "2016").set_index("place_id")
    assert "Pakistan" in admin1.status["gn:1269320"] and "gn:12096464" not in admin1.index  # Ladakh: since 2019


def test_provinces_share_their_edges():
    assert shapely.coverage_is_valid(load_layer("provinces", "2016-04").geometry.values)


def test_tribal_agencies_are_districts_of_fata_then_of_the_province():
    agencies = {"Bajaur", "Khyber", "Kurram", "Mohmand", "North Waziristan", "Orakzai", "South Waziristan"}
    before = load_layer("districts", "2016-04")
    regions = {"Bannu", "Dera Ismail Khan", "Kohat", "Lakki Marwat", "Peshawar", "Tank"}
    expected = {f"{name} Agency" for name in agencies} | {f"Frontier Region {name}" for name in regions}
    assert set(before[before.parent == FATA].name) == expected
    after = load_layer("districts", "2020")
    assert agencies <= set(after[after.parent == KP].name) and not (after.parent == FATA).any()


@pytest.mark.parametrize(
    ("point", "district"),
    [
        ((71.578, 34.008), "Peshawar"),
        ((72.361, 34.772), "Swat"),
        ((70.070, 33.004), "North Waziristan Agency"),
        ((67.010, 24.861), "Karachi South"),
        ((74.351, 31.558), "Lahore"),
        ((70.452, 34.427), "Jalalabad"),
    ],
)
def test_districts_hold_their_towns(point, district):
    assert district in names_at("districts", *point, "2016-04")


def test_districts_name_a_province_that_exists():
    provinces = set(read_layer("provinces").place_id)
    assert set(read_layer("districts").parent) <= provinces


def test_shape_of_finds_every_kind_of_place():
    assert shape_of("gn:1168579").contains(Point(71, 30))  # Pakistan
    assert shape_of("gn:5332921").contains(Point(-120, 37))  # California
    assert shape_of("gn:6269131").contains(Point(-1.5, 52.5))  # England, drawn in counties
    assert shape_of("gn:6255146").contains(Point(20, 5))  # Africa
    assert shape_of("na:south-asia").contains(Point(78, 22))
    assert shape_of("gn:7729895").equals(shape_of("na:south-asia"))
    assert shape_of("na:khorasan").contains(Point(59.6, 36.3))  # Mashhad
    assert shape_of("na:nowhere") is None and shape_of("gn:1174872") is None  # Karachi is a point


def test_durand_line_is_a_line_between_the_two_countries():
    line = shape_of("na:durand-line")
    assert line.length > 15 and line.distance(Point(71.1, 34.12)) < 0.05  # Torkham
    assert shape_of("na:pakistan-afghanistan-border").equals(line)


def test_every_region_has_a_shape_and_a_source():
    regions = read_table("regions")
    for place_id, row in regions.iterrows():
        assert row.source, place_id
        assert shape_of(place_id, "2016-04").area > 0, place_id
        for member in row.members.split("|"):
            assert boundaries.member_shape(member, "2016-04") is not None, (place_id, member)


def test_ids_of_the_supplement_lead_to_shapes():
    assert shape_of("gn:7053262").contains(Point(70.70, 34.05))  # Achin in Nangarhar
    assert shape_of("na:indus-river").length > 15
    assert shape_of("na:lake-victoria").contains(Point(33, -1))


def test_a_former_province_has_the_extent_of_its_time():
    assert shape_of("na:north-west-frontier-province").equals(shape_of(KP, "2005"))


def test_unknown_layer_is_named_with_the_layers_there_are():
    with pytest.raises(ValueError, match=r'no layer "rivers".*provinces'):
        load_layer("rivers")


def test_disputed_areas_have_outlines_where_they_are_named():
    assert shape_of("gn:1281780").contains(Point(79.5, 35.1))  # Aksai Chin
    assert shape_of("na:golan-heights").contains(Point(35.8, 33.0))
    assert shape_of("gn:1184196").equals(read_layer("provinces").set_index("place_id").geometry["gn:1184196"])


def test_a_view_gives_each_area_to_its_claimant_and_the_rest_to_who_holds_it():
    def seen(view, date=None):
        return boundaries.given_otherwise(view, date).set_index("name").seen.to_dict()

    assert seen("de facto") == {}
    assert seen("india") == dict.fromkeys(
        ["Azad Jammu and Kashmir", "Gilgit-Baltistan", "Siachen Glacier", "Aksai Chin", "Shaksgam Valley"], "IN"
    )
    assert set(seen("pakistan")) == {"Jammu and Kashmir", "Ladakh", "Siachen Glacier"}
    assert "Donetsk" in seen("russia", "2023") and "Donetsk" not in seen("russia", "2021")
    assert seen("un")["Ladakh"] == "" and seen("un")["Golan Heights"] == "SY"


def test_every_view_and_holder_is_a_country():
    codes, table = set(read_layer("countries").country), read_table("disputed")
    assert set("|".join([*table.claimed_by, *table.un, *table.country]).split("|")) <= codes
    assert {"de facto", "un", "india", "pakistan", "china"} <= set(boundaries.views())


def test_limits_of_districts_are_those_of_the_date():
    before, after = (load_layer("district_lines", date).set_index("place_id").geometry for date in ("2016", "2020"))
    assert before["na:districts-af"].equals(after["na:districts-af"])
    assert not before["na:districts-pk"].equals(after["na:districts-pk"])
