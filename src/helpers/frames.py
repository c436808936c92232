"""The frame of a map: which part of the earth it shows, in which projection, chosen by the places it has to hold."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Geometry, Point

HOME = ("PK", "AF")
HOME_CRS = "EPSG:32642"  # UTM zone 42 north: lengths true to 1.5 % over both countries
HOME_BOX = (-340.0, 2560.0, 1285.0, 4310.0)
WORLD_CRS = "EPSG:8857"  # Equal Earth (Savric, Patterson and Jenny 2018): areas compare
WORLD_BOX = (-17250.0, -7700.0, 17250.0, 8400.0)
WIDTH = 820  # pixels the maps are made for: the width of the report


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

    @property
    def window(self) -> shapely.Polygon:
        """The longitudes and latitudes of the sheet: all of them where it holds a pole, or crosses the date line."""
        west, south, east, north = self.to_earth(self.sheet).bounds
        poles = [pole.within(self.sheet) for pole in self.to_map([shapely.Point(0, -90), shapely.Point(0, 90)])]
        west, east = (-180, 180) if any(poles) or east - west > 300 else (west, east)
        return shapely.box(west, -90 if poles[0] else south, east, 90 if poles[1] else north)

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
    return shapely.intersection(shape if shape.is_valid else shapely.make_valid(shape), frame.view)


def choose_frame(rows: pd.DataFrame) -> tuple[Frame, str]:
    """The home map if half of the mentions are of places there, else one around the middle of most of the others."""
    if rows.mentions[rows.country.isin(HOME)].sum() * 2 >= rows.mentions.sum():
        return Frame(HOME_CRS, HOME_BOX, 600), "Pakistan and Afghanistan"
    parts = rows["shape"].map(main_part)
    vague = rows.precision.isin([5, 6])
    exact = (~vague | (rows.index == vague.idxmax())) & (parts.map(shapely.area) < 100)  # square degrees: no giant
    rows, parts = (rows[exact], parts[exact]) if exact.any() else (rows, parts)
    points = shapely.get_coordinates(parts.map(shapely.point_on_surface))
    crs = around(*points[middle_of(on_sphere(points), rows.mentions)])
    shapes = Frame(crs, HOME_BOX, 600).to_map(parts)
    near = shapely.distance(shapes, Point(0, 0)) < 1500
    return Frame(crs, box_around(shapes[near], 450), 600), "and around " + rows["name"][near].iloc[0]


def closer_frame(frame: Frame, rows: pd.DataFrame) -> Frame | None:
    """The part of a map where most of its towns and provinces lie; None if it is hardly smaller than the map."""
    small = rows[(rows.kind != "line") & (rows.precision < 5)]
    shapes = small["shape"].to_numpy(Geometry)
    if not len(shapes):
        return None
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    middle = Point(points[middle_of(points, small.mentions)])
    near = shapely.distance(shapely.point_on_surface(shapes), middle) < 75 * frame.km_per_px
    west, south, east, north = box_around(shapes[near], 350)
    closer = Frame(frame.crs, (west, south, east, north), frame.height)
    return closer if closer.km_per_px < 0.6 * frame.km_per_px else None


def world_frame(rows: pd.DataFrame, region: Geometry) -> Frame:
    """The world in equal areas, or the part of it that holds the region and all these places, where it is a smaller."""
    shapes = [*rows["shape"].map(main_part), region]
    points = on_sphere(shapely.get_coordinates([shapely.point_on_surface(shape) for shape in shapes]))
    x, y, z = points.mean(axis=0)
    crs = around(np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y))))
    near = np.linalg.norm(points - points.mean(axis=0), axis=1).max() < 0.8  # of the earth's radius
    box = box_around(Frame(crs, WORLD_BOX, 400).to_map(shapes), 4000) if near else WORLD_BOX
    is_part = near and max(box[2] - box[0], 2 * (box[3] - box[1])) < 16000
    return Frame(crs, box, 400) if is_part else Frame(WORLD_CRS, WORLD_BOX, 400)


def around(lon: float, lat: float) -> str:
    """A projection of equal areas, true near its middle."""
    return f"+proj=laea +lon_0={lon:.0f} +lat_0={lat:.0f}"


def on_sphere(points: np.ndarray) -> np.ndarray:
    """Longitudes and latitudes as points on a ball, where the date line and the poles are no edges."""
    lon, lat = np.radians(points).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def middle_of(points: np.ndarray, weights: pd.Series) -> int:
    """The number of the point from which the way to all others, by their weights, is shortest."""
    return int(np.argmin(np.linalg.norm(points[:, None] - points[None], axis=2) @ weights.to_numpy()))


def box_around(shapes: np.ndarray, least: float) -> tuple[float, float, float, float]:
    """The box of some shapes with a margin, at least so many km wide."""
    west, south, east, north = shapely.total_bounds(shapes)
    pad = max(0.12 * max(east - west, north - south), (least - east + west) / 2, (0.67 * least - north + south) / 2)
    return west - pad, south - pad, east + pad, north + pad
