"""Corpora: what goes in, what comes out, and that nothing is lost, whatever stops a run."""

import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import psutil
import pytest
from reading import ROOT, sentences
from test_data import documented_table

from helpers import compare, corpus, coverage, dataset, partitions
from helpers.batch import Settings
from helpers.corpus import write_corpus
from helpers.dataset import TABLES, CorpusError, read_columns, read_manifest
from helpers.report import write_comparison
from helpers.tasks import list_tasks

sys.path.insert(0, str(ROOT / "scripts"))
from generate_corpus import OUTLETS, write_story

PLACES = Settings(only=("places",), corrections=())
GOOD = {"text": "Afghans left Kabul for Nangarhar province in the spring. Islamabad fears more.", "date": "2016-04"}


def write_lines(path: Path, *records: dict | bytes) -> str:
    """A .jsonl of these records; bytes are a line as it is."""
    path.write_bytes(b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in records))
    return str(path)


def stories(number: int) -> list[dict]:
    """Short articles, each with another text."""
    told = list(sentences(number + 1))
    return [{"id": f"s{i}", "text": " ".join(told[i : i + 2]), "source": f"outlet {i % 3}"} for i in range(number)]


def run(sources: list, folder: Path, settings: Settings = PLACES, **options) -> Counter:
    """Make or go on with a corpus in this very process."""
    options = {"workers": 0, "say": lambda line: None} | options
    return write_corpus([str(source) for source in sources], folder, settings, **options)


