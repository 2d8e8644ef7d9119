"""Tables printed with rules: from the rules of a page to the cells between them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Cell = tuple[int, int]  # row and column, 0-based

_TOUCH = 3.0  # points by which rules that belong together may miss each other
_MIN_COLUMNS = 2  # a frame around text is no table


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight printed line, in points from the page's upper left corner.

    A horizontal one stands at height `at` from x `start` to `end`; a vertical one the
    other way round.
    """

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table. `xs` and `ys` are its edges; `owners` maps each cell to its merged cell's first."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    owners: Mapping[Cell, Cell]

    @property
    def rows(self) -> int:
        """Number of rows, at least 1."""
        return len(self.ys) - 1

    @property
    def columns(self) -> int:
        """Number of columns, at least 2."""
        return len(self.xs) - 1

    def cell_at(self, x: float, y: float) -> Cell | None:
        """The (merged) cell at a point, None outside the table."""
        row, column = bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1
        return self.owners.get((row, column))

    def right_of(self, cell: Cell) -> float:
        """Where a (merged) cell ends."""
        columns = [column for (_, column), owner in self.owners.items() if owner == cell]
        return self.xs[max(columns) + 1]


def find_grids(rules: Iterable[Rule]) -> list[Grid]:
    """The ruled tables of a page, from top to bottom; boxes of one column are none."""
    joined = [*_joined(rules, horizontal=True), *_joined(rules, horizontal=False)]
    found = [grid for group in _touching(joined) if (grid := _grid(group)) is not None]
    return sorted(found, key=lambda grid: grid.ys[0])


def _joined(rules: Iterable[Rule], *, horizontal: bool) -> Iterator[Rule]:
    """Pieces of one rule as one: cells are often drawn with borders of their own."""
    pieces = sorted((r for r in rules if r.horizontal is horizontal), key=lambda r: (r.at, r.start))
    heights = _clustered([piece.at for piece in pieces])
    for height in heights:
        current: Rule | None = None
        for piece in sorted((p for p in pieces if abs(p.at - height) <= _TOUCH), key=lambda p: p.start):
            if current is not None and piece.start <= current.end + _TOUCH:
                current = Rule(horizontal, height, current.start, max(current.end, piece.end))
                continue
            if current is not None:
                yield current
            current = Rule(horizontal, height, piece.start, piece.end)
        if current is not None:
            yield current


def _clustered(values: Sequence[float]) -> list[float]:
    """Distinct places: values nearer than a touch are one."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _TOUCH:
            places.append(value)
    return places


def _touching(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Groups of rules that cross or touch, directly or through others."""
    left = list(rules)
    while left:
        group, edge = [], [left.pop()]
        while edge:
            rule = edge.pop()
            group.append(rule)
            near = [other for other in left if _meet(rule, other)]
            left = [other for other in left if other not in near]
            edge += near
        yield group


def _meet(one: Rule, other: Rule) -> bool:
    if one.horizontal is other.horizontal:
        return False
    return (
        one.start - _TOUCH <= other.at <= one.end + _TOUCH
        and other.start - _TOUCH <= one.at <= other.end + _TOUCH
    )


def _grid(rules: Sequence[Rule]) -> Grid | None:
    """The table of touching rules; sides that are not printed stand where the rules end."""
    across = [rule for rule in rules if rule.horizontal]
    down = [rule for rule in rules if not rule.horizontal]
    if len(across) < 2 or not down:
        return None
    xs = _clustered([r.at for r in down] + [r.start for r in across] + [r.end for r in across])
    ys = _clustered([r.at for r in across] + [r.start for r in down] + [r.end for r in down])
    if len(xs) - 1 < _MIN_COLUMNS:
        return None
    return Grid(tuple(xs), tuple(ys), _owners(xs, ys, across=across, down=down))


def _owners(
    xs: Sequence[float], ys: Sequence[float], *, across: Sequence[Rule], down: Sequence[Rule]
) -> dict[Cell, Cell]:
    """Each cell's merged cell: neighbours without a rule between them are one, as far as they form a block."""
    owners: dict[Cell, Cell] = {}
    for row in range(len(ys) - 1):
        for column in range(len(xs) - 1):
            middle = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
            cell = (row, column)
            if column and not _is_ruled(down, xs[column], middle[1]):
                owners[cell] = owners[row, column - 1]
            elif row and not _is_ruled(across, ys[row], middle[0]):
                owners[cell] = owners[row - 1, column]
            else:
                owners[cell] = cell
    return owners


def _is_ruled(rules: Sequence[Rule], at: float, along: float) -> bool:
    return any(abs(rule.at - at) <= _TOUCH and rule.start <= along <= rule.end for rule in rules)
