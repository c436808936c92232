"""Documents: what text, Markdown, Word and PDF files and web pages say, as blocks of text in reading order."""

import io
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from helpers.sources import ArticleError, Source, decode

UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
JOINERS = re.compile("(?<=[\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\u024f])")  # elsewhere they shape letters
LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
NOBODY = {"author": ("python-docx",), "date": ("2013-12-23",)}  # what python-docx's template says of every file


class Block(NamedTuple):
    """A paragraph, heading, list item or line as it stands in the document."""

    text: str
    where: str = "text"  # the part of the document, for the reader of the cleaning log
    section: str = ""  # the element of a page it stands in
    story: bool = True  # False: outside the main text of a page, at the head or foot of a sheet


class Document(NamedTuple):
    """All blocks of a document, its headline where one is marked, and what its metadata say."""

    blocks: list[Block]
    title: str = ""
    meta: dict[str, tuple[str, str]] = {}  # author, date, outlet, url: value, and where it stands  # noqa: RUF012


def tidy(text: str) -> str:
    """The text as a reader sees it: composed letters, plain spaces, nothing invisible: "ofﬁce" -> "office"."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(LIGATURES)
    text = JOINERS.sub("", UNSEEN.sub("", BREAKS.sub("\n", text)))
    return "\n".join(" ".join(line.split()) for line in unicodedata.normalize("NFC", text).split("\n"))


def squeeze(text: str) -> str:
    """Letters and digits alone, to compare texts whatever their spaces and marks."""
    return re.sub(r"[\W_]+", "", text).casefold()


def split_paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of the paragraphs: parted by blank lines, and by line breaks unless these only wrap the lines."""
    spans = []
    for block in re.finditer(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*", text):
        lines = [m.span() for m in re.finditer(r"\S(?:[^\n]*\S)?", block[0])]
        lines = [(block.start() + a, block.start() + b) for a, b in lines]
        spans += [(lines[0][0], lines[-1][1])] if is_wrapped([text[a:b] for a, b in lines]) else lines
    return spans


def is_wrapped(lines: list[str]) -> bool:
    """Whether lines are one paragraph broken at a width: none has room for the first word of the next."""
    width = max(map(len, lines))
    is_full = (len(line) + 1 + len(after.split()[0]) > width for line, after in pairwise(lines))
    return 40 <= width <= 120 and any(line[0].islower() for line in lines[1:]) and all(is_full)


def blocks_of(text: str, **place) -> list[Block]:
    """The paragraphs of a stretch of text as blocks of one place."""
    text = tidy(text)
    return [Block(" ".join(text[a:b].split()), **place) for a, b in split_paragraphs(text)]


def find_headline(blocks: Iterable[Block], titles: list[str]) -> str:
    """The headline as the document shows it: the longest block that a title in its metadata repeats, else ""."""
    words = {b.text for b in blocks if len(b.text.split()) > 2}
    return max(
        (w for w in words if any(w in title and 2 * len(w) > len(title) for title in titles)), key=len, default=""
    )


def read_text(source: Source) -> Document:
    """Plain text: its paragraphs."""
    return Document(blocks_of(decode(source.data, source.where, source.charset)))


def read_word(source: Source) -> Document:
    """A Word file: its paragraphs and tables in order, as they read with all changes accepted; its properties."""
    import docx
    from docx.oxml.ns import qn

    marks = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
    try:
        document = docx.Document(io.BytesIO(source.data))
    except (KeyError, ValueError, SyntaxError):
        raise ArticleError(f"{source.where} is a damaged Word file: save it again.") from None
    styles = {style.style_id: style.name for style in document.styles}
    blocks, titles = [], []
    for paragraph in document.element.body.xpath(".//w:p[not(ancestor::w:txbxContent)]"):
        parts = paragraph.xpath(".//*[not(ancestor::w:txbxContent)]")
        text = "".join(part.text or "" if part.tag == qn("w:t") else marks.get(part.tag, "") for part in parts)
        style = styles.get(paragraph.style, "text")
        blocks += blocks_of(text, where=style, story=style != "Caption")
        titles += [tidy(text)] if style in ("Title", "Heading 1") else []
    core = document.core_properties
    found = {"author": core.author, "date": core.created and core.created.date().isoformat()}
    meta = {name: (value or "", "file properties") for name, value in found.items() if value not in NOBODY[name]}
    return Document(blocks, titles[0] if titles else find_headline(blocks, [tidy(core.title or "")]), meta)
