"""Candidate spans: what might name a place, cut to the letter, with the evidence beside it."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import by_hand, count_steps, sentences

from helpers.article import from_record
from helpers.gazetteer import open_gazetteer
from helpers.language import parse
from helpers.spans import candidate_spans, words_of


def candidates(text: str, **given) -> list[str]:
    return [span.text for span in candidate_spans(parse(from_record({"text": text})), open_gazetteer(), **given)]


def evidence(text: str, name: str) -> dict[str, float]:
    spans = candidate_spans(parse(from_record({"text": text})), open_gazetteer())
    return next(span.features for span in spans if span.text == name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Afghanistan's president", ["Afghanistan", "president"]),
        ("the U.S.-led war", ["the", "U.S.", "led", "war"]),
        ("Charleston, W.Va., said", ["Charleston", "W.Va.", "said"]),
        ("Sana'a fell", ["Sana'a", "fell"]),
        ("Mazar-i-Sharif", ["Mazar", "i", "Sharif"]),
        ("", []),
        ("— …", []),
    ],
)
def test_words_keep_their_points_and_lose_the_possessive(text, words):
    found = words_of(text, 7)
    assert [word.text for word in found] == words
    assert all(text[word.start - 7 : word.end - 7] == word.text for word in found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A Karachi-based trader", "Karachi"),
        ("The Pakistan-Afghanistan border", "Pakistan"),
        ("The Pakistan-Afghanistan border", "Afghanistan"),
        ("Afghanistan's president", "Afghanistan"),
        ("Snow fell on Mazar-i-Sharif.", "Mazar-i-Sharif"),
        ("They met in St. Louis.", "St. Louis"),
        ("They met in Dera Ismail Khan today.", "Dera Ismail Khan"),
        ("Gary, Ind., is calm.", "Ind."),
        ("Miners in Charleston, W.Va., rest.", "W.Va."),
        ("The tribal areas are calm.", "tribal areas"),
        ("A plane left Bagram Air Base.", "Bagram Air Base"),
        ("FLOODS IN QUETTA", "QUETTA"),
        ("Rain (Quetta) fell.", "Quetta"),
        ("The Afghans left.", "Afghans"),
        ("A road in “Herat” closed.", "Herat"),
    ],
)
def test_a_name_is_a_candidate_to_the_letter(text, name):
    assert name in candidates(text)


def test_words_without_capital_are_no_candidates():
    assert candidates("they turned off the lights and read a book") == []


def test_given_spans_are_described_and_none_is_searched_for():
    text = "Kabul, Herat and Quetta.\n\nLahore."
    assert candidates(text, given=[(17, 23), (26, 32)]) == ["Quetta", "Lahore"]
    assert candidates(text, given=[]) == []


@pytest.mark.parametrize("span", [(0, 1), (5, 6), (4, 7), (23, 24), (7, 15), (0, 26), (24, 26), (20, 28)])
def test_any_given_span_is_described_even_across_words_and_paragraphs(span):
    text = "Kabul, Herat and Quetta\n\nis."
    found = candidate_spans(parse(from_record({"text": text})), open_gazetteer(), given=[span])
    assert [(s.start, s.end, s.text) for s in found] == [(*span, text[slice(*span)])]


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        ("It rained in Quetta.", "Quetta", "after preposition"),
        ("Nangarhar province is calm.", "Nangarhar", "before area noun"),
        ("Quetta’s bazaar closed.", "Quetta", "possessive"),
        ("They flew to Paris, Texas, at noon.", "Paris", "before comma and parent"),
        ("A Karachi-based trader left.", "Karachi", "before based"),
    ],
)
def test_the_words_around_a_name_are_evidence(text, name, what):
    assert evidence(text, name)[what] == 1.0
    assert not evidence(f"Some say {name} sleeps.", name).get(what)


def test_the_same_name_tagged_elsewhere_is_evidence():
    text = "Ahmad Herat spoke. Later Herat laughed, and Herat left."
    assert evidence(text, "Herat")["part of a person"] == 1.0


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=150))
def test_candidates_of_any_text_are_slices_of_it(noise):
    text = f"In Kabul {noise} near Herat"
    spans = candidate_spans(parse(from_record({"text": text})), open_gazetteer())
    clean = parse(from_record({"text": text})).article.text
    assert all(clean[span.start : span.end] == span.text for span in spans)
    assert [(s.start, s.end) for s in spans] == sorted({(s.start, s.end) for s in spans})


def stub_gazetteer() -> SimpleNamespace:
    """A gazetteer that counts what it is asked and knows nothing."""
    stub = SimpleNamespace(asked=0)

    class Counting:
        def knows(self, name: str) -> bool:
            stub.asked += 1
            return False

        def lookup(self, name: str) -> list:
            return []

        def place(self, place_id: str) -> None:
            return None

    stub.gazetteer = Counting()
    return stub


@pytest.mark.parametrize("joint", [" ", "\n\n"], ids=["one paragraph", "many paragraphs"])
def test_a_story_ten_times_as_long_is_at_most_twenty_times_the_work(joint):
    def work(number: int) -> tuple[int, int]:
        stub = stub_gazetteer()
        labels = {"Kabul": "GPE", "Herat": "GPE", "Relief Agency": "ORG", "Zarina Gul": "PERSON", "Pakistan": "GPE"}
        parsed = by_hand(joint.join(sentences(number)), labels)
        steps = count_steps(lambda: candidate_spans(parsed, stub.gazetteer))
        return stub.asked, steps

    few, many = work(40), work(400)
    assert many[0] <= 20 * few[0]
    assert many[1] <= 20 * few[1]
