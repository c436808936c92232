"""Findings in words and tables to read: sentences and tables that are true for any article, the empty one included."""

from html import escape

import pandas as pd
from IPython.display import HTML

from helpers.names import country_name

ROLES = {
    "literal": "the place itself",
    "metonym": "a place that acts: its government, army or team",
    "embedded": "part of the name of something else",
    "demonym": "a people or adjective; counts for the country",
}
BRIEF = {
    "literal": "the place itself", "metonym": "an actor", "embedded": "part of another name",
    "demonym": "a people or adjective",
}  # fmt: skip
TYPES = {
    "PERSON": "people", "ORG": "organisations", "NORP": "peoples, faiths, parties", "GPE": "countries and towns",
    "LOC": "regions and waters", "FAC": "buildings and roads", "EVENT": "events", "LAW": "laws",
    "PRODUCT": "products", "WORK_OF_ART": "works",
}  # fmt: skip
UNITS = {"admin1": "province or state", "admin2": "district or county", "admin3": "subdistrict"}
PLACE_TYPES = ("GPE", "LOC", "FAC")
# where_prec of the UCDP Georeferenced Event Dataset (Sundberg and Melander 2013), used here for mentions
PRECISION = {1: "exact", 2: "near", 3: "district", 4: "province", 5: "larger region", 6: "country", 7: "sea or air"}
UNSURE = 0.5  # confidence below which a place looks uncertain, in the text and on the map


class Sentence(str):
    """A finding: a plain string that a notebook shows as a paragraph."""

    def _repr_html_(self) -> str:
        return f'<p class="finding">{escape(self)}</p>'


def signed(score: float) -> str:
    """A score as it is printed, with a true minus sign, e.g. -0.3 -> "−0.30"; "" for a missing one."""
    return "" if pd.isna(score) else f"{score:+.2f}".replace("-", "−") if round(score, 2) else "0.00"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: count(1, "place") -> "1 place", count(0, "country", "countries") -> "no countries"."""
    return f"{number or 'no'} {noun if number == 1 else plural or noun + 's'}"


def listing(names: list[str], most: int = 8) -> str:
    """Names as a reader lists them, e.g. ["A", "B", "C"] -> "A, B and C"; beyond `most` the rest is counted."""
    names = [*names[:most], f"{len(names) - most} more"] if len(names) > most + 1 else names
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "none"


def foremost(names: pd.Series, numbers: pd.Series, noun: str = "") -> str:
    """Who is named most often, and how often: "Quetta most often (2)"; as many as four who tie are all named."""
    top = names[numbers == numbers.max()].tolist()
    often = count(int(numbers.max()), noun) if noun else str(int(numbers.max()))
    each = " each" if len(top) > 1 else ""
    return f"{listing(top) if len(top) <= 4 else f'{len(top)} of them'} most often ({often}{each})"


def named(places: pd.DataFrame) -> pd.DataFrame:
    """The table with the article's own words as the name of what no gazetteer holds."""
    return places.assign(name=places["name"].fillna("").where(lambda names: names != "", places.text))


def cast(entities: pd.DataFrame) -> pd.DataFrame:
    """The entities that are neither places nor the people of one, who count with their place."""
    is_place = entities.type.isin(PLACE_TYPES) | entities.entity_id.str.startswith(("gn:", "na:"))
    return entities[~is_place]


def map_keys(places: pd.DataFrame) -> pd.Series:
    """What links a mention and the map: its place_id, else "text:" and the name it is placed by, else ""."""
    ids, names = (places[column].fillna("").astype(object) for column in ("place_id", "name"))
    return ids.where(ids != "", ("text:" + names).where(names != "", ""))


def distinct(places: pd.DataFrame) -> pd.DataFrame:
    """One row a place in order of first mention, with `mentions`; what is in no gazetteer goes by its name."""
    places = named(places)
    keys = places.place_id.fillna("").where(lambda ids: ids != "", places.name)
    first = places.assign(key=keys).groupby("key", sort=False)
    each = first.first().assign(mentions=first.size()).reset_index()
    words = ["place_id", "feature", "country", "admin1", "reason"]
    return each.assign(**each[words].astype(object).fillna(""))


def is_drawn(places: pd.DataFrame) -> pd.Series:
    """Which mentions have somewhere to be drawn: a point or a shape."""
    return places.lat.notna() | ~(places.geometry.isna() | places.geometry.is_empty)


