"""Quotations and reported speech: who says what, as a reader would tell it."""

import pandas as pd
import pytest
from reading import SAMPLE, by_hand, sentences

from helpers.analysis import analyse
from helpers.article import from_record, read_article
from helpers.language import parse
from helpers.mentions import find_mentions
from helpers.quotes import find_quotations, find_speakers, mark_speakers


def said(text: str, **labels: str) -> list[tuple[str, str, str]]:
    """Speaker, kind and words of all that is said in a text; names are given with `_` for a space."""
    names = {name.replace("_", " "): label for name, label in labels.items()}
    rows = [(n.start, n.end, text[n.start : n.end], n.label) for n in by_hand(text, names).names]
    entities = pd.DataFrame(rows, columns=["start", "end", "name", "type"])
    entities = entities.assign(subtype="", entity_id=entities.name.str.lower())
    table = find_speakers(by_hand(text, names), entities)
    return [(row.speaker, row.kind, text[row.start : row.end]) for row in table.itertuples()]


def quotations(text: str) -> list[str]:
    """What is quoted in a text."""
    return [text[a:b] for a, b, _ in find_quotations(text, from_record({"text": text}).paragraphs)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("“We march,” he said.", ["“We march,”"]),
        ('"We march," he said. "Now."', ['"We march,"', '"Now."']),
        ("“He told me ‘run’ and I ran,” she said.", ["“He told me ‘run’ and I ran,”"]),
        ("‘It was late,’ he said. ‘Don’t go.’", ["‘It was late,’", "‘Don’t go.’"]),
        ("The girls’ school isn’t open.", []),
        ("“It never ends", ["“It never ends"]),
        ("It ends” without a beginning.", []),
        ("“One\n“Two\n“Three,” he said.", ["“One", "“Two", "“Three,”"]),
        ("«Non», said the mayor.", ["«Non»"]),
    ],
)
def test_quotations_are_found_nested_unbalanced_and_over_paragraphs(text, expected):
    assert quotations(text) == expected


@pytest.mark.parametrize(
    "text, speaker, words",
    [
        ("According to the Relief Agency, the road is open.", "Relief Agency", "the road is open."),
        ("The road is open, according to the Relief Agency.", "Relief Agency", "The road is open"),
        ("The Relief Agency warned late last year that the dam would break.", "Relief Agency", "the dam would break."),
        ("The road is open, notes the Relief Agency.", "Relief Agency", "The road is open"),
        ("The Relief Agency learned from a senior official that it leaks.", "Relief Agency", "it leaks."),
        ("A spokesman for the Relief Agency said it leaks.", "Relief Agency", "it leaks."),
        ("U.S. defense officials confirmed that it leaks.", "U.S. defense officials", "it leaks."),
        ("Zarina Gul, a former judge, said the vote was fair.", "Zarina Gul", "the vote was fair."),
        ("The judge, Zarina Gul, said the vote was fair.", "Zarina Gul", "the vote was fair."),
        ("The judge, Zarina Gul, told reporters that it was fair.", "Zarina Gul", "it was fair."),
        ("Zarina Gul accused the army of lying.", "Zarina Gul", "the army of lying."),
        ("The Relief Agency blamed it for the delay.", "Relief Agency", "it for the delay."),
        ("The road is open, said the Relief Agency; the guard left.", "Relief Agency", "The road is open"),
    ],
)
def test_reported_speech_has_its_speaker(text, speaker, words):
    found = said(text, Relief_Agency="ORG", Zarina_Gul="PERSON")
    assert found == [(speaker, "reported", words)]


@pytest.mark.parametrize(
    "text",
    [
        "The Relief Agency did not say when it would return.",
        "The Relief Agency declined to say that it leaks.",
        "The Relief Agency announced its presence in May.",
        "The so-called “state” lost its “capital”.",
        "The report was late.",
        "The Relief Agency, accused by the army of lying, closed.",
    ],
)
def test_what_nobody_says_is_nobodys(text):
    assert said(text, Relief_Agency="ORG") == []


def test_pronouns_mean_the_last_speaker_they_can_stand_for():
    text = "“It leaks,” reports the Relief Agency. “It will break,” it adds. "
    text += "Zarina Gul said that it broke. “I saw it,” she said."
    speakers = [row[0] for row in said(text, Relief_Agency="ORG", Zarina_Gul="PERSON")]
    assert speakers == ["Relief Agency", "Relief Agency", "Zarina Gul", "Zarina Gul"]


def test_the_daily_is_the_paper_just_named():
    text = "The Relief Agency said it leaks. The daily also notes that it will break."
    assert [row[0] for row in said(text, Relief_Agency="ORG")] == ["Relief Agency"] * 2


def test_speakers_are_known_where_entities_were_not_asked_for():
    article = from_record({"text": "The Taliban said that the road is open. Nobody came."})
    analysis = analyse(article, only=("sentiment",), shapes=False)
    assert analysis.entities.empty and analysis.sentences.speaker.tolist() == ["Taliban", ""]


def test_a_text_of_quotations_alone_is_all_quoted():
    article = from_record({"text": "“We came at night.”\n\n“We took the sheep.”"})
    assert analyse(article, shapes=False).sentences.speaker.tolist() == ["unnamed speaker"] * 2


def test_a_quotation_goes_on_with_its_speaker_and_a_long_one_waits_for_it():
    text = "“We will march,” Zarina Gul said. “Nobody can stop us.”"
    assert [row[0] for row in said(text, Zarina_Gul="PERSON")] == ["Zarina Gul"] * 2
    text = "“The first paragraph is open.\n“So is the second.\n“The third is closed,” said Zarina Gul."
    assert [row[0] for row in said(text, Zarina_Gul="PERSON")] == ["Zarina Gul"] * 3


def test_a_quotation_by_nobody_is_still_quoted():
    assert said("“They came at night and took the sheep.”") == [
        ("unnamed speaker", "quoted", "“They came at night and took the sheep.”")
    ]


def test_mentions_inside_what_is_said_are_marked_and_others_are_not():
    text = "Kabul slept. “Kabul is awake,” Zarina Gul said."
    spans = [(0, 5), (text.index("Kabul is"), text.index("Kabul is") + 5), (text.index("Zarina"), text.index(" said"))]
    table = pd.DataFrame(spans, columns=["start", "end"])
    quoted = pd.DataFrame([(13, text.index("”") + 1, "Zarina Gul")], columns=["start", "end", "speaker"])
    assert mark_speakers(table, quoted).speaker.tolist() == ["", "Zarina Gul", ""]


def test_the_sample_article_is_attributed_as_a_reader_would():
    parsed = parse(read_article(SAMPLE))
    table = find_speakers(parsed, find_mentions(parsed)[1])
    heard = table.groupby("speaker").sentence_id.agg(lambda ids: sorted(set(ids)))
    assert heard["The Times"] == [2, 3, 4, 8, 15, 17]
    assert heard["Foreign Desk"] == [9, 10]
    assert heard["Khaama Press"] == [13] and heard["U.S. defense officials"] == [11]
    assert list(table.columns) == ["speaker", "entity_id", "verb", "start", "end", "sentence_id", "kind"]


def test_ten_thousand_sentences_are_attributed():
    text = "\n".join(sentences(10_000))
    assert len(said(text, Zarina_Gul="PERSON")) == 10_000
