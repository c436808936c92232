"""Sentences and names: every offset counts in the article's text, however odd the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import ROOT

from helpers import language
from helpers.article import from_record, read_article
from helpers.language import MAX_PARAGRAPH, _pieces, mend, parse, parse_many, split_sentences, trim, versions

TEXT = "Quetta was calm. The U.S. envoy left at 5 p.m. for Kabul.\n\nAhmad Karimi stayed in Herat."


def parse_text(text: str):
    return parse(from_record({"text": text}))


def test_sentences_are_slices_of_the_text_with_their_paragraph():
    table = parse_text(TEXT).sentences
    assert table.columns.tolist() == ["sentence_id", "start", "end", "text", "paragraph"]
    assert [TEXT[a:b] for a, b in zip(table.start, table.end, strict=True)] == table.text.tolist()
    assert table.text.iloc[0] == "Quetta was calm."
    assert table.text.iloc[-1] == "Ahmad Karimi stayed in Herat."
    assert table.paragraph.iloc[-1] == 1
    assert table.sentence_id.tolist() == list(range(len(table)))


def test_a_sentence_does_not_end_inside_an_abbreviation():
    sentences = [TEXT[a:b] for a, b in split_sentences(TEXT[:57])]
    assert "The U.S. envoy left at 5 p.m. for Kabul." in sentences


def test_names_are_found_in_every_paragraph_at_their_place():
    names = {TEXT[n.start : n.end]: n.label for n in parse_text(TEXT).names}
    assert names["Kabul"] == names["Herat"] == names["U.S."] == "GPE"
    assert names["Ahmad Karimi"] == "PERSON"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("the U.S.'s", "U.S."),
        ("The Hague", "Hague"),
        ("Afghanistan’s", "Afghanistan"),
        ("“Kabul,", "Kabul"),
        ("(FATA)", "FATA"),
        ("Theni", "Theni"),
        ("Paris'", "Paris"),
        ("Sana'a", "Sana'a"),
        ("—", ""),
    ],
)
def test_a_name_is_trimmed_to_itself(raw, name):
    start, end = trim(f"x {raw}", 2, 2 + len(raw))
    assert f"x {raw}"[start:end] == name


@pytest.mark.parametrize(
    "text",
    [
        "Rain fell on Herat and Kabul today. " * 3000,  # 100,000 characters, one paragraph
        "rain " * 20_000,  # no sentence ends
        "a" * 50_000,  # not even a word
    ],
)
def test_a_long_paragraph_is_cut_into_pieces_that_miss_nothing(text):
    article = from_record({"text": text})
    (start, end), parsed = article.paragraphs[0], parse(article)
    pieces = _pieces(article, parsed.sentences)
    assert [a for a, _ in pieces] == [start, *[b for _, b in pieces[:-1]]]
    assert pieces[-1][1] == end
    assert all(0 < b - a <= MAX_PARAGRAPH for a, b in pieces)
    assert {text[n.start : n.end] for n in parsed.names if n.label == "GPE"} == ({"Herat", "Kabul"} & set(text.split()))


def test_half_a_character_costs_neither_the_run_nor_an_offset():
    text = "Snow fell \ud83d on \udc00\udc00 the road. Ahmad Karimi left Kabul for Herat."
    parsed = parse_text(text)
    assert len(parsed.article.text) == len(text) == len(mend(text))
    assert parsed.article.text.encode() == text.replace("\ud83d", "\ufffd").replace("\udc00", "\ufffd").encode()
    assert {"Kabul", "Herat"} <= {text[n.start : n.end] for n in parsed.names}


def test_a_second_reading_costs_nothing_and_keeps_what_is_new():
    first = parse(from_record({"text": TEXT, "date": "2016"}))
    second = parse(from_record({"text": TEXT, "date": "2021"}))
    assert second.names is first.names
    assert (first.article.date.value, second.article.date.value) == ("2016", "2021")


def test_many_articles_are_read_as_one_by_one_and_in_order():
    texts = [f"Day {i}: Ahmad Karimi drove from Kabul to Herat.\n\nHe liked it." for i in range(20)]
    articles = [from_record({"text": text}) for text in texts]
    for article, many in zip(articles, parse_many(iter(articles)), strict=True):
        alone = parse(article)
        assert many.article.id == article.id
        assert many.names == alone.names
        assert many.sentences.equals(alone.sentences)


def test_words_beyond_those_kept_are_forgotten_and_the_names_stay_the_same(monkeypatch):
    articles = [
        from_record({"id": str(n), "text": f"{TEXT} Ahmad Zaqwor{n:c} met Bexil{n:c}."}) for n in range(97, 123)
    ]
    words = language.load_pipeline().vocab.strings
    monkeypatch.setattr(language, "WORDS_KEPT", 0)
    before = len(words)
    forgotten = [parsed.names for parsed in parse_many(articles)]
    assert len(words) == before
    monkeypatch.undo()
    assert [parsed.names for parsed in parse_many(articles)] == forgotten
    assert len(words) > before


def test_it_says_what_it_reads_with():
    assert versions().keys() == {"nltk", "spacy", "names", "data"}
    assert versions()["names"].startswith("en_core_web_")


def test_the_sample_is_read_whole():
    article = read_article(ROOT / "data" / "articles" / "pakistan-islamic-state.txt")
    table = parse(article).sentences
    covered = "".join(article.text[a:b] for a, b in zip(table.start, table.end, strict=True))
    assert "".join(covered.split()) == "".join(article.text.split())


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=200))
def test_any_text_can_be_read(text):
    if not text.strip():
        return
    parsed = parse_text(text)
    inside = [range(a, b + 1) for a, b in parsed.article.paragraphs]
    for name in parsed.names:
        assert 0 <= name.start < name.end <= len(text)
        assert any(name.start in span and name.end in span for span in inside)
    for sentence in parsed.sentences.itertuples():
        assert parsed.article.text[sentence.start : sentence.end] == sentence.text
