"""Validity (效力) of a document on a given day (invariant I5)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from assistant.domain import Document, DocumentStatus


def status_on(document: Document, day: date) -> DocumentStatus:
    """The document's status on a day: an expiry date decides, else what is recorded.

    A plan whose period is over is 实施期已满 after its last day and was 现行有效 before;
    repealed, revised and draft texts stay what they are recorded as.
    """
    expires = parse_day(document.expires_on, last=True)
    if expires is not None and document.status in (
        DocumentStatus.EXPIRED,
        DocumentStatus.IN_FORCE,
        DocumentStatus.UNKNOWN,
    ):
        if day > expires:
            return DocumentStatus.EXPIRED
        if document.status is DocumentStatus.EXPIRED:
            return DocumentStatus.IN_FORCE
    return document.status


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
