"""Take README's picture: the top of the sample article's report, findings and map, as Chromium shows it.

Run it again after a change that shows: `.venv/bin/python scripts/make_picture.py`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from helpers.article import DATA
from helpers.report import write_report

SAMPLE = DATA / "articles" / "pakistan-islamic-state.txt"
PICTURE = SAMPLE.with_suffix(".png")
WIDTH, BELOW = 1280, 24  # CSS pixels: the page's width, and how far the picture reaches below the first map


def main() -> None:
    """Write the report to a temporary folder and photograph it down to the end of the first figure."""
    chromium = shutil.which("chromium") or sys.exit("There is no Chromium to take the picture with: install chromium.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = write_report(SAMPLE, Path(folder) / "report.html", progress=print)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--hide-scrollbars"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.goto(report.as_uri())
        page.locator(".plot .main-svg").last.wait_for()
        end = page.locator("figure").first.evaluate("figure => figure.getBoundingClientRect().bottom + scrollY")
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": end + BELOW}
        page.screenshot(path=PICTURE, full_page=True, clip=clip)
        browser.close()
    print(f"{PICTURE} ({PICTURE.stat().st_size:,} bytes)")


if __name__ == "__main__":
    main()
