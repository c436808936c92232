"""Corrections: what a person writes holds on every run, survives a crash and another writer, and is never obeyed."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import SAMPLE, row

from helpers import corrections
from helpers.analysis import PLACE_COLUMNS, analyse, to_record
from helpers.article import DATA, from_record, read_article
from helpers.cli import main
from helpers.corrections import (
    ALL,
    VALUES,
    Correction,
    CorrectionsError,
    add_correction,
    parse_sheet,
    read_corrections,
    undo_correction,
    write_row,
)
from helpers.fixes import propose, settle

SHA = "0" * 64
HEAD = ",".join(corrections.COLUMNS) + "\n"
TEXT = "Rain fell on Herat. Islamabad fears more. Lake Victoria rose, and Victoria Khan left for Khost with the Zarb."
ATTACK = "=HYPERLINK(\"http://x\")\n<script>alert(1)</script>, ]]> 'quoted' \u202e"
PARTS = ("places", "entities")


def article(text: str = TEXT, **fields):
    return from_record({"text": text, **fields})


def corrected(*rows: Correction, text: str = TEXT, **fields):
    return analyse(article(text, **fields), PARTS, shapes=False, corrections=rows)


def fix(text: str, action: str, value: str = "", **more) -> Correction:
    return propose(article(), text, action, value, **more)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "corrections.csv"


# --- the file


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
words = cells.map(str.strip).filter(bool)


@st.composite
def rows(draw) -> Correction:
    action = draw(st.sampled_from(list(VALUES)))
    values = {"place": st.sampled_from(["", "gn:1138958", "-33.9,151.2 Sydney", "34.5;69.2"]), "merge": words}
    value = draw(values.get(action, st.sampled_from(VALUES[action] or ("",))))
    text, start = draw(words), draw(st.none() | st.integers(0, 10**6))
    scope = SHA if start is not None else draw(st.sampled_from([SHA, ALL]))
    who, label, note = draw(cells.map(str.strip)), draw(cells.map(str.strip)), draw(cells)
    end = None if start is None else start + len(text)
    return Correction(scope, start, end, text, action, value, label, who, "2026-03-01T12:00:00Z", note)


@settings(max_examples=300, deadline=None)
@given(rows(), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_written_is_read_back_to_the_letter(one, delimiter, line_end, mark):
    head = "\ufeff" * mark + delimiter.join(corrections.COLUMNS) + line_end
    sheet = parse_sheet(head.encode())
    again = parse_sheet((head + write_row(one, sheet) * 2).encode()).rows
    assert [found._replace(line=0) for _, found in again] == [one, one]
    assert "".join(line for line, _ in again) == write_row(one, sheet) * 2, "what people wrote stays to the letter"


@given(rows())
def test_no_cell_that_is_written_is_a_formula_to_a_spreadsheet(one):
    import csv

    line = write_row(one, parse_sheet(HEAD.encode()))
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in next(csv.reader([line])) if cell)


def test_a_spreadsheet_may_reorder_extend_and_pad_it(file):
    file.write_bytes(
        "\ufeffText;Action;scope;VALUE;remark;note\r\nKhost;Not a place;*;;mine;a; b\r\n;;;;;\r\n".replace(
            "a; b", '"a; b"'
        ).encode()
    )
    (found,) = read_corrections(file)
    assert (found.text, found.action, found.note, found.line) == ("Khost", "not-a-place", "a; b", 2)
    add_correction(Correction(ALL, None, None, "Herat", "role", "metonym", note="x"), file)
    assert file.read_bytes().decode().split("\r\n")[1:] == [
        'Khost;Not a place;*;;mine;"a; b"', ";;;;;", "Herat;role;*;metonym;;x", ""
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("*,,,,Khost,placed,,,,", 'the action "placed"'),
        ("*,,,,,role,literal,,,", "no text"),
        ("abc,,,,Khost,role,literal,,,", 'the scope "abc"'),
        (f"{SHA},,3,,Khost,role,literal,,,", "leave both empty"),
        (f"{SHA},,3,5,Khost,role,literal,,,", "leave both empty"),
        ("*,,3,8,Khost,role,literal,,,", "leave both empty"),
        ("*,,,,Khost,role,hero,,,", "literal, metonym, embedded, demonym"),
        ("*,,,,Khost,type,PLACE,,,", "PERSON, ORG"),
        ("*,,,,Khost,merge,,,,", "no value"),
        ("*,,,,Khost,not-a-place,gn:1,,,", "takes none"),
        ("*,,,,Khost,place,gn:999999999999,,,", "newsatlas gazetteer search"),
        ("*,,,,Khost,place,gn:1,,,", "newsatlas gazetteer search"),
        ('*,,,,Khost,place,"95,10",,,', "newsatlas gazetteer search"),
        ("*,,,,Khost,role,literal,,yesterday,", "2026-03-01"),
        ("*,,,,Khost,role,literal,,,a,b", "quotes"),
        ('*,,,,Khost,role,literal,,,"open', "quotes"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line_and_what_to_do(file, line, told):
    file.write_text(HEAD + '*,,,,Herat,role,literal,,,"two\nlines"\n' + line + "\n", encoding="utf-8")
    with pytest.raises(CorrectionsError, match=r"corrections\.csv, line 4 ") as error:
        read_corrections(file)
    assert told in str(error.value) and str(error.value).endswith((".", "quotes."))


def test_a_file_that_cannot_be_read_is_never_taken_for_an_empty_one(file):
    with pytest.raises(FileNotFoundError):
        read_corrections(file)
    file.write_bytes(HEAD.encode() + "*,,,,Besançon,role,literal,,,\n".encode("cp1252"))
    with pytest.raises(CorrectionsError, match="CSV UTF-8"):
        read_corrections(file)
    file.write_text("scope,text,value\n", encoding="utf-8")
    with pytest.raises(CorrectionsError, match="line 1 has no column action"):
        read_corrections(file)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("role", "literal"), ("role", "metonym")),
        (("place", "gn:1138958"), ("place", "gn:1140026")),
        (("place", "gn:1138958"), ("not-a-place", "")),
        (("role", "literal"), ("not-a-place", "")),
        (("type", "ORG"), ("type", "PERSON")),
    ],
)
def test_two_that_contradict_each_other_are_both_named(file, one, other):
    file.write_text(HEAD + "".join(f"*,,,,Khost,{a},{v},{a},,\n" for a, v in (one, other)), encoding="utf-8")
    with pytest.raises(CorrectionsError, match=r"line 2 says .+ and line 3 .+ delete one") as error:
        read_corrections(file)
    assert f"({one[0]})" in str(error.value) and f"({other[0]})" in str(error.value), "who says it"


def test_places_on_overlapping_spans_contradict_each_other_and_equal_rows_do_not(file):
    span = f"{SHA},,0,13,Lake Victoria,place,gn:1138958,,,\n"
    file.write_text(HEAD + span + span, encoding="utf-8")
    assert len(read_corrections(file)) == 2
    file.write_text(HEAD + span + f"{SHA},,5,13,Victoria,place,gn:1138958,,,\n", encoding="utf-8")
    with pytest.raises(CorrectionsError, match=r"line 2 .+ line 3"):
        read_corrections(file)


def test_a_person_may_change_their_mind_and_nobody_elses(file):
    one = Correction(ALL, None, None, "Khost", "role", "literal", who="Amina")
    add_correction(one, file)
    assert [old.value for old in add_correction(one._replace(value="metonym"), file)] == ["literal"]
    with pytest.raises(CorrectionsError, match=r'line 2 says "Khost" is role metonym \(Amina\)'):
        add_correction(one._replace(value="literal", who="Bilal"), file)
    add_correction(one._replace(action="not-a-place", value=""), file)
    assert [found.action for found in read_corrections(file)] == ["not-a-place"]


def test_undo_takes_the_last_row_and_leaves_the_rest_to_the_letter(file):
    file.write_text(HEAD + "*,,,,Herat,role,literal,,,\n", encoding="utf-8")
    before = file.read_bytes()
    add_correction(Correction(ALL, None, None, "Khost", "role", "literal", note=ATTACK), file)
    assert undo_correction(file).note == ATTACK
    assert file.read_bytes() == before
    assert undo_correction(file) and undo_correction(file) is None
    assert file.read_text(encoding="utf-8") == HEAD


def test_a_file_without_a_last_line_end_gets_one(file):
    file.write_text(HEAD + "*,,,,Herat,role,literal,,,", encoding="utf-8")
    add_correction(Correction(ALL, None, None, "Khost", "role", "literal"), file)
    assert [found.text for found in read_corrections(file)] == ["Herat", "Khost"]


# --- writers that crash, and two at once


def write_until_killed(file: Path, steps: int, seconds: float) -> None:
    """Add rows in a process of its own that dies, as by kill -9, after so many lines of the module or that long."""
    if child := os.fork():
        if not steps:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return
    left = iter(range(steps))

    def trace(frame, event, _):
        if frame.f_code.co_filename == corrections.__file__ and event == "line" and next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    if steps:
        sys.settrace(trace)
    for number in range(1000):
        add_correction(Correction(ALL, None, None, f"Place {number}", "place", note="n" * 5000), file)
    os._exit(1)


def test_a_writer_killed_a_hundred_times_leaves_the_file_whole(file):
    chance, written = random.Random(6), 0
    for life in range(100):
        file.write_text(HEAD + "*,,,,Herat,role,literal,,,\n", encoding="utf-8")
        by_step = life % 2  # at any line of the module; or, by the clock, in the middle of a call to the system
        write_until_killed(file, chance.randrange(1, 1500) * by_step, chance.uniform(0, 0.05))
        herat, *others = read_corrections(file)
        assert herat.text == "Herat", "a row of before is lost"
        assert [(row.text, row.note) for row in others] == [(f"Place {n}", "n" * 5000) for n in range(len(others))]
        written += len(others) * by_step
    assert written > 50, "the writers died before they wrote"


WRITER = """
import sys
from helpers.corrections import ALL, Correction, add_correction
for number in range(200):
    add_correction(Correction(ALL, None, None, f"{sys.argv[2]} {number}", "place"), sys.argv[1])
