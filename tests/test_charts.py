"""Charts: the text comes back to the letter, every figure says what it shows, and colours can be told apart."""

import re
from html import unescape

import plotly.graph_objects as go
import pytest

from helpers import charts
from helpers.palette import DARK, PALETTE
from helpers.tables import ROLES, Sentence, named

DRAWN = {
    "entities_by_type": "entities",
    "entities_by_name": "entities",
    "sentiment_by_entity": "entities",
    "sentiment_by_place": "places",
    "sentence_sentiment": "sentences",
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
        tag = re.search(rf'<mark id="m-{row.start}" class="(\w+)" data-place="([^"]*)" title="([^"]+)">', html)
        assert tag[1] == row.role and tag[2] == row.place_id and row.name in tag[3]
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
    assert all(len(trace.text) == len(trace.x) for trace in figure.data)
    assert len(figure.layout.meta["table"]) == 1 + sum(len(trace.x) for trace in figure.data)


@pytest.mark.parametrize(("name", "table"), DRAWN.items())
def test_an_empty_table_gives_a_sentence_not_an_empty_box(name, table, request):
    nothing = getattr(charts, name)(request.getfixturevalue(table)[:0])
    assert isinstance(nothing, Sentence) and nothing.startswith(("No ", "There is no "))


def test_bars_count_mentions_and_show_mean_tone(places):
    figure = charts.sentiment_by_place(places)
    drawn = dict(zip((label.strip() for label in figure.layout.yaxis.ticktext), figure.data[0].x, strict=True))
    assert drawn["Quetta"] == pytest.approx(-0.55) and drawn["Nowhereabad"] == pytest.approx(0.3)
    assert figure.layout.meta["alt"] == "Bars: mean tone from Balochistan (−0.60) to Nowhereabad (+0.30)."


def test_a_name_without_tone_is_named_but_not_given_one(entities):
    notes = dict(zip(*[charts.entities_by_name(entities).data[0][key] for key in ("hovertext", "text")], strict=True))
    assert notes["<b>Ayesha Khan</b><br>1 · no tone"] == "1 · no tone"
    assert not any("Ayesha" in label for label in charts.sentiment_by_entity(entities).layout.yaxis.ticktext)


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
