"""Organisations the lexicon knows: found by every alias, kept from running on, never taken for places."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import by_hand, count_steps, sentences

from helpers.bodies import confirm, known_bodies, merge_bodies
from helpers.language import Tagged


def found(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in known_bodies(text)]


def test_every_alias_leads_to_one_body():
    hits = known_bodies("Islamic State, also ISIS or ISIL, fought the Taliban.")
    ids = {hit.body.name: hit.body.entity_id for hit in hits}
    assert len({hit.body.entity_id for hit in hits[:3]}) == 1
    assert len(ids) == 2


def test_a_branch_is_not_its_parent():
    state, branch = known_bodies("Islamic State (ISIS) and its branch ISIL-K differ.")[::2]
    assert state.body.entity_id != branch.body.entity_id


def test_the_article_is_no_part_of_the_name():
    assert found("The Times learned of it.") == ["Times"]


def test_a_province_of_a_group_is_a_body_only_beside_the_group():
    assert "Khorasan province" in found("ISIS announced its Khorasan province.")
    assert "Khorasan province" not in found("Rain fell on Khorasan province in Iran.")


@pytest.mark.parametrize("text", ["The ISISX set", "Talibanesque art", "A crisis, ISISes"])
def test_a_body_is_no_part_of_a_word(text):
    assert found(text) == []


def test_the_possessive_s_is_left_outside():
    assert "ISIS" in found("ISIS's ranks")


def test_what_the_tagger_takes_for_a_place_or_a_person_is_a_body_still():
    text = "Islamic State Expanding Footprint in Mali"
    names = (Tagged(0, 33, "PERSON"), Tagged(37, 41, "GPE"))
    merged = merge_bodies(names, known_bodies(text), text)
    assert merged == (Tagged(0, 13, "ORG"), Tagged(37, 41, "GPE"))


def test_a_longer_proper_name_around_a_body_stands():
    text = "Friends of the Taliban Museum met."
    whole = Tagged(0, 29, "ORG")
    assert merge_bodies((whole,), known_bodies(text), text) == (whole,)


def test_a_form_that_means_other_things_needs_the_tagger():
    text = "She rose before Dawn and left."
    hits = known_bodies(text)
    assert confirm(hits, ()) == []


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=120))
def test_bodies_never_overlap(text):
    hits = known_bodies(f"ISIS {text} The Taliban")
    assert all(a.end <= b.start for a, b in pairwise(hits))


def test_a_story_ten_times_as_long_is_at_most_twenty_times_the_work():
    def work(number: int) -> int:
        text = " ".join(sentences(number)).replace("Relief Agency", "Taliban")
        parsed = by_hand(text, {"Taliban": "GPE", "Zarina Gul": "PERSON", "Kabul": "GPE"})
        hits = known_bodies(text)
        return count_steps(lambda: merge_bodies(parsed.names, confirm(hits, parsed.names), text))

    assert work(600) <= 20 * work(60)
