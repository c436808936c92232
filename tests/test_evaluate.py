"""Measures against a gold file: every number here was worked out by hand."""

import json
import math
from itertools import pairwise

import pandas as pd
import pytest

from helpers import cli, evaluate, scoring
from helpers.article import DATA

TEXT = "Troops from Quetta met Afghans in Texas. The Punjab government said Lahore was calm. Paris wept.\nGoma fell."


def place(text: str, role: str = "literal", at: tuple | None = (0.0, 0.0), **more) -> dict:
    """A mention in the text, e.g. of Quetta, with a point."""
    start = TEXT.index(text)
    lat, lon = at or (None, None)
    return {"start": start, "end": start + len(text), "text": text, "role": role, "lat": lat, "lon": lon} | more


def found(text: str, role: str = "literal", at: tuple | None = (0.0, 0.0), confidence: float = 0.95, **more) -> dict:
    known = {"name": text, "country": "PK", "feature": "city", "geonames_id": None, "reason": "because"} | more
    return place(text, role, at, confidence=confidence, **known)


GOLD = [
    {
        "id": "a",
        "text": TEXT,
        "ignored": [place("Paris")],
        "mentions": [
            place("Quetta", geonames_id="1", feature="city"),  # found, right
            place("Afghans", "demonym", feature="country", country="AF"),  # found, the country right, its point far off
            place("Texas", at=(31, -100), feature="admin1", country="US"),  # found 0 km away, in the wrong country
            place("Punjab", "embedded", feature="admin1", country="PK"),  # found with a longer span, wrong role
            place("Lahore", geonames_id=2, feature="city"),  # found, two degrees off: 222 km
        ],
        "entities": [{"start": 0, "end": 6, "type": "PERSON"}, {"start": 12, "end": 18, "type": "GPE"}],
        "targets": [{"start": 0, "end": 6, "label": "negative"}, {"start": 12, "end": 18, "label": "neutral"}],
    },
    {"id": "b", "text": TEXT, "ignored": [], "mentions": [place("Goma", at=None), place("Lahore", at=(1, 1))]},
]
SENTENCES = [{"start": 0, "text": TEXT.split(". ")[0] + "."}, {"start": TEXT.index("The"), "text": "The Punjab ..."}]
ANSWERS = [
    {
        "places": [
            found("Quetta", geonames_id=1),
            found("Afghans", "demonym", at=(0, 90), feature="country", country="AF"),
            found("Texas", at=(31, -100), feature="admin1", country="MX", confidence=0.85),
            found("Punjab government", confidence=0.65),
            found("Lahore", at=(0, 2), geonames_id=3, confidence=0.85),
            found("Paris"),
        ],
        "entities": [{"start": 0, "end": 6, "type": "ORG"}, {"start": 12, "end": 18, "type": "LOC"}],
        "targets": [{"start": 0, "end": 6, "label": "negative"}, {"start": 12, "end": 18, "label": "positive"}],
        "sentences": SENTENCES,
    },
    {
        "places": [found("Goma"), found("Troops", confidence=0.15)],
        "entities": [],
        "targets": [],
        "sentences": SENTENCES,
    },
]


@pytest.fixture(scope="module")
def result() -> evaluate.Evaluation:
    return evaluate.evaluate(GOLD, ANSWERS)


@pytest.mark.parametrize(
    ("measure", "value", "n"),
    [
        ("recognition exact, precision", 5 / 7, 7),  # what is found at the ignored Paris counts neither way
        ("recognition exact, recall", 5 / 7, 7),
        ("recognition exact, F", 5 / 7, 7),
        ("recognition exact without demonyms, F", 4 / 6, 6),
        ("recognition lenient, F", 6 / 7, 7),  # and "Punjab government" is Punjab
        ("end to end, within 161 km", 4 / 6, 6),  # Quetta, Afghans by the country, Texas, Punjab; not the two Lahores
        ("end to end, same GeoNames id", 1 / 2, 2),
        ("end to end, right to its level", 2 / 4, 4),  # Quetta, Punjab; Texas is in the wrong country, Lahore too far
        ("found and placed, within 161 km", 3 / 5, 5),
        ("roles, accuracy", 5 / 6, 6),
        ("entities PLACE, F", 1.0, 1),  # GPE and LOC are one
        ("entities all, F", 2 / 4, 2),
        ("tone toward targets, macro F1", 1 / 3, 2),
        # confidence: 0.95 twice right; 0.85 once right, once wrong; 0.65 right
        ("confidence, calibration error", (2 * 0.05 + 2 * 0.35 + 0.35) / 5, 5),
        ("confidence, calibration error with inventions wrong", (2 * 0.05 + 2 * 0.35 + 0.35 + 0.15) / 6, 6),
    ],
)
def test_a_measure_is_what_it_is_by_hand(result, measure, value, n):
    row = result.measures.set_index("measure").loc[measure]
    assert row.value == pytest.approx(value)
    assert row.n == n


