"""Text, map and tables linked in a real Chromium: by pointer and keyboard, filtered, taken away, open to everyone."""

import csv
import io
import json
import re
from html import unescape
from importlib.resources import files
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE
from playwright.sync_api import Browser, Page, expect
from test_report import ATTACK, MODES, open_blocked

from helpers.article import read_article
from helpers.report import write_report

LONG = ROOT / "data" / "articles" / "long-analysis.md"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FORMULA = "=SUM(A1:A9) is what the clerk of Quetta wrote."
LAHORE = "gn:1172451"

# Where a place's point stands on the screen, which the first map alone can tell.
SPOT = """([plot, place]) => {
  const trace = plot.data.find(({customdata}) => (customdata || []).includes(place));
  const {xaxis, yaxis, _size} = plot._fullLayout, at = trace.customdata.indexOf(place);
  const box = plot.getBoundingClientRect();
  return {x: box.left + _size.l + xaxis.d2p(trace.x[at]), y: box.top + _size.t + yaxis.d2p(trace.y[at])};
}"""


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """A report of the sample article, with its tables beside it."""
    return write_report(SAMPLE, tmp_path_factory.mktemp("linked") / "sample.html", data=True)


@pytest.fixture
def page(path: Path, browser: Browser) -> Page:
    """The report as opened anew on a wide screen."""
    seen = open_blocked(browser, path, "light")
    yield seen.page
    assert seen.requests == [] and seen.messages == []
    seen.page.context.close()


def rings(page: Page) -> int:
    """How many outlines are drawn on the first map."""
    page.wait_for_timeout(100)
    return page.locator(".plot[role=group]").first.evaluate("plot => (plot.layout.shapes || []).length")


def test_map_and_text_stand_side_by_side_where_there_is_room(page):
    map_box, text_box = (page.locator(f".atlas {part}").first.bounding_box() for part in (".map", ".reader"))
    assert map_box["x"] + map_box["width"] <= text_box["x"]
    page.locator("#atlas").evaluate("atlas => atlas.scrollIntoView({behavior: 'instant'})")
    assert page.locator(".atlas .plot").evaluate("plot => plot.getBoundingClientRect().bottom") <= 900
    page.set_viewport_size({"width": 390, "height": 844})
    map_box, text_box = (page.locator(f".atlas {part}").first.bounding_box() for part in (".map", ".reader"))
    assert map_box["y"] + map_box["height"] <= text_box["y"]


@pytest.mark.parametrize("place", [LAHORE, "gn:1168579"], ids=["a point", "an area"])
def test_pointing_at_a_mention_lights_its_place(page, place):
    mark = page.locator(f'mark[data-place="{place}"]').first
    mark.hover()
    assert rings(page) == 1 and "lit" in mark.get_attribute("class")
    assert page.locator("tr.lit a").first.get_attribute("href").startswith("#m-")
    page.mouse.move(2, 2)
    assert rings(page) == 0


def test_choosing_a_mention_holds_it_and_steps_through_the_others(page):
    marks = page.locator('mark[data-place="gn:1168579"]')
    number, card = marks.count(), page.locator("#card")
    marks.nth(1).click()
    page.mouse.move(2, 2)
    assert rings(page) == 1 and f"2 of {number}" in card.inner_text()
    card.get_by_text("next").click()
    assert f"3 of {number}" in card.inner_text() and marks.nth(2).get_attribute("aria-current") == "true"
    for _ in range(3):
        card.get_by_text("previous").click()
    assert f"{number} of {number}" in card.inner_text(), "after the first comes the last"
    card.locator("summary").click()
    assert len(card.locator("details p").first.inner_text()) > 10
    page.keyboard.press("Escape")
    assert not card.is_visible() and rings(page) == 0


