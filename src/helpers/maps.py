"""Maps of the places an article names: one of the region it is about, a small one of the world; drawing only."""

from collections.abc import Sequence
from html import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import shapely
from shapely import Geometry, Point

from helpers import basemap
from helpers.basemap import HOME, HOME_BOX, HOME_CRS, WORLD_BOX, WORLD_CRS, Frame, add_shapes, main_part, visible
from helpers.boundaries import load_layer
from helpers.charts import PALETTE
from helpers.labels import add_labels, base_labels, make_label, place_labels
from helpers.tables import BRIEF, PRECISION, ROLES, Sentence, count, listing

NOTHING = "The article names no place that can be drawn on a map."
UNSURE = 0.5  # confidence below which a place is drawn hollow
SYMBOLS = {"literal": "circle", "metonym": "diamond", "embedded": "square"}  # roles are told apart without colour too
FILLS = {3: 0.35, 4: 0.35, 5: 0.1, 6: 0.1}  # opacity of an area by where_prec: the vaguer, the fainter


def place_map(places: gpd.GeoDataFrame, date: str | None = None) -> go.Figure | Sentence:
    """The region the article is about, with the provinces and borders of its date.

    Most often that is Pakistan and Afghanistan; an article about another part of the world gets a map of that.
    """
    rows = places_to_draw(places)
    if rows.empty:
        return Sentence(NOTHING)
    frame, where = choose_frame(rows)
    rows["shape"] = frame.to_map(rows["shape"])
    rows = rows[[is_on(frame, row) for row in rows.itertuples()]]
    figure, units = go.Figure(), basemap.base_units(frame, date)
    basemap.add_ground(figure, frame, units)
    add_areas(figure, frame, rows)
    basemap.add_water(figure, frame)
    basemap.add_borders(figure, frame, units, date)
    add_marks(figure, frame, rows)
    add_labels(figure, frame, place_labels(frame, [*labels_of(frame, rows), *base_labels(frame, units)]))
    basemap.add_scale_bar(figure, frame)
    return finish(figure, frame, rows, f"Places in {where}, borders of {date or 'today'}", left_out(places))


def world_map(places: gpd.GeoDataFrame) -> go.Figure | Sentence:
    """The places outside the map of the region, and those that reach beyond it, on a small map of the world."""
    rows = places_to_draw(places)
    if rows.empty:
        return Sentence(NOTHING)
    local, _ = choose_frame(rows)
    rows = rows[[reaches_beyond(local, shape) for shape in local.to_map(rows["shape"])]].copy()
    if rows.empty:
        return Sentence("Every place that can be drawn lies on the map of the region.")
    frame, figure, world = Frame(WORLD_CRS, WORLD_BOX, 400), go.Figure(), load_layer("world")
    coarse = dict(zip(world.place_id, world.geometry, strict=True))
    rows["shape"] = frame.to_map([coarse.get(i, s) for i, s in zip(rows.place_id, rows["shape"], strict=True)])
    line = {"color": PALETTE["edge"], "width": 0.6}
    add_shapes(figure, basemap.tidy(frame.to_map(world.geometry), 26), fillcolor=PALETTE["land"], line=line)
    add_areas(figure, frame, rows)
    here = frame.to_map([local.to_earth(local.view.exterior)])
    style = {"name": "the map of the region", "showlegend": True, "legendrank": 2000}
    add_shapes(figure, here, fill="none", line={"color": PALETTE["soft"], "width": 1.2, "dash": "dot"}, **style)
    add_marks(figure, frame, rows)
    add_labels(figure, frame, place_labels(frame, labels_of(frame, rows)))
    return finish(figure, frame, rows, "Places beyond the map of the region")


# --- what is drawn, and where


