"""Review: a person goes through an article's places in JupyterLab, the uncertain first; one click corrects.

The widgets are loaded where they are shown: a report, which shows none, need not wait for them.
"""

import json
from html import escape
from pathlib import Path

import pandas as pd

from helpers.analysis import Analysis, analyse
from helpers.corrections import Correction, CorrectionsError, add_correction, undo_correction
from helpers.fixes import propose
from helpers.gazetteer import Place, open_gazetteer
from helpers.maps import place_map
from helpers.names import country_name
from helpers.tables import ROLES, UNITS, Sentence, count, table

NOWHERE = "not a place"
MOST_CHOICES = 12
OWN = ("place_id", "geonames_id", "name", "feature", "country", "admin1")


def corrections_table(told: pd.DataFrame):
    """What people corrected in an article, and what became of it: a table to read."""
    span = told.start.map(lambda start: f"at {start}", na_action="ignore").astype(object).fillna("every mention")
    shown = {
        "words": told.text, "where": span.where(told.scope != "*", "every article"),
        "correction": (told.action + " " + told.value).str.strip(),
        "by": told.who, "on": told.when.str[:10], "note": told.note,
        "mentions": told.mentions, "state": told.status,
    }  # fmt: skip
    return table(pd.DataFrame(shown), "Nobody has corrected anything in this article.")


def choices(mention: pd.Series) -> list[tuple[str, str]]:
    """What a mention may be, the likeliest first, as (words, value of a correction): its candidates, then namesakes."""
    gazetteer = open_gazetteer()
    sure = {mention.place_id: mention.confidence} if mention.place_id else {}
    sure |= {other["place_id"]: other["confidence"] for other in mention.alternatives}
    ids = dict.fromkeys([*sure, *(place.place_id for place in gazetteer.lookup(mention.text))])
    shown = [(describe(gazetteer.place(i) or Place(**mention[list(OWN)]), sure.get(i)), i) for i in ids]
    return [*shown[:MOST_CHOICES], (NOWHERE, NOWHERE)]


def describe(place: Place, sure: float | None = None) -> str:
    """A place as a person tells it from its namesakes: "0.43 Khost, province or state, Afghanistan"."""
    kind = UNITS.get(place.feature, place.feature)
    parts = [place.name, kind, place.admin1, country_name(place.country or "")]
    return ("" if sure is None else f"{sure:.2f} ") + ", ".join(dict.fromkeys(filter(None, parts)))


class Review:
    """Widgets over the mentions of an article; every correction is written to the file and the places read anew."""

    def __init__(self, analysis: Analysis, file: str | Path | None = None):
        self.article, self.file, self.places = analysis.article, file, analysis.places
        self.box = None

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        self.box = self.box or self.build()
        return self.box._repr_mimebundle_()

    def build(self):
        """The widgets, and what happens when they are used."""
        from ipywidgets import HTML, Button, Checkbox, Dropdown, HBox, Output, Select, Text, VBox

        wide = {"layout": {"width": "27em"}, "style": {"description_width": "5em"}}
        self.mention = Dropdown(description="Mention", **wide)
        self.sentence, self.said, self.map = HTML(), HTML(), Output()
        self.choice = Select(description="Is", rows=6, **wide)
        self.other = Text(description="or is at", placeholder="LAT,LON NAME, or an id of the gazetteer", **wide)
        self.role = Dropdown(options=[(words, role) for role, words in ROLES.items()], description="As", **wide)
        self.every = Checkbox(True, description="every mention of these words here", indent=False, **wide)
        self.note = Text(description="Note", **wide)
        self.save = Button(description="Correct", button_style="primary")
        self.undo = Button(description="Undo the last")
        self.mention.observe(lambda change: self.show(), "value")
        self.save.on_click(lambda button: self.correct())
        self.undo.on_click(lambda button: self.take_back())
        self.fill()
        asked = [self.mention, self.sentence, self.choice, self.other, self.role, self.every, self.note]
        form = VBox([*asked, HBox([self.save, self.undo]), self.said], layout={"width": "29em", "flex": "0 0 auto"})
        return HBox([form, self.map])

    def fill(self) -> None:
        """List the mentions, the uncertain first and what a person has set last, and draw the map."""
        order = self.places.sort_values(["corrected", "confidence"], kind="stable", na_position="first")
        rows = [
            (f"{row.text} ({row.confidence:.2f}) in sentence {row.sentence_id + 1}", row.Index)
            for row in order.itertuples()
        ]
        self.mention.options = rows
        self.mention.index = 0 if rows else None
        drawn = place_map(self.places, self.article.date and self.article.date.value)
        html = {"text/html": drawn._repr_html_()} if isinstance(drawn, Sentence) else {}
        data = html or {"application/vnd.plotly.v1+json": json.loads(drawn.to_json())}
        self.map.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)
        self.show()

    def show(self) -> None:
        """Show the mention that is chosen: its words in the text, and what it may be."""
        if self.mention.value is None:
            self.sentence.value = "No place was recognised."
            return
        row, text = self.places.loc[self.mention.value], self.article.text
        before, after = text[max(0, row.start - 90) : row.start], text[row.end : row.end + 90]
        self.sentence.value = f"… {escape(before)}<mark>{escape(row.text)}</mark>{escape(after)} …"
        self.choice.options = choices(row)
        self.choice.index, self.role.value, self.other.value = 0, row.role, ""

    def rows(self) -> list[Correction]:
        """The corrections that the widgets ask for."""
        row, value = self.places.loc[self.mention.value], self.other.value.strip() or self.choice.value
        more = {"start": None if self.every.value else int(row.start), "note": self.note.value}
        if value == NOWHERE:
            return [propose(self.article, row.text, "not-a-place", **more)]
        role = [propose(self.article, row.text, "role", self.role.value, **more)] if self.role.value != row.role else []
        return [propose(self.article, row.text, "place", value, **more), *role]

    def correct(self) -> None:
        """Write what is asked for; where it cannot be, say why."""
        try:
            rows = self.rows() if self.mention.value is not None else []
            for row in rows:
                add_correction(row, self.file)
            self.again("; ".join(row.words for row in rows) or "nothing is chosen")
        except CorrectionsError as error:
            self.said.value = escape(str(error))

    def take_back(self) -> None:
        """Take the last correction out of the file again."""
        row = undo_correction(self.file)
        self.again(f"taken back: {row.words}" if row else "there is nothing to take back")

    def again(self, words: str) -> None:
        """Read the places anew and say what was done."""
        self.places = analyse(self.article, ("places",), corrections=self.file).places
        self.note.value = ""
        self.fill()
        self.said.value = escape(f"{words}. {count(int(self.places.corrected.sum()), 'mention')} corrected so far.")
