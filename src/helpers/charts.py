"""Pictures of one article: palette, marked text, bars of entities and of sentiment; drawing only, no analysis."""

from html import escape
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from IPython.display import HTML

from helpers.palette import FONT, PALETTE
from helpers.sentiment import label_of
from helpers.tables import PLACE_TYPES, ROLES, TYPES, Sentence, cast, count, named, signed

AXIS = {"gridcolor": PALETTE["line"], "zerolinecolor": PALETTE["soft"], "automargin": True}
pio.templates["atlas"] = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": PALETTE["ink"]},
        "title": {"font": {"size": 16}, "x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 8}},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [PALETTE[name] for name in ("literal", "metonym", "embedded", "demonym", "person", "organisation")],
        "hoverlabel": {
            "bgcolor": PALETTE["paper"],
            "bordercolor": PALETTE["soft"],
            "font": {"color": PALETTE["ink"], "family": FONT},
            "align": "left",
        },
        "margin": {"l": 8, "r": 8, "t": 48, "b": 8},
        "xaxis": {
            "title": {"font": {"size": 13}},
            "gridcolor": PALETTE["line"],
            "zerolinecolor": PALETTE["soft"],
            "automargin": True,
        },
        "yaxis": {"gridcolor": PALETTE["line"], "zerolinecolor": PALETTE["soft"], "automargin": True},
    }
)
pio.templates.default = "atlas"

# How each kind is told apart without colour: the line under the word; only places have a tinted ground.
LINES = {
    "literal": "2px solid", "metonym": "3px double", "embedded": "2px dotted", "demonym": "2px dashed",
    "person": "1px solid", "organisation": "1px dashed", "other": "1px dotted",
}  # fmt: skip
LEGEND = ROLES | {"person": "", "organisation": "", "other": "a faith, an event, a law, ..."}
KINDS = {"PERSON": "person", "ORG": "organisation"} | dict.fromkeys(PLACE_TYPES, "place")
LONGEST_LABEL = 26  # characters; the full name is in the hover text and in the table


def colour_of(kind: str) -> str:
    """The palette's colour of a role, kind of entity or tone; what has none is drawn soft."""
    return PALETTE.get(kind, PALETTE["soft"])


# --- the text, marked


def mark(article, places: pd.DataFrame, entities: pd.DataFrame) -> HTML:
    """The article's text with every mention marked by role or kind, under a legend; ids m-<start> and e-<start>."""
    marks = _marks(places, entities)
    spans = article.paragraphs or ((0, len(article.text)),)
    first = "title" if article.title_in_text else "lead"
    texts = [_paragraph(article.text, start, end, marks) for start, end in spans]
    body = "".join(f'<p class="{"text" if i else first}">{text}</p>' for i, text in enumerate(texts))
    article_html = f'<div class="article" lang="en">{body}</div>'
    return HTML(f'<style>{_mark_css()}</style><div class="marked">{_legend(marks)}{article_html}</div>')


def _mark_css() -> str:
    """One rule a kind; the colour comes from the page's variables where it has them, else from the palette."""
    rules = [
        ".marked mark{color:inherit;background:none;border-radius:2px}.marked p{white-space:pre-line}"
        ".marked .title{font-weight:600;font-size:1.2em}.marked .legend{list-style:none;padding:0;font-size:.85em}"
    ]
    for kind, line in LINES.items():
        colour = f"var(--{kind if kind in PALETTE else 'soft'},{colour_of(kind)})"
        tint = f";background:color-mix(in srgb,{colour} 13%,transparent)" if kind in ROLES else ""
        rules.append(f".marked .{kind}{{border-bottom:{line} {colour}{tint}}}")
    return "".join(rules)


def _legend(marks: list[tuple]) -> str:
    """The kinds that occur in this text, each shown as it is marked."""
    present = {kind for *_, kind in marks}
    items = [f'<li><mark class="{k}">{k}</mark> {LEGEND[k]}</li>' for k in LINES if k in present]
    return f'<ul class="legend" aria-label="How mentions are marked">{"".join(items)}</ul>' if items else ""


def _marks(places: pd.DataFrame, entities: pd.DataFrame) -> list[tuple[int, int, str, str]]:
    """(start, end, opening tag, kind) in reading order, the longer first; a place hides the entity of its span."""
    marks = {}
    for row in named(places).itertuples(index=False):
        title = f"{row.name} · {_text(row.feature) or 'place'} · {row.role}: {ROLES[row.role]} · {row.reason}"
        ids = f'id="m-{row.start}" class="{row.role}" data-place="{escape(_text(row.place_id))}"'
        marks[row.start, row.end] = (f'<mark {ids} title="{escape(title)}">', row.role)
    for row in entities.itertuples(index=False):
        kind = KINDS.get(row.type, "other").replace("place", "other")
        title = " · ".join(filter(None, (row.name, TYPES.get(row.type, row.type), row.subtype)))
        ids = f'id="e-{row.start}" class="{kind}" data-entity="{escape(str(row.entity_id))}"'
        marks.setdefault((row.start, row.end), (f'<mark {ids} title="{escape(title)}">', kind))
    return [(*span, *mark) for span, mark in sorted(marks.items(), key=lambda item: (item[0][0], -item[0][1]))]


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)