def headline(article) -> HTML:
    """The article's title with outlet, author and date under it."""
    day = f"dated {article.dateline.day}, " if article.dateline and article.dateline.day else ""
    date = f"{day}year unknown" if day else "date unknown"
    if article.date:
        guessed = article.date.source.startswith("text")
        value = article.date.value
        date = f"{day}not before {value}" if guessed else f"{value} (from {article.date.source})"
    line = " · ".join(filter(None, (article.outlet, article.byline, date)))
    title = escape(article.title or article.text[:80] or "An article without text")
    return HTML(f'<div class="headline"><h1>{title}</h1><p>{escape(line)}</p></div>')


def summarise_article(article) -> Sentence:
    """How long the article is and how much of its source was set aside."""
    kept = f"{count(len(article.text.split()), 'word')} in {count(len(article.paragraphs), 'paragraph')}"
    left = count(len(article.removed), "passage of its source was", "passages of its source were")
    return Sentence(f"The article has {kept}; {left} set aside as not part of it.")


def summarise(places: pd.DataFrame) -> Sentence:
    """How many places the article names, which most often, and in which country most of the smaller ones lie."""
    if places.empty:
        return Sentence("The article names no place that was recognised.")
    each = distinct(places)
    text = f"The article names {count(len(each), 'place')} in {count(len(places), 'mention')}"
    if 1 < each.mentions.max() < len(places):
        text += f", {foremost(each.name, each.mentions)}"
    countries = int((each.feature == "country").sum())
    if len(each) == 1:
        return Sentence(text + ".")
    lying = each.country[(each.feature != "country") & (each.country != "")].value_counts()
    parts = [f"{countries or 'none'} {'is a country' if countries == 1 else 'are countries'}"]
    if len(lying):
        parts.append(f"{lying.iloc[0]} {'lies' if lying.iloc[0] == 1 else 'lie'} within {country_name(lying.index[0])}")
    return Sentence(f"{text}; {' and '.join(parts)}.")


def summarise_roles(places: pd.DataFrame) -> Sentence:
    """How often a place is meant as a place, and how often as an actor, a people or part of a name."""
    if places.empty:
        return Sentence("No place was recognised, so there are no roles to tell apart.")
    roles = places.role.value_counts()
    parts = [f"{roles[role]} for {words}" for role, words in BRIEF.items() if role in roles]
    parts[0] = parts[0].replace(" ", " stands " if parts[0].startswith("1 ") else " stand ", 1)
    return Sentence(f"Of {count(len(places), 'mention')}, {listing(parts)}.")


def summarise_map(places: pd.DataFrame) -> Sentence:
    """What the map can show, what it cannot, and where the doubt is greatest."""
    if places.empty:
        return Sentence("There is nothing to draw on a map.")
    each = distinct(places)
    drawn = is_drawn(each)
    areas = int((drawn & each.where_prec.between(4, 6)).sum())
    if len(each) == 1:
        text = f"{each['name'][0]} can be located" if drawn[0] else f"{each['name'][0]} cannot be located"
    else:
        number = f"All {len(each)}" if drawn.all() else f"{drawn.sum() or 'None'} of the {len(each)}"
        text = f"{number} places can be located"
    text += {0: "", len(each): ", only as an area"}.get(areas, f", {areas} of them only as an area")
    if not drawn.all() and len(each) > 1:
        text += f"; {listing(each.name[~drawn].tolist())} cannot"
    doubt = each[drawn].sort_values("confidence", kind="stable").head(1)
    for row in doubt[doubt.confidence < 0.8].itertuples():
        text += f"; the least certain is {row.name} ({row.confidence:.2f})"
    return Sentence(text + ".")


def places_table(places: pd.DataFrame) -> HTML | Sentence:
    """One row a place, most mentioned first: what and where it is, how precisely, how surely and why."""
    places = named(places)
    each = distinct(places).sort_values("mentions", ascending=False, kind="stable")
    rows = [
        {
            "place": _link(row.start, row.name),
            "what and where": where_is(row),
            "mentions": _roles(places, row),
            "coordinates": "" if pd.isna(row.lat) else f"{row.lat:.2f}, {row.lon:.2f}".replace("-", "−"),
            "precision": PRECISION.get(row.where_prec, ""),
            "confidence": "" if pd.isna(row.confidence) else f"{row.confidence:.2f}",
            "why": _why(row),
        }
        for row in each.itertuples()
    ]
    return table(pd.DataFrame(rows), "No place was recognised.", links=("place", "why"))


