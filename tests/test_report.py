"""The report in a real Chromium: nothing is requested, everything is drawn, and no article can make it do anything."""

import base64
import csv
import hashlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import SAMPLE
from playwright.sync_api import Browser, Page

from helpers.article import ArticleError, read_article
from helpers.corrections import COLUMNS as CORRECTION_COLUMNS
from helpers.palette import DARK, PALETTE
from helpers.report import page_name, write_report, write_whole

LARGEST_PAGE = 2_300_000  # bytes
FIGURES = 7  # the sample has two maps and five charts
A4 = 658  # CSS pixels between the margins
MODES = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "print": {"viewport": {"width": A4, "height": 940}},
}
ATTACK = """</title><script>window.hit = 1</script> strikes "Kabul" & 'Lahore'

In Kabul <img src=x onerror="window.hit = 2"> all was calm; </script><script>window.hit = 3</script> threatens.

The <a href="javascript:window.hit=4">Islamic State</a> in Peshawar ]]> --> {{ 7 * 7 }} \u202e made <b>bold</b> claims.

Ayesha <script>window.hit = 5</script> Khan praised the peace in Lahore, Pakistan.

=SUM(A1:A9) is what the clerk of Quetta wrote.
"""


class Seen(NamedTuple):
    """An open page and what went wrong on it: requests beyond the file, console messages, errors."""

    page: Page
    requests: list[str]
    messages: list[str]


@pytest.fixture(scope="session")
def report(tmp_path_factory) -> Path:
    """The report of the sample article, written once for all tests."""
    return write_report(SAMPLE, tmp_path_factory.mktemp("reports") / "sample.html")


@pytest.fixture(scope="session")
def open_page(browser: Browser) -> Callable[[Path, str], Seen]:
    """Opens a file in a mode (light, dark, phone, print), once a file and mode, with every request blocked."""
    pages: dict[tuple[Path, str], Seen] = {}

    def open_once(path: Path, mode: str) -> Seen:
        if (path, mode) not in pages:
            pages[path, mode] = open_blocked(browser, path, mode)
        return pages[path, mode]

    return open_once


def open_blocked(browser: Browser, path: Path, mode: str) -> Seen:
    """Open a file and wait until every figure is drawn, or for ten seconds."""
    page = browser.new_context(**MODES[mode]).new_page()
    seen = Seen(page, [], [])
    page.on("request", lambda request: None if request.url == path.as_uri() else seen.requests.append(request.url))
    page.on("console", lambda message: seen.messages.append(message.text))
    page.on("pageerror", lambda error: seen.messages.append(str(error)))
    page.on("dialog", lambda dialog: (seen.messages.append(dialog.message), dialog.dismiss()))
    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), lambda route: route.abort())
    if mode == "print":
        page.emulate_media(media="print")
    page.goto(path.as_uri())
    deadline = time.monotonic() + 10
    while page.locator(".plot:not(:has(.main-svg))").count() and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    return seen


DRAWN = """plot => {
  const box = plot.getBoundingClientRect();
  const seen = e => e.checkVisibility({visibilityProperty: true});
  const all = list => [...plot.querySelectorAll(list)].filter(seen);
  const boxes = list => all(list).map(e => [e.getBoundingClientRect(), e.textContent.trim()]);
  const within = ([b]) => b.left > box.left - 1 && b.right < box.right + 1;
  const marks = boxes('.main-svg path, .main-svg text').filter(([b]) => b.width && b.height);
  const words = boxes('.main-svg text').filter(([b, text]) => b.width && text);
  return {width: box.width, height: box.height, inside: marks.filter(within).length,
          cut: words.filter(word => !within(word)).map(([b, text]) => text)};
}"""


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_requested_and_the_console_stays_silent(report, open_page, mode):
    seen = open_page(report, mode)
    assert seen.requests == [] and seen.messages == []


@pytest.mark.parametrize("mode", MODES)
def test_every_figure_is_drawn_and_no_word_in_it_is_cut_off(report, open_page, mode):
    plots = open_page(report, mode).page.locator(".plot")
    assert plots.count() >= FIGURES
    for number in range(plots.count()):
        drawn = plots.nth(number).evaluate(DRAWN)
        assert drawn["inside"] > 5 and drawn["width"] > 300 and drawn["height"] > 80
        assert drawn["cut"] == [], f"figure {number + 1} cuts off words in {mode}"


@pytest.mark.parametrize("mode", MODES)
def test_the_page_never_scrolls_sideways(report, open_page, mode):
    page = open_page(report, mode).page
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def test_the_marked_text_is_the_article(report, open_page):
    paragraphs = open_page(report, "light").page.locator(".article p")
    assert "\n\n".join(paragraphs.evaluate_all("all => all.map(p => p.textContent)")) == read_article(SAMPLE).text


def test_it_opens_with_title_and_findings_that_lead_to_their_sections(report, open_page):
    page = open_page(report, "light").page
    assert page.title() == page.locator("h1").inner_text() == read_article(SAMPLE).title
    assert 3 <= page.locator(".findings li").count() <= 6
    assert page.locator("main h2").first.evaluate("h => h.getBoundingClientRect().top > 0")


def test_every_link_inside_the_page_has_a_target(report, open_page):
    missing = "all => all.map(a => a.hash.slice(1)).filter(id => !document.getElementById(decodeURIComponent(id)))"
    links = open_page(report, "light").page.locator('a[href^="#"]')
    assert links.count() > 10 and links.evaluate_all(missing) == []


