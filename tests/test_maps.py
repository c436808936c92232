"""The maps: what is drawn where and how, on which frame, and what a reader who cannot see them is told."""

import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from shapely import Point, box

from helpers import labels, maps
from helpers.basemap import HOME_BOX, HOME_CRS, Frame
from helpers.boundaries import shape_of
from helpers.charts import PALETTE

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
    return [trace for trace in figure.data if trace.meta == place_id]


@pytest.fixture(scope="module")
def home() -> go.Figure:
    return maps.place_map(SAMPLE, "2016-04")


@pytest.fixture(scope="module")
def world() -> go.Figure:
    return maps.world_map(SAMPLE)


def test_towns_are_points_where_they_lie(home):
    (karachi,) = traces(home, "gn:1174872")
    assert karachi.mode == "markers" and list(karachi.customdata) == ["gn:1174872"]
    (at,) = gpd.GeoSeries([Point(67.01, 24.86)], crs=4326).to_crs(HOME_CRS)
    assert (karachi.x[0], karachi.y[0]) == pytest.approx((at.x / 1000, at.y / 1000), abs=0.1)


def test_provinces_regions_and_countries_are_areas_and_never_dots(home):
    for place_id in (FATA, NANGARHAR, PAKISTAN, "na:khorasan"):
        (area,) = traces(home, place_id)
        assert area.fill == "toself" and area.mode == "lines" and len(area.x) > 10
    assert "dash" in str(traces(home, "na:khorasan")[0].line) and traces(home, "na:khorasan")[0].line.dash != "solid"


def test_borders_are_dashed_lines(home):
    (line,) = traces(home, "na:durand-line")
    assert line.fill == "none" and "px" in line.line.dash


def test_marks_grow_with_mentions_and_differ_by_role(home):
    (karachi,), (lahore,), (islamabad,) = (traces(home, i) for i in ("gn:1174872", "gn:1172451", "gn:1176615"))
    assert karachi.marker.size > lahore.marker.size
    assert (lahore.marker.symbol, islamabad.marker.symbol) == ("circle", "diamond")
    assert lahore.marker.color == PALETTE["literal"] and islamabad.marker.color == PALETTE["metonym"]


def test_hover_tells_name_mentions_role_precision_and_confidence(home):
    (karachi,) = traces(home, "gn:1174872")
    for part in ("Karachi", "4 mentions", "the place itself", "exact", "0.90"):
        assert part in karachi.text


def test_demonyms_do_not_count_and_alone_draw_nothing(home):
    assert "9 mentions" in traces(home, PAKISTAN)[0].text
    assert isinstance(maps.place_map(table(place("Pakistan", PAKISTAN, prec=6, role="demonym"))), str)


def test_a_province_without_an_outline_is_no_dot():
    vague = table(LAHORE, place("Somewhere province", "gn:1", point=(70, 30), prec=4))
    figure = maps.place_map(vague)
    assert not traces(figure, "gn:1") and "Not drawn" in figure.layout.meta["alt"]
    assert "Somewhere province" in figure.layout.meta["alt"]


def test_uncertain_places_are_hollow_and_the_legend_says_so():
    figure = maps.place_map(table(LAHORE, place("Ghazni", "gn:1141269", "AF", point=(68.43, 33.55), confidence=0.3)))
    assert traces(figure, "gn:1141269")[0].marker.symbol == "circle-open"
    assert "hollow: uncertain" in {trace.name for trace in figure.data}
    assert traces(figure, "gn:1172451")[0].marker.symbol == "circle"


def test_the_map_of_a_date_has_its_provinces():
    def provinces(date):
        return {trace.text for trace in maps.place_map(table(LAHORE), date).data if trace.hoveron == "fills"}

    assert "Federally Administered Tribal Areas" in provinces("2016-04")
    assert "Federally Administered Tribal Areas" not in provinces("2020")
    assert "North-West Frontier Province" in provinces("2009")


def test_disputed_borders_are_dashed_and_named(home):
    (line,) = [trace for trace in home.data if trace.name == "disputed border"]
    assert "px" in line.line.dash and line.showlegend


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
    assert traces(figure, "gn:184745") and traces(figure, KENYA) and not traces(figure, "gn:2643743")
    assert traces(maps.world_map(kenya), "gn:2643743")


def test_alt_text_says_what_is_drawn(home, world):
    alt = home.layout.meta["alt"]
    assert "Pakistan and Afghanistan" in alt and "2016-04" in alt and "Karachi (4)" in alt and "3 points" in alt
    assert "United States (1)" in world.layout.meta["alt"]
    names = [row[0] for row in home.layout.meta["table"][1:]]
    assert "Nangarhar" in names and "United States" not in names


def test_pages_stay_small(home, world):
    assert len(home.to_json()) < 350_000 and len(world.to_json()) < 150_000


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
    assert "&lt;b&gt;" in traces(figure, "gn:7")[0].text
    texts = [text for trace in figure.data if trace.mode == "markers+text" for text in trace.text]
    assert "&lt;b&gt;Bad&lt;/b&gt;" in texts


def test_small_areas_become_marks_on_the_world_map():
    bahrain = table(LAHORE, KARACHI, place("Bahrain", "gn:290291", "BH", prec=6))
    assert traces(maps.world_map(bahrain), "gn:290291")[0].mode == "markers"


def test_tidy_keeps_two_neighbours_touching():
    left, right = maps.basemap.tidy(np.array([box(0, 0, 100, 100), box(100, 0, 200, 100)]), 5)
    assert left.intersection(right).length == 100
