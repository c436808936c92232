"""Sentiment: what a reader of the report would notice about how sentences, entities and places are scored."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from nltk.sentiment.vader import SentimentIntensityAnalyzer

from helpers.analysis import analyse, to_record
from helpers.article import from_record
from helpers.language import Parsed, split_sentences
from helpers.sentiment import explain_sentence, label_of, score_sentiment, score_targets, score_text
from helpers.tone import judge

TEXT = (
    "A suicide bombing in Lahore killed 69 people. The committee met in Islamabad on Monday.\n"
    "Doctors in Lahore praised the volunteers for their courage."
)


def label(text: str) -> str:
    return label_of(score_text(text))


def parsed(text: str) -> Parsed:
    article = from_record({"id": "a", "text": text})
    spans = [(a, b, n) for n, (s, e) in enumerate(article.paragraphs) for a, b in split_sentences(text[s:e], s)]
    rows = [(i, a, b, text[a:b], n) for i, (a, b, n) in enumerate(spans)]
    return Parsed(article, (), pd.DataFrame(rows, columns=["sentence_id", "start", "end", "text", "paragraph"]))


def mentions(text: str = "", names: tuple[str, ...] = ()) -> pd.DataFrame:
    """A table of mentions, each name where it first stands."""
    rows = [(text.index(n), text.index(n) + len(n), n, "ORG", "", n, n.casefold()) for n in names]
    return pd.DataFrame(rows, columns=["start", "end", "text", "type", "subtype", "name", "entity_id"])


def toward(text: str, name: str, method: str = "model") -> str:
    """How a text speaks of the first mention of a name."""
    start = text.index(name)
    return score_targets(text, [(start, start + len(name))], method)[0]["label"]


@pytest.mark.parametrize(
    "text",
    [
        "ISIS has launched a fresh recruitment drive.",
        "The United Nations Security Council met on Monday.",
        "The intelligence agency and the security forces have a new chief.",
        "Khorasan is an old name for a region that includes Afghanistan.",
        "He joined the ruling party in 2013.",
        "Pakistan is a nuclear-armed country.",
    ],
)
def test_news_that_only_tells_stays_neutral(text):
    assert label(text) == "neutral"


@pytest.mark.parametrize(
    "text",
    [
        "Militants ambushed a convoy near Wana.",
        "An air strike hit the compound.",
        "Two hostages were beheaded.",
        "Islamabad isn’t happy.",
        "GUNMEN KILL TEN IN QUETTA",
        "“It is exploiting the lawless tribal areas,” he said.",
    ],
)
def test_violence_and_trouble_are_negative(text):
    assert label(text) == "negative"


def test_peace_is_positive_and_its_absence_is_not():
    assert label("Both sides welcomed the ceasefire and the peace talks.") == "positive"
    assert label("The peace talks collapsed after the attack.") != "positive"


def test_a_long_text_has_shares_and_no_score():
    text = "Gunmen killed a guard. The office opens at nine. " * 50
    document = score_sentiment(parsed(text), mentions(), mentions()).document
    assert dict(zip(document.label, document.share, strict=True)) == {"negative": 0.5, "neutral": 0.5, "positive": 0.0}
    assert document.sentences.sum() == 100


def test_own_wording_is_counted_apart_from_what_others_say():
    text = 'The office opens at nine. "It was a terrible massacre," Zarina Gul said. Gunmen killed a guard.'
    mood = score_sentiment(parsed(text), mentions(text, ("Zarina Gul",)), mentions())
    assert mood.sentences.speaker.tolist() == ["", "Zarina Gul", ""]
    counted = mood.document.set_index("label")
    assert counted.loc["negative", ["own", "quoted"]].tolist() == [1, 1]
    assert counted.loc["neutral", ["own", "quoted"]].tolist() == [1, 0]


@pytest.mark.parametrize("method", ["model", "vader"])
def test_each_mention_has_its_own_score(method):
    text = "The general praised the Relief Agency warmly, but condemned the Taliban for the deadly massacre."
    before = mentions(text, ("Relief Agency", "Taliban"))
    mood = score_sentiment(parsed(text), before, before[:1], method)
    assert [label_of(score) for score in mood.entities.sentiment] == ["positive", "negative"]
    assert mood.places.sentiment.tolist() == mood.entities.sentiment.tolist()[:1], "one span, one score"
    assert "sentiment" not in before, "what was handed in is left as it was"


def test_nothing_to_score_is_no_error():
    whole = parsed(TEXT)
    mood = score_sentiment(replace(whole, sentences=whole.sentences[:0]), mentions(), mentions())
    assert len(mood.sentences) == len(mood.entities) == len(mood.places) == 0
    assert mood.document.sentences.tolist() == [0, 0, 0]
    assert explain_sentence("").empty and score_text("") == 0
    assert score_targets("", []) == []


def test_a_text_without_names_has_its_sentences_scored():
    mood = score_sentiment(parsed(TEXT), mentions(), mentions())
    assert mood.sentences.label.tolist() == ["negative", "neutral", "positive"]


def test_the_words_behind_a_score_are_shown_as_they_count():
    why = explain_sentence("The drone strike did not help the town, and later a truce held.")
    assert why.word.tolist() == ["drone strike", "help", "truce"]
    assert why.valence.map(lambda v: v < 0).tolist() == [True, True, False]
    assert why.lexicon.tolist() == ["conflict", "VADER", "conflict"]


@pytest.mark.parametrize(
    "text",
    [
        "The food is really GOOD, not bad: the best!!",
        "It was kind of good, and the least bad of all; (great), 'nice' -- so-so :)",
        "Good, good, very good, but never so good as this?!? U.S. doctors aren't happy.",
    ],
)
def test_without_words_of_conflict_the_score_is_that_of_nltk(text):
    assert score_text(text) == SentimentIntensityAnalyzer().polarity_scores(text)["compound"] != 0


def test_a_record_says_which_words_and_which_weights_made_its_scores():
    def named(**asked) -> dict[str, str]:
        return to_record(analyse(from_record({"id": "a", "text": "Kabul slept."}), shapes=False, **asked))["versions"]

    assert re.fullmatch(r"minilm-\d sha256:[0-9a-f]{12}", named()["tone"])
    assert "sha256:" in named()["vader"] == named(sentiment="vader")["vader"]
    assert "tone" not in named(sentiment="vader")
    assert not {"tone", "vader"} & named(only=("places", "entities")).keys()
    assert "tone" in named(only=("places",), given={"targets": [(0, 5)]})


def test_a_target_is_scored_by_its_own_clause():
    text = "India praised Nepal, but Pakistan condemned the deadly attack.\nKabul slept."
    spans = [(text.index(name), text.index(name) + len(name)) for name in ("India", "Pakistan", "Kabul")]
    targets = score_targets(text, spans, "vader")
    assert [target["label"] for target in targets] == ["positive", "negative", "neutral"]
    assert [(target["start"], target["end"]) for target in targets] == spans


OWN = pd.read_csv(Path(__file__).with_name("tone_sentences.csv"))


def test_the_shipped_weights_answer_our_own_sentences_as_the_model_card_says():
    answers = [toward(text, name) for text, name in zip(OWN.sentence, OWN.target, strict=True)]
    assert sum(answers == OWN.label) >= 28, "29 of 30 in the model card"


def test_a_sentence_can_be_kind_to_one_and_hard_on_another():
    text = "The general praised the medics, but blamed the Relief Agency for the deadly delay."
    assert (toward(text, "medics"), toward(text, "Relief Agency")) == ("positive", "negative")


@pytest.mark.parametrize("name", ["Islamabad", "The committee"])
def test_what_is_only_told_is_neutral_toward_everyone(name):
    assert toward("The committee met in Islamabad on Monday.", name) == "neutral"


def test_label_and_score_agree():
    text = " ".join(OWN.sentence)
    starts = [text.index(s) + s.index(n) for s, n in zip(OWN.sentence, OWN.target, strict=True)]
    spans = [(start, start + len(name)) for start, name in zip(starts, OWN.target, strict=True)]
    for target in score_targets(text, spans):
        assert -1 <= target["score"] <= 1 and label_of(target["score"]) == target["label"]


def test_a_target_is_read_alike_alone_and_among_many():
    sentence, rest = OWN.sentence[0], " " + " ".join(OWN.sentence[1:])
    start = sentence.index("governor")
    alone, among = (score_targets(text, [(start, start + 8)])[0] for text in (sentence, sentence + rest))
    assert alone == pytest.approx(among)


def test_a_place_is_not_spoken_well_of_without_a_word_that_says_so():
    text = "Khorasan is an ancient name for a region that includes Afghanistan, Pakistan, and parts of India."
    place = mentions(text, ("Khorasan",))
    assert label_of(score_sentiment(parsed(text), mentions(), place).places.sentiment[0]) == "neutral"


@pytest.mark.parametrize("method", ["model", "vader"])
def test_targets_at_the_edges_and_across_sentences_are_answered(method):
    text = "War ended. Peace came.\n\nNo stop here"
    for span in ((0, 3), (4, 16), (24, 36), (22, 24)):
        assert score_targets(text, [span], method)[0]["label"] in ("negative", "neutral", "positive")


@pytest.mark.parametrize("text", ["¤ 𝒳 \u200b", "नमस्ते दुनिया", "x" * 5000, "word " * 5000])
def test_odd_texts_are_answered(text):
    assert score_targets(text, [(0, 1), (len(text) - 1, len(text))])[1]["label"] in ("negative", "neutral", "positive")


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="'magic'"):
        score_sentiment(parsed(TEXT), mentions(), mentions(), method="magic")


def test_vader_needs_no_model():
    code = "import sys; from helpers.sentiment import score_targets; score_targets('War.', [(0, 3)], 'vader'); "
    subprocess.run([sys.executable, "-c", code + "assert 'onnxruntime' not in sys.modules"], check=True)


def test_every_processor_gives_the_same_scores():
    """A state that is rounded otherwise on another machine moves a chance by far more than the digits shown here."""
    text = (
        "Rebels shelled Kabul, said Ayesha Khan, whom the Daily Star praised as brave, "
        "while Turkey condemned the attack."
    )
    names = ("Rebels", "Kabul", "Ayesha Khan", "Daily Star", "Turkey")
    chances = judge([(text, [(text.index(name), text.index(name) + len(name)) for name in names])])
    assert chances.round(9).tolist() == [
        [0.059769099, 0.483155892, 0.457075009],
        [0.069562984, 0.68577154, 0.244665477],
        [0.055006695, 0.068106891, 0.876886414],
        [0.048175652, 0.359321589, 0.592502758],
        [0.324814822, 0.182150598, 0.49303458],
    ]


@pytest.mark.parametrize(
    "text, tone",
    [
        ("No one was hurt.", "positive"),
        ("There were no civilian casualties.", "positive"),
        ("There was no immediate claim of responsibility.", "neutral"),
        ("No group claimed the attack.", "negative"),  # the attack took place
        ("Nobody was killed.", "positive"),
        ("He said no.", "negative"),
    ],
)
def test_what_befell_nobody_is_not_counted_as_harm(text, tone):
    assert label(text) == tone
    assert explain_sentence(text).valence.sum() * {"positive": 1, "neutral": 0, "negative": -1}[tone] >= 0
