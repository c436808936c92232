"""The deep gazetteer from rows in GeoNames' formats: what is taken in, what is left out, builds that are stopped."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import geonames
from helpers.cli import main
from helpers.gazetteer import Gazetteer
from helpers.geonames import DumpError, build_gazetteer, gather, parent_of, read_features

ADMIN1 = "PK.02\tBalochistan\tBalochistan\t1183606\nPK.04\tPunjab\tPunjab\t1167710\n"
ADMIN2 = "PK.02.9001\tQuetta District\tQuetta District\t7418885\n"


def row(
    number: int, name: str, code: str = "P.PPL", *, others: str = "", admin2: str = "9001", people: str = "0"
) -> str:
    kind, _, feature = code.partition(".")
    columns = [number, name, name, others, "30.2", "67.0", kind, feature, "PK", "", "02", admin2, "", "", people]
    return "\t".join(map(str, [*columns, "", "1600", "Asia/Karachi", "2025-01-01"]))


ROWS = [
    row(90000001, "Kili Hazarganji", others="Killi Hazar Ganji,KHZ,هزار گنجی,https://example.org"),
    row(90000002, "Shela Nullah", "H.STM"),
    row(90000003, "Hotel Bloom Star", "S.HTL"),
    row(90000004, "Zarghoon Agency", "A.ADM3"),
    row(1167528, "Quetta", "P.PPLA", people="1001205"),
]
BAD = ["", "no\ttabs enough", row(-4, "Minus"), row(90000009, "Far").replace("30.2", "91.5"), row(90000010, "…")]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A folder as GeoNames offers it."""
    folder = tmp_path / "dump"
    folder.mkdir()
    (folder / "admin1CodesASCII.txt").write_text(ADMIN1, encoding="utf-8")
    (folder / "admin2Codes.txt").write_text(ADMIN2, encoding="utf-8")
    with zipfile.ZipFile(folder / "PK.zip", "w") as archive:
        archive.writestr("readme.txt", "not this one")
        archive.writestr("PK.txt", "\n".join([*ROWS, *BAD]) + "\n")
    return folder


def build(dump: Path, out: Path) -> Gazetteer:
    build_gazetteer(gather(["PK"], str(dump), dump), out)
    return Gazetteer(out)


def test_a_village_of_the_dump_is_found_with_its_district_and_province(dump, tmp_path):
    deep = build(dump, tmp_path / "deep.sqlite")
    (village,) = deep.lookup("Kili Hazarganji")
    assert village.place_id == "gn:90000001" and (village.feature, village.country) == ("city", "PK")
    assert (village.admin1, village.admin2, village.lat, village.lon) == ("Balochistan", "Quetta District", 30.2, 67.0)
    assert deep.lookup("Killi Hazar Ganji") and deep.lookup("هزار گنجی")
    assert not deep.lookup("KHZ") and not deep.lookup("https://example.org")


def test_features_are_ours_and_what_is_none_of_them_is_left_out(dump, tmp_path):
    deep = build(dump, tmp_path / "deep.sqlite")
    assert deep.lookup("Shela Nullah")[0].feature == "river"
    assert {place.place_id for place in deep.lookup("Zarghoon")} >= {"gn:90000004"}  # without its generic word
    assert not deep.lookup("Hotel Bloom Star")


def test_transliterations_of_villages_are_found(dump, tmp_path):
    found = build(dump, tmp_path / "deep.sqlite").lookup("Kili Hazarganjee")
    assert [(place.place_id, place.match) for place in found] == [("gn:90000001", "variant")]


def test_places_the_shipped_file_has_keep_their_names_and_parents(dump, tmp_path):
    deep, shipped = build(dump, tmp_path / "deep.sqlite"), Gazetteer(geonames.FOLDER / geonames.SHIPPED)
    before, after = shipped.place("gn:1167528"), deep.place("gn:1167528")
    assert after.name == before.name == "Quetta" and after.admin1 == before.admin1 == "Balochistan"
    assert (after.lat, after.lon) == (30.2, 67.0)  # the dump's point is newer
    assert after.population >= 1001205
    assert deep.lookup("Paris")[0] == shipped.lookup("Paris")[0]


def test_lines_in_another_format_are_counted_and_said(dump, tmp_path):
    said = []
    counts = build_gazetteer(gather(["PK"], str(dump), dump), tmp_path / "deep.sqlite", say=said.append)
    assert counts["bad lines"] == len(BAD) and counts["of the dump"] == len(ROWS) - 1
    assert any("PK: 5 of 10 lines had not GeoNames' format" in line for line in said)


