"""The build of the boundaries on a world of a few squares, made here."""

import importlib.util
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import box

SCRIPT = Path(__file__).parents[1] / "scripts" / "build_boundaries.py"
spec = importlib.util.spec_from_file_location("build_boundaries", SCRIPT)
build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(build)

CODES = pd.DataFrame(
    {
        "code": ["PK.01", "PK.03", "IN.01", "IT.16", "IT.16.FI", "IT.16.PI", "AF.01", "AF.01.7"],
        "level": ["1", "1", "1", "1", "2", "2", "1", "2"],
        "name": ["FATA", "KP", "Punjab", "Tuscany", "Florence", "Pisa", "Kunar", "Dara-ye Nūr"],
    },
    index=pd.Index(["1", "3", "9", "20", "21", "22", "30", "31"], name="id"),
)
DATED = pd.DataFrame(
    [
        ("gn:3", "Old name", "PK", "gn:3", "", "2018-05-31", "", "made up"),
        ("gn:3", "KP", "PK", "gn:3|gn:1", "2018-05-31", "", "", "made up"),
        ("gn:1", "FATA", "PK", "gn:1", "", "2018-05-31", "", "made up"),
        ("gn:30", "Kunar", "AF", "gn:30", "", "", "", "made up"),
    ],
    columns=["place_id", "name", "country", "members", "valid_from", "valid_to", "status", "source"],
)


@pytest.fixture(scope="module")
def units() -> gpd.GeoDataFrame:
    rows = [  # id, name, adm0_a3, iso_a2, shape: FATA and KP side by side, Afghanistan west, India east, Italy far off
        (1, "F.A.T.A.", "PAK", "PK", box(10, 0, 11, 2)),
        (3, "K.P.", "PAK", "PK", box(11, 0, 13, 2)),
        (30, "Kunar", "AFG", "AF", box(8, 0, 10, 2)),
        (9, "Punjab", "IND", "IN", box(13, 0, 15, 2)),
        (21, "Firenze", "ITA", "IT", box(30, 0, 31, 1)),
        (22, "Pisa", "ITA", "IT", box(31, 0, 32, 1)),
        (0, "Glacier", "KAS", "IN", box(13, 2, 14, 3)),
    ]
    raw = gpd.GeoDataFrame(
        [(i, name, name, a3, iso, f"{iso}-X", "", shape) for i, name, a3, iso, shape in rows],
        columns=["gn_id", "name", "name_en", "adm0_a3", "iso_a2", "iso_3166_2", "geonunit", "geometry"],
        crs=4326,
    )
    return build.build_units(raw, CODES, DATED)


def test_units_know_the_province_they_are_part_of(units):
    parents = units.set_index("name").parent
    assert parents["Firenze"] == parents["Pisa"] == "gn:20" and parents["K.P."] == ""


def test_provinces_follow_the_table_of_dates(units):
    dated = build.build_dated(units, DATED)
    area = dated.set_index(["place_id", "valid_from"]).geometry.map(shapely.area).round(2)
    assert area["gn:3", ""] == 4 and area["gn:3", "2018-05-31"] == 6 and area["gn:1", ""] == 2


def test_countries_leave_out_what_no_state_is_given(units):
    countries = build.build_countries(units, {"PK": (100, "Pakistan"), "IN": (200, "India"), "IT": (300, "Italy")})
    area = countries.set_index("place_id").geometry.map(shapely.area).round(2)
    assert area.to_dict() == {"gn:100": 6, "gn:200": 4, "gn:300": 2, "na:siachen-glacier": 1}


def test_borders_are_the_shared_edges(units):
    countries = build.build_countries(units, {"PK": (100, "Pakistan"), "AF": (101, "Afghanistan")})
    table = pd.DataFrame([{"place_id": "na:line", "name": "Line", "kind": "border", "side_a": "AF", "side_b": "gn:1"}])
    claims = gpd.GeoDataFrame({"name": [], "adm0_left": []}, geometry=[], crs=4326)
    line = build.build_borders(units, countries, table, claims).geometry[0]
    assert line.equals(shapely.LineString([(10, 0), (10, 2)]))


