"""One article in, every table out, and the line that other programs read."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import read, read_sample

from helpers.analysis import PLACE_COLUMNS, analyse, table_rows, to_record
from helpers.article import from_record
from helpers.corrections import read_corrections

TEXT = (
    "Pakistani engineers left Lahore for Herat on Monday.\n\nIslamabad fears a flood, Ahmad Karimi said in Nowhereabad."
)


def record(given: dict | None = None, only=("places", "entities", "sentiment"), **fields) -> dict:
    return to_record(analyse(from_record({"text": TEXT, **fields}), only=only, given=given, shapes=False))


def test_the_line_has_the_fields_of_the_interface():
    line = record(id="a-1", title="Kunduz burns", date="2016-04")
    fields = ["id", "title", "date", "sha256", "places", "entities", "sentences", "targets", "versions"]
    assert list(line) == fields
    assert (line["id"], line["title"], line["date"]) == ("a-1", "Kunduz burns", "2016-04")
    assert line["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert record()["id"] == line["sha256"][:12]
    assert {"news_atlas", "spacy", "nltk", "names"} <= line["versions"].keys()


def test_the_rows_have_the_columns_of_the_codebook():
    line = record()
    assert all(list(place) == PLACE_COLUMNS for place in line["places"])
    assert {"start", "end", "text", "sentence_id", "type", "subtype", "entity_id", "name", "sentiment"} <= set(
        line["entities"][0]
    )
    assert {"sentence_id", "start", "end", "text", "paragraph", "sentiment", "label"} <= set(line["sentences"][0])
    assert not any("geometry" in place for place in line["places"])


def test_every_span_is_a_slice_of_the_text_to_the_letter():
    line = record()
    for rows in (line["places"], line["entities"], line["sentences"]):
        assert rows
        assert all(TEXT[row["start"] : row["end"]] == row["text"] for row in rows)


def test_the_title_of_a_record_yields_no_rows():
    line = record(title="Kunduz burns")
    assert "Kunduz" not in json.dumps([line["places"], line["entities"], line["sentences"]])


def test_missing_is_null_and_numbers_are_numbers():
    line = record({"places": [[TEXT.index("Nowhereabad"), TEXT.index("Nowhereabad") + 11], [10, 19]]})
    lost = next(place for place in line["places"] if place["text"] == "Nowhereabad")
    assert lost["place_id"] is lost["geonames_id"] is lost["lat"] is lost["where_prec"] is None
    assert lost["alternatives"] == []
    found = record()["places"][0]
    assert type(found["geonames_id"]) is int
    assert type(found["where_prec"]) is int
    assert type(found["start"]) is int
    assert found["corrected"] is False
    assert "NaN" not in json.dumps(line, allow_nan=False)


def test_given_spans_are_resolved_exactly():
    spans = [[TEXT.index(name), TEXT.index(name) + len(name)] for name in ("Lahore", "Nowhereabad", "engineers")]
    line = record({"places": spans})
    assert sorted([place["start"], place["end"]] for place in line["places"]) == sorted(spans)
    assert record({"places": []})["places"] == []


def test_the_sentiment_toward_each_target_comes_back_in_order():
    spans = [[TEXT.index(name), TEXT.index(name) + len(name)] for name in ("Islamabad", "Lahore")]
    targets = record({"targets": spans})["targets"]
    assert [[t["start"], t["end"]] for t in targets] == spans
    assert all(t["label"] in ("negative", "neutral", "positive") and -1 <= t["score"] <= 1 for t in targets)
    assert record()["targets"] == []


@pytest.mark.parametrize(
    ("only", "filled"),
    [(["places"], {"places"}), (["entities"], {"entities"}), (["places", "entities"], {"places", "entities"})],
)
def test_only_what_is_asked_for_is_filled(only, filled):
    line = record(only=only)
    assert {part for part in ("places", "entities") if line[part]} == filled
    assert "sentiment" not in line["sentences"][0]


def test_sentiment_runs_from_minus_one_to_one():
    line = record()
    for rows in (line["entities"], line["sentences"]):
        assert all(row["sentiment"] is None or -1 <= row["sentiment"] <= 1 for row in rows)


def test_the_same_article_gives_the_same_line():
    assert json.dumps(record(id="a")) == json.dumps(record(id="a"))


def test_names_are_found_again_when_their_spans_are_given():
    found = record()["places"]
    again = record({"places": [[place["start"], place["end"]] for place in found]})["places"]
    assert [p["place_id"] for p in again] == [p["place_id"] for p in found]
    assert [p["role"] for p in again] == [p["role"] for p in found]


def test_rows_leave_out_the_geometry():
    rows = table_rows(read("Rain fell on Herat.").places)
    assert len(rows) == 1
    assert "geometry" not in rows[0]
    assert json.dumps(rows, allow_nan=False)


def test_the_sample_is_one_line_of_json():
    line = json.dumps(to_record(read_sample()), allow_nan=False)
    assert len(line) < 200_000  # characters: no outline has slipped in


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=150))
def test_any_text_makes_a_line(text):
    article = from_record({"text": f"Kabul {text}"})
    line = to_record(analyse(article, shapes=False))
    json.dumps(line, allow_nan=False).encode()
    assert all(article.text[p["start"] : p["end"]] == p["text"] for p in line["places"] + line["entities"])


def test_corrections_are_read_from_a_file_or_given_as_rows(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("scope;text;action;value\n*;Herat;role;metonym\n", encoding="utf-8")
    by_path = analyse(from_record({"text": TEXT}), ["places"], shapes=False, corrections=file)
    by_rows = analyse(from_record({"text": TEXT}), ["places"], shapes=False, corrections=read_corrections(str(file)))
    for analysis in (by_path, by_rows):
        assert analysis.places[analysis.places.corrected].text.tolist() == ["Herat"]
        assert analysis.corrections[["text", "mentions", "status"]].values.tolist() == [["Herat", 1, "applied"]]
    assert not analyse(from_record({"text": TEXT}), ["places"], shapes=False, corrections=()).places.corrected.any()
