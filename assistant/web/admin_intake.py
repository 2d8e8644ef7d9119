"""Adding documents (添加文件): files are sent, read for a preview, corrected, published, and taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from assistant.domain import LEVELS, DocumentStatus
from assistant.errors import DocumentError
from assistant.librarian import Job
from assistant.web import admin_wording as words
from assistant.web.admin_documents import noting
from assistant.web.admin_office import Office, admin_page, joined, see

INCOMING = "/admin/incoming/"
PUBLISH = "/admin/publish"
_MAX_FIELDS = 20_000  # of the form with every document's metadata: 200 files of several documents
_CORRECTIONS = ".corrections.json"


def routes(office: Office) -> APIRouter:
    """From the files to the published documents."""
    router = APIRouter()
    checks: dict[str, str] = {}  # the job that reads a batch

    @router.post("/incoming")
    def begin() -> dict[str, str]:
        return {"batch": office.batches.begin()}

    @router.put("/incoming/{batch}")
    async def receive(request: Request, batch: str, name: str) -> Response:
        try:
            upload = await office.batches.receive(batch, name, request.stream())
        except DocumentError as exc:
            return JSONResponse({"error": str(exc)}, status_code=422)
        return JSONResponse({"name": upload.name, "bytes": upload.size})

    @router.post("/check")
    def check(batch: str = Form()) -> Response:
        paths = [str(upload.path.resolve()) for upload in office.batches.files(batch)]
        if not paths:
            raise DocumentError("这批里没有文件，请重新选择。")
        checks[batch] = office.librarian.start("check", "--", *paths, title="读取文件").id
        return see(f"batch?id={batch}")

    @router.get("/batch")
    def batch_page(id: str) -> HTMLResponse:
        uploads = office.batches.files(id)
        if id not in checks:
            raise DocumentError("这批文件还没有读取，请重新选择文件。")
        return admin_page(
            "admin_batch.html",
            here="documents",
            batch=id,
            uploads=uploads,
            job=office.librarian.job(checks[id]),
            statuses=[status.value for status in DocumentStatus],
            levels=LEVELS,
        )

    @router.post("/publish")
    async def publish(request: Request) -> Response:
        form = await request.form(max_fields=_MAX_FIELDS)
        batch = str(form.get("batch", ""))
        job = await run_in_threadpool(_begin_adding, office, request, batch, form, checks.get(batch, ""))
        return see(f"job?id={job.id}")

    @router.post("/discard")
    def discard(batch: str = Form()) -> Response:
        office.batches.end(batch)
        checks.pop(batch, None)
        return see("documents")

    return router


def corrections_in(form: Mapping[str, Any], checked: Any) -> dict[str, dict[str, str]]:  # noqa: ANN401 - JSON
    """What was changed in the preview: the fields by document id.

    Args:
        form: Fields named "ID|field".
        checked: The result of `ingest check`.
    """
    corrections: dict[str, dict[str, str]] = {}
    for document in _documents(checked):
        for name in words.FIELDS:
            given = form.get(f"{document['id']}|{name}")
            if given is not None and str(given).strip() != (document[name] or ""):
                corrections.setdefault(document["id"], {})[name] = str(given).strip()
    return corrections


def _begin_adding(office: Office, request: Request, batch: str, form: FormData, check: str) -> Job:
    wanted = set(map(str, form.getlist("file")))
    uploads = [upload for upload in office.batches.files(batch) if upload.name in wanted]
    if not uploads:
        raise DocumentError("没有选中任何文件，请至少勾选一个。")
    corrections = corrections_in(form, office.librarian.job(check).result) if check else {}
    table = uploads[0].path.parent / _CORRECTIONS
    table.write_text(json.dumps(corrections, ensure_ascii=False), "utf-8")
    names = joined([upload.name for upload in uploads])
    note = noting(office, request, "添加文件", names)

    def ended(job: Job) -> None:
        note(job)
        if job.succeeded:
            office.batches.end(batch)

    keep = ["--keep-similar"] if form.get("keep_similar") else []
    paths = [str(upload.path.resolve()) for upload in uploads]
    corrected = f"--corrections={Path(table).resolve()}"
    return office.librarian.start(
        "add", "--yes", corrected, *keep, "--", *paths, title=f"添加 {names}", then=ended
    )


def _documents(checked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    for file in checked or ():
        for found in file["documents"]:
            yield found["document"]
