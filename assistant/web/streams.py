"""Keeps each page's stream of answers (回复流) its own: Gradio gives a stream to whoever knows its number."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

from assistant.web import wording
from assistant.web.guard import visitor_in

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

JOIN, STREAM = "/gradio_api/queue/join", "/gradio_api/queue/data"
_KEPT = 10_000  # pages remembered; the longest silent are forgotten first


class OwnStreams:
    """The ASGI application around the chat: a page's number belongs to the visitor who first asked with it."""

    def __init__(self, app: ASGIApp) -> None:
        """Begin with no pages."""
        self._app = app
        self._visitors: OrderedDict[str, str] = OrderedDict()  # by the page's number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse what asks or listens with the number of somebody else's page."""
        path = scope["path"] if scope["type"] == "http" else ""
        page = ""
        if path == JOIN:
            body = await _whole(receive)
            page, receive = _named_in(body), _again(body, receive)
        elif path == STREAM:
            page = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
        visitor = visitor_in(Headers(scope=scope).get("cookie", "")) if page else ""
        if page and self._visitors.get(page, visitor) != visitor:
            await JSONResponse({"error": wording.NOT_YOURS}, status_code=403)(scope, receive, send)
            return
        if path == JOIN and page:
            self._remember(page, visitor)
        await self._app(scope, receive, send)

    def _remember(self, page: str, visitor: str) -> None:
        self._visitors[page] = visitor
        self._visitors.move_to_end(page)
        if len(self._visitors) > _KEPT:
            self._visitors.popitem(last=False)


def _named_in(body: bytes) -> str:
    """The page's number in the body of a question; empty when it is not such a body."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    page = told.get("session_hash") if isinstance(told, dict) else None
    return page if isinstance(page, str) else ""


async def _whole(receive: Receive) -> bytes:
    """The body of a request, whose size the guard bounds."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A receive that gives a body which was read already, then goes on as before."""
    waiting = [body]

    async def given() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return given
