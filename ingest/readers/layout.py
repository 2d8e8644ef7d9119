"""From printed lines with positions to paragraphs: for PDF, OFD and OCR."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.landmarks import begins_division, is_labelled
from ingest.readers.raw import RawLine
from ingest.readers.rows import row_line


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell of a table's row; `full` says that its last line ends at its side, so it may go on below."""

    text: str
    full: bool


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line as printed. Positions are in points from the page's upper left corner.

    `size` is the height of its characters; `page_height` that of the whole page.
    `column` is 1 or 2 on a part of a page in two columns, where both have the left one's
    margin, else 0. A table's row is a line of its own, with its cells in `row`.
    """

    text: str
    page: int
    left: float
    right: float
    top: float
    size: float
    page_height: float
    column: int = 0
    row: tuple[PrintedCell, ...] = ()


_PAGE_NUMBER = re.compile(
    r"^[\s\-—–_·.|]*(?:第\s*)?(?:\d{1,4}|[ivxIVX]{1,5})(?:\s*页)?(?:\s*[/／,，共]+\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–_·.|]*$"
)
_BROWSER_STAMP = re.compile(  # what browsers print above and below a page
    r"^(?:(?:https?|file)://\S+(?:\s+\d+/\d+)?|\d{1,4}/\d{1,2}/\d{1,4},?\s*(?:[上下]午)?\s*\d{1,2}:\d{2}(?:\s*[AP]M)?(?:\s.{0,80})?)$"
)
_EDGE = 0.12  # share of the page's height where running headers and footers stand
_REPEATED_SHARE = 0.6
_EDGE_LINES = 3
_STOPS = "。！？!?；;：:"
_CLOSERS = "”’」』）)》"
_NOTE_MAX_CHARS = 200
_NO_HEADING = 0.75  # of the width: longer than headings are, so an unfinished line goes on
_PARAGRAPH_GAP = 1.25  # times the usual distance between lines
_CJK = "\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’—…"
_BLANK_AT_NUMBER = re.compile(rf"(?<=[{_CJK}]) +(?=[\d])|(?<=[\d%]) +(?=[{_CJK}])")


def paragraphs(pages: Sequence[Sequence[PrintedLine]]) -> list[RawLine]:
    """Join printed lines into paragraphs, running headers, footers and page numbers left out.

    A line goes on in the next unless it ends short of the margin, the next is
    indented or stands at a larger distance, or the next begins with a clause label
    after a full stop. Each paragraph has the page it begins on. Table rows stay
    single; a row broken by a page's end is joined, and a head printed again left out.
    """
    repeated = _repeated_edges(pages)
    lines = _whole_tables(_without_edges(page, repeated) for page in pages)
    shapes = _shapes(lines)
    joined: list[RawLine] = []
    for index, line in enumerate(lines):
        above = lines[index - 1] if index else line
        shape = shapes[bool(line.column)]
        same_kind = not (line.row or above.row) and bool(line.column) == bool(above.column)
        if (
            index
            and same_kind
            and (_continues(above, line, shape) or _is_inside_bracket(joined[-1].text, above, line, shape))
        ):
            joined[-1] = RawLine(glue(joined[-1].text, line.text), joined[-1].page)
        else:
            joined.append(RawLine(line.text.strip(), line.page))
    return [RawLine(_BLANK_AT_NUMBER.sub("", line.text), line.page) for line in joined]


@dataclass(frozen=True, slots=True)
class _Shape:
    """The text block: its margins, usual character size and line distance; whether first lines are indented."""

    left: float
    right: float
    size: float
    pitch: float
    indented: bool
    spaced: bool


def _shapes(lines: Sequence[PrintedLine]) -> dict[bool, _Shape]:
    """The shape of the text in one column (False) and in two (True), as far as there is any."""
    text = [line for line in lines if not line.row]
    parts = {kind: [line for line in text if bool(line.column) is kind] for kind in (False, True)}
    nothing = _Shape(0.0, 0.0, 1.0, 1.0, indented=False, spaced=False)
    return {kind: _shape(part) if part else nothing for kind, part in parts.items()}


def _shape(lines: Sequence[PrintedLine]) -> _Shape:
    size = median(line.size for line in lines)
    left = float(Counter(round(line.left) for line in lines).most_common(1)[0][0])
    rights = sorted(line.right for line in lines)
    right = rights[int(len(rights) * 0.9)] if len(rights) > 4 else rights[-1]
    gaps = [b.top - a.top for a, b in pairwise(lines) if _on_one_page(a, b) and b.top > a.top]
    pitch = median(gaps) if gaps else size * 1.5
    lower = [line.left for line in lines if line.left < left - size]
    if len(lower) > len(lines) * 0.2:  # most lines begin paragraphs: the margin is where the others begin
        left = float(Counter(round(at) for at in lower).most_common(1)[0][0])
    indents = [line for line in lines if 1.3 * size < line.left - left < 2.9 * size]
    wide = [gap for gap in gaps if gap > pitch * _PARAGRAPH_GAP]
    return _Shape(left, right, size, pitch, len(indents) > 0.08 * len(lines), len(wide) > 0.15 * len(gaps))


def _continues(above: PrintedLine, line: PrintedLine, shape: _Shape) -> bool:
    ends = above.text.rstrip().rstrip(_CLOSERS)[-1:] in _STOPS
    width = shape.right - shape.left
    short = above.right < (shape.right - 2.2 * shape.size if ends else shape.left + _NO_HEADING * width)
    if begins_division(line.text.strip()):
        return False
    if is_labelled(line.text.strip()) and (ends or short or line.left > shape.left + 0.7 * shape.size):
        return False
    if short:
        return False
    if _on_one_page(above, line) and not 0 < line.top - above.top < shape.pitch * _PARAGRAPH_GAP:
        return False
    if line.left > shape.left + 0.7 * shape.size:
        return False
    if abs(above.size - line.size) > 0.2 * shape.size:
        return False
    if not ends:
        return True
    if shape.indented:
        return True
    return shape.spaced and _on_one_page(above, line)


def _on_one_page(above: PrintedLine, line: PrintedLine) -> bool:
    """Whether two lines stand on one page, in one column of it."""
    return (above.page, above.column) == (line.page, line.column)


def _is_inside_bracket(paragraph: str, above: PrintedLine, line: PrintedLine, shape: _Shape) -> bool:
    """Whether a bracket opened above is closed in this line: a centred note broken in two."""
    if len(paragraph) > _NOTE_MAX_CHARS or line.page != above.page:
        return False
    near = 0 < line.top - above.top < shape.pitch * _PARAGRAPH_GAP
    return near and any(
        paragraph.count(opener) > paragraph.count(closer) and closer in line.text
        for opener, closer in ("（）", "()", "《》", "〔〕")
    )


def glue(above: str, below: str) -> str:
    """Two printed lines as one: a blank between Latin words only."""
    above, below = above.rstrip(), below.strip()
    latin = above[-1:].isascii() and above[-1:].isalnum() and below[:1].isascii() and below[:1].isalpha()
    return f"{above} {below}" if latin else above + below


def _repeated_edges(pages: Sequence[Sequence[PrintedLine]]) -> set[str]:
    """Words that stand at the edge of most pages, digits aside."""
    counts: Counter[str] = Counter()
    filled = [page for page in pages if page]
    for page in filled:
        counts.update({_plain(line.text) for line in _edge_lines(page)})
    return {text for text, count in counts.items() if count >= 2 and count > _REPEATED_SHARE * len(filled)}


def _edge_lines(page: Sequence[PrintedLine]) -> list[PrintedLine]:
    ordered = sorted(page, key=lambda line: line.top)
    height = page[0].page_height
    top = [line for line in ordered[:_EDGE_LINES] if line.top < height * _EDGE]
    bottom = [line for line in ordered[-_EDGE_LINES:] if line.top > height * (1 - _EDGE)]
    return top + bottom


def _without_edges(page: Sequence[PrintedLine], repeated: set[str]) -> list[PrintedLine]:
    if not page:
        return []
    gone: set[int] = set()
    seen: set[str] = set()
    for line in _edge_lines(page):
        plain = _plain(line.text)
        header = plain in repeated and plain not in seen  # a title below a header of the same words stays
        if header or _PAGE_NUMBER.match(line.text) or _BROWSER_STAMP.match(line.text):
            gone.add(id(line))
            seen.add(plain)
    return [line for line in page if id(line) not in gone and line.text.strip()]


def _whole_tables(pages: Iterable[Sequence[PrintedLine]]) -> list[PrintedLine]:
    """The lines of all pages; at a page's top the head of a table going on there is not said again."""
    kept: list[PrintedLine] = []
    table: list[str] = []  # rows of the table that reaches the end of what is kept
    for page in pages:
        again = 0
        while again < min(len(page), len(table)) and page[again].text == table[again]:
            again += 1
        rest = page[again:]
        if table and rest and _goes_on(kept[-1], rest[0]):
            kept[-1] = _joined_row(kept[-1], rest[0])
            rest = rest[1:]
        for line in rest:
            if line.row:
                table.append(line.text)
            else:
                table.clear()
            kept.append(line)
    return kept


def _goes_on(above: PrintedLine, row: PrintedLine) -> bool:
    """Whether a page's first row is the rest of the row above: its words go on in cells that were full."""
    pairs = list(zip(above.row, row.row, strict=False))
    told = [(before, cell) for before, cell in pairs if cell.text]
    return (
        len(above.row) == len(row.row)
        and len(told) < len(pairs)
        and all(before.full and before.text[-1:] not in _STOPS for before, _ in told)
    )


def _joined_row(above: PrintedLine, row: PrintedLine) -> PrintedLine:
    pairs = zip(above.row, row.row, strict=True)
    cells = tuple(PrintedCell(glue(before.text, cell.text), cell.full) for before, cell in pairs)
    return replace(above, text=row_line([cell.text for cell in cells]), row=cells)


def _plain(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))
