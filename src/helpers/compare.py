"""The articles of a corpus compared: what they hold, counted by article; which are alike; what should be checked."""

from html import escape
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
from IPython.display import HTML

from helpers.article import DATA
from helpers.dataset import ChangedError, CorpusError, read_columns, read_manifest, schema_of
from helpers.names import country_name
from helpers.tables import PLACE_TYPES, Sentence, count, listing, table

MOST_PERIODS = 30  # months; a corpus of more is shown by years
MOST_PAIRS = 3_000_000  # pairs of articles that are compared


class Corpus(NamedTuple):
    """What the comparison needs of a dataset: its articles, and their places and names counted."""

    folder: Path
    articles: pd.DataFrame  # article_id, title, outlet, date, period
    places: pd.DataFrame  # a row an article and place meant as such: place_id, name, country, lat, lon, where_prec
    names: pd.DataFrame  # a row an article and name: entity_id, name, mentions, sentiment


def open_corpus(folder: str | Path) -> Corpus:
    """The dataset in a folder; a folder of articles is first made into one, in the folder reports of the project."""
    path = Path(folder)
    if not path.is_dir():
        raise CorpusError(f"There is no folder {folder}: give one that `newsatlas corpus` wrote, or one of articles.")
    path = path if read_manifest(path) else read_folder(path)
    articles = read_columns(path, "articles", ["article_id", "title", "outlet", "date", "same_as"])
    articles = articles[articles.same_as.isna()].drop(columns="same_as").fillna("")
    months = articles.date.str[:7].where(articles.date.str.len() >= 7, "")
    span = months[months != ""]
    by_month = span.empty or len(pd.period_range(span.min(), span.max(), freq="M")) <= MOST_PERIODS
    articles["period"] = months if by_month else articles.date.str[:4]
    names = count_names(path)
    own = names.name.str.casefold().isin(articles.outlet.str.casefold())  # an outlet in its own dateline is no news
    return Corpus(path, articles, count_places(path), names[~own])


def read_folder(path: Path) -> Path:
    """The dataset of a few articles, made or brought up to date in this process."""
    from helpers.corpus import write_corpus  # here: the cluster's library takes a second

    target = DATA.parent / "reports" / f"corpus-of-{path.resolve().name}"
    how = {"workers": 0, "say": lambda line: None}
    try:
        write_corpus([str(path)], target, **how)
    except ChangedError:
        write_corpus([str(path)], target, anew=True, **how)
    return target


def count_places(folder: Path) -> pd.DataFrame:
    """The mentions that mean a place itself, counted by article and place."""
    about = ["place_id", "name", "country", "lat", "lon", "where_prec"]
    mentions = read_columns(folder, "mentions", ["article_id", "role", *about])
    meant = mentions[(mentions.role == "literal") & mentions.place_id.notna()]
    rows = meant.groupby(["article_id", "place_id"], as_index=False, sort=False)
    return rows.agg(**{name: (name, "first") for name in about[1:]}, mentions=("role", "size"))


def count_names(folder: Path) -> pd.DataFrame:
    """The people, organisations and groups, counted by article, with the mean tone toward each."""
    entities = read_columns(folder, "entities", ["article_id", "type", "entity_id", "name", "sentiment"])
    is_place = entities.type.isin(PLACE_TYPES) | entities.entity_id.fillna("").str.startswith(("gn:", "na:"))
    rows = entities[~is_place].groupby(["article_id", "entity_id"], as_index=False, sort=False)
    return rows.agg(name=("name", "first"), mentions=("name", "size"), sentiment=("sentiment", "mean"))


# --- in words


def headline(corpus: Corpus) -> HTML:
    """How many articles there are, of which outlets and days."""
    articles, dates = corpus.articles, corpus.articles.date[corpus.articles.date != ""]
    outlets = articles.outlet[articles.outlet != ""].value_counts().index.tolist()
    span = " to ".join(dict.fromkeys((dates.min(), dates.max()))) if len(dates) else "dates unknown"
    line = escape(" · ".join(filter(None, (listing(outlets, 4) if outlets else "", span))))
    return HTML(f'<div class="headline"><h1>{count(len(articles), "article")} compared</h1><p>{line}</p></div>')


def summarise(corpus: Corpus) -> Sentence:
    """How many places and names there are, and whether the corpus is whole."""
    numbers = [count(corpus.places.place_id.nunique(), "place"), count(corpus.names.entity_id.nunique(), "other name")]
    text = f"{count(len(corpus.articles), 'article')} with {listing(numbers)}."
    unfinished = "" if read_manifest(corpus.folder)["complete"] else " The run that writes the corpus is not finished."
    return Sentence(text[0].upper() + text[1:] + unfinished)


