"""The cast and the mood in numbers: how each is spoken of, who is named with whom, whose words; a sentence on each."""

from collections import Counter
from itertools import combinations

import pandas as pd

from helpers.sentiment import LABELS, label_of
from helpers.tables import TYPES, Sentence, cast, count, foremost, listing, signed

UNMEASURED = "not measured"
OWN, OTHERS = "the article itself", "others, together"


def count_tones(rows: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """How many rows of each name are negative, neutral and positive, the name with most rows first."""
    tones = [UNMEASURED if pd.isna(score) else label_of(score) for score in rows.sentiment]
    order = names.groupby(names, sort=False).size().sort_values(ascending=False, kind="stable")
    counts = pd.crosstab(names.to_numpy(), pd.Series(tones, dtype=object).to_numpy())
    shown = [*LABELS, UNMEASURED] if UNMEASURED in tones else list(LABELS)
    return counts.reindex(index=order.index, columns=shown, fill_value=0)


def lead(entities: pd.DataFrame, most: int) -> pd.DataFrame:
    """The names mentioned most, by mean: label, size (mentions), scores, mean and its standard error.

    The error is missing below three mentions. It takes mentions for independent, which those of one sentence are not.
    """
    scored = entities.dropna(subset="sentiment").groupby("entity_id", sort=False)
    rows = scored.agg(label=("name", "first"), size=("name", "size"), scores=("sentiment", list))
    rows = rows.assign(mean=scored.sentiment.mean(), error=scored.sentiment.sem().where(rows["size"] > 2))
    return rows.sort_values("size", ascending=False, kind="stable").head(most).sort_values("mean", kind="stable")


def meetings(entities: pd.DataFrame) -> pd.DataFrame:
    """In how many sentences each two of the cast are named together: one, other, sentences; the most first."""
    pairs: Counter = Counter()
    for _, names in cast(entities).groupby("sentence_id")["name"]:
        pairs.update(combinations(sorted(set(names)), 2))
    rows = [(one, other, number) for (one, other), number in pairs.most_common()]
    return pd.DataFrame(rows, columns=["one", "other", "sentences"])


def voices(sentences: pd.DataFrame) -> pd.DataFrame:
    """Sentences by tone for the article's own words, for all others, and for each speaker of two sentences or more."""
    said = sentences.speaker.fillna("")
    each = count_tones(sentences, said.where(said != "", OWN))
    others = each.drop(index=OWN, errors="ignore")
    if others.empty:
        return others
    together = others.sum().to_frame(OTHERS).T
    several = others[others.sum(axis=1) > 1] if len(others) > 1 else others[:0]
    return pd.concat([each[each.index == OWN], together, several])


def summarise_types(entities: pd.DataFrame) -> Sentence:
    """How many mentions are of people, of organisations and so on."""
    if entities.empty:
        return Sentence("No name of any kind was recognised.")
    types = entities.type.map(lambda name: TYPES.get(name, name.lower())).value_counts()
    first, *others = [f"{number} of {name}" for name, number in types.items()]
    are = "is" if first.startswith("1 ") else "are"
    return Sentence(f"Of {count(len(entities), 'mention')}, {listing([first.replace(' ', f' {are} ', 1), *others])}.")


def summarise_entities(entities: pd.DataFrame) -> Sentence:
    """Who is named most, places apart."""
    names = cast(entities).groupby("entity_id", sort=False).name.agg(["first", "size"])
    if names.empty:
        return Sentence("No person, organisation or group was recognised.")
    names = names.sort_values("size", ascending=False, kind="stable")
    nouns = "person, organisation or group", "people, organisations and groups"
    text = f"Besides places it names {count(len(names), *nouns)}"
    if names["size"].iloc[0] == 1:
        return Sentence(f"{text}: {listing(names['first'].tolist(), 4)}{', each once' if len(names) > 1 else ''}.")
    return Sentence(f"{text}, {foremost(names['first'], names['size'], 'mention')}.")


def summarise_toward(entities: pd.DataFrame) -> Sentence:
    """Toward whom and where the wording is negative or positive on average, of what is mentioned more than once."""
    rows = lead(entities, len(entities))
    if rows.empty:
        return Sentence("There is nobody and no place toward whom sentiment could be measured.")
    several = rows[rows["size"] > 1] if (rows["size"] > 1).any() else rows
    parts, tones = [], several["mean"].map(label_of)
    for tone, named in (("negative", several[tones == "negative"]), ("positive", several[tones == "positive"][::-1])):
        tops = [f"{row.label} ({signed(row.mean)})" for row in named.itertuples()]
        parts += [f"{tone} toward {listing(tops, 3)}"] * bool(tops)
    parts += [f"neutral toward {'the others' if parts else 'all'}"] * bool((tones == "neutral").any())
    noun = count(len(several), "name") + (" mentioned more than once" if several["size"].iloc[0] > 1 else "")
    return Sentence(f"Of {noun}, sentiment is on average {listing(parts)}.")


def summarise_company(entities: pd.DataFrame) -> Sentence:
    """Who is named together most often."""
    pairs = meetings(entities)
    if pairs.empty:
        return Sentence("No two people, organisations or groups are named in one sentence.")
    top, all_pairs = pairs.iloc[0], count(len(pairs), "pair")
    text = f"{top.one} and {top.other} are named together in {count(top.sentences, 'sentence')}"
    if len(pairs) == 1:
        return Sentence(f"{text}, and no other two.")
    many = "more than" if top.sentences > pairs.sentences.iloc[1] else "as often as"
    return Sentence(f"{text}, {many} any other of {all_pairs}.")


def summarise_sentiment(sentences: pd.DataFrame) -> Sentence:
    """How many sentences sound negative, neutral and positive, and which is the most negative or positive."""
    if sentences.empty:
        return Sentence("There is no sentence whose tone could be measured.")
    tones = sentences.sentiment.map(label_of).value_counts()
    first, *others = [f"{tones[name]} {name}" for name in LABELS if name in tones]
    verb = "is" if first.startswith("1 ") else "are"
    scores = sentences.sentiment.tolist()
    strongest = max(scores, key=abs)
    where = f"the strongest wording is in sentence {scores.index(strongest) + 1} ({signed(strongest)})"
    sound = listing([first.replace(" ", f" {verb} ", 1), *others])
    return Sentence(f"Of {count(len(scores), 'sentence')}, {sound} in tone; {where}.")


def summarise_voices(sentences: pd.DataFrame) -> Sentence:
    """What share of the article's own sentences is negative, and of those it takes from others."""
    rows = voices(sentences)
    if rows.empty:
        return Sentence("No sentence is quoted or reported; all wording is the article's own.")
    totals = rows.sum(axis=1)
    parts = [
        f"{rows.negative[name]} of {count(totals[name], 'sentence')} {whose}"
        for name, whose in ((OWN, "in its own words"), (OTHERS, "it takes from others"))
        if name in rows.index
    ]
    return Sentence(f"Negative in wording are {listing(parts)}.")
