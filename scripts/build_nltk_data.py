"""Write data/nltk/: the English Punkt sentence splitter and the VADER lexicon, laid out as NLTK looks for them.

Both come from packages: Punkt from llama-index-core 0.14.25 (which carries NLTK's punkt_tab), the lexicon from
vaderSentiment 3.3.2. Run it with the wheels of both in one folder, as `pip download --no-deps` writes them:

    python scripts/build_nltk_data.py WHEELS_FOLDER [OUT_FOLDER]
"""

import hashlib
import sys
import zipfile
from pathlib import Path

OUT = Path(__file__).parents[1] / "data" / "nltk"
PUNKT = "llama_index/core/_static/nltk_cache/tokenizers/punkt_tab/"
PUNKT_TABLES = ("abbrev_types.txt", "collocations.tab", "ortho_context.tab", "sent_starters.txt")
VADER = "vaderSentiment/vader_lexicon.txt"


def open_wheel(folder: Path, name: str) -> zipfile.ZipFile:
    """The one wheel of that package in the folder."""
    found = sorted(folder.glob(f"{name}-*.whl"))
    if len(found) != 1:
        raise SystemExit(f"{folder} holds {len(found)} wheels of {name}; pip download --no-deps puts one there.")
    return zipfile.ZipFile(found[0])


def write_punkt(wheels: Path, out: Path) -> None:
    """The parameters of the English splitter and NLTK's note on where they come from."""
    with open_wheel(wheels, "llama_index_core") as wheel:
        for name in ("README", *(f"english/{table}" for table in PUNKT_TABLES)):
            target = out / "tokenizers" / "punkt_tab" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(wheel.read(PUNKT + name))


def write_vader(wheels: Path, out: Path) -> None:
    """The lexicon in the archive and folder that nltk.sentiment.vader asks for; the same bytes on every run."""
    target = out / "sentiment" / "vader_lexicon.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_wheel(wheels, "vaderSentiment") as wheel, zipfile.ZipFile(target, "w") as archive:
        text = wheel.read(VADER).decode("utf-8").rstrip("\n")  # NLTK's reader stumbles over an empty last line
        entry = zipfile.ZipInfo("vader_lexicon/vader_lexicon.txt", (1980, 1, 1, 0, 0, 0))
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        archive.writestr(entry, text)


def main(wheels: str, out: str = str(OUT)) -> None:
    write_punkt(Path(wheels), Path(out))
    write_vader(Path(wheels), Path(out))
    for file in sorted(path for path in Path(out).rglob("*") if path.is_file()):
        print(hashlib.sha256(file.read_bytes()).hexdigest()[:12], file.stat().st_size, file.relative_to(out))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