def test_alternate_names_and_hierarchy_deepen_it(dump, tmp_path):
    (dump / "alternatenames").mkdir()
    names = "1\t90000001\ten\tThousand Treasures\n2\t90000001\tde\tTausendschatz\n3\t1\ten\tNobody\nbroken\n"
    (dump / "alternatenames" / "PK.txt").write_text(names, encoding="utf-8")
    with zipfile.ZipFile(dump / "PK.zip", "a") as archive:
        archive.writestr("extra", "")
    lone = row(90000005, "Spin Karez", admin2="").replace("\t02\t", "\t\t")
    (dump / "PK.zip").unlink()
    (dump / "PK.txt").write_text("\n".join([*ROWS, lone]), encoding="utf-8")
    (dump / "hierarchy.txt").write_text("1183606\t90000005\tADM\n90000002\t90000001\n", encoding="utf-8")
    deep = build(dump, tmp_path / "deep.sqlite")
    assert deep.lookup("Thousand Treasures")[0].place_id == "gn:90000001"
    assert not deep.lookup("Tausendschatz") and not deep.lookup("Nobody")
    assert deep.place("gn:90000005").admin1 == "Balochistan"


def test_what_is_missing_or_no_dump_is_said(dump, tmp_path):
    with pytest.raises(DumpError, match=r"holds no AF\.zip"):
        gather(["AF"], str(dump), dump)
    (dump / "PK.zip").write_bytes(b"<html>")
    with pytest.raises(DumpError, match=r"is no whole zip file of PK\.txt"):
        build(dump, tmp_path / "deep.sqlite")
    (dump / "PK.zip").unlink()
    (dump / "PK.txt").write_text("name,lat,lon\n" * 200, encoding="utf-8")
    with pytest.raises(DumpError, match="has GeoNames' format"):
        build(dump, tmp_path / "deep.sqlite")
    (dump / "admin2Codes.txt").write_text("<html>", encoding="utf-8")
    with pytest.raises(DumpError, match=r"admin2Codes\.txt has no line in GeoNames' format"):
        build(dump, tmp_path / "deep.sqlite")
    assert not (tmp_path / "deep.sqlite").exists()


BUILD = """
import sys, time
from pathlib import Path
from helpers import geonames
geonames.BATCH = 200
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
geonames.build_gazetteer(geonames.gather(["PK"], sys.argv[1], folder), out, say=lambda line: time.sleep(0.02))
"""


def contents(path: Path) -> dict[str, list]:
    with sqlite3.connect(path) as db:
        tables = {name: f"SELECT * FROM {name} ORDER BY 1, 2" for name in ("place", "name", "variant", "country")}
        return {name: db.execute(query).fetchall() for name, query in tables.items()}


def test_a_build_killed_ten_times_ends_whole(dump, tmp_path):
    draw = random.Random(7)
    rows = [row(90001000 + n, f"Kili {draw.choice('BDGKLMNRST')}a{n}", others=f"Killi {n} Khan") for n in range(8000)]
    (dump / "PK.zip").unlink()
    (dump / "PK.txt").write_text("\n".join(rows), encoding="utf-8")
    build(dump, tmp_path / "unbroken.sqlite")
    out, killed = tmp_path / "broken.sqlite", 0
    command = [sys.executable, "-c", BUILD, dump, out]
    while killed < 10 and not out.exists():
        child = subprocess.Popen(command)
        time.sleep(0.3 + draw.random())
        child.send_signal(signal.SIGKILL)
        child.wait()
        killed += 1
    subprocess.run(command, check=True)
    assert contents(out) == contents(tmp_path / "unbroken.sqlite")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_other_dump_files_begin_the_build_anew(dump, tmp_path):
    out = tmp_path / "deep.sqlite"
    geonames.begin(
        tmp_path / ".deep.sqlite.part", tmp_path / ".deep.sqlite.work", geonames.FOLDER / geonames.SHIPPED, "old"
    )
    assert build(dump, out).lookup("Kili Hazarganji")


@given(st.text(max_size=8), st.text(max_size=8), st.sampled_from(sorted(set(read_features().values()))))
def test_no_place_is_its_own_parent(admin1, admin2, feature):
    parents = {"PK": 1, f"PK.{admin1}": 2, f"PK.{admin1}.{admin2}": 3}
    assert all(parent_of(n, feature, "PK", admin1, admin2, parents) != n for n in (1, 2, 3))


def test_every_feature_is_one_of_ours():
    assert set(read_features().values()) <= set(geonames.FEATURES)


def test_the_command_builds_and_chooses(dump, tmp_path, capsys, monkeypatch):
    out = tmp_path / "deep.sqlite"
    assert main(["gazetteer", "build", "--countries", "pk", "--from", str(dump), "-o", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert main(["gazetteer", "build", "--countries", "XX", "--from", str(dump), "-o", str(out)]) == 2
    assert "holds no XX.zip" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["gazetteer", "build", "--countries", "../../etc", "--from", str(dump)])
