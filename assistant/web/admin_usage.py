"""How the assistant is used (概况), which documents need attention, and the health of the parts (体检)."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from assistant.doctor import examine
from assistant.domain import Document, DocumentStatus
from assistant.question_log import lacking
from assistant.usage import usage
from assistant.web import admin_wording as words
from assistant.web.admin_office import Office, admin_page

SPANS = (7, 30, 90)  # days
_SOON = timedelta(days=90)
_LACKS = 5  # named on the first page; the questions' page has all


def routes(office: Office) -> APIRouter:
    """The first page and the health page."""
    router = APIRouter()

    @router.get("/")
    def overview(days: int = SPANS[1]) -> HTMLResponse:
        span = days if days in SPANS else SPANS[1]
        asked = office.asked(days=span)
        today = office.clock().astimezone().date()
        documents = [d for d in office.assistant.documents() if not d.retired]
        return admin_page(
            "admin_overview.html",
            here="./",
            span=span,
            spans=SPANS,
            usage=usage(asked, last=today, days=span, topic_of=office.topic_of),
            lacking=lacking(asked)[:_LACKS],
            held=len(documents),
            attention=needing_attention(documents, today=today),
        )

    @router.get("/health")
    def health() -> HTMLResponse:
        return admin_page("admin_health.html", here="health", findings=examine(office.settings))

    return router


def needing_attention(documents: list[Document], *, today: date) -> list[tuple[Document, str]]:
    """Documents whose validity runs out soon, or that were replaced, with the reason in Chinese."""
    soon = (today + _SOON).isoformat()
    found = []
    for document in documents:
        if document.expires_on and today.isoformat() <= document.expires_on <= soon:
            found.append((document, words.EXPIRES_SOON.format(day=document.expires_on)))
        elif document.superseded_by or document.status in (DocumentStatus.REPEALED, DocumentStatus.REVISED):
            found.append((document, words.SUPERSEDED))
    return found
