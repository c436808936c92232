"""The sample article, read as a person would read it."""

import pytest
from reading import SAMPLE, read_sample, row

from helpers.analysis import analyse, table_rows
from helpers.article import read_article


@pytest.fixture(scope="module")
def sample():
    return read_sample()


@pytest.fixture
def places(sample):
    return sample.places


def test_every_span_is_a_slice_of_the_text(sample):
    text = sample.article.text
    for table in (sample.places, sample.entities, sample.sentences):
        assert [text[a:b] for a, b in zip(table.start, table.end, strict=True)] == table.text.tolist()


def test_credits_and_the_comment_notice_are_no_text(sample):
    assert "AP Photo" not in sample.article.text
    assert "commenting" not in sample.article.text
    assert "AP Photo" in " ".join(sample.article.removed.text)


def test_islamabad_is_in_pakistan_and_acts(places):
    islamabad = row(places, "Islamabad")
    assert (islamabad.place_id, islamabad.country, islamabad.role) == ("gn:1176615", "PK", "metonym")


def test_nangarhar_is_an_afghan_province_drawn_as_an_area(places):
    nangarhar = row(places, "Nangarhar")
    assert (nangarhar.feature, nangarhar.country, nangarhar.where_prec) == ("admin1", "AF", 4)
    assert nangarhar.geometry.geom_type in ("Polygon", "MultiPolygon")
    assert nangarhar.role == "literal"


def test_the_tribal_areas_are_the_fata_of_2016(places):
    tribal = places[places.text == "tribal areas"]
    assert len(tribal) == 3
    assert tribal.place_id.eq("gn:1179245").all()
    assert tribal.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()


def test_read_as_of_2021_they_are_the_merged_districts():
    places = analyse(read_article(SAMPLE, date="2021")).places
    assert places[places.text == "tribal areas"].place_id.eq("na:former-fata").all()


@pytest.mark.parametrize("name", ["Khorasan", "South Asia"])
def test_a_region_is_no_dot_and_says_why(places, name):
    region = places[(places.text == name) & (places.role != "embedded")].iloc[0]
    assert region.feature == "region"
    assert region.where_prec in (5, 6)
    assert region.geometry is None or region.geometry.geom_type != "Point"
    assert len(region.reason) > 10


def test_bodies_and_persons_are_on_no_map(places):
    words = {word for text in places.text for word in text.split()}
    assert not words & {"Khaama", "Press", "Times", "AP", "Nasser", "ISIS", "Taliban", "Obama", "Desk", "Easter"}


@pytest.mark.parametrize(
    ("name", "country", "feature", "role"),
    [
        ("Lahore", "PK", "city", "literal"),
        ("Karachi", "PK", "city", "literal"),
        ("Iran", "IR", "country", "literal"),
        ("India", "IN", "country", "literal"),
        ("U.S.", "US", "country", "metonym"),
        ("Afghanistan", "AF", "country", "literal"),
    ],
)
def test_each_place_is_where_it_is(places, name, country, feature, role):
    found = row(places, name)
    assert (found.country, found.feature, found.role) == (country, feature, role)


def test_every_mention_of_pakistan_counts(sample):
    assert (sample.places.text == "Pakistan").sum() == sample.article.text.count(
        "Pakistan"
    ) - sample.article.text.count("Pakistani")
    demonyms = sample.places[sample.places.text == "Pakistani"]
    assert len(demonyms) == sample.article.text.count("Pakistani")
    assert demonyms.role.eq("demonym").all()
    assert demonyms.geometry.isna().all()


def test_karachi_based_is_cut_to_the_name(sample):
    assert (sample.places.text == "Karachi").sum() == 2


def test_the_group_has_one_name_and_its_branch_another(sample):
    ids = {
        name: row(sample.entities, name).entity_id for name in ("Islamic State", "ISIS", "ISIL", "ISIL-K", "Taliban")
    }
    assert ids["Islamic State"] == ids["ISIS"] == ids["ISIL"]
    assert len(set(ids.values())) == 3


def test_the_group_is_named_often_and_spoken_of_badly(sample):
    mentions = sample.entities[sample.entities.entity_id == "islamic-state"]
    assert len(mentions) >= 12 and mentions.sentiment.mean() < -0.15
    assert not (sample.places.sentiment >= 0.15).any(), "no place is praised in this article"


def test_bodies_have_their_sort_and_nobody_is_from_the_credit(sample):
    sorts = {name: row(sample.entities, name).subtype for name in ("ISIS", "Taliban", "Khaama Press", "Foreign Desk")}
    assert sorts == {"ISIS": "armed group", "Taliban": "armed group", "Khaama Press": "media", "Foreign Desk": "media"}
    assert row(sample.entities, "Barack Obama").entity_id == "barack-obama"
    assert not sample.entities.name.str.contains("Nasser|Associated|AP").any()


def test_what_the_times_says_is_marked_as_its_words(sample):
    said = sample.sentences[sample.sentences.speaker == "The Times"]
    for words in ("recruitment drive", "lawless tribal areas", "elite"):
        assert said.text.str.contains(words).any(), words


def test_what_is_missing_is_null_in_json(sample):
    rows = table_rows(sample.entities)
    assert {row["speaker"] for row in rows} >= {None, "The Times"} and "" not in {row["subtype"] for row in rows}


def test_the_cast_is_typed(sample):
    types = {name: row(sample.entities, name).type for name in ("Barack Obama", "Khaama Press", "Times", "South Asia")}
    assert types == {"Barack Obama": "PERSON", "Khaama Press": "ORG", "Times": "ORG", "South Asia": "LOC"}


def test_the_date_is_known_from_the_list_of_articles(sample):
    assert sample.article.date.value == "2016-04"


def test_every_place_says_how_sure_and_why(places):
    assert places.confidence.between(0, 1).all()
    assert (places.reason.str.len() > 10).all()
    assert places[places.role == "literal"].confidence.median() > 0.7
