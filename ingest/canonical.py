"""The canonical text of a document: frozen at ingestion, every quote is a slice of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ingest.readers.raw import RawLine


@dataclass(frozen=True, slots=True)
class CanonicalText:
    """`pages[n]` is the offset at which page n + 1 begins; None for formats without pages."""

    text: str
    pages: tuple[int, ...] | None

    def spans_of(self, pages: Collection[int]) -> tuple[tuple[int, int], ...]:
        """Start and end of the text on the given pages (from 1 on), pages that follow each other as one span."""
        starts = self.pages or ()
        spans: list[tuple[int, int]] = []
        for number, start in enumerate(starts, 1):
            end = starts[number] if number < len(starts) else len(self.text)
            if number not in pages or start >= end:
                continue
            begins = spans.pop()[0] if spans and spans[-1][1] == start else start
            spans.append((begins, end))
        return tuple(spans)


def canonical_text(lines: Sequence[RawLine]) -> CanonicalText:
    """The lines joined by line ends; nothing but blanks at their ends is left out."""
    starts: list[int] = []
    offset = 0
    for line in lines:
        while line.page is not None and len(starts) < line.page:
            starts.append(offset)
        offset += len(line.text) + 1
    paged = any(line.page is not None for line in lines)
    return CanonicalText("\n".join(line.text for line in lines), tuple(starts) if paged else None)
