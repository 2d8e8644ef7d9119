"""The retrieval test (检索测试): one question, and everything that led to its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.domain import Answer, Citation
from assistant.errors import AssistantError
from assistant.presenting import answer_json
from assistant.ranking import Ranker
from assistant.web.admin_office import Office, admin_page, asker_of
from assistant.web.desk import Enquiry
from assistant.web.reasons import Reason, glossary, reasons


@dataclass(frozen=True, slots=True)
class Found:
    """A clause that was found, as `explain` tells it, whether the answer quotes it, and why it stands where it does."""

    hit: Mapping[str, Any]
    quoted: bool
    why: tuple[Reason, ...]


def routes(office: Office) -> APIRouter:
    """The page; the question is in its address, so that it can be linked to."""
    router = APIRouter()
    ranker = Ranker.load()

    @router.get("/retrieval")
    def retrieval(request: Request, q: str = "", region: str = "") -> HTMLResponse:
        shown: dict[str, object] = {}
        found: list[Found] = []
        message = ""
        if q.strip():
            try:
                answer = office.desk.ask(Enquiry(q, region), asker=asker_of(request))
                shown, found = answer_json(answer, explain=True), found_in(answer, ranker=ranker)
            except AssistantError as exc:
                message = str(exc)
        return admin_page(
            "admin_retrieval.html",
            here="retrieval",
            q=q,
            region=region,
            shown=shown,
            found=found,
            meanings=glossary(reason for one in found for reason in one.why),
            message=message,
        )

    return router


def found_in(answer: Answer, *, ranker: Ranker) -> list[Found]:
    """The clauses an answer was chosen from, best first; empty when none were looked for."""
    hits = answer.explain.get("hits", ())
    assert isinstance(hits, Iterable)
    return [
        Found(
            hit,
            any(_overlap(citation, hit) for citation in answer.citations),
            tuple(reasons(hit["reasons"], score=hit["score"], ranker=ranker)),
        )
        for hit in hits
    ]


def _overlap(citation: Citation, hit: Mapping[str, Any]) -> bool:
    same = citation.document_id == hit["document_id"]
    return same and citation.start < hit["end"] and hit["start"] < citation.end
