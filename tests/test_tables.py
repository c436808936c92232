"""Tables and findings: true for any article, the empty one included, and safe to show."""

from io import StringIO

import pandas as pd

from helpers import tables


def test_the_findings_say_what_the_tables_hold(places):
    assert tables.summarise(places) == (
        "The article names 6 places in 7 mentions, Quetta most often (2); 1 is a country and 3 lie within Pakistan."
    )
    assert tables.summarise_roles(places) == (
        "Of 7 mentions, 3 stand for the place itself, 2 for an actor, 1 for part of another name "
        "and 1 for a people or adjective."
    )
    assert tables.summarise_map(places) == (
        "5 of the 6 places can be located, 2 of them only as an area; Nowhereabad cannot; "
        "the least certain is Kabul (0.60)."
    )


def test_names_that_tie_share_the_first_place():
    names = pd.Series(["Chaman", "Pakistan", "Quetta"])
    assert tables.foremost(names, pd.Series([2, 2, 1])) == "Chaman and Pakistan most often (2 each)"
    assert tables.foremost(names, pd.Series([1, 1, 3]), "mention") == "Quetta most often (3 mentions)"
    many = pd.Series(list("abcdef"))
    assert tables.foremost(many, many.map(lambda _: 2)) == "6 of them most often (2 each)"


def test_an_article_without_names_is_described_truthfully(places):
    assert tables.summarise(places[:0]) == "The article names no place that was recognised."
    assert tables.summarise_map(places[:0]) == "There is nothing to draw on a map."
    for show in (tables.summarise_roles, tables.roles_table, tables.places_table, tables.not_placed):
        assert show(places[:0]).startswith("No place ")


def test_one_of_each_is_counted_in_the_singular(places):
    assert tables.summarise(places[-1:]) == "The article names 1 place in 1 mention."
    assert tables.summarise_roles(places[:1]) == "Of 1 mention, 1 stands for the place itself."


def test_a_finding_is_a_paragraph_with_nothing_in_it_obeyed():
    assert tables.Sentence("a < b & c")._repr_html_() == '<p class="finding">a &lt; b &amp; c</p>'


def test_the_places_table_has_a_row_a_place_that_leads_to_its_first_mention(places):
    html = tables.places_table(places).data
    assert html.count('<a href="#m-') == 6 and '<a href="#m-17">Quetta</a>' in html
    assert "city, Balochistan, Pakistan" in html and "30.18, 66.99" in html and "0.97" in html
    assert "<place>" not in html and "&lt;place&gt;" in html


def test_rivals_are_listed_with_their_confidence(places):
    rivals = [{"name": "Kabul", "admin1": "Sindh", "country": "PK", "confidence": 0.25}]
    places = places.assign(alternatives=[rivals] * len(places))
    assert "Kabul, Sindh, PK (0.25)" in tables.places_table(places).data


def test_what_could_not_be_placed_is_named_with_its_reason(places):
    html = tables.not_placed(places).data
    assert "Nowhereabad" in html and "of this name &amp; kind" in html and "Quetta" not in html
    assert tables.not_placed(places[:3]) == "No place is without coordinates."


def test_roles_are_counted_by_place(places):
    frame = pd.read_html(StringIO(tables.roles_table(places).data))[0].set_index("place")
    assert frame.loc["Kabul", "metonym"] == 1 and pd.isna(frame.loc["Kabul", "literal"])
    assert "Quetta" not in frame.index, "it is only ever meant as a place"
    assert tables.roles_table(places[:2]) == "No place is named in another sense than the place itself."


def test_long_text_is_not_cut_off():
    words = "word " * 100
    assert words.strip() in tables.table(pd.DataFrame({"text": [words.strip()]})).data


def test_scores_and_counts_are_written_for_readers():
    assert [tables.signed(score) for score in (-0.3, 0.25, None, -0.001)] == ["−0.30", "+0.25", "", "0.00"]
    assert tables.count(0, "country", "countries") == "no countries"
    assert tables.listing([]) == "none" and tables.listing(["A"]) == "A" and tables.listing(["A", "B"]) == "A and B"
    assert tables.listing(list("ABCDE"), 3) == "A, B, C and 2 more"


def test_who_says_what_is_listed_with_the_words_or_without(article):
    said = pd.DataFrame([("The Board", "said", 0, 13)], columns=["speaker", "verb", "start", "end"])
    frame = pd.read_html(StringIO(tables.speakers_table(said, article).data))[0]
    assert frame.to_numpy().tolist() == [["The Board", "said", "Flood warning"]]
    assert "2 words" in tables.speakers_table(said, article, show_text=False).data
    assert tables.speakers_table(said[:0], article).startswith("Nothing is quoted")