def places_to_draw(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row a place, most mentions first, with its role, mean confidence and kind: area, line or point.

    Demonyms are left out, and so is what is known to a province or worse but has no outline: a dot would be false.
    """
    named = places[(places.role != "demonym") & places.place_id.notna() & (places.place_id != "")]
    rows = [one_place(mentions) for _, mentions in named.groupby("place_id", sort=False)]
    table = pd.DataFrame([row for row in rows if row])
    return table if table.empty else table.sort_values("mentions", ascending=False, kind="stable", ignore_index=True)


def one_place(mentions: gpd.GeoDataFrame) -> dict | None:
    """What is drawn for one place, the place itself before the actor and the name's part; None if nothing can be."""
    first = mentions.iloc[0]
    if first.geometry is None or first.geometry.is_empty:
        return None
    kind = ("point", "line", "area")[shapely.get_dimensions(first.geometry)]
    if kind == "point" and first.where_prec in (4, 5, 6):
        return None
    role = min(mentions.role, key=list(SYMBOLS).index)
    row = {"place_id": first.place_id, "name": str(first["name"]), "country": first.country or "", "kind": kind}
    row |= {"precision": int(first.where_prec), "mentions": len(mentions), "role": role}
    return row | {"confidence": float(mentions.confidence.astype(float).fillna(0).mean()), "shape": first.geometry}


def left_out(places: gpd.GeoDataFrame) -> list[str]:
    """The names of places that no map draws: nowhere to be found, or an area whose outline is not at hand."""
    drawn = places_to_draw(places)
    rest = places[(places.role != "demonym") & ~places.place_id.isin(drawn.get("place_id", []))]
    return list(dict.fromkeys(rest["name"].where(rest["name"].notna(), rest["text"])))


def choose_frame(rows: pd.DataFrame) -> tuple[Frame, str]:
    """The home map if half of the mentions are of places there, else one around the middle of most of the others."""
    if rows.mentions[rows.country.isin(HOME)].sum() * 2 >= rows.mentions.sum():
        return Frame(HOME_CRS, HOME_BOX, 600), "Pakistan and Afghanistan"
    parts = rows["shape"].map(main_part)
    vague = rows.precision.isin([5, 6])
    exact = (~vague | (rows.index == vague.idxmax())) & (parts.map(shapely.area) < 100)  # square degrees: no giant
    rows, parts = (rows[exact], parts[exact]) if exact.any() else (rows, parts)
    points = shapely.get_coordinates(parts.map(shapely.point_on_surface))
    far = np.linalg.norm(points[:, None] - points[None], axis=2)
    middle = points[np.argmin(far @ rows.mentions.to_numpy())]
    crs = "+proj=laea +lon_0={:.0f} +lat_0={:.0f}".format(*middle)  # equal areas, true near the middle
    shapes = Frame(crs, HOME_BOX, 600).to_map(parts)
    near = shapely.distance(shapes, Point(0, 0)) < 1500
    west, south, east, north = shapely.total_bounds(shapes[near])
    pad = max(0.12 * max(east - west, north - south), 150 - (east - west) / 2, 100 - (north - south) / 2)
    box = (west - pad, south - pad, east + pad, north + pad)
    return Frame(crs, box, 600), "and around " + rows["name"][near].iloc[0]


def is_on(frame: Frame, row) -> bool:
    """Whether a place belongs on this map: a part of it lies there, and of a large region more than half."""
    part = visible(frame, row.shape)
    return not part.is_empty and (row.kind != "area" or row.precision != 5 or part.area > row.shape.area / 2)


def reaches_beyond(frame: Frame, shape: Geometry) -> bool:
    """Whether less than nine tenths of a place lie on this map."""
    part = visible(frame, shape)
    return part.is_empty or part.area < 0.9 * shape.area or part.length < 0.5 * shape.length


def is_dot(frame: Frame, row) -> bool:
    """Whether a place is drawn as a mark: a point, or an area too small to be seen on this map."""
    return row.kind == "point" or (row.kind == "area" and row.shape.area < (4 * frame.km_per_px) ** 2)


# --- areas, lines and points


def hover(row) -> dict:
    """What a place tells when it is pointed at; customdata and meta hold its place_id, by which a page links it."""
    note = f"{count(row.mentions, 'mention')} · {BRIEF[row.role]}"
    sure = f"known to: {PRECISION[row.precision]} · confidence {row.confidence:.2f}"
    text = f"<b>{escape(row.name)}</b><br>{note}<br>{sure}"
    return {"text": text, "hoverinfo": "text", "customdata": [row.place_id], "meta": row.place_id, "showlegend": False}


def add_areas(figure: go.Figure, frame: Frame, rows: pd.DataFrame) -> None:
    """Provinces, regions and countries as soft fills, the largest first; dashed where the limits are vague."""
    areas = rows[[row.kind == "area" and not is_dot(frame, row) for row in rows.itertuples()]]
    for row in areas.iloc[np.argsort(-shapely.area(areas["shape"].to_numpy(Geometry)))].itertuples():
        shape = shapely.intersection(basemap.tidy(np.array([row.shape]), 0.7 * frame.km_per_px), frame.sheet)
        sure, colour = row.confidence >= UNSURE, PALETTE[row.role]
        rgb = ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
        dash = ("6px,4px" if row.precision == 5 else "solid") if sure else "dot"
        line = {
            "color": colour,
            "dash": dash,
            "width": 0 if row.precision == 6 and sure and frame.crs != WORLD_CRS else 1.4,
        }
        fill = f"rgba({rgb},{FILLS.get(row.precision, 0.35) if sure else 0.04})"
        style = {"fillcolor": fill, "line": line, "hoveron": "fills", **hover(row)}
        add_shapes(figure, shape, **style)


def add_marks(figure: go.Figure, frame: Frame, rows: pd.DataFrame) -> None:
    """Borders and rivers as dashed lines, points as marks sized by mentions, hollow where uncertain; the legend."""
    for row in rows[rows.kind == "line"].itertuples():
        shape = shapely.intersection(shapely.simplify(row.shape, frame.km_per_px), frame.sheet)
        line = {"color": PALETTE[row.role], "width": 2.6, "dash": "8px,5px"}
        add_shapes(figure, [shape], fill="none", line=line, **hover(row))
    for row in (row for row in rows.itertuples() if is_dot(frame, row)):
        at, sure = row.shape.centroid, row.confidence >= UNSURE
        outline = {"color": PALETTE["paper" if sure else row.role], "width": 1.5}
        marker = {"size": size_of(row), "symbol": SYMBOLS[row.role] + ("" if sure else "-open"), "opacity": 1}
        marker |= {"color": PALETTE[row.role], "line": outline}
        figure.add_scatter(x=[round(at.x, 1)], y=[round(at.y, 1)], mode="markers", marker=marker, **hover(row))
    add_legend(figure, rows)


def size_of(row) -> float:
    """The width of a mark in pixels; its area grows with the mentions."""
    return min(8 * row.mentions**0.5 + 2, 36)


def add_legend(figure: go.Figure, rows: pd.DataFrame) -> None:
    """An entry for each kind of mark on this map."""
    soft = {"size": 13, "color": PALETTE["soft"]}
    entries = [
        (ROLES[role], {"symbol": SYMBOLS[role], "size": 11, "color": PALETTE[role]})
        for role in SYMBOLS
        if role in set(rows.role)
    ]
    if rows.mentions[rows.kind == "point"].max() > 1:
        entries.append(("larger: named more often", soft))
    if (rows.confidence < UNSURE).any():
        entries.append(("hollow: uncertain", soft | {"symbol": "circle-open"}))
    if (rows.kind == "area").any():
        tint = soft | {"symbol": "square", "opacity": 0.35}
        entries.append(("tinted: a district, province, region or country as a whole", tint))
    style = {"x": [None], "y": [None], "showlegend": True, "hoverinfo": "skip"}
    for name, marker in entries:
        figure.add_scatter(mode="markers", marker=marker, name=name, **style)
    if (rows.kind == "line").any():
        line = {"color": PALETTE["soft"], "width": 2.6, "dash": "8px,5px"}
        figure.add_scatter(mode="lines", line=line, name="a border or river", **style)


def labels_of(frame: Frame, rows: pd.DataFrame) -> list[dict]:
    """A label for each place: where it stands, how much room its mark takes (pixels), how important it is."""
    labels = []
    for row in rows.itertuples():
        part, dot = visible(frame, row.shape), is_dot(frame, row)
        if part.is_empty:
            continue
        text = row.name if dot else f"{row.name} ({row.mentions})"
        labels.append(make_label(frame, part, "point" if dot else row.kind, text, row.mentions))
        labels[-1]["room"] = size_of(row) / 2 if dot else 0
    return labels


def finish(figure: go.Figure, frame: Frame, rows: pd.DataFrame, title: str, missing: Sequence[str] = ()) -> go.Figure:
    """Equal axes, title, legend, and the map in a sentence and a table for who cannot see it."""
    names = [f"{name} ({mentions})" for name, mentions in zip(rows["name"], rows.mentions, strict=True)]
    kinds = [count(number, kind) for kind, number in rows.kind.value_counts().items()]
    alt = f"Map. {title}: {listing(kinds)}, with the number of mentions: {listing(names, 12)}."
    alt += f" Not drawn, for want of a point or an outline: {listing(missing)}." if missing else ""
    table = [["place", "mentions", "role", "known to", "confidence"]]
    columns = (
        rows["name"],
        rows.mentions,
        rows.role.map(BRIEF),
        rows.precision.map(PRECISION),
        rows.confidence.round(2),
    )
    table += [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    west, south, east, north = frame.view.bounds
    figure.update_xaxes(visible=False, range=[west, east])
    figure.update_yaxes(visible=False, range=[south, north], scaleanchor="x")
    legend = {"orientation": "h", "x": 0, "y": -0.01, "yanchor": "top", "itemclick": False, "itemdoubleclick": False}
    margin = {"l": 0, "r": 0, "t": 44, "b": 10}
    figure.update_layout(title=title, height=frame.height + 120, legend=legend, margin=margin, hovermode="closest")
    return figure.update_layout(dragmode="pan", meta={"alt": alt, "table": table})
