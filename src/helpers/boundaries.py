"""Outlines of countries, provinces, districts, regions, borders and waters, as they were on a given day.

The layers lie in data/boundaries (codebook: data/README.md); every one has the columns place_id, name, feature,
country, parent, status, valid_from, valid_to, geometry (EPSG:4326). A row holds on the days from valid_from up to,
not including, valid_to; an empty date is open.
"""

from functools import cache

import geopandas as gpd
import pandas as pd
import shapely

from helpers.article import DATA

FOLDER = DATA / "boundaries"
LAYERS = {
    "countries": ["countries"],
    "world": ["world"],  # the countries again, for a small map of the world
    "provinces": ["provinces"],  # of Pakistan and Afghanistan
    "admin1": ["admin1"],  # of all other countries, and some of their smaller units
    "districts": ["districts_pakistan", "districts_afghanistan"],
    "district_lines": ["lines_pakistan", "lines_afghanistan"],
    "borders": ["borders"],
    "disputed": ["disputed"],  # areas that more than one state claims, or that have declared themselves one
    "water": ["water"],
}
SEARCHED = ("provinces", "countries", "borders", "districts", "water", "disputed", "admin1")  # the largest last


def day(date: str) -> str:
    """A full date for one known to the month or the year only, its middle: "2016" -> "2016-07-01"."""
    return date if len(date) >= 10 else {4: f"{date}-07-01", 7: f"{date}-15"}[len(date)]


@cache
def read_layer(name: str) -> gpd.GeoDataFrame:
    """All rows of a layer, of all times."""
    if name not in LAYERS:
        raise ValueError(f'There is no layer "{name}"; there are {", ".join(LAYERS)}.')
    parts = [gpd.read_parquet(FOLDER / f"{file}.parquet") for file in LAYERS[name]]
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def load_layer(name: str, date: str | None = None) -> gpd.GeoDataFrame:
    """The rows of a layer that hold on a date (YYYY, YYYY-MM or YYYY-MM-DD), today's without one."""
    rows = read_layer(name)
    if date is None:
        return rows[rows.valid_to == ""].reset_index(drop=True)
    on = day(date)
    return rows[(rows.valid_from <= on) & ((rows.valid_to == "") | (rows.valid_to > on))].reset_index(drop=True)


@cache
def read_table(name: str) -> pd.DataFrame:
    """A table of data/boundaries, all text, indexed by place_id and by each id it is the same as."""
    table = pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)
    table["key"] = (table.place_id + "|" + table.same_as).str.strip("|").str.split("|")
    return table.explode("key").set_index("key")


@cache
def versions(layer: str) -> dict[str, list[tuple[str, str, int]]]:
    """For each place_id of a layer its rows: valid_from, valid_to and row number, oldest first."""
    rows, found = read_layer(layer), {}
    for i, row in enumerate(zip(rows.place_id, rows.valid_from, rows.valid_to, strict=True)):
        found.setdefault(row[0], []).append((row[1], row[2], i))
    return {place_id: sorted(dates) for place_id, dates in found.items()}


def row_on(dates: list[tuple[str, str, int]], date: str | None) -> int:
    """The row that holds on a date; a unit that did not exist then is where it last was, or first came to be."""
    on = day(date) if date else "9999"
    past = [row for start, _, row in dates if start <= on]
    return past[-1] if past else dates[0][2]


@cache
def parts_of(place_id: str) -> tuple[int, ...]:
    """The rows of the layer admin1 that make up a unit drawn there in smaller ones (England, Tuscany)."""
    rows = read_layer("admin1")
    return tuple(rows.index[(rows.parent == place_id) & (rows.valid_to == "")])


@cache
def region_shape(place_id: str, date: str | None) -> shapely.Geometry:
    """The union of a region's members; of countries' coarse outlines where it is a continent."""
    region = read_table("regions").loc[place_id]
    members = region.members.split("|")
    if region.kind == "continent" and len(members[0]) == 2:
        world = read_layer("world")
        return shapely.disjoint_subset_union_all(world.geometry.values[world.country.isin(members)])
    shapes = [member_shape(member, date) for member in members]
    return shapely.disjoint_subset_union_all([shape for shape in shapes if shape is not None])


def member_shape(member: str, date: str | None) -> shapely.Geometry | None:
    """The shape of a region's member: an alpha-2 code, a place_id, or one as of a date ("gn:1168873@2010-01-01")."""
    place_id, _, on = member.partition("@")
    if len(place_id) > 2:
        return shape_of(place_id, on or date)
    countries = read_layer("countries")
    return next(iter(countries.geometry[countries.country == place_id]), None)


@cache
def shape_of(place_id: str, date: str | None = None) -> shapely.Geometry | None:
    """The outline of a country, province, district or region, the line of a border or river; None where there is none.

    >>> shape_of("gn:1179245", "2016-04").contains(shapely.Point(70.07, 33.0))   # FATA and Miranshah
    True
    """
    if place_id in read_table("regions").index:
        return region_shape(place_id, date)
    for key in (read_table(name).place_id.get(place_id) for name in ("borders", "disputed", "same_as")):
        place_id = key or place_id
    for layer in SEARCHED:
        if dates := versions(layer).get(place_id):
            return read_layer(layer).geometry.iloc[row_on(dates, date)]
    if rows := parts_of(place_id):
        return shapely.disjoint_subset_union_all(read_layer("admin1").geometry.values[list(rows)])
    return None


@cache
def views() -> dict[str, str]:
    """The views of borders there are: "de facto", "un", and that of each state that claims an area: "india" -> "IN"."""
    codes = set("|".join(read_table("disputed").claimed_by).split("|")) - {""}
    names = read_layer("countries").set_index("country").name
    return {"de facto": "", "un": "un"} | {names[code].lower(): code for code in sorted(codes)}


@cache
def given_otherwise(view: str, date: str | None = None) -> gpd.GeoDataFrame:
    """The disputed areas that a view does not leave with `country`, who holds them; `seen` is whose they are, or ""."""
    if view.lower() not in views():
        raise ValueError(f'There is no view of borders "{view}"; there are {", ".join(views())}.')
    code, areas = views()[view.lower()], load_layer("disputed", date)
    table = read_table("disputed").drop_duplicates("place_id").set_index("place_id").loc[areas.place_id]
    claimed = [code in states.split("|") for states in table.claimed_by]
    areas["seen"] = (table.un if code == "un" else table.country.mask(claimed, code)).values
    return areas[areas.seen != areas.country] if code else areas.iloc[:0]


def country_as_seen(shape: shapely.Geometry, country: str, view: str, date: str | None) -> shapely.Geometry:
    """A country's outline with what a view gives it, and without what it takes."""
    for area in given_otherwise(view, date).itertuples():
        shape = shape.union(area.geometry) if area.seen == country else shape
        shape = shape.difference(area.geometry) if area.country == country else shape
    return shape
