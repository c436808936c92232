"""Worker processes: where the system can fork safely they share what one process has loaded, else each loads all."""

import os
import signal
import sys
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.context import BaseContext
from threading import Thread


def workers_context() -> BaseContext:
    """How worker processes are started; the first call begins to load for them, beside whatever the caller does."""
    if sys.platform != "linux":
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["helpers.loaded"])
    forkserver.ensure_running()
    return context


def begin_work() -> None:
    """What a worker does first: it leaves Ctrl-C to the process that started it, and ends when that one does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent_process().join()
    os._exit(1)  # nobody is left to tell
