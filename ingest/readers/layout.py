"""From printed lines with positions to paragraphs: for PDF, OFD and OCR."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.landmarks import begins_division, is_labelled
from ingest.readers.raw import RawLine


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line as printed. Positions are in points from the page's upper left corner.

    `size` is the height of its characters; `page_height` that of the whole page.
    """

    text: str
    page: int
    left: float
    right: float
    top: float
    size: float
    page_height: float


_PAGE_NUMBER = re.compile(
    r"^[\s\-—–_·.|]*(?:第\s*)?(?:\d{1,4}|[ivxIVX]{1,5})(?:\s*页)?(?:\s*[/／,，共]+\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–_·.|]*$"
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
    after a full stop. Each paragraph has the page it begins on.
    """
    kept = [_without_edges(page, repeated) for repeated in [_repeated_edges(pages)] for page in pages]
    lines = [line for page in kept for line in page]
    if not lines:
        return []
    shape = _shape(lines)
    joined: list[RawLine] = []
    for index, line in enumerate(lines):
        if index and (
            _continues(lines[index - 1], line, shape)
            or _is_inside_bracket(joined[-1].text, lines[index - 1], line, shape)
        ):
            joined[-1] = RawLine(_glue(joined[-1].text, line.text), joined[-1].page)
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


def _shape(lines: Sequence[PrintedLine]) -> _Shape:
    size = median(line.size for line in lines)
    left = float(Counter(round(line.left) for line in lines).most_common(1)[0][0])
    rights = sorted(line.right for line in lines)
    right = rights[int(len(rights) * 0.9)] if len(rights) > 4 else rights[-1]
    gaps = [b.top - a.top for a, b in pairwise(lines) if a.page == b.page and b.top > a.top]
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
    if line.page == above.page and not 0 < line.top - above.top < shape.pitch * _PARAGRAPH_GAP:
        return False
    if line.left > shape.left + 0.7 * shape.size:
        return False
    if abs(above.size - line.size) > 0.2 * shape.size:
        return False
    if not ends:
        return True
    if shape.indented:
        return True
    return shape.spaced and line.page == above.page


def _is_inside_bracket(paragraph: str, above: PrintedLine, line: PrintedLine, shape: _Shape) -> bool:
    """Whether a bracket opened above is closed in this line: a centred note broken in two."""
    if len(paragraph) > _NOTE_MAX_CHARS or line.page != above.page:
        return False
    near = 0 < line.top - above.top < shape.pitch * _PARAGRAPH_GAP
    return near and any(
        paragraph.count(opener) > paragraph.count(closer) and closer in line.text
        for opener, closer in ("（）", "()", "《》", "〔〕")
    )


def _glue(above: str, below: str) -> str:
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
        if header or _PAGE_NUMBER.match(line.text):
            gone.add(id(line))
            seen.add(plain)
    return [line for line in page if id(line) not in gone and line.text.strip()]


def _plain(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split()))
