"""Maps of the places an article names: one of the region it is about, a small one of the world; drawing only.

What the page needs to link text and map: a mark of the trace "places" has its place_id in `customdata`, an area or a
line in `meta["place_id"]`. Traces with meta["view"] belong to one of the two views that the buttons switch between.
"""

from collections.abc import Sequence
from html import escape
from textwrap import wrap

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import shapely
from shapely import Geometry

from helpers import basemap
from helpers.basemap import CLEAR, add_shapes, tint
from helpers.boundaries import country_as_seen, load_layer, shape_of
from helpers.charts import PALETTE
from helpers.frames import HOME_CRS, Frame, choose_frame, closer_frame, visible, world_frame
from helpers.labels import add_labels, base_labels, make_label, place_labels
from helpers.tables import BRIEF, PRECISION, ROLES, Sentence, count, listing, map_keys, where_is

NOTHING = "The article names no place that can be drawn on a map."
UNSURE = 0.5  # confidence below which a place is drawn hollow, an area dotted: more likely not the place than the place
SYMBOLS = {"literal": "circle", "metonym": "diamond", "embedded": "square"}  # roles are told apart without colour too
FILLS = {3: 0.35, 4: 0.35, 5: 0.1, 6: 0.1}  # opacity of an area by where_prec: the vaguer, the fainter
SEA = 7  # the where_prec of seas, which have no outline: a wide, pale disc
BUTTON = {"bgcolor": "#f6f5f1", "bordercolor": "#8a949b", "font": {"size": 12, "color": "#1f2a34"}}  # on dark pages too


def place_map(
    places: gpd.GeoDataFrame, date: str | None = None, boundary_view: str = "de facto"
) -> go.Figure | Sentence:
    """The region the article is about, with the provinces of its date and the borders of a view (boundaries.views).

    Most often that is Pakistan and Afghanistan; an article about another part of the world gets a map of that.
    """
    rows = places_to_draw(places)
    if rows.empty:
        return Sentence(NOTHING)
    is_country = rows.precision == 6
    rows.loc[is_country, "shape"] = [
        country_as_seen(row.shape, row.country, boundary_view, date) for row in rows[is_country].itertuples()
    ]
    frame, where = choose_frame(rows)
    rows["shape"], missing = frame.to_map(rows["shape"]), left_out(places, rows)
    rows = rows[[is_on(frame, row) for row in rows.itertuples()]]
    figure, units = go.Figure(), basemap.base_units(frame, date, boundary_view)
    closer = closer_frame(frame, rows)
    basemap.add_ground(figure, frame, units, date)
    if closer:
        basemap.add_districts(figure, closer, date, visible=False, meta={"view": "closer"})
    lake = rows.feature == "lake"
    add_areas(figure, frame, rows[~lake])
    basemap.add_water(figure, frame)
    add_areas(figure, frame, rows[lake])
    basemap.add_borders(figure, frame, units, date, boundary_view)
    add_marks(figure, frame, rows)
    for name, view in (("region", frame), ("closer", closer)):
        if view:
            style = {"visible": name == "region", "meta": {"view": name}}
            ground = [one for one in base_labels(view, units) if " ".join(one["lines"]) not in set(rows["name"])]
            add_labels(figure, view, place_labels(view, [*labels_of(view, rows), *ground]), **style)
            basemap.add_scale_bar(figure, view, **style)
    finish(figure, frame, rows, f"Places in {where}, borders of {date or 'today'}", missing)
    figure.update_layout(legend_title=describe_borders(boundary_view, closer, missing))
    figure.layout.height += 14 * max(0, figure.layout.legend.title.text.count("<br>") - 1)  # of its lines two have room
    return add_buttons(figure, frame, closer) if closer else figure


def world_map(places: gpd.GeoDataFrame) -> go.Figure | Sentence:
    """The places outside the map of the region, and those that reach beyond it, on a small map of the world."""
    rows = places_to_draw(places)
    if rows.empty:
        return Sentence(NOTHING)
    local, _ = choose_frame(rows)
    rows = rows[[reaches_beyond(local, shape) for shape in local.to_map(rows["shape"])]].copy()
    if rows.empty:
        return Sentence("Every place that can be drawn lies on the map of the region.")
    region = local.to_earth(local.view.exterior)
    frame, figure, world = world_frame(rows, region), go.Figure(), load_layer("world")
    coarse = dict(zip(world.place_id, world.geometry, strict=True))
    rows["shape"] = frame.to_map([coarse.get(i, s) for i, s in zip(rows.place_id, rows["shape"], strict=True)])
    line = {"color": PALETTE["edge"], "width": 0.6}
    shown = basemap.tidy(frame.to_map(world.geometry), 0.6 * frame.km_per_px)
    add_shapes(figure, shapely.intersection(shown, frame.sheet), fillcolor=PALETTE["land"], line=line)
    add_areas(figure, frame, rows)
    style = {"name": "the map of the region", "showlegend": True, "legendrank": 2000}
    line = {"color": PALETTE["soft"], "width": 1.2, "dash": "dot"}
    add_shapes(figure, frame.to_map([region]), fill="none", line=line, **style)
    add_marks(figure, frame, rows)
    add_labels(figure, frame, place_labels(frame, labels_of(frame, rows)))
    return finish(figure, frame, rows, "Places beyond the map of the region")


