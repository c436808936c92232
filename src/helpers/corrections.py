"""Corrections: what a person knows better, kept in a file that spreadsheets can edit.

data/README.md has its columns. A row that cannot be used stops the run: nothing a person wrote is left out in silence.
"""

import csv
import io
import os
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from helpers.gazetteer import FOLDER, Place, open_gazetteer

FILE = FOLDER.parent / "corrections.csv"
ALL = "*"
COLUMNS = ["scope", "article", "start", "end", "text", "action", "value", "who", "when", "note"]
VALUES = {  # what an action may set; () nothing
    "place": None,
    "not-a-place": (),
    "role": ("literal", "metonym", "embedded", "demonym"),
    "type": ("PERSON", "ORG", "NORP", "GPE", "LOC", "FAC", "EVENT", "LAW", "PRODUCT", "WORK_OF_ART"),
    "merge": None,
}
ABOUT = {action: {action} for action in VALUES} | {"not-a-place": {"place", "role"}}
COORDINATES = re.compile(r"(?:na:at:)?(-?\d{1,2}(?:\.\d+)?)[,;] ?(-?\d{1,3}(?:\.\d+)?)(?: +(\S.*))?", re.S)
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # what a spreadsheet would calculate; a ' before it makes it text
Span = tuple[int, int]


class CorrectionsError(ValueError):
    """What is wrong with the corrections, in which file and line, and what to do: one sentence for the reader."""


class Correction(NamedTuple):
    """One row of the file; `line` is where it stands there, 0 for one that is not written yet."""

    scope: str  # sha256 of an article's text, or *
    start: int | None  # None: every occurrence of the text
    end: int | None
    text: str
    action: str
    value: str = ""
    article: str = ""  # its id, file name or address, by which a changed text is noticed
    who: str = ""
    when: str = ""
    note: str = ""
    line: int = 0

    @property
    def claim(self) -> tuple:
        """What it says, whoever says it and when."""
        return self[:6]

    @property
    def words(self) -> str:
        """What it says and who says it: "Khost" is place gn:1444363 (Amina)."""
        return f'"{self.text}" is {self.action} {self.value}'.rstrip() + f" ({self.who})" * bool(self.who)

    @property
    def where(self) -> str:
        """Where it holds: "wherever story.txt has it", "at 310 of story.txt" or "in every article"."""
        name = self.article or f"the article {self.scope[:12]}"
        if self.scope == ALL:
            return "in every article"
        return f"wherever {name} has it" if self.start is None else f"at {self.start} of {name}"

    @property
    def reason(self) -> str:
        """The line a reader sees: "corrected by Amina on 2026-03-01: the bazaar, not the province"."""
        by = f" by {self.who}" * bool(self.who) + f" on {self.when[:10]}" * bool(self.when)
        return f"corrected{by}" + f": {' '.join(self.note.split())}" * bool(self.note.strip())


class Sheet(NamedTuple):
    """The file as it stands, so that a change touches one row and leaves all else as people wrote it."""

    head: str
    rows: list[tuple[str, Correction | None]]  # the row to the letter, and what it says; None for an empty one
    columns: list[str]
    delimiter: str
    line_end: str


def read_corrections(path: Path | str | tuple[Correction, ...] | None = None) -> tuple[Correction, ...]:
    """The rows of a file, by default data/corrections.csv; CorrectionsError where one of them cannot be used.

    What has been read before is handed through, so that a run of thousands reads it once.
    """
    if isinstance(path, tuple):
        return path
    if path is None and not FILE.exists():
        return ()
    file = Path(path or FILE).resolve()
    known = file.stat()
    return _read(file, known.st_ino, known.st_mtime_ns, known.st_size)


@lru_cache(4)
def _read(file: Path, *_: int) -> tuple[Correction, ...]:
    rows = tuple(row for _, row in parse_sheet(file.read_bytes(), file).rows if row)
    if clash := find_clash(rows):
        one, other = sorted(clash, key=lambda row: row.line)
        raise CorrectionsError(
            f"{file}: line {one.line} says {one.words} and line {other.line} {other.words}: delete one of them."
        )
    return rows


