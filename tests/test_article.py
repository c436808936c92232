"""Articles: the story comes out whole and alone, from whatever it was in, with what is known of it."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_pages import CANAL, DOCX, FLOOD, LAYOUTS, PDFS, STORIES, markdown, plain, wire

from helpers import article as module
from helpers.article import DATA, ArticleError, Dateline, articles_at_hand, from_record, parse_dateline, read_article
from helpers.cleaning import clean, rule_for
from helpers.datelines import date_in_text, find_dates
from helpers.documents import Block, Document, split_paragraphs, tidy
from helpers.pdf import join_lines
from helpers.tables import headline

settings.register_profile("steady", deadline=None)  # a model is loaded within the first example
settings.load_profile("steady")
SAMPLE = DATA / "articles" / "pakistan-islamic-state.txt"
STORY_IDS = {"argvalues": STORIES, "ids": lambda story: story.place}


def read(tmp_path: Path, data: bytes | str, suffix: str, **options):
    path = tmp_path / f"story{suffix}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_article(path, **options)


def paragraphs(article) -> list[str]:
    return [article.text[a:b] for a, b in article.paragraphs]


def with_title(article, title: str) -> bool:
    return article.title == title and article.title_in_text and paragraphs(article)[0] == title


# Whatever it comes in


@pytest.mark.parametrize("story", **STORY_IDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages_give_the_story_alone(tmp_path, layout, story):
    article = read(tmp_path, LAYOUTS[layout](story), ".html")
    assert article.text == tidy(story.text)
    assert with_title(article, story.title)
    assert (article.date.value, article.date.precision) == (story.date, "day")
    assert article.byline.startswith(story.author.split(" and ")[0])


@pytest.mark.parametrize("story", **STORY_IDS)
@pytest.mark.parametrize("name", [*PDFS, *DOCX])
def test_pdf_and_word_files_give_the_same_text_as_pages(tmp_path, name, story):
    article = read(tmp_path, (PDFS | DOCX)[name](story), f".{name[:4].strip('_')}")
    assert article.sha256 == read(tmp_path, wire(story), ".html").sha256
    assert with_title(article, story.title)
    assert article.date.value == story.date


@pytest.mark.parametrize("story", **STORY_IDS)
def test_markdown_and_text_give_the_same_text_as_pages(tmp_path, story):
    page = read(tmp_path, wire(story), ".html")
    assert read(tmp_path, markdown(story), ".md").text == page.text
    assert read(tmp_path, plain(story), ".txt").text == page.text
    assert read(tmp_path, markdown(story), ".md").date == read(tmp_path, wire(story), ".html").date


def test_a_web_archive_is_read_as_the_page_in_it(tmp_path):
    head = "From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
    part = f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{wire(FLOOD)}\n--x--\n"
    assert read(tmp_path, head + part, ".mhtml").text == FLOOD.text


# The sample article


def test_the_sample_loses_its_credits_and_its_footer_alone():
    article = read_article(SAMPLE)
    lines = [line.strip() for line in SAMPLE.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert list(article.removed.text) == [lines[1], lines[2], lines[-1]]
    assert list(article.removed.rule) == ["photo credit", "photo credit", "comments"]
    assert paragraphs(article) == [tidy(line) for line in [lines[0], *lines[3:-1]]]


def test_the_sample_is_dated_by_the_list_and_else_by_its_text(tmp_path):
    assert read_article(SAMPLE).date == ("2016-04", "month", "articles.csv")
    assert read_article(SAMPLE, date="2016-04-05").date == ("2016-04-05", "day", "--date")
    elsewhere = read(tmp_path, SAMPLE.read_bytes(), ".txt")
    assert elsewhere.date == ("2015-05", "month", "text: not before")
    assert elsewhere.text == read_article(SAMPLE).text


def test_the_same_source_gives_the_same_article():
    first, second = read_article(SAMPLE), read_article(str(SAMPLE))
    assert (first.sha256, first.id, first.paragraphs) == (second.sha256, second.id, second.paragraphs)
    assert first.id == first.sha256[:12]


def test_the_articles_at_hand_are_listed():
    table = articles_at_hand()
    assert list(table.columns) == ["file", "title", "date", "outlet", "rights", "note"]
    assert SAMPLE.name in set(table.file)


# Cleaning


def test_the_log_names_the_rule_and_the_place(tmp_path):
    removed = read(tmp_path, wire(FLOOD), ".html").removed
    rules = dict(zip(removed.text, zip(removed.rule, removed["where"], strict=True), strict=True))
    assert rules["Reporting by Samina Gul; Editing by Hanna Brix"] == ("sign-off", "p.sign-off")
    assert rules["© 2024 The Valley Courier. All rights reserved."] == ("copyright", "footer")
    assert FLOOD.title not in rules


def test_one_switch_keeps_everything(tmp_path):
    article = read(tmp_path, plain(FLOOD), ".txt", keep_everything=True)
    assert "AP Photo/Imran Shah" in paragraphs(article)
    assert article.removed.empty
    page = read(tmp_path, wire(FLOOD), ".html", keep_everything=True)
    assert "Our Standards: The Trust Principles, opens new tab." in paragraphs(page)


def rules_of_cleaning() -> list[dict]:
    with (DATA / "lexicons" / "clutter.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rules_of_cleaning(), ids=lambda row: row["example"][:30])
def test_every_rule_takes_its_example_and_gives_a_source(row):
    assert re.fullmatch(row["pattern"], row["example"], re.I | re.S)
    assert row["rule"] and row["source"]
    assert row["applies_to"] in ("any", "head", "heading", "tail", "dateline")


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody laughed.",
        "“Share what you know,” their handbook begins.",
        "Comments on the plan are due by Friday.",
        "Read the contract, she said.",
        "By Friday in Mingora the last loudspeaker had been wired.",
        "A photo of the draft passed from phone to phone.",
        "Copyright law is changing in Pakistan, lawyers say.",
        "He told AFP the road was closed.",
        "More people came.",
        "Police in Karachi use cookies to lure stray dogs.",
        "“Watch: they will come back.”",
        "The committee published its report in April 2019.",
        "Photographers were kept away from the photo: nobody knows why.",
        "Related families settled in Dir.",
        "Kabul",
        "3,000",
    ],
)
def test_sentences_that_look_like_clutter_stay(sentence):
    assert rule_for(sentence, "any", "head", "heading", "tail") == ""


TEXTS = [row["example"] for row in rules_of_cleaning()] + list(FLOOD.paragraphs)
BLOCKS = st.lists(st.sampled_from(TEXTS) | st.text("ab. ", min_size=1, max_size=40), max_size=12)


@given(BLOCKS)
def test_cleaning_twice_changes_nothing(texts):
    kept, _ = clean(Document([Block(t) for t in texts], "A headline"))
    assert clean(Document(kept, "A headline"))[0] == kept


@given(BLOCKS)
def test_every_block_is_kept_or_logged(texts):
    kept, removed = clean(Document([Block(t) for t in texts]))
    assert sorted([b.text for b in kept] + [r.text for r in removed]) == sorted(texts)


def test_what_the_reader_sees_is_what_is_analysed():
    assert (
        tidy("of\ufb01\u00adce\u200b in\u00a0Ko\u0308ln\x00 \u202eand\u202c \ud83d\ude00 \ud800!")
        == "office in Köln and 😀 \ufffd!"
    )
    assert tidy("“it’s” — 5 km…") == "“it’s” — 5 km…"
    assert tidy("خانه\u200cها") == "خانه\u200cها"


@given(st.text())
def test_tidy_text_is_tidy(text):
    assert tidy(tidy(text)) == tidy(text)
    tidy(text).encode("utf-8")


def test_words_broken_at_line_ends_are_joined_and_compounds_are_not():
    words = {"Karachi", "based", "second", "hand", "long-term"}
    assert join_lines(["the provin-", "cial office"], words) == "the provincial office"
    assert join_lines(["a Karachi-", "based group"], words) == "a Karachi-based group"
    assert join_lines(["a long-", "term plan"], words) == "a long-term plan"
    assert join_lines(["in Nad-e-", "Ali today"], words) == "in Nad-e-Ali today"


# Facts


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("PESHAWAR, Pakistan (AP) - Police", "PESHAWAR", "AP"),
        ("KABUL: A canal", "KABUL", None),
        ("LONDON — The", "LONDON", None),
        ("QUETTA, May 3 (Reuters) - A", "QUETTA", "Reuters"),
        ("ISLAMABAD, (APP): The", "ISLAMABAD", "APP"),
        ("WASHINGTON/ISLAMABAD - The", "WASHINGTON", None),
        ("D.I. KHAN: Two", "D.I. KHAN", None),
        ("GENEVA (3 May 2016) – UN", "GENEVA", None),
        ("Kabul (Pajhwok): A", "Kabul", "Pajhwok"),
        ("Lahore, Pakistan – The", "Lahore", None),
        ("RIO DE JANEIRO (Reuters) - The", "RIO DE JANEIRO", "Reuters"),
        ("MEXICO CITY (AP) The", "MEXICO CITY", "AP"),
        ("SOUTH WAZIRISTAN, April 5 (APP):Chief", "SOUTH WAZIRISTAN", "APP"),
    ],
)
def test_datelines(opening, place, agency):
    assert parse_dateline(opening + " said so.")[:2] == (place, agency)


def test_a_dateline_keeps_its_day_as_written_and_the_heading_shows_it():
    article = read_article(
        "QUETTA, Pakistan, Nov 3 (Reuters) - A convoy left Quetta for Chaman on Monday, police said."
    )
    assert article.dateline == Dateline("QUETTA", "Reuters", "Nov 3")
    assert article.date is None
    assert "dated Nov 3, year unknown" in headline(article).data


@pytest.mark.parametrize(
    "opening",
    [
        "ISIS “has launched a drive”",
        "U.S. defense officials warned",
        "Pakistan: Islamic State Expanding",
        "UPDATE 2: The",
        "WATCH: The",
        "AFGHAN-PAK border",
        "Tom, Dick – both",
        "ISIS (ISIL) militants",
        "“KABUL: x",
        "",
    ],
)
def test_openings_that_are_no_datelines(opening):
    assert parse_dateline(opening) is None


@given(st.text())
def test_any_text_can_be_asked_for_its_dateline_and_dates(text):
    assert parse_dateline(text) is None or parse_dateline(text).place in text
    list(find_dates(text))


def test_the_most_trusted_date_wins(tmp_path):
    body = f"KABUL, 7 May 2020 (VCN) - {CANAL.paragraphs[1]}\n\n{CANAL.paragraphs[3]}"
    assert read(tmp_path, f"A headline\n\n{body}", ".txt").date == ("2020-05-07", "day", "dateline")
    assert read(tmp_path, f"A headline\n\nPosted: 8 May 2020\n\n{body}", ".txt").date == (
        "2020-05-08",
        "day",
        "date line",
    )
    assert read(tmp_path, f"A headline\n\n{CANAL.paragraphs[1]}\n\n{body[19:]}", ".txt").date is None
    link = "<link rel=canonical href=https://n.example/2021/02/03/x>"
    page = f"<html>{link}<h1>A headline of it</h1><p>{CANAL.paragraphs[1]}<p>{CANAL.paragraphs[3]}"
    assert read(tmp_path, page, ".html").date[0] == "2021-02-03"


def test_dates_ahead_do_not_date_a_story():
    assert (
        date_in_text(["It began in May 2015. A vote is expected in June 2018. By 2020 all will be done."]).value
        == "2015-05"
    )
    assert date_in_text(["Nothing is dated here."]) is None


def test_a_byline_gives_author_and_place(tmp_path):
    article = read(tmp_path, f"A headline\n\nBy Samina Gul in Mingora\n\n{FLOOD.paragraphs[1]}", ".txt")
    assert (article.byline, article.dateline) == ("Samina Gul", Dateline("Mingora", None))
    facts = article.facts.set_index("fact")
    assert facts.loc["dateline", "source"] == "byline"
    assert facts.loc["title", "value"] == "A headline"


def test_another_language_is_named_with_a_warning(tmp_path):
    urdu = "سوات کے دیہات\n\n" + "حکام نے پیر کو کہا کہ دریا کے کنارے گیارہ دیہات میں سیلاب کی خبر دی جائے گی۔ " * 3
    article = read(tmp_path, urdu, ".txt")
    assert article.language == "ur"
    assert "Urdu" in article.warning
    assert set(article.facts.fact) >= {"language", "warning"}
    assert read_article(SAMPLE).warning == ""


# Records


RECORDS = st.fixed_dictionaries(
    {"id": st.integers() | st.text(max_size=5), "text": st.text(min_size=1).filter(str.strip)}
)


@given(RECORDS)
def test_a_record_keeps_its_text_to_the_letter(record):
    article = from_record(record)
    assert article.text == record["text"]
    assert article.id == str(record["id"])
    assert not article.title_in_text and article.removed.empty


@given(st.text(alphabet="ab \n.\t"))
def test_spans_cover_all_that_is_not_space_in_order(text):
    spans = split_paragraphs(text)
    assert [a for span in spans for a in span] == sorted(a for span in spans for a in span)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert "".join(text.split()) == "".join("".join(text[a:b].split()) for a, b in spans)


def test_records_carry_title_date_and_source():
    article = from_record(
        {"id": 7, "text": "One.\nTwo.\n\nThree", "title": "T", "date": "2016-04-03T10:00:00Z", "source": "nyt.com"}
    )
    assert (article.id, article.title, article.outlet) == ("7", "T", "nyt.com")
    assert article.date == ("2016-04-03", "day", "metadata")
    assert paragraphs(article) == ["One.", "Two.", "Three"]


def test_lines_broken_at_a_width_stay_one_paragraph():
    text = plain(FLOOD).decode()
    story = [p for p in paragraphs(from_record({"text": text})) if len(p.split()) > 15]
    assert [" ".join(p.split()) for p in story] == [p for p in FLOOD.paragraphs if len(p.split()) > 15]


@pytest.mark.parametrize(
    "record", [{}, {"text": None}, {"text": " \n"}, {"text": "x", "date": "soon"}, {"text": "x", "date": "2016-13"}]
)
def test_a_bad_record_gets_one_sentence(record):
    with pytest.raises(ArticleError, match=r"no text|is not a date"):
        from_record(record)


def test_a_book_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_CHARACTERS", 100)
    with pytest.raises(ArticleError, match="one story at a time"):
        read(tmp_path, plain(FLOOD), ".txt")