def _paragraph(text: str, start: int, end: int, marks: list[tuple]) -> str:
    """The escaped text with its tags; a mention that runs past the one around it is cut at that one's end."""
    edges: list[tuple[int, str]] = []  # where a tag goes, in order
    ends = [end]
    for first, last, tag, _ in (mark for mark in marks if start <= mark[0] < end):
        while len(ends) > 1 and ends[-1] <= first:
            edges.append((ends.pop(), "</mark>"))
        edges.append((first, tag))
        ends.append(min(last, ends[-1]))
    edges += [(stop, "</mark>") for stop in ends[:0:-1]]
    cuts = [start, *(at for at, _ in edges), end]
    tags = ["", *(tag for _, tag in edges)]
    return "".join(tag + escape(text[a:b]) for tag, a, b in zip(tags, cuts[:-1], cuts[1:], strict=True))


# --- figures


def entities_by_type(entities: pd.DataFrame) -> go.Figure | Sentence:
    """Bars: mentions of each type of entity, with the number of different names."""
    if entities.empty:
        return Sentence("No entity was recognised, so there are no types to draw.")
    types = entities.groupby("type").agg(size=("start", "size"), names=("entity_id", "nunique"))
    types = types.sort_values("size", ascending=False, kind="stable").reset_index()
    types["label"] = [TYPES.get(name, name.lower()) for name in types.type]
    types["note"] = [f"{m} · {count(n, 'name')}" for m, n in zip(types["size"], types.names, strict=True)]
    types["colour"] = [colour_of(KINDS.get(name, "other")) for name in types.type]
    alt = f"Bars: {count(len(entities), 'mention')} by type; most are {types.label[0]}, {types['size'][0]}."
    return _bars(types, "size", "Mentions by type of entity", alt)


def entities_by_name(entities: pd.DataFrame, most: int = 15) -> go.Figure | Sentence:
    """Bars: the people, organisations and groups named most; the colour is the tone of the sentences that name them."""
    names = _by_name(cast(entities), "entity_id", most)
    if names.empty:
        return Sentence("No person, organisation or group was recognised, so there is no cast to draw.")
    names["note"] = [f"{m} · {signed(s) or 'no tone'}" for m, s in zip(names["size"], names.sentiment, strict=True)]
    alt = f"Bars: {count(len(names), 'name')} by mentions; {names.label[0]} leads with {names['size'][0]}."
    return _bars(names, "size", "Mentions by name, coloured by tone", alt)


def sentiment_by_entity(entities: pd.DataFrame, most: int = 15) -> go.Figure | Sentence:
    """Bars from negative to positive: the mean tone toward each person, organisation or group."""
    names = _by_name(cast(entities), "entity_id", most)
    return _sentiment_bars(names, "Mean tone toward each", "person, organisation or group")


def sentiment_by_place(places: pd.DataFrame, most: int = 15) -> go.Figure | Sentence:
    """Bars from negative to positive: the mean tone toward each place."""
    return _sentiment_bars(_by_name(named(places), "name", most), "Mean tone toward each place", "place")


def sentence_sentiment(sentences: pd.DataFrame) -> go.Figure | Sentence:
    """Columns: the tone of every sentence in reading order, hatched where someone is quoted; the sentence on hover."""
    if sentences.empty:
        return Sentence("There is no sentence whose tone could be drawn.")
    scores, speakers = sentences.sentiment.tolist(), sentences.get("speaker", pd.Series("", sentences.index)).fillna("")
    lines = ["<br>".join(escape(line) for line in wrap(text, 60)) for text in sentences.text]
    said = [f"<br><i>said by {escape(who)}</i>" if who else "" for who in speakers]
    bars = go.Bar(x=list(range(1, len(scores) + 1)), y=scores, textposition="outside", textangle=-90, cliponaxis=False)
    hatches = ["/" if who else "" for who in speakers]
    bars.marker = {"color": [_tone_colour(score) for score in scores], "pattern": {"shape": hatches}}
    bars.text = [signed(score) for score in scores] if len(scores) <= 30 else None
    notes = zip(bars.x, scores, lines, said, strict=True)
    bars.update(hovertext=[f"<b>{i}: {signed(s)}</b><br>{text}{who}" for i, s, text, who in notes], hoverinfo="text")
    figure = go.Figure(bars)
    figure.update_xaxes(title="sentence, in reading order", range=[0.3, len(scores) + 0.7], showgrid=False)
    figure.update_yaxes(range=[-1.3, 1.3], tickvals=[-1, 0, 1], ticktext=["−1", "0", "+1"])
    figure.update_layout(uniformtext={"minsize": 8, "mode": "hide"})
    ends = [f"{signed(end(scores))} (number {scores.index(end(scores)) + 1})" for end in (min, max)]
    alt = f"Columns: the tone of {count(len(scores), 'sentence')} in reading order, from {ends[0]} to {ends[1]}."
    rows = [[i, signed(s), label_of(s), text] for i, s, text in zip(bars.x, scores, sentences.text, strict=True)]
    return _finish(figure, "Tone, sentence by sentence", alt, [["no.", "score", "tone", "sentence"], *rows], 320)


