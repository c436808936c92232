"""Many articles in one run: where they come from, what is written, and what happens to the bad ones."""

import csv
import hashlib
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from reading import SAMPLE

from helpers.analysis import PLACE_COLUMNS
from helpers.article import ArticleError
from helpers.batch import (
    WRITERS,
    OutputError,
    Settings,
    analyse_many,
    list_sources,
    list_tasks,
    run_chunk,
    write_all,
    write_atomically,
)

PLACES = Settings(only=("places",))
TEXT = "Afghans left Kabul for Nangarhar province in the spring. Islamabad fears more."
GOOD = {"id": "good", "text": TEXT, "date": "2016-04"}


def write_lines(path: Path, *records: dict | str) -> str:
    """A .jsonl of these records; a string is a line as it is."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def run(sources: list[str], output: Path, settings: Settings = PLACES, workers: int = 1) -> tuple[int, int, list[str]]:
    said: list[str] = []
    done, failed = write_all(list_tasks(sources), output, settings, workers, said.append)
    return done, failed, said


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "stories"
    inside.mkdir()
    (inside / "b.txt").write_text(TEXT)
    (inside / "a.html").write_text(f"<html><body><article><h1>Spring</h1><p>{TEXT}</p></article></body></html>")
    (inside / "notes.xyz").write_text("not an article")
    write_lines(inside / "c.jsonl", {"id": "1", "text": TEXT}, {"id": "2", "text": TEXT})
    return inside


def test_a_folder_is_its_articles_in_the_order_of_their_names(folder):
    assert [Path(s).name for s in list_sources([str(folder)])] == ["a.html", "b.txt", "c.jsonl"]
    assert [task.where.split("/")[-1] for task in list_tasks([str(folder)])] == [
        "a.html",
        "b.txt",
        "c.jsonl, line 1",
        "c.jsonl, line 2",
    ]


def test_an_empty_folder_is_said(tmp_path):
    with pytest.raises(ArticleError, match="holds no article"):
        list_sources([str(tmp_path)])


@pytest.mark.parametrize("source", ["-", "https://example.org/a", "missing.txt", TEXT * 100])
def test_everything_else_is_a_source_as_it_is(source):
    assert [task.source for task in list_tasks([source])] == [source]


def test_line_separators_inside_a_text_do_not_end_the_line(tmp_path):
    text = "Kabul is calm.\u2028Herat too.\u0085Quetta\u2029\x0b\x0c\x1csleeps."
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "1", "text": text}, ensure_ascii=False) + "\r\n", encoding="utf-8", newline="")
    assert run([str(source)], tmp_path / "out.jsonl")[:2] == (1, 0)
    (line,) = read_lines(tmp_path / "out.jsonl")  # splits at every separator Python knows
    assert [text[p["start"] : p["end"]] for p in line["places"]] == ["Kabul", "Herat", "Quetta"]


def test_order_ids_and_offsets_are_those_of_the_input(tmp_path):
    records = [
        {"id": str(i % 3), "text": f"Day {i}: rain fell on {town}."} for i, town in enumerate(["Herat", "Kabul"] * 20)
    ]
    run([write_lines(tmp_path / "in.jsonl", *records)], tmp_path / "out.jsonl")
    lines = read_lines(tmp_path / "out.jsonl")
    assert [line["id"] for line in lines] == [record["id"] for record in records]
    for record, line in zip(records, lines, strict=True):
        assert line["sha256"] == hashlib.sha256(record["text"].encode()).hexdigest()
        assert [record["text"][p["start"] : p["end"]] for p in line["places"]] == [
            record["text"].split()[-1].strip(".")
        ]
        assert all(p["article_id"] == record["id"] for p in line["places"])


BAD = [
    ("not json", "no JSON"),
    ("[1, 2]", "no JSON object"),
    ("[" * 5000, "no JSON"),
    ({"id": "x"}, "text"),
    ({"id": "x", "text": ""}, "text"),
    ({"id": "x", "text": 5}, "text"),
    ({"id": "x", "text": TEXT, "date": "last week"}, "last week"),
    ({"id": "x", "text": TEXT, "date": "2016-13"}, "2016-13"),
    ({"id": "x", "text": TEXT, "places": [[0, 10_000]]}, "places"),
    ({"id": "x", "text": TEXT, "places": [[5, 5]]}, "places"),
    ({"id": "x", "text": TEXT, "places": [[-3, 5]]}, "places"),
    ({"id": "x", "text": TEXT, "places": [["0", "5"]]}, "places"),
    ({"id": "x", "text": TEXT, "places": [[0.0, 5.0]]}, "places"),
    ({"id": "x", "text": TEXT, "places": "all"}, "places"),
    ({"id": "x", "text": TEXT, "places": [7]}, "places"),
    ({"id": "x", "text": TEXT, "targets": [[7, 8]]}, "targets"),
]


@pytest.mark.parametrize(("record", "word"), BAD, ids=[str(record)[:50] for record, _ in BAD])
def test_a_bad_line_is_one_sentence_with_its_number_and_the_rest_goes_on(tmp_path, record, word):
    source = write_lines(tmp_path / "in.jsonl", GOOD, "", record, GOOD)
    done, failed, said = run([source], tmp_path / "out.jsonl")
    assert (done, failed, len(said)) == (2, 1, 1)
    assert f"{source}, line 3" in said[0]
    assert word in said[0].split("line 3")[1]
    assert "\n" not in said[0]
    assert [line["id"] for line in read_lines(tmp_path / "out.jsonl")] == ["good", "good"]


def test_a_fault_of_ours_in_one_article_stops_no_other(tmp_path, monkeypatch):
    from helpers import batch

    def fail(article, *rest, **options):
        if article.id == "bad":
            raise KeyError("oops")
        return analyse(article, *rest, **options)

    analyse = batch.analyse
    monkeypatch.setattr(batch, "analyse", fail)
    source = write_lines(tmp_path / "in.jsonl", GOOD, GOOD | {"id": "bad"}, GOOD)
    done, failed, said = run([source], tmp_path / "out.jsonl")
    assert (done, failed) == (2, 1)
    assert "line 2" in said[0] and "KeyError" in said[0]


def test_given_spans_are_resolved_exactly_and_targets_come_back(tmp_path):
    given = {"places": [[13, 18], [0, 7]], "targets": [[57, 66]]}
    source = write_lines(
        tmp_path / "in.jsonl", GOOD | given, GOOD | {"places": [], "targets": []}, GOOD | {"places": None}
    )
    run([source], tmp_path / "out.jsonl", Settings())
    first, second, third = read_lines(tmp_path / "out.jsonl")
    assert sorted([p["start"], p["end"]] for p in first["places"]) == [[0, 7], [13, 18]]
    assert [[t["start"], t["end"]] for t in first["targets"]] == [[57, 66]]
    assert second["places"] == second["targets"] == []
    assert len(third["places"]) >= 4


def test_half_a_character_costs_neither_the_run_nor_an_offset(tmp_path):
    text = "Snow \ud83d fell. Rain fell on Herat \udc00."
    source = write_lines(tmp_path / "in.jsonl", {"id": "\ud83d", "title": "\ud83d", "text": text})
    Path(source).write_bytes(Path(source).read_bytes() + b'{"id": "b", "text": "Caf\xe9 in Kabul."}\n')
    assert run([source], tmp_path / "out.jsonl", Settings())[:2] == (2, 0)
    first, second = read_lines(tmp_path / "out.jsonl")  # the file is UTF-8
    assert [(p["start"], p["text"]) for p in first["places"]] == [(text.index("Herat"), "Herat")]
    assert [(p["start"], p["text"]) for p in second["places"]] == [(8, "Kabul")]
    for ending in (".csv", ".gpkg", ".parquet"):
        assert run([source], tmp_path / f"out{ending}")[:2] == (2, 0)


@pytest.mark.parametrize(
    "text",
    ["Rain fell on Herat. " * 5000, "rain " * 20_000, "Nothing happened.", "لاہور میں بارش ہوئی۔ سڑکیں بند ہیں۔ " * 20],
    ids=["long paragraph", "no sentence ends", "no places", "Urdu"],
)
def test_odd_texts_make_a_line_like_any_other(tmp_path, text):
    source = write_lines(tmp_path / "in.jsonl", {"id": "1", "text": text})
    assert run([source], tmp_path / "out.jsonl", Settings())[:2] == (1, 0)
    (line,) = read_lines(tmp_path / "out.jsonl")
    assert sum(p["text"] == "Herat" for p in line["places"]) == text.count("Herat")
    assert all(text[s["start"] : s["end"]] == s["text"] for s in line["sentences"])


def test_the_date_given_holds_for_every_article(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", GOOD, GOOD | {"date": "2021-01-01"})
    run([source, str(SAMPLE)], tmp_path / "out.jsonl", Settings(only=("places",), date="2019-05"))
    assert [line["date"] for line in read_lines(tmp_path / "out.jsonl")] == ["2019-05"] * 3


def test_every_format_opens_in_the_usual_tools(tmp_path):
    texts = {
        "a": TEXT,
        "b": "Nothing happened.",
        "c": "Rain fell on FATA, on Lahore near Quetta and on Nowhereabad in Mali.",
    }
    source = write_lines(
        tmp_path / "in.jsonl", *[{"id": i, "text": text, "date": "2016-04"} for i, text in texts.items()]
    )
    for ending in WRITERS:
        assert run([source], tmp_path / f"out{ending}")[:2] == (3, 0)
    rows = [place for line in read_lines(tmp_path / "out.jsonl") for place in line["places"]]

    table = pd.read_csv(
        tmp_path / "out.csv",
        dtype={"geonames_id": "Int64", "where_prec": "Int64"},
        keep_default_na=False,
        na_values=[""],
    )
    assert table.columns.tolist() == PLACE_COLUMNS
    assert table.geonames_id.tolist() == [row["geonames_id"] for row in rows]
    assert [json.loads(cell) for cell in table.alternatives] == [row["alternatives"] for row in rows]
    with (tmp_path / "out.csv").open(newline="") as file:
        assert not {"nan", "NaN", "<NA>", "None"} & {cell for line in csv.reader(file) for cell in line}

    for places in (gpd.read_file(tmp_path / "out.geojson"), gpd.read_parquet(tmp_path / "out.parquet")):
        assert places.text.tolist() == [row["text"] for row in rows]
        assert places.crs.to_epsg() == 4326
        assert places.set_index("text").geometry["Afghans"] is None  # a people is never a pin
        lahore = places.set_index("text").geometry["Lahore"]
        assert (round(lahore.x), round(lahore.y)) == (74, 32)

    assert pyogrio.list_layers(tmp_path / "out.gpkg")[:, 0].tolist() == ["points", "areas", "mentions"]
    points, areas, mentions = (
        gpd.read_file(tmp_path / "out.gpkg", layer=name) for name in ("points", "areas", "mentions")
    )
    assert {"Kabul", "Lahore", "Quetta"} <= set(points.text)
    assert not {"Nangarhar", "Mali", "FATA"} & set(points.text)  # a dot in the middle of a country is a false claim
    assert {"gn:1132366", "gn:1179245"} <= set(areas.place_id)
    assert not set(areas.geom_type) & {"Point", "MultiPoint"}
    assert mentions.text.tolist() == [row["text"] for row in rows]


def test_areas_are_those_of_the_articles_day(tmp_path):
    text = "Snow fell on Khyber Pakhtunkhwa province."
    dated = [{"id": date, "text": text, "date": date} for date in ("2016-04", "2021-04")]
    run([write_lines(tmp_path / "in.jsonl", *dated)], tmp_path / "out.gpkg")
    areas = gpd.read_file(tmp_path / "out.gpkg", layer="areas").set_index("date").to_crs(32642).area
    assert areas["2021-04"] > 1.2 * areas["2016-04"]  # with the tribal areas


@pytest.mark.parametrize("ending", list(WRITERS))
def test_articles_without_places_make_a_file_that_opens(tmp_path, ending):
    source = write_lines(tmp_path / "in.jsonl", {"id": "1", "text": "Nothing happened."})
    assert run([source], tmp_path / f"out{ending}")[:2] == (1, 0)
    readers = {".jsonl": read_lines, ".csv": pd.read_csv, ".parquet": gpd.read_parquet, ".geojson": gpd.read_file}
    layers = [lambda path, name=name: gpd.read_file(path, layer=name) for name in ("points", "areas", "mentions")]
    for read in [readers[ending]] if ending in readers else layers:
        assert len(read(tmp_path / f"out{ending}")) == (ending == ".jsonl")


def test_two_workers_write_the_very_bytes_of_one(tmp_path):
    towns = ["Herat", "Kabul", "Quetta", "Paris, Texas", "Hyderabad", "FATA", "Nowhereabad"]
    records = [{"id": i, "text": f"Rain fell on {towns[i % 7]} and {towns[i % 5]}. {TEXT}"} for i in range(40)]
    source = write_lines(tmp_path / "in.jsonl", *records[:20], "bad", *records[20:])
    results = [run([source], tmp_path / f"{workers}.jsonl", Settings(), workers) for workers in (1, 2)]
    assert results[0] == results[1] == (40, 1, results[0][2])
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_where_all_failed_nothing_is_written_and_what_was_there_stays(tmp_path):
    (tmp_path / "out.csv").write_text("of last week")
    done, failed, said = run([str(tmp_path / "missing.txt"), str(tmp_path / "missing.jsonl")], tmp_path / "out.csv")
    assert (done, failed) == (0, 2)
    assert all("missing" in line and "Errno" not in line for line in said)
    assert (tmp_path / "out.csv").read_text() == "of last week"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_empty_list_of_articles_is_an_empty_list_of_results(tmp_path):
    (tmp_path / "in.jsonl").write_text("\n\n")
    assert run([str(tmp_path / "in.jsonl")], tmp_path / "out.jsonl") == (0, 0, [])
    assert (tmp_path / "out.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"\x00\x01\x02\xff\xfe\x89PNG" * 50, "text"), (b"%PDF-1.4 broken", "damaged")],
)
def test_a_file_that_is_no_article_is_one_sentence(tmp_path, content, word):
    (tmp_path / "a.txt").write_bytes(content)
    done, failed, said = run([str(tmp_path / "a.txt")], tmp_path / "out.jsonl")
    assert (done, failed, len(said)) == (0, 1, 1)
    assert "a.txt" in said[0] and word in said[0] and "\n" not in said[0]


def test_an_interrupted_run_leaves_what_was_there_and_nothing_else(tmp_path):
    (tmp_path / "out.jsonl").write_text("of last week")

    def stop(part: Path) -> None:
        part.write_text("half a li")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "out.jsonl", stop)
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]
    assert (tmp_path / "out.jsonl").read_text() == "of last week"


def test_an_output_that_cannot_be_written_is_said_before_the_work_begins(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.csv").mkdir()
    tasks = iter([pytest.fail])  # asking for a task is work
    for output in (tmp_path / "file" / "out.jsonl", tmp_path / "folder.csv", tmp_path / "out.xlsx", tmp_path / "out"):
        with pytest.raises(OutputError, match=str(output)):
            write_all(tasks, output, PLACES, 1, print)
    assert len(list(tasks)) == 1


def test_new_folders_are_made_on_the_way(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", GOOD)
    assert run([source], tmp_path / "new" / "deep" / "out.jsonl")[:2] == (1, 0)
    assert (tmp_path / "new" / "deep" / "out.jsonl").exists()


def test_articles_come_out_as_they_go_in_a_few_at_a_time(tmp_path):
    asked = []

    def tasks():
        for task in list_tasks([write_lines(tmp_path / "in.jsonl", *[GOOD] * 100)]):
            asked.append(task)
            yield task

    outcomes = analyse_many(tasks(), PLACES)
    assert next(outcomes).record["id"] == "good"
    assert len(asked) < 50  # not the whole input is held
    outcomes.close()


def test_a_chunk_keeps_the_order_of_good_and_bad():
    lines = ["bad", json.dumps(GOOD | {"id": "1"}), "bad", json.dumps(GOOD | {"id": "2"})]
    outcomes = run_chunk(list_of(lines), PLACES)
    assert [outcome.record and outcome.record["id"] for outcome in outcomes] == [None, "1", None, "2"]
    assert [bool(outcome.error) for outcome in outcomes] == [True, False, True, False]


def list_of(lines: list[str]) -> list:
    from helpers.batch import Task

    return [Task(f"in.jsonl, line {n}", line=line) for n, line in enumerate(lines, 1)]
