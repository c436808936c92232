"""The tagger's names, mended by what the article says: what a reader of the cast would notice."""

import pytest
from reading import by_hand

from helpers.tagging import settle_names


def settled(text: str, labels: dict[str, str], only_first: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """(words, label) after mending; of the names in `only_first` the tagger saw the first mention alone."""
    names = [
        n
        for n in by_hand(text, labels).names
        if text[n.start : n.end] not in only_first or n.start == text.find(text[n.start : n.end])
    ]
    return [(text[n.start : n.end], n.label) for n in settle_names(tuple(names), text)]


def test_a_surname_is_a_person_wherever_it_stands():
    text = "Zarina Gulzar spoke first. Then Gulzar left, and Gulzar came back."
    assert settled(text, {"Zarina Gulzar": "PERSON"}) == [("Zarina Gulzar", "PERSON"), *[("Gulzar", "PERSON")] * 2]
    text = "Zarina Gulzar spoke. Gulzar left."
    assert settled(text, {"Zarina Gulzar": "PERSON", " Gulzar l": "ORG"})[0] == ("Zarina Gulzar", "PERSON")


def test_a_short_form_in_brackets_names_the_body_from_there_on():
    text = "The Relief and Works Agency (RWA) closed. On Monday RWA opened again."
    assert settled(text, {"Relief and Works Agency": "ORG"}) == [
        ("Relief and Works Agency", "ORG"), ("RWA", "ORG"), ("RWA", "ORG"),
    ]  # fmt: skip


def test_a_body_goes_on_to_its_country():
    text = "The Supreme Court of Ghana ruled. The Relief Agency of which Ghana knows did not."
    assert settled(text, {"Supreme Court": "ORG", "Ghana": "GPE", "Relief Agency": "ORG"}) == [
        ("Supreme Court of Ghana", "ORG"), ("Relief Agency", "ORG"), ("Ghana", "GPE"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, name, label",
    [
        ("The Interior Minister spoke.", "Interior", "ORG"),
        ("The Sheikh spoke.", "Sheikh", "PERSON"),
        ("A case of cholera was found.", "cholera", "PERSON"),
        ("See https://example.org/Relief-Agency/1 for more.", "Relief-Agency", "ORG"),
    ],
)
def test_offices_titles_words_and_links_are_nobody(text, name, label):
    assert settled(text, {name: label}) == []


@pytest.mark.parametrize(
    "text, name",
    [
        ("He lives in the village of Sur Ghar.", "Sur Ghar"),
        ("Workers were killed at Jilga.", "Jilga"),
        ("Orakzai district is calm.", "Orakzai"),
    ],
)
def test_what_words_place_is_no_person(text, name):
    assert settled(text, {name: "PERSON"}) == [(name, "GPE")]


def test_a_list_of_places_is_places_and_a_person_at_a_place_stays_one():
    labels = {"Kabul": "GPE", "Herat": "GPE", "Mizan": "PERSON"}
    assert settled("Kabul, Herat and Mizan are calm.", labels)[-1] == ("Mizan", "GPE")
    assert settled("Trust in Obama fell. Barack Obama left.", {"Obama fell": "ORG", "Barack Obama": "PERSON"})[-1] == (
        "Barack Obama",
        "PERSON",
    )


@pytest.mark.parametrize(
    "text, tagged, name",
    [
        ("Ms Burney spoke.", "Ms Burney", "Burney"),
        ("Capt. Zahid Gul spoke.", "Capt. Zahid Gul", "Zahid Gul"),
        ("Malik Ajmal spoke.", "Malik Ajmal", "Malik Ajmal"),  # a title that people are also called by
        ("St. Peter spoke.", "St. Peter", "St. Peter"),
    ],
)
def test_a_person_goes_without_a_title(text, tagged, name):
    assert settled(text, {tagged: "PERSON"}) == [(name, "PERSON")]


def test_a_tribe_is_a_people_unless_somebody_bears_its_name():
    assert settled("Wazir elders met.", {"Wazir": "PERSON"}) == [("Wazir", "NORP")]
    named = settled("Ajmal Wazir spoke. Wazir left.", {"Ajmal Wazir": "PERSON"})
    assert named == [("Ajmal Wazir", "PERSON"), ("Wazir", "PERSON")]
    beside = "Ajmal Wazir spoke. The Wazir and Mehsud traders left."
    found = settled(beside, {"Ajmal Wazir": "PERSON", "Mehsud": "ORG"})
    assert found == [("Ajmal Wazir", "PERSON"), ("Wazir", "NORP"), ("Mehsud", "NORP")]


def test_a_name_that_ends_in_a_kind_of_place_is_one_unless_it_begins_like_a_persons():
    assert settled("They met near Sleaford Bay.", {"Sleaford Bay": "PERSON"}) == [("Sleaford Bay", "LOC")]
    assert settled("They flew over Chaklala airbase.", {"Chaklala airbase": "PERSON"}) == [("Chaklala airbase", "FAC")]
    assert settled("They met Michael Bay.", {"Michael Bay": "PERSON"}) == [("Michael Bay", "PERSON")]
