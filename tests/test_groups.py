"""Which mentions ask one question, and what the words around them tell: the kind, the list, the place it lies in."""

import re

import pytest

from helpers.groups import kinds_named, listed_next, parents_of


def spans_of(text: str) -> list[tuple[int, int]]:
    """The spans of the words in capitals."""
    return [match.span() for match in re.finditer(r"\b[A-Z]+\b", text)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("in KHOST and the city of GARDEZ", [[], ["city"]]),
        ("through HERAT and KANDAHAR provinces", [["admin1"], ["admin1"]]),
        ("through HERAT and KANDAHAR province", [[], ["admin1"]]),
        ("districts of NOWSHERA, CHARSADDA and SWAT, then BANNU", [["admin2"], ["admin2"], ["admin2"], []]),
        ("the town of MIR and SUR cities", [["city"], ["city"]]),
        ("", []),
    ],
)
def test_a_noun_tells_the_kind_and_a_plural_that_of_a_whole_list(text, kinds):
    assert [sorted(kind) for kind in kinds_named(spans_of(text), text)] == kinds


def test_a_list_goes_on_behind_commas_and_conjunctions_only():
    text = "KHOST, PAKTIA and PAKTIKA in AFGHANISTAN, or INDIA"
    assert listed_next(spans_of(text), text) == [0, 1, 3]


@pytest.mark.parametrize(
    ("text", "parents"),
    [
        ("LAHORE, PAKISTAN", {0: 1}),
        ("PAKISTAN's LAHORE", {1: 0}),
        ("ACHIN district of NANGARHAR", {0: 1}),
        ("MIRBAKH and SUR villages in PESHAWAR", {1: 2}),
        ("LANDI tehsil of KHYBER", {0: 1}),
        ("LAHORE and KARACHI", {}),
        ("LAHORE river of KARACHI", {}),
    ],
)
def test_what_a_place_lies_in_is_told_by_the_words_between(text, parents):
    assert parents_of(spans_of(text), text) == parents
