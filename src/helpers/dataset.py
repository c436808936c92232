"""A dataset: a folder of five tables in Parquet files, one a partition, and a manifest; each file whole or absent.

A partition is written file by file, each under another name, made durable and renamed. Its file of `articles` comes
last, so the partition is done when that file is there, and everything of it is whole before it is.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pyproj
import shapely

from helpers.analysis import PLACE_COLUMNS

SPAN = ["article_id", "start", "end", "text", "sentence_id"]
TABLES = {
    "mentions": [*PLACE_COLUMNS, "sentiment", "speaker", "geometry"],
    "entities": [*SPAN, "type", "subtype", "entity_id", "name", "corrected", "speaker", "sentiment"],
    "sentences": ["article_id", "sentence_id", "start", "end", "text", "paragraph", "sentiment", "label", "speaker"],
    "failures": ["origin", "reason", "article_id", "sha256", "key"],
    "articles": [
        *("article_id", "title", "outlet", "date", "date_source", "language"),
        *("words", "sha256", "same_as", "origin", "key"),
    ],
}
INTEGERS = ("start", "end", "sentence_id", "geonames_id", "where_prec", "paragraph", "words")
TYPES = dict.fromkeys(INTEGERS, pa.int64()) | dict.fromkeys(("lat", "lon", "confidence", "sentiment"), pa.float64())
TYPES |= {"corrected": pa.bool_(), "geometry": pa.binary()}


class CorpusError(ValueError):
    """Why a corpus cannot be made or read: one sentence for the reader."""


class ChangedError(CorpusError):
    """The folder was made with other settings, versions or data."""


# --- a file


def to_parquet(name: str, rows: list[dict]) -> bytes:
    """The rows of a table as a Parquet file, with types that do not hang on the rows; mentions as GeoParquet."""
    if name == "mentions":
        rows = [row | {"alternatives": json.dumps(row["alternatives"], ensure_ascii=False)} for row in rows]
        rows = [row | {"geometry": _point(row)} for row in rows]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema_of(name)), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _point(row: dict) -> bytes | None:
    """A mention's point as WKB; None for a people, which is never a pin, and for what has no coordinates."""
    is_drawn = row["lat"] is not None and row["role"] != "demonym"
    return shapely.to_wkb(shapely.Point(row["lon"], row["lat"])) if is_drawn else None


@lru_cache
def schema_of(name: str) -> pa.Schema:
    """The types of a table; of mentions with what makes it GeoParquet 1.1."""
    points = {"encoding": "WKB", "geometry_types": ["Point"], "crs": pyproj.CRS(4326).to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": points}}
    fields = [(column, TYPES.get(column, pa.string())) for column in TABLES[name]]
    return pa.schema(fields, metadata={"geo": json.dumps(geo)} if name == "mentions" else None)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, even if the machine stops at any moment."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        if os.name == "posix":  # the name must last as well as the bytes
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    except OSError as error:
        part.unlink(missing_ok=True)
        message = f"{path} cannot be written ({error.strerror}): mend that and run the same command again, "
        raise CorpusError(message + "which goes on where it stopped.") from error


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- the folder


def file_of(folder: Path, table: str, number: int) -> Path:
    """Where a table's rows of a partition lie, e.g. mentions/part-00012.parquet."""
    return folder / table / f"part-{number:05}.parquet"


def commit(folder: Path, number: int, files: dict[str, bytes]) -> None:
    """Write a partition; its articles, which make it count, last."""
    for table in TABLES:
        write_durably(file_of(folder, table, number), files[table])


def partitions(folder: Path) -> list[int]:
    """The numbers of the partitions that are done and have all their files."""
    numbers = [int(path.stem[5:]) for path in sorted((folder / "articles").glob("part-*.parquet"))]
    return [n for n in numbers if all(file_of(folder, table, n).exists() for table in TABLES)]


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep other runs out of the folder; the lock goes when this process does, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(folder / ".lock", timeout=0, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    except (OSError, sqlite3.OperationalError) as error:
        busy = "locked" in str(error)
        why = "another run is writing to it: wait for it" if busy else "it cannot be written: give another with -o"
        raise CorpusError(f"The folder {folder} cannot be used, {why}.") from error
    try:
        yield
    finally:
        lock.close()


def prepare(folder: Path, made_with: dict, anew: bool) -> None:
    """Make the folder ready to go on in; refuse one of other settings, versions or contents, unless all begins anew."""
    manifest = read_manifest(folder)
    if not manifest and any(not path.name.startswith(".") for path in folder.iterdir()):
        raise CorpusError(f"{folder} holds other files: give a new folder with -o.")
    if manifest and manifest["made_with"] != made_with and not anew:
        changed = differences(manifest["made_with"], made_with)
        raise ChangedError(f"{folder} was made with {changed}: give another folder, or begin it anew with --anew.")
    if not manifest or anew or manifest["complete"]:
        write_durably(folder / "manifest.json", _json({"complete": False, "made_with": made_with}))
    for table in TABLES:
        (folder / table).mkdir(exist_ok=True)
    done = set() if anew else set(partitions(folder))
    for table in reversed(TABLES):  # the file that makes a partition count goes first
        for path in (folder / table).glob("*part*"):
            if path.suffix == ".part" or int(path.stem[5:]) not in done:
                path.unlink()


def read_manifest(folder: Path) -> dict | None:
    """What the folder's manifest says, None where there is none."""
    path = Path(folder) / "manifest.json"
    try:
        return json.loads(path.read_bytes()) if path.exists() else None
    except ValueError as error:
        raise CorpusError(f"{path} is damaged ({error}): begin the folder anew elsewhere.") from error


def write_manifest(folder: Path, made_with: dict) -> dict:
    """Settings, versions, counts and the checksum of every file; no time, so that equal datasets have equal ones."""
    numbers = partitions(folder)
    files = [file_of(folder, table, number) for table in TABLES for number in numbers]
    counts = {table: sum(pq.read_metadata(file_of(folder, table, n)).num_rows for n in numbers) for table in TABLES}
    links = int(read_columns(folder, "articles", ["same_as"]).same_as.notna().sum())
    counts = {"articles": counts.pop("articles") - links, "repeated": links, **counts}
    sums = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
    manifest = {"complete": True, "made_with": made_with, "counts": counts, "partitions": len(numbers), "sha256": sums}
    write_durably(folder / "manifest.json", _json(manifest))
    return manifest


def _json(value: dict) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()


def differences(one: dict, other: dict) -> str:
    """What the first has and the second has not, e.g. 'sentiment "vader", not "model"'."""
    keys = [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
    brief = [(key, *(json.dumps(side.get(key))[:30] for side in (one, other))) for key in keys]
    return ", ".join(f"{key} {mine}, not {theirs}" for key, mine, theirs in brief)


def forget_failures(folder: Path) -> None:
    """Empty the lists of failures, so that what failed counts as still to do."""
    for number in partitions(folder):
        path = file_of(folder, "failures", number)
        if pq.read_metadata(path).num_rows:
            write_durably(path, to_parquet("failures", []))


def read_rows(data: bytes) -> list[dict]:
    """The rows of a Parquet file."""
    return pq.read_table(pa.BufferReader(data)).to_pylist()


def read_columns(folder: Path, table: str, columns: list[str]) -> pd.DataFrame:
    """These columns of a table of the dataset."""
    return ds.dataset(Path(folder) / table, schema=schema_of(table)).to_table(columns=columns).to_pandas()
