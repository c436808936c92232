"""Pictures of a corpus: where its coverage goes, through time, and in what tone it speaks of someone; drawing only.

Mentions are counted by article before anything is drawn, so thirty thousand articles make the pictures of three.
"""

from html import escape
from math import ceil, isnan

import geopandas as gpd
import pandas as pd
import plotly.graph_objects as go

from helpers import basemap
from helpers.boundaries import load_layer
from helpers.charts import finish_figure, shorten
from helpers.compare import Corpus
from helpers.frames import HOME, HOME_BOX, HOME_CRS, WORLD_BOX, WORLD_CRS, Frame
from helpers.names import country_name
from helpers.palette import PALETTE
from helpers.tables import Sentence, count, listing, signed

UNITS = {  # unit: layer, frame, the vaguest where_prec that still lies in one
    "country": ("world", Frame(WORLD_CRS, WORLD_BOX, 400), 6),
    "province": ("provinces", Frame(HOME_CRS, HOME_BOX, 600), 4),
    "district": ("districts", Frame(HOME_CRS, HOME_BOX, 600), 3),
}
CELL = 0.94  # of a column's width and a row's height
FULL = 0.5  # opacity of the strongest cell: words on it can still be read, light or dark
WORDY = 18  # columns that leave room for words in their cells, and for their names under them


# --- where


def units_of(places: pd.DataFrame, unit: str) -> pd.Series:
    """The place_id of the country, province or district that each place lies in; none for those outside of all."""
    layer, _, vaguest = UNITS[unit]
    areas = load_layer(layer)
    if unit == "country":
        return places.country.map(areas.drop_duplicates("country").set_index("country").place_id)
    near = places[places.country.isin(HOME) & (places.where_prec <= vaguest) & places.lat.notna()]
    near = near.drop_duplicates("place_id").set_index("place_id")
    points = gpd.GeoDataFrame(near, geometry=gpd.points_from_xy(near.lon, near.lat), crs=4326)
    inside = points.sjoin(areas[["place_id", "geometry"]].rename(columns={"place_id": "unit"}), predicate="within")
    found = inside[~inside.index.duplicated()].unit.to_dict()
    return places.place_id.map(found | {key: key for key in set(areas.place_id) & set(near.index)})


def coverage_map(corpus: Corpus, unit: str) -> go.Figure | Sentence:
    """Areas shaded by the number of articles that name a place in them: by country, province or district."""
    layer, frame, _ = UNITS[unit]
    numbers = corpus.places.assign(unit=units_of(corpus.places, unit)).groupby("unit").article_id.nunique()
    if numbers.empty:
        return Sentence(f"No article names a place that could be drawn on a map by {unit}.")
    areas = load_layer(layer).drop_duplicates("place_id").set_index("place_id")
    rows = areas.assign(articles=numbers).dropna(subset="articles").sort_values("articles", ascending=False)
    figure = go.Figure().update_layout(dragmode=False)
    _add_ground(figure, frame, layer)
    shapes = basemap.tidy(frame.to_map(rows.geometry), frame.km_per_px)
    for row, shape in zip(rows.itertuples(), shapes, strict=True):
        fill = basemap.tint(PALETTE["literal"], round(0.12 + 0.7 * (row.articles / numbers.max()) ** 0.5, 2))
        note = f"<b>{escape(row.name)}</b><br>{count(int(row.articles), 'article')}"
        edge = {"color": PALETTE["edge"], "width": 0.6}
        basemap.add_shapes(figure, [shape], fillcolor=fill, line=edge, text=note, hoverinfo="text", hoveron="fills")
    if frame.crs == HOME_CRS:
        basemap.add_borders(figure, frame, basemap.base_units(frame, None, "de facto"), None, "de facto")
        figure.update_traces(showlegend=False)
    values = [[row.name, int(row.articles)] for row in rows.itertuples()]
    title = f"Articles by {unit}" + ("" if unit == "country" else " of Pakistan and Afghanistan")
    most = listing([f"{name} ({number})" for name, number in values], 6)
    west, south, east, north = frame.view.bounds
    figure.update_xaxes(visible=False, range=[west, east]).update_yaxes(visible=False, range=[south, north])
    figure.update_yaxes(scaleanchor="x")
    return finish_figure(
        figure, title, f"Map, shaded by articles: {most}.", [[unit, "articles"], *values], frame.height
    )


def _add_ground(figure: go.Figure, frame: Frame, layer: str) -> None:
    """The land under a map of areas, without names."""
    line = {"color": PALETTE["edge"], "width": 0.5}
    shapes = basemap.tidy(frame.to_map(load_layer(layer).geometry), frame.km_per_px)
    basemap.add_shapes(figure, shapes, fillcolor=PALETTE["land"], line=line)


# --- through time


def places_by_time(corpus: Corpus, most: int = 12) -> go.Figure | Sentence:
    """A matrix: in how many articles each of the leading provinces and other countries is named, by month or year."""
    places, areas = corpus.places, load_layer("provinces").drop_duplicates("place_id").set_index("place_id").name
    label = units_of(places, "province").map(areas)
    whole = places.country.isin(HOME).map({True: " as a whole", False: ""})
    label = label.fillna(places.country.map(country_name, na_action="ignore") + whole)
    return _by_time(corpus, places.assign(label=label), "Articles by place named, through time", most)


