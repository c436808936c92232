"""Web pages: trafilatura says which parts are the story; the text is read from the page itself, as a reader sees it."""

import email
import json
import re
from collections.abc import Iterator
from contextlib import suppress

import mistune
import trafilatura
from lxml import etree, html

from helpers.datelines import read_date
from helpers.documents import BREAKS, UNSEEN, Block, Document, blocks_of, find_headline, squeeze, tidy
from helpers.sources import ArticleError, Source, decode

SKIPPED = {"script", "style", "noscript", "template", "svg", "head", "iframe", "button", "select", "textarea", "object"}
INLINE = {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins",
          "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
          "tt", "u", "var", "wbr"}  # fmt: skip
PARTS = {"nav", "aside", "footer", "header", "figure", "figcaption", "form", "main", "article"}
HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden")
DATE_META = ("article:published_time", "datepublished", "date", "pubdate", "publish-date", "publish_date", "dc.date",
             "publication_date", "dc.date.issued", "dcterms.created", "parsely-pub-date", "sailthru.date")  # fmt: skip
LOGIN_WORDS = 60  # a page with a password field and fewer words of story is a login page
LONG_WORDS = 8  # so many words that a text which has them all has them from this block


def parse_html(text: str) -> html.HtmlElement:
    """The tree of a page, however broken."""
    try:
        return html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", UNSEEN.sub("", text)))
    except etree.ParserError:  # nothing but comments
        return html.document_fromstring("<p></p>")


def visible_blocks(tree: html.HtmlElement) -> list[Block]:
    """Every visible block of text of a page, in reading order."""
    found, pending = [], []

    def flush(element: html.HtmlElement) -> None:
        if "".join(pending).strip():
            found.extend(blocks_of("".join(pending), where=_label(element), section=_path(element.getparent())))
        pending.clear()

    def walk(element: html.HtmlElement) -> None:
        if element.tag in SKIPPED or not isinstance(element.tag, str) or _is_hidden(element):
            return
        is_block = element.tag not in INLINE and element.tag != "br"
        if is_block and pending:
            flush(element.getparent())
        pending.append("\n" if element.tag == "br" else _spaced(element.text, element))
        for child in element:
            walk(child)
            side_by_side = not child.tail and child.tag in ("a", "time") and child.getnext() is not None
            pending.append(" " if side_by_side else _spaced(child.tail, element))
        if is_block:
            flush(element)

    walk(tree)
    return found


def _path(element: html.HtmlElement | None) -> str:
    """Where an element stands, with the kinds of all around it: "/html/body/div.story#4"."""
    if element is None:
        return ""
    number = element.getparent().index(element) if element.getparent() is not None else 0
    return f"{_path(element.getparent())}/{element.tag}{_kind(element)}#{number}"


def _kind(element: html.HtmlElement) -> str:
    """The first class of an element, without the figures that machines put there: ".css-x"."""
    return "".join(f".{re.sub(r'[0-9]', '', name)}" for name in (element.get("class") or "").split()[:1])


def _is_hidden(element: html.HtmlElement) -> bool:
    return element.get("hidden") is not None or HIDDEN.search(element.get("style") or "") is not None


def _spaced(text: str | None, element: html.HtmlElement) -> str:
    return (text or "") if element.tag == "pre" else re.sub(r"\s+", " ", text or "")


def _label(element: html.HtmlElement) -> str:
    """The nearest part of the page with a name, e.g. "div.share"."""
    near = (e for e in (element, *element.iterancestors()) if (e.get("class") or "").split() or e.tag in PARTS)
    part = next(near, element)
    return part.tag + _kind(part)


def read_page(source: Source) -> Document:
    """A page or web archive: its blocks, the story's among them marked, its headline and its metadata."""
    text = _archived(source) if source.kind == "mhtml" else decode(source.data, source.where, source.charset)
    tree, dates = parse_html(text), {"original_date": True, "extensive_search": False}
    text = html.tostring(tree, encoding="unicode")  # a whole page where the source was a piece of one
    found = trafilatura.bare_extraction(text, include_comments=False, with_metadata=True, date_extraction_params=dates)
    described = json_ld(tree)
    blocks = mark_story(visible_blocks(tree), (found and found.text) or "")
    hidden = blocks_of(str(described.get("articleBody") or ""), where="JSON-LD")
    if sum(len(b.text) for b in blocks if b.story) < sum(len(b.text) for b in hidden) / 2:
        blocks = [*(b._replace(story=False) for b in blocks), *hidden]
    if tree.xpath("//input[@type='password']") and sum(len(b.text.split()) for b in blocks if b.story) < LOGIN_WORDS:
        raise ArticleError(
            f"{source.where} asks for a login and shows no story: log in with a browser and save the page."
        )
    names = (
        (m.get("property") or m.get("name") or m.get("itemprop") or "", m.get("content") or "")
        for m in tree.iter("meta")
    )
    metas = {name.lower(): content for name, content in names}
    titles = [
        metas.get("og:title"),
        described.get("headline"),
        *(t.text for t in tree.iter("title")),
        found and found.title,
    ]
    titles = [" ".join(tidy(str(title)).split()) for title in titles if title]
    heads = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    heads = [head for head in heads if len(head.split()) > 3] if len(heads) == 1 else []
    title = find_headline(blocks, titles) or next(iter(heads + titles), "")
    return Document(blocks, title, page_meta(described, metas, found, page_address(tree, source.where)))


