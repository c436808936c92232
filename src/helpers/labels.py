"""Labels of a map: where each stands, so that none touches another or a mark."""

from html import escape
from textwrap import wrap

import geopandas as gpd
import pandas as pd
import plotly.graph_objects as go
import shapely
from shapely import Geometry, Point

from helpers.basemap import add_shapes
from helpers.boundaries import FOLDER, load_layer
from helpers.frames import Frame, main_part, visible
from helpers.palette import PALETTE

FONTS = {
    "area": (13, "ink"),
    "line": (12, "ink"),
    "point": (12, "ink"),
    "base": (11, "soft"),
    "unit": (10, "border"),
    "sea": (11, "soft"),
}  # px
SIDES = {"middle right": (1, 0), "middle left": (-1, 0), "top center": (0, 1), "bottom center": (0, -1),
         "top right": (1, 1), "bottom right": (1, -1), "top left": (-1, 1), "bottom left": (-1, -1)}  # fmt: skip
LETTER, LINE = 0.6, 1.3  # width of a letter (rather too much) and distance of lines, in sizes of the font


def make_label(frame: Frame, shape: Geometry, kind: str, text: str, rank: int = 0) -> dict:
    """A label in the middle of an area's largest circle, halfway along a line, at a point; long names in two lines."""
    part = main_part(shape)
    if kind in ("area", "base", "unit"):
        part = Point(shapely.maximum_inscribed_circle(part, frame.km_per_px).coords[0])
    at = shapely.line_interpolate_point(part, 0.5, normalized=True) if kind == "line" else part.centroid
    return {"kind": kind, "lines": wrap(text, 22), "x": at.x, "y": at.y, "room": 0, "rank": rank}


def label_box(frame: Frame, one: dict, side: tuple[int, int], away: float) -> tuple[float, float, Geometry]:
    """Where a label is tied to its place, `away` pixels from it, and the rectangle it takes up on that side of it."""
    km, size = frame.km_per_px, FONTS[one["kind"]][0]
    wide, high = LETTER * size * max(map(len, one["lines"])), size * (LINE * len(one["lines"]) - LINE + 1)
    gap = 1 + (0 if away else one["room"] / 0.8)  # as plotly.js sets a text beside a mark
    x, y = (one[axis] + away * km * part for axis, part in zip("xy", side, strict=True))
    middle_x, middle_y = x + side[0] * (wide / 2 + gap) * km, y + side[1] * (high / 2 + gap) * km
    wide, high = (wide + 4) * km, (high + 4) * km  # room for the halo
    return x, y, shapely.box(middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2)


def place_labels(frame: Frame, labels: list[dict]) -> list[dict]:
    """The labels that find room, the most important first: none touches another or a mark.

    A label stands on its area or beside its mark; where that is crowded, farther off at the end of a thin line.
    """
    west, south, *_ = frame.view.bounds
    taken = [shapely.box(west, south, west + 190 * frame.km_per_px, south + 50 * frame.km_per_px)]  # the scale bar's
    taken += [Point(one["x"], one["y"]).buffer(one["room"] * frame.km_per_px) for one in labels if one["room"]]
    placed, crowded = [], sum(one["rank"] > 0 for one in labels) > 30
    for one in sorted(labels, key=lambda one: -one["rank"]):
        on = [] if one["room"] else [("middle center", (0, 0), 0)]
        near = one["kind"] in ("base", "unit", "sea")
        distances = (0,) if near else (0, 22) if crowded and one["rank"] < 2 else (0, 22, 40, 62)
        for name, side, away in on + [(name, side, away) for away in distances for name, side in SIDES.items()]:
            x, y, box = label_box(frame, one, side, away)
            if box.within(frame.view) and not shapely.intersects(box, taken).any():
                taken.append(box)
                placed.append(one | {"side": name, "away": away, "at": (x, y)})
                break
    return placed


def add_labels(figure: go.Figure, frame: Frame, labels: list[dict], **style) -> None:
    """Labels with a halo, and the thin lines that lead to those that stand off."""
    leaders = [shapely.LineString([(one["x"], one["y"]), one["at"]]) for one in labels if one["away"]]
    add_shapes(figure, leaders, fill="none", line={"color": PALETTE["soft"], "width": 0.8}, **style)
    kinds = [kind for kind in FONTS if kind in {one["kind"] for one in labels}]
    for kind, (size, colour) in ((kind, FONTS[kind]) for kind in kinds):
        chosen = [one for one in labels if one["kind"] == kind]
        texts = ["<br>".join(map(escape, one["lines"])) for one in chosen]
        figure.add_scatter(
            x=[round(one["at"][0], 1) for one in chosen],
            y=[round(one["at"][1], 1) for one in chosen],
            text=[f"<i>{text}</i>" if kind == "sea" else text for text in texts],
            textposition=[one["side"] for one in chosen],
            textfont={"size": size, "color": PALETTE[colour], "shadow": "auto"},
            marker={"size": [0 if one["away"] else 2 * one["room"] for one in chosen], "opacity": 0},
            mode="markers+text",
            name=f"label {kind}",
            hoverinfo="skip",
            showlegend=False,
            **style,
        )


def base_labels(frame: Frame, units: gpd.GeoDataFrame) -> list[dict]:
    """Names of countries, large provinces and seas, to be set in soft type where they find room."""
    names = load_layer("countries").set_index("country").name
    states = units[units.country != ""].dissolve("country", method="coverage").geometry
    inner = units[units.feature.isin(["admin1", "admin2"]) & (units.name != "")].set_index("name").geometry
    labels = []
    for kind, least, shapes in (("base", 45, states.rename(names.to_dict())), ("unit", 75, inner)):
        room = (least * frame.km_per_px) ** 2
        parts = [(name, visible(frame, shape)) for name, shape in shapes[shapes.area > room].items()]
        parts = [(name, part) for name, part in parts if part.area > room]
        labels += [make_label(frame, part, kind, name, -1 if kind == "unit" else 0) for name, part in parts]
    seas = pd.read_csv(FOLDER / "seas.csv")
    points = zip(seas["name"], frame.to_map(gpd.points_from_xy(seas.lon, seas.lat)), strict=True)
    return labels + [make_label(frame, point, "sea", name) for name, point in points if point.within(frame.view)]
