"""Lexicons: what a reader of news knows of names and words, kept as tables in data/lexicons."""

import os
from functools import lru_cache
from types import MappingProxyType

import nltk
import pandas as pd

from helpers.article import DATA

FOLDER = DATA / "lexicons"


@lru_cache
def load_lexicon(name: str) -> pd.DataFrame:
    """The table data/lexicons/<name>.csv, every cell a string, "" where empty; read once, so do not write into it."""
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.csv")))
        raise FileNotFoundError(f"There is no lexicon called {name!r} in {FOLDER}; there are: {known}.")
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def split_values(cell: str) -> list[str]:
    """The values of a cell that holds several, e.g. "UK|U.K.|Britain" -> ["UK", "U.K.", "Britain"]."""
    return [value for value in cell.split("|") if value]


@lru_cache
def alias_index(name: str, columns: tuple[str, ...] = ("name", "aliases")) -> MappingProxyType[str, int]:
    """Row number by every form in those columns, to the letter; of two rows with one form the first has it.

    Example: load_lexicon("countries").name[alias_index("countries")["U.S."]] -> "United States"
    """
    rows: dict[str, int] = {}
    table = load_lexicon(name)
    for column in columns:
        for number, cell in enumerate(table[column]):
            for form in split_values(cell):
                rows.setdefault(form, number)
    return MappingProxyType(rows)


@lru_cache(1)
def nltk_data() -> str:
    """The folder of NLTK's data shipped here; NLTK looks there first from now on, and nothing is downloaded.

    NLTK refuses files that other accounts may write to, as in a clone made under umask 002, so they are made private.
    """
    folder = DATA / "nltk"
    for path in [folder, *folder.rglob("*")]:
        if path.stat().st_mode & 0o022 and os.name == "posix":
            path.chmod(path.stat().st_mode & ~0o022)
    if str(folder) not in nltk.data.path:
        nltk.data.path.insert(0, str(folder))
    return str(folder)
