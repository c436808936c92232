"""The choice among places of one name: probabilities that add up, evidence that pulls the way a reader would."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.gazetteer import Place, open_gazetteer
from helpers.ranking import CONTEXT, NAME, Group, choose, in_period, lies_in, load_weights, prominence


def group(name: str, *parents: int, **changes) -> Group:
    places = tuple(open_gazetteer().lookup(name))[:40]
    return Group(name, 1, "name", places, frozenset(), parents)._replace(**changes)


def best(groups: list[Group], number: int = 0, **context) -> Place:
    choice = choose(groups, **context)[number]
    return groups[number].candidates[int(np.argmax(choice.probabilities))]


def test_every_weight_is_a_number():
    first, later, sharpness = load_weights()
    assert len(first) == len(later) == len(NAME) + len(CONTEXT)
    assert np.isfinite(first).all() and np.isfinite(later).all() and sharpness > 0


@pytest.mark.parametrize("names", [["Lahore"], ["Springfield", "Kabul"], ["Xqzzwv"], ["Paris", "Xqzzwv", "Paris"]])
def test_probabilities_add_up_to_one(names):
    groups = [group(name) for name in names]
    for one, choice in zip(groups, choose(groups), strict=True):
        assert len(choice.probabilities) == len(one.candidates) == len(choice.evidence)
        assert math.isclose(choice.probabilities.sum() + choice.nothing, 1.0, abs_tol=1e-9)
        assert (choice.probabilities >= 0).all()


def test_no_names_no_choices():
    assert choose([]) == []


def test_a_name_without_candidates_means_nothing():
    assert choose([group("Xqzzwv")])[0].nothing == 1.0


def test_alone_the_well_known_place_is_meant():
    assert best([group("Paris")]).country == "FR"
    assert best([group("Lahore")]).country == "PK"


def test_the_parent_named_decides():
    assert best([group("Paris", 1), group("Texas")]).admin1 == "Texas"
    assert best([group("Birmingham", 1), group("Alabama")]).admin1 == "Alabama"


def test_the_other_places_of_the_story_decide():
    texas = [
        group("Paris"),
        group("Dallas"),
        group("Tyler"),
        group("Texas", count=4),
        group("Sherman"),
        group("Denison"),
    ]
    assert best(texas).admin1 == "Texas"
    georgia = [group("Georgia"), group("Tbilisi"), group("Batumi"), group("Kutaisi")]
    assert best(georgia).country == "GE"


def test_the_order_of_the_names_does_not_matter():
    groups = [group(name) for name in ("Hyderabad", "Sukkur", "Larkana", "Karachi")]
    forth, back = choose(groups), choose(groups[::-1])[::-1]
    for one, other in zip(forth, back, strict=True):
        assert np.allclose(one.probabilities, other.probabilities)


def test_the_word_beside_it_says_what_it_is():
    city = best([group("Kandahar", features_named=frozenset({"city"}))])
    province = best([group("Kandahar", features_named=frozenset({"admin1"}))])
    assert (city.feature, province.feature) == ("city", "admin1")


@pytest.mark.parametrize(
    ("date", "held"),
    [("2016", True), ("2016-04", True), ("2018-05-30", True), ("2018-06", False), ("2020", False), ("", True)],
)
def test_a_unit_holds_until_its_end(date, held):
    fata = open_gazetteer().place("gn:1179245")
    assert in_period(fata, date) is held


def test_a_unit_that_is_gone_is_the_lesser_choice():
    both = tuple(open_gazetteer().place(place_id) for place_id in ("gn:1179245", "na:former-fata"))
    tribal = group("tribal areas", candidates=both, listed=frozenset(p.place_id for p in both))
    assert best([tribal], date="2016-04").place_id == "gn:1179245"
    assert best([tribal], date="2021-04").place_id == "na:former-fata"


def test_a_place_lies_in_its_units_and_not_in_itself():
    lahore, punjab, pakistan = (open_gazetteer().place(f"gn:{n}") for n in (1172451, 1167710, 1168579))
    assert lies_in(lahore, punjab) and lies_in(lahore, pakistan) and lies_in(punjab, pakistan)
    assert not any([lies_in(punjab, punjab), lies_in(pakistan, lahore), lies_in(pakistan, punjab)])
    indian_punjab = next(p for p in open_gazetteer().lookup("Punjab") if p.country == "IN")
    assert not lies_in(lahore, indian_punjab)


@settings(deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_more_people_the_better_known(one, other):
    small, large = (Place("gn:1", 1, "X", "city", population=n) for n in sorted((one, other)))
    assert 0 <= prominence(small) <= prominence(large) < 2


def towns(number: int) -> list[Group]:
    """Names that twelve made-up towns each bear, all over the map and each in a province of its own."""
    groups = []
    for i in range(number):
        spots = [((i * 37 + k * 11) % 140 - 70.0, (i * 53 + k * 29) % 340 - 170.0) for k in range(12)]
        places = tuple(
            Place(
                f"gn:{i * 100 + k + 1}", i * 100 + k + 1, f"Town {i}", "city", f"C{k}", f"P{i}-{k}", "", 50_000, *spot
            )
            for k, spot in enumerate(spots)
        )
        groups.append(Group(f"Town {i}", 5, "name", places, frozenset(), ()))
    return groups


def test_memory_grows_with_the_names_and_not_with_their_square():
    def peak(number: int) -> int:
        groups = towns(number)
        tracemalloc.start()
        choose(groups)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(5)
    few, many = peak(50), peak(200)
    assert many <= 8 * few
    assert many < 100_000_000  # bytes, for 200 names of 12 places each
