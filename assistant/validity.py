"""Validity (效力) of a document on a given day (invariant I5)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date
from functools import lru_cache

from assistant.domain import Document, DocumentStatus

_DATED = (  # what a first or last day may change
    DocumentStatus.PENDING,
    DocumentStatus.IN_FORCE,
    DocumentStatus.EXPIRED,
    DocumentStatus.UNKNOWN,
)


def status_on(document: Document, day: date) -> DocumentStatus:
    """The document's status on a day: its first and last day decide, else what is recorded.

    Before its day of effect it is 尚未施行. A plan whose period is over is 实施期已满 after
    its last day and was 现行有效 before; repealed, revised and draft texts stay what they
    are recorded as.
    """
    if document.status not in _DATED:
        return document.status
    begins, expires = parse_day(document.effective_on), parse_day(document.expires_on, last=True)
    if begins is not None and day < begins:
        return DocumentStatus.PENDING
    if expires is not None and day > expires:
        return DocumentStatus.EXPIRED
    begun = document.status is DocumentStatus.PENDING and begins is not None
    if expires is not None and (begun or document.status is DocumentStatus.EXPIRED):
        return DocumentStatus.IN_FORCE
    return DocumentStatus.UNKNOWN if begun else document.status


def as_on(document: Document, day: date) -> Document:
    """The document with its status on a day, and why, where that is another than the recorded one."""
    status = status_on(document, day)
    if status is document.status:
        return document
    if status in (DocumentStatus.EXPIRED, DocumentStatus.IN_FORCE):
        return replace(document, status=status, status_evidence=f"有效期至{document.expires_on}")
    return replace(document, status=status, status_evidence=f"自{document.effective_on}起施行")


@lru_cache(maxsize=4096)
def parse_day(value: str | None, *, last: bool = False) -> date | None:
    """A day from `2020-12-07`, `2020-12` or `2020`; missing parts are the first, or the `last`, ones.

    None for an empty or unreadable value.
    """
    try:
        year, month, day = ([int(part) for part in (value or "").split("-")] + [0, 0])[:3]
        month = month or (12 if last else 1)
        return date(year, month, day or (monthrange(year, month)[1] if last else 1))
    except ValueError:
        return None
