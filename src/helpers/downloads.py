"""Downloads of large files: resumed where they broke off, checked, and in place only when whole."""

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import requests

from helpers import __version__

TRIES = 5
PATIENCE = (10, 60)  # seconds to connect, seconds without a byte
PIECE = 1 << 14  # bytes; what a broken connection left of one is lost


class DownloadError(ValueError):
    """Why a file could not be fetched: one sentence for the reader."""


class NotThere(DownloadError):
    """The server has no such file."""


def download(url: str, folder: Path, say: Callable[[str], None] = lambda line: None, pause: float = 1.0) -> Path:
    """Fetch a file into the folder and check that it is whole; what an earlier try left is gone on with.

    The server's length and, of a zip, every checksum in it have to agree. `pause` doubles after each failed try.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / url.rsplit("/", 1)[-1]
    problem = ""
    for number in range(TRIES):
        if number:
            say(f"{target.name}: {problem}; trying again")
            time.sleep(pause * 2 ** (number - 1))
        try:
            part = _fetch(url, target.with_name(f".{target.name}.part"))
            _check(part)
        except (requests.RequestException, DownloadError) as error:
            if isinstance(error, NotThere):
                raise
            problem = str(error) if isinstance(error, DownloadError) else f"the connection failed ({_cause(error)})"
            continue
        part.replace(target)
        _label(part).unlink(missing_ok=True)
        return target
    raise DownloadError(f"{url} could not be fetched in {TRIES} tries: {problem}. Run again to go on.")


def _label(part: Path) -> Path:
    """Where the server's name for this version of the file is kept, while it is not whole."""
    return part.with_name(part.name + ".json")


def _fetch(url: str, part: Path) -> Path:
    """Ask for what is missing; a server that has another version by now, or knows no ranges, sends the whole."""
    label = _label(part)
    have = part.stat().st_size if part.exists() and label.exists() else 0
    version = json.loads(label.read_text("utf-8")) if have else ""
    headers = {"User-Agent": f"NewsAtlas/{__version__}", "Accept-Encoding": "identity"}
    headers |= {"Range": f"bytes={have}-", "If-Range": version} if version else {}
    with requests.get(url, headers=headers, stream=True, timeout=PATIENCE) as answer:
        if answer.status_code in (404, 410):
            raise NotThere(f"{url} is not there ({answer.status_code}): check the address and the country's code.")
        if answer.status_code == 416:  # all of it is here, or more
            part.unlink()
            raise DownloadError("the rest could not be had")
        if answer.status_code not in (200, 206):
            raise DownloadError(f"the server answered {answer.status_code}")
        goes_on = answer.status_code == 206
        tag = answer.headers.get("ETag", "")
        tag = answer.headers.get("Last-Modified", "") if not tag or tag.startswith("W/") else tag
        if not goes_on:
            part.unlink(missing_ok=True)  # before its label changes: a stop in between must not join two versions
        label.write_text(json.dumps(tag), "utf-8")
        with part.open("ab") as file:
            for piece in answer.iter_content(PIECE):
                file.write(piece)
        promised = answer.headers.get("Content-Length")
        whole = int(promised) + (have if goes_on else 0) if promised and promised.isdecimal() else None
    if whole not in (None, part.stat().st_size):
        raise DownloadError(f"{part.stat().st_size:,} of {whole:,} bytes came")
    return part


def _check(part: Path) -> None:
    """Read a zip through against its checksums; what is broken is thrown away, to be fetched anew."""
    if not part.name.endswith(".zip.part"):
        return
    try:
        with zipfile.ZipFile(part) as archive:
            broken = archive.testzip()
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        broken = str(error)
    if broken:
        part.unlink()
        raise DownloadError(f"what came is no whole zip file ({broken})")


def _cause(error: Exception) -> str:
    return str(error).rsplit("'", 2)[-2] if str(error).count("'") > 1 else type(error).__name__
