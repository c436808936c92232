"""README is true: its links lead somewhere, its commands run, its numbers and names are those of the project."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODEBOOK = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.+?)^```", README, re.M | re.S)
COMMANDS = [block for block in BLOCKS if "newsatlas" in block]
MAKES = [line.split("  #")[0].strip() for block in BLOCKS for line in block.splitlines() if line.startswith("make ")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A folder to run README's commands in: the data are at hand, and what the commands write stays here."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "data").symlink_to(ROOT / "data")
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess:
    """Run a line or block of shell with this Python's newsatlas on the path; the first failure ends it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = ["bash", "-euc", command]
    return subprocess.run(shell, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)


def test_there_are_commands_to_run():
    assert len(COMMANDS) == 2 and len(MAKES) >= 8


@pytest.mark.parametrize("block", COMMANDS, ids=["articles", "jsonl"])
def test_the_commands_run(block, desk):
    told = run(block, desk)
    assert told.returncode == 0, told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("line", MAKES)
def test_the_make_commands_exist(line):
    told = run(f"{line} --dry-run", ROOT)
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("page", ["README.md", "data/README.md", "CHANGELOG.md"])
def test_links_inside_the_project_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?://)([^)\s]+)\)", text):
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), f"{page} links to {link}"
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M) if anchor else []
        anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, f"{page} links to {link}"


def test_every_dependency_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    explained = set(re.findall(r"`([\w-]+)`", README.partition("What each dependency is for")[2]))
    assert {Requirement(text).name for text in project["dependencies"]} <= explained


def test_rounded_counts_are_near_those_of_the_codebook():
    section = README.partition("## Data and licences")[2].partition("## How to cite")[0]
    stated = [int(number.replace(",", "")) for number in re.findall(r"\d{1,3}(?:,\d{3})+", section)]
    exact = [int(number.replace(",", "")) for number in re.findall(r"\(([\d,]+) rows\)", CODEBOOK)]
    assert stated
    assert not [number for number in stated if not any(abs(number - count) < 0.03 * count for count in exact)]


def test_the_picture_says_what_it_shows():
    assert all(len(text) > 20 for text in re.findall(r"!\[(.*?)\]", README))
