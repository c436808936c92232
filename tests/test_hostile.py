"""Hostile and broken input at the command line: a result or one clear sentence each, and nothing written elsewhere."""

# ruff: noqa: E501 (inputs stand as they are sent)
import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers.cli import main

STORY = "Traders left Peshawar for Kabul on Monday, police said.\n\nThe road by Torkham was open.\n"
PAGE = "<!doctype html><html><head><title>Road</title>{head}</head><body><article><h1>Road</h1>{body}</article></body></html>"
BODY = "".join(
    f"<p>{part}</p>"
    for part in [*STORY.split("\n\n"), "Shops in Quetta stayed shut for a third day, traders said."] * 3
)
BOMB = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
XXE = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
DOCUMENT = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{}</w:t>'
    "</w:r></w:p></w:body></w:document>"
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http:'
    '//schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def docx(document: str, **extra: bytes | str) -> bytes:
    """A Word file with this text as its main part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", document)
        for name, data in extra.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def pdf(objects: str, trailer: str = "trailer <</Root 1 0 R>>\n%%EOF") -> bytes:
    """A PDF whose table of objects is missing, as after a bad transfer."""
    return f"%PDF-1.7\n{objects}\n{trailer}".encode("latin-1")


CATALOG = "1 0 obj <</Type/Catalog/Pages 2 0 R{}>> endobj 2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj "
SHEET = (
    "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj "
)
SAID = "4 0 obj <</Length 70>> stream\nBT /F 12 Tf 50 700 Td (Traders left Peshawar for Kabul, police said.) Tj ET\nendstream endobj "
FACE = "5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj"
PROGRAM = "/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\))>>"


def line(**fields) -> bytes:
    return json.dumps({"id": "a", "text": STORY} | fields).encode()


# name of the file: its bytes. Each ends with status 0 (a result), or 1 or 2 and one sentence.
FILES: dict[str, bytes] = {
    "empty.txt": b"",
    "blank.txt": b" \n\t\r\n\x0b\x0c ",
    "nulls.txt": STORY.encode().replace(b" ", b"\0 "),
    "only-nulls.txt": bytes(5000),
    "surrogates.txt": STORY.encode() + b"\xed\xa0\x80 \xed\xbf\xbf Lahore.",
    "bidi.txt": STORY.replace("Kabul", "\u202eKabul\u202c \u2066x\u2069").encode(),
    "zero-width.txt": STORY.replace("Kabul", "Ka\u200bb\u200du\ufefful").encode(),
    "normal-forms.txt": (STORY + "Zürich, Zu\u0308rich, \u1112\u1161\u11ab \ud55c, \ufb01ne \uff30eshawar.").encode(),
    "zalgo.txt": ("".join(c + "\u0301\u0336\u0489" * 40 for c in "Peshawar and Kabul") + ".\n").encode(),
    "one-line.txt": (STORY.replace("\n", " ") * 500).encode(),
    "one-word.txt": b"A" * 1_000_000,
    "many-lines.txt": STORY.encode() + b"\n" * 200_000 + b"Quetta.",
    "brackets.txt": b"(" * 50_000 + STORY.encode() + b'"' * 20_001,
    "digits.txt": b"1234567890 " * 20_000,
    "emoji.txt": "😀👨‍👩‍👧 🇵🇰 ".encode() * 3000 + STORY.encode(),
    "escapes.txt": b"\x1b[2J\x1b]0;owned\x07" + STORY.encode() + b"\x08" * 100,
    "noise.txt": bytes(range(256)) * 200,
    "utf16.txt": STORY.encode("utf-16-le"),
    "utf32.txt": STORY.encode("utf-32"),
    "half-utf8.txt": STORY.encode() + "é".encode()[:1],
    "returns.txt": STORY.replace("\n", "\r").encode(),
    "arabic.txt": "غادر التجار بيشاور إلى كابل يوم الاثنين، بحسب الشرطة. وبقي الطريق مفتوحا.\n".encode() * 5,
    "formulas.txt": b"=HYPERLINK(\"http://127.0.0.1:9\",\"Kabul\")\n\n+Kabul\n\n@Peshawar\n\n-2+3+cmd|' /C calc'!A0\n\n" + STORY.encode(),
    "markup.txt": b"<script>alert(1)</script> ]]> </textarea> Kabul & <b onmouseover=alert(2)>Peshawar</b>\n\n" + STORY.encode(),
    "page-script.html": PAGE.format(head="<script>fetch('http://127.0.0.1:9')</script>", body=BODY).encode(),
    "page-laughs.html": (f'<!DOCTYPE html [<!ENTITY a "ha">{BOMB}]>' + PAGE.format(head="", body=BODY + "&j;")).encode(),
    "page-outside.html": (XXE + PAGE.format(head="", body=BODY + "<p>&x;</p>")).encode(),
    "page-deep.html": PAGE.format(head="", body="<div>" * 60_000 + BODY).encode(),
    "page-open.html": PAGE.format(head="", body="<p><b><i><a href=" + BODY).encode(),
    "page-refresh.html": PAGE.format(head='<meta http-equiv=refresh content="0;url=file:///etc/passwd">', body=BODY).encode(),
    "page-attribute.html": PAGE.format(head="", body=f"<p title='{'x' * 2_000_000}'>Kabul</p>" + BODY).encode(),
    "page-charset.html": PAGE.format(head="<meta charset=utf-7><meta charset=nonsense>", body=BODY).encode(),
    "page-json.html": PAGE.format(head=f'<script type="application/ld+json">{"[" * 100_000}</script>', body=BODY).encode(),
    "page-links.html": PAGE.format(head="", body='<a href="http://127.0.0.1:9/">x</a>' * 20_000 + BODY).encode(),
    "page-comment.html": ("<!--" * 30_000 + PAGE.format(head="", body=BODY)).encode(),
    "page-nothing.html": PAGE.format(head="", body="").encode(),
    "pdf-empty.pdf": b"",
    "pdf-head.pdf": b"%PDF-1.7\n",
    "pdf-broken.pdf": pdf(CATALOG.format("") + SHEET + SAID + FACE),
    "pdf-program.pdf": pdf(CATALOG.format(PROGRAM) + SHEET + SAID + FACE),
    "pdf-circle.pdf": pdf(CATALOG.format("").replace("3 0 R", "2 0 R")),
    "pdf-many.pdf": pdf(CATALOG.format("").replace("/Count 1", "/Count 2147483647") + SHEET + SAID + FACE),
    "pdf-length.pdf": pdf(CATALOG.format("") + SHEET + SAID.replace("/Length 70", "/Length 99999999") + FACE),
    "pdf-noise.pdf": b"%PDF-1.4\n" + bytes(range(256)) * 400,
    "word.docx": docx(DOCUMENT.format("Traders left Peshawar for Kabul on Monday, police said, and came back.")),
    "word-laughs.docx": docx(f'<!DOCTYPE d [<!ENTITY a "ha">{BOMB}]>' + DOCUMENT.format("&j;")),
    "word-outside.docx": docx('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + DOCUMENT.format("&x; Kabul")),
    "word-climbs.docx": docx(DOCUMENT.format("Traders left Peshawar for Kabul."), **{"../../../escaped.txt": "x"}),
    "word-bomb.docx": docx(DOCUMENT.format("a" * 100_000_000)),
    "word-half.docx": docx(DOCUMENT.format("Kabul"))[:200],
    "word-empty.docx": docx(""),
    "zip.docx": b"PK\x05\x06" + bytes(18),
    "bomb.txt.gz": gzip.compress(bytes(200_000_000), 9),
    "bomb-twice.gz": gzip.compress(gzip.compress(b"a" * 50_000_000)),
    "half.txt.gz": gzip.compress(STORY.encode() * 50)[:-20],
    "noise.gz": b"\x1f\x8b" + bytes(range(200)),
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(5000),
    "program.txt": b"\x7fELF" + bytes(range(256)) * 50,
    "lines-broken.jsonl": b"{\n" + line() + b"\n[1, 2]\nnull\n\"text\"\n",
    "lines-deep.jsonl": b"[" * 200_000 + b"\n" + line(),
    "lines-long.jsonl": b'{"id": "b", "text": "' + b"a" * 25_000_000 + b"\n" + line(),
    "lines-numbers.jsonl": b"\n".join([line(text=7), line(text=None), line(id={}), line(text=["a"]), line(id=7), line()]),
    "lines-spans.jsonl": b"\n".join(
        line(places=spans)
        for spans in ([[5, 1]], [[-1, 4]], [[0, 10**30]], [[True, 2]], [[0.5, 2]], [[1]], "abc", {"a": 1}, [[13, 21]])
    ),
    "lines-dates.jsonl": b"\n".join(line(date=date) for date in ("9999-99-99", "../..", 2016, [], "2016", "0000", "-1")),
    "lines-infinite.jsonl": b'{"id": "a", "text": "Kabul.", "date": NaN, "x": Infinity, "y": 1e999}\n' + line(),
    "lines-huge-number.jsonl": b'{"id": ' + b"9" * 10_000 + b', "text": "Kabul."}\n' + line(),
    "lines-surrogate.jsonl": b'{"id": "\\ud800", "title": "\\udfff", "source": "\\ud801", "text": "Kabul \\ud800 fell."}\n',
    "lines-nulls.jsonl": b'{"id": "a\\u0000b", "text": "Kab\\u0000ul. Peshawar."}\n\0\0\n',
    "lines-encoding.jsonl": '{"id": "é", "text": "Kabul."}'.encode("latin-1") + b"\n" + line(),
    "lines-keys.jsonl": b'{"text": "Kabul.", "text": "Peshawar.", "__class__": "os.system", "id": "../../escaped"}\n',
    "lines-empty.jsonl": b"\n\n  \n",
}  # fmt: skip


def run(arguments: list[str | Path], folder: Path, capsys) -> tuple[int, list[str]]:
    """Exit status and what was said, after a look that the command wrote only to its output folder."""
    before = {path for path in folder.rglob("*") if folder / "out" not in path.parents}
    try:
        status = main([str(argument) for argument in arguments])
    except SystemExit as stop:
        status = stop.code
    said = capsys.readouterr().err
    assert "Traceback" not in said and "please report" not in said, said
    assert {path for path in folder.rglob("*") if folder / "out" not in path.parents} - {folder / "out"} <= before
    return status, said.splitlines()


def is_clear(status: int, said: list[str], out: Path) -> bool:
    """Status 0 and a file; or 1 or 2 and sentences that end, none longer than a person reads."""
    problems = [text for text in said if text.startswith("newsatlas:")]
    if status == 0:
        return out.is_file() and not problems
    return status in (1, 2) and bool(problems) and all(len(text) < 600 and text.endswith(".") for text in problems)


@pytest.mark.parametrize("name", FILES)
def test_a_file(name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(FILES[name])
    out = tmp_path / "out" / "o.jsonl"
    status, said = run(["analyse", tmp_path / name, "-o", out, "--only", "places"], tmp_path, capsys)
    assert is_clear(status, said, out), (status, said)
    if out.exists():
        for text in out.read_text("utf-8").splitlines():
            record = json.loads(text)
            assert "root:x:0" not in text and record["sha256"]


SOURCES: dict[str, Callable[[Path], object]] = {
    "nothing there": lambda folder: folder / "nothing.txt",
    "a climbing path": lambda folder: folder / ("../" * 40) / "etc/nothing-here.txt",
    "a path too long": lambda folder: folder / ("a" * 5000),
    "an empty folder": lambda folder: (folder / "e").mkdir() or folder / "e",
    "a circle of links": lambda folder: (folder / "c").symlink_to(folder / "c") or folder / "c",
    "a dangling link": lambda folder: (folder / "d.txt").symlink_to(folder / "gone") or folder / "d.txt",
    "a folder in itself": lambda folder: (
        (folder / "f").mkdir(), (folder / "f" / "f").symlink_to(folder / "f"), folder / "f")[2],
    "a folder with a pipe nobody writes to": lambda folder: (
        (folder / "h").mkdir(), os.mkfifo(folder / "h" / "p.txt"), folder / "h")[2],
    "an endless device": lambda folder: "/dev/zero",
    "an empty device": lambda folder: "/dev/null",
    "a folder called like a file": lambda folder: (folder / "g.txt").mkdir() or folder / "g.txt",
    "a file protocol": lambda folder: "file:///etc/passwd",
    "another protocol": lambda folder: "gopher://127.0.0.1/",
    "a script": lambda folder: "javascript:alert(1)",
    "this machine": lambda folder: "http://localhost:9/",
    "this machine by number": lambda folder: "http://2130706433:9/",
    "this machine in six": lambda folder: "http://[::ffff:127.0.0.1]:9/",
    "a cloud's secrets": lambda folder: "http://169.254.169.254/latest/meta-data/",
    "no host": lambda folder: "http:///x",
    "a port that is none": lambda folder: "http://127.0.0.1:99999/",
    "a user in front": lambda folder: "http://example.org@127.0.0.1:9/",
}  # fmt: skip


@pytest.mark.parametrize("kind", SOURCES)
def test_a_source_that_is_none(kind, tmp_path, capsys):
    out = tmp_path / "out" / "o.jsonl"
    status, said = run(["analyse", SOURCES[kind](tmp_path), "-o", out, "--only", "places"], tmp_path, capsys)
    assert status in (1, 2) and is_clear(status, said, out) and not out.exists(), (status, said)


@pytest.mark.parametrize(
    "name", ["new\nline.txt", "-rf.txt", 'quote\'s "x".txt', "$(touch escaped).txt", "ünïcode\u202e.txt"]
)
def test_an_odd_name(name, tmp_path, capsys):
    (tmp_path / name).write_text(STORY, "utf-8")
    out = tmp_path / "out" / "o.jsonl"
    status, said = run(["analyse", tmp_path / name, "-o", out, "--only", "places"], tmp_path, capsys)
    assert status == 0 and len(out.read_text("utf-8").splitlines()) == 1, said


def test_a_file_of_a_gigabyte_is_refused_unread(tmp_path, capsys):
    with (tmp_path / "big.txt").open("wb") as file:
        file.truncate(1_000_000_000)
    status, said = run(["analyse", tmp_path / "big.txt", "-o", tmp_path / "out" / "o.jsonl"], tmp_path, capsys)
    assert status == 1 and "20" in said[0], said


@pytest.mark.parametrize("out", ["/dev/full", "out", "out/o.exe", "file.txt/o.jsonl", "o" * 300 + ".jsonl"])
def test_an_output_that_cannot_be(out, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.txt").write_text(STORY, "utf-8")
    (tmp_path / "out").mkdir()
    status, said = run(["analyse", "file.txt", "-o", out, "--only", "places"], tmp_path, capsys)
    assert status == 2 and len([text for text in said if text.startswith("newsatlas:")]) == 1, said
