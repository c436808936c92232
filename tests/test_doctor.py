"""The doctor: all is well here, and each thing that can be wrong is named with what to do."""

import subprocess
import sys

import pytest

from helpers import doctor
from helpers.cli import main

ROOT = doctor.ROOT


def test_all_is_well_here(capsys):
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok ") for line in lines) and any("models read a sentence" in line for line in lines)


@pytest.fixture
def release(tmp_path, monkeypatch):
    """A folder with a data file as released, and one of the doctor's own lists."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cues.csv").write_text("word\n", "utf-8")
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(doctor, "CHECKSUMS", tmp_path / "data" / "checksums.csv")
    rows = [("path", "sha256"), *doctor.checksum_rows(["data/cues.csv"])]
    doctor.CHECKSUMS.write_text("".join(f"{a},{b}\n" for a, b in rows), "utf-8")
    (tmp_path / "requirements.lock").write_text("pandas==0.1 \\\n    --hash=sha256:0\nnosuch==1 \\\n", "utf-8")
    return tmp_path


def test_a_changed_and_a_missing_data_file_are_named(release):
    assert not any(finding.wrong for finding in doctor.check_data())
    (release / "data" / "cues.csv").write_text("other\n", "utf-8")
    (finding,) = [f for f in doctor.check_data() if f.wrong]
    assert finding.what == "data/cues.csv" and "sum_data.py" in finding.mend
    (release / "data" / "cues.csv").unlink()
    assert [f.wrong for f in doctor.check_data() if f.wrong] == ["is missing"]


def test_other_versions_than_the_lock_are_named(release):
    (finding,) = doctor.check_packages()
    assert "pandas" in finding.wrong and "not 0.1" in finding.wrong and "nosuch missing" in finding.wrong


def test_a_check_that_breaks_is_a_finding(release, monkeypatch):
    (release / "requirements.lock").unlink()
    (finding,) = doctor._guarded(doctor.check_packages)
    assert finding.what == "packages" and "FileNotFoundError" in finding.wrong and finding.mend


def test_the_lists_of_checksums_and_licences_are_of_this_release():
    for script in ("sum_data.py", "list_licences.py"):
        subprocess.run([sys.executable, ROOT / "scripts" / script, "--check"], check=True, cwd=ROOT)
