"""The print view (打印): an answer or a conversation as a sheet of paper, every quote with its full source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.web.api import asker_of
from assistant.web.export import Style, lines
from assistant.web.history import own
from assistant.web.render import plain_page, templates

if TYPE_CHECKING:
    from assistant.conversations import Conversations, Exchange


def routes(conversations: Conversations) -> APIRouter:
    """The two views. Only the visitor's own are found."""
    router = APIRouter()

    @router.get("/conversations/{conversation_id}/print")
    def conversation(request: Request, conversation_id: str) -> HTMLResponse:
        visitor = asker_of(request).visitor
        found = own(conversations, visitor, conversation_id)
        return _sheet(found.title, conversations.exchanges(visitor, conversation_id))

    @router.get("/answers/{exchange_id}/print")
    def answer(request: Request, exchange_id: int) -> HTMLResponse:
        exchange = conversations.exchange(asker_of(request).visitor, exchange_id)
        return _sheet(exchange.answer.question, [exchange])

    return router


def _sheet(title: str, exchanges: Sequence[Exchange]) -> HTMLResponse:
    page = templates().get_template("print.html")
    return plain_page(page.render(title=title, lines=lines(title, exchanges), styles=Style, root="../../"))
