"""Large downloads on loopback: broken off, lied about, replaced by garbage; what arrives is whole or not there."""

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from helpers.downloads import DownloadError, NotThere, download


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored, so that a cut leaves a piece of some length
        archive.writestr("PK.txt", text)
    return buffer.getvalue()


WHOLE, NEWER = zipped("a place\n" * 20_000), zipped("another place\n" * 20_000)


@pytest.fixture
def server() -> Iterator[SimpleNamespace]:
    """A server that answers as its list of behaviours says, one a request, the last for all further ones."""
    state = SimpleNamespace(behaviours=["well"], asked=[], version='"1"', body=WHOLE)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_) -> None:
            pass

        def do_GET(self) -> None:
            behaviour = state.behaviours.pop(0) if len(state.behaviours) > 1 else state.behaviours[0]
            state.asked.append(self.headers.get("Range"))
            if behaviour == "missing" or behaviour == "failing":
                self.send_error(404 if behaviour == "missing" else 503)
                return
            same = self.headers.get("If-Range") == state.version
            begin = int(self.headers["Range"][6:-1]) if self.headers["Range"] and same else 0
            body = b"<html>Sign in to this network</html>" if behaviour == "garbage" else state.body[begin:]
            self.send_response(206 if begin else 200)
            self.send_header("ETag", state.version)
            self.send_header("Content-Length", str(len(body) * (2 if behaviour == "longer" else 1)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if behaviour == "cut" else body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{running.server_port}/PK.zip"
        yield state
        running.shutdown()


def test_arrives_whole(server, tmp_path):
    path = download(server.url, tmp_path)
    assert path.read_bytes() == WHOLE and [p.name for p in tmp_path.iterdir()] == ["PK.zip"]


def test_goes_on_where_it_broke_off(server, tmp_path):
    server.behaviours = ["cut", "cut", "well"]
    assert download(server.url, tmp_path, pause=0).read_bytes() == WHOLE
    begun = [int(asked[6:-1]) for asked in server.asked[1:]]
    assert server.asked[0] is None and 0 < begun[0] < begun[1] < len(WHOLE)


def test_goes_on_in_another_run(server, tmp_path):
    server.behaviours = ["cut", "failing"]
    with pytest.raises(DownloadError, match=r"PK\.zip could not be fetched in 5 tries: the server answered 503"):
        download(server.url, tmp_path, pause=0)
    server.behaviours = ["well"]
    assert download(server.url, tmp_path, pause=0).read_bytes() == WHOLE
    assert server.asked[-1].startswith("bytes=") and server.asked[-1] != "bytes=0-"


def test_never_joins_two_versions(server, tmp_path):
    server.behaviours = ["cut", "failing"]
    with pytest.raises(DownloadError):
        download(server.url, tmp_path, pause=0)
    server.behaviours, server.version, server.body = ["well"], '"2"', NEWER
    assert download(server.url, tmp_path, pause=0).read_bytes() == NEWER


@pytest.mark.parametrize("behaviour", ["cut", "longer", "garbage", "failing"])
def test_what_stays_broken_is_never_put_in_place(server, tmp_path, behaviour):
    (tmp_path / "PK.zip").write_bytes(b"the last good one")
    server.behaviours = ["cut", behaviour] if behaviour == "failing" else [behaviour]
    if behaviour == "cut":
        server.body = WHOLE[:100]  # the halves of halves end as garbage
    with pytest.raises(DownloadError, match=r"PK\.zip could not be fetched in 5 tries"):
        download(server.url, tmp_path, pause=0)
    assert (tmp_path / "PK.zip").read_bytes() == b"the last good one"


def test_garbage_once_is_fetched_anew(server, tmp_path):
    server.behaviours = ["garbage", "well"]
    assert download(server.url, tmp_path, pause=0).read_bytes() == WHOLE


def test_a_file_that_is_not_there_is_said_at_once(server, tmp_path):
    server.behaviours = ["missing"]
    with pytest.raises(NotThere, match="is not there"):
        download(server.url, tmp_path, pause=0)
    assert len(server.asked) == 1


def test_nobody_answers(tmp_path):
    with pytest.raises(DownloadError, match="the connection failed"):
        download("http://127.0.0.1:9/PK.zip", tmp_path, pause=0)
