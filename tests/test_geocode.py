"""Where the places are: the right one of a name, as exact as the words allow, with rivals, doubt and a reason."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import read, resolve, row

from helpers.article import from_record
from helpers.gazetteer import open_gazetteer
from helpers.geocode import locate
from helpers.groups import MOST_CANDIDATES, shortlist
from helpers.language import parse
from helpers.mentions import find_mentions
from helpers.names import country_of_outlet

RESOLVED = [
    ("She lives in Paris, Texas, now.", "Paris", {"country": "US", "admin1": "Texas"}),
    ("The fair in Birmingham, Alabama, opened.", "Birmingham", {"country": "US", "admin1": "Alabama"}),
    ("The plant in Gary, Ind., closed.", "Gary", {"country": "US", "admin1": "Indiana"}),
    ("Miners from Charleston, W.Va., marched.", "Charleston", {"admin1": "West Virginia"}),
    ("They met in London, Ont., on Friday.", "London", {"country": "CA", "admin1": "Ontario"}),
    ("The mill in Lahore, Pakistan, closed.", "Lahore", {"country": "PK", "feature": "city"}),
    ("Police in Hyderabad, India, made arrests.", "Hyderabad", {"country": "IN"}),
    ("Police in Hyderabad, Sindh, made arrests.", "Hyderabad", {"country": "PK"}),
    ("A Karachi man was held in Hyderabad, police in Sindh said.", "Hyderabad", {"country": "PK"}),
    ("Georgia won the game in Athens, Ga., on Saturday.", "Athens", {"country": "US", "admin1": "Georgia"}),
    ("Tbilisi said that Georgia would join the talks.", "Georgia", {"place_id": "gn:614540"}),
    ("Atlanta and Savannah are the pride of Georgia.", "Georgia", {"place_id": "gn:4197000"}),
    ("Rain fell in Ningarhar province.", "Ningarhar", {"place_id": "gn:1132366", "feature": "admin1", "country": "AF"}),
    ("The Kabul River floods the plain.", "Kabul River", {"feature": "river"}),
    ("Trade in South Asia grew.", "South Asia", {"feature": "region"}),
    ("Troops moved from KP in the spring.", "KP", {"place_id": "gn:1168873"}),
    ("Fighting reached Kandahar province, north of the city.", "Kandahar", {"feature": "admin1"}),
    ("Fighting reached the city of Kandahar.", "Kandahar", {"feature": "city"}),
    ("Fires burned in Orange County, California.", "Orange County", {"admin1": "California", "feature": "admin2"}),
    ("The Congress Party met in the Punjab, in Amritsar and Ludhiana.", "Punjab", {"country": "IN"}),
    ("Farmers in Punjab, in Multan and Lahore, sowed wheat.", "Punjab", {"country": "PK"}),
    ("The Thai prime minister left Bangkok.", "Bangkok", {"country": "TH"}),
    ("HERAT, Afghanistan, June 3 (Reuters) - Shops opened again.", "HERAT", {"feature": "city"}),
    ("BAGHLAN (AFP) - Rain fell in Baghlan province.", "BAGHLAN", {"feature": "city"}),
    ("BAGHLAN (AFP) - Rain fell in Baghlan province.", "Baghlan", {"feature": "admin1"}),
    ("WASHINGTON (AP) - Fires burn in Washington state.", "WASHINGTON", {"admin1": "District of Columbia"}),
    ("WASHINGTON (AP) - Fires burn in Washington state.", "Washington", {"feature": "admin1"}),
    ("In Zabol, in Sistan-Baluchestan province of Iran, schools closed.", "Zabol", {"country": "IR"}),
    ("Troops left Zabol province and Kandahar in Afghanistan.", "Zabol", {"country": "AF", "feature": "admin1"}),
    ("Floods reached Muzaffargarh district in Punjab.", "Muzaffargarh", {"feature": "admin2"}),
    ("Floods reached Muzaffargarh and Kot Addu in Punjab.", "Muzaffargarh", {"feature": "city"}),
    ("The districts of Nowshera, Charsadda and Swat were hit.", "Charsadda", {"feature": "admin2"}),
    ("Convoys crossed Herat and Kandahar provinces at night.", "Herat", {"feature": "admin1"}),
    ("Families fled to Khost and Paktika in Afghanistan.", "Khost", {"feature": "admin1"}),
    ("Families fled to Khost and Gardez in Afghanistan.", "Khost", {"feature": "city"}),
    ("Miners in Harnai, Balochistan, went on strike.", "Harnai", {"place_id": "gn:1177098", "feature": "city"}),
    ("A mine fell in at Dande Darpakhel near Miran Shah, Pakistan.", "Dande Darpakhel", {"admin2": "North Waziristan"}),
    ("MONTGOMERY, Ala. (AP) - Voters in Montgomery went to the polls.", "Montgomery", {"admin1": "Alabama"}),
    ("A man from Red Deer, Alta., died.", "Alta.", {"country": "CA", "feature": "admin1"}),
    ("Trade includes Mexico, the US, and Canada.", "Mexico", {"feature": "country"}),
    ("Storms crossed the Red Sea.", "Red Sea", {"feature": "sea"}),
    ("Thousands of Afghans waited.", "Afghans", {"place_id": "gn:1149361", "feature": "country", "where_prec": 6}),
]


@pytest.mark.parametrize(("text", "name", "expected"), RESOLVED, ids=[text[:40] for text, *_ in RESOLVED])
def test_the_place_a_reader_would_point_to(text, name, expected):
    found = row(read(text).places, name)
    assert {key: found[key] for key in expected} == expected


def test_what_no_gazetteer_has_is_put_where_the_text_says_it_lies():
    places = read("Schools in Qorbaghan and Mirbakh villages in Peshawar closed.").places
    first, second = row(places, "Qorbaghan"), row(places, "Mirbakh")
    assert first.place_id is None and first["name"] == "Qorbaghan" and first.country == "PK"
    assert (first.feature, first.where_prec, first.confidence < 0.7) == ("neighbourhood", 2, True)
    assert (first.lat, first.lon) == (second.lat, second.lon) == tuple(row(places, "Peshawar")[["lat", "lon"]])
    assert first.reason == second.reason == "not in the gazetteer; put at Peshawar, in which it lies"
    in_district = row(read("Gunmen burned Qorbaghan village in Rajanpur district, Pakistan.").places, "Qorbaghan")
    assert (in_district.feature, in_district.where_prec) == ("city", 3)
    assert in_district.geometry.geom_type in ("Polygon", "MultiPolygon")  # no dot for what is somewhere in a district


def test_two_towns_of_one_name_in_one_story():
    text = "Police in Hyderabad, India, arrested a man from Hyderabad, Sindh."
    places = resolve(text, "Hyderabad", "India", "Hyderabad", "Sindh")
    assert places.country.tolist() == ["IN", "IN", "PK", "PK"]


def test_one_sense_a_story():
    places = read("She lives in Paris, Texas. Paris has a tower of its own. In Paris it rains.").places
    assert places[places.text == "Paris"].admin1.tolist() == ["Texas"] * 3


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("Shops in Quetta reopened.", "Quetta", 1),
        ("A mine near Quetta collapsed.", "Quetta", 2),
        ("A mine 20 kilometers south of Quetta collapsed.", "Quetta", 2),
        ("Rain fell in North Waziristan.", "North Waziristan", 3),
        ("Rain fell in Balochistan province.", "Balochistan", 4),
        ("Trade in South Asia grew.", "South Asia", 5),
        ("Rain fell on Pakistan.", "Pakistan", 6),
        ("A ship sank in the Arabian Sea.", "Arabian Sea", 7),
    ],
)
def test_how_exact_a_mention_is_follows_ucdp(text, name, code):
    assert row(read(text).places, name).where_prec == code


@pytest.mark.parametrize("name", ["Nangarhar", "Pakistan", "South Asia", "Nowshera District", "Balochistan"])
def test_an_area_is_drawn_as_an_area(name):
    found = row(resolve(f"Rain fell on {name} province.", name), name)
    assert found.geometry.geom_type in ("Polygon", "MultiPolygon")


def test_a_town_is_a_point_a_river_a_line_and_a_people_nothing():
    places = read("Afghans left Jalalabad along the Kabul River.").places
    assert row(places, "Jalalabad").geometry.geom_type == "Point"
    assert row(places, "Kabul River").geometry.geom_type in ("LineString", "MultiLineString")
    assert row(places, "Afghans").geometry is None
    assert row(places, "Afghans")[["lat", "lon"]].notna().all()


def test_batch_runs_carry_no_outlines():
    article = from_record({"text": "Rain fell on Nangarhar province."})
    places = locate(find_mentions(parse(article))[0], article, shapes=False)
    assert "geometry" not in places and places.place_id.tolist() == ["gn:1132366"]


TRIBAL = "Gunmen crossed the tribal areas and left North Waziristan."


def test_the_tribal_areas_are_fata_until_2018_and_the_merged_districts_after():
    then, now = (row(read(TRIBAL, date=date).places, "tribal areas") for date in ("2016-04", "2021-04"))
    assert (then.place_id, then.where_prec) == ("gn:1179245", 4)
    assert now.place_id == "na:former-fata"
    for found in (then, now):
        assert found.geometry.contains(shapely.Point(70.07, 33.0))  # Miranshah


@pytest.mark.parametrize(
    ("text", "name", "date", "former"),
    [
        ("Troops moved into FATA in the spring.", "FATA", "2016-04", "Federally Administered Tribal Areas"),
        ("Troops moved into NWFP in the spring.", "NWFP", "2008-04", "North-West Frontier Province"),
        ("Snow fell on the Northern Areas and on Hunza.", "Northern Areas", "2008-01", "Northern Areas"),
    ],
)
def test_a_former_unit_is_known_in_its_time(text, name, date, former):
    assert row(resolve(text, name, date=date), name)["name"] == former


@pytest.mark.parametrize("name", ["FATA", "NWFP", "Northern Areas"])
def test_a_former_name_used_today_still_leads_somewhere(name):
    found = row(resolve(f"Troops moved into the former {name} of Pakistan.", name, date="2022-01-01"), name)
    assert found.country == "PK"


def test_khyber_pakhtunkhwa_grew_in_2018():
    text, inside = "Snow fell on Khyber Pakhtunkhwa.", shapely.Point(70.07, 33.0)  # Miranshah, tribal until then
    then, now = (resolve(text, "Khyber Pakhtunkhwa", date=date).geometry.iloc[0] for date in ("2016-04", "2021-04"))
    assert not then.contains(inside)
    assert now.contains(inside)


def test_every_row_says_how_sure_and_why():
    places = read("Rain fell on Springfield, Herat and Nowhereabad, Afghans in Paris, Texas, said.").places
    assert places.confidence.between(0, 1).all()
    assert (places.reason.str.len() > 10).all()
    assert not places.reason.str.contains("\n|nan|None").any()
    assert places.corrected.eq(False).all()


def test_what_is_not_in_the_gazetteer_keeps_its_row_and_says_so():
    found = row(resolve("Rain fell on Nowhereabad.", "Nowhereabad"), "Nowhereabad")
    assert found[["place_id", "geonames_id", "lat", "lon", "where_prec"]].isna().all()
    assert found.geometry is None
    assert "gazetteer" in found.reason


def test_alternatives_are_the_next_best_and_not_the_choice():
    found = row(read("It rained in Springfield.").places, "Springfield")
    assert 1 <= len(found.alternatives) <= 3
    keys = {"place_id", "name", "country", "admin1", "lat", "lon", "confidence"}
    assert all(other.keys() == keys and other["place_id"] != found.place_id for other in found.alternatives)
    shares = [other["confidence"] for other in found.alternatives]
    assert shares == sorted(shares, reverse=True)


def test_the_point_is_the_sources_own():
    found = row(read("Rain fell on Pakistan.").places, "Pakistan")
    place = open_gazetteer().place("gn:1168579")
    assert (found.lat, found.lon) == (place.lat, place.lon)


def test_the_outlet_is_evidence_where_it_is_given():
    text = "Schools in Hyderabad opened an hour late."
    countries = {
        source: row(read(text, source=source).places, "Hyderabad").country for source in ("x.com.pk", "x.co.in")
    }
    assert countries == {"x.com.pk": "PK", "x.co.in": "IN"}


@pytest.mark.parametrize(
    ("outlet", "country"),
    [
        ("https://www.example.com.pk/a", "PK"),
        ("example.co.uk", "GB"),
        ("example.com", ""),
        ("a.tv", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_domain_tells_a_country_only_where_it_is_one(outlet, country):
    assert country_of_outlet(outlet) == country


@pytest.mark.parametrize(
    "text",
    [
        "The fair in Birmingham, Alabama, opened.",
        "The fair in Birmingham (Alabama) opened.",
        "The fair opened in Alabama's Birmingham.",
        "The fair in the Alabama city of Birmingham opened.",
        "The fair in Birmingham, in the state of Alabama, opened.",
        "The fair in Birmingham, Ala., opened.",
    ],
)
def test_a_parent_may_be_named_in_many_ways(text):
    assert row(read(text).places, "Birmingham").admin1 == "Alabama"


def test_a_list_names_no_parents():
    places = read("Snow fell on Kabul, Herat and Kandahar.").places
    assert places.country.tolist() == ["AF", "AF", "AF"]


@pytest.mark.parametrize("name", ["Washington", "San Antonio", "Santa Cruz", "Richmond"])
def test_a_name_half_the_world_bears_is_cut_to_the_likeliest(name):
    everyone = tuple(open_gazetteer().lookup(name))
    kept = shortlist(everyone)
    assert len(kept) == min(len(everyone), MOST_CANDIDATES)
    assert max((p for p in everyone if p.feature == "city"), key=lambda p: p.population) in kept


def test_no_places_give_an_empty_table_with_all_columns():
    empty, full = read("Nothing happened.").places, read("Rain fell on Herat.").places
    assert empty.empty
    assert empty.columns.tolist() == full.columns.tolist()


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), max_size=80), st.sampled_from(["", "2016", "2016-04", "2021-12-31"]))
def test_any_text_can_be_located(noise, date):
    article = from_record({"text": f"Kabul {noise} Lahore, {noise}, Texas", "date": date or None})
    parsed = parse(article)
    found = locate(find_mentions(parsed)[0], parsed.article, shapes=False)
    assert found.confidence.between(0, 1).all()
    assert found.place_id.notna().eq(found["name"].notna()).all()
