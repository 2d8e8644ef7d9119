"""The retrieval test (检索测试): one question, and everything that led to its answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.errors import AssistantError
from assistant.presenting import answer_json
from assistant.web.admin_office import Office, admin_page, asker_of
from assistant.web.desk import Enquiry


def routes(office: Office) -> APIRouter:
    """The page; the question is in its address, so that it can be linked to."""
    router = APIRouter()

    @router.get("/retrieval")
    def retrieval(request: Request, q: str = "", region: str = "") -> HTMLResponse:
        shown: dict[str, object] = {}
        message = ""
        if q.strip():
            try:
                answer = office.desk.ask(Enquiry(q, region), asker=asker_of(request))
                shown = answer_json(answer, explain=True)
            except AssistantError as exc:
                message = str(exc)
        return admin_page(
            "admin_retrieval.html", here="retrieval", q=q, region=region, shown=shown, message=message
        )

    return router
