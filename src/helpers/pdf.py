"""PDF files: paragraphs rebuilt from the lines of the text layer, page headers and footers apart."""

import re
from collections import Counter
from itertools import groupby, pairwise
from typing import NamedTuple

import pypdfium2

from helpers.documents import Block, Document, blocks_of, find_headline, tidy
from helpers.sources import ArticleError, Source

PAGE_NUMBER = re.compile(r"(?:page )?#(?: ?(?:/|of) ?#)?|[-–] ?# ?[-–]", re.I)  # figures as #
SENTENCE_END = re.compile(r"[.!?:…][”’\"')\]]*$")
WORD = r"[\w’]+"


class Line(NamedTuple):
    """A line on a page: lengths in points, from the lower left corner."""

    text: str
    left: float
    right: float
    base: float
    size: float  # height of its type
    page: int


def read_pdf(source: Source) -> Document:
    """The text layer of a PDF: its paragraphs, its headline by name or by size, its properties."""
    try:
        pdf = pypdfium2.PdfDocument(source.data)
        lines, info = read_lines(pdf), pdf.get_metadata_dict()
    except pypdfium2.PdfiumError:
        raise ArticleError(f"{source.where} is damaged or locked by a password: save it again without one.") from None
    running = running_lines(lines)
    body = [line for line in lines if line not in running]
    if not body:
        raise ArticleError(f"{source.where} has no text layer, it is a scan: run text recognition (OCR) on it first.")
    whole = re.sub(rf"{WORD}-\n\S+", " ", "\n".join(line.text for line in body))
    words = set(re.findall(rf"{WORD}(?:-{WORD})*", whole))
    blocks = [Block(tidy(line.text), "page header or footer", story=False) for line in lines if line in running]
    for lines in rebuild(body):
        blocks += blocks_of(join_lines([line.text for line in lines], words), where=f"page {lines[0].page + 1}")
    title = find_headline(blocks, [tidy(info.get("Title") or "")]) or largest_line(body)
    made = re.match(r"D:(\d{4})(\d\d)(\d\d)", info.get("CreationDate") or "")
    found = {"author": info.get("Author"), "date": "-".join(made.groups()) if made else ""}
    return Document(blocks, title, {name: (value or "", "file properties") for name, value in found.items()})


def read_lines(pdf: pypdfium2.PdfDocument) -> list[Line]:
    """The lines of the text layer, page by page, in the order they were set."""
    lines = []
    for number in range(len(pdf)):
        page = pdf[number].get_textpage()
        # PDFium runs a word broken at a line's end together, with U+FFFE for its hyphen: here it ends the line
        for m in re.finditer(r"[^\s\ufffe](?:[^\r\n\ufffe]*[^\s])?", page.get_text_range()):
            left, base, _, top = page.get_charbox(m.start(), loose=True)
            right = page.get_charbox(m.end() - 1)[2]
            lines.append(
                Line(re.sub("[\x02\ufffe]", "-", m[0]), left, right, base, round(top - base, 1) or 1.0, number)
            )
    return lines


def running_lines(lines: list[Line]) -> set[Line]:
    """Page headers, footers and numbers: the same words at the head or foot of half the pages, figures aside."""
    edges: dict[tuple[bool, str], list[Line]] = {}
    for _, page in groupby(lines, key=lambda line: line.page):
        by_height = sorted(page, key=lambda line: -line.base)
        for line in {*by_height[:2], *by_height[-2:]}:
            edges.setdefault((line in by_height[:2], re.sub(r"\d+", "#", line.text)), []).append(line)
    enough = max(2, len({line.page for line in lines}) / 2)
    return {x for (_, form), same in edges.items() if PAGE_NUMBER.fullmatch(form) or len(same) >= enough for x in same}


def rebuild(lines: list[Line]) -> list[list[Line]]:
    """The lines of each paragraph."""
    gaps = sorted((a.base - b.base) / a.size for a, b in pairwise(lines) if 0 < a.base - b.base < 4 * a.size)
    leading = gaps[len(gaps) // 4] if gaps else 0
    pages = {number: list(page) for number, page in groupby(lines, key=lambda line: line.page)}
    paragraphs = [[lines[0]]]
    for before, line in pairwise(lines):
        if starts_paragraph(before, line, column_of(before, pages[before.page]), leading):
            paragraphs.append([])
        paragraphs[-1].append(line)
    return paragraphs


def column_of(line: Line, page: list[Line]) -> tuple[float, float]:
    """Left and right edge of the column a line stands in, by the lines in its type above and below if it has some."""
    column = [line, *(x for x in page if x.left < line.right and x.right > line.left)]
    alike = [x for x in column if x.size == line.size]
    column = alike if len(alike) > 4 else column
    return min(x.left for x in column), max(x.right for x in column)


def starts_paragraph(before: Line, line: Line, column: tuple[float, float], leading: float) -> bool:
    """Whether a line opens a paragraph: other type, a gap, an indent, or room left before it for its first word."""
    if line.text[0].islower() and before.text.endswith("-"):
        return False
    letter = (line.right - line.left) / len(line.text)
    first_word = 1.5 * letter * (1 + len(line.text.split()[0]))
    room, half = column[1] - before.right, (column[1] - column[0]) / 2
    left_short = room > half or (room > first_word and SENTENCE_END.search(before.text) is not None)
    gap, indent = before.base - line.base, line.left - before.left
    if left_short and not line.text[0].islower():
        return True
    if gap <= 0:  # the next column or page
        return False
    other_type = abs(before.size - line.size) > 0.18 * line.size
    return other_type or gap > 1.25 * leading * line.size or letter < indent < 8 * letter


def join_lines(lines: list[str], words: set[str]) -> str:
    """The lines as one text; a hyphen at a line's end stays in a compound ("Karachi-/based"), not in a broken word."""
    text = lines[0]
    for line in lines[1:]:
        head, tail = re.search(rf"({WORD})?-?$", text)[1], re.match(f"(?:{WORD})?", line)[0]
        is_broken = text.endswith("-") and head and tail[:1].islower()
        is_compound = f"{head}-{tail}" in words or (f"{head}{tail}" not in words and {head, tail} <= words)
        if is_broken and not is_compound:
            text = text[:-1]
        text += line if is_broken or re.search(r"\w[-–—]$", text) else f" {line}"
    return text


def largest_line(lines: list[Line]) -> str:
    """What stands in the largest type on the first page, if it is larger than the text and longer than a masthead."""
    usual = Counter(line.size for line in lines).most_common(1)[0][0]
    first = [line for line in lines if line.page == lines[0].page and line.size > 1.15 * usual]
    for size in sorted({line.size for line in first}, reverse=True):
        text = tidy(" ".join(line.text for line in first if line.size == size))
        if len(text.split()) > 3:
            return text
    return ""
