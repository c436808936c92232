"""The cast: everyone under one name, with every mention, and the places among them."""

import pandas as pd
import pytest
from reading import by_hand, count_steps, names_of, read, row, sentences

from helpers.bodies import known_bodies
from helpers.entities import entity_table, gather

COLUMNS = ["article_id", "start", "end", "text", "sentence_id", "type", "subtype", "entity_id", "name"]


def cast(text: str) -> pd.DataFrame:
    return read(text).entities


def test_the_table_has_the_columns_of_the_codebook():
    assert cast("Ahmad Karimi left Kabul.").columns.tolist()[: len(COLUMNS)] == COLUMNS


def test_aliases_of_a_group_are_one_entity():
    table = cast("Islamic State grew. ISIS, once called ISIL, fought the Taliban near Kunduz.")
    ids = [row(table, name).entity_id for name in ("Islamic State", "ISIS", "ISIL")]
    assert len(set(ids)) == 1
    assert row(table, "ISIS").subtype == "armed group"
    assert row(table, "Taliban").entity_id not in ids


def test_a_surname_leads_to_the_full_name():
    table = cast("President Barack Obama spoke in Kabul. Obama left on Monday.")
    full, short = row(table, "Barack Obama"), row(table, "Obama")
    assert full.entity_id == short.entity_id
    assert full["name"] == short["name"] == "Barack Obama"


@pytest.mark.parametrize("paper", ["New York Times", "Times of India"])
def test_the_times_is_the_paper_the_article_introduced(paper):
    table = cast(f"The {paper} reported a flood. The Times did not say where.")
    default = cast("The Times reported a flood.")
    introduced = {paper: paper} if paper.endswith("Times") else {paper: "The Times"}
    assert row(table, "Times")["name"] == introduced[paper] and row(default, "Times")["name"] == "The Times"


def test_a_person_of_the_lexicon_is_one_across_articles():
    ids = [row(cast(text), name).entity_id for text, name in [
        ("President Ashraf Ghani left Kabul.", "Ashraf Ghani"),
        ("Mohammad Ashraf Ghani left Kabul on Sunday.", "Mohammad Ashraf Ghani"),
    ]]  # fmt: skip
    assert ids == ["ashraf-ghani"] * 2


def test_a_people_is_one_under_all_its_forms():
    table = cast("Sunnis and Shiites met in Lahore. A Shia cleric spoke.")
    assert row(table, "Shiites").entity_id == row(table, "Shia").entity_id
    assert row(table, "Shia").subtype == "religious"


def test_a_surname_two_persons_share_is_neither():
    table = cast("Barack Obama and Michelle Obama came to Chicago. Obama spoke first.")
    first, second = row(table, "Barack Obama"), row(table, "Michelle Obama")
    assert first.entity_id != second.entity_id


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rain fell in the United States. U.S. farmers and Americans danced.", ["United States", "U.S.", "Americans"]),
        ("Rain fell in Pakistan. Pakistani farmers cheered.", ["Pakistan", "Pakistani"]),
        ("Troops left Khyber Pakhtunkhwa. They will return to KP soon, the Khyber Pakhtunkhwa police said.",
         ["Khyber Pakhtunkhwa", "KP"]),
    ],
    ids=["United States", "Pakistan", "Khyber Pakhtunkhwa"],
)  # fmt: skip
def test_a_country_is_one_entity_under_all_its_names(text, names):
    table = cast(text)
    assert len({row(table, name).entity_id for name in names}) == 1
    assert len({row(table, name)["name"] for name in names}) == 1


def test_two_towns_of_one_name_are_two_entities():
    table = cast("She moved from Paris, Texas, to Lyon. Then she left Texas for Paris, France, and stayed in France.")
    assert row(table, "Paris", 0).entity_id != row(table, "Paris", 1).entity_id


@pytest.mark.parametrize(
    ("text", "name", "label"),
    [
        ("Shops in Kabul reopened.", "Kabul", "GPE"),
        ("Islamabad fears that the talks will fail.", "Islamabad", "GPE"),
        ("Trade in South Asia grew.", "South Asia", "LOC"),
        ("Snow closed the Khyber Pass for days.", "Khyber Pass", "LOC"),
        ("Thousands of Afghans crossed the border.", "Afghans", "NORP"),
        ("The Pakistan Army sent two helicopters to Swat.", "Pakistan Army", "ORG"),
        ("Lawyers left the Peshawar High Court at noon.", "Peshawar High Court", "ORG"),
        ("Ahmad Karimi left for Kabul.", "Ahmad Karimi", "PERSON"),
    ],
)
def test_everyone_has_the_type_a_reader_expects(text, name, label):
    assert row(cast(text), name).type == label


def test_places_and_entities_tell_one_story():
    analysis = read(
        "The Pakistan Army left Swat. Islamabad fears floods in the Indus valley, the Punjab government said. "
        "Afghans fled from Jalalabad to Peshawar, where lawyers left the Peshawar High Court."
    )
    entities = analysis.entities
    by_span = {(e.start, e.end): e.type for e in entities.itertuples()}
    for place in analysis.places.itertuples():
        if place.role == "demonym":
            assert by_span[place.start, place.end] == "NORP"
        elif place.role == "embedded":
            around = entities[(entities.start <= place.start) & (entities.end >= place.end)]
            assert around.type.isin(["ORG", "FAC", "LAW", "PRODUCT", "EVENT", "WORK_OF_ART"]).all(), place.text
            assert len(around) == 1, place.text
        else:
            assert by_span[place.start, place.end] in ("GPE", "LOC", "FAC")


def test_no_entity_is_listed_twice():
    table = cast("ISIS and the Taliban met the Pakistan Army and Ahmad Karimi of Kabul in Doha.")
    assert not table.duplicated(["start", "end"]).any()
    assert names_of(table) == sorted(names_of(table), key=table.set_index("text").start.to_dict().get)


def test_a_text_with_nobody_has_an_empty_cast():
    table = cast("Nothing happened and nobody came.")
    assert table.empty
    assert table.columns.tolist()[: len(COLUMNS)] == COLUMNS


def test_a_story_ten_times_as_long_is_at_most_twenty_times_the_work():
    def work(number: int) -> int:
        text = " ".join(sentences(number)).replace("Relief Agency", "Taliban")
        names = by_hand(text, {"Taliban": "ORG", "Zarina Gul": "PERSON", "Pakistan": "GPE"}).names
        hits = known_bodies(text)
        return count_steps(lambda: entity_table(gather(names, [], text), hits, [], text))

    assert work(600) <= 20 * work(60)
