"""The maps: what is drawn where and how, on which frame, and what a reader who cannot see them is told."""

from functools import cache
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from shapely import MultiLineString, Point, box

from helpers import basemap, labels, maps
from helpers.boundaries import shape_of
from helpers.charts import PALETTE
from helpers.frames import HOME_BOX, HOME_CRS, Frame

PAKISTAN, AFGHANISTAN, US, KENYA = "gn:1168579", "gn:1149361", "gn:6252001", "gn:192950"
FATA, NANGARHAR = "gn:1179245", "gn:1132366"


def place(name, place_id, country="PK", role="literal", point=None, prec=1, confidence=0.9, times=1):
    geometry = Point(point) if point else shape_of(place_id, "2016-04")
    row = {
        "text": name,
        "place_id": place_id,
        "name": name,
        "country": country,
        "role": role,
        "feature": "x",
        "admin1": "",
        "reason": f"the only place called {name}",
        "where_prec": prec,
    }
    return [row | {"confidence": confidence, "geometry": geometry}] * times


def table(*rows) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame([row for some in rows for row in some], geometry="geometry", crs=4326)


LAHORE = place("Lahore", "gn:1172451", point=(74.35, 31.56))
KARACHI = place("Karachi", "gn:1174872", point=(67.01, 24.86), times=4)
ISLAMABAD = place("Islamabad", "gn:1176615", role="metonym", point=(73.04, 33.72))
SAMPLE = table(
    LAHORE, KARACHI, ISLAMABAD,
    place("Federally Administered Tribal Areas", FATA, prec=4, times=3),
    place("Nangarhar", NANGARHAR, "AF", prec=4),
    place("Pakistan", PAKISTAN, prec=6, times=9),
    place("Pakistan", PAKISTAN, prec=6, role="demonym", times=5),
    place("United States", US, "US", role="metonym", prec=6),
    place("Khorasan", "na:khorasan", "", prec=5),
    place("South Asia", "na:south-asia", "", prec=5),
    place("Durand Line", "na:durand-line", "", prec=5),
)  # fmt: skip


def traces(figure: go.Figure, place_id: str) -> list[go.Scatter]:
    """The areas and lines of a place."""
    return [trace for trace in figure.data if (trace.meta or {}).get("place_id") == place_id]


def dot(figure: go.Figure, place_id: str) -> SimpleNamespace | None:
    """The mark of a place, None where it has none."""
    for trace in (trace for trace in figure.data if trace.name == "places"):
        if place_id in trace.customdata:
            at, marker = list(trace.customdata).index(place_id), trace.marker
            found = {"x": trace.x[at], "y": trace.y[at], "text": trace.text[at], "size": marker.size[at]}
            return SimpleNamespace(**found, symbol=marker.symbol[at], fill=marker.color[at], rim=marker.line.color[at])
    return None


def lines(figure: go.Figure, dashed: bool) -> MultiLineString:
    """The borders of the ground that are drawn dashed, or those that are drawn solid."""
    chosen = [t for t in figure.data if t.line.color == PALETTE["border"] and t.line.width == 1.3]
    parts = []
    for trace in (trace for trace in chosen if bool(trace.line.dash) == dashed):
        points = np.column_stack([trace.x, trace.y])
        parts += np.split(points, np.flatnonzero(np.isnan(points[:, 0])))
    parts = [part[~np.isnan(part[:, 0])] for part in parts]
    return MultiLineString([part for part in parts if len(part) > 1])


@cache
def seen_as(view: str) -> go.Figure:
    """A map with Pakistan as an area, in 2021."""
    return maps.place_map(table(LAHORE, place("Pakistan", PAKISTAN, prec=6)), "2021", view)


def on_map(lon: float, lat: float) -> Point:
    return Frame(HOME_CRS, HOME_BOX, 600).to_map([Point(lon, lat)])[0]


@pytest.fixture(scope="module")
def home() -> go.Figure:
    return maps.place_map(SAMPLE, "2016-04")


@pytest.fixture(scope="module")
def world() -> go.Figure:
    return maps.world_map(SAMPLE)


def test_towns_are_points_where_they_lie(home):
    karachi, at = dot(home, "gn:1174872"), on_map(67.01, 24.86)
    assert (karachi.x, karachi.y) == pytest.approx((at.x, at.y), abs=0.1)