def test_every_figure_lies_in_its_interval_and_comes_out_the_same_again(result):
    figures = result.measures.dropna()
    assert len(figures) > 10
    assert (figures.low <= figures.value).all()
    assert (figures.value <= figures.high).all()
    pd.testing.assert_frame_equal(result.measures, evaluate.evaluate(GOLD, ANSWERS).measures)


def test_errors_are_told_with_their_sentence_and_distance(result):
    errors = result.errors.set_index(["error", "text"])
    assert errors.index.tolist() == [
        ("misplaced", "Lahore"), ("missed", "Lahore"), ("invented", "Troops"), ("wrong role", "Punjab government"),
    ]  # fmt: skip
    assert errors.loc[("misplaced", "Lahore"), "km"] == 222
    assert errors.loc[("misplaced", "Lahore"), "sentence"] == "The Punjab ..."
    assert errors.loc[("wrong role", "Punjab government"), ["gold_role", "role"]].tolist() == ["embedded", "literal"]


def test_confusion_of_roles_counts_every_pair(result):
    assert result.roles.loc["embedded", "literal"] == 1
    assert result.roles.to_numpy().sum() == 6


def test_given_spans_an_unanswered_mention_is_half_the_earth_away():
    measures = evaluate.evaluate(GOLD, ANSWERS, spans=True).measures.set_index("measure").value
    errors = [0, 0, 0, 222.39, 10_007.54, 20_039]
    logs = [math.log(1 + error) for error in errors]
    area = sum((a + b) / 2 for a, b in pairwise(logs)) / (5 * math.log(20_039))
    assert measures["given spans, within 161 km"] == pytest.approx(3 / 6)
    assert measures["given spans, mean error in km"] == pytest.approx(sum(errors) / 6, abs=0.1)
    assert measures["given spans, median error in km"] == pytest.approx(222.39 / 2, abs=0.1)
    assert measures["given spans, area under the log error"] == pytest.approx(area, abs=1e-4)


def test_the_nearest_of_two_found_spans_is_the_mention():
    gold = [place("Punjab")]
    near, far = place("Punjab government"), place("The Punjab government said Lahore")
    ((first, answer), (nothing, other)) = scoring.pair_up(gold, [far, near])
    assert (first, answer, nothing, other) == (gold[0], near, {}, far)


def test_the_question_tells_none_of_the_answers():
    record = evaluate.read_gold(DATA / "gold" / "sample_article.jsonl")[0]
    assert set(evaluate.question(record)) == {"id", "text", "date"}
    given = evaluate.question(record, spans=True)["places"]
    assert [record["text"][start:end] for start, end in given] == [m["text"] for m in record["mentions"]]


def test_the_shipped_gold_is_of_its_text():
    for record in evaluate.read_gold(DATA / "gold" / "sample_article.jsonl"):
        for span in [*record["mentions"], *record["entities"]]:
            assert record["text"][span["start"] : span["end"]] == span["text"]


def test_the_sample_is_read_as_its_gold_has_it(capsys, tmp_path):
    gold, errors = DATA / "gold" / "sample_article.jsonl", tmp_path / "errors.csv"
    assert cli.main(["evaluate", str(gold), "--errors", str(errors), "--json"]) == 0
    measures = {row["measure"]: row["value"] for row in json.loads(capsys.readouterr().out)["measures"]}
    assert measures["recognition exact, F"] >= 0.95
    assert measures["end to end, within 161 km"] >= 0.95
    assert measures["roles, accuracy"] >= 0.85
    assert measures["entities all, F"] >= 0.93
    assert list(pd.read_csv(errors).columns)[:3] == ["error", "text", "name"]
    assert cli.main(["evaluate", str(gold), "--spans"]) == 0
    assert "given spans, within 161 km" in capsys.readouterr().out


def test_a_file_that_is_no_gold_gets_one_clear_sentence(capsys, tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text('{"id": "a", "text": "Kabul"}\n', encoding="utf-8")
    assert cli.main(["evaluate", str(path)]) == 2
    assert "is no gold file" in capsys.readouterr().err


def test_published_figures_stand_beside_ours_with_their_sources():
    table = evaluate.compare_with_published()
    assert table.system.str.startswith("News Atlas").any()
    assert (~table.system.str.startswith("News Atlas")).sum() >= 8
    assert (table.source != "").all()