def names_by_time(corpus: Corpus, most: int = 12) -> go.Figure | Sentence:
    """A matrix: in how many articles each of the leading names stands, by month or year."""
    first = corpus.names.drop_duplicates("entity_id").set_index("entity_id").name
    return _by_time(
        corpus,
        corpus.names.assign(label=corpus.names.entity_id.map(first)),
        "Articles by name, through time",
        most,
    )


def _by_time(corpus: Corpus, rows: pd.DataFrame, title: str, most: int) -> go.Figure | Sentence:
    dated = rows.merge(corpus.articles[corpus.articles.period != ""][["article_id", "period"]])
    numbers = dated.groupby(["label", "period"]).article_id.nunique().unstack(fill_value=0)
    if numbers.empty:
        return Sentence("No dated article names any, so there is nothing to follow through time.")
    top = numbers.sum(axis=1).sort_values(ascending=False, kind="stable").index[:most]
    numbers = numbers.loc[top, sorted(numbers)]
    highest = numbers.to_numpy().max()
    colours = numbers.map(lambda n: basemap.tint(PALETTE["accent"], round(FULL * n / highest, 3)))
    return _matrix(colours, numbers.astype(str).replace("0", ""), title, "articles")


def _matrix(colours: pd.DataFrame, texts: pd.DataFrame, title: str, noun: str) -> go.Figure:
    """Rows by columns as shaded cells with their values in them, and what hovers the same; no colour, no cell.

    Each cell is a piece of a bar: a heat map would need a plotly.js that is a quarter larger.
    """
    names, columns = [shorten(str(name)) for name in texts.index], [str(column) for column in texts]
    found = [
        (r, c) for r, row in enumerate(colours.to_numpy()) for c, colour in enumerate(row) if isinstance(colour, str)
    ]
    notes = [f"{escape(str(texts.index[r]))}, {columns[c]}: {texts.iat[r, c] or 'none'}" for r, c in found]
    cells = go.Bar(y=[r for r, _ in found], x=[CELL] * len(found), base=[c - CELL / 2 for _, c in found], width=CELL)
    cells.update(orientation="h", hovertext=notes, hoverinfo="text", insidetextanchor="middle")
    cells.update(marker={"color": [colours.iat[r, c] for r, c in found], "line": {"width": 0}})
    if len(columns) <= WORDY:
        cells.update(text=[texts.iat[r, c] for r, c in found], textposition="inside", textangle=0)
        cells.update(insidetextfont={"color": PALETTE["ink"]})
    figure, ticks = go.Figure(cells), list(range(0, len(columns), ceil(len(columns) / WORDY)))
    figure.update_xaxes(tickvals=ticks, ticktext=[columns[c] for c in ticks], range=[-0.5, len(columns) - 0.5])
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.5])
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(showgrid=False, zeroline=False)
    shape = f"{count(len(names), 'row')} by {count(len(columns), 'column')}"
    alt = f"Matrix of {noun}: {shape}, {texts.index[0]} first."
    rows = [[str(name), *texts.loc[name].tolist()] for name in texts.index]
    return finish_figure(figure, title, alt, [["", *columns], *rows], 110 + 27 * len(names))


# --- tone


def tone_by_outlet(corpus: Corpus, actor: str | None = None) -> go.Figure | Sentence:
    """A matrix: the mean tone toward one name by outlet and month or year, with the number of articles.

    `actor` is a name or an entity_id; None for the one that is named in most articles.
    """
    names = corpus.names.dropna(subset="sentiment").merge(corpus.articles)
    key = (actor or "").casefold()
    chosen = names[(names.name.str.casefold() == key) | (names.entity_id == actor)] if actor else names
    if chosen.empty:
        return Sentence(f"No article has a tone toward {actor or 'anybody'} that could be measured.")
    entity = chosen.entity_id.mode()[0]
    rows = names[names.entity_id == entity].assign(outlet=lambda t: t.outlet.replace("", "outlet unknown"))
    rows = rows.assign(period=rows.period.replace("", "undated"))
    cells = rows.groupby(["outlet", "period"]).sentiment.agg(["mean", "size"])
    top = rows.outlet.value_counts().index[:12]
    means = cells["mean"].unstack().loc[top]
    numbers = cells["size"].unstack().loc[top]
    texts = means.map(signed) + numbers.map(lambda n: "" if pd.isna(n) else f" ({n:.0f})")
    return _matrix(means.map(_shade), texts, f"Tone toward {rows.name.iloc[0]} (articles)", "mean tone")


def _shade(tone: float) -> str | None:
    """The colour of a mean tone: none at 0, full from 0.6 on."""
    if isnan(tone):
        return None
    return basemap.tint(PALETTE["negative" if tone < 0 else "positive"], round(FULL * min(1, abs(tone) / 0.6), 3))
