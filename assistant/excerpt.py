"""A quote in its surroundings, for the source panel and the reading view."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.domain import Clause, Document, Excerpt, Passage
from assistant.errors import NotFoundError

AROUND = 220  # characters of neighbouring text on each side, to the next passage boundary


def excerpt_of(document: Document, passages: Sequence[Passage], start: int, end: int) -> Excerpt:
    """The words at `start`–`end` with neighbouring passages and the outline.

    Raises:
        NotFoundError: The span is not inside the document's text.
    """
    if not 0 <= start < end <= len(document.text):
        raise NotFoundError("引文位置不在文件之内，文件可能已更新，请重新提问。")
    inside = [p for p in passages if p.start < end and start < p.end]
    first = min((p.start for p in passages if p.end > start - AROUND), default=max(0, start - AROUND))
    last = max(
        (p.end for p in passages if p.start < end + AROUND), default=min(len(document.text), end + AROUND)
    )
    headings = [c for c in document.clauses if c.heading or c.label]
    here = _innermost(headings, start)
    return Excerpt(
        document=document,
        section=inside[0].section if inside else "",
        before=document.text[min(first, start) : start],
        quote=document.text[start:end],
        after=document.text[end : max(last, end)],
        page=inside[0].page if inside else None,
        outline=tuple("　" * c.depth + c.label + c.heading for c in headings),
        outline_at=headings.index(here) if here in headings else -1,
        ocr=document.recognised(start, end),
    )


def _innermost(clauses: Sequence[Clause], at: int) -> Clause | None:
    around = [c for c in clauses if c.start <= at < c.end]
    return max(around, key=lambda c: c.depth, default=None)