def test_provinces_regions_and_countries_are_areas_and_never_dots(home):
    for place_id in (FATA, NANGARHAR, PAKISTAN, "na:khorasan"):
        (area,) = traces(home, place_id)
        assert area.fill == "toself" and area.mode == "lines" and len(area.x) > 10
        assert dot(home, place_id) is None
    assert "dash" in str(traces(home, "na:khorasan")[0].line) and traces(home, "na:khorasan")[0].line.dash != "solid"


def test_borders_are_dashed_lines(home):
    (line,) = traces(home, "na:durand-line")
    assert line.fill == "none" and "px" in line.line.dash


def test_marks_grow_with_mentions_and_differ_by_role(home):
    karachi, lahore, islamabad = (dot(home, i) for i in ("gn:1174872", "gn:1172451", "gn:1176615"))
    assert karachi.size > lahore.size
    assert (lahore.symbol, islamabad.symbol) == ("circle", "diamond")
    assert lahore.fill == PALETTE["literal"] and islamabad.fill == PALETTE["metonym"]


def test_hover_tells_name_mentions_by_sense_precision_confidence_and_reason(home):
    for part in ("Karachi", "Pakistan", "4 mentions: 4 the place itself", "exact", "0.90", "the only place called"):
        assert part in dot(home, "gn:1174872").text
    both = maps.place_map(table(ISLAMABAD, place("Islamabad", "gn:1176615", point=(73.04, 33.72), times=2)))
    assert "3 mentions: 2 the place itself, 1 an actor" in dot(both, "gn:1176615").text


def test_demonyms_do_not_count_and_alone_draw_nothing(home):
    assert "9 mentions" in traces(home, PAKISTAN)[0].text
    assert isinstance(maps.place_map(table(place("Pakistan", PAKISTAN, prec=6, role="demonym"))), str)


def test_a_province_without_an_outline_is_no_dot():
    vague = table(LAHORE, place("Somewhere province", "gn:1", point=(70, 30), prec=4))
    figure = maps.place_map(vague)
    assert not traces(figure, "gn:1") and not dot(figure, "gn:1") and "Not drawn" in figure.layout.meta["alt"]
    assert "Somewhere province" in figure.layout.meta["alt"]
    assert "Somewhere province" in figure.layout.legend.title.text.replace("<br>", " ")  # for who can see it too


def test_what_no_gazetteer_has_is_drawn_where_the_text_puts_it():
    figure = maps.place_map(table(place("Qorbaghan", "", point=(71.5, 34.0), prec=2), LAHORE))
    assert dot(figure, "text:Qorbaghan") is not None


def test_uncertain_places_are_hollow_or_dotted_and_the_legend_says_so():
    unsure = place("Ghazni", "gn:1141269", "AF", point=(68.43, 33.55), confidence=0.3)
    figure = maps.place_map(table(LAHORE, unsure, place("Nangarhar", NANGARHAR, "AF", prec=4, confidence=0.2)))
    ghazni, lahore = dot(figure, "gn:1141269"), dot(figure, "gn:1172451")
    assert ghazni.fill == "rgba(0,0,0,0)" and ghazni.rim == PALETTE["literal"] and "uncertain" in ghazni.text
    assert lahore.fill == PALETTE["literal"] and "uncertain" not in lahore.text
    assert traces(figure, NANGARHAR)[0].line.dash == "dot"
    assert any("uncertain" in (trace.name or "") for trace in figure.data)


def test_a_lake_with_an_outline_is_an_area_above_the_water():
    (row, *_) = place("Lake Victoria", "na:lake-victoria", "TZ", point=(33, -1))
    figure = maps.place_map(table([row | {"feature": "lake"}]))
    (area,) = traces(figure, "na:lake-victoria")
    water = max(i for i, trace in enumerate(figure.data) if trace.fillcolor == PALETTE["water"])
    assert area.fill == "toself" and figure.data.index(area) > water


def test_a_sea_is_a_pale_disc_and_the_legend_says_so():
    figure = maps.place_map(table(LAHORE, KARACHI, place("Gulf", "na:gulf", "", point=(64, 24.5), prec=7)))
    assert dot(figure, "na:gulf").fill.startswith("rgba") and dot(figure, "na:gulf").size > 25
    assert any("pale disc" in (trace.name or "") for trace in figure.data)


