"""Coverage-guided fuzzing of what reads other people's bytes: `make fuzz`, or for longer and for one reader:

    python scripts/fuzz.py [loaders|jsonl|gazetteer|corrections ...] [--seconds 60] [--corpus DIR]

Each reader must end in a result or in the error it documents; anything else stops the run and leaves the input in DIR.
The fuzzer, atheris (Apache-2.0), is installed into an environment that is thrown away: it has wheels for Linux alone.
"""

import argparse
import io
import os
import sqlite3
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
LONGEST = 20_000  # bytes of an input


def fuzz_loaders(data: bytes) -> None:
    """A file of any kind: the first byte chooses its ending, the rest are its bytes."""
    from helpers.article import ArticleError, read_source
    from helpers.sources import recognise

    endings = ("txt", "html", "md", "pdf", "docx", "mhtml", "gz")
    try:
        article = read_source(recognise(data[1:], f"a.{endings[data[0] % len(endings)]}" if data else "a.txt"))
    except ArticleError as error:
        assert str(error)
    else:
        assert all(0 <= start <= end <= len(article.text) for start, end in article.paragraphs)


def fuzz_jsonl(data: bytes) -> None:
    """A line of JSONL, as it is read from a file."""
    from helpers.article import ArticleError
    from helpers.tasks import read_record

    try:
        article, given = read_record(data.decode("utf-8", "surrogateescape"), None)
    except ArticleError as error:
        assert str(error)
    else:
        assert all(article.text[start:end].strip() for spans in given.values() for start, end in spans)
        article.text.encode("utf-8", "backslashreplace")


def fuzz_gazetteer(data: bytes) -> None:
    """Lines of GeoNames' dump files, laid over an empty gazetteer."""
    from helpers import geonames
    from helpers.gazetteer import FEATURES

    lines = io.StringIO(data.decode("utf-8", "replace"), newline="\n").read().split("\n")
    rows = [line.rstrip("\r").split("\t") for line in lines]
    db = sqlite3.connect(":memory:")
    db.execute("ATTACH ':memory:' AS work")
    db.executescript(geonames.SCHEMA + geonames.WORK)
    features, terms = geonames.read_features(), geonames.read_terms()
    bad = geonames.add_places(db, iter(rows), features=features, terms=terms, parents={"PK": 1, "PK.02": 2})
    geonames.add_alternates(db, iter(rows))
    geonames.add_parents(db, iter(rows))
    geonames.finish(db)
    assert 0 <= bad <= len(rows)
    assert db.execute("SELECT count(*) FROM place WHERE feature >= ?", (len(FEATURES),)).fetchone() == (0,)
    db.close()


def fuzz_corrections(data: bytes) -> None:
    """A sheet of corrections as a spreadsheet may have saved it."""
    from helpers.corrections import CorrectionsError, parse_sheet

    try:
        parse_sheet(data)
    except CorrectionsError as error:
        assert str(error)


READERS: dict[str, Callable[[bytes], None]] = {
    "loaders": fuzz_loaders, "jsonl": fuzz_jsonl, "gazetteer": fuzz_gazetteer, "corrections": fuzz_corrections,
}  # fmt: skip
# What to begin with: the fuzzer finds the way into a format sooner from something whole.
SEEDS: dict[str, list[bytes]] = {
    "loaders": [
        b"\0Traders left Peshawar.\n\nQUETTA (Reuters) - The road was open on May 3, 2016.\n",
        b"\1<!doctype html><html><title>Road</title><body><article><p>Traders.</p></article></body></html>",
        b"\2---\ntitle: Road\ndate: 2016\n---\n# Road\n\nTraders *left* [Quetta](x).\n",
        b"\3%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj 2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\n",
        b"\5Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>x\n--b--\n",
    ],
    "jsonl": [b'{"id": "a", "text": "Kabul fell.", "date": "2021-08", "places": [[0, 5]], "targets": [[0, 5]]}'],
    "gazetteer": [
        b"9\tKili\tKili\tKilli,Kilee\t30.2\t67.0\tP\tPPL\tPK\t\t02\t\t\t\t5\t\t1\tAsia/Karachi\t2025\n1\t9\ten\tKily\n"
    ],
    "corrections": [
        b"scope,article,start,end,text,action,value,who,when,note\n*,,,,Kabul,role,metonym,a,2026-01-01T00:00:00Z,\n"
    ],
}


def run(reader: str, options: list[str]) -> None:
    """Fuzz one reader in this process, which has atheris."""
    import atheris

    with atheris.instrument_imports(include=["helpers"]):
        for seed in SEEDS[reader]:  # imports what it reads with, and loads what it knows languages by
            READERS[reader](seed)
    atheris.Setup([sys.argv[0], *options], READERS[reader])
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(READERS)} (all)")
    parser.add_argument("--seconds", type=int, default=60, help="a reader (60)")
    parser.add_argument("--corpus", type=Path, default=ROOT / "reports" / "fuzz", metavar="DIR", help="(reports/fuzz)")
    args = parser.parse_args()
    if unknown := set(args.readers) - set(READERS):
        parser.error(f"{sorted(unknown)[0]!r} is none of {', '.join(READERS)}")
    with TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "atheris"], check=True
        )
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        for reader in args.readers or READERS:
            inputs = args.corpus / reader
            inputs.mkdir(parents=True, exist_ok=True)
            for number, seed in enumerate(SEEDS[reader]):
                (inputs / f"seed-{number}").write_bytes(seed)
            options = [f"-max_total_time={args.seconds}", f"-max_len={LONGEST}", "-timeout=30", "-rss_limit_mb=2000"]
            options += [f"-artifact_prefix={args.corpus}/{reader}-", "-print_final_stats=1", str(inputs)]
            here = str(Path(__file__).parent)
            code = f"import sys; sys.path[0] = {here!r}; import fuzz; fuzz.run({reader!r}, {options!r})"
            print(f"== {reader}: {args.seconds} s ==", flush=True)
            if subprocess.run([python, "-c", code], env=environment).returncode:
                sys.exit(
                    f"The reader {reader} failed: the input lies in {args.corpus}, its name begins with {reader}-."
                )


if __name__ == "__main__":
    main()
