"""Worker processes share the work and never outlive the run."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

NEWSATLAS = Path(sys.executable).with_name("newsatlas")


def wait_until(holds, seconds: float = 60) -> bool:
    ends = time.monotonic() + seconds
    while not holds() and time.monotonic() < ends:
        time.sleep(0.1)
    return bool(holds())


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT])
def test_no_process_is_left_behind_by_a_run_that_ends_early(tmp_path, signal_number):
    line = json.dumps({"text": "Traders left Quetta for Kandahar on Monday. " * 200})
    (tmp_path / "many.jsonl").write_text(f"{line}\n" * 5000)
    command = [NEWSATLAS, "analyse", "many.jsonl", "-o", "places.jsonl", "--workers", "2"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, start_new_session=True) as run:
        family = [psutil.Process(run.pid)]

        def has_begun() -> bool:
            family[1:] = family[0].children(recursive=True)
            return sum("forkserver" in " ".join(p.cmdline()) for p in family) > 2 or len(family) > 4

        assert wait_until(has_begun)
        os.kill(run.pid, signal_number)
        run.communicate(timeout=60)
    assert wait_until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family), 20)
    assert not (tmp_path / "places.jsonl").exists()
