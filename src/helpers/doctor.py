"""Is the installation well? One line a check, and how to mend what is not."""

import csv
import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
CHECKSUMS = ROOT / "data" / "checksums.csv"
SET_UP = "run `make clean`, then `make report`, which sets everything up anew"
RESTORE = "restore it with `git checkout -- {}`, or, if you changed it on purpose, run `python scripts/sum_data.py`"
NEEDED = 500  # MB of disk that a run over a few thousand articles may fill


class Finding(NamedTuple):
    """The result of a check: what was looked at, what is wrong (nothing: ""), and how to mend it."""

    what: str
    wrong: str = ""
    mend: str = ""


def checksum_rows(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(path, sha256) of files below the project's folder."""
    for path in paths:
        with (ROOT / path).open("rb") as file:
            yield path, hashlib.file_digest(file, "sha256").hexdigest()


def examine() -> Iterator[Finding]:
    """Every check in turn; one that fails in a way nobody thought of is a finding too."""
    for check in (
        check_python,
        check_packages,
        check_data,
        check_gazetteer,
        check_corrections,
        check_reading,
        check_disk,
    ):
        yield from _guarded(check)


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    what = check.__name__.removeprefix("check_")
    try:
        yield from check()
    except Exception as error:  # the doctor must finish, whatever is broken: that is what it is called for
        yield Finding(what, f"{type(error).__name__}: {error}", SET_UP)


def check_python() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    wrong = "" if (3, 11) <= sys.version_info[:2] < (3, 14) else "News Atlas needs 3.11, 3.12 or 3.13"
    yield Finding(f"Python {found}", wrong, "make PYTHON=python3.12 report")


def check_packages() -> Iterator[Finding]:
    """Each package at the version of the lock; those for other systems are left aside."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [(name, pin) for name, pin in re.findall(r"^([a-z0-9_.-]+)==([^ ;\\]+) \\$", lock, re.M)]
    other = []
    for name, pin in pins:
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "missing"
        other += [f"{name} {found}, not {pin}"] if found != pin else []
    few = ", ".join(other[:5]) + (f" and {len(other) - 5} more" if len(other) > 5 else "")
    yield Finding(f"{len(pins)} packages", few, SET_UP)


def check_data() -> Iterator[Finding]:
    """Each data file as it was released."""
    with CHECKSUMS.open(encoding="utf-8", newline="") as file:
        known = {row["path"]: row["sha256"] for row in csv.DictReader(file)}
    missing = [path for path in known if not (ROOT / path).is_file()]
    changed = [path for path, found in checksum_rows(known.keys() - set(missing)) if found != known[path]]
    yield Finding(f"{len(known)} data files")
    for word, paths in (("is missing", missing), ("is not the released one", changed)):
        yield from (Finding(path, word, RESTORE.format(path)) for path in sorted(paths))


def check_gazetteer() -> Iterator[Finding]:
    from helpers.gazetteer import open_gazetteer

    gazetteer = open_gazetteer()
    found = gazetteer.place("gn:1176615")  # Islamabad
    wrong = "" if found and found.country == "PK" else "it does not know Islamabad"
    info = gazetteer.info()
    what = f"gazetteer {Path(info['file']).name}: {info['places']:,} places of {info['date']}"
    yield Finding(what, wrong, "run `newsatlas gazetteer use shipped`")


def check_corrections() -> Iterator[Finding]:
    from helpers.corrections import read_corrections

    try:
        yield Finding(f"{len(read_corrections(None))} corrections")
    except ValueError as error:
        yield Finding("corrections", str(error).rstrip("."), "mend the rows named, in data/corrections.csv")


def check_reading() -> Iterator[Finding]:
    """A sentence is read from end to end, with every model."""
    from helpers.analysis import analyse
    from helpers.article import from_record

    found = analyse(
        from_record({"id": "a", "text": "Traders left Peshawar for Kabul, police said on Monday."}), shapes=False
    )
    names = found.places.name.tolist()
    wrong = "" if names == ["Peshawar", "Kabul"] else f"in a sentence about Peshawar and Kabul it finds {names}"
    yield Finding("models read a sentence", wrong, SET_UP)


def check_disk() -> Iterator[Finding]:
    free = shutil.disk_usage(ROOT).free // 10**6
    yield Finding(f"{free:,} MB of disk free", "" if free > NEEDED else f"less than {NEEDED} MB", "make room")