def parse_sheet(raw: bytes, name: Path | str = FILE) -> Sheet:
    """A file's rows, whatever a spreadsheet made of it: byte order mark, comma, semicolon or tab, any line ends."""
    try:
        lines = list(io.StringIO(raw.decode(), newline=""))
    except UnicodeDecodeError as error:
        raise CorrectionsError(f'{name} is not in UTF-8: save it as "CSV UTF-8".') from error
    head = lines[0] if lines else ",".join(COLUMNS) + "\n"
    delimiter = max(",;\t", key=head.count)
    columns = [cell.strip(' "\r\n\ufeff').casefold() for cell in head.split(delimiter)]
    if missing := [name for name in ("scope", "text", "action", "value") if name not in columns]:
        raise CorrectionsError(f"{name}, line 1 has no column {missing[0]}: the columns are {', '.join(COLUMNS)}.")
    rows, reader, first = [], csv.reader(lines[1:], delimiter=delimiter, strict=True), 0
    try:
        for cells in reader:
            record = dict(zip(columns, map(_unshield, cells), strict=False))
            row = check_row(record, cells[len(columns) :], f"{name}, line {first + 2}") if any(cells) else None
            rows.append(("".join(lines[first + 1 : reader.line_num + 1]), row and row._replace(line=first + 2)))
            first = reader.line_num
    except csv.Error as error:
        raise CorrectionsError(f"{name}, line {first + 2} cannot be read ({error}): look at its quotes.") from error
    return Sheet(head, rows, columns, delimiter, "\r\n" if head.endswith("\r\n") else "\n")


