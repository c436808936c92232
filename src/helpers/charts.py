"""Pictures of one article: palette, marked text, bars of entities and of sentiment; drawing only, no analysis."""

from html import escape
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from IPython.display import HTML

from helpers import mood
from helpers.palette import FONT, PALETTE
from helpers.sentiment import NEUTRAL, label_of
from helpers.tables import PLACE_TYPES, ROLES, TYPES, UNSURE, Sentence, cast, count, map_keys, named, signed

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
        "xaxis": AXIS | {"title": {"font": {"size": 13}}},
        "yaxis": AXIS,
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


def mark(article, places: pd.DataFrame, entities: pd.DataFrame, show_text: bool = True) -> HTML:
    """The article's text with every mention marked by role or kind, under a legend; ids m-<start> and e-<start>.

    Without the text only the mentions are shown, a line a paragraph, each with its offsets.
    """
    marks = _marks(places, entities)
    spans = article.paragraphs or ((0, len(article.text)),)
    first = "title" if article.title_in_text else "lead"
    texts = [(_paragraph if show_text else _strip)(article.text, start, end, marks) for start, end in spans]
    body = "".join(f'<p class="{"text" if i else first}">{text}</p>' for i, text in enumerate(texts) if text)
    article_html = f'<div class="article{"" if show_text else " strip"}" lang="en">{body}</div>'
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
    rules.append(".marked .unsure{background:none;outline:1px dashed var(--soft,#55626b)}")
    return "".join(rules)


def _legend(marks: list[tuple]) -> str:
    """The kinds that occur in this text, each shown as it is marked."""
    present = {kind for *_, kind in marks}
    items = [f'<li><mark class="{k}">{k}</mark> {LEGEND[k]}</li>' for k in LINES if k in present]
    if any(' unsure"' in tag for _, _, tag, _ in marks):
        items.append(f'<li><mark class="unsure">uncertain</mark> confidence below {UNSURE}, or not found at all</li>')
    return f'<ul class="legend" aria-label="How mentions are marked">{"".join(items)}</ul>' if items else ""


def _marks(places: pd.DataFrame, entities: pd.DataFrame) -> list[tuple[int, int, str, str]]:
    """(start, end, opening tag, kind) in reading order, the longer first; a place hides the entity of its span."""
    marks = {}
    for key, row in zip(map_keys(places), named(places).itertuples(index=False), strict=True):
        title = f"{row.name} · {_text(row.feature) or 'place'} · {row.role}: {ROLES[row.role]} · {row.reason}"
        unsure = "" if row.confidence >= UNSURE and _text(row.place_id) else " unsure"
        ids = f'id="m-{row.start}" class="{row.role}{unsure}" data-place="{escape(key)}"'
        marks[row.start, row.end] = (f'<mark {ids} title="{escape(title)}">', row.role)
    for row in entities.itertuples(index=False):
        kind = KINDS.get(row.type, "other").replace("place", "other")
        title = " · ".join(filter(None, (row.name, TYPES.get(row.type, row.type), row.subtype)))
        ids = f'id="e-{row.start}" class="{kind}" data-entity="{escape(str(row.entity_id))}"'
        marks.setdefault((row.start, row.end), (f'<mark {ids} title="{escape(title)}">', kind))
    return [(*span, *mark) for span, mark in sorted(marks.items(), key=lambda item: (item[0][0], -item[0][1]))]


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)


def _strip(text: str, start: int, end: int, marks: list[tuple]) -> str:
    """The mentions of a paragraph alone, each with its offsets."""
    inside = [(tag, first, last) for first, last, tag, _ in marks if start <= first < end]
    return " ".join(f"<span>{tag}{escape(text[a:b])}</mark> <small>{a}–{b}</small></span>" for tag, a, b in inside)


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
    """Stacked bars: mentions of each type of entity, parted by how their sentences speak of them."""
    if entities.empty:
        return Sentence("No entity was recognised, so there are no types to draw.")
    labels = entities.type.map(lambda name: TYPES.get(name, name.lower()))
    return _stacks(mood.count_tones(entities, labels), "Mentions by type of entity", mood.summarise_types(entities))


def entities_by_name(entities: pd.DataFrame, most: int = 15) -> go.Figure | Sentence:
    """Stacked bars: the people, organisations and groups named most, parted by how their sentences speak of them."""
    names = cast(entities)
    if names.empty:
        return Sentence("No person, organisation or group was recognised, so there is no cast to draw.")
    return _stacks(mood.count_tones(names, names.name)[:most], "Mentions by name", mood.summarise_entities(entities))


