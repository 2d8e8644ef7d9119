"""The canonical text of a document: frozen at ingestion, every quote is a slice of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.raw import RawLine


@dataclass(frozen=True, slots=True)
class CanonicalText:
    """`pages[n]` is the offset at which page n + 1 begins; None for formats without pages."""

    text: str
    pages: tuple[int, ...] | None


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
