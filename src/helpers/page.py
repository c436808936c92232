"""The page: executed notebooks rendered as one HTML file that may run its own two scripts and request nothing."""

import base64
import hashlib
import json
import re
from html import unescape
from importlib.metadata import version
from itertools import count
from operator import itemgetter
from pathlib import Path

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

from helpers.palette import DARK, FONT, PALETTE
from helpers.redaction import redact, runs_of

FOLDER = Path(__file__).parent / "templates"
PLOT, DATA = "application/vnd.plotly.v1+json", "application/json"
MOST_FINDINGS = 5


class ReportExporter(HTMLExporter):
    """Renders a notebook with our template; JupyterLab offers it under File > Save and Export Notebook As."""

    export_from_notebook = "News Atlas page"
    template_name = "report"

    def __init__(self, **settings):
        super().__init__(extra_template_basedirs=[str(FOLDER)], exclude_anchor_links=True, **settings)

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **settings) -> tuple[str, dict]:
        """The page as the template has it, which HTMLExporter would rewrite, and nbconvert's resources."""
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="python", parent=self))
        self.register_filter("describe_page", describe_page)
        return TemplateExporter.from_notebook_node(self, nb, resources, **settings)


def render_page(notebook: NotebookNode, order: tuple[str, ...]) -> str:
    """The page of an executed notebook whose cells say which part they belong to, the parts in this order."""
    hide_text(notebook)  # the exporter works on a copy; what is written beside the page must not say more than it
    notebook.cells.sort(key=lambda cell: order.index(cell.metadata.part))  # stable: cells keep their order in a part
    return ReportExporter().from_notebook_node(notebook)[0]


def describe_page(notebook: NotebookNode) -> dict:
    """All the template needs: headline, findings and parts, style, scripts, and the hashes that let only these run."""
    hide_text(notebook)
    plotly, figures, links = map(read_template, ("plotly.min.js", "report.js", "links.js"))
    script = figures + links
    headline = "".join(html for _, html in tagged(notebook, "headline")) or "<h1>News Atlas</h1>"
    pairs = {PALETTE[name]: DARK[name] for name in PALETTE}
    parts = list_parts(notebook)
    return {
        "title": text_of(headline.partition("</h1>")[0]),
        "headline": headline,
        "findings": list_findings(notebook),
        "parts": parts,
        "beside": take_beside(parts),
        "data": as_json({"tables": without_keys(find_data(notebook)), "words": find_data(notebook).get("words")}),
        "css": palette_css() + read_template("report.css"),
        "plotly": plotly,
        "script": script,
        "hashes": " ".join(f"'sha256-{fingerprint(text)}'" for text in (plotly, script)),
        "dark": as_json(pairs),
        "version": version("news-atlas"),
    }


def read_template(name: str) -> str:
    return (FOLDER / "report" / name).read_text(encoding="utf-8")


def find_data(notebook: NotebookNode) -> dict:
    """The tables a notebook gives away (takeaway.Takeaway), {} where it gives none."""
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    return next((data[DATA] for data in outputs if DATA in data), {})


def without_keys(data: dict) -> dict | None:
    """The tables of a page as names of columns and rows of values: a name in every row would be a quarter of it."""
    tables = data.get("tables")
    return tables and {
        name: {"columns": [*rows[0]] if rows else [], "rows": [[*row.values()] for row in rows]}
        for name, rows in tables.items()
    }


def hide_text(notebook: NotebookNode) -> None:
    """Cut every run of six words of the article out of all outputs, where a notebook is not to show its text."""
    data = find_data(notebook)
    text = data.pop("text", [])
    if data.get("show_text", True):
        return
    runs = runs_of(text)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output["data"] = redact(output.get("data", {}), runs)