def _shield(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, e.g. "=1+1" -> "'=1+1"; `_unshield` gives it back as it was."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def _unshield(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def write_row(row: Correction, sheet: Sheet) -> str:
    """A row as a line of this file."""
    cells = {name: _shield("" if value is None else str(value)) for name, value in row._asdict().items()}
    line = io.StringIO()
    csv.writer(line, delimiter=sheet.delimiter).writerow([cells.get(name, "") for name in sheet.columns])
    return line.getvalue().removesuffix("\r\n") + sheet.line_end


def check_row(record: dict[str, str], beyond: list[str], where: str) -> Correction:
    """A row as a Correction, or the sentence on what is wrong with it."""
    cell = {name: record.get(name, "").strip() for name in COLUMNS}
    scope, text, value = cell["scope"].lower(), cell["text"], cell["value"]
    action = cell["action"].lower().replace(" ", "-")
    span = [int(cell[name]) if cell[name].isdecimal() else None for name in ("start", "end")]
    wrong = None
    if any(beyond):
        wrong = "has more cells than line 1 has columns: put what holds a comma in quotes"
    elif not re.fullmatch(r"\*|[0-9a-f]{64}", scope):
        wrong = f'has the scope "{scope}": give the sha256 of an article\'s text, or * for every article'
    elif not text:
        wrong = "has no text: give the words to correct, as they stand in the article"
    elif (cell["start"] or cell["end"]) and (None in span or scope == ALL or span[1] - span[0] != len(text)):
        wrong = (
            f'has the span "{cell["start"]}" to "{cell["end"]}", which no article has for "{text}": leave both empty'
        )
    elif action not in VALUES:
        wrong = f'has the action "{action}": there are {", ".join(VALUES)}'
    elif VALUES[action] == () and value:
        wrong = f'has the value "{value}", but {action} takes none'
    elif VALUES[action] and value not in VALUES[action]:
        wrong = f'has the {action} "{value}": there are {", ".join(VALUES[action])}'
    elif action == "merge" and not value:
        wrong = "has no value: give the name that this one goes by"
    elif action == "place" and value and find_place(value, text) is None:
        wrong = (
            f'has the place "{value}", which is none: give an id from `newsatlas gazetteer search`, or "LAT,LON NAME"'
        )
    elif cell["when"] and not _is_time(cell["when"]):
        wrong = f'has the time "{cell["when"]}": write it as 2026-03-01 or 2026-03-01T12:00:00Z'
    if wrong:
        raise CorrectionsError(f"{where} {wrong}.")
    note = record.get("note", "")
    return Correction(scope, *span, text, action, value, cell["article"], cell["who"], cell["when"], note)


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


@lru_cache(10_000)
def find_place(value: str, text: str) -> Place | None:
    """What a place's value means: a gazetteer id, or coordinates with a name, e.g. "34.52,69.18 Chaman-e-Hozori"."""
    if not (match := COORDINATES.fullmatch(value)):
        return open_gazetteer().place(value)
    lat, lon = float(match[1]), float(match[2])
    if abs(lat) > 90 or abs(lon) > 180:
        return None
    from shapely import Point

    from helpers.boundaries import load_layer

    layers = (load_layer(name) for name in ("provinces", "countries"))
    units = [next(layer[layer.contains(Point(lon, lat))].itertuples(), None) for layer in layers]
    country = next((unit.country for unit in units if unit), "")
    admin1 = units[0].name if units[0] else ""
    name = " ".join((match[3] or text).split())
    return Place(f"na:at:{lat:g},{lon:g}", None, name, "city", country, admin1, lat=lat, lon=lon)


def find_clash(rows: Iterable[Correction]) -> tuple[Correction, Correction] | None:
    """Two rows that cannot both hold: different claims on the same words, or places on spans that overlap."""
    said: dict[tuple, Correction] = {}
    pinned: dict[tuple[str, int], Correction] = {}
    for row in rows:
        letters = range(row.start, row.end) if row.action == "place" and row.start is not None else ()
        keys = [(*row.claim[:4], about) for about in ABOUT[row.action]]
        others = [said.setdefault(key, row) for key in keys]
        others += [
            other for i in letters if (other := pinned.setdefault((row.scope, i), row)).claim[:4] != row.claim[:4]
        ]
        for other in others:
            if other.claim != row.claim:
                return other, row
    return None


def add_correction(row: Correction, path: Path | str | None = None) -> list[Correction]:
    """Write a row at the end of the file; rows of the same person on the same words give way and are returned."""
    replaced: list[Correction] = []

    def change(sheet: Sheet) -> str:
        for _, old in sheet.rows:
            if old and old.claim[:4] == row.claim[:4] and ABOUT[old.action] & ABOUT[row.action] and old.who == row.who:
                replaced.append(old)
        kept = [(line, old) for line, old in sheet.rows if old not in replaced]
        if clash := find_clash([*(old for _, old in kept if old), row]):
            other = clash[0]
            raise CorrectionsError(f"{path or FILE}, line {other.line} says {other.words}: delete it if it is wrong.")
        whole = sheet.head + "".join(line for line, _ in kept)
        return whole + sheet.line_end * (not whole.endswith(("\n", "\r"))) + write_row(row, sheet)

    _change(path, change)
    return replaced


def undo_correction(path: Path | str | None = None) -> Correction | None:
    """Take the last row out of the file and return it; None where there is none."""
    taken: list[Correction] = []

    def change(sheet: Sheet) -> str | None:
        taken.extend([row for _, row in sheet.rows if row][-1:])
        return sheet.head + "".join(line for line, row in sheet.rows if row not in taken) if taken else None

    _change(path, change)
    return taken[0] if taken else None


def _change(path: Path | str | None, change: Callable[[Sheet], str | None]) -> None:
    """Rewrite the file under a lock: whole on the disk under another name, then renamed, so a crash loses nothing."""
    from filelock import FileLock

    file = Path(path or FILE).resolve()
    with FileLock(file.with_name(f".{file.name}.lock")):
        text = change(parse_sheet(file.read_bytes() if file.exists() else b"", file))
        if text is None:
            return
        part = file.with_name(f".{file.name}.part")
        with part.open("wb") as target:
            target.write(text.encode("utf-8", "replace"))
            target.flush()
            os.fsync(target.fileno())
        if file.exists():
            shutil.copymode(file, part)
        part.replace(file)
