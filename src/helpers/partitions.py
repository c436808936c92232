"""Partitions: the input of a corpus cut into pieces, and what a worker does with one.

What a partition holds depends on the input alone, and no article knows of another, so the same input makes the same
bytes on any number of workers, in one go or many.
"""

import faulthandler
import hashlib
import os
import pickle
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

from helpers import __version__
from helpers.analysis import analyse, table_rows
from helpers.article import DATA, MAX_CHARACTERS, ArticleError
from helpers.batch import Settings, load
from helpers.dataset import TABLES, CorpusError, differences, read_columns, sha256_of, to_parquet
from helpers.gazetteer import path_in_use
from helpers.language import SURROGATE, mend, versions
from helpers.tasks import Task, open_task

LARGEST = 4_000_000  # bytes of input in a partition


class Item(NamedTuple):
    """One article on its way: a task, then read and packed, then known to be new, the same as another, or bad."""

    key: str
    task: Task
    article_id: str | None = None
    sha256: str | None = None
    packed: bytes = b""
    same_as: str | None = None
    error: str = ""


# --- what a worker does


def watch(seconds: float) -> None:
    """End this process in so many seconds, whatever it does then; 0 calls that off."""
    if seconds:
        faulthandler.dump_traceback_later(seconds, exit=True, file=_nowhere())
    else:
        faulthandler.cancel_dump_traceback_later()


@lru_cache(1)
def _nowhere():
    return Path(os.devnull).open("w")


def guard(work: Callable, item: Item, settings: Settings, limit: float) -> Item | dict:
    """What `work` makes of an item, within the limit; if it fails the item with the reason."""
    try:
        watch(limit)
        return item if item.error else work(item, settings)
    except ArticleError as error:
        return item._replace(error=str(error).removeprefix(f"{item.task.where}: "))
    except Exception as error:  # a fault of ours in one article must not end a run of thousands: it is listed
        return item._replace(error=f"a fault of News Atlas, {type(error).__name__} ({error}): please report it.")
    finally:
        watch(0)


def read_part(items: list[Item], settings: Settings, limit: float) -> list[Item]:
    """The items read, each with its id, the sha256 of its text and its article packed, or with what is wrong."""
    read = [guard(read_item, item, settings, limit) for item in items]
    return [item._replace(task=Task(item.task.where)) for item in read]  # the bytes have served


def read_item(item: Item, settings: Settings) -> Item:
    """The item with its article."""
    if SURROGATE.search(item.task.line):
        raise ArticleError("this is no UTF-8: save the file as UTF-8.")
    article, given = load(item.task, settings)
    if len(article.text) > MAX_CHARACTERS:
        raise ArticleError(f"this has more than {MAX_CHARACTERS:,} characters: give one story at a time.")
    return item._replace(article_id=mend(article.id), sha256=article.sha256, packed=pickle.dumps((article, given)))


def analyse_part(items: list[Item], settings: Settings, limit: float, made_with: dict) -> dict[str, bytes]:
    """The files of a partition; one article knows nothing of another."""
    if (here := describe(settings)) != made_with:
        here = differences(here, made_with)
        raise CorpusError(f"A worker has {here}: give all workers and this machine the same clone and packages.")
    rows: dict[str, list[dict]] = {table: [] for table in TABLES}
    for item in items:
        made = guard(analyse_item, item, settings, limit)
        for table, found in made.items() if isinstance(made, dict) else [("failures", [failure(made)])]:
            rows[table] += found
    return {table: to_parquet(table, found) for table, found in rows.items()}


def failure(item: Item) -> dict:
    """The row of an article that could not be done."""
    known = {"article_id": item.article_id, "sha256": item.sha256, "key": item.key}
    return known | {"origin": mend(item.task.where), "reason": mend(item.error)}


def analyse_item(item: Item, settings: Settings) -> dict[str, list[dict]]:
    """The rows of one article in every table; of one that repeats another's text only who it is."""
    article, given = pickle.loads(item.packed)
    about = {"article_id": item.article_id, "title": mend(article.title), "outlet": mend(article.outlet or "") or None}
    about |= {"date": article.date and article.date.value, "date_source": article.date and article.date.source}
    about |= {"language": article.language, "words": len(article.text.split()), "sha256": article.sha256}
    about |= {"same_as": item.same_as, "origin": mend(item.task.where), "key": item.key}
    if item.same_as is not None:
        return {"articles": [about]}
    analysis = analyse(article, settings.only, given, False, None, settings.sentiment, settings.corrections)
    tables = {"mentions": analysis.places, "entities": analysis.entities, "sentences": analysis.sentences}
    rows = {
        table: [row | {"article_id": item.article_id} for row in table_rows(found)] for table, found in tables.items()
    }
    return rows | {"articles": [about]}