def test_no_text_of_the_article_is_in_the_map():
    words = "Quetta and Kabul are far apart when the passes are closed by snow in winter"
    figure = maps.place_map(table([row | {"text": words} for row in KARACHI]))
    assert "closed by snow" not in figure.to_json()


def test_the_map_of_a_date_has_its_provinces():
    def provinces(date):
        return {trace.text for trace in maps.place_map(table(LAHORE), date).data if trace.hoveron == "fills"}

    assert "Federally Administered Tribal Areas" in provinces("2016-04")
    assert "Federally Administered Tribal Areas" not in provinces("2020")
    assert "North-West Frontier Province" in provinces("2009")


def test_disputed_borders_are_dashed_and_named(home):
    (line,) = [trace for trace in home.data if "disputed border" in (trace.name or "")]
    assert "px" in line.line.dash and line.showlegend


def test_disputed_areas_are_hatched_and_tell_who_claims_them(home):
    hatched = {trace.text for trace in home.data if trace.fillpattern.shape}
    assert "Aksai Chin<br>administered by China, claimed by India" in hatched
    assert not any("Punjab" in text for text in hatched)


@pytest.mark.parametrize(
    ("view", "at", "dashed"),
    [
        ("de facto", (76.9, 32.9), True),  # Jammu and Kashmir's border with Himachal Pradesh
        ("Pakistan", (76.9, 32.9), False),
        ("de facto", (74.05, 34.0), True),  # Line of Control
        ("India", (74.05, 34.0), True),
        ("de facto", (80.2, 35.4), True),  # Aksai Chin's east
        ("India", (80.2, 35.4), False),
        ("China", (80.2, 35.4), True),
        ("India", (73.55, 34.3), False),  # Azad Kashmir's west
        ("UN", (73.55, 34.3), True),
    ],
)
def test_a_view_draws_its_own_borders_solid(view, at, dashed):
    figure = seen_as(view)
    near = {style: lines(figure, style).distance(on_map(*at)) for style in (True, False)}
    assert near[dashed] < 25 and near[dashed] < near[not dashed] - 10, near


def test_a_country_has_the_area_that_the_view_gives_it():
    north = [max(traces(seen_as(view), PAKISTAN)[0].x) for view in ("Pakistan", "India")]
    assert north[0] > north[1] + 200  # km: Ladakh, and not even Gilgit


def test_the_map_names_its_view_and_sources():
    def notes(view):
        return seen_as(view).layout.legend.title.text.replace("<br>", " ")

    assert "Borders de facto" in notes("de facto") and "Natural Earth" in notes("de facto")
    assert "as claimed by India" in notes("India") and "United Nations" in notes("UN")


def test_an_unknown_view_is_named_with_the_views_there_are():
    with pytest.raises(ValueError, match=r'no view of borders "Atlantis"; there are de facto, un, .*india.*pakistan'):
        maps.place_map(table(LAHORE), None, "Atlantis")


def test_a_button_leads_closer_with_more_names_and_districts_and_back():
    towns = [place(f"Town {i}", f"gn:{i}", point=(71 + 0.13 * i, 34 + 0.05 * (i % 3))) for i in range(9)]
    figure = maps.place_map(table(KARACHI, *towns))
    region, closer = figure.layout.updatemenus[0].buttons
    width = [button.args[1]["xaxis.range"][1] - button.args[1]["xaxis.range"][0] for button in (region, closer)]
    assert width[1] < 0.6 * width[0]

    def shown(button):
        on = [figure.data[i] for i, seen in zip(button.args[2], button.args[0]["visible"], strict=True) if seen]
        return {text for trace in on for text in trace.text or ()}, sum(trace.mode == "lines" for trace in on)

    assert len(shown(closer)[0] & {f"Town {i}" for i in range(9)}) == 9
    assert shown(closer)[1] > shown(region)[1]
    assert {i: figure.data[i].visible for i in region.args[2]} == dict(
        zip(region.args[2], region.args[0]["visible"], strict=True)
    )


def test_far_and_larger_places_go_on_the_map_of_the_world(home, world):
    assert traces(world, US) and not traces(home, US)
    assert traces(world, "na:south-asia") and not traces(home, "na:south-asia")
    assert not traces(world, "gn:1174872")


def test_nothing_elsewhere_is_said_in_a_sentence():
    assert "lies on the map of the region" in maps.world_map(table(LAHORE, KARACHI))