def test_a_click_on_the_map_leads_into_the_text(page):
    plot = page.locator(".plot[role=group]").first
    plot.scroll_into_view_if_needed()
    spot = plot.evaluate(f"plot => ({SPOT})([plot, '{LAHORE}'])")
    page.mouse.move(spot["x"] - 3, spot["y"])
    page.mouse.move(spot["x"], spot["y"])
    page.wait_for_timeout(200)
    assert page.locator("mark.lit").first.get_attribute("data-place") == LAHORE
    page.mouse.click(spot["x"], spot["y"])
    assert "Lahore" in page.locator("#card h3").inner_text()
    expect(page.locator(f'mark[data-place="{LAHORE}"]').first).to_be_in_viewport()


def test_a_row_leads_to_the_sentence_and_the_card_back_to_the_row(page):
    link = page.locator("td a", has_text="Karachi").first
    link.click()
    mark = page.locator("mark[aria-current]")
    expect(mark).to_be_in_viewport()
    assert mark.inner_text() == "Karachi" and mark.evaluate("mark => mark === document.activeElement")
    page.locator("#card").get_by_text("back").click()
    expect(link).to_be_in_viewport()
    assert link.evaluate("link => link === document.activeElement")


def test_the_reason_lies_folded_in_the_row(page):
    fold = page.locator("details.why").first
    assert not fold.evaluate("fold => fold.open")
    fold.locator("summary").click()
    assert fold.inner_text() > fold.locator("summary").inner_text()


def test_filters_act_on_text_map_and_table_and_say_how_much_is_left(page):
    rows = page.locator("table:has(details.why) tbody tr:visible")
    marks, before = page.locator("mark[data-place]"), rows.count()
    metonyms = page.locator("mark.metonym[id^=m-]").count()
    page.get_by_label("sense").select_option("metonym")
    assert page.locator(".counted").inner_text().startswith(f"{metonyms} of {marks.count()} mentions")
    assert page.locator("#status").inner_text().startswith(f"Shown: {metonyms} of")
    assert page.locator("mark[data-place]:not(.off)").count() == metonyms and 0 < rows.count() < before
    faint = "plot => plot.data.filter(trace => trace.meta && trace.opacity < 0.5).length"
    page.wait_for_timeout(500)
    assert page.locator(".plot[role=group]").first.evaluate(faint) > 0
    page.get_by_text("show all").click()
    assert page.locator("mark.off").count() == 0 and rows.count() == before
    page.wait_for_timeout(500)
    assert page.locator(".plot[role=group]").first.evaluate(faint) == 0
    for name in ("kind", "tone", "confidence"):
        assert page.locator(f"select[name={name}] option").count() >= 2


def test_the_keyboard_walks_from_the_top_into_the_text_and_back(page):
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if seen[-1].startswith("m-"):
            break
    marks = page.locator("mark[data-place]")
    assert seen[-1] == marks.first.get_attribute("id"), "one stop for all mentions, the first of them"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid" and rings(page) >= 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert marks.nth(1).get_attribute("aria-current") == "true" and page.locator("#card").is_visible()
    page.keyboard.press("End")
    assert marks.last.evaluate("mark => mark === document.activeElement")
    page.keyboard.press("Escape")
    assert not page.locator("#card").is_visible()


def test_the_second_skip_link_leads_to_the_map_and_the_text(page):
    page.locator("a.skip[href='#atlas']").press("Enter")
    expect(page.locator("#atlas")).to_be_in_viewport()


# --- uncertainty


def test_what_is_uncertain_looks_uncertain(tmp_path, browser):
    article = tmp_path / "doubt.txt"
    article.write_text("A walk\n\nShe left Quetta and went to the village of Nowhereabad on foot.\n", encoding="utf-8")
    page = open_blocked(browser, write_report(article, tmp_path / "doubt.html"), "light").page
    look = "mark => getComputedStyle(mark).outlineStyle + getComputedStyle(mark).backgroundColor"
    unsure = page.locator(".article mark.unsure")
    assert unsure.count() and unsure.first.evaluate(look) == "dashedrgba(0, 0, 0, 0)"
    assert "uncertain" in page.locator(".marked .legend").inner_text()


# --- open to everyone


