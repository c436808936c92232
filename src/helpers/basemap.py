"""The ground a map is drawn on: its projection and frame, sea, land, provinces, waters, borders; scale bar.

All shapes are projected here and drawn as plain traces in kilometres, so that nothing has to be fetched.
"""

from html import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import shapely

from helpers.boundaries import given_otherwise, load_layer, views
from helpers.frames import HOME_CRS, Frame
from helpers.palette import PALETTE

PROVINCES_UP_TO = 2500  # km: wider maps show countries alone
DISTRICTS_UP_TO, COUNTIES_UP_TO = 900, 800  # km
TELLING = 12  # pixels: the side of the smallest province that tells its name when pointed at
CLEAR = "rgba(0,0,0,0)"


def tidy(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    """Valid polygons simplified together, specks dropped; edges stay shared. Tolerance in km."""
    valid = np.array([shape if shape.is_valid else shape.buffer(0) for shape in shapes])
    simple = [shapely.get_parts(shape) for shape in shapely.coverage_simplify(valid, tolerance)]
    return np.array([shapely.MultiPolygon(list(parts[shapely.area(parts) > 4 * tolerance**2])) for parts in simple])


def base_units(frame: Frame, date: str | None, view: str) -> gpd.GeoDataFrame:
    """What the ground consists of, in the map's km: provinces on a map of less than 2,500 km, countries elsewhere."""
    window, width = frame.window, frame.view.bounds[2] - frame.view.bounds[0]
    layers = ["provinces", "admin1"] if width < PROVINCES_UP_TO else []
    layers = ["provinces"] if frame.crs == HOME_CRS else layers
    rows = pd.concat([load_layer(name, date) for name in [*layers, "countries"]], ignore_index=True)
    rows = rows[rows.intersects(window)]
    rows = rows[(rows.feature != "country") | ~rows.country.isin(rows.country[rows.feature != "country"])]
    rows["geometry"] = shapely.intersection(rows.geometry.values, window)
    rows = merge_small(rows) if width > COUNTIES_UP_TO else rows
    areas = given_otherwise(view, date)
    areas = areas[areas.intersects(window)].dissolve("seen", as_index=False)[["seen", "geometry"]]
    if len(areas):
        rows = gpd.overlay(rows, areas, "identity", keep_geom_type=True)
        rows["country"] = rows.seen.fillna(rows.country)
    shapes = shapely.intersection(tidy(frame.to_map(rows.geometry), frame.km_per_px), frame.sheet)
    rows = gpd.GeoDataFrame(rows.drop(columns="geometry"), geometry=shapes)
    return rows[~rows.is_empty]


def merge_small(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Counties joined to the region or province they are part of, which has no name here."""
    small = rows[rows.parent != ""].dissolve("parent", as_index=False).assign(name="", status="")
    return pd.concat([rows[rows.parent == ""], small], ignore_index=True)


def tint(colour: str, opacity: float) -> str:
    """A colour of the palette, thinned: "#00735c" -> "rgba(0,115,92,0.35)"."""
    return f"rgba({','.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))},{opacity})"


def add_shapes(figure: go.Figure, shapes, **style) -> None:
    """All polygons (holes too) or lines as one trace; draws nothing for none."""
    parts = shapely.get_parts(shapely.get_parts(list(shapes)))
    lines = [*shapely.get_rings(parts[shapely.get_dimensions(parts) == 2]), *parts[shapely.get_dimensions(parts) == 1]]
    lifted = np.full((1, 2), np.nan)  # the pen is lifted between two lines
    points = [piece for line in lines for piece in (shapely.get_coordinates(line), lifted)][:-1]
    if points:
        x, y = np.concatenate(points).astype(np.float32).T  # to 100 m, and in half the characters
        style = {"fill": "toself", "mode": "lines", "hoverinfo": "skip", "showlegend": False} | style
        figure.add_scatter(x=x, y=y, **style)


def clip(layer: gpd.GeoDataFrame, frame: Frame) -> gpd.GeoDataFrame:
    """The lines or areas of a layer on this map, in its kilometres."""
    layer = layer[layer.intersects(frame.window)]
    shapes = shapely.intersection(shapely.simplify(frame.to_map(layer.geometry), frame.km_per_px), frame.sheet)
    return gpd.GeoDataFrame(layer.drop(columns="geometry"), geometry=shapes)


def add_ground(figure: go.Figure, frame: Frame, units: gpd.GeoDataFrame, date: str | None) -> None:
    """Sea, countries, provinces that tell their name when pointed at, disputed areas that tell who claims them."""
    west, south, east, north = frame.sheet.bounds  # what lies outside is not drawn, and shall not pass for sea
    figure.update_xaxes(minallowed=west, maxallowed=east)
    figure.update_yaxes(minallowed=south, maxallowed=north)
    figure.update_layout(plot_bgcolor=tint(PALETTE["water"], 0.45))
    inner = units.feature.isin(["admin1", "admin2"])
    add_shapes(figure, units.geometry[~inner], fillcolor=PALETTE["land"], line_width=0)
    style = {"hoveron": "fills", "hoverinfo": "text"}
    ground = {"line": {"color": PALETTE["edge"], "width": 0.8}, "fillcolor": PALETTE["paper"]}
    small = units.area < (TELLING * frame.km_per_px) ** 2
    add_shapes(figure, units.geometry[inner & small], **ground)
    for row in units[inner & ~small].itertuples():
        note = escape(row.name) + (f"<br>{escape(row.status)}" if row.status else "")
        add_shapes(figure, [row.geometry], **ground, **(style | {"text": note} if note else {}))
    hatch = {"shape": "/", "fgcolor": PALETTE["border"], "bgcolor": CLEAR, "size": 8, "solidity": 0.08}
    for row in clip(load_layer("disputed", date), frame).itertuples():
        style |= {"text": f"{escape(row.name)}<br>{escape(row.status)}", "fillpattern": hatch, "fillcolor": CLEAR}
        add_shapes(figure, [row.geometry], line_width=0, **style)


def add_water(figure: go.Figure, frame: Frame) -> None:
    """Lakes and rivers."""
    water = clip(load_layer("water"), frame)
    line = {"color": PALETTE["water"], "width": 1.2}
    for kind, fill in (("lake", {"fillcolor": PALETTE["water"]}), ("river", {"fill": "none"})):
        add_shapes(figure, water.geometry[water.feature == kind], line=line, **fill)


def add_borders(figure: go.Figure, frame: Frame, units: gpd.GeoDataFrame, date: str | None, view: str) -> None:
    """Borders and coasts as solid lines, dashed where disputed, save those of the state whose view the map has."""
    borders, near = load_layer("borders", date), 2.5 * frame.km_per_px
    nobody = units.boundary[units.country == ""].values
    disputed = shapely.union_all([*clip(borders[borders.feature == "disputed"], frame).geometry, *nobody])
    states = units[units.country != ""].dissolve("country", method="coverage").boundary
    if own := states.get(views()[view.lower()]):
        disputed = disputed.difference(own.buffer(near, 2))
    edge = frame.sheet.exterior.buffer(frame.km_per_px)
    if frame.window.bounds[2] == 180:  # the date line is where outlines are cut, and no border
        meridian = shapely.segmentize(shapely.LineString([(180, -89.9), (180, 89.9)]), 1)
        edge = edge.union(frame.to_map([meridian])[0].buffer(frame.km_per_px))
    solid = states.union_all().difference(shapely.union(disputed.buffer(near, 2), edge))
    line = {"color": PALETTE["border"], "width": 1.3}
    add_shapes(figure, [shapely.line_merge(solid)], fill="none", line=line)
    name = {"name": "disputed border, hatched: disputed area", "showlegend": True, "legendrank": 2000}
    add_shapes(figure, [disputed], fill="none", line=line | {"dash": "4px,3px"}, **name)


def add_districts(figure: go.Figure, frame: Frame, date: str | None, **style) -> None:
    """The limits of districts, on a map of less than 900 km, where there are such: in Pakistan and Afghanistan."""
    if frame.view.bounds[2] - frame.view.bounds[0] < DISTRICTS_UP_TO:
        lines = clip(load_layer("district_lines", date), frame).geometry
        add_shapes(figure, lines, fill="none", line={"color": PALETTE["border"], "width": 0.5}, **style)


def add_scale_bar(figure: go.Figure, frame: Frame, **style) -> None:
    """A bar of a round length near a sixth of the map's width, at the lower left."""
    west, south, east, north = frame.view.bounds
    room = (east - west) / 6
    length = max(step * 10**power for power in range(4) for step in (1, 2, 5) if step * 10**power <= room)
    x, y = west + 0.03 * (east - west), south + 0.04 * (north - south)
    style |= {"line": {"color": PALETTE["soft"], "width": 2}, "hoverinfo": "skip", "showlegend": False}
    font = {"size": 11, "color": PALETTE["soft"], "shadow": "auto"}
    x, text = [x, x + length / 2, x + length], ["", f"{length:,} km", ""]
    figure.add_scatter(x=x, y=[y] * 3, text=text, textposition="top center", textfont=font, mode="lines+text", **style)