def own_and_quoted(sentences: pd.DataFrame) -> go.Figure | Sentence:
    """Stacked bars: the tone of the article's own sentences beside those it takes from others, as shares."""
    said = mood.voices(sentences)
    if said.empty:
        return Sentence("No sentence is quoted or reported, so there are no two voices to compare.")
    return _stacks(said, "Own wording and that of others", mood.summarise_voices(sentences), shares=True)


def toward(entities: pd.DataFrame, most: int = 10) -> go.Figure | Sentence:
    """Dots: how each mention of the leading names and places is spoken of, with the mean and twice its standard error.

    A mean of one mention is that mention; of two it is drawn without an error, which two cannot tell.
    """
    rows, spots, labels = [], [], []
    for kind, mentions in (("people and bodies", cast(entities)), ("places", entities.drop(cast(entities).index))):
        for row in mood.lead(mentions, most).itertuples():
            labels += [f"<b>{kind}</b>"] * (f"<b>{kind}</b>" not in labels)
            rows, spots, labels = [*rows, row], [*spots, len(labels)], [*labels, shorten(row.label, 18)]
    if not rows:
        return Sentence("No name has a sentence whose tone could be measured.")
    figure = go.Figure().add_vrect(x0=-NEUTRAL, x1=NEUTRAL, fillcolor=PALETTE["land"], line_width=0, layer="below")
    dots = [(score, at, row.label) for row, at in zip(rows, spots, strict=True) for score in row.scores]
    figure.add_scatter(x=[x for x, *_ in dots], y=[y for _, y, _ in dots], mode="markers", hoverinfo="text")
    figure.data[0].update(hovertext=[f"<b>{escape(name)}</b><br>{signed(x)}" for x, _, name in dots], opacity=0.6)
    figure.data[0].marker = {"size": 10, "color": [_tone_colour(x) for x, *_ in dots]}
    figure.add_scatter(x=[row.mean for row in rows], y=spots, mode="markers", hoverinfo="skip")
    figure.data[1].update(marker={"symbol": "line-ns-open", "size": 13, "color": PALETTE["ink"], "line": {"width": 2}})
    errors = [2 * row.error for row in rows]
    figure.data[1].error_x = {"array": errors, "thickness": 1.2, "width": 0, "color": PALETTE["ink"]}
    beside = [f"{signed(row.mean)} ({row.size})" for row in rows]
    figure.add_scatter(x=[1.1] * len(rows), y=spots, text=beside, mode="text", textposition="middle right")
    figure.data[2].update(hoverinfo="skip", cliponaxis=False)
    figure.update_yaxes(tickvals=list(range(len(labels))), ticktext=labels, showgrid=False, zeroline=False)
    figure.update_yaxes(range=[len(labels) - 0.4, -0.6])
    figure.update_xaxes(range=[-1.08, 2.3], tickvals=[-1, 0, 1], ticktext=["negative", "0", "positive"], side="top")
    figure.update_layout(showlegend=False)
    table, alt = [["name", "mean", "mentions"]], mood.summarise_toward(entities)
    table += [[row.label, signed(row.mean), row.size] for row in rows]
    return finish_figure(figure, "Sentiment toward each, mention by mention", alt, table, 70 + 27 * len(labels))


