"""Sources: the bytes of an article from a file, a web address, standard input or pasted text, and their encoding."""

import hashlib
import io
import ipaddress
import json
import os
import re
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from charset_normalizer import from_bytes
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from helpers import __version__

DATA = Path(__file__).parents[2] / "data"
MAX_BYTES = 20_000_000  # of a file or page, packed or unpacked
MAX_SECONDS = 20  # for a page with all its redirects
MAX_REDIRECTS = 5
HEADERS = {"User-Agent": f"newsatlas/{__version__}", "Accept": "text/html,application/pdf,text/plain;q=0.9,*/*;q=0.5"}
HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:!doctype html|html|head|body|article|div|p)\b", re.I | re.S
)
BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
WINDOWS = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
}  # as browsers read them
# What the wrong one of two Western encodings makes of a text: capitals inside or between words, rare symbols
ODD = re.compile(r"[a-zß-ÿ][À-Þ]|[À-Þ](?![\w’'.])|[^\x00-\x7fÀ-ÿŒœŠšŽžŸ“”‘’–—…•·€£§°©®™¼½¾«»¡¿\xa0\xad]")
REFUSALS = {
    401: "asks for a login",
    402: "asks for payment",
    403: "refuses programs",
    404: "does not exist",
    410: "is gone",
}
ENDINGS = {".txt", ".html", ".htm", ".mhtml", ".md", ".pdf", ".docx", ".gz"}  # files of a folder taken for articles


class ArticleError(ValueError):
    """What could not be read, where, and what to do: one sentence for the reader."""


class PrivateAddress(Exception):
    """The address belongs to this machine or its network (no OSError: urllib3 would take it for a fault)."""


class Source(NamedTuple):
    """The bytes of an article, what kind of file they are, and where they came from."""

    data: bytes
    kind: str  # html, mhtml, pdf, docx, markdown or text
    where: str  # a path, an address after redirects, "-" or "pasted text"
    charset: str | None = None  # as the server declares it
    fetched: str = ""  # the day a page was fetched