def list_findings(notebook: NotebookNode) -> list[tuple[str, str]]:
    """(part, sentence) of the page's findings, the first ones of every part before the second ones."""
    ranks: dict[str, count] = {}
    found = [(next(ranks.setdefault(part, count())), part, text_of(html)) for part, html in tagged(notebook, "finding")]
    chosen = sorted(sorted(found)[:MOST_FINDINGS], key=itemgetter(1, 0))
    return [(part, text) for _, part, text in chosen]


def take_beside(parts: list[dict]) -> dict | None:
    """The cells tagged `text`, out of their part, to stand beside the first map; None where there is no map."""
    cells = [cell for part in parts for cell in part["cells"]]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    maps = [output["plot"] for output in outputs if output.get("plot", {}).get("role") == "group"]
    text = [cell for cell in cells if "text" in cell.metadata.tags]
    if not (maps and text):
        return None
    for part in parts:
        part["cells"] = [cell for cell in part["cells"] if "text" not in cell.metadata.tags]
    return {"map": maps[0]["id"], "cells": text}


def tagged(notebook: NotebookNode, tag: str) -> list[tuple[str, str]]:
    """(part, HTML) of every output of the cells with this tag."""
    cells = [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]
    outputs = [(part_of(cell), output.get("data", {})) for cell in cells for output in cell.get("outputs", [])]
    return [(part, data["text/html"]) for part, data in outputs if "text/html" in data]


def list_parts(notebook: NotebookNode) -> list[dict]:
    """The page's sections, one a notebook: id, title and cells, headings one level down, the headline left out."""
    parts: dict[str, dict] = {}
    question, numbers = "", count(1)
    for cell in notebook.cells:
        part = parts.setdefault(part_of(cell), {"id": part_of(cell), "title": "", "cells": []})
        tags = cell.metadata.setdefault("tags", [])
        if cell.cell_type == "markdown":
            question = next(iter(re.findall(r"^#+ (.+)$", cell.source, re.M)), question)
            part["title"] = part["title"] or question
            cell.source = re.sub(r"^(#+) ", r"#\1 ", cell.source, flags=re.M)
        for output in cell.get("outputs", []):
            number = next(numbers)
            output["label"] = f"Table {number}: {question}"  # regions that scroll need names of their own
            if PLOT in output.get("data", {}):
                output["plot"] = describe_plot(output.data[PLOT], f"figure-{number}")
        part["cells"] += [] if {"headline", "lab"} & set(tags) else [cell]
    return list(parts.values())


def describe_plot(figure: dict, name: str) -> dict:
    """What the template needs of a plotly figure: title and alt text as plain text, values, and the rest as JSON."""
    layout = dict(figure["layout"])
    title, meta = layout.pop("title", None) or {}, layout.pop("meta", None) or {}
    title = text_of(title.get("text", "") if isinstance(title, dict) else title)
    layout["margin"] = {**layout.get("margin", {}), "t": 12}
    return {
        "id": name,
        "title": title,
        "alt": meta.get("alt") or title or "Figure",
        "table": meta.get("table"),
        "role": "img" if layout.get("xaxis", {}).get("fixedrange") else "group",  # a map holds buttons to zoom with
        "height": layout.get("height", 450),
        "json": as_json({"data": figure["data"], "layout": layout}),
    }


def as_json(value: object) -> str:
    """JSON that no text in it can end the script element of, e.g. "</script>" -> "\\u003c/script>"."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def palette_css() -> str:
    """The palette as CSS variables, for light, dark and always light on paper."""
    light, dark = (";".join(f"--{name}:{value}" for name, value in p.items()) for p in (PALETTE, DARK))
    return f":root{{--font:{FONT};{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def part_of(cell: NotebookNode) -> str:
    return cell.metadata.get("part", "notebook")


def text_of(html: str) -> str:
    """The text in a piece of HTML of our own making, e.g. "<h1>A &amp; B</h1>" -> "A & B"."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def fingerprint(text: str) -> str:
    """The sha256 of a script as a Content-Security-Policy names it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