def company(entities: pd.DataFrame, most: int = 10) -> go.Figure | Sentence:
    """A matrix: in how many sentences each two of the leading people, organisations and groups are named together."""
    pairs = mood.meetings(cast(entities))
    each = pd.concat([pairs.one, pairs.other]).to_frame("name").assign(sentences=[*pairs.sentences] * 2)
    names = each.groupby("name", sort=False).sentences.sum().sort_values(ascending=False, kind="stable").index[:most]
    place = {name: number for number, name in enumerate(names)}
    pairs = pairs[pairs.one.isin(names) & pairs.other.isin(names)]
    if len(names) < 3:
        return Sentence("There are too few who are named together to draw.")
    spots = [sorted((place[a], place[b])) for a, b in zip(pairs.one, pairs.other, strict=True)]
    cells = go.Scatter(x=[a for a, _ in spots], y=[b for _, b in spots], mode="markers+text", hoverinfo="text")
    size = (13 + 10 * pairs.sentences / pairs.sentences.max()).tolist()
    cells.update(
        marker={"symbol": "square", "size": size, "color": PALETTE["accent"], "opacity": 1},
        text=pairs.sentences.tolist(),
    )
    cells.update(textfont={"color": PALETTE["paper"], "size": 11}, cliponaxis=False)
    notes = [f"{escape(a)} and {escape(b)}: {count(n, 'sentence')}" for a, b, n in pairs.itertuples(index=False)]
    figure = go.Figure(cells.update(hovertext=notes))
    labels, last = [shorten(name, 18) for name in names], len(names) - 1
    figure.update_xaxes(
        tickvals=list(range(last)), ticktext=labels[:-1], range=[-0.6, last - 0.4], tickangle=-90, side="top"
    )
    figure.update_yaxes(tickvals=list(range(1, last + 1)), ticktext=labels[1:], range=[last + 0.6, 0.4])
    figure.update_xaxes(zeroline=False).update_yaxes(zeroline=False)
    table = [["one", "the other", "sentences"], *pairs.to_numpy().tolist()]
    return finish_figure(figure, "Named in the same sentence", mood.summarise_company(entities), table, 170 + 27 * last)


def sentence_sentiment(sentences: pd.DataFrame, show_text: bool = True) -> go.Figure | Sentence:
    """Columns: the tone of every sentence in reading order, hatched where someone is quoted; the sentence on hover."""
    if sentences.empty:
        return Sentence("There is no sentence whose tone could be drawn.")
    scores, speakers = sentences.sentiment.tolist(), sentences.get("speaker", pd.Series("", sentences.index)).fillna("")
    texts = sentences.text.tolist() if show_text else [count(len(text.split()), "word") for text in sentences.text]
    lines = ["<br>".join(escape(line) for line in wrap(text, 60)) for text in texts]
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
    rows = [[i, signed(s), label_of(s), text] for i, s, text in zip(bars.x, scores, texts, strict=True)]
    return finish_figure(figure, "Tone, sentence by sentence", alt, [["no.", "score", "tone", "sentence"], *rows], 320)


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
    return finish_figure(figure, "Share right by confidence, with the number of mentions", alt, table, 360)


def _tone_colour(score: float) -> str:
    return PALETTE["line" if pd.isna(score) else label_of(score)]


def shorten(name: str, longest: int = LONGEST_LABEL) -> str:
    """A name as a label beside a bar, escaped and cut where it is long."""
    return escape(f"{name[:longest]}…" if len(name) > longest + 1 else name) + "  "


def _stacks(rows: pd.DataFrame, title: str, alt: str, shares: bool = False) -> go.Figure:
    """Horizontal bars of rows counted by tone, the first on top: its total beside each, a legend over them."""
    totals, spots = rows.sum(axis=1), list(range(len(rows)))
    figure = go.Figure()
    for tone in rows:
        parts = rows[tone] / totals if shares else rows[tone]
        notes = [f"<b>{escape(name)}</b><br>{number} {tone}" for name, number in rows[tone].items()]
        figure.add_bar(x=parts.tolist(), y=spots, orientation="h", name=tone, hovertext=notes, hoverinfo="text")
        figure.data[-1].marker.color = colour_of(tone)
    ends = [1.0] * len(rows) if shares else totals.tolist()
    beside = [" " + (count(n, "sentence") if shares else str(n)) for n in totals]
    figure.add_scatter(x=ends, y=spots, text=beside, mode="text", textposition="middle right", hoverinfo="skip")
    figure.data[-1].update(showlegend=False, cliponaxis=False)
    figure.update_yaxes(tickvals=spots, ticktext=[shorten(name) for name in rows.index], showgrid=False, zeroline=False)
    figure.update_yaxes(range=[len(rows) - 0.4, -0.6]).update_xaxes(
        visible=False, range=[0, (1.5 if shares else 1.2) * max(ends)]
    )
    figure.update_layout(
        barmode="stack", legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    )
    table = [["", *rows], *([name, *numbers] for name, *numbers in rows.itertuples())]
    return finish_figure(figure, title, alt, table, 110 + 27 * len(rows))


def finish_figure(figure: go.Figure, title: str, alt: str, table: list, height: int) -> go.Figure:
    """Title, height, and what a reader who cannot see it needs: a true sentence, and the values as a table."""
    figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    return figure.update_layout(title=title, height=height, bargap=0.3, meta={"alt": alt, "table": table})