def read_markdown(source: Source) -> Document:
    """Markdown by way of HTML; title, author and date of a front matter are metadata."""
    text = BREAKS.sub("\n", decode(source.data, source.where, source.charset))
    front = re.match(r"---\n(.*?)\n---\n", text, re.S)
    fields = dict(re.findall(r"^(title|author|date):\s*[\"']?(.*?)[\"']?\s*$", front[1], re.M)) if front else {}
    tree = parse_html(mistune.html(text[front.end() if front else 0 :]))
    title = fields.get("title") or next((h.text_content() for h in tree.iter("h1")), "")
    return Document(
        visible_blocks(tree), tidy(title), {name: (value, "front matter") for name, value in fields.items()}
    )


def _archived(source: Source) -> str:
    """The page inside a web archive, as browsers save it in one file."""
    for part in email.message_from_bytes(source.data).walk():
        if part.get_content_type() == "text/html":
            return decode(part.get_payload(decode=True), source.where, part.get_content_charset())
    raise ArticleError(f"{source.where} is a web archive without a page: save it again as HTML.")


def mark_story(blocks: list[Block], extracted: str) -> list[Block]:
    """Blocks marked as story: long ones that the extracted text has, short ones that stand in a place like theirs."""
    lines, whole = {squeeze(line) for line in extracted.splitlines()}, squeeze(extracted)
    places = [re.sub(r"#\d+", "", b.section) for b in blocks]
    sure = [i for i, b in enumerate(blocks) if len(b.text.split()) >= LONG_WORDS and squeeze(b.text) in whole]
    homes, labels = {places[i] for i in sure}, {blocks[i].where for i in sure}
    homes |= {f"{home}/{part}" for home in homes for part in ("ul", "ol", "blockquote", "div", "section")}
    story = set(sure)
    for i, block in enumerate(blocks):
        is_at_home = places[i] in homes and (block.where in labels or not block.where.startswith("div."))
        if is_at_home and (sure[0] < i < sure[-1] or squeeze(block.text) in lines):
            story.add(i)
    return [block._replace(story=i in story) for i, block in enumerate(blocks)]


def json_ld(tree: html.HtmlElement) -> dict:
    """The first description of an article in a page's JSON-LD (schema.org), {} where there is none."""

    def search(node) -> Iterator[dict]:
        if isinstance(node, dict) and re.search("Article|Posting|Report", str(node.get("@type"))):
            yield node
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from search(child)

    found = []
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        with suppress(json.JSONDecodeError, RecursionError):  # nested without end, by mistake or on purpose
            found += search(json.loads(script.text or "", strict=False))
    return found[0] if found else {}


def page_meta(described: dict, metas: dict, found, url: str) -> dict[str, tuple[str, str]]:
    """Author, date, outlet and address, each with the place it was read from, the most explicit first."""
    dates = [(described.get("datePublished"), "JSON-LD"), *((metas.get(name), f"meta {name}") for name in DATE_META)]
    candidates = {
        "author": [(_names(described.get("author")), "JSON-LD"), (metas.get("author"), "meta author")],
        "date": [(read_date(str(value)), where) for value, where in dates],
        "outlet": [(metas.get("og:site_name"), "meta og:site_name"), (_names(described.get("publisher")), "JSON-LD")],
        "url": [(url, "address")],
    }
    if found:
        candidates["author"].append((found.author, "page"))
        candidates["date"].append((found.date, "page"))
        candidates["outlet"].append((found.sitename, "page"))
    known = {
        fact: [(" ".join(tidy(str(v)).split()), where) for v, where in values if v]
        for fact, values in candidates.items()
    }
    return {fact: values[0] for fact, values in known.items() if values}


def _names(value: object) -> str:
    people = value if isinstance(value, list) else [value]
    return ", ".join(str(p.get("name") or "") if isinstance(p, dict) else str(p) for p in people if p)


def page_address(tree: html.HtmlElement, where: str) -> str:
    """The address a page was published at: where it was fetched, else what it says of itself, "" if nothing."""
    if "://" in where:
        return where
    notes = " ".join(str(c.text) for c in tree.getroottree().xpath("//comment()"))
    saved = re.search(r"saved from url=\(\d+\)(\S+)", notes)
    links = tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return str(next(iter(links), saved[1] if saved else ""))