def test_no_place_is_said_in_a_sentence():
    empty = SAMPLE.iloc[:0]
    assert "no place" in maps.place_map(empty) and "no place" in maps.world_map(empty)


def test_an_article_about_elsewhere_gets_a_map_of_elsewhere():
    kenya = table(
        place("Nairobi", "gn:184745", "KE", point=(36.82, -1.28), times=3),
        place("Mombasa", "gn:186301", "KE", point=(39.66, -4.05)),
        place("Kenya", KENYA, "KE", prec=6, times=4),
        place("London", "gn:2643743", "GB", point=(-0.12, 51.5)),
    )
    figure = maps.place_map(kenya)
    assert "Kenya" in figure.layout.title.text or "Nairobi" in figure.layout.title.text
    assert dot(figure, "gn:184745") and traces(figure, KENYA) and not dot(figure, "gn:2643743")
    assert dot(maps.world_map(kenya), "gn:2643743")


def test_a_map_across_the_date_line_holds_both_sides_and_no_border_on_it():
    suva = place("Suva", "gn:2198148", "FJ", point=(178.44, -18.14), times=2)
    figure = maps.place_map(table(suva, place("Apia", "gn:4035413", "WS", point=(-171.76, -13.83))))
    assert dot(figure, "gn:2198148") and dot(figure, "gn:4035413")
    west, east = figure.layout.xaxis.range
    assert east - west < 3000
    chukotka = maps.place_map(table(place("Anadyr", "gn:2127202", "RU", point=(177.5, 64.73))))
    frame = Frame("+proj=laea +lon_0=178 +lat_0=65", HOME_BOX, 600)
    assert lines(chukotka, False).distance(frame.to_map([Point(180, 67)])[0]) > 20


def test_a_map_of_the_pole_has_the_ground_under_the_pole():
    frame = Frame("+proj=laea +lon_0=0 +lat_0=-90", (-1500, -1500, 1500, 1500), 600)
    assert basemap.base_units(frame, None, "de facto").union_all().buffer(1).contains(Point(300, 300))


def test_alt_text_says_what_is_drawn(home, world):
    alt = home.layout.meta["alt"]
    assert "Pakistan and Afghanistan" in alt and "2016-04" in alt and "Karachi (4)" in alt and "3 points" in alt
    assert "United States (1)" in world.layout.meta["alt"]
    names = [row[0] for row in home.layout.meta["table"][1:]]
    assert "Nangarhar" in names and "United States" not in names


def test_pages_stay_small(home, world):
    assert len(home.to_json()) < 300_000 and len(world.to_json()) < 150_000


def test_nothing_is_fetched(home, world):
    assert {trace.type for figure in (home, world) for trace in figure.data} == {"scatter"}


def test_labels_touch_neither_each_other_nor_a_mark():
    frame = Frame(HOME_CRS, HOME_BOX, 600)
    rng = np.random.default_rng(0)
    spots = frame.to_map(gpd.points_from_xy(rng.uniform(69, 73, 40), rng.uniform(32, 35, 40)))
    rows = pd.DataFrame({"name": [f"Place number {i}" for i in range(40)], "shape": list(spots), "kind": "point"})
    rows = rows.assign(mentions=rng.integers(1, 9, 40), precision=1)
    placed = labels.place_labels(frame, maps.labels_of(frame, rows))
    boxes = [labels.label_box(frame, one, labels.SIDES[one["side"]], one["away"])[2] for one in placed]
    assert len(boxes) > 15
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert not any(a.intersects(spot) for a in boxes for spot in spots)


def test_names_are_escaped():
    figure = maps.place_map(table(LAHORE, place("<b>Bad</b>", "gn:7", point=(70, 30))))
    assert "&lt;b&gt;" in dot(figure, "gn:7").text
    texts = [text for trace in figure.data if trace.mode == "markers+text" for text in trace.text]
    assert "&lt;b&gt;Bad&lt;/b&gt;" in texts


def test_small_areas_become_marks_on_the_world_map():
    bahrain = table(LAHORE, KARACHI, place("Bahrain", "gn:290291", "BH", prec=6))
    assert dot(maps.world_map(bahrain), "gn:290291")


def test_tidy_keeps_two_neighbours_touching():
    left, right = basemap.tidy(np.array([box(0, 0, 100, 100), box(100, 0, 200, 100)]), 5)
    assert left.intersection(right).length == 100
