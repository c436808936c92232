"""A corpus: any number of articles, analysed on Dask into a dataset that a stopped run goes on with.

Only this process writes; workers keep nothing, so one that dies costs the partition it had at hand.
"""

import logging
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path

from helpers.batch import Say, Settings
from helpers.corrections import read_corrections
from helpers.dataset import (
    CorpusError,
    commit,
    forget_failures,
    hold,
    partitions,
    prepare,
    read_rows,
    write_manifest,
)  # fmt: skip
from helpers.partitions import Index, Item, analyse_part, describe, make_parts, read_part
from helpers.tasks import list_tasks
from helpers.workers import workers_context

LIMIT = 300  # seconds an article may take
ANSWER = 30  # seconds a scheduler has to answer
PATIENCE = 10  # seconds between two lines of progress


class Run:
    """One run on a cluster: partitions are read in order, linked, analysed, and written as they come."""

    def __init__(self, client, folder: Path, settings: Settings, limit: float, made_with: dict) -> None:
        self.client, self.folder, self.made_with = client, folder, made_with
        self.rest = {read_part: (settings, limit), analyse_part: (settings, limit, made_with)}
        self.limit = limit

    def submit(self, work: Callable, items: list[Item]):
        """A future of the work on these items; reading goes before analysing, so that there is always some to do."""
        return self.client.submit(work, items, *self.rest[work], pure=False, priority=10 * (work is read_part))

    def result(self, future, work: Callable, items: list[Item]):
        """What came of the work; where it kills its workers each item is tried alone and the guilty are set aside."""
        from distributed import KilledWorker

        for _ in range(3):
            try:
                return future.result()
            except KilledWorker:
                items = [self.try_alone(work, item) for item in items]
                future = self.submit(work, items)
        raise CorpusError("Workers die again and again, perhaps for want of memory: run with fewer --workers.")

    def try_alone(self, work: Callable, item: Item) -> Item:
        """The item, with the reason if no worker survives it."""
        from distributed import KilledWorker

        began = time.monotonic()
        try:
            if not item.error:
                self.submit(work, [item]).result()
        except KilledWorker:
            slow = self.limit and time.monotonic() - began > self.limit
            died = "the process that did it died, perhaps for want of memory"
            reason = f"it took longer than {self.limit:g} seconds" if slow else died
            return item._replace(error=f"{reason}: it was set aside.", packed=b"")
        return item

    def go(self, parts: Iterator[tuple[int, list[Item]]], index: Index) -> Iterator[tuple[int, list[dict]]]:
        """Work through the partitions, a few a worker under way; -> its size and failures, once it is durable."""
        from distributed import wait

        reading, running = deque(), {}
        while True:
            room = 4 * max(1, sum(self.client.nthreads().values())) - len(reading) - len(running)
            reading += [(n, items, self.submit(read_part, items)) for n, items in islice(parts, max(0, room))]
            if not reading and not running:
                return
            wait([*running, *(future for *_, future in reading)], return_when="FIRST_COMPLETED")
            while reading and reading[0][2].done():
                number, items, future = reading.popleft()
                items = [index.place(item) for item in self.result(future, read_part, items)]
                running[self.submit(analyse_part, items)] = number, items
            for future in [future for future in running if future.done()]:
                number, items = running.pop(future)
                files = self.result(future, analyse_part, items)
                commit(self.folder, number, files)
                yield len(items), read_rows(files["failures"])


@contextmanager
def connect(scheduler: str | None, workers: int | None, say: Say) -> Iterator:
    """A client of the scheduler at an address, else of a cluster of processes here; 0 workers: in this very process."""
    import dask
    from distributed import Client, LocalCluster

    if not scheduler and workers != 0:
        dask.config.set({"distributed.worker.multiprocessing-method": workers_context().get_start_method()})
    dask.config.set(
        {"distributed.scheduler.allowed-failures": 2, "distributed.admin.large-graph-warning-threshold": "1GB"}
    )
    dask.config.set({"distributed.worker.profile.enabled": False})  # it keeps an hour of call stacks, 300 MB of them
    board = "127.0.0.1:8787" if find_spec("bokeh") and workers != 0 else "127.0.0.1:0"  # no other machine can look in
    here = {"n_workers": dask.system.CPU_COUNT if workers is None else workers or 1, "threads_per_worker": 1}
    here |= {"processes": workers != 0, "memory_limit": "auto" if workers != 0 else 0, "silence_logs": logging.CRITICAL}
    here |= {"dashboard_address": board, "worker_dashboard_address": "127.0.0.1:0"}
    warnings.filterwarnings("ignore", message="Port .* is already in use", category=UserWarning)
    try:
        cluster = scheduler or LocalCluster(**here)
        client = Client(cluster, timeout=ANSWER)
        client.wait_for_workers(1, timeout=60)
    except (OSError, TimeoutError, ValueError) as error:
        mend = "start `dask scheduler` and `dask worker`, or leave out --scheduler"
        raise CorpusError(f"No Dask workers answer at {scheduler or 'this machine'} ({error}): {mend}.") from error
    try:
        board = f", watch them at {client.dashboard_link}" if find_spec("bokeh") else ""
        say(f"{len(client.nthreads())} workers{board}" if workers != 0 else "in this process")
        yield client
    except CancelledError as error:
        raise CorpusError("The Dask scheduler went away: start it and run the same command, which goes on.") from error
    finally:
        client.close()
        if not scheduler:
            cluster.close()


def write_corpus(
    sources: list[str],
    folder: Path,
    settings: Settings = Settings(),  # noqa: B008 (it cannot be changed)
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    limit: float = LIMIT,
    anew: bool = False,
    retry: bool = False,
    say: Say = print,
) -> Counter:
    """Bring the dataset in the folder up to date with the sources; -> how many were new, known and failed.

    With `anew` all begins from nothing, with `retry` what failed before is tried again. An article may take `limit`
    seconds, then it is set aside; in this very process (0 workers) it cannot be stopped.
    """
    settings = settings._replace(corrections=read_corrections(settings.corrections))
    with hold(folder):
        prepare(folder, made_with := describe(settings), anew)
        if retry:
            forget_failures(folder)
        total, counts, index = sum(1 for _ in list_tasks(sources)), Counter(new=0, known=0, failed=0), Index(folder)
        parts = make_parts(list_tasks(sources), index, partitions(folder), counts)
        if first := next(parts, None):
            with connect(scheduler, workers, say) as client:
                run = Run(client, folder, settings, limit if workers != 0 else 0, made_with)
                report(run.go(chain([first], parts), index), counts, total, say)
        counts.update(write_manifest(folder, made_with)["counts"])
    return counts


def report(finished: Iterator[tuple[int, list[dict]]], counts: Counter, total: int, say: Say) -> None:
    """Count what was finished; tell of each failure, of the rate and of the time left."""
    began = told = time.monotonic()
    for number, failures in finished:
        counts.update({"new": number, "failed": len(failures)})
        for row in failures:
            say(f"newsatlas: {row['origin']}: {row['reason']}")
        if (now := time.monotonic()) - told > PATIENCE:
            told, rate = now, counts["new"] / (now - began)
            left = max(0, total - counts["new"] - counts["known"]) / rate / 60
            say(f"{counts['new'] + counts['known']:,} of {total:,}, {rate:.1f} a second, {left:,.0f} minutes left")