def roles_table(places: pd.DataFrame) -> HTML | Sentence:
    """How often each place is meant in each sense; places that are only ever meant as places are left out."""
    counts = pd.crosstab(named(places).name, places.role).reindex(columns=list(ROLES), fill_value=0)
    counts = counts[counts.literal < counts.sum(axis=1)].sort_values("literal", ascending=False, kind="stable")
    shown = counts.astype(str).replace("0", "").rename_axis(index="place", columns=None).reset_index()
    return table(shown, "No place is named in another sense than the place itself.")


def not_placed(places: pd.DataFrame) -> HTML | Sentence:
    """What has no coordinates, whether it is drawn all the same, and why."""
    left = distinct(places[places.lat.isna()])
    drawn = is_drawn(left)
    shown = pd.DataFrame(
        {
            "place": [_link(start, name) for start, name in zip(left.start, left["name"], strict=True)],
            "mentions": left.mentions,
            "drawn": drawn.map({True: "as an area", False: "no"}),
            "why": left.reason.where(~drawn, "a region has no point of its own"),
        }
    )
    return table(shown, "No place is without coordinates.", links=("place",))


def speakers_table(said: pd.DataFrame, article, show_text: bool = True) -> HTML | Sentence:
    """Who says what: speaker, the word of saying, and the span of the article that is quoted or reported."""
    words = [article.text[start:end] for start, end in zip(said.start, said.end, strict=True)]
    words = words if show_text else [count(len(text.split()), "word") for text in words]
    shown = pd.DataFrame({"speaker": said.speaker, "verb": said.verb, "what is said": words})
    return table(shown, "Nothing is quoted, and no speech is reported.")


def table(frame: pd.DataFrame, nothing: str = "Nothing.", links: tuple[str, ...] = ()) -> HTML | Sentence:
    """A frame as a table to read: no index, nothing cut off, text escaped; only the columns in `links` hold HTML."""
    if frame.empty:
        return Sentence(nothing)
    plain = frame.columns.difference(links)
    text = {name: frame[name].astype(object).map(lambda cell: escape(str(cell)), na_action="ignore") for name in plain}
    with pd.option_context("display.max_colwidth", None):
        return HTML(frame.assign(**text).to_html(index=False, escape=False, na_rep="", border=0))


def _link(start: int, name: str) -> str:
    return f'<a href="#m-{int(start)}">{escape(str(name))}</a>'


def _roles(places: pd.DataFrame, row) -> str:
    """The mentions of one place by role, e.g. "13: 11 literal, 2 metonym"."""
    same = places[(places.name == row.name) & (places.place_id.fillna("") == (row.place_id or ""))]
    roles = [f"{number} {role}" for role, number in same.role.value_counts().items()]
    return f"{row.mentions}: {', '.join(roles)}" if len(roles) > 1 else roles[0]


def where_is(row) -> str:
    """What a place is and where, e.g. "city, Punjab, Pakistan"."""
    parts = (UNITS.get(row.feature, row.feature), row.admin1, country_name(row.country) if row.country else "")
    return ", ".join(dict.fromkeys(part for part in parts if part and part != row.name))


def _why(row) -> str:
    """The reason and the rivals, folded away."""
    rest = escape(row.reason + _alternatives(row.alternatives, row.reason))
    name = f'<span class="visually-hidden">{escape(str(row.name))}</span>'  # who hears the page needs to know which
    return f'<details class="why"><summary>why {name}</summary>{rest}</details>' if rest else ""


def _alternatives(others: list[dict] | None, reason: str = "") -> str:
    """The next best candidates with their chances, ". Or else: Horasan, Erzurum, TR (0.03)"; a reason may name one."""
    if not isinstance(others, list | tuple) or not others:
        return ""
    named = "the next is" in reason
    chance = f" ({others[0]['confidence']:.2f})" if named else ""
    others = others[1:] if named else others
    names = [", ".join(filter(None, (o["name"], o.get("admin1"), o.get("country")))) for o in others]
    if not names:
        return chance
    return (
        chance
        + ". Or else: "
        + "; ".join(f"{name} ({o['confidence']:.2f})" for name, o in zip(names, others, strict=True))
    )
