"""From characters with places to printed lines: tables as rows, two columns one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.readers.columns import Gutter, Span, find_gutter, in_reading_order
from ingest.readers.grids import Cell, Grid
from ingest.readers.layout import PrintedCell, PrintedLine, glue
from ingest.readers.rows import repeated, row_line

_BLANK = 0.2  # of a character's height
_WIDE_BLANK = 0.5
_VERY_WIDE_BLANK = 1.5  # what may be a gutter between two columns
_CELL_MARGIN = 1.7  # characters: a cell's line that ends nearer to its side was broken there
_EDGE = 0.07  # of the page's height: running headers and footers, which keep to no column
_VERTICAL_FORMS = str.maketrans(
    "︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄︰︱︳", "（）｛｝〔〕【】《》〈〉「」『』：—_"
)


@dataclass(frozen=True, slots=True)
class Char:
    """A character and its cell, in points from the page's upper left corner.

    `order` is its place in its line as drawn; `spaced` says that a blank was drawn
    before it.
    """

    char: str
    order: int
    spaced: bool
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page's number (1-based) and height in points."""

    number: int
    height: float


def printed_lines(drawn: Sequence[Sequence[Char]], grids: Sequence[Grid], *, page: Page) -> list[PrintedLine]:
    """The lines of a page in reading order; a table's rows stand where its first words were drawn."""
    free: list[list[Char] | int] = []  # a number: this table stands here
    cells: dict[int, dict[Cell, list[list[Char]]]] = {}
    for chars in drawn:
        outside: list[Char] = []
        inside: dict[tuple[int, Cell], list[Char]] = defaultdict(list)
        for char in chars:
            place = _place(char, grids)
            (outside if place is None else inside[place]).append(char)
        for (number, cell), part in inside.items():
            if number not in cells:
                cells[number] = defaultdict(list)
                free.append(number)
            cells[number][cell].append(part)
        if outside:
            free.append(outside)
    gutter = _gutter([part for part in free if isinstance(part, list) and not _at_edge(part[0].top, page)])
    lines: list[PrintedLine] = []
    for item in free:
        if isinstance(item, int):
            lines += _table_lines(grids[item], cells[item], page)
        else:
            lines += [line_of(chars, page) for chars in _without_gutter(item, gutter)]
    if gutter is None:
        return lines
    body = [line for line in lines if not _at_edge(line.top, page)]
    above = [line for line in lines if line.top < _EDGE * page.height]
    below = [line for line in lines if line.top > (1 - _EDGE) * page.height]
    return [*above, *in_reading_order(body, gutter), *below]


def _at_edge(top: float, page: Page) -> bool:
    return not _EDGE * page.height <= top <= (1 - _EDGE) * page.height


def _place(char: Char, grids: Sequence[Grid]) -> tuple[int, Cell] | None:
    x, y = (char.left + char.right) / 2, (char.top + char.bottom) / 2
    for number, grid in enumerate(grids):
        if (cell := grid.cell_at(x, y)) is not None:
            return number, cell
    return None


def _gutter(drawn: Sequence[Sequence[Char]]) -> Gutter | None:
    """The gutter of a page, judged by the stretches of text without very wide blanks."""
    sizes = [char.bottom - char.top for chars in drawn for char in chars]
    if not sizes:
        return None
    size = median(sizes)
    spans: list[Span] = []
    for chars in drawn:
        placed = sorted(chars, key=lambda char: char.left)
        start = placed[0].left
        for before, char in pairwise(placed):
            if char.left - before.right > _VERY_WIDE_BLANK * size:
                spans.append(Span(start, before.right))
                start = char.left
        spans.append(Span(start, placed[-1].right))
    return find_gutter(spans, size=size)


def _without_gutter(chars: Sequence[Char], gutter: Gutter | None) -> list[list[Char]]:
    """A drawn line in two, when it runs across the gutter between two columns' lines."""
    placed = sorted(chars, key=lambda char: char.left)
    if gutter:
        for at, (before, char) in enumerate(pairwise(placed), start=1):
            first, second = Span(placed[0].left, before.right), Span(char.left, placed[-1].right)
            if gutter.parts(first, second, size=char.bottom - char.top):
                return [placed[:at], placed[at:]]
    return [list(chars)]


def _table_lines(
    grid: Grid, cells: Mapping[Cell, Sequence[Sequence[Char]]], page: Page
) -> Iterator[PrintedLine]:
    """One line per row; a row that is a single cell is ordinary text."""
    size = median(char.bottom - char.top for parts in cells.values() for chars in parts for char in chars)
    for row in range(grid.rows):
        owners = [grid.owners[row, column] for column in range(grid.columns)]
        first = [owner for column, owner in enumerate(owners) if owner[1] == column]
        if len(first) == 1:
            if first[0][0] == row:
                yield from (line_of(chars, page) for chars in _from_top(cells.get(first[0], ())))
        elif any(cell[0] == row and cell in cells for cell in first):
            yield _row(grid, row, [_cell(grid, cell, row, cells, size) for cell in first], page)


def _cell(
    grid: Grid, cell: Cell, row: int, cells: Mapping[Cell, Sequence[Sequence[Char]]], size: float
) -> PrintedCell:
    """A cell of a row; one that began in a row above says its words again."""
    text, reaches = "", 0.0
    for chars in _from_top(cells.get(cell, ())):
        text = glue(text, _words(chars)) if text else _words(chars)
        reaches = max(char.right for char in chars)
    return PrintedCell(
        text if cell[0] == row else repeated(text), reaches >= grid.right_of(cell) - _CELL_MARGIN * size
    )


def _row(grid: Grid, row: int, told: Sequence[PrintedCell], page: Page) -> PrintedLine:
    text = row_line([cell.text for cell in told])
    size = (grid.ys[row + 1] - grid.ys[row]) / 2
    left, right, top = grid.xs[0], grid.xs[-1], grid.ys[row]
    return PrintedLine(text, page.number, left, right, top, size, page.height, row=tuple(told))


def _from_top(parts: Sequence[Sequence[Char]]) -> list[Sequence[Char]]:
    return sorted(parts, key=lambda chars: min(char.top for char in chars))


def line_of(chars: Sequence[Char], page: Page) -> PrintedLine:
    """The characters of a line, at least one, from left to right."""
    size = median(char.bottom - char.top for char in chars) or 1.0
    left, right = min(char.left for char in chars), max(char.right for char in chars)
    top = min(char.top for char in chars)
    return PrintedLine(_words(chars), page.number, left, right, top, size, page.height)


def _words(chars: Sequence[Char]) -> str:
    """Characters by place: quotes in another font are often drawn after the line."""
    size = median(char.bottom - char.top for char in chars) or 1.0
    placed = sorted(chars, key=lambda char: round((char.left + char.right) / 2))
    text = placed[0].char
    for before, char in pairwise(placed):
        text += (" " if _is_spaced(before, char, size) else "") + char.char
    return text.translate(_VERTICAL_FORMS)


def _is_spaced(before: Char, char: Char, size: float) -> bool:
    """Whether a blank stands between two characters that are neighbours on the page.

    Where they were drawn one after the other, the blank must have been drawn too: the
    cells of some glyphs are narrower than their characters.
    """
    gap = char.left - before.right
    if char.order == before.order + 1:
        return char.spaced and gap > _BLANK * size
    return gap > _WIDE_BLANK * size
