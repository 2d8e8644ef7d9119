"""How a table's row becomes a line of text, the same for every format."""

from __future__ import annotations

from collections.abc import Sequence

SEPARATOR = " | "
_REPEATED_MAX_CHARS = 60  # a longer text beside many rows is a paragraph of its own, once


def row_line(cells: Sequence[str]) -> str:
    """A row as “a | b | c”; "" when all its cells are empty, the text alone when it has one cell."""
    texts = [" ".join(cell.split()) for cell in cells]
    return SEPARATOR.join(texts) if any(texts) else ""


def repeated(cell: str) -> str:
    """What a cell that goes on from the row above says in this row: the same, unless it is long.

    A row is found and quoted alone, so it must say whose it is.
    """
    return cell if len(cell) <= _REPEATED_MAX_CHARS else ""
