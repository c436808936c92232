"""The command line as people and programs call it: a process, its files, its words and its exit status."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from reading import ROOT, SAMPLE

from helpers import batch, cli

TEXT = "Afghans left Kabul for Nangarhar province in the spring. Islamabad fears more."


def newsatlas(*arguments: str | Path, feed: str = "", folder: Path = ROOT) -> subprocess.CompletedProcess:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "helpers.cli", *map(str, arguments)]
    return subprocess.run(command, input=feed, capture_output=True, text=True, cwd=folder, encoding="utf-8")


def call(capsys: pytest.CaptureFixture, *arguments: str | Path) -> tuple[int, str, str]:
    """Run the command in this process: exit status, standard output, standard error."""
    try:
        status = cli.main([str(argument) for argument in arguments])
    except SystemExit as stop:
        status = stop.code
    return status, *capsys.readouterr()


def test_every_command_explains_itself(capsys):
    for command in (
        [],
        ["report"],
        ["analyse"],
        ["gazetteer"],
        ["gazetteer", "search"],
        ["gazetteer", "info"],
        ["evaluate"],
    ):
        status, out, _ = call(capsys, *command, "--help")
        assert status == 0
        assert out.startswith("usage: newsatlas")
    assert "examples:" in call(capsys, "--help")[1]
    assert call(capsys, "--version")[1].startswith("News Atlas ")


def test_the_help_tells_the_formats_and_parts_there_are():
    assert tuple(batch.WRITERS) == cli.FORMATS
    assert batch.PARTS == cli.PARTS


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "COMMAND"),
        (["draw"], "draw"),
        (["analyse"], "SOURCE"),
        (["analyse", SAMPLE], "--output"),
        (["analyse", SAMPLE, "-o", "a.jsonl", "--only", "people"], "people"),
        (["analyse", SAMPLE, "-o", "a.jsonl", "--workers", "0"], "whole number"),
        (["analyse", SAMPLE, "-o", "a.jsonl", "--workers", "²"], "whole number"),
        (["analyse", SAMPLE, "-o", "a.jsonl", "--date", "last week"], "last week"),
        (["analyse", SAMPLE, "-o", "a.jsonl", "--date", "2016-13"], "2016-13"),
        (["analyse", SAMPLE, "-o", "a.xlsx"], ".jsonl"),
        (["analyse", SAMPLE, "-o", "a"], ".jsonl"),
        (["analyse", SAMPLE, "-o", SAMPLE / "a.csv"], "cannot be written"),
        (["report", SAMPLE, "--date", "soon"], "soon"),
    ],
)
def test_unusable_arguments_are_status_2_and_one_sentence(capsys, arguments, word):
    status, out, errors = call(capsys, *arguments)
    assert (status, out) == (2, "")
    assert word in errors.splitlines()[-1]
    assert "Traceback" not in errors


def test_a_folder_without_articles_is_unusable(capsys, tmp_path):
    status, _, errors = call(capsys, "analyse", tmp_path, "-o", tmp_path / "out.csv")
    assert status == 2
    assert errors.count("\n") == 1


def test_the_gazetteer_answers_and_says_what_it_does_not_know(capsys):
    status, out, _ = call(capsys, "gazetteer", "search", "Khost", "--limit", "3")
    assert status == 0
    assert len(out.splitlines()) == 4
    assert "Khost" in out and "AF" in out
    assert call(capsys, "gazetteer", "search", "Dera", "Ismail", "Khan")[1].count("Dera Ismail Khan")
    status, out, errors = call(capsys, "gazetteer", "search", "Xqzzwv")
    assert (status, out) == (1, "")
    assert "Xqzzwv" in errors
    assert "places" in call(capsys, "gazetteer", "info")[1]


def test_a_run_over_files_folders_lines_and_standard_input(tmp_path):
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "story.txt").write_text(f"Spring in the hills\n\n{TEXT}\n")
    lines = [
        {"id": "a", "text": TEXT, "title": "Kunduz"},
        {"id": "a", "text": TEXT, "places": [[13, 18]], "targets": [[0, 7]]},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(["broken", *map(json.dumps, lines)]))
    sources = ["in.jsonl", "stories", "-", "missing.txt"]
    done = newsatlas("analyse", *sources, "-o", "out.jsonl", "--date", "2016-04", feed=TEXT, folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert "in.jsonl, line 1" in done.stderr and "missing.txt" in done.stderr
    assert "4 articles written to out.jsonl, 2 failed" in done.stderr
    assert "a second)" in done.stderr
    assert "Traceback" not in done.stderr
    first, second, story, fed = map(json.loads, (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    assert first["id"] == second["id"] == "a"
    assert {p["text"]: p["role"] for p in first["places"]} == {
        "Afghans": "demonym",
        "Kabul": "literal",
        "Nangarhar": "literal",
        "Islamabad": "metonym",
    }
    assert [p["text"] for p in second["places"]] == ["Kabul"]
    assert [t["label"] for t in second["targets"]] in (["negative"], ["neutral"], ["positive"])
    assert story["title"] == "Spring in the hills"
    assert [p["text"] for p in fed["places"]] == [p["text"] for p in first["places"]]
    assert {line["date"] for line in (first, second, story, fed)} == {"2016-04"}


def test_all_done_is_status_0_and_only_what_is_asked_for(tmp_path):
    done = newsatlas("analyse", SAMPLE, "-o", tmp_path / "out.jsonl", "--only", "places", "--workers", "2")
    assert done.returncode == 0, done.stderr
    line = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert len(line["places"]) > 25 and line["entities"] == []


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "kill"])
def test_a_run_that_is_stopped_leaves_no_half_written_file(tmp_path, stop):
    record = json.dumps({"id": "1", "text": f"{TEXT} " * 5})
    (tmp_path / "in.jsonl").write_text(f"{record}\n" * 3000)
    (tmp_path / "out.jsonl").write_text("of last week")
    command = [sys.executable, "-m", "helpers.cli", "analyse", "in.jsonl", "-o", "out.jsonl", "--only", "places"]
    workers = ["--workers", "2"] if stop == signal.SIGINT else []
    run = subprocess.Popen(
        [*command, *workers], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert "articles" in run.stderr.readline()  # the first fifty are done
    os.killpg(run.pid, stop) if workers else run.send_signal(stop)
    errors = run.communicate()[1]
    assert run.returncode == 130
    assert "stopped" in errors and "Traceback" not in errors
    assert (tmp_path / "out.jsonl").read_text() == "of last week"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_reader_who_has_seen_enough_is_no_error():
    command = f"{sys.executable} -m helpers.cli gazetteer search San --limit 5000 | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stderr == ""
    assert "place_id" in done.stdout


def test_help_does_not_wait_for_the_model():
    heavy = "('pandas', 'spacy', 'nltk', 'geopandas')"
    code = f"import sys, helpers.cli; helpers.cli._parser(); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