def load_source(source: str | Path, allow_private: bool = False) -> Source:
    """The bytes behind a path, an http(s) address, "-" (standard input) or a text pasted as it is."""
    name = str(source)
    if name == "-":
        return recognise(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    if re.fullmatch(r"[a-z][a-z0-9+.-]+://\S+", name, re.I):
        return fetch(name, allow_private)
    if isinstance(source, str) and is_text(name):
        return recognise(name.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode(), "pasted text")
    where = name if len(name) < 300 else f"{name[:80]}..."
    try:
        if Path(name).is_dir():
            raise ArticleError(f"{name} is a folder: give one of the files in it.")
        with Path(name).open("rb") as file:
            return recognise(file.read(MAX_BYTES + 1), name)
    except FileNotFoundError:
        raise ArticleError(f"There is no file {where}: check the path, or begin a web address with https://.") from None
    except OSError as error:
        raise ArticleError(f"{where} cannot be opened ({error.strerror}): check its permissions.") from None


def is_text(name: str) -> bool:
    """Whether a string is a text rather than the path of a file, even one that is not there: "my story.txt"."""
    if not re.fullmatch(r"[^\n\0]*\S[^\n\0]*", name):
        return True
    if " " not in name.strip():
        return False
    return len(name) > 250 or (not re.search(r"\.\w{2,8}$", name) and not Path(name).exists())


def recognise(data: bytes, where: str, content_type: str = "", fetched: str = "") -> Source:
    """The source with its kind, told by its first bytes before its name: servers and names are often wrong."""
    if data.startswith(b"\x1f\x8b"):
        try:
            data, where = zlib.decompressobj(wbits=31).decompress(data, MAX_BYTES + 1), where.removesuffix(".gz")
        except zlib.error:
            raise ArticleError(f"{where} is a damaged gzip file: get it again.") from None
    if len(data) > MAX_BYTES:
        raise ArticleError(f"{where} is larger than {MAX_BYTES // 1_000_000} MB: give the story alone.")
    if not data.strip():
        raise ArticleError(f"{where} is empty: give a file or page with a story in it.")
    charset = re.search(r"charset=[\"']?([\w-]+)", content_type, re.I)
    return Source(data, _kind(data, where, content_type.lower()), where, charset and charset[1], fetched)


def _kind(data: bytes, where: str, media: str) -> str:
    suffix = Path(urlsplit(where).path if "://" in where else where).suffix.lower()
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\3\4"):
        return _kind_of_zip(data, where)
    if data.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise ArticleError(f"{where} is in an old Office format: save it as .docx first.")
    if media.startswith(("image/", "audio/", "video/", "font/")) or "json" in media:
        raise ArticleError(f"{where} is no article but {media}: give the address of the story itself.")
    if suffix in (".mht", ".mhtml") or data.startswith(b"From: <Saved by"):
        return "mhtml"
    if "html" in media or suffix in (".html", ".htm", ".xhtml") or HTML.match(decode(data[:4000], where)):
        return "html"
    return "markdown" if suffix in (".md", ".markdown") or "markdown" in media else "text"


def _kind_of_zip(data: bytes, where: str) -> str:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        is_bomb = sum(entry.file_size for entry in archive.infolist()) > 5 * MAX_BYTES
        is_whole = is_bomb or archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        is_bomb = is_whole = False
    if is_bomb:
        raise ArticleError(f"{where} unpacks to more than {5 * MAX_BYTES // 1_000_000} MB: save its text alone.")
    if not is_whole:
        raise ArticleError(f"{where} is damaged or locked by a password: save it again.")
    if "word/document.xml" not in archive.namelist():
        raise ArticleError(f"{where} is an archive, not an article: unpack it and give one of its files.")
    return "docx"


def decode(data: bytes, where: str, declared: str | None = None) -> str:
    """The text in these bytes: by its byte order mark, as UTF-8, as declared, else as its letters suggest."""
    if bom := next((mark for mark in BOMS if data.startswith(mark)), None):
        return data.decode(BOMS[bom], "replace")
    if data.count(0) > len(data) / 5:  # UTF-16 without a mark: English letters leave every other byte empty
        return data.decode("utf-16-be" if data[:200:2].count(0) > data[1:200:2].count(0) else "utf-16-le", "replace")
    in_page = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", data[:4000], re.I)
    for encoding in filter(None, ("utf-8", declared, in_page and in_page[1].decode())):
        with suppress(UnicodeDecodeError, LookupError):
            return data.decode(WINDOWS.get(encoding.lower(), encoding))
    if len(re.findall(rb"[\x00-\x08\x0e-\x1f]", data)) > len(data) / 100:
        raise ArticleError(f"{where} is not text: give a web page, PDF, Word, Markdown or text file.")
    if len(re.findall(rb"[\x80-\xff]", data)) < len(data) / 20:  # English with typographic marks and a few accents
        return min(
            (data.decode(e, "replace") for e in ("cp1252", "mac_roman")), key=lambda text: len(ODD.findall(text))
        )
    if (best := from_bytes(data).best()) is None:
        raise ArticleError(f"{where} is in an unknown encoding: save it as UTF-8.")
    return str(best)


def fetch(url: str, allow_private: bool = False) -> Source:
    """The page at an address, from the cache if it was fetched before; the cache keeps bodies by their content."""
    cache = os.environ.get("NEWSATLAS_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "newsatlas"
    pages = Path(cache).expanduser() / "pages"
    entry = pages / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"
    if not entry.exists():
        body, about = _in_time(lambda: _download(url, allow_private), url)
        about |= {"url": url, "fetched": date.today().isoformat(), "body": hashlib.sha256(body).hexdigest()}
        pages.mkdir(parents=True, exist_ok=True)
        (pages / about["body"]).write_bytes(body)
        entry.write_text(json.dumps(about))
    about = json.loads(entry.read_text())
    return recognise((pages / about["body"]).read_bytes(), about["final"], about["type"], about["fetched"])


def _in_time(job: Callable[[], tuple[bytes, dict]], url: str) -> tuple[bytes, dict]:
    """What the job returns, if it does within MAX_SECONDS: a socket's own limit only counts between two bytes."""
    outcome = Future()

    def work() -> None:
        try:
            outcome.set_result(job())
        except BaseException as error:  # not swallowed: result() raises it
            outcome.set_exception(error)

    Thread(target=work, daemon=True).start()
    try:
        return outcome.result(MAX_SECONDS)
    except PrivateAddress:
        raise ArticleError(
            f"{url} leads to a private address, of this machine or its network: save the page."
        ) from None
    except (TimeoutError, requests.Timeout):
        raise ArticleError(
            f"{url} took longer than {MAX_SECONDS:g} seconds: try again later or save the page."
        ) from None
    except requests.RequestException as error:
        raise ArticleError(
            f"{url} cannot be fetched ({type(error).__name__}): check the address and the network."
        ) from None


def _download(url: str, allow_private: bool) -> tuple[bytes, dict]:
    """Body, final address and content type, after at most MAX_REDIRECTS redirects, each checked like the first."""
    session, hop = requests.Session(), url
    if not allow_private:
        session.mount("http://", PublicOnly())
        session.mount("https://", PublicOnly())
    for _ in range(MAX_REDIRECTS + 1):
        if urlsplit(hop).scheme.lower() not in ("http", "https"):
            raise ArticleError(f"{url} leads to {hop}: only http and https addresses can be read.")
        if not (allow_private or is_public(urlsplit(hop).hostname or "")):
            raise PrivateAddress
        with session.get(hop, headers=HEADERS, stream=True, allow_redirects=False, timeout=MAX_SECONDS) as answer:
            if answer.is_redirect:
                hop = urljoin(hop, answer.headers["location"])
            elif answer.status_code != 200:
                why = REFUSALS.get(answer.status_code, "cannot be had now")
                raise ArticleError(
                    f"{url} {why} ({answer.status_code}): open it in a browser and save the page from there."
                )
            else:
                return _body(answer, url), {"final": hop, "type": answer.headers.get("content-type", "")}
    raise ArticleError(f"{url} redirects more than {MAX_REDIRECTS} times: open it in a browser and save the page.")


def _body(answer: requests.Response, url: str) -> bytes:
    body, deadline = bytearray(), time.monotonic() + MAX_SECONDS
    for chunk in answer.iter_content(65536):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ArticleError(f"{url} is larger than {MAX_BYTES // 1_000_000} MB: give the story alone.")
        if time.monotonic() > deadline:  # nobody waits for it any more
            raise requests.Timeout
    return bytes(body)


def is_public(host: str) -> bool:
    """Whether a host may be fetched from: no private address; a name may, its address is checked once connected."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host not in ("", "localhost")
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast


class _Checked:
    """A connection that looks at its peer before a byte is sent, so that a name cannot point elsewhere in between."""

    def _new_conn(self):
        connection = super()._new_conn()
        if not is_public(connection.getpeername()[0]):
            connection.close()
            raise PrivateAddress
        return connection


class PublicOnly(HTTPAdapter):
    """Connects to public addresses only (behind a proxy, which connects for us, to what the proxy allows)."""

    def init_poolmanager(self, *args, **kwargs) -> None:
        super().init_poolmanager(*args, **kwargs)
        http, https = type("Http", (_Checked, HTTPConnection), {}), type("Https", (_Checked, HTTPSConnection), {})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("HttpPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
            "https": type("HttpsPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
        }


def is_folder(source: str) -> bool:
    """Whether a source is a folder; a pasted text, too long for a path, is none."""
    with suppress(OSError):
        return Path(source).is_dir()
    return False


def list_sources(sources: Iterable[str]) -> list[str]:
    """Every article in the folders named, in the order of their names, and everything else as it is."""
    found: list[str] = []
    for source in sources:
        if not is_folder(source):
            found.append(source)
            continue
        files = (p for p in Path(source).iterdir() if p.suffix.casefold() in ENDINGS | {".jsonl"})
        inside = sorted(str(p) for p in files if not p.is_fifo())  # a pipe that nobody writes to would hold up the rest
        if not inside:
            raise ArticleError(f"The folder {source} holds no article: no file ends in {', '.join(sorted(ENDINGS))}.")
        found += inside
    return found
