"""The visitor's conversations (历史对话): a plain page to find, rename, delete and export them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.conversations import Conversation, Conversations
from assistant.errors import NotFoundError
from assistant.web import wording
from assistant.web.export import local_time, markdown_file, word_file
from assistant.web.guard import visitor_in
from assistant.web.render import plain_page, templates

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation as the list shows it; `time` is this machine's local time."""

    id: str
    title: str
    time: str


def routes(conversations: Conversations, *, by_account: bool = False) -> APIRouter:
    """The list and what can be done with its entries. Only the visitor's own are found.

    `by_account` says that visitors are who is logged in, not browsers.
    """
    router = APIRouter(prefix="/conversations")

    @router.get("")
    def listing(request: Request, q: str = "") -> HTMLResponse:
        found = conversations.listing(_visitor(request), words=q)
        entries = [Entry(c.id, c.title, local_time(c.updated_at)) for c in found]
        note = wording.HISTORY_NOTE_OF_ACCOUNT if by_account else wording.HISTORY_NOTE
        page = templates().get_template("conversations.html")
        return plain_page(page.render(entries=entries, words=q, note=note))

    @router.post("/{conversation_id}/rename")
    def rename(request: Request, conversation_id: str, title: Annotated[str, Form()] = "") -> Response:
        conversations.rename(_visitor(request), conversation_id, title)
        return _back()

    @router.post("/{conversation_id}/delete")
    def delete(request: Request, conversation_id: str) -> Response:
        conversations.delete(_visitor(request), conversation_id)
        return _back()

    @router.get("/{conversation_id}/export.md")
    def as_markdown(request: Request, conversation_id: str) -> Response:
        found = own(conversations, _visitor(request), conversation_id)
        text = markdown_file(found.title, conversations.exchanges(_visitor(request), conversation_id))
        return _download(text.encode(), media_type="text/markdown; charset=utf-8", name=f"{found.title}.md")

    @router.get("/{conversation_id}/export.docx")
    def as_word(request: Request, conversation_id: str) -> Response:
        found = own(conversations, _visitor(request), conversation_id)
        data = word_file(found.title, conversations.exchanges(_visitor(request), conversation_id))
        return _download(data, media_type=_WORD, name=f"{found.title}.docx")

    return router


def _visitor(request: Request) -> str:
    return visitor_in(request.headers.get("cookie", ""))


def own(conversations: Conversations, visitor: str, conversation_id: str) -> Conversation:
    """One of the visitor's conversations.

    Raises:
        NotFoundError: It is not theirs, or there is none.
    """
    found = next((c for c in conversations.listing(visitor) if c.id == conversation_id), None)
    if found is None:
        raise NotFoundError(wording.NO_CONVERSATION)
    return found


def _back() -> Response:
    """To the list again; relative, so that it works under a proxy's path."""
    return RedirectResponse("../../conversations", status_code=303)


def _download(content: bytes, *, media_type: str, name: str) -> Response:
    header = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=media_type, headers={"content-disposition": header})
