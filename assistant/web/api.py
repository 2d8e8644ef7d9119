"""The JSON interface: /api/ask, /api/feedback, /api/check, /healthz, /readyz; and what errors look like."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.conversations import Check, Rating, Verdict
from assistant.domain import Turn
from assistant.errors import (
    AssistantError,
    BadQuestionError,
    BusyError,
    CatalogueError,
    DocumentError,
    NotFoundError,
    TooManyQuestionsError,
)
from assistant.presenting import answer_json
from assistant.privacy import mask_personal
from assistant.web import wording
from assistant.web.desk import Asker, Desk, Enquiry
from assistant.web.entrance import ForbiddenError
from assistant.web.export import checked_line
from assistant.web.guard import visitor_in
from assistant.web.render import plain_page, templates

if TYPE_CHECKING:
    from assistant.conversations import Conversations
    from assistant.following import Answering
    from assistant.question_log import QuestionLog

_HISTORY_TURNS = 20
_TURN_CHARS = 2000
_COMMENT_CHARS = 300
_NAME_CHARS = 20
_STATUS: dict[type[AssistantError], int] = {
    BadQuestionError: 422,
    DocumentError: 422,
    NotFoundError: 404,
    ForbiddenError: 403,
    TooManyQuestionsError: 429,
    BusyError: 503,
}


logger = logging.getLogger(__name__)


class TurnIn(BaseModel):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=_TURN_CHARS)]


class AskIn(BaseModel):
    """The body of POST /api/ask."""

    model_config = ConfigDict(extra="forbid")

    question: str
    region: str | None = None
    history: Annotated[list[TurnIn], Field(max_length=_HISTORY_TURNS)] = []
    as_of: date | None = None


def _offered(reasons: list[str]) -> list[str]:
    """The reasons, when the page offers each of them."""
    if not set(reasons) <= set(wording.REASONS):
        raise ValueError("unknown reason")
    return sorted(set(reasons))


class RatingIn(BaseModel):
    """The body of POST /api/feedback."""

    model_config = ConfigDict(extra="forbid")

    exchange: int
    verdict: Literal["up", "down"]
    reasons: Annotated[list[str], AfterValidator(_offered)] = []
    comment: Annotated[str, Field(max_length=_COMMENT_CHARS)] = ""


class CheckIn(BaseModel):
    """The body of POST /api/check."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    exchange: int
    name: Annotated[str, Field(min_length=1, max_length=_NAME_CHARS)]
    outcome: Literal["与原文一致", "有出入"]
    note: Annotated[str, Field(max_length=_COMMENT_CHARS)] = ""


def routes(assistant: Answering, desk: Desk, conversations: Conversations, log: QuestionLog) -> APIRouter:
    """All routes that are not Gradio's."""
    router = APIRouter()

    @router.post("/api/ask")
    def ask(body: AskIn, request: Request) -> dict[str, object]:
        return answer_for_program(body, request, desk=desk, log=log)

    @router.post("/api/feedback", status_code=204)
    def feedback(body: RatingIn, request: Request) -> None:
        rating = Rating(Verdict(body.verdict), tuple(body.reasons), mask_personal(body.comment))
        conversations.rate(asker_of(request).visitor, body.exchange, rating)

    @router.post("/api/check")
    def check(body: CheckIn, request: Request) -> dict[str, str]:
        said = Check(mask_personal(body.name), body.outcome, mask_personal(body.note))
        return {"text": checked_line(conversations.check(asker_of(request).visitor, body.exchange, said))}

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    def readyz() -> JSONResponse:
        documents = len(assistant.documents())
        status = 200 if documents else 503
        return JSONResponse({"ready": bool(documents), "documents": documents}, status_code=status)

    return router


def answer_for_program(body: AskIn, request: Request, *, desk: Desk, log: QuestionLog) -> dict[str, object]:
    """The answer to a question that came over the interface, which is kept for the administrator.

    Raises:
        AssistantError: As for `Desk.ask`.
    """
    history = [Turn(turn.role, turn.content) for turn in body.history]
    enquiry = Enquiry(body.question, body.region, history, body.as_of)
    answer = desk.ask(enquiry, asker=asker_of(request))
    try:
        log.note(answer)
    except CatalogueError as exc:  # the answer matters more than its record
        logger.warning("a question was not kept: %s", exc)
    return answer_json(answer)


def asker_of(request: Request) -> Asker:
    """The client of a request: its cookie, empty when it has none, and its address."""
    return Asker(visitor_in(request.headers.get("cookie", "")), request.client.host if request.client else "")


def error_reply(request: Request, exc: AssistantError) -> Response:
    """An error with the status that fits it, as a page for a browser and as JSON for a program."""
    status = next((code for kind, code in _STATUS.items() if isinstance(exc, kind)), 500)
    headers = {"retry-after": str(exc.retry_after_s)} if isinstance(exc, BusyError) else {}
    return refusal(request, status=status, text=str(exc), headers=headers)


def refusal(
    request: Request, *, status: int, text: str, headers: Mapping[str, str] | None = None
) -> Response:
    """What went wrong in Chinese: {"error": text}, or a page when the client wants HTML."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"error": text}, status_code=status, headers=dict(headers or {}))
    folders = request.scope["raw_path"].count(b"/") - 1
    page = templates().get_template("missing.html")
    heading = wording.NOT_FOUND if status == 404 else wording.NOT_DONE
    return plain_page(page.render(heading=heading, message=text, root="../" * folders or "./"), status=status)