def describe(settings: Settings) -> dict[str, str]:
    """What a result hangs on besides the text: settings, versions and data."""
    rows = [row._replace(line=0) for row in settings.corrections or ()]
    named = {"only": ",".join(settings.only), "date": settings.date or "", "sentiment": settings.sentiment}
    named |= {"keep_everything": str(settings.keep_everything)}
    named |= {"corrections": hashlib.sha256(repr(rows).encode()).hexdigest() if rows else ""}
    return named | {"news_atlas": __version__, **versions(), "data": data_digest()}


@lru_cache(1)
def data_digest() -> str:
    """One sha256 of all files that the analysis reads."""
    folders = [DATA / name for name in ("boundaries", "lexicons", "models", "nltk")]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    files += [path_in_use(), DATA / "gazetteer" / "supplement.csv"]
    sums = [f"{path.name} {sha256_of(path)}" for path in files]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()


# --- what is known already


class Index:
    """Keys, texts and ids met so far, in a temporary file of SQLite's own, so that memory does not grow with them."""

    def __init__(self, folder: Path) -> None:
        self.db = sqlite3.connect("", isolation_level=None)
        tables = {"met": "times", "done": "failed", "texts": "article_id", "ids": "sha256"}
        for name, value in tables.items():
            self.db.execute(f"CREATE TABLE {name}(key TEXT PRIMARY KEY, {value}) WITHOUT ROWID")
        self.db.execute("BEGIN")
        for table in ("articles", "failures"):
            columns = ["key", "article_id", "sha256", *(["same_as"] if table == "articles" else [])]
            for row in read_columns(folder, table, columns).itertuples():
                self.db.execute("INSERT OR REPLACE INTO done VALUES (?, ?)", (row.key, table == "failures"))
                if isinstance(row.sha256, str) and not isinstance(getattr(row, "same_as", None), str):
                    self._add(row.article_id, row.sha256)

    def _add(self, article_id: str, sha256: str) -> None:
        self.db.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (sha256, article_id))
        self.db.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", (article_id, sha256))

    def _get(self, table: str, key: str):
        return next((row[1] for row in self.db.execute(f"SELECT * FROM {table} WHERE key = ?", (key,))), None)

    def key_of(self, task: Task) -> str:
        """The sha256 of what a task holds, e.g. "c0ffee...", and "c0ffee...-2" where it is met a second time."""
        content = task.opened.data if task.opened else task.line or task.source or task.where + task.error
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        key = hashlib.sha256(data).hexdigest()[:32]
        more = "INSERT INTO met VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times"
        ((times,),) = self.db.execute(more, (key,)).fetchall()
        return key if times == 1 else f"{key}-{times}"

    def state(self, key: str) -> bool | None:
        """Whether a task failed when it was done; None for one that is still to do."""
        failed = self._get("done", key)
        return None if failed is None else bool(failed)

    def place(self, item: Item) -> Item:
        """The item, linked to an earlier one of the same text, or refused for its id; asked in the input's order."""
        if item.error:
            return item
        if (other := self._get("texts", item.sha256)) is not None:
            return item._replace(same_as=other, packed=item.packed)
        if self._get("ids", item.article_id) is not None:
            reason = f'the id "{item.article_id}" stands for another text already: give each article its own.'
            return item._replace(error=reason, article_id=None, sha256=None, packed=b"")
        self._add(item.article_id, item.sha256)
        return item


# --- cutting


def size_of(number: int) -> int:
    """How many articles a partition takes: few at first, for a small corpus to be shared out evenly, more later."""
    return min(32 << number // 64, 256)


def make_parts(tasks: Iterable[Task], index: Index, done: list[int], counts: Counter) -> Iterator[tuple[int, list]]:
    """(number, items) of the partitions still to do: what is not done yet, in order, cut by number and size alone."""
    taken, items, weight = set(done), [], 0
    free = (n for n in count() if n not in taken)
    number = next(free)
    for task in map(open_task, tasks):
        key = index.key_of(task)
        if (failed := index.state(key)) is not None:
            counts.update({"known": 1, "failed": failed})
            continue
        items.append(Item(key, task, error=task.error))
        weight += len(task.line) + len(task.opened.data if task.opened else "")
        if len(items) == size_of(number) or weight > LARGEST:
            yield number, items
            number, items, weight = next(free), [], 0
    if items:
        yield number, items