def reliability(bins: pd.DataFrame) -> go.Figure | Sentence:
    """Points: the share of answers that is right by how sure they were; on the line, confidence means what it says."""
    if bins.empty:
        return Sentence("There is no placed answer to a known mention, so confidence cannot be judged.")
    line = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line_color=PALETTE["soft"], line_dash="dot", hoverinfo="skip")
    notes = [f"{c:.2f} sure, {r:.2f} right, {count(n, 'mention')}" for _, n, c, r in bins.itertuples(index=False)]
    points = go.Scatter(x=bins.confidence.tolist(), y=bins.right.tolist(), mode="markers+text", hovertext=notes)
    points.update(text=bins.mentions.astype(str).tolist(), textposition="bottom center", hoverinfo="text")
    points.update(marker={"size": 11, "color": PALETTE["accent"]}, cliponaxis=False)
    figure = go.Figure([line, points]).update_layout(showlegend=False)
    figure.update_xaxes(title="mean confidence of a tenth", range=[0, 1.04])
    figure.update_yaxes(title="share within 161 km", range=[0, 1.08])
    alt = f"Points: share right by confidence in {count(len(bins), 'tenth')}; {notes[-1]} in the highest."
    rows = [[f"{c:.2f}", f"{r:.2f}", n] for _, n, c, r in bins.itertuples(index=False)]
    table = [["confidence", "share right", "mentions"], *rows]
    return _finish(figure, "Share right by confidence, with the number of mentions", alt, table, 360)


def _by_name(mentions: pd.DataFrame, key: str, most: int) -> pd.DataFrame:
    """The names mentioned most: label, size (mentions), mean sentiment (NaN where there is none), its colour."""
    scored = mentions.assign(sentiment=pd.to_numeric(mentions.sentiment)).groupby(key, sort=False)
    names = scored.agg(label=("name", "first"), size=("start", "size"), sentiment=("sentiment", "mean"))
    names = names.sort_values("size", ascending=False, kind="stable").head(most).reset_index(drop=True)
    return names.assign(colour=names.sentiment.map(_tone_colour))


def _tone_colour(score: float) -> str:
    return PALETTE["line" if pd.isna(score) else label_of(score)]


def _sentiment_bars(names: pd.DataFrame, title: str, noun: str) -> go.Figure | Sentence:
    rows = names.dropna(subset="sentiment").sort_values("sentiment", kind="stable").reset_index(drop=True)
    if rows.empty:
        return Sentence(f"No {noun} has a sentence whose tone could be measured.")
    rows["note"] = rows.sentiment.map(signed)
    ends = [f"{row.label} ({signed(row.sentiment)})" for row in rows.iloc[[0, -1]].itertuples()]
    alt = f"Bars: mean tone from {ends[0]} to {ends[1]}." if len(rows) > 1 else f"Bar: mean tone around {ends[0]}."
    return _bars(rows, "sentiment", title, alt)


def _bars(rows: pd.DataFrame, value: str, title: str, alt: str) -> go.Figure:
    """Horizontal bars, the first row on top, `note` printed beside each bar."""
    names = [escape(name) for name in rows.label]
    short = [escape(f"{n[:LONGEST_LABEL]}…" if len(n) > LONGEST_LABEL + 1 else n) + "  " for n in rows.label]
    bars = go.Bar(x=rows[value].tolist(), y=rows.index.tolist(), orientation="h", cliponaxis=False)
    bars.update(text=rows.note.tolist(), textposition="outside", marker_color=rows.colour.tolist(), hoverinfo="text")
    figure = go.Figure(bars.update(hovertext=[f"<b>{n}</b><br>{v}" for n, v in zip(names, rows.note, strict=True)]))
    figure.update_yaxes(tickvals=bars.y, ticktext=short, range=[len(rows) - 0.4, -0.6], showgrid=False, zeroline=False)
    low, high = min(0.0, *bars.x), max(0.0, *bars.x)
    room = 0.45 * (high - low or 1)  # for the printed values, on a phone too
    figure.update_xaxes(visible=False, range=[low - room * (low < 0), high + room * (high > 0)])
    table = [["name", "value"], *map(list, zip(rows.label, rows.note, strict=True))]
    return _finish(figure, title, alt, table, 90 + 27 * len(rows))


def _finish(figure: go.Figure, title: str, alt: str, table: list, height: int) -> go.Figure:
    """Title, height, and what a reader who cannot see it needs: a true sentence, and the values as a table."""
    figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    return figure.update_layout(title=title, height=height, bargap=0.3, meta={"alt": alt, "table": table})