@pytest.mark.parametrize("mode", ["light", "dark", "phone"])
def test_axe_finds_nothing_to_mend(path, browser, mode):
    page = open_blocked(browser, path, mode).page
    page.locator("mark[data-place]").nth(3).click()
    page.locator("details").evaluate_all("all => all.forEach(fold => fold.open = true)")
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []


def test_nothing_moves_for_those_who_asked_for_stillness(path, browser):
    context = browser.new_context(**MODES["light"], reduced_motion="reduce")
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


# --- take-away


def saved(page: Page, name: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    assert download.value.suggested_filename == name
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_the_tables_are_saved_from_the_page_as_they_lie_beside_it(page, path):
    for name in ("places", "entities", "sentences"):
        from_page = list(csv.DictReader(io.StringIO(saved(page, f"{name}.csv"), newline="")))
        beside = list(csv.DictReader(path.with_suffix(f".{name}.csv").open(encoding="utf-8", newline="")))
        assert [row["start"] for row in from_page] == [row["start"] for row in beside] and len(beside) > 10
        assert [row["text"] for row in from_page] == [row["text"] for row in beside]
    features = json.loads(saved(page, "places.geojson"))["features"]
    assert len(features) == len(json.loads(path.with_suffix(".places.geojson").read_text())["features"])
    lahore = next(one for one in features if one["properties"]["place_id"] == LAHORE)
    assert lahore["geometry"]["coordinates"] == pytest.approx([74.35, 31.55], abs=0.1)
    assert path.with_suffix(".gpkg").stat().st_size > 10_000


def test_figures_are_saved_as_pictures(page):
    for format, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.locator("figcaption button", has_text=format).first.click()
        assert Path(download.value.path()).read_bytes().startswith(start)


def test_a_table_is_copied_for_a_spreadsheet(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".tools button:visible", has_text="copy table").first.click()
    expect(page.locator("#status")).to_have_text("Table copied.")
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert lines[0].startswith("place\t") and len({line.count("\t") for line in lines}) == 1


def test_no_spreadsheet_takes_a_text_for_a_formula(tmp_path, browser):
    article = tmp_path / "attack.txt"
    article.write_text(ATTACK, encoding="utf-8")
    path = write_report(article, tmp_path / "attack.html", data=True)
    seen = open_blocked(browser, path, "light")
    beside = path.with_suffix(".sentences.csv").read_text(encoding="utf-8")
    for text in (saved(seen.page, "sentences.csv"), beside):
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert f"'{FORMULA}" in cells and not any(cell.startswith(("=", "@", "+", "\t")) for cell in cells)
        assert any(re.fullmatch(r"-0\.\d+", cell) for cell in cells), "a number stays a number"
    assert seen.requests == [] and seen.messages == [] and seen.page.evaluate("window.hit") is None


# --- without the text


def words_of(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


@pytest.mark.parametrize("source", [SAMPLE, LONG], ids=["sample", "long"])
def test_no_run_of_six_words_of_the_article_is_in_a_page_without_text(source, tmp_path, browser):
    path = write_report(source, tmp_path / "no-text.html", show_text=False, data=True)
    article, html = read_article(source), path.read_text(encoding="utf-8")
    visible = unescape(re.sub(r"<[^>]*>", " ", html))
    tables = "".join(file.read_text(encoding="utf-8") for file in tmp_path.glob("*.*s*") if file.suffix != ".gpkg")
    readings = [" ".join(html.split()), " ".join(visible.split()), words_of(html), words_of(visible), words_of(tables)]
    for text in (article.title, article.text, *article.removed.text):
        for words in (text.split(), words_of(text).split()):
            runs = {" ".join(words[i : i + 6]) for i in range(len(words) - 5)}
            assert not [run for run in runs if any(f" {run} " in f" {reading} " for reading in readings)]
    page = open_blocked(browser, path, "light").page
    mark = page.locator("mark[data-place]").nth(2)
    mark.hover()
    assert rings(page) == 1 and re.search(r"\d+–\d+", page.locator(".strip").inner_text())
    mark.click()
    assert page.locator("#card").is_visible()
