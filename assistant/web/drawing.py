"""The picture of the ways (办理方式示意图): where boxes, words and lines stand. The template writes the SVG.

Text in an SVG does not break by itself, so lines are broken here. Lengths are in
pixels of the picture's own size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.web.quoting import Quoted

_FONT = 17
_LINE = 27
_PAD = 14
_GAP = 18
_HEAD = 46  # height of the heading of a way
_HANGING = "，。；：、！？,.;:)）》”』」〕"  # never begin a line
_OPENING = "（(《“『「〔"  # never end a line
_NARROW = 0.56  # width of a Latin letter or digit, in Chinese characters


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of words with its base line at `y`."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A clause as a box: `lines` joined are the quote; `source` names the document below it."""

    x: float
    y: float
    width: float
    height: float
    quoted: Quoted
    lines: tuple[TextLine, ...]
    source: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One way: its heading and its boxes; `first` and `joint` are the ends of the line that leads to it."""

    name: str
    x: float
    y: float
    width: float
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture. `name` tells two pictures of one page apart."""

    name: str
    width: int
    height: float
    columns: tuple[Column, ...]
    head_height: int = _HEAD

    @property
    def middle(self) -> float:
        """The line from which the ways part."""
        return self.width / 2


def side_by_side(ways: Sequence[tuple[str, Sequence[Quoted]]], *, width: int = 1140) -> Drawing:
    """The ways as columns, for a wide screen; no columns for no ways."""
    each = (width - _GAP * (len(ways) - 1)) / max(len(ways), 1)
    top = _HEAD + 3 * _GAP
    columns = [
        _column(name, found, x=at * (each + _GAP), y=top, width=each) for at, (name, found) in enumerate(ways)
    ]
    return Drawing("wide", width, max(map(_bottom, columns), default=top), tuple(columns))


def one_below_another(ways: Sequence[tuple[str, Sequence[Quoted]]], *, width: int = 358) -> Drawing:
    """The same below one another, for a phone."""
    columns, y = [], float(_HEAD + 2 * _GAP)
    for name, found in ways:
        columns.append(_column(name, found, x=0, y=y, width=width))
        y = _bottom(columns[-1]) + 2 * _GAP
    return Drawing("tall", width, max(map(_bottom, columns), default=y), tuple(columns))


def broken(text: str, *, width: float) -> list[str]:
    """The text in lines of at most `width` Chinese characters, a hanging punctuation mark more."""
    lines, line, used = [], "", 0.0
    for char in text:
        size = _NARROW if char.isascii() else 1.0
        if used + size > width and line and char not in _HANGING:
            kept = line.rstrip(_OPENING) or line
            lines.append(kept)
            line = line[len(kept) :]
            used = float(len(line))
        line += char
        used += size
    return [*lines, line] if line else lines


def _column(name: str, found: Sequence[Quoted], *, x: float, y: float, width: float) -> Column:
    boxes: list[Box] = []
    below = y + _HEAD + _GAP / 2
    for one in found:
        boxes.append(_box(one, x=x, y=below, width=width))
        below = boxes[-1].y + boxes[-1].height + _GAP / 2
    return Column(name, x, y, width, tuple(boxes))


def _box(one: Quoted, *, x: float, y: float, width: float) -> Box:
    fits = (width - 2 * _PAD) / _FONT - 1  # a hanging mark needs room for one more
    place = one.document.doc_number or f"《{one.document.title}》"
    lines = _lines(broken(one.quote, width=fits), x=x + _PAD, y=y + _PAD)
    below = y + _PAD + _LINE * len(lines) + 6
    source = _lines(broken(f"{one.document.region} {place}", width=fits), x=x + _PAD, y=below)
    height = below + _LINE * (len(source) + 1) + _PAD - y  # one line more for the badge
    return Box(x, y, width, height, one, lines, source)


def _lines(texts: Sequence[str], *, x: float, y: float) -> tuple[TextLine, ...]:
    return tuple(TextLine(x, y + _FONT + _LINE * at, text) for at, text in enumerate(texts))


def _bottom(column: Column) -> float:
    last = column.boxes[-1] if column.boxes else None
    return last.y + last.height + 2 if last else column.y + _HEAD