"""


def test_two_writers_at_once_lose_no_row(file):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), name]) for name in ("one", "two")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert {found.text for found in read_corrections(file)} == {f"{w} {n}" for w in ("one", "two") for n in range(200)}


# --- what they do to an article


def test_a_place_is_set_by_its_id_or_its_coordinates():
    found = corrected(
        fix("Khost", "place", "gn:1444363", who="Amina", note="the town"),
        fix("Herat", "place", "34.5,69.2 Herat Bazaar"),
    ).places
    khost, herat = row(found, "Khost"), row(found, "Herat")
    day = khost.reason.split(" on ")[1][:10]
    assert (khost.place_id, khost.confidence, khost.corrected) == ("gn:1444363", 1.0, True)
    assert khost.reason == f"corrected by Amina on {day}: the town"
    assert (herat["name"], herat.lat, herat.lon, herat.country, herat.admin1) == (
        "Herat Bazaar", 34.5, 69.2, "AF", "Kabul"
    )  # fmt: skip
    assert herat.place_id.startswith("na:") and herat.where_prec == 1
    assert not row(found, "Islamabad").corrected


def test_a_correction_beats_the_finder_both_ways():
    before = corrected().places.text.tolist()
    assert "Zarb" not in before and "Khost" in before
    after = corrected(fix("Zarb", "place", "31.2,66.1"), fix("Khost", "not-a-place")).places
    assert row(after, "Zarb").corrected and "Khost" not in after.text.tolist()


def test_what_is_no_place_may_be_somebody():
    text = "Paris Hilton sang. Victoria stayed at home."
    one = propose(article(text), "Victoria", "not-a-place")
    two = propose(article(text), "Victoria", "type", "PERSON")
    after = corrected(one, two, text=text)
    assert "Victoria" not in after.places.text.tolist()
    assert row(after.entities, "Victoria").type == "PERSON" and row(after.entities, "Victoria").corrected


def test_every_occurrence_leaves_longer_names_alone_and_a_span_does_not():
    every = corrected(fix("Victoria", "place", "gn:1138958")).places
    assert TEXT.index("Lake Victoria") in every[every.text == "Lake Victoria"].start.tolist()
    assert TEXT.index("Victoria Khan") in every[every.corrected].start.tolist()
    start = TEXT.index("Victoria")
    only = corrected(fix("Victoria", "place", "gn:1138958", start=start)).places
    assert only[only.corrected].start.tolist() == [start] and "Lake Victoria" not in only.text.tolist()


def test_the_more_exact_correction_holds():
    text = "Khost is calm. Khost is not."
    one, other = (
        propose(article(text), "Khost", "role", "metonym", **x) for x in ({"everywhere": True}, {"start": 15})
    )
    after = corrected(other._replace(value="demonym"), one, text=text)
    assert after.places.role.tolist() == ["metonym", "demonym"]
    wide = propose(article(text), "Khost", "role", "embedded")
    after = corrected(wide, one, text=text)
    assert after.places.role.tolist() == ["embedded"] * 2
    assert after.corrections.status.tolist() == ["applied"], "a row on every article is not missed where it gives way"


def test_two_mentions_of_one_name_may_be_two_places():
    text = "Hyderabad flooded. Far away, Hyderabad celebrated."
    sindh, deccan = "gn:1176734", "gn:1269843"
    after = corrected(*(
        propose(article(text), "Hyderabad", "place", place, start=start) for place, start in ((sindh, 0), (deccan, 29))
    ), text=text).places  # fmt: skip
    assert after.place_id.tolist() == [sindh, deccan]


def test_roles_types_and_names_are_set():
    after = corrected(
        fix("Islamabad", "role", "literal"), fix("Victoria Khan", "type", "ORG"), fix("Victoria Khan", "merge", "ISIS")
    )
    assert (
        row(after.places, "Islamabad").role == "literal" and "role corrected" in row(after.places, "Islamabad").reason
    )
    khan = row(after.entities, "Victoria Khan")
    assert (khan.type, khan["name"], khan.entity_id, khan.corrected) == ("ORG", "Islamic State", "islamic-state", True)


def test_a_place_can_be_merged_with_a_body():
    after = corrected(fix("Herat", "merge", "Herat Water Board")).entities
    assert row(after, "Herat")["name"] == "Herat Water Board"


def test_what_no_longer_fits_is_told_and_never_dropped():
    good = fix("Khost", "role", "metonym")
    moved = good._replace(start=2, end=7, line=7)
    foreign = good._replace(scope=SHA, article="a1", line=8)
    told = corrected(good, moved, foreign, id="a1").corrections
    assert told.status.tolist() == ["applied", "stale", "text changed"]
    assert told.mentions.tolist() == [1, 0, 0]
    assert corrected(foreign, id="b2").corrections.empty, "it was made for another article"
    assert corrected(fix("Khost", "role", "metonym", everywhere=True), text="Rain fell on Herat.").corrections.empty


def test_given_spans_can_be_corrected_but_none_is_added_or_removed():
    spans = {"places": [[TEXT.index("Khost"), TEXT.index("Khost") + 5]]}
    fixes = (fix("Khost", "not-a-place"), fix("Herat", "place", "gn:1140026"))
    after = analyse(article(), PARTS, spans, shapes=False, corrections=fixes)
    assert after.places.text.tolist() == ["Khost"] and not after.places.corrected.any()
    after = analyse(article(), PARTS, spans, shapes=False, corrections=(fix("Khost", "place", "gn:1138958"),))
    assert after.places.place_id.tolist() == ["gn:1138958"]


def test_a_record_says_what_is_corrected():
    line = to_record(corrected(fix("Khost", "place", "gn:1138958")))
    assert [place["corrected"] for place in line["places"]].count(True) == 1
    assert all(list(place) == PLACE_COLUMNS for place in line["places"])
    assert not any(entity["corrected"] for entity in line["entities"])


def test_words_that_are_not_in_the_article_are_refused():
    with pytest.raises(CorrectionsError, match="as the article spells it"):
        fix("Khos", "not-a-place")
    with pytest.raises(CorrectionsError, match=r"not stand in the article at 3, only at \d+"):
        fix("Khost", "not-a-place", start=3)
    with pytest.raises(CorrectionsError, match='the place "Khost"'):
        fix("Khost", "place", "Khost")


def test_the_name_of_a_person_at_the_keyboard_is_noted_and_stays_on_one_line():
    assert fix("Khost", "not-a-place").who
    assert fix("Khost", "not-a-place", who="A\n B ").who == "A B"
    told = fix("Khost", "place", "gn:1138958", who="A", note="one\n\ntwo")
    assert told.note == "one\n\ntwo" and told.reason.endswith(": one two")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=20), st.data())
def test_whatever_is_corrected_spans_never_overlap_and_the_exact_ones_hold(cuts, data):
    cuts = sorted(set(cuts))
    found = list(zip(cuts[::2], cuts[1::2], strict=False))
    spans = data.draw(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=8))
    fixes = {}
    for start, length in spans:
        action = data.draw(st.sampled_from(["place", "not-a-place"]))
        exact = data.draw(st.booleans())
        fixes[start, start + length] = Correction(SHA, start if exact else None, None, "x", action)
    after = settle(found, fixes)
    assert all(one[1] <= other[0] for one, other in pairwise(after))
    assert set(after) <= {*found, *fixes}
    exact = [span for span, fix in fixes.items() if fix.start is not None and fix.action == "place"]
    apart = [a for a in exact if not any(a != b and a[0] < b[1] and b[0] < a[1] for b in exact)]
    assert set(apart) <= set(after)
    gone = {span for span, fix in fixes.items() if fix.action == "not-a-place"}
    assert not gone & set(after)


ARTICLES = [SAMPLE, SAMPLE.parent / "long-analysis.md", SAMPLE.parent / "wire-item.txt"]


def test_fifty_corrections_at_random_all_hold_after_they_are_saved(file):
    chance = random.Random(50)
    read = {path: read_article(path) for path in ARTICLES}
    known = [
        (path, mention) for path, one in read.items()
        for mention in analyse(one, ("places",), shapes=False, corrections=()).places.itertuples()
    ]  # fmt: skip
    made = []
    for path, mention in chance.sample(known, 50):
        action = chance.choice(["place", "place", "at", "role", "not-a-place"])
        value = {"place": chance.choice(known)[1].place_id or "gn:1138958", "role": chance.choice(VALUES["role"])}
        lat, lon = round(chance.uniform(-80, 80), 3), round(chance.uniform(-170, 170), 3)
        values = value | {"at": f"{lat},{lon} {mention.text}", "not-a-place": ""}
        action, value = action.replace("at", "place") if action == "at" else action, values[action]
        one = propose(read[path], mention.text, action, value, start=mention.start, note=chance.choice(["", ATTACK]))
        add_correction(one, file)
        made.append((path, one))
    after = {path: analyse(one, ("places",), shapes=False, corrections=file) for path, one in read.items()}
    for path, one in made:
        places = after[path].places.set_index("start")
        if one.action == "not-a-place":
            assert one.start not in places.index
            continue
        found = places.loc[one.start]
        assert found.corrected and found.text == one.text
        if one.action == "role":
            assert found.role == one.value
        elif "," in one.value:
            assert f"{found.lat:g},{found.lon:g}" == one.value.split(" ")[0] and found.confidence == 1
        else:
            assert found.place_id == one.value and found.confidence == 1
    told = [status for one in after.values() for status in one.corrections.status]
    assert told == ["applied"] * 50


# --- the command line


@pytest.fixture
def story(tmp_path) -> str:
    path = tmp_path / "story.txt"
    path.write_text("Rain in Khost\n\nKhost is under water. Zarina Gul left Khost for Herat.\n", encoding="utf-8")
    return str(path)


def test_the_command_writes_what_it_says_and_takes_it_back(story, file, capsys):
    common = ["--corrections", str(file), "--who", "Amina"]
    assert main(["correct", story, "Khost", "--is", "gn:1138958", "--note", ATTACK, *common]) == 0
    assert capsys.readouterr().err == '3 mentions of "Khost" in this article: "Khost" is place gn:1138958 (Amina).\n'
    assert main(["correct", story, "Khost", "--not-a-place", *common]) == 0
    assert "This replaces line 2" in capsys.readouterr().err
    assert main(["correct", story, "Herat", "--is", "34.5,-69.2 Bazaar", "--every-article", *common]) == 0
    assert main(["correct", "--list", *common]) == 0
    assert capsys.readouterr().out.splitlines() == [
        'line 2: "Khost" is not-a-place (Amina), wherever story.txt has it',
        'line 3: "Herat" is place 34.5,-69.2 Bazaar (Amina), in every article',
    ]
    assert main(["correct", "--undo", *common]) == 0
    assert 'Taken back: "Herat"' in capsys.readouterr().err
    assert [row.action for row in read_corrections(file)] == ["not-a-place"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["Khosts", "--not-a-place"], "as the article spells it"),
        (["Khost", "--not-a-place", "--start", "9"], "only at 8, 15, 53"),
        (["water", "--not-a-place"], "not taken for a place"),
        (["water", "--role", "metonym"], "not taken for a place"),
        (["water", "--merge", "Water Board"], "give its --type"),
        (["Khost", "--is", "gn:0"], "newsatlas gazetteer search"),
        (["--undo"], "no correction to take back"),
    ],
)
def test_what_changes_nothing_is_refused_with_one_sentence(story, file, capsys, words, told):
    assert main(["correct", story, *words, "--corrections", str(file)]) > 0
    said = capsys.readouterr().err
    assert told in said and len(said.splitlines()) == 1
    assert not file.exists(), "nothing is written"


def test_a_batch_stops_before_work_begins_where_the_file_cannot_be_read(story, file, tmp_path, capsys):
    file.write_text(HEAD + "*,,,,Khost,role,hero,,,\n", encoding="utf-8")
    for command in (["analyse", story, "-o", str(tmp_path / "out.jsonl")], ["report", story, "--out", str(tmp_path)]):
        assert main([*command, "--corrections", str(file)]) == 2
        assert "corrections.csv, line 2 " in capsys.readouterr().err
    assert not list(tmp_path.glob("*.jsonl")) and not list(tmp_path.glob("*.html"))


def test_a_batch_applies_them_and_says_which_hold_no_longer(story, file, tmp_path, capsys):
    assert main(["correct", story, "Khost", "--is", "gn:1138958", "--corrections", str(file)]) == 0
    out = ["analyse", story, "--only", "places", "-o", str(tmp_path / "out.jsonl"), "--corrections", str(file)]
    assert main(out) == 0
    assert "not applied" not in capsys.readouterr().err
    assert '"corrected": true' in (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    Path(story).write_text("Rain in Khost\n\nKhost is dry again, said people from Herat.\n", encoding="utf-8")
    assert main(out) == 0
    said = capsys.readouterr().err
    assert "story.txt" in said and 'line 2 on "Khost"' in said and "another text" in said
    assert '"corrected": true' not in (tmp_path / "out.jsonl").read_text(encoding="utf-8")


def test_the_codebook_tells_every_column_and_action():
    section = (DATA / "README.md").read_text(encoding="utf-8").split("## Corrections\n")[1].split("\n## ")[0]
    first = re.findall(r"^\| (.+?) \|", section, re.M)
    assert re.findall(r"`(\w+)`", " ".join(first)) == corrections.COLUMNS
    assert [cell for cell in first if cell in VALUES] == list(VALUES)
    assert (DATA / "corrections.csv").read_text(encoding="utf-8").splitlines()[0] == ",".join(corrections.COLUMNS)
