"""Sources: whatever a server, a disk or a clipboard hands over, there is an article or one clear sentence."""

import gzip
import io
import socket
import threading
import time
import zipfile
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from make_pages import ENCODINGS, FLOOD, STORIES, docx_styled, pdf_report, pdf_scan, plain, wire

from helpers import sources
from helpers.article import ArticleError, read_article
from helpers.documents import tidy

PAGE = wire(FLOOD)
LOGIN = (
    '<html><body><h1>Welcome back</h1><form>Email <input name=e> Password <input type="password"></form></body></html>'
)


class Handler(BaseHTTPRequestHandler):
    """One route for each way a server can behave."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        getattr(self, "get_" + self.path.strip("/").split("/")[0].replace("-", "_"))()

    def log_message(self, *_):
        pass

    def answer(self, body=PAGE, status=200, media="text/html; charset=utf-8", **headers):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in ({"Content-Type": media, "Content-Length": len(body)} | headers).items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, start: bytes, piece: bytes, pause: float):
        self.close_connection = True
        try:
            self.wfile.write(start)
            for _ in range(int(5 / pause) if pause else 10_000):
                self.wfile.write(piece)
                time.sleep(pause)
        except OSError:
            pass

    def redirect(self, target):
        self.answer("", 302, Location=target)

    def get_story(self):
        self.answer()

    def get_moved(self):
        self.redirect("/story")

    def get_loop(self):
        self.redirect("/loop")

    def get_to_private(self):
        self.redirect(f"http://127.0.0.2:{self.server.server_port}/story")

    def get_to_file(self):
        self.redirect("file:///etc/hostname")

    def get_to_login(self):
        self.redirect("/login")

    def get_login(self):
        self.answer(LOGIN)

    def get_as_text(self):
        self.answer(media="text/plain")

    def get_as_bytes(self):
        self.answer(media="application/octet-stream")

    def get_untyped(self):
        self.answer(media="")

    def get_pdf_as_html(self):
        self.answer(pdf_report(FLOOD), media="text/html")

    def get_word(self):
        self.answer(docx_styled(FLOOD), media="application/zip")

    def get_image(self):
        self.answer(b"\x89PNG\r\n\x1a\n" + bytes(500), media="image/png")

    def get_json(self):
        self.answer('{"a": 1}', media="application/json")

    def get_empty(self):
        self.answer("")

    def get_latin_as_utf8(self):
        self.answer(PAGE.replace('<meta charset="utf-8">', "").encode("cp1252"))

    def get_utf8_as_latin(self):
        self.answer(media="text/html; charset=iso-8859-1")

    def get_charset_unknown(self):
        self.answer(media="text/html; charset=x-martian")

    def get_packed(self):
        self.answer(gzip.compress(PAGE.encode()), Content_Encoding="gzip")

    def get_bomb(self):
        self.answer(gzip.compress(b"<p>" + b"a " * 5_000_000), Content_Encoding="gzip")

    def get_chunked(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        data = PAGE.encode()
        for start in range(0, len(data), 700):
            part = data[start : start + 700]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def get_endless(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.drip(head, b"400\r\n" + b"<p>word " * 128 + b"\r\n", 0)

    def get_drip_body(self):
        self.drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>", b"word ", 0.05)

    def get_drip_head(self):
        self.drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.05)

    def get_silent(self):
        self.drip(b"", b"", 5)

    def get_cut(self):
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n<p>half a")

    def get_garbage(self):
        self.close_connection = True
        self.wfile.write(b"\x00\x01\x02 not http at all\r\n\r\n")

    def get_missing(self):
        self.answer("gone", 404)

    def get_forbidden(self):
        self.answer("no", 403)

    def get_unauthorised(self):
        self.answer("no", 401)

    def get_down(self):
        self.answer("oops", 503)


@pytest.fixture(scope="module")
def server():
    ThreadingHTTPServer.handle_error = lambda *_: None  # a client that hangs up is what is tested here
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSATLAS_CACHE", str(tmp_path / "cache"))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def refusal(source, **options) -> str:
    """The sentence with which a source is refused."""
    with pytest.raises(ArticleError) as refused:
        read_article(source, **options)
    sentence = str(refused.value)
    assert "\n" not in sentence and sentence.endswith(".") and str(source)[-8:] in sentence
    return sentence


READABLE = ["story", "moved", "as-text", "as-bytes", "untyped", "pdf-as-html", "word", "latin-as-utf8", "utf8-as-latin",
            "charset-unknown", "packed", "chunked"]  # fmt: skip


@pytest.mark.parametrize("path", READABLE)
def test_a_page_is_read_whatever_the_server_says_of_it(server, path):
    article = read_article(f"{server}/{path}", allow_private=True)
    assert article.text == FLOOD.text
    assert article.date.value == FLOOD.date


@pytest.mark.parametrize(
    ("path", "words"),
    {
        "loop": "redirects more than",
        "to-file": "only http and https",
        "login": "asks for a login",
        "to-login": "asks for a login",
        "image": "image/png",
        "json": "application/json",
        "empty": "is empty",
        "missing": "does not exist (404)",
        "forbidden": "(403)",
        "unauthorised": "asks for a login (401)",
        "down": "(503)",
        "garbage": "cannot be fetched",
        "cut": "cannot be fetched",
    }.items(),
)
def test_a_page_that_is_no_story_gets_one_sentence(server, path, words):
    source = f"{server}/{path}"
    with pytest.raises(ArticleError, match=r"\.$") as refused:
        read_article(source, allow_private=True)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("path", ["endless", "bomb"])
def test_a_body_without_end_is_cut_off_by_size(server, path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_BYTES", 1_000_000)
    assert "larger than 1 MB" in refusal(f"{server}/{path}", allow_private=True)


@pytest.mark.parametrize("path", ["drip-body", "drip-head", "silent"])
def test_a_slow_server_is_given_up(server, path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_SECONDS", 0.4)
    assert "longer than 0.4 seconds" in refusal(f"{server}/{path}", allow_private=True)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.8", "169.254.169.254", "192.168.1.1", "[::ffff:10.0.0.1]", "0.0.0.0"],
)
def test_addresses_of_this_machine_and_network_are_refused(host):
    assert "private address" in refusal(f"http://{host}/story")


def test_a_redirect_to_a_private_address_is_refused(server, monkeypatch):
    monkeypatch.setattr(sources, "is_public", lambda host: host != "127.0.0.2")
    assert read_article(f"{server}/story").title == FLOOD.title
    assert "private address" in refusal(f"{server}/to-private")


def test_a_name_that_points_to_this_machine_is_refused_once_connected(server, monkeypatch):
    here = socket.getaddrinfo("127.0.0.1", int(server.rpartition(":")[2]), type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    assert "private address" in refusal("http://news.example/story")


@pytest.mark.parametrize("source", ["ftp://news.example/a.txt", "file:///etc/hostname", "gopher://x.example/1"])
def test_only_web_addresses_are_fetched(source):
    assert "only http and https" in refusal(source)


def test_a_page_fetched_once_needs_no_network_again(server, monkeypatch):
    first = read_article(f"{server}/story", allow_private=True)
    monkeypatch.setattr(sources, "_download", lambda *_: pytest.fail("went to the network"))
    again = read_article(f"{server}/story", allow_private=True)
    assert (again.sha256, again.id) == (first.sha256, first.id)
    assert again.facts.equals(first.facts)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.place)
def test_text_files_in_any_encoding(tmp_path, story, encoding):
    path = tmp_path / "story.txt"
    path.write_bytes(plain(story, encoding))
    assert read_article(path).text == tidy(story.text)


def test_packed_files_and_standard_input(tmp_path, monkeypatch):
    path = tmp_path / "story.html.gz"
    path.write_bytes(gzip.compress(PAGE.encode()))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(plain(FLOOD))))
    assert read_article(path).text == read_article("-").text == FLOOD.text


def test_pasted_text_reads_as_a_file_does(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(FLOOD.text, encoding="utf-8")
    pasted = read_article(FLOOD.text)
    assert (pasted.sha256, pasted.source) == (read_article(path).sha256, "pasted text")


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    return out.getvalue()


BAD_FILES = {
    "empty.txt": (b"", "is empty"),
    "blank.txt": (b" \n\t\n", "is empty"),
    "signs.txt": (b"*** --- ***\n\n1 2 3", "shows no story"),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "is not text"),
    "random.txt": (bytes((i * 7919 + i // 256) % 256 for i in range(4096)), "is not text"),
    "archive.docx": (zipped("a.txt"), "is an archive"),
    "broken.docx": (b"PK\3\4" + bytes(50), "is damaged"),
    "hollow.docx": (zipped("word/document.xml"), "damaged Word file"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office format"),
    "broken.pdf": (b"%PDF-1.4\nnothing", "damaged or locked"),
    "broken.gz": (b"\x1f\x8b\x08nothing at all", "damaged gzip"),
    "bomb.gz": (gzip.compress(bytes(30_000_000)), "larger than 20 MB"),
    "page.html": (b"<html><body><nav>Home</nav></body></html>", "shows no story"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_article_gets_one_sentence(tmp_path, name):
    data, words = BAD_FILES[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ArticleError) as refused:
        read_article(tmp_path / name)
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_paths_that_lead_nowhere(tmp_path):
    assert "There is no file" in refusal(tmp_path / "missing.txt")
    assert "There is no file" in refusal("no such article.txt")
    assert "is a folder" in refusal(tmp_path)
    with pytest.raises(ArticleError, match="empty"):
        read_article("  \n ")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def forbid(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", forbid)
    assert "Permission denied" in refusal(tmp_path / "secret.txt")


def test_a_pdf_without_text_is_named_a_scan(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(pdf_scan())
    assert "it is a scan" in refusal(tmp_path / "scan.pdf")


def test_very_long_and_odd_names_are_text():
    assert (
        read_article("A headline of a story\n\n" + "Words and the words of it. " * 400).title == "A headline of a story"
    )


SEEDS = [
    (wire(FLOOD).encode(), ".html"),
    (pdf_report(FLOOD), ".pdf"),
    (docx_styled(FLOOD), ".docx"),
    (plain(FLOOD), ".txt"),
]


def test_a_line_break_inside_a_headline_parts_no_paragraph(tmp_path):
    broken = pdf_report(FLOOD).replace(b"warning that rings from", b"warning\x0b\x85that rings from")
    assert len(broken) == len(pdf_report(FLOOD)) + 1
    (tmp_path / "broken.pdf").write_bytes(broken)
    article = read_article(tmp_path / "broken.pdf")
    assert "\n" not in article.title
    assert article.text == "\n\n".join(article.text[a:b] for a, b in article.paragraphs)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), min_size=1, max_size=9))
@example(next(seed for seed in SEEDS if seed[1] == ".pdf"), [(0.5, b"\x0b"), (0.0625, b"")])
def test_damaged_files_are_read_or_refused(tmp_path, seed, damages):
    data, suffix = bytearray(seed[0]), seed[1]
    for place, piece in damages:
        at = int(place * len(data))
        data[at : at + 5] = piece
    path = tmp_path / f"damaged{suffix}"
    path.write_bytes(data)
    with suppress(ArticleError):
        article = read_article(path)
        assert article.text == "\n\n".join(article.text[a:b] for a, b in article.paragraphs)
