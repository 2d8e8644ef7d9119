"""The questions people asked (提问), what the library lacks, and evaluation questions made from them (考题)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from assistant.domain import Answer, Hit
from assistant.errors import AssistantError
from assistant.exam import ExamQuestion
from assistant.question_log import lacking
from assistant.web.admin_office import Office, admin_page, asker_of, see
from assistant.web.admin_usage import SPANS
from assistant.web.desk import Enquiry
from assistant.web.sheets import EXCEL, asked_sheet, exam_sheet

_LISTED = 200  # questions on the page; the spreadsheet holds all
_CANDIDATES = 8  # clauses offered besides those the answer quotes


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause that may be the gold of an evaluation question; `quoted`: the answer rests on it."""

    document_id: str
    title: str
    section: str
    text: str
    start: int
    end: int
    quoted: bool


def routes(office: Office) -> APIRouter:
    """The questions with their spreadsheet, and the evaluation questions with theirs."""
    router = APIRouter()
    router.include_router(_questions(office))
    router.include_router(_exam(office))
    return router


def _questions(office: Office) -> APIRouter:
    router = APIRouter()

    @router.get("/questions")
    def questions(days: int = SPANS[0]) -> HTMLResponse:
        span = days if days in SPANS else SPANS[0]
        asked = office.asked(days=span)
        return admin_page(
            "admin_questions.html",
            here="questions",
            span=span,
            spans=SPANS,
            lacking=lacking(asked),
            asked=asked[:_LISTED],
            total=len(asked),
        )

    @router.get("/questions.xlsx")
    def export(request: Request, days: int = SPANS[1]) -> Response:
        asked = office.asked(days=days if days in SPANS else SPANS[1])
        office.note(request, "导出提问记录", f"{len(asked)} 条")
        return _spreadsheet(asked_sheet(asked), name="questions.xlsx")

    return router


def _exam(office: Office) -> APIRouter:
    router = APIRouter()

    @router.get("/exam")
    def listing() -> HTMLResponse:
        return admin_page("admin_exam.html", here="exam", questions=office.exam.questions())

    @router.get("/exam.xlsx")
    def export(request: Request) -> Response:
        questions = office.exam.questions()
        office.note(request, "导出考题", f"{len(questions)} 题")
        return _spreadsheet(exam_sheet(questions), name="exam.xlsx")

    @router.get("/exam-new")
    def choose(request: Request, q: str = "", region: str = "") -> HTMLResponse:
        candidates: list[Candidate] = []
        message = "" if q.strip() else "请先写下问题。"
        if not message:
            try:
                candidates = _candidates(office, request, Enquiry(q, region))
            except AssistantError as exc:
                message = str(exc)
        return admin_page(
            "admin_exam_new.html", here="exam", q=q, region=region, candidates=candidates, message=message
        )

    @router.post("/exam")
    def keep(  # noqa: PLR0917 - one parameter for each field of the form
        request: Request,
        question: Annotated[str, Form()],
        region: Annotated[str, Form()] = "",
        document_id: Annotated[str, Form()] = "",
        start: Annotated[int, Form()] = 0,
        end: Annotated[int, Form()] = 0,
    ) -> Response:
        made = ExamQuestion(question, region)
        if document_id:
            document = office.assistant.document(document_id)
            made = ExamQuestion(question, region, document.text[start:end], document.title)
        office.exam.add(made)
        office.note(request, "新增考题", question)
        return see("exam")

    @router.post("/exam-remove")
    def remove(request: Request, number: Annotated[int, Form()]) -> Response:
        office.exam.remove(number)
        office.note(request, "删除考题", str(number))
        return see("exam")

    return router


def _candidates(office: Office, request: Request, enquiry: Enquiry) -> list[Candidate]:
    """What the answer quotes, then the clauses nearest to the question, each place once."""
    asker = asker_of(request)
    answer = office.desk.ask(enquiry, asker=asker)
    hits = office.desk.search(enquiry, asker=asker, top_k=_CANDIDATES)
    found = {(c.document_id, c.start, c.end): c for c in (*_hits(hits), *_quoted(answer))}
    return sorted(found.values(), key=lambda candidate: not candidate.quoted)


def _quoted(answer: Answer) -> Iterable[Candidate]:
    for c in (*answer.citations, *answer.related):
        quoted = c in answer.citations
        yield Candidate(c.document_id, c.title, c.section, c.quote, c.start, c.end, quoted)


def _hits(hits: Iterable[Hit]) -> Iterable[Candidate]:
    for hit in hits:
        p = hit.passage
        yield Candidate(p.document_id, hit.document.title, p.section, p.text, p.start, p.end, False)


def _spreadsheet(content: bytes, *, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=EXCEL, headers=headers)
