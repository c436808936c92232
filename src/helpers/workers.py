"""Worker processes: where the system can fork safely they share what one process has loaded, else each loads all."""

import sys
from multiprocessing import forkserver, get_context
from multiprocessing.context import BaseContext


def workers_context() -> BaseContext:
    """How worker processes are started; the first call begins to load for them, beside whatever the caller does."""
    if sys.platform != "linux":
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["helpers.loaded"])
    forkserver.ensure_running()
    return context
