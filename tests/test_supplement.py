"""The hand-written part of the gazetteer: one id a row, honest cells, and every point where its parent is."""

import re
from datetime import date

import pandas as pd
import pytest
import shapely

from helpers.article import DATA
from helpers.boundaries import shape_of
from helpers.gazetteer import FEATURES, FOLDER, Gazetteer, fold, open_gazetteer

COLUMNS = ["place_id", "name", "feature", "country", "admin1", "admin2", "lat", "lon", "parent"]
COLUMNS += ["valid_from", "valid_to", "variants", "where_note", "source", "note"]
KM_PER_DEGREE = 111.2


@pytest.fixture(scope="module")
def supplement() -> pd.DataFrame:
    return pd.read_csv(DATA / "gazetteer" / "supplement.csv", dtype=str, keep_default_na=False)


def stated_km(row: pd.Series) -> float:
    """How far off the row says its point may be; outlines of scale 1:10 million and districts' edges are 5 km off."""
    return max([5.0, *(float(km) for km in re.findall(r"about (\d+) km", row.where_note))])


def km_outside(row: pd.Series) -> float | None:
    """How far a row's point lies outside its parent, None where the parent has no outline or the row no point."""
    shape = shape_of(row.parent) if row.parent and row.lat else None
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    return shape.distance(shapely.Point(float(row.lon), float(row.lat))) * KM_PER_DEGREE


def test_it_has_the_documented_columns_and_size(supplement):
    assert list(supplement.columns) == COLUMNS
    assert len(supplement) >= 400
    assert supplement.country.isin(["PK", "AF"]).sum() >= 400


def test_ids_are_unique_and_well_formed(supplement):
    assert supplement.place_id.is_unique
    assert supplement.place_id.str.fullmatch(r"gn:\d+|na:[a-z0-9-]+").all()
    assert not supplement[["name", "feature", "parent"]].duplicated().any()


def test_cells_are_clean(supplement):
    for column in COLUMNS:
        assert (supplement[column] == supplement[column].str.strip()).all(), column
    assert supplement.name.ne("").all() and supplement.source.ne("").all()
    assert supplement.feature.isin(FEATURES).all()
    assert supplement.country.str.fullmatch(r"[A-Z]{2}|").all()


def test_dates_are_iso_and_in_order(supplement):
    for row in supplement[(supplement.valid_from != "") | (supplement.valid_to != "")].itertuples():
        days = [date.fromisoformat(day) for day in (row.valid_from, row.valid_to) if day]
        assert days == sorted(days), row.name


def test_a_point_is_whole_or_its_absence_explained(supplement):
    assert (supplement.lat.eq("") == supplement.lon.eq("")).all()
    assert supplement.where_note[supplement.lat == ""].ne("").all()
    points = supplement[supplement.lat != ""]
    assert points.lat.astype(float).between(-90, 90).all() and points.lon.astype(float).between(-180, 180).all()


def test_variants_are_other_spellings_once_each(supplement):
    for row in supplement[supplement.variants != ""].itertuples():
        keys = [fold(variant) for variant in row.variants.split("|")]
        assert all(keys) and len(set(keys)) == len(keys) and fold(row.name) not in keys, row.name


def test_every_parent_is_a_place(supplement):
    gazetteer = open_gazetteer()
    unknown = [parent for parent in set(supplement.parent) - {""} if gazetteer.place(parent) is None]
    assert unknown == []


def test_points_said_to_be_geonames_are(supplement):
    gazetteer = Gazetteer(FOLDER / "gazetteer.sqlite")  # without the supplement
    said = supplement[
        supplement.source.str.contains(r"^GeoNames \d+.*point") & supplement.place_id.str.startswith("gn:")
    ]
    assert len(said) > 200
    for row in said.itertuples():
        place = gazetteer.place(row.place_id)
        assert (place.lat, place.lon) == pytest.approx((float(row.lat), float(row.lon)), abs=0.01), row.name


def test_points_of_districts_lie_in_their_outlines(supplement):
    districts = supplement[supplement.source.str.contains("^geoBoundaries AFG ADM2") & supplement.feature.eq("admin2")]
    outlines = [(row, shape_of(row.place_id)) for row in districts.itertuples()]
    known = [(row, shape) for row, shape in outlines if shape is not None]
    assert len(known) > 300
    assert [row.name for row, shape in known if not shape.contains(shapely.Point(float(row.lon), float(row.lat)))] == []


def test_points_lie_in_their_parents(supplement):
    rows = supplement[supplement.country.isin(["PK", "AF"])]
    rows = rows.assign(km=rows.apply(km_outside, axis=1), stated=rows.apply(stated_km, axis=1)).dropna(subset="km")
    assert len(rows) > 500
    assert rows[rows.km > rows.stated][["name", "parent", "km"]].values.tolist() == []
    assert (rows.km == 0).mean() > 0.95  # the rest are passes, peaks and crossings on a border, and coarse outlines
