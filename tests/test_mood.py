"""The cast and the mood in numbers, and the sentences on them: true for any article."""

import pandas as pd
import pytest

from helpers import mood


@pytest.fixture
def cast() -> pd.DataFrame:
    """Three sentences: Ada and Ben together twice, Cleo once with Ada."""
    rows = [(0, "Ada", -0.9), (0, "Ben", 0.0), (1, "Ada", -0.5), (1, "Ben", 0.1), (2, "Ada", 0.3), (2, "Cleo", 0.8)]
    table = pd.DataFrame(rows, columns=["sentence_id", "name", "sentiment"])
    return table.assign(type="PERSON", entity_id=table.name)


def test_pairs_are_counted_by_sentence(cast):
    assert mood.meetings(cast).to_numpy().tolist() == [["Ada", "Ben", 2], ["Ada", "Cleo", 1]]
    twice = pd.concat([cast, cast[:1]])
    assert mood.meetings(twice).sentences.max() == 2, "a name said twice in a sentence is there once"


def test_means_of_few_mentions_claim_no_error(cast):
    rows = mood.lead(cast, 5).set_index("label")
    assert rows.loc["Ada", "mean"] == pytest.approx(-0.3667, abs=1e-3) and rows.loc["Ada", "error"] > 0.3
    assert rows.error.isna().tolist() == [False, True, True], "below three mentions"
    assert mood.lead(cast, 1).label.tolist() == ["Ada"], "the most mentioned lead"


def test_own_wording_is_kept_apart_from_what_others_say():
    said = pd.DataFrame(
        {"sentiment": [-0.5, -0.6, 0.0, 0.4, -0.9], "speaker": ["", "The Board", "The Board", "", None]}
    )
    rows = mood.voices(said)
    assert rows.index.tolist() == [mood.OWN, mood.OTHERS], "one speaker is all the others"
    assert rows.negative.tolist() == [2, 1]
    more = pd.concat([said, said.assign(speaker="Ada"), said[:1].assign(speaker="Ben")])
    assert mood.voices(more).index.tolist() == [mood.OWN, mood.OTHERS, "Ada", "The Board"], "two sentences or more"
    assert mood.voices(said.assign(speaker="")).empty
    assert mood.OWN not in mood.voices(said.assign(speaker="Ada")).index


def test_the_findings_say_what_the_tables_hold(entities, sentences, cast):
    assert mood.summarise_entities(entities) == (
        "Besides places it names 2 people, organisations and groups: "
        "Balochistan Relief Board and Ayesha Khan, each once."
    )
    assert mood.summarise_types(cast) == "Of 6 mentions, 6 are of people."
    assert mood.summarise_toward(cast) == (
        "Of 2 names mentioned more than once, sentiment is on average negative toward Ada (−0.37) "
        "and neutral toward the others."
    )
    assert mood.summarise_company(cast) == (
        "Ada and Ben are named together in 2 sentences, more than any other of 2 pairs."
    )
    assert mood.summarise_company(cast[:2]) == "Ada and Ben are named together in 1 sentence, and no other two."
    assert mood.summarise_sentiment(sentences) == (
        "Of 4 sentences, 3 are negative and 1 positive in tone; the strongest wording is in sentence 2 (−0.60)."
    )
    assert mood.summarise_voices(sentences) == (
        "Negative in wording are 2 of 3 sentences in its own words and 1 of 1 sentence it takes from others."
    )


def test_an_article_without_names_is_described_truthfully(entities, sentences):
    assert mood.summarise_entities(entities[:0]) == "No person, organisation or group was recognised."
    assert "no sentence" in mood.summarise_sentiment(sentences[:0])
    assert mood.summarise_types(entities[:0]).startswith("No name")
    assert mood.summarise_toward(entities[:0]).startswith("There is nobody")
    assert mood.summarise_company(entities[:0].assign(sentence_id=0)).startswith("No two")
    assert mood.summarise_voices(sentences.assign(speaker=None)).endswith("the article's own.")


def test_one_of_each_is_counted_in_the_singular(entities, sentences):
    assert mood.summarise_entities(entities[1:2]).endswith("1 person, organisation or group: Balochistan Relief Board.")
    assert mood.summarise_sentiment(sentences[:1]).startswith("Of 1 sentence, 1 is negative in tone")
    assert mood.summarise_types(entities[3:]) == "Of 1 mention, 1 is of people."
