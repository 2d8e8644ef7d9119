"""Decide which candidate markers are real, by whether their numbering continues."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ingest.markers import Kind, Marker

_DIVISIONS = (Kind.PART, Kind.CHAPTER, Kind.SECTION)
_LONE_ACCEPTED = (Kind.CN_DUN, Kind.CN_PAREN)  # shapes that mean little else at the start of a line
_MAX_GAP = 3  # documents lose numbers in editing; a longer jump is another list
_LOOK_AHEAD = 400


@dataclass(frozen=True, slots=True)
class Numbered:
    """An accepted marker. `parent` and `previous` (its elder sibling) index the result list."""

    marker: Marker
    parent: int | None
    previous: int | None
    has_next: bool = False


@dataclass(slots=True)
class _Builder:
    """The open clauses (`stack`, outermost first) while markers are taken in order."""

    text: str
    candidates: Sequence[Marker]
    line_starts: Sequence[int]
    accepted: list[Numbered] = field(default_factory=list)
    stack: list[int] = field(default_factory=list)
    parent_kind: dict[Kind, Kind | None] = field(default_factory=dict)
    repeated: set[Kind] = field(default_factory=set)
    last_article: int | None = None

    def line_of(self, marker: Marker) -> int:
        return bisect_right(self.line_starts, marker.start)

    def at(self, index: int) -> Marker:
        return self.accepted[index].marker

    def open_of(self, kind: Kind) -> Iterator[int]:
        return (index for index in reversed(self.stack) if self.at(index).kind is kind)

    def push(self, marker: Marker, *, previous: int | None) -> None:
        """Accept `marker`: after its elder sibling, or as the first child of the innermost open clause."""
        if previous is None:
            parent = self.stack[-1] if self.stack else None
            kind = None if parent is None else self.at(parent).kind
            self.parent_kind.setdefault(marker.kind, kind)
        else:
            parent = self.accepted[previous].parent
            self.accepted[previous] = replace(self.accepted[previous], has_next=True)
            self.repeated.add(marker.kind)
            if previous in self.stack:
                del self.stack[self.stack.index(previous) :]
        self.stack.append(len(self.accepted))
        self.accepted.append(Numbered(marker, parent, previous))


def accept(text: str, candidates: Sequence[Marker], *, barriers: Collection[int] = ()) -> list[Numbered]:
    """The candidates that are clauses, in reading order, each with its place in the tree.

    A marker is accepted when it continues an open series, or opens one with the
    first number and the second follows. At the start of a line a gap of up to three
    numbers, a repeated number, and a lone 一、 or （一） are tolerated.

    Args:
        text: The text the candidates were found in.
        candidates: Of `find_markers`, in order.
        barriers: Offsets (sign-off, attachment) where every open series ends.
    """
    line_starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]
    builder = _Builder(text, candidates, line_starts)
    pending = sorted(barriers)
    for order, marker in enumerate(candidates):
        while pending and pending[0] <= marker.start:
            pending.pop(0)
            builder.stack.clear()
            builder.last_article = None
        if marker.kind in _DIVISIONS:
            _take_division(builder, marker)
        elif marker.kind is Kind.ARTICLE:
            _take_article(builder, order)
        elif marker.kind is Kind.DASH:
            _take_dash(builder, order)
        else:
            _take_item(builder, order)
    return builder.accepted


def _take_division(builder: _Builder, marker: Marker) -> None:
    while builder.stack and builder.at(builder.stack[-1]).kind > marker.kind:
        builder.stack.pop()
    top = builder.stack[-1] if builder.stack else None
    same = top is not None and builder.at(top).kind is marker.kind
    builder.push(marker, previous=top if same else None)


def _take_article(builder: _Builder, order: int) -> None:
    marker = builder.candidates[order]
    if not _article_fits(builder, order):
        return
    while builder.stack and builder.at(builder.stack[-1]).kind not in _DIVISIONS:
        builder.stack.pop()
    elder = builder.last_article
    parent = builder.stack[-1] if builder.stack else None
    sibling = elder is not None and builder.accepted[elder].parent == parent and marker.number > 1
    builder.push(marker, previous=elder if sibling else None)
    builder.last_article = len(builder.accepted) - 1


def _article_fits(builder: _Builder, order: int) -> bool:
    marker = builder.candidates[order]
    if marker.doubtful and not _second_follows(builder, order):
        return False
    if builder.last_article is None:
        return marker.line_start or _second_follows(builder, order)
    last = builder.at(builder.last_article)
    if (marker.number, marker.sub) in {(last.number + 1, 0), (last.number, last.sub + 1)}:
        return True
    if not marker.line_start or marker.doubtful:
        return False
    spaced = builder.text[marker.end : marker.end + 1].isspace()
    gap = last.number < marker.number <= last.number + _MAX_GAP
    anew = marker.number == 1
    return (gap and spaced) or ((gap or anew) and _second_follows(builder, order))


def _take_dash(builder: _Builder, order: int) -> None:
    elder = next(builder.open_of(Kind.DASH), None)
    following = builder.candidates[order + 1 : order + 2]
    if elder is not None:
        builder.push(builder.candidates[order], previous=elder)
    elif following and following[0].kind is Kind.DASH:
        _close_inline(builder, builder.candidates[order])
        builder.push(builder.candidates[order], previous=None)


def _take_item(builder: _Builder, order: int) -> None:
    marker = builder.candidates[order]
    elder = _elder(builder, marker)
    if elder is not None:
        builder.push(marker, previous=elder)
    elif _opens(builder, order):
        _make_room(builder, marker)
        builder.push(marker, previous=None)


def _elder(builder: _Builder, marker: Marker) -> int | None:
    """The open clause whose series `marker` continues; an exact successor wins over a gap."""
    open_same = sorted(
        builder.open_of(marker.kind), key=lambda index: builder.at(index).line_start != marker.line_start
    )
    for index in open_same:
        if marker.number == builder.at(index).number + 1:
            return index
    if not marker.line_start or marker.number == 1:
        return None
    for index in open_same:
        last = builder.at(index)
        if last.line_start and last.number <= marker.number <= last.number + _MAX_GAP:
            return index
        if last.line_start and marker.kind in _LONE_ACCEPTED:
            return index
    return None


def _opens(builder: _Builder, order: int) -> bool:
    marker = builder.candidates[order]
    if marker.number == 1:
        lone = marker.line_start and marker.kind in _LONE_ACCEPTED
        return lone or _second_follows(builder, order)
    if not marker.line_start or marker.kind in (Kind.SHI, Kind.ORDINAL):
        return False
    known = marker.kind in builder.repeated
    return marker.kind in _LONE_ACCEPTED or known or _second_follows(builder, order)


def _second_follows(builder: _Builder, order: int) -> bool:
    """Whether the next number of the same kind comes before its series starts anew."""
    first = builder.candidates[order]
    for later in builder.candidates[order + 1 : order + _LOOK_AHEAD]:
        if later.kind is not first.kind or later.doubtful:
            continue
        if later.number == first.number + 1:
            same_line = builder.line_of(first) == builder.line_of(later)
            return first.line_start or same_line or later.line_start
        if later.number <= first.number:
            return False
    return False


def _make_room(builder: _Builder, marker: Marker) -> None:
    """Close what a new series of this kind cannot be part of."""
    if marker.kind is Kind.CN_DUN:
        while builder.stack and builder.at(builder.stack[-1]).kind > Kind.ARTICLE:
            builder.stack.pop()
        return
    _close_inline(builder, marker)
    same = next(builder.open_of(marker.kind), None)
    if same is not None and marker.line_start:
        del builder.stack[builder.stack.index(same) :]
    elif marker.line_start and not _after_colon(builder, marker):
        usual = builder.parent_kind.get(marker.kind)
        holder = next(builder.open_of(usual), None) if usual is not None else None
        if holder is not None:
            del builder.stack[builder.stack.index(holder) + 1 :]


def _close_inline(builder: _Builder, marker: Marker) -> None:
    """Items inside an earlier line end with it, unless their last words announce a list (…：)."""
    if _after_colon(builder, marker):
        return
    line = builder.line_of(marker)
    while builder.stack:
        top = builder.at(builder.stack[-1])
        if top.line_start or builder.line_of(top) == line:
            return
        builder.stack.pop()


def _after_colon(builder: _Builder, marker: Marker) -> bool:
    return builder.text[max(0, marker.start - 20) : marker.start].rstrip()[-1:] in ("：", ":")
