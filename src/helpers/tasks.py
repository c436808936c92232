"""Tasks: the articles of a batch before they are read, one after another, from files, tables, lines and addresses."""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from glob import glob
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from helpers.article import Article, ArticleError, from_record, read_article, read_source
from helpers.language import mend
from helpers.sources import MAX_BYTES, Source, is_folder, list_sources, load_source

FIELDS = ("id", "text", "title", "date", "source", "places", "targets")  # what a record may tell
TOO_LONG = f"this is longer than {MAX_BYTES // 1_000_000} MB: no article is."


class Task(NamedTuple):
    """One article to come: where it stands in the input, and its JSONL line, its source, or why it cannot be had."""

    where: str
    line: str = ""
    source: str = ""
    error: str = ""
    opened: Source | None = None


def list_tasks(sources: Iterable[str]) -> Iterator[Task]:
    """One task an article: a line of a .jsonl, a row of a .csv or .parquet, a line of a list of URLs, a file, a URL."""
    for source in list_sources(chain.from_iterable(map(expand, sources))):
        yield from READERS[kind_of(source)](source)


def expand(source: str) -> list[str]:
    """The files a pattern stands for, in the order of their names; everything else as it is."""
    is_pattern = re.search(r"[*?[]", source) and "://" not in source and len(source) < 1000 and "\n" not in source
    found = sorted(glob(source, recursive=True)) if is_pattern else []  # noqa: PTH207 (a pattern may be absolute)
    return found or [source]


def kind_of(source: str) -> str:
    """What holds the articles: jsonl, csv, parquet, list (of addresses), or file for one that is an article itself."""
    name = source.casefold().removesuffix(".gz")
    kind = next((kind for kind in ("jsonl", "csv", "parquet") if name.endswith(f".{kind}")), "file")
    if len(source) > 1000 or "\n" in source or not Path(source).is_file():
        return "file"
    return "list" if kind == "file" and name.endswith(".txt") and is_address_list(source) else kind


def is_address_list(path: str) -> bool:
    """Whether each of the first lines of a text file is a web address."""
    with Path(path).open("rb") as file:
        lines = file.read(4000).split()
    return bool(lines) and all(re.match(rb"https?://\S", line) for line in lines)


def open_bytes(path: str) -> BinaryIO:
    return gzip.open(path, "rb") if path.casefold().endswith(".gz") else Path(path).open("rb")


def read_lines(path: str) -> Iterator[Task]:
    """The lines that are not empty, none held longer than it takes; one without end is skipped and said."""
    number = 0
    try:
        with open_bytes(path) as file:
            while line := file.readline(MAX_BYTES):
                number, where, rest = number + 1, f"{path}, line {number + 1}", b""
                while not (rest or line).endswith(b"\n") and (more := file.readline(MAX_BYTES)):
                    rest = more
                if rest:
                    yield Task(where, error=TOO_LONG)
                elif line.strip():
                    yield Task(where, line=line.decode("utf-8", "surrogateescape"))
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Task(f"{path}, line {number + 1}", error="the gzip file is damaged from here on: get it again.")


def read_rows(path: str) -> Iterator[Task]:
    """The rows of a CSV file that has a column `text`, counted as spreadsheets count them."""
    csv.field_size_limit(MAX_BYTES)
    with open_bytes(path) as file:
        text = (line.decode("utf-8", "surrogateescape") for line in iter(lambda: file.readline(MAX_BYTES), b""))
        rows = csv.reader(text)
        header = [name.strip().casefold().removeprefix("\ufeff") for name in next(rows, [])]
        need_text(path, header)
        for number in range(2, 1 << 60):
            where = f"{path}, row {number}"
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Task(where, error=f"this is no row of a CSV file ({error}).")
                continue
            if len(cells) > len(header):
                yield Task(where, error=f"this has {len(cells)} cells, the header has {len(header)}: quote its commas.")
            elif cells:
                yield Task(where, line=to_line({k: v for k, v in zip(header, cells, strict=False) if v}))


def read_table(path: str) -> Iterator[Task]:
    """The rows of a Parquet file that has a column `text`, a few in memory at a time."""
    import pyarrow as pa  # here, for few ask for it
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            names = file.schema_arrow.names
            need_text(path, names)
            batches = file.iter_batches(128, columns=[name for name in names if name in FIELDS])
            rows = chain.from_iterable(batch.to_pylist() for batch in batches)
            for number, row in enumerate(rows, 1):
                yield Task(f"{path}, row {number}", line=to_line({k: v for k, v in row.items() if v is not None}))
    except pa.ArrowInvalid as error:
        raise ArticleError(f"{path} is no Parquet file that can be read ({error}).") from error


def read_addresses(path: str) -> Iterator[Task]:
    """The web addresses of a list, one a line."""
    for task in read_lines(path):
        yield task._replace(line="", source=task.line.strip())


READERS = {"jsonl": read_lines, "csv": read_rows, "parquet": read_table, "list": read_addresses}
READERS["file"] = lambda source: [Task(source, source=source)]


def need_text(path: str, names: list[str]) -> None:
    """Refuse a table in which no column is called text."""
    if "text" not in names:
        raise ArticleError(f"{path} has no column text, only {', '.join(names[:8])}: call the one of the stories so.")


def to_line(row: dict) -> str:
    """A row of a table as a line of JSONL; dates and other values as they are written."""
    return json.dumps({key: value for key, value in row.items() if key in FIELDS}, ensure_ascii=False, default=str)


def read_task(task: Task, date: str | None, keep_everything: bool, allow_private: bool) -> tuple[Article, dict]:
    """The article of a task, and the spans given with it."""
    how = {"date": date, "keep_everything": keep_everything}
    try:
        if task.error:
            raise ArticleError(task.error)
        if task.opened:
            return read_source(task.opened, **how), {}
        if task.source:
            return read_article(task.source, allow_private=allow_private, **how), {}
        return read_record(task.line, date)
    except ArticleError as error:
        where = task.where[:200]
        raise ArticleError(str(error) if where[:80] in str(error) else f"{where}: {error}") from error


def read_record(line: str, date: str | None) -> tuple[Article, dict]:
    """The article in a line of JSONL, and the spans given with it."""
    try:
        record = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise ArticleError(f"this is no JSON ({error}).") from error
    if not isinstance(record, dict):
        raise ArticleError("this is no JSON object: each line needs fields such as id and text.")
    named = {key: mend(record[key]) for key in ("id", "title", "source") if isinstance(record.get(key), str)}
    article = from_record(record | named | ({"date": date} if date else {}))
    return article, {
        key: given_spans(record, key, article.text) for key in ("places", "targets") if record.get(key) is not None
    }


def given_spans(record: dict, key: str, text: str) -> list[tuple[int, int]]:
    """The spans a JSONL line gives, each around some letter of its text."""
    if not isinstance(record[key], list):
        raise ArticleError(f'The field "{key}" is no list of [start, end] pairs.')
    for span in record[key]:
        is_pair = isinstance(span, list) and len(span) == 2 and all(type(number) is int for number in span)
        if not (is_pair and 0 <= span[0] < span[1] <= len(text) and text[slice(*span)].strip()):
            raise ArticleError(f'{span} in the field "{key}" is no [start, end] of a name in the text.')
    return [(start, end) for start, end in record[key]]


def open_task(task: Task) -> Task:
    """The task with the bytes of its file, so that whoever reads it needs no access to this disk."""
    if not task.source or "://" in task.source or is_folder(task.source):
        return task
    try:
        return task._replace(opened=load_source(task.source), source="")
    except ArticleError as error:
        return task._replace(error=str(error), source="")
