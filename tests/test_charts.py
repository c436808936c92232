"""Charts: the text comes back to the letter, every figure says what it shows, and colours can be told apart."""

import re
from html import unescape

import pandas as pd
import plotly.graph_objects as go
import pytest

from helpers import charts
from helpers.palette import DARK, PALETTE
from helpers.tables import ROLES, Sentence, named

DRAWN = {
    "entities_by_type": "entities",
    "entities_by_name": "entities",
    "toward": "entities",
    "company": "company",
    "sentence_sentiment": "sentences",
    "own_and_quoted": "sentences",
}


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def plain(html: str) -> str:
    """The text of the marked article as a reader sees it, paragraphs joined by blank lines."""
    return "\n\n".join(unescape(re.sub("<[^>]+>", "", part)) for part in re.findall(r"<p[^>]*>(.*?)</p>", html, re.S))


def test_marked_text_is_the_text_to_the_letter(article, places, entities):
    assert plain(charts.mark(article, places, entities).data) == article.text


def test_every_mention_is_marked_once_with_its_role_and_place(article, places, entities):
    html = charts.mark(article, places, entities).data
    for row in named(places).fillna({"place_id": ""}).itertuples():
        tag = re.search(rf'<mark id="m-{row.start}" class="([\w ]+)" data-place="([^"]*)"[^>]* title="([^"]+)"', html)
        assert tag[1].split()[0] == row.role and tag[2] == row.place_id and row.name in tag[3]
    assert html.count('id="m-') == len(places)


def test_an_embedded_place_lies_inside_the_mark_of_its_organisation(article, places, entities):
    html = charts.mark(article, places, entities).data
    assert re.search(
        r'class="organisation"[^>]*><mark [^>]*class="embedded"[^>]*>Balochistan</mark> Relief Board</mark>', html
    )


def test_html_in_text_and_reason_is_shown_not_obeyed(article, places, entities):
    html = charts.mark(article, places, entities).data
    assert "<b>" not in html and "<place>" not in html and "&lt;b&gt;" in html


def test_mentions_that_cross_keep_the_text_whole(article, places, entities):
    crossing = places.assign(end=places.start + 30)
    assert plain(charts.mark(article, crossing, entities).data) == article.text


def test_the_legend_shows_the_kinds_that_occur_and_no_other(article, places, entities):
    legend = charts.mark(article, places[places.role == "metonym"], entities[:0]).data.split("</ul>")[0]
    assert re.findall(r'<mark class="(\w+)">', legend) == ["metonym"]


def test_text_without_any_mention_is_still_shown(article, places, entities):
    assert plain(charts.mark(article, places[:0], entities[:0]).data) == article.text


@pytest.mark.parametrize(("name", "table"), DRAWN.items())
def test_figures_have_title_alt_text_and_printed_values(name, table, request):
    figure = getattr(charts, name)(request.getfixturevalue(table))
    assert isinstance(figure, go.Figure)
    assert len(figure.layout.title.text) > 10 and len(figure.layout.meta["alt"]) > 20
    assert any(trace.text for trace in figure.data)
    widths = {len(row) for row in figure.layout.meta["table"]}
    assert len(widths) == 1 and len(figure.layout.meta["table"]) > 1


@pytest.mark.parametrize(("name", "table"), DRAWN.items())
def test_an_empty_table_gives_a_sentence_not_an_empty_box(name, table, request):
    nothing = getattr(charts, name)(request.getfixturevalue(table)[:0])
    assert isinstance(nothing, Sentence) and nothing.startswith(("No ", "There "))


@pytest.fixture
def company() -> pd.DataFrame:
    """Sixty people: each sentence names the next three, and every third sentence the first as well."""
    rows = [(n, f"P{i % 60}") for n in range(60) for i in (n, n + 1, n + 2, *([0] * (n % 3 == 0)))]
    table = pd.DataFrame(rows, columns=["sentence_id", "name"])
    return table.assign(
        type="PERSON", entity_id=table.name, sentiment=[0.9, -0.9, 0.0] * (len(table) // 3) + [0.0] * (len(table) % 3)
    )


def test_bars_are_parted_by_how_mentions_are_spoken_of(entities):
    figure = charts.entities_by_type(entities)
    assert [bar.name for bar in figure.data[:-1]] == ["negative", "neutral", "positive", "not measured"]
    assert figure.layout.meta["table"][0] == ["", "negative", "neutral", "positive", "not measured"]
    assert ["people", 0, 0, 0, 1] in figure.layout.meta["table"]


def test_each_mention_is_a_dot_and_a_mean_of_one_has_no_error():
    rows = [("A", -0.9), ("A", -0.5), ("A", -0.4), ("B", 0.6)]
    table = pd.DataFrame(rows, columns=["name", "sentiment"]).assign(type="PERSON")
    dots, means, values = charts.toward(table.assign(entity_id=table.name)).data
    assert sorted(dots.x) == [-0.9, -0.5, -0.4, 0.6]
    assert dict(zip(values.text, means.error_x.array, strict=True)) == {
        "−0.60 (3)": pytest.approx(0.3055, abs=1e-3),
        "+0.60 (1)": pytest.approx(float("nan"), nan_ok=True),
    }


def test_names_and_places_stand_apart(entities):
    labels = [label.strip() for label in charts.toward(entities).layout.yaxis.ticktext]
    assert labels == ["<b>people and bodies</b>", "Balochistan Relief…", "<b>places</b>", "Quetta", "Pakistan"]


def test_company_is_a_small_matrix_however_many_there_are(company):
    figure = charts.company(company)
    assert len(figure.layout.xaxis.ticktext) == len(figure.layout.yaxis.ticktext) == 9
    assert all(x < y for x, y in zip(figure.data[0].x, figure.data[0].y, strict=True)), "each pair once"
    assert figure.layout.meta["alt"].startswith("P0 and ")


def test_two_names_need_no_matrix(company):
    two = company[company.name.isin(["P0", "P1"])]
    assert charts.company(two) == "There are too few who are named together to draw."


def test_sentences_can_be_kept_out_of_the_picture(sentences):
    assert "under water" in str(charts.sentence_sentiment(sentences))
    assert "under water" not in str(charts.sentence_sentiment(sentences, show_text=False))


def test_quoted_sentences_are_hatched_and_name_their_speaker(sentences):
    bars = charts.sentence_sentiment(sentences).data[0]
    assert bars.marker.pattern.shape == ("", "/", "", "") and "said by Balochistan Relief Board" in bars.hovertext[1]
    assert "<b>Kabul" not in bars.hovertext[2] and "&lt;b&gt;Kabul" in bars.hovertext[2]


@pytest.mark.parametrize("palette", [PALETTE, DARK])
def test_words_and_marks_stand_out_on_paper_and_land(palette):
    for ground in ("paper", "land"):
        assert all(
            contrast(palette[kind], palette[ground]) >= 4.5 for kind in (*ROLES, "ink", "soft", "accent", "person")
        )
        assert all(contrast(palette[kind], palette[ground]) >= 3 for kind in ("negative", "positive"))
    assert contrast(palette["neutral"], palette["paper"]) >= 3


def test_roles_differ_by_line_and_not_by_colour_alone():
    assert len({charts.LINES[role] for role in ROLES}) == len(ROLES)


def test_no_light_colour_stands_for_two_dark_ones():
    assert len(set(PALETTE.values())) == len(PALETTE) and PALETTE.keys() == DARK.keys()