# --- what is drawn, and where


def places_to_draw(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row a place, most mentions first, with its role, mean confidence and kind: area, line or point.

    Demonyms are left out, and so is what is known to a province or worse but has no outline: a dot would be false.
    """
    keys = map_keys(places)
    named = places[(places.role != "demonym") & (keys != "")]
    rows = [one_place(key, mentions) for key, mentions in named.groupby(keys, sort=False)]
    table = pd.DataFrame([row for row in rows if row])
    return table if table.empty else table.sort_values("mentions", ascending=False, kind="stable", ignore_index=True)


def one_place(key: str, mentions: gpd.GeoDataFrame) -> dict | None:
    """What is drawn for one place, the place itself before the actor and the name's part; None if nothing can be."""
    first = mentions.iloc[0]
    shape = (shape_of(first.place_id) if first.feature == "lake" else None) or first.geometry  # lakes are points there
    if shape is None or shape.is_empty:
        return None
    kind = ("point", "line", "area")[shapely.get_dimensions(shape)]
    if kind == "point" and first.where_prec in (4, 5, 6):
        return None
    role = min(mentions.role, key=list(SYMBOLS).index)
    row = {"place_id": key, "name": str(first["name"]), "country": first.country or "", "kind": kind}
    row |= {"precision": int(first.where_prec), "mentions": len(mentions), "role": role, "feature": first.feature}
    row |= {"admin1": first.admin1 or "", "reason": first.reason or "", "senses": mentions.role.value_counts()}
    return row | {"confidence": float(mentions.confidence.astype(float).fillna(0).mean()), "shape": shape}


def left_out(places: gpd.GeoDataFrame, drawn: pd.DataFrame) -> list[str]:
    """The names of places that no map draws: nowhere to be found, or an area whose outline is not at hand."""
    rest = places[(places.role != "demonym") & ~map_keys(places).isin(drawn.place_id)]
    return list(dict.fromkeys(rest["name"].where(rest["name"].notna(), rest["text"])))


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


def hover(row) -> str:
    """What a place tells when it is pointed at: name, kind, mentions by sense, how surely and why; no sentence."""
    senses = ", ".join(f"{number} {BRIEF[role]}" for role, number in row.senses.items())
    sure = f"known to: {PRECISION[row.precision]} · confidence {row.confidence:.2f}"
    sure += " (uncertain)" if row.confidence < UNSURE else ""
    lines = [where_is(row), f"{count(row.mentions, 'mention')}: {senses}", sure, *wrap(row.reason, 56)]
    return "<br>".join([f"<b>{escape(row.name)}</b>", *(escape(line) for line in lines if line)])


def add_areas(figure: go.Figure, frame: Frame, rows: pd.DataFrame) -> None:
    """Provinces, regions and countries as soft fills, the largest first; dashed where vague, dotted where uncertain."""
    chosen = [row.kind == "area" and not is_dot(frame, row) for row in rows.itertuples()]
    areas = rows[np.array(chosen, dtype=bool)]
    for row in areas.iloc[np.argsort(-shapely.area(areas["shape"].to_numpy(Geometry)))].itertuples():
        shape = shapely.intersection(basemap.tidy(np.array([row.shape]), frame.km_per_px), frame.sheet)
        sure, colour = row.confidence >= UNSURE, PALETTE[row.role]
        dash = ("6px,4px" if row.precision == 5 else "solid") if sure else "dot"
        bare = row.precision == 6 and sure and frame.height > 400  # the border itself is drawn on the larger map
        line = {"color": colour, "dash": dash, "width": 0 if bare else 1.4}
        fill = tint(colour, FILLS.get(row.precision, 0.35) if sure else 0.04)
        style = {"fillcolor": fill, "line": line, "hoveron": "fills", "text": hover(row), "hoverinfo": "text"}
        add_shapes(figure, shape, meta={"place_id": row.place_id}, **style)


def add_marks(figure: go.Figure, frame: Frame, rows: pd.DataFrame) -> None:
    """Borders and rivers as dashed lines, points as marks sized by mentions, hollow where uncertain; the legend."""
    for row in rows[rows.kind == "line"].itertuples():
        shape = shapely.intersection(shapely.simplify(row.shape, frame.km_per_px), frame.sheet)
        line = {"color": PALETTE[row.role], "width": 2.6, "dash": "8px,5px"}
        style = {"line": line, "text": hover(row), "hoverinfo": "text", "meta": {"place_id": row.place_id}}
        add_shapes(figure, [shape], fill="none", **style)
    dots = sorted((row for row in rows.itertuples() if is_dot(frame, row)), key=size_of, reverse=True)
    if dots:  # the smallest on top
        middles, sure = [row.shape.centroid for row in dots], [row.confidence >= UNSURE for row in dots]
        colours, seas = [PALETTE[row.role] for row in dots], [row.precision == SEA for row in dots]
        fills = [tint(c, 0.2) if sea else c if s else CLEAR for c, sea, s in zip(colours, seas, sure, strict=True)]
        rims = [PALETTE["paper"] if s else c for c, s in zip(colours, sure, strict=True)]
        marker = {"size": [size_of(row) for row in dots], "symbol": [SYMBOLS[row.role] for row in dots], "opacity": 1}
        marker |= {"color": fills, "line": {"color": rims, "width": [1.5 if s else 2.2 for s in sure]}}
        figure.add_scatter(
            x=[round(at.x, 1) for at in middles],
            y=[round(at.y, 1) for at in middles],
            customdata=[row.place_id for row in dots],
            text=[hover(row) for row in dots],
            hoverinfo="text",
            mode="markers",
            marker=marker,
            name="places",
            showlegend=False,
        )
    add_legend(figure, rows)


def size_of(row) -> float:
    """The width of a mark in pixels; its area grows with the mentions."""
    return 32 if row.precision == SEA else min(8 * row.mentions**0.5 + 2, 36)


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
        entries.append((f"hollow or dotted: uncertain (below {UNSURE})", soft | {"symbol": "circle-open"}))
    if (rows.kind == "area").any():
        pale = soft | {"symbol": "square", "opacity": 0.35}
        entries.append(("tinted: a district, province or country as a whole (mentions)", pale))
    if (rows.precision == SEA).any():
        entries.append(("pale disc: a sea, which has no exact place", soft | {"opacity": 0.25, "size": 18}))
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


def describe_borders(view: str, closer: Frame | None, missing: Sequence[str] = ()) -> dict:
    """The lines under a map: whose borders it shows, where its lines are from, and which places it lacks."""
    seen = {"de facto": "de facto", "un": "as the United Nations draw them"}.get(view.lower())
    text = f"Borders {seen or 'as claimed by ' + view.title()}, disputed ones dashed. Lines: Natural Earth"
    text += "; districts: geoBoundaries, OpenStreetMap." if closer and closer.crs == HOME_CRS else "."
    lines = wrap(text, 62)
    lines += wrap(f"Not drawn, for want of a point or an outline: {listing(missing, 6)}.", 62) if missing else []
    text = "<br>".join(map(escape, lines))
    return {"text": text, "font": {"size": 11, "color": PALETTE["soft"]}, "side": "top"}


def add_buttons(figure: go.Figure, frame: Frame, closer: Frame) -> go.Figure:
    """Two buttons: the whole map, and the part where most is named, with all its labels and the limits of districts."""
    marked = [(i, trace.meta["view"]) for i, trace in enumerate(figure.data) if trace.meta and "view" in trace.meta]
    buttons = []
    for label, name, one in (("Whole map", "region", frame), ("Closer", "closer", closer)):
        west, south, east, north = one.view.bounds
        ranges = {"xaxis.range": [west, east], "yaxis.range": [south, north]}
        shown = {"visible": [view == name for _, view in marked]}
        buttons.append({"label": label, "method": "update", "args": [shown, ranges, [i for i, _ in marked]]})
    style = BUTTON | {"direction": "left", "showactive": False, "type": "buttons", "pad": {"b": 4}}
    corner = {"x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"}  # where they cover neither map nor plotly's own
    return figure.update_layout(updatemenus=[style | corner | {"buttons": buttons}], margin_t=80, title_y=0.98)


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
    entries = sum(trace.showlegend is True for trace in figure.data)
    height = frame.height + 90 + 20 * entries  # the legend may take a line for each
    figure.update_layout(title=title, height=height, legend=legend, margin=margin, hovermode="closest")
    return figure.update_layout(dragmode="pan", meta={"alt": alt, "table": table})
