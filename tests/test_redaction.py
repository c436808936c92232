"""Redaction: no six words of a text in a row are left, whatever holds them, and all else is."""

import pytest

from helpers.redaction import cut_runs, redact, runs_of

TEXT = "Rain fell on Quetta for six days, the city's mayor said on Monday."
RUNS = runs_of([TEXT])


@pytest.mark.parametrize(
    ("held", "left"),
    [
        (TEXT, "Rain fell on Quetta …."),
        ("Rain fell on Quetta for six hours", "Rain fell on Quetta … hours"),
        ("Rain fell on Quetta for five days", "Rain fell on Quetta for five days"),
        ("RAIN fell, on “Quetta”: for six", "RAIN fell, on “Quetta …"),
        ("the <b>city&#x27;s</b> mayor <i>said on</i> Monday", "the <b>city&#x27;s</b> mayor <i>said …</i>"),
        (
            "see https://example.org/rain-fell-on-quetta-for-six-days",
            "see https://example.org/rain-fell-on-quetta-for-six-days",
        ),
        ("", ""),
    ],
)
def test_a_run_of_six_words_is_cut_to_four(held, left):
    assert cut_runs(held, RUNS) == left


def test_it_reaches_into_attributes_lists_and_tables():
    nest = {"html": f'<p title="{TEXT}" id="a">x</p>', "rows": [[TEXT, 3, None], {"deep": TEXT}]}
    assert redact(nest, RUNS) == {
        "html": '<p title="Rain fell on Quetta …." id="a">x</p>',
        "rows": [["Rain fell on Quetta ….", 3, None], {"deep": "Rain fell on Quetta …."}],
    }


def test_what_looks_like_a_tag_in_the_article_hides_nothing():
    runs = runs_of(["He wrote <b and c> in the margin of a map"])
    for text in ("He wrote <b and c> in the margin of a map", "He wrote &lt;b and c&gt; in the margin of a map"):
        assert "margin" not in cut_runs(text, runs)


def test_a_short_text_has_no_runs():
    assert runs_of(["Only five words are here", ""]) == set()
