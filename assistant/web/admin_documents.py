"""The documents held (文件): list, look, correct, take out of use, remove; and how each of these went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import ceil
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from assistant.domain import LEVELS, DocumentStatus
from assistant.errors import AssistantError, NotFoundError
from assistant.librarian import Job
from assistant.web import admin_wording as words
from assistant.web.admin_office import Office, account_of, admin_page, joined, see
from assistant.web.library import Filters, choices, select

USED, RETIRED = "在用", "已停用"
_PER_PAGE = 50


class FieldsIn(BaseModel):
    """The form of a document's metadata; an empty field says that there is none."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: str
    title: str
    doc_number: str = ""
    issuer: str = ""
    region: str
    level: str
    issued_on: str = ""
    effective_on: str = ""
    expires_on: str = ""
    status: str
    source_url: str = ""
    provenance: str = ""


def routes(office: Office) -> APIRouter:
    """Looking at documents, changing them, following a change."""
    router = APIRouter()
    router.include_router(_looking(office))
    router.include_router(_changing(office))
    return router


def _looking(office: Office) -> APIRouter:
    router = APIRouter()

    @router.get("/documents")
    def documents(  # noqa: PLR0917 - one parameter for each field of the form
        q: str = "",
        region: str = "",
        level: str = "",
        status: str = "",
        year: str = "",
        used: str = "",
        page: int = 1,
    ) -> HTMLResponse:
        held = office.held()
        filters = Filters(q.strip(), region, level, status, year)
        found = [d for d in select(held, filters) if used in ("", RETIRED if d.retired else USED)]
        found.sort(key=lambda d: d.builtin)  # what this office added comes first
        pages = max(1, ceil(len(found) / _PER_PAGE))
        page = min(max(page, 1), pages)
        return admin_page(
            "admin_documents.html",
            here="documents",
            filters=filters,
            used=used,
            choices=choices(held) | {"used": [USED, RETIRED]},
            documents=found[(page - 1) * _PER_PAGE : page * _PER_PAGE],
            found=len(found),
            held=len(held),
            page=page,
            pages=pages,
            query=urlencode(asdict(filters) | {"used": used}),
        )

    @router.get("/document")
    def document(id: str) -> HTMLResponse:
        return _document_page(office, id)

    @router.get("/job")
    def job(id: str) -> HTMLResponse:
        found = office.librarian.job(id)
        titles = {d.id: d.title for d in office.held()} if found.succeeded else {}
        return admin_page("admin_job.html", here="documents", job=found, titles=titles)

    return router


def _changing(office: Office) -> APIRouter:
    router = APIRouter()

    def begin(request: Request, command: str, *arguments: str, action: str, title: str) -> Response:
        started = office.librarian.start(
            command, *arguments, title=f"{action}“{title}”", then=noting(office, request, action, title)
        )
        return see(f"job?id={started.id}")

    @router.post("/edit")
    def edit(request: Request, form: Annotated[FieldsIn, Form()]) -> Response:
        given = form.model_dump(exclude={"id"})
        held = _shown(office, form.id)["document"]
        fields = {name: value for name, value in given.items() if value != (held[name] or "")}
        if not fields:
            return _document_page(office, form.id, message=words.FIELD_UNCHANGED)
        return begin(request, "edit", *options(fields), "--", form.id, action="更正", title=form.title)

    @router.post("/retire")
    def retire(
        request: Request,
        id: Annotated[str, Form()],
        reason: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        title = _title(office, id)
        return begin(request, "retire", f"--reason={reason}", "--", id, action="停用", title=title)

    @router.post("/unretire")
    def unretire(request: Request, id: Annotated[str, Form()]) -> Response:
        return begin(request, "unretire", "--", id, action="恢复使用", title=_title(office, id))

    @router.post("/remove")
    def remove(request: Request, id: Annotated[list[str], Form()]) -> Response:
        title = joined([_title(office, one) for one in id])
        return begin(request, "remove", "--yes", "--", *id, action="删除", title=title)

    return router


def options(fields: Mapping[str, str]) -> list[str]:
    """Metadata fields as the commands take them."""
    return [f"--{name.replace('_', '-')}={value}" for name, value in fields.items()]


def noting(office: Office, request: Request, action: str, thing: str) -> Noting:
    """Writes a finished job into the audit log."""
    return Noting(office, account_of(request).name, action, thing)


class Noting:
    """Called with a finished job; says what was published, or that it failed."""

    def __init__(self, office: Office, name: str, action: str, thing: str) -> None:
        """Only assigns."""
        self._office = office
        self._name = name
        self._action = action
        self._thing = thing

    def __call__(self, job: Job) -> None:
        """Write the line."""
        result = job.result[-1] if isinstance(job.result, list) and job.result else job.result
        publication = result.get("publication", {}) if isinstance(result, dict) else {}
        done = words.version(publication.get("generation", ""))
        how = f"{done if result else '没有办成'}：{job.fault}" if job.fault else done
        self._office.accounts.audit.note(self._name, self._action, f"{self._thing}　{how}".strip())


def _document_page(office: Office, document_id: str, *, message: str = "") -> HTMLResponse:
    shown = _shown(office, document_id)
    return admin_page(
        "admin_document.html",
        here="documents",
        shown=shown,
        document=shown["document"],
        statuses=[status.value for status in DocumentStatus],
        levels=LEVELS,
        message=message,
    )


def _shown(office: Office, document_id: str) -> dict[str, Any]:
    """What the catalogue knows of a document, as `ingest show` tells it."""
    try:
        shown: dict[str, Any] = office.librarian.ask("show", "--", document_id)
    except AssistantError as exc:
        raise NotFoundError(str(exc)) from exc
    return shown


def _title(office: Office, document_id: str) -> str:
    """The title of a document, or its id when it is not in the published generation."""
    try:
        return office.assistant.document(document_id).title
    except NotFoundError:
        return document_id
