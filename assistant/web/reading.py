"""The reading view (原文) of a document: plain pages without script, with an anchor for every clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.domain import Clause, Document, DocumentKind
from assistant.web import wording
from assistant.web.render import facts_line, templates

_HEADING_CHARS = 60  # a longer block is running text even when it begins with a heading
_OUTLINE_DEPTH = 3
_AT = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a block: words inside or outside the quote; `first` for the quote's beginning."""

    text: str
    marked: bool
    first: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the reading view.

    `anchors` are ordinals of the clauses that begin here. `level` is 2–5 for a heading
    and 0 for text. `page` is set where a new page of the original begins.
    """

    anchors: tuple[int, ...]
    level: int
    segments: tuple[Segment, ...]
    page: int | None


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A heading of the outline; `depth` counts from 0."""

    ordinal: int
    depth: int
    title: str


def reading_page(document: Document, *, at: str = "", original: str = "") -> str:
    """The HTML page of a document.

    Args:
        document: With text and clauses.
        at: "start-end" of words to mark; anything else marks nothing.
        original: Link to the file it was read from; empty when that is not kept.
    """
    page = templates().get_template("reading.html")
    return page.render(
        document=document,
        facts=facts_line(document),
        badge=wording.BADGES[document.status],
        is_card=document.kind is DocumentKind.FACT_CARD,
        link=_web_address(document.source_url),
        original=original,
        blocks=blocks(document, marked=_span(at, len(document.text))),
        outline=outline(document),
    )


def outline(document: Document) -> list[OutlineEntry]:
    """Headings and numbered articles in reading order; empty for a text without any."""
    shown = [
        c for c in document.clauses if c.depth < _OUTLINE_DEPTH and (c.heading or c.label.startswith("第"))
    ]
    return [OutlineEntry(c.ordinal, c.depth, c.label + c.heading) for c in shown]


def blocks(document: Document, *, marked: tuple[int, int]) -> list[Block]:
    """The whole text as paragraphs: cut at line ends and where a clause begins, nothing left out.

    Args:
        document: With text and clauses.
        marked: Half-open span of the quote; an empty span marks nothing.
    """
    begins: dict[int, list[Clause]] = {}
    for clause in document.clauses:
        begins.setdefault(clause.start, []).append(clause)
    found, page = [], None
    for start, end in _pieces(document.text, set(begins)):
        clauses = begins.get(start, [])
        new_page = next((c.page for c in clauses if c.page not in (None, page)), None)
        page = new_page or page
        found.append(
            Block(
                anchors=tuple(c.ordinal for c in clauses),
                level=_level(clauses, end - start),
                segments=tuple(_segments(document.text, start, end, marked)),
                page=new_page,
            )
        )
    return found


def _pieces(text: str, cuts: set[int]) -> Iterator[tuple[int, int]]:
    """Non-blank spans between line ends and cuts, without the white space around them."""
    places = sorted(cuts | {0, len(text)} | {m.start() for m in re.finditer("\n", text)})
    for start, end in pairwise(places):
        piece = text[start:end]
        if piece.strip():
            left = len(piece) - len(piece.lstrip("\n"))
            yield start + left, end


def _level(clauses: list[Clause], length: int) -> int:
    headed = [c for c in clauses if c.heading]
    return min(2 + headed[0].depth, 5) if headed and length <= _HEADING_CHARS else 0


def _segments(text: str, start: int, end: int, marked: tuple[int, int]) -> Iterator[Segment]:
    left, right = max(start, marked[0]), min(end, marked[1])
    if left >= right:
        yield Segment(text[start:end], marked=False)
        return
    parts = ((start, left, False), (left, right, True), (right, end, False))
    for begin, stop, inside in parts:
        if begin < stop:
            yield Segment(text[begin:stop], marked=inside, first=inside and left == marked[0])


def _span(at: str, length: int) -> tuple[int, int]:
    match = _AT.fullmatch(at)
    if match is None:
        return (0, 0)
    start, end = int(match[1]), int(match[2])
    return (start, end) if start < end <= length else (0, 0)


def _web_address(url: str | None) -> str:
    """The address when it is an ordinary web address, else empty (no javascript: links)."""
    return url if url and url.startswith(("https://", "http://")) else ""