def summarise_coverage(corpus: Corpus) -> Sentence:
    """Which countries most articles are about, as far as their places tell."""
    top = corpus.places.groupby("country").article_id.nunique().sort_values(ascending=False, kind="stable")
    named = [f"{country_name(code)} ({number})" for code, number in top.items()]
    most = (
        f"Places are named most in {listing(named, 5)}, counted in articles." if named else "No place was recognised."
    )
    return Sentence(most)


def summarise_names(corpus: Corpus) -> Sentence:
    """Who is named in most articles."""
    top = corpus.names.groupby("entity_id").name.agg(["first", "size"]).nlargest(3, "size")
    named = [f"{name} ({count(number, 'article')})" for name, number in top.itertuples(index=False)]
    named = (
        f"Named in most articles: {listing(named)}." if named else "No person, organisation or group was recognised."
    )
    return Sentence(named)


# --- likeness and doubt


def alike(corpus: Corpus, most: int = 12) -> HTML | Sentence:
    """The articles that share most of their names and places: the cosine of their counts, rare ones weighing more."""
    counted = (corpus.places.rename(columns={"place_id": "word"}), corpus.names.rename(columns={"entity_id": "word"}))
    words = pd.concat(counted, ignore_index=True)[["article_id", "word", "name", "mentions"]]
    words["mentions"] = words.mentions.astype(float)
    spread = words.groupby("word").article_id.transform("size")
    words["weight"] = (1 + np.log(words.mentions)) * np.log(len(corpus.articles) / spread)
    words["weight"] /= np.sqrt((words.weight**2).groupby(words.article_id).transform("sum"))
    shared = words[(spread > 1) & (words.weight > 0)].assign(spread=spread)
    common = shared.drop_duplicates("word").spread.sort_values()
    widest = common[(common**2).cumsum() <= MOST_PAIRS].max()  # what stands nearly everywhere tells little, costs most
    shared = shared[shared.spread <= widest]
    pairs = shared.merge(shared, on="word", suffixes=("", "_other"))
    pairs = pairs[pairs.article_id < pairs.article_id_other]
    pairs["cosine"] = pairs.weight * pairs.weight_other
    both = ["article_id", "article_id_other"]
    found = pairs.groupby(both, as_index=False, sort=False).cosine.sum().nlargest(most, "cosine")
    named = pairs.merge(found[both]).sort_values("cosine", ascending=False, kind="stable")
    named = named.groupby(both).name.agg(lambda names: listing(list(dict.fromkeys(names)), 4)).to_dict()
    title = corpus.articles.set_index("article_id").apply(_title, axis=1)
    shown = {"likeness": found.cosine.map("{:.2f}".format), "one": found.article_id.map(title)}
    shown |= {"the other": found.article_id_other.map(title)}
    shown |= {"both name": [named[pair] for pair in found[both].itertuples(index=False, name=None)]}
    return table(pd.DataFrame(shown), "No two articles share a name or place that is not in all of them.")


def _title(row: pd.Series) -> str:
    return f"{row.title or 'untitled'} ({', '.join(filter(None, (row.outlet, row.date))) or row.name})"


def worth_reviewing(corpus: Corpus, most: int = 15) -> HTML | Sentence:
    """The readings whose review would settle most doubt: a name and what it was taken for, by expected errors."""
    columns = ["article_id", "text", "place_id", "name", "country", "admin1", "confidence", "role", "corrected"]
    data = ds.dataset(corpus.folder / "mentions", schema=schema_of("mentions"))
    doubtful = (ds.field("confidence") < 0.95) & ~ds.field("corrected") & (ds.field("role") != "demonym")
    rows = data.to_table(columns=columns, filter=doubtful).to_pandas().fillna({"name": "", "admin1": "", "country": ""})
    rows["doubt"] = 1 - rows.confidence
    each = rows.groupby(["text", "place_id"], dropna=False, sort=False).agg(
        name=("name", "first"), admin1=("admin1", "first"), country=("country", "first"), mentions=("text", "size"),
        articles=("article_id", "nunique"), confidence=("confidence", "mean"), doubt=("doubt", "sum"),
    )  # fmt: skip
    each = each.sort_values("doubt", ascending=False, kind="stable").head(most).reset_index()
    taken = [", ".join(dict.fromkeys(filter(None, row))) for row in each[["name", "admin1", "country"]].to_numpy()]
    shown = {"name": each.text, "taken for": [text or "no place that is known" for text in taken]}
    shown |= {"mentions": each.mentions, "articles": each.articles}
    shown |= {
        "mean confidence": each.confidence.map("{:.2f}".format),
        "expected errors": each.doubt.map("{:.1f}".format),
    }
    return table(pd.DataFrame(shown), "No mention is in doubt.")
