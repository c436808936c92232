"""Review: the widgets do what their buttons say, on the file, and show an article's text as text."""

import nbformat
import pytest
from test_corrections import ATTACK

from helpers.analysis import analyse
from helpers.article import from_record
from helpers.corrections import CorrectionsError, read_corrections
from helpers.fixes import propose
from helpers.page import list_parts
from helpers.report import NOTEBOOKS, join_notebooks
from helpers.review import NOWHERE, Review, choices, corrections_table

TEXT = "Rain fell on Khost. Officials in Khost and <b>Herat</b> said Islamabad fears more. Springfield is far away."


@pytest.fixture
def file(tmp_path):
    return tmp_path / "corrections.csv"


@pytest.fixture
def review(file) -> Review:
    analysis = analyse(from_record({"text": TEXT, "date": "2016-04"}), ("places",), corrections=())
    file.write_text("scope,article,start,end,text,action,value,who,when,note\n", encoding="utf-8")
    review = Review(analysis, file)
    review.box = review.build()
    return review


def choose(review: Review, text: str) -> None:
    """Choose the first mention of these words, as a person does in the list."""
    review.mention.value = next(index for words, index in review.mention.options if words.startswith(text))


def test_the_uncertain_come_first(review):
    sure = [review.places.loc[index].confidence for _, index in review.mention.options]
    assert len(sure) == 5 and sure == sorted(sure)
    assert review.mention.index == 0 and len(review.choice.options) > 1, "the first is ready to be corrected"


def test_the_mention_is_shown_in_its_sentence_with_what_it_may_be(review):
    choose(review, "Herat")
    assert "<mark>Herat</mark>" in review.sentence.value and "&lt;b&gt;" in review.sentence.value
    assert "<b>" not in review.sentence.value
    words = [words for words, _ in review.choice.options]
    assert words[0].startswith("0.") and "Herat, " in words[0] and "Afghanistan" in words[0] and words[-1] == NOWHERE
    assert len({value for _, value in review.choice.options}) == len(words)


def test_one_click_writes_the_row_and_draws_the_map_anew(review, file):
    before = review.map.outputs
    choose(review, "Herat")
    chosen = review.other.value = "33.1,67.2 Little Herat"
    review.note.value = ATTACK
    review.save.click()
    (row,) = read_corrections(file)
    assert (row.text, row.action, row.value, row.note) == ("Herat", "place", chosen, ATTACK)
    place = review.places[review.places.text == "Herat"].iloc[0]
    assert place.corrected and place["name"] == "Little Herat" and place.confidence == 1
    assert review.map.outputs != before and "application/vnd.plotly.v1+json" in review.map.outputs[0]["data"]
    assert "1 mention corrected" in review.said.value
    review.undo.click()
    assert read_corrections(file) == () and not review.places.corrected.any()


def test_every_mention_or_only_this_one(review, file):
    choose(review, "Khost")
    review.choice.value = NOWHERE
    review.every.value = False
    review.save.click()
    assert review.places.text.tolist().count("Khost") == 1
    assert read_corrections(file)[0].start in (TEXT.index("Khost"), TEXT.rindex("Khost"))
    choose(review, "Herat")
    review.role.value, review.every.value = "metonym", True
    review.save.click()
    assert [row.action for row in read_corrections(file)] == ["not-a-place", "place", "role"]


def test_coordinates_are_taken_and_nonsense_is_refused(review, file):
    choose(review, "Islamabad")
    review.other.value = "somewhere <i>"
    review.save.click()
    assert "&lt;i&gt;" in review.said.value and read_corrections(file) == ()
    review.other.value = "33.7,73.1 Blue Area"
    review.save.click()
    assert review.places[review.places.corrected].name.tolist() == ["Blue Area"]


def test_an_article_without_places_has_nothing_to_review(file):
    review = Review(analyse(from_record({"text": "Nothing happened."}), ("places",), corrections=()), file)
    review.box = review.build()
    review.save.click()
    assert "No place" in review.sentence.value and not file.exists()


def test_a_mention_that_no_gazetteer_knows_can_only_be_placed_by_hand(file):
    mention = analyse(
        from_record({"text": "They met at Nowhereabad Airport."}), ("places",), corrections=()
    ).places.iloc[0]
    assert [value for _, value in choices(mention)][-1] == NOWHERE


def test_what_was_corrected_is_a_table_that_obeys_nothing():
    article = from_record({"text": TEXT})
    rows = (
        propose(article, "Khost", "role", "metonym", who="<i>A</i>", note=ATTACK),
        propose(article, "Herat", "role", "metonym", start=TEXT.index("Herat"))._replace(start=0, end=5, line=9),
    )
    html = corrections_table(analyse(article, ("places",), shapes=False, corrections=rows).corrections).data
    assert "applied" in html and "stale" in html and "every mention" in html and "at 0" in html
    assert "<script>" not in html and "&lt;script&gt;" in html and "<i>" not in html
    empty = analyse(article, ("places",), shapes=False, corrections=()).corrections
    assert corrections_table(empty) == "Nobody has corrected anything in this article."


def test_a_contradiction_is_told_and_nothing_is_written(review, file):
    other = propose(review.article, "Khost", "place", "gn:1138958", who="somebody else")
    from helpers.corrections import add_correction

    add_correction(other, file)
    choose(review, "Khost")
    review.choice.value = NOWHERE
    review.save.click()
    assert "somebody else" in review.said.value and len(read_corrections(file)) == 1
    with pytest.raises(CorrectionsError):
        add_correction(other._replace(action="not-a-place", value="", who="me"), file)


def test_a_page_leaves_out_the_cells_that_ask_a_person():
    notebook = join_notebooks(sorted(NOTEBOOKS.glob("3_*.ipynb")))
    assert "corrections_table" in str(notebook) and "review.Review" not in str(notebook)
    exported = nbformat.read(next(NOTEBOOKS.glob("3_*.ipynb")), as_version=4)  # as JupyterLab hands it over
    assert "review.Review" in str(exported) and "review.Review" not in str(list_parts(exported))