def test_a_disputed_area_is_its_members_or_the_piece_that_a_claim_cuts_out_of_them(units):
    countries = build.build_countries(units, {"PK": (100, "Pakistan"), "IN": (200, "India")})
    claims = gpd.GeoDataFrame(geometry=[shapely.LineString([(14, -1), (14, 3)])], crs=4326)
    rows = [("na:whole", "gn:1|KAS", "", "PK"), ("na:piece", "IN", "14.5 1", "IN")]
    table = pd.DataFrame(rows, columns=["place_id", "members", "point", "country"])
    areas = build.build_disputed(units, countries, table, claims).set_index("place_id").geometry
    assert areas["na:whole"].area == pytest.approx(3)
    assert areas["na:piece"].symmetric_difference(box(14, 0, 15, 2)).area < 0.01


def test_limits_of_districts_stand_once_and_not_on_the_provinces_edge():
    dented = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (1.004, 0.6), (1.004, 0.4)])  # leaves a gap between them
    squares = [box(0, 0, 1, 1), dented]
    rows = [{"place_id": f"gn:{i}", "country": "PK", "geometry": square} for i, square in enumerate(squares)]
    province = build.frame([{"place_id": "gn:3", "country": "PK", "geometry": box(0, 0, 2, 1)}])
    lines = build.build_lines(build.frame(rows), province)
    assert len(lines) == 1 and 0.85 < lines.geometry[0].length < 1


def test_districts_of_pakistan_before_and_after_the_merger():
    tehsils = gpd.GeoDataFrame(
        {"shape_id": ["a", "b", "c"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], crs=4326
    )
    table = pd.DataFrame(
        [
            ("a", "Bannu", "gn:50", "gn:3", "Bannu", "gn:50", "gn:3"),
            ("b", "FR Bannu", "gn:51", "gn:1", "Bannu", "gn:50", "gn:3"),
            ("c", "Kohat", "gn:52", "gn:3", "Kohat", "gn:52", "gn:3"),
        ],
        columns=["shape_id", "district", "place_id", "province", "district_2018", "place_id_2018", "province_2018"],
    )
    rows = build.build_pakistan(tehsils, table)
    found = {(row.name, row.valid_from, row.valid_to): round(row.geometry.area, 2) for row in rows.itertuples()}
    assert found == {
        ("Bannu", "", "2018-05-31"): 1,
        ("FR Bannu", "", "2018-05-31"): 1,
        ("Bannu", "2018-05-31", ""): 2,
        ("Kohat", "", ""): 1,
    }


def test_districts_of_afghanistan_get_province_and_id_by_place_and_spelling(units):
    districts = gpd.GeoDataFrame(
        {"name": ["Dara-I-Nur", "Elsewhere"]}, geometry=[box(8, 0, 9, 2), box(9, 0, 10, 2)], crs=4326
    )
    rows = build.build_afghanistan(districts, build.build_dated(units, DATED), CODES).set_index("name")
    assert rows.place_id.to_dict() == {"Dara-I-Nur": "gn:31", "Elsewhere": "na:elsewhere-district-30"}
    assert set(rows.parent) == {"gn:30"}


def test_simplifying_keeps_shared_edges_shared():
    wiggle = [(1 + 0.001 * (i % 2), i / 50) for i in range(51)]
    left = shapely.Polygon([(0, 0), *wiggle, (0, 1)])
    right = shapely.Polygon([(2, 0), *wiggle, (2, 1)])
    shapes = build.simplify([left, right], 0.01, 10, 0)
    assert shapely.get_num_coordinates(shapes).sum() < 20
    assert shapely.coverage_is_valid(shapes) and shapely.intersection(*shapes).length > 0.9


def test_spellings_of_one_name_agree():
    assert build.skeleton("Maymana") == build.skeleton("Maīmanah")
    assert build.skeleton("Dara-I-Sufi Bala") != build.skeleton("Dara-I-Sufi Payin")


def test_write_refuses_an_id_that_stands_twice(tmp_path):
    row = {"place_id": "gn:1", "name": "A", "feature": "admin1", "geometry": box(0, 0, 1, 1)}
    with pytest.raises(AssertionError, match="gn:1"):
        build.write(build.frame([row, row]), tmp_path / "twice.parquet")
    build.write(build.frame([row]), tmp_path / "once.parquet")
    assert list(gpd.read_parquet(tmp_path / "once.parquet").columns) == build.COLUMNS
