"""Pages printed in two columns: where the gutter is, and the order in which people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.readers.layout import PrintedLine

_MIN_LINES = 5  # in each column: fewer are a table without rules, or a signature beside a seal
_MIDDLE = (0.35, 0.65)  # of the text block: where a gutter can stand
_MAX_GUTTER = 0.15  # of the text block: wider is the blank between the sides of a list
_STEP = 2.0
_FULL = 0.75  # of the column's width: lines of running text are at least so wide, cells of a list are not
_FULL_SHARE = 0.5
_INDENT = 3.0  # characters that a column's line may begin behind, or end before, the page's margin


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text without wide blanks inside, in points from the page's left."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Gutter:
    """The empty strip `left`–`right` between two columns of the text block `block`."""

    left: float
    right: float
    block: Span

    def parts(self, first: Span, second: Span, *, size: float) -> bool:
        """Whether two neighbours on one height are lines of the two columns, not words of one line."""
        apart = first.right <= self.right and second.left >= self.left
        at_margin = first.left <= self.block.left + _INDENT * size
        return apart and (at_margin or second.right >= self.block.right - _INDENT * size)


def find_gutter(spans: Sequence[Span], *, size: float) -> Gutter | None:
    """The gutter of a page in two columns, None for any other page; `size` is that of its characters."""
    if len(spans) < 2 * _MIN_LINES:
        return None
    block = Span(min(span.left for span in spans), max(span.right for span in spans))
    width = block.right - block.left
    places = [
        block.left + _MIDDLE[0] * width + step * _STEP
        for step in range(int((_MIDDLE[1] - _MIDDLE[0]) * width / _STEP) + 1)
    ]
    crossing = {at: sum(span.left < at < span.right for span in spans) for at in places}
    fewest = min(crossing.values(), default=0)
    best = next((at for at in places if crossing[at] == fewest), None)
    if best is None:
        return None
    lefts = [span for span in spans if span.right <= best]
    rights = [span for span in spans if span.left >= best]
    if min(len(lefts), len(rights)) < _MIN_LINES:
        return None
    gutter = Gutter(max(span.right for span in lefts), min(span.left for span in rights), block)
    if not size <= gutter.right - gutter.left <= _MAX_GUTTER * width:
        return None
    full = _is_running_text(lefts, gutter.left - block.left) and _is_running_text(
        rights, block.right - gutter.right
    )
    return gutter if full else None


def _is_running_text(spans: Sequence[Span], width: float) -> bool:
    wide = sum(span.right - span.left >= _FULL * width for span in spans)
    return wide >= _FULL_SHARE * len(spans)


def in_reading_order(lines: Sequence[PrintedLine], gutter: Gutter) -> list[PrintedLine]:
    """Left column before right column, between the lines that go across both.

    The right column's lines are moved to the left one's place, so that margins and
    indents mean the same in both; `column` tells them apart.
    """
    ordered: list[PrintedLine] = []
    left: list[PrintedLine] = []
    right: list[PrintedLine] = []
    shift = gutter.right - gutter.block.left
    for line in sorted(lines, key=lambda line: line.top):
        if line.right <= gutter.right:
            left.append(replace(line, column=1))
        elif line.left >= gutter.left:
            right.append(replace(line, column=2, left=line.left - shift, right=line.right - shift))
        else:
            ordered += [*left, *right, line]
            left, right = [], []
    return [*ordered, *left, *right]
