"""Many articles: where they come from, several processes at once, and one file of results."""

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyogrio

from helpers.analysis import PARTS, PLACE_COLUMNS, analyse, neutralise, to_record
from helpers.article import Article, ArticleError
from helpers.boundaries import shape_of
from helpers.corrections import Correction
from helpers.fixes import warn_stale
from helpers.language import parse_many
from helpers.sources import list_sources
from helpers.tasks import Task, list_tasks, read_task
from helpers.workers import begin_work, workers_context

__all__ = ["Settings", "Task", "analyse_many", "list_sources", "list_tasks", "load", "run_chunk", "write_all"]

CHUNK = 8  # articles a worker takes at once
LINE_ENDS = str.maketrans(
    {end: f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
)  # JSON allows them, line readers trip
Say = Callable[[str], None]


class OutputError(ValueError):
    """What cannot be written, where, and what to do: one sentence for the reader."""


class Settings(NamedTuple):
    """What the command line asks for, the same for every article."""

    only: tuple[str, ...] = PARTS
    date: str | None = None
    keep_everything: bool = False
    allow_private: bool = False
    sentiment: str = "model"
    corrections: tuple[Correction, ...] | str | None = None  # a file, its rows, or None for data/corrections.csv


class Outcome(NamedTuple):
    """The record of an article, or the sentence that says why there is none."""

    record: dict | None = None
    error: str = ""
    note: str = ""  # what a person should know of it


def load(task: Task, settings: Settings) -> tuple[Article, dict]:
    """The article of a task as the settings want it read, and the spans given with it."""
    return read_task(task, settings.date, settings.keep_everything, settings.allow_private)


def run_chunk(tasks: list[Task], settings: Settings) -> list[Outcome]:
    """Analyse a few articles; one that fails gets its sentence and the others go on."""
    loaded: list[tuple[Article, dict] | Outcome] = []
    for task in tasks:
        try:
            loaded.append(load(task, settings))
        except ArticleError as error:
            loaded.append(Outcome(error=str(error)))
    parsed = parse_many(item[0] for item in loaded if not isinstance(item, Outcome))
    return [
        item if isinstance(item, Outcome) else _outcome(task, *item, next(parsed), settings)
        for task, item in zip(tasks, loaded, strict=True)
    ]


def _outcome(task: Task, article: Article, given: dict, parsed, settings: Settings) -> Outcome:
    how = (settings.sentiment, settings.corrections)
    try:
        analysis = analyse(article, settings.only, given, False, parsed, *how)
        stale = warn_stale(analysis.corrections)
        return Outcome(to_record(analysis), note=f"{task.where}: {stale}." if stale else "")
    except Exception as error:  # a fault of ours in one article must not end a run of thousands: it is said and counted
        return Outcome(
            error=f"{task.where}: this could not be analysed ({type(error).__name__}: {error}); please report it."
        )


def analyse_many(tasks: Iterable[Task], settings: Settings, workers: int = 1) -> Iterator[Outcome]:
    """Outcomes in the order of the tasks, by one process or several."""
    tasks = iter(tasks)
    chunks = iter(lambda: list(islice(tasks, CHUNK)), [])
    run = partial(run_chunk, settings=settings)
    if workers == 1:
        for chunk in chunks:
            yield from run(chunk)
        return
    with ProcessPoolExecutor(workers, workers_context(), begin_work) as pool:
        try:
            waiting = deque(pool.submit(run, chunk) for chunk in islice(chunks, 4 * workers))
            while waiting:
                yield from waiting.popleft().result()
                waiting.extend(pool.submit(run, chunk) for chunk in islice(chunks, 1))
        except BrokenProcessPool as error:
            raise OutputError(
                "A worker process died, perhaps for want of memory: run again with fewer --workers."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside the path, then move it there: nobody ever sees half of it.

    If `write` leaves no file, whatever was at the path stays.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder: name a file to write.")
    part = path.with_name(f".{os.getpid()}.part.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()  # tells now, not after hours, that it cannot be written
        part.unlink()
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}): give another place with -o.") from error
    try:
        write(part)
        if part.exists():
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_jsonl(outcomes: Iterable[Outcome], path: Path) -> None:
    """A line a record; what UTF-8 cannot hold (half a surrogate pair) and odd line ends are escaped as JSON does."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        for outcome in outcomes:
            file.write(json.dumps(outcome.record, ensure_ascii=False, allow_nan=False).translate(LINE_ENDS) + "\n")


def _table(outcomes: Iterable[Outcome]) -> gpd.GeoDataFrame:
    """The places of all articles, a row a mention, with its point (none for demonyms) and its article's date."""
    rows = [row | {"date": outcome.record["date"]} for outcome in outcomes for row in outcome.record["places"]]
    table = pd.DataFrame(rows, columns=[*PLACE_COLUMNS, "date"])
    table = table.astype({"geonames_id": "Int64", "where_prec": "Int64", "lat": float, "lon": float, "corrected": bool})
    table["alternatives"] = [json.dumps(cell, ensure_ascii=False) for cell in table.alternatives]
    points = gpd.GeoSeries(gpd.points_from_xy(table.lon, table.lat), crs=4326)
    return gpd.GeoDataFrame(table, geometry=points.where(table.lat.notna() & table.role.ne("demonym")))


def _write_layers(table: gpd.GeoDataFrame, path: Path) -> None:
    """A GeoPackage: `points` (a row a mention at a spot), `areas` (a row a place, outlined), `mentions` (every row)."""
    near = table.where_prec.le(3).fillna(False)
    layers = {"points": table[near & table.geometry.notna()].drop(columns="date"), "areas": _areas(table[~near])}
    for layer, rows in layers.items():
        rows.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    mentions = pd.DataFrame(table.drop(columns=["geometry", "date"]))
    pyogrio.write_dataframe(mentions, path, layer="mentions", driver="GPKG")


def _areas(mentions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The provinces, countries, regions and lines that are named, each as it was on the articles' date."""
    keys = mentions.assign(date=mentions.date.fillna("")).groupby(["place_id", "date"], as_index=False)
    areas = keys.agg(
        name=("name", "first"), feature=("feature", "first"), country=("country", "first"), mentions=("text", "size")
    )
    shapes = [shape_of(place_id, date or None) for place_id, date in zip(areas.place_id, areas.date, strict=True)]
    return gpd.GeoDataFrame(areas, geometry=gpd.GeoSeries(shapes, crs=4326)).dropna(subset="geometry")


def _rows(outcomes: Iterable[Outcome]) -> gpd.GeoDataFrame:
    return _table(outcomes).drop(columns="date")


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """The places without their shapes; no cell is a formula to a spreadsheet."""
    texts = table.select_dtypes(["object", "string"])
    table.assign(**{name: texts[name].map(neutralise) for name in texts}).to_csv(path, index=False)


WRITERS: dict[str, Callable[[Iterable[Outcome], Path], object]] = {
    ".jsonl": _write_jsonl,
    ".csv": lambda outcomes, path: _write_csv(_rows(outcomes).drop(columns="geometry"), path),
    ".geojson": lambda outcomes, path: _rows(outcomes).to_file(path, driver="GeoJSON", engine="pyogrio"),
    ".gpkg": lambda outcomes, path: _write_layers(_table(outcomes), path),
    ".parquet": lambda outcomes, path: _rows(outcomes).to_parquet(path),
}


def write_all(tasks: Iterable[Task], output: Path, settings: Settings, workers: int, say: Say) -> tuple[int, int]:
    """Analyse every task into one file; -> how many were done, how many failed. Each failure is said with its place.

    Where all failed nothing is written.
    """
    if output.suffix not in WRITERS:
        raise OutputError(f"{output} ends in none of {', '.join(WRITERS)}: the ending says what to write.")
    counts, began = {"done": 0, "failed": 0}, time.monotonic()

    def good() -> Iterator[Outcome]:
        for outcome in analyse_many(tasks, settings, workers):
            if outcome.record is None:
                counts["failed"] += 1
                say(f"newsatlas: {outcome.error}")
                continue
            counts["done"] += 1
            if outcome.note:
                say(f"newsatlas: {outcome.note}")
            if counts["done"] % 50 == 0:
                say(f"{counts['done']} articles, {counts['done'] / (time.monotonic() - began):.1f} a second")
            yield outcome

    def write(part: Path) -> None:
        WRITERS[output.suffix](good(), part)
        if counts["failed"] and not counts["done"]:
            part.unlink()

    write_atomically(output, write)
    return counts["done"], counts["failed"]
