"""What a form can mean: places by name, by alias, by abbreviation, by the name of their people."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.gazetteer import open_gazetteer
from helpers.names import cue, lexicon_forms, meaning, set_phrases

CUES = [
    "locative_preposition", "title_noun", "area_noun", "facility_noun", "institution_noun", "official_noun",
    "force_noun", "government_noun", "saying_verb", "deciding_verb", "auxiliary", "relation_noun", "common_word",
]  # fmt: skip


def meant(name: str) -> list[str]:
    return [place.name for place in meaning(name, open_gazetteer()).places]


@pytest.mark.parametrize(
    ("form", "kind", "place"),
    [
        ("Afghans", "demonym", "Afghanistan"),
        ("Pakistani", "demonym", "Pakistan"),
        ("american", "demonym", "United States"),
        ("U.S.", "alias", "United States"),
        ("US", "alias", "United States"),
        ("UK", "alias", "United Kingdom"),
        ("UAE", "alias", "United Arab Emirates"),
        ("KP", "abbreviation", "Khyber Pakhtunkhwa"),
        ("FATA", "abbreviation", "Federally Administered Tribal Areas"),
        ("W.Va.", "abbreviation", "West Virginia"),
        ("W. Va.", "abbreviation", "West Virginia"),
        ("Ont.", "abbreviation", "Ontario"),
        ("Fla.", "abbreviation", "Florida"),
        ("Lahore", "name", "Lahore"),
        ("Ningarhar", "name", "Nangarhar"),
        ("Nangarhar", "name", "Nangarhar"),
    ],
)
def test_a_form_leads_to_its_place(form, kind, place):
    assert meaning(form, open_gazetteer()).kind == kind
    assert place in meant(form)


def test_a_pronoun_is_no_country():
    assert "United States" not in meant("us")


def test_ind_is_indiana_only_behind_a_comma():
    assert meaning("Ind.", open_gazetteer()).after_comma
    assert not meaning("KP", open_gazetteer()).after_comma


def test_a_name_nobody_bears_means_nothing():
    assert meaning("Xqzzwv", open_gazetteer()).places == ()
    assert meaning("Xqzzwv", open_gazetteer()).kind == ""


def test_a_building_is_in_the_town_of_its_name_but_a_road_need_not_be():
    assert "Manila" in meant("Manila Cathedral")
    assert meant("Manila Road") == []


def test_every_form_of_the_lexicons_leads_somewhere():
    exact, folded = lexicon_forms()
    lost = [form for form in [*exact, *folded] if not meant(form)]
    assert lost == []


def test_a_name_without_capital_is_found_in_any_case():
    found = [
        match[0] for match in set_phrases().finditer("In the tribal areas. Tribal areas? The TRIBAL AREAS; no tribe.")
    ]
    assert found == ["tribal areas", "Tribal areas", "TRIBAL AREAS"]


@pytest.mark.parametrize("kind", CUES)
def test_every_kind_of_cue_the_rules_ask_for_is_there(kind):
    assert cue(kind)
    assert all(form == form.casefold().strip() for form in cue(kind))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_string_may_be_asked_for(text):
    meaning(text, open_gazetteer())


@pytest.mark.parametrize(
    "text", ["", " ", "\u200f", "(", "[a-", "a|b", "\\", "*", "'", "کابل", "Kābul\u0301", "-" * 500]
)
def test_blanks_and_signs_do_no_harm(text):
    meaning(text, open_gazetteer())
