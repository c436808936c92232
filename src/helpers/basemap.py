"""The ground a map is drawn on: its projection and frame, sea, land, provinces, waters, borders; scale bar.

All shapes are projected here and drawn as plain traces in kilometres, so that nothing has to be fetched.
"""

from html import escape
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import shapely

from helpers.boundaries import load_layer
from helpers.charts import PALETTE

HOME = ("PK", "AF")
HOME_CRS = "EPSG:32642"  # UTM zone 42 north: lengths true to 1.5 % over both countries
HOME_BOX = (-340.0, 2560.0, 1285.0, 4310.0)
WORLD_CRS = "EPSG:8857"  # Equal Earth (Savric, Patterson and Jenny 2018): areas compare
WORLD_BOX = (-17250.0, -7700.0, 17250.0, 8400.0)
WIDTH = 820  # pixels the maps are made for: the width of the report
PROVINCES_UP_TO = 2500  # km: wider maps show countries alone


class Frame(NamedTuple):
    """What a map shows: projection, box in its kilometres (west, south, east, north), height in pixels."""

    crs: str
    box: tuple[float, float, float, float]
    height: int

    @property
    def km_per_px(self) -> float:
        return max((self.box[2] - self.box[0]) / WIDTH, (self.box[3] - self.box[1]) / self.height)

    @property
    def view(self) -> shapely.Polygon:
        """What the map shows on a page of the usual width."""
        x, y = (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2
        wide, high = WIDTH * self.km_per_px / 2, self.height * self.km_per_px / 2
        return shapely.box(x - wide, y - high, x + wide, y + high)

    @property
    def sheet(self) -> shapely.Polygon:
        """The view with room on all sides, for screens of another shape."""
        west, south, east, north = self.view.bounds
        x, y = 0.12 * (east - west), 0.25 * (north - south)
        return shapely.box(west - x, south - y, east + x, north + y)

    def to_map(self, shapes) -> np.ndarray:
        """Shapes in longitude and latitude -> shapes in this map's kilometres."""
        projected = gpd.GeoSeries(list(shapes), crs=4326).to_crs(self.crs)
        return shapely.transform(projected.to_numpy(), lambda xy: xy / 1000)

    def to_earth(self, shape: shapely.Geometry) -> shapely.Geometry:
        """A shape in this map's kilometres -> one in longitude and latitude."""
        metres = shapely.transform(shapely.segmentize(shape, 100), lambda xy: xy * 1000)
        return gpd.GeoSeries([metres], crs=self.crs).to_crs(4326).iloc[0]


def main_part(shape: shapely.Geometry) -> shapely.Geometry:
    """The largest part of a shape: the mainland, without far islands."""
    return max(shapely.get_parts(shape), key=lambda part: (part.area, part.length))


def visible(frame: Frame, shape: shapely.Geometry) -> shapely.Geometry:
    """The part of a shape that this map shows."""
    return shapely.intersection(shapely.make_valid(shape), frame.view)


def tidy(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    """Valid polygons simplified together, specks dropped; edges stay shared. Tolerance in km."""
    valid = np.array([shape if shape.is_valid else shape.buffer(0) for shape in shapes])
    simple = [shapely.get_parts(shape) for shape in shapely.coverage_simplify(valid, tolerance)]
    return np.array([shapely.MultiPolygon(list(parts[shapely.area(parts) > 4 * tolerance**2])) for parts in simple])


def base_units(frame: Frame, date: str | None) -> gpd.GeoDataFrame:
    """What the ground consists of: provinces on a map of less than 2,500 km, countries elsewhere; in the map's km."""
    window = shapely.box(*frame.to_earth(frame.sheet).bounds)
    inner = [load_layer("provinces", date)]
    if frame.crs != HOME_CRS:
        inner = (
            [*inner, load_layer("admin1", date)]
            if frame.view.bounds[2] - frame.view.bounds[0] < PROVINCES_UP_TO
            else []
        )
    rows = pd.concat([*inner, load_layer("countries", date)], ignore_index=True)
    rows = rows[rows.intersects(window)]
    rows = rows[(rows.feature != "country") | ~rows.country.isin(rows.country[rows.feature != "country"])]
    shapes = frame.to_map(shapely.intersection(rows.geometry.values, window))
    shapes = shapely.intersection(tidy(shapes, 0.7 * frame.km_per_px), frame.sheet)
    rows = gpd.GeoDataFrame(rows.drop(columns="geometry"), geometry=shapes)
    return rows[~rows.is_empty]


def add_shapes(figure: go.Figure, shapes, **style) -> None:
    """All polygons (holes too) or lines as one trace, coordinates in whole kilometres; draws nothing for none."""
    parts = shapely.get_parts(shapely.get_parts(list(shapes)))
    lines = [*shapely.get_rings(parts[shapely.get_dimensions(parts) == 2]), *parts[shapely.get_dimensions(parts) == 1]]
    rounded = [shapely.get_coordinates(line).round().astype(int).tolist() for line in lines]
    points = [point for line in rounded for point in (*line, (None, None))][:-1]  # None: the pen is lifted
    if points:
        x, y = zip(*points, strict=True)
        style = {"fill": "toself", "mode": "lines", "hoverinfo": "skip", "showlegend": False} | style
        figure.add_scatter(x=x, y=y, **style)


def clip(layer: gpd.GeoDataFrame, frame: Frame) -> gpd.GeoDataFrame:
    """The lines or lakes of a layer on this map, in its kilometres."""
    layer = layer[layer.intersects(shapely.box(*frame.to_earth(frame.sheet).bounds))]
    shapes = shapely.intersection(shapely.simplify(frame.to_map(layer.geometry), frame.km_per_px), frame.sheet)
    return gpd.GeoDataFrame(layer.drop(columns="geometry"), geometry=shapes)


def add_ground(figure: go.Figure, frame: Frame, units: gpd.GeoDataFrame) -> None:
    """Sea, countries, and provinces that tell their name when pointed at."""
    sea = shapely.difference(frame.sheet, shapely.union_all(units.geometry.values, grid_size=0.1))
    add_shapes(figure, [sea], fillcolor=PALETTE["water"], opacity=0.45, line_width=0)
    inner = units.feature.isin(["admin1", "admin2"])
    add_shapes(figure, units.geometry[~inner], fillcolor=PALETTE["land"], line_width=0)
    line = {"color": PALETTE["edge"], "width": 0.8}
    for row in units[inner].itertuples():
        note = escape(row.name) + (f"<br>{escape(row.status)}" if row.status else "")
        style = {"fillcolor": PALETTE["paper"], "hoveron": "fills", "hoverinfo": "text", "text": note}
        add_shapes(figure, [row.geometry], line=line, **style)


def add_water(figure: go.Figure, frame: Frame) -> None:
    """Lakes and rivers."""
    water = clip(load_layer("water"), frame)
    line = {"color": PALETTE["water"], "width": 1.2}
    for kind, fill in (("lake", {"fillcolor": PALETTE["water"]}), ("river", {"fill": "none"})):
        add_shapes(figure, water.geometry[water.feature == kind], line=line, **fill)


def add_borders(figure: go.Figure, frame: Frame, units: gpd.GeoDataFrame, date: str | None) -> None:
    """Borders and coasts as solid lines, dashed where a border is disputed."""
    borders = load_layer("borders", date)
    disputed = shapely.union_all(clip(borders[borders.feature == "disputed"], frame).geometry.values)
    states = units[units.country != ""].dissolve("country").boundary.union_all()
    edge = frame.sheet.exterior.buffer(frame.km_per_px)
    solid = states.difference(shapely.union(disputed.buffer(2.5 * frame.km_per_px), edge))
    line = {"color": PALETTE["border"], "width": 1.3}
    add_shapes(figure, [shapely.line_merge(solid)], fill="none", line=line)
    name = {"name": "disputed border", "showlegend": True, "legendrank": 2000}
    add_shapes(figure, [disputed], fill="none", line=line | {"dash": "4px,3px"}, **name)


def add_scale_bar(figure: go.Figure, frame: Frame) -> None:
    """A bar of a round length near a sixth of the map's width, at the lower left."""
    west, south, east, north = frame.view.bounds
    room = (east - west) / 6
    length = max(step * 10**power for power in range(4) for step in (1, 2, 5) if step * 10**power <= room)
    x, y = west + 0.03 * (east - west), south + 0.04 * (north - south)
    line = {"color": PALETTE["soft"], "width": 2}
    figure.add_scatter(x=[x, x + length], y=[y, y], mode="lines", line=line, hoverinfo="skip", showlegend=False)
    font = {"size": 11, "color": PALETTE["soft"]}
    figure.add_annotation(x=x + length / 2, y=y, text=f"{length:,} km", yshift=10, showarrow=False, font=font)
