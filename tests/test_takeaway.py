"""What is taken away: settings and citation that are true, files a spreadsheet and QGIS open."""

from io import StringIO

import pandas as pd
import pyogrio
import pytest
from conftest import SAMPLE
from reading import read_sample

from helpers import takeaway
from helpers.analysis import neutralise
from helpers.article import read_article


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd|x", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_a_formula_is_marked_as_text(cell):
    assert neutralise(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["Quetta", "-3", "+0.5", "", -0.3, None, "a = b", "al-Qaeda"])
def test_all_else_stays_as_it_is(cell):
    assert neutralise(cell) == cell


def test_provenance_names_settings_but_no_folder(tmp_path):
    mine = tmp_path / "mine.csv"
    mine.write_text("scope\n")
    html = takeaway.provenance(read_article(SAMPLE), "vader", str(mine)).data
    rows = pd.read_html(StringIO(html))[0].set_index("what").value
    assert rows["sentiment toward names"] == "vader" and rows["corrections"].startswith("mine.csv, sha256 ")
    assert rows["sha256 of the text"] == read_article(SAMPLE).sha256 and str(tmp_path) not in rows.to_string()


def test_a_citation_names_program_version_and_article():
    article = read_article(SAMPLE)
    cited = takeaway.citation(article).data
    assert "News Atlas authors (20" in cited and article.title in cited and article.sha256[:12] in cited


def test_the_files_hold_the_rows_of_the_tables(tmp_path):
    data = takeaway.Takeaway(read_sample())._repr_mimebundle_()["application/json"]
    written = takeaway.write_tables(data, tmp_path / "page.html")
    assert {path.name for path in written} == {
        f"page.{end}" for end in ("places.csv", "places.geojson", "entities.csv", "sentences.csv", "gpkg")
    }
    assert len(pd.read_csv(tmp_path / "page.places.csv")) == len(data["tables"]["places"])
    assert sorted(name for name, _ in pyogrio.list_layers(tmp_path / "page.gpkg")) == ["areas", "mentions", "points"]


def test_the_notebook_says_how_much_there_is():
    assert "rows of places" in takeaway.Takeaway(read_sample())._repr_mimebundle_()["text/html"]