def test_ids_are_unique(report, open_page):
    ids = open_page(report, "light").page.locator("[id]").evaluate_all("all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_figures_speak_to_those_who_cannot_see_them(report, open_page):
    plots = open_page(report, "light").page.locator(".plot[role]")
    labels = plots.evaluate_all("all => all.map(plot => plot.getAttribute('aria-label'))")
    assert len(labels) >= FIGURES and all(len(label) > 20 for label in labels)


@pytest.mark.parametrize(("mode", "palette"), [("light", PALETTE), ("dark", DARK)])
def test_page_and_figures_take_the_colours_of_the_scheme(report, open_page, mode, palette):
    page = open_page(report, mode).page
    paper = "rgb({}, {}, {})".format(*bytes.fromhex(palette["paper"][1:]))
    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == paper
    ink = "rgb({}, {}, {})".format(*bytes.fromhex(palette["ink"][1:]))
    assert page.locator(".plot .ytick text").first.evaluate("text => getComputedStyle(text).fill") == ink


def test_the_code_is_folded_away_and_can_be_unfolded(report, open_page):
    page = open_page(report, "light").page
    code = page.locator("details.code")
    assert code.count() >= 10 and not code.first.locator("pre").is_visible()
    code.first.locator("summary").press("Enter")
    assert code.first.locator("pre").is_visible()


def test_the_keyboard_finds_its_way_and_focus_can_be_seen(report, browser):
    page = open_blocked(browser, report, "light").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Skip to")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_it_prints(report, open_page, tmp_path):
    page = open_page(report, "light").page
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pages = (tmp_path / "report.pdf").read_bytes().count(b"/Type /Page\n")
    assert 3 <= pages <= 25


def test_it_is_one_file_of_bounded_size_whose_policy_names_its_two_scripts(report):
    html = report.read_text(encoding="utf-8")
    assert report.stat().st_size <= LARGEST_PAGE and list(report.parent.iterdir()) == [report]
    scripts = re.findall(r"<script>(.*?)</script>", html, re.S)
    hashes = [f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in scripts]
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src 'none'") and len(scripts) == 2
    assert re.findall(r"sha256-[^']+", policy) == hashes


def test_it_says_what_it_rests_on(report, open_page):
    text = open_page(report, "light").page.locator("main").inner_text()
    for name in (
        read_article(SAMPLE).sha256,
        "GeoNames",
        "CC BY 4.0",
        "Natural Earth",
        "ODbL",
        "VADER",
        "mentions, not events",
    ):
        assert name in text


@pytest.fixture(scope="session")
def attacked(tmp_path_factory) -> tuple[Path, Path]:
    """An article that tries to run code, and its report."""
    folder = tmp_path_factory.mktemp("attack")
    article = folder / "attack.txt"
    article.write_text(ATTACK, encoding="utf-8")
    corrections = folder / "corrections.csv"
    note = "</script><script>window.hit = 6</script><img src=x onerror=window.hit=7>"
    rows = [CORRECTION_COLUMNS, ["*", "", "", "", "Peshawar", "role", "metonym", note, "2026-01-01", note]]
    with corrections.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return article, write_report(article, folder / "reports" / "attack.html", corrections=corrections)


@pytest.mark.parametrize("mode", ["light", "phone"])
def test_an_article_that_attacks_is_only_shown(attacked, open_page, mode):
    article, path = attacked
    seen = open_page(path, mode)
    assert seen.page.evaluate("window.hit") is None and seen.requests == [] and seen.messages == []
    assert seen.page.locator("main script:not([type]), main img, main a[href^=javascript]").count() == 0
    paragraphs = seen.page.locator(".article p").evaluate_all("all => all.map(p => p.textContent)")
    assert "\n\n".join(paragraphs) == read_article(article).text


def test_an_article_that_attacks_by_hover_text_is_only_shown(attacked, open_page):
    page = open_page(attacked[1], "light").page
    bars = page.locator(".plot .bars path")
    seen = "all => all.map(bar => bar.getBoundingClientRect()).findIndex(box => box.width > 2 && box.height > 2)"
    bar = bars.nth(bars.evaluate_all(seen))
    bar.scroll_into_view_if_needed()
    bar.hover(force=True)
    assert page.evaluate("window.hit") is None


def test_a_missing_article_is_one_sentence_and_leaves_no_file(tmp_path):
    with pytest.raises(ArticleError, match="nowhere"):
        write_report(tmp_path / "nowhere.txt", tmp_path / "out" / "report.html")
    assert list(tmp_path.iterdir()) == []


def test_an_article_without_names_gets_a_report_that_says_so(tmp_path, browser):
    article = tmp_path / "plain.txt"
    article.write_text("A quiet day\n\nThe rain fell and nobody minded it very much.\n", encoding="utf-8")
    seen = open_blocked(browser, write_report(article, tmp_path / "plain.html"), "light")
    assert (
        seen.messages == []
        and "The article names no place that was recognised." in seen.page.locator("header").inner_text()
    )


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("news/Flood news.txt", "Flood-news.html"),
        ("https://example.org/a/flood%20news.html?x=1", "flood-news.html"),
        ("https://example.org/", "example.org.html"),
        ("-", "article.html"),
        ("A pasted story\n\nwith text", "article.html"),
    ],
)
def test_a_page_is_named_after_its_source(source, name):
    assert page_name(source) == name


def test_the_page_does_not_tell_of_the_folders_its_article_lay_in(report, attacked):
    assert str(SAMPLE.parent) not in report.read_text(encoding="utf-8")
    assert str(attacked[0].parent) not in attacked[1].read_text(encoding="utf-8")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    target = write_whole(tmp_path / "deep" / "page.html", "one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "two \ud800")
    assert target.read_text() == "one" and list(target.parent.iterdir()) == [target]