def command(*arguments: object, **options) -> subprocess.Popen:
    """The command line as a process of its own, in a session of its own."""
    line = [sys.executable, "-m", "helpers.cli", "corpus", *map(str, arguments)]
    return subprocess.Popen(line, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=ROOT, **options)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the articles that are analysed, in passing: a table of one sentence each, for speed."""
    ids: list[str] = []

    def pass_by(article, *_: object) -> SimpleNamespace:
        ids.append(article.id)
        sentence = pd.DataFrame({"sentence_id": [0], "start": [0], "end": [len(article.text)], "text": [article.text]})
        return SimpleNamespace(places=pd.DataFrame(), entities=pd.DataFrame(), sentences=sentence)

    monkeypatch.setattr(partitions, "analyse", pass_by)
    return ids


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


@pytest.fixture
def many(tmp_path: Path) -> str:
    """Seventy short stories: three partitions."""
    return write_lines(tmp_path / "many.jsonl", *stories(70))


# --- what goes in


def test_every_kind_of_input_gives_the_same_articles(tmp_path):
    records = [
        {"id": "a", "text": 'Rain in Kabul,\n"all day".', "title": "Rain"},
        {"id": "b", "text": "Lahore is dry."},
    ]
    plain = write_lines(tmp_path / "in.jsonl", *records)
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(Path(plain).read_bytes()))
    table = pd.DataFrame(records)
    table.to_csv(tmp_path / "in.csv", index=False)
    table.to_parquet(tmp_path / "in.parquet")
    (tmp_path / "stories").mkdir()
    Path(plain).rename(tmp_path / "stories" / "in.jsonl")
    sources = ["in.jsonl.gz", "in.csv", "in.parquet", "stories", "sto*/*.jsonl"]
    for source in sources:
        tasks = list(list_tasks([str(tmp_path / source)]))
        assert [json.loads(task.line) for task in tasks] == records, source
        assert "in." in tasks[0].where and ("1" in tasks[0].where or "2" in tasks[0].where)


def test_a_text_of_addresses_is_a_list_of_articles(tmp_path):
    (tmp_path / "list.txt").write_text("https://example.org/a\n\nhttp://example.org/b?c=1\n")
    assert [task.source for task in list_tasks([str(tmp_path / "list.txt")])] == [
        "https://example.org/a",
        "http://example.org/b?c=1",
    ]


def test_a_table_without_stories_is_one_sentence(tmp_path):
    (tmp_path / "in.csv").write_text("id,body\n1,Rain.\n")
    (tmp_path / "in.parquet").write_text("no Parquet")
    for name in ("in.csv", "in.parquet"):
        with pytest.raises(ValueError, match=name):
            run([tmp_path / name], tmp_path / "out")


def test_bad_rows_are_listed_with_line_and_reason_and_the_good_ones_done(tmp_path, seen):
    good = [record | {"id": f"g{i}"} for i, record in enumerate(stories(40))]
    bad = {
        b"{broken": "JSON",
        b'{"id": "n"}': "no text",
        b'{"text": 7}': "no text",
        b'{"text": "Rain.", "date": {"day": 3}}': "date",
        b'{"text": "Rain fell in Qu\xe9tta"}': "UTF-8",
        b'{"text": "' + b"long " * 10_000_000 + b'"}': "20 MB",
        b'{"id": "g1", "text": "Another text of the same id."}': '"g1"',
    }
    lines = [json.dumps(record).encode() for record in good]
    for place, line in zip(range(3, 40, 5), bad, strict=False):
        lines.insert(place, line)
    source = write_lines(tmp_path / "in.jsonl", *lines)
    counts = run([source], tmp_path / "out")
    failures = read_columns(tmp_path / "out", "failures", ["origin", "reason"])
    assert (counts["articles"], counts["failed"], len(failures)) == (40, len(bad), len(bad))
    for line, reason in bad.items():
        (found,) = failures.reason[failures.origin == f"{source}, line {lines.index(line) + 1}"]
        assert reason in found and "\n" not in found
    assert run([source], tmp_path / "out")["failed"] == len(bad)  # a second run has not forgotten them


def test_rows_of_a_spreadsheet_that_are_no_rows_are_listed(tmp_path):
    (tmp_path / "in.csv").write_bytes(b'id,text\n1,Rain in Kabul.\n2,Rain, hail\n\n3,Qu\xe9tta\n4,"Lahore\nis dry."\n')
    counts = run([tmp_path / "in.csv"], tmp_path / "out")
    failures = read_columns(tmp_path / "out", "failures", ["origin", "reason"])
    assert (counts["articles"], counts["failed"]) == (2, 2)
    assert [where.rpartition(", ")[2] for where in failures.origin] == ["row 3", "row 5"]


def test_a_gzip_file_that_breaks_off_gives_what_it_holds(tmp_path):
    whole = gzip.compress("".join(json.dumps(s) + "\n" for s in stories(300)).encode())
    (tmp_path / "in.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    tasks = list(list_tasks([str(tmp_path / "in.jsonl.gz")]))
    assert len(tasks) > 50 and "damaged" in tasks[-1].error and not any(task.error for task in tasks[:-1])


# --- what comes out


def test_the_tables_open_in_the_usual_tools_and_have_the_documented_columns(tmp_path):
    folder = tmp_path / "out"
    source = write_lines(tmp_path / "in.jsonl", GOOD | {"id": "a"}, {"text": "Nothing happened."})
    run([source, ROOT / "data" / "articles"], folder, Settings(corrections=()))
    mentions = gpd.read_parquet(folder / "mentions")
    assert mentions.crs.to_epsg() == 4326
    assert mentions.geometry[mentions.role == "demonym"].isna().all() and mentions.geometry.notna().any()
    for table in ("entities", "sentences", "articles", "failures"):
        assert pd.read_parquet(folder / table).columns.tolist() == TABLES[table]
    assert set(documented_table("places")) <= set(TABLES["mentions"])
    for table in ("articles", "failures"):
        assert set(documented_table(f"{table} of a corpus")) == set(TABLES[table])
    for table in ("entities", "sentences"):
        assert set(documented_table(table)) | {"article_id"} == set(TABLES[table])
    first = mentions[mentions.article_id == "a"]
    assert [GOOD["text"][s:e] for s, e in zip(first.start, first.end, strict=True)] == first.text.tolist()
    articles = pd.read_parquet(folder / "articles")
    assert {"a", "04ede9cf7f3d"} <= set(articles.article_id) and len(articles) == 6
    assert read_manifest(folder)["counts"]["articles"] == 6


def test_articles_of_one_text_are_analysed_once_and_linked(tmp_path, seen):
    (tmp_path / "copy.txt").write_text("Rain in Kabul.\n\nIt rained all day in Kabul.")
    (tmp_path / "copy.md").write_text("# Rain in Kabul.\n\nIt rained all day in Kabul.")
    records = [GOOD | {"id": name, "source": f"outlet {name}"} for name in "abc"] + [GOOD | {"id": "a"}]
    lines = write_lines(tmp_path / "in.jsonl", *records)
    counts = run([lines, tmp_path / "copy.txt", tmp_path / "copy.md"], tmp_path / "out")
    articles = read_columns(tmp_path / "out", "articles", ["article_id", "same_as", "outlet"])
    assert len(seen) == 2 and (counts["articles"], counts["repeated"], counts["failed"]) == (2, 4, 0)
    assert articles.same_as.fillna("").tolist()[:4] == ["", "a", "a", "a"]
    assert articles.outlet.tolist()[:3] == ["outlet a", "outlet b", "outlet c"]


# --- going on


def test_new_articles_are_added_and_the_others_left_alone(tmp_path, seen, many):
    folder = tmp_path / "out"
    run([many], folder)
    before = files_of(folder)
    write_lines(tmp_path / "more.jsonl", *stories(75))  # the same seventy and five more
    seen.clear()
    counts = run([tmp_path / "more.jsonl"], folder)
    assert (counts["known"], counts["new"], counts["articles"], len(seen)) == (70, 5, 75, 5)
    after = files_of(folder)
    assert all(after[name] == data for name, data in before.items() if name.endswith(".parquet"))


def test_other_settings_are_noticed_and_said(tmp_path, seen, many):
    folder = tmp_path / "out"
    run([many], folder)
    before = files_of(folder)
    with pytest.raises(CorpusError, match=r'date "", not "2019".*--anew'):
        run([many], folder, PLACES._replace(date="2019"))
    assert files_of(folder) == before
    run([many], folder, PLACES._replace(date="2019"), anew=True)
    assert set(read_columns(folder, "articles", ["date"]).date) == {"2019"}


@pytest.mark.parametrize("seed", range(12))
def test_a_run_stopped_between_any_two_files_ends_in_the_same_bytes(tmp_path, monkeypatch, seen, many, seed):
    run([many, many], tmp_path / "whole")
    chance, write = random.Random(seed), dataset.write_durably
    for _ in range(3):
        left = chance.randrange(1, 14)

        def stop(path: Path, data: bytes) -> None:
            nonlocal left
            left -= 1
            if left <= 0:
                path.with_name(f".{path.name}.part").write_bytes(data[: len(data) // 2])
                raise KeyboardInterrupt
            write(path, data)

        monkeypatch.setattr(dataset, "write_durably", stop)
        with pytest.raises(KeyboardInterrupt):
            run([many, many], tmp_path / "broken")
    monkeypatch.setattr(dataset, "write_durably", write)
    run([many, many], tmp_path / "broken")
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")


def test_a_lost_file_is_made_again(tmp_path, seen, many):
    run([many], tmp_path / "out")
    before = files_of(tmp_path / "out")
    (tmp_path / "out" / "mentions" / "part-00001.parquet").unlink()
    assert run([many], tmp_path / "out")["new"] == 32
    assert files_of(tmp_path / "out") == before


def children_of(process: subprocess.Popen) -> dict[int, str]:
    """The processes that a command has started, with their command lines; none once it is done."""
    found = {}
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                found[child.pid] = str(child.cmdline())
    return found


def test_killed_at_random_moments_it_goes_on_to_the_same_files(tmp_path, many):
    """The whole run, or one of its workers, by kill -9."""
    options = ["--only", "places", "--workers", 2]
    whole = command(many, "-o", tmp_path / "whole", *options)
    assert whole.wait() == 0
    chance = random.Random(7)
    for victim in ("run", "worker", "run"):
        process = command(many, "-o", tmp_path / "broken", *options)
        while process.poll() is None and len(children_of(process)) < 3:
            time.sleep(0.1)
        time.sleep(chance.uniform(0, 12))
        workers = [number for number, command_line in children_of(process).items() if "spawn_main" in command_line]
        with suppress(ProcessLookupError):  # done before the blow
            os.kill(process.pid if victim == "run" or not workers else workers[0], signal.SIGKILL)
        process.wait()
    assert command(many, "-o", tmp_path / "broken", *options).wait() == 0
    assert files_of(tmp_path / "broken") == files_of(tmp_path / "whole")


# --- poison, other machines, full disks


POISON = """
import os, time
from helpers import partitions
from helpers.analysis import analyse
def poisoned(article, *rest):
    if "poison" in article.text: os._exit(1)
    if "sleep" in article.text: time.sleep(1000)
    if "stumble" in article.text: raise KeyError("stone")
    return analyse(article, *rest)
