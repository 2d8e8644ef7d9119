"""Tables of web pages as rows of text; a cell over several rows is said in each."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html

from ingest.readers.rows import repeated

_SPAN_MAX = 1000
_CELL_MAX_CHARS = 300  # a longer cell holds a page, not a datum


def table_rows(table: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, list[str]]]:
    """Rows of a data table itself, not of tables inside it, with the texts of their cells.

    Rows of fewer than two cells and rows that hold a page's layout are left out.
    """
    carried: dict[int, tuple[int, str]] = {}  # column: for how many more rows, and what it says
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue
        own = [cell for cell in row if cell.tag in ("td", "th")]
        texts = list(_cells(own, carried))
        if len(texts) > 1 and all(len(text) <= _CELL_MAX_CHARS for text in texts):
            yield row, texts


def _cells(own: list[html.HtmlElement], carried: dict[int, tuple[int, str]]) -> Iterator[str]:
    """Texts of a row's cells in their order, those of rows above that reach into it among them."""
    column = 0
    for cell in own:
        while column in carried:
            yield _told_again(carried, column)
            column += 1
        text = " ".join(cell.text_content().split())
        rows, columns = _span(cell, "rowspan"), _span(cell, "colspan")
        if rows > 1:
            carried[column] = (rows, repeated(text))
            _told_again(carried, column)
        yield text
        column += columns
    for later in sorted(place for place in carried if place >= column):
        yield _told_again(carried, later)


def _told_again(carried: dict[int, tuple[int, str]], column: int) -> str:
    """What a cell from above says in this row; one row less is left of it."""
    rows, text = carried.pop(column)
    if rows > 1:
        carried[column] = (rows - 1, text)
    return text


def _span(cell: html.HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(1, int(value)), _SPAN_MAX) if value.isascii() and value.isdigit() else 1