partitions.analyse = poisoned
"""


def test_a_cluster_of_other_processes_survives_articles_that_kill_its_workers(tmp_path):
    (tmp_path / "poison.py").write_text(POISON)
    records = stories(40)
    for number, word in ((5, "poison"), (20, "sleep"), (30, "stumble")):
        records[number]["text"] += f" They {word}."
    source = write_lines(tmp_path / "in.jsonl", *records)
    where = {"cwd": tmp_path, "stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "start_new_session": True}
    dask = [sys.executable, "-m", "dask"]
    file = tmp_path / "scheduler.json"
    ends = ["--host", "127.0.0.1", "--no-dashboard"]
    once = os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}  # fewer workers have to die
    scheduler = [*dask, "scheduler", *ends, "--port", "0", "--scheduler-file", str(file)]
    cluster = [subprocess.Popen(scheduler, env=once, **where)]
    try:
        while not file.exists() or not file.read_text():
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        worker = [*dask, "worker", address, *ends, "--nthreads", "1", "--preload", str(tmp_path / "poison.py")]
        cluster += [subprocess.Popen(worker, **where) for _ in range(2)]
        process = command(source, "-o", tmp_path / "out", "--scheduler", address, "--only", "places", "--timeout", 20)
        said = process.communicate()[1]
        assert process.returncode == 1, said
    finally:
        for process in cluster:
            os.killpg(process.pid, signal.SIGKILL)  # with the process each worker has of its own, asleep or not
            process.wait()
    failures = read_columns(tmp_path / "out", "failures", ["origin", "reason"]).set_index("origin").reason
    reasons = [failures[f"{source}, line {number}"] for number in (6, 21, 31)]
    assert "died" in reasons[0] and "longer than 20 seconds" in reasons[1] and "stone" in reasons[2]
    assert len(failures) == 3 and read_manifest(tmp_path / "out")["counts"]["articles"] == 37
    assert run([source], tmp_path / "out", retry=True)["failed"] == 0  # on workers without poison
    assert read_manifest(tmp_path / "out")["counts"]["failures"] == 0


def test_a_full_disk_is_said_and_spoils_nothing(tmp_path, monkeypatch, seen, many):
    run([many], tmp_path / "whole")
    calls, sync = [], os.fsync

    def full(number: int) -> None:
        calls.append(number)
        if len(calls) > 12:
            raise OSError(28, "No space left on device")
        sync(number)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CorpusError, match=r"No space left on device.*same command"):
        run([many], tmp_path / "full")
    monkeypatch.setattr(os, "fsync", sync)
    run([many], tmp_path / "full")
    assert files_of(tmp_path / "full") == files_of(tmp_path / "whole")


def test_a_folder_that_cannot_be_used_is_said(tmp_path, many):
    (tmp_path / "file").write_text("")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    for name, word in (("file", "cannot be written"), ("file/deep", "cannot be written"), ("mine", "other files")):
        with pytest.raises(CorpusError, match=word):
            run([many], tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_two_runs_do_not_write_to_one_folder(tmp_path, many):
    with dataset.hold(tmp_path / "out"), pytest.raises(CorpusError, match="another run"):
        run([many], tmp_path / "out")


def test_no_scheduler_there_is_one_sentence(tmp_path, many, monkeypatch):
    monkeypatch.setattr(corpus, "ANSWER", 1)
    with pytest.raises(CorpusError, match=r"tcp://127.0.0.1:9.*dask scheduler"):
        run([many], tmp_path / "out", scheduler="tcp://127.0.0.1:9", workers=None)


def test_partitions_grow_with_the_corpus():
    sizes = [partitions.size_of(number) for number in range(1000)]
    assert sizes[0] == 32 and max(sizes) == 256 and sizes == sorted(sizes)


# --- the comparison


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> compare.Corpus:
    """Twelve made-up articles and one of the home region without date or outlet."""
    folder = tmp_path_factory.mktemp("compared")
    made = [write_story(number, 1) for number in range(12)]
    source = write_lines(folder / "in.jsonl", *made, {"text": "<b>Rain</b> fell on Quetta, Ayesha Khan said."})
    run([source], folder / "out", Settings(corrections=(), sentiment="vader"))
    return compare.open_corpus(folder / "out")


def test_a_made_up_corpus_is_the_same_for_a_seed():
    assert write_story(7, 1) == write_story(7, 1) != write_story(7, 2)
    assert {write_story(n, 1)["source"] for n in range(40)} == set(OUTLETS)


def test_areas_count_the_articles_that_name_a_place_in_them(compared):
    units = coverage.units_of(compared.places, "province")
    quetta = compared.places[compared.places.name == "Quetta"]
    assert set(units[quetta.index]) == {"gn:1183606"}
    assert len(quetta) == quetta.article_id.nunique()
    figure = coverage.coverage_map(compared, "province")
    (number,) = [row[1] for row in figure.layout.meta["table"] if row[0] == "Balochistan"]
    assert number == compared.places.article_id[units == "gn:1183606"].nunique()


def test_every_picture_and_table_shows_what_there_is(compared):
    shown = [coverage.coverage_map(compared, unit) for unit in coverage.UNITS]
    shown += [coverage.places_by_time(compared), coverage.names_by_time(compared), coverage.tone_by_outlet(compared)]
    assert all(figure.layout.meta["alt"] and len(figure.layout.meta["table"]) > 1 for figure in shown)
    assert "13 articles compared" in compare.headline(compared).data
    tables = [compare.alike(compared).data, compare.worth_reviewing(compared).data]
    assert "<b>" not in "".join(tables)


def test_a_matrix_has_a_cell_in_its_place_for_every_value(compared):
    figure = coverage.tone_by_outlet(compared)
    (_, *periods), *rows = figure.layout.meta["table"]
    values = {(r, c): row[c + 1] for r, row in enumerate(rows) for c in range(len(periods)) if row[c + 1]}
    (cells,) = figure.data
    middles = [round(start + length / 2) for start, length in zip(cells.base, cells.x, strict=True)]
    assert dict(zip(zip(cells.y, middles, strict=True), cells.text, strict=True)) == values
    assert all(re.fullmatch(r"rgba\(\d+,\d+,\d+,0(\.\d+)?\)", colour) for colour in cells.marker.color)


def test_articles_that_share_rare_names_are_alike(tmp_path, seen):
    corpus_of = compare.Corpus(
        tmp_path,
        pd.DataFrame({"article_id": list("abc"), "title": list("ABC"), "outlet": "", "date": ""}),
        pd.DataFrame({"article_id": list("abc"), "place_id": ["gn:1", "gn:1", "gn:2"], "name": ["X", "X", "Y"]}).assign(
            mentions=1
        ),
        pd.DataFrame(columns=["article_id", "entity_id", "name", "mentions", "sentiment"]),
    )
    shown = pd.read_html(StringIO(compare.alike(corpus_of).data))[0]
    assert shown.loc[0, "one"].startswith("A") and shown.loc[0, "the other"].startswith("B") and len(shown) == 1


def test_an_empty_corpus_is_said_in_sentences(tmp_path, seen):
    run([write_lines(tmp_path / "in.jsonl", {"text": "Nothing happened."})], tmp_path / "out")
    empty = compare.open_corpus(tmp_path / "out")
    drawn = [coverage.coverage_map(empty, "province"), coverage.places_by_time(empty), coverage.names_by_time(empty)]
    drawn += [coverage.tone_by_outlet(empty, "Nobody"), compare.alike(empty), compare.worth_reviewing(empty)]
    assert all(isinstance(item, str) for item in [*drawn, compare.summarise(empty), compare.summarise_coverage(empty)])


def test_a_folder_that_is_no_corpus_is_said(tmp_path):
    with pytest.raises(CorpusError, match="newsatlas corpus"):
        compare.open_corpus(tmp_path / "missing")


def test_the_report_of_a_corpus_is_a_page_without_a_path(compared, tmp_path):
    page = write_comparison(compared.folder, tmp_path).read_text(encoding="utf-8")
    assert "13 articles compared" in page and str(compared.folder.parent) not in page
    assert "&lt;b&gt;Rain" not in page and "<b>Rain" not in page
