"""Adding documents (添加文件): files are sent, read for a preview, corrected, published, and taken back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from assistant.domain import LEVELS, DocumentStatus
from assistant.errors import DocumentError
from assistant.librarian import Job
from assistant.web import admin_wording as words
from assistant.web.admin_batches import Upload
from assistant.web.admin_documents import noting
from assistant.web.admin_office import Office, admin_page, joined, see

INCOMING = "/admin/incoming/"
PUBLISH = "/admin/publish"
_MAX_FIELDS = 20_000  # of the form with every document's metadata: 200 files of several documents
_CORRECTIONS = ".corrections.json"
_ADDRESS = re.compile(r"https?://[^\s<>\"']{3,2000}")


@dataclass(frozen=True, slots=True)
class Reading:
    """The job that reads a batch; `address` is the web page it is read from, empty for files that were sent."""

    job: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What one file, archive or address of a batch gave; `results` as `ingest check` tells them."""

    name: str
    size: int
    results: tuple[dict[str, Any], ...]

    @property
    def readable(self) -> bool:
        """Whether anything in it can be added."""
        return any(result["documents"] for result in self.results)


def routes(office: Office) -> APIRouter:
    """From the files to the published documents."""
    router = APIRouter()
    readings: dict[str, Reading] = {}  # by batch

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
    def check(request: Request, batch: str = Form()) -> Response:
        uploads = office.batches.files(batch)
        if not uploads:
            raise DocumentError("这批里没有文件，请重新选择。")
        office.note(request, "上传文件", joined([upload.name for upload in uploads]))
        paths = [str(upload.path.resolve()) for upload in uploads]
        readings[batch] = Reading(office.librarian.start("check", "--", *paths, title="读取文件").id)
        return see(f"batch?id={batch}")

    @router.post("/check-address")
    def check_address(request: Request, address: str = Form()) -> Response:
        address = address.strip()
        if not _ADDRESS.fullmatch(address):
            raise DocumentError("网址应以 http:// 或 https:// 开头，请从浏览器的地址栏复制完整的网址。")
        office.note(request, "读取网址", address)
        batch = office.batches.begin()
        readings[batch] = Reading(
            office.librarian.start("check", "--", address, title="读取网页").id, address
        )
        return see(f"batch?id={batch}")

    @router.get("/batch")
    def batch_page(id: str) -> HTMLResponse:
        uploads = office.batches.files(id)
        if id not in readings:
            raise DocumentError("这批文件还没有读取，请重新选择文件。")
        job = office.librarian.job(readings[id].job)
        return admin_page(
            "admin_batch.html",
            here="documents",
            batch=id,
            items=_items(uploads, readings[id].address, job.result or ()),
            job=job,
            statuses=[status.value for status in DocumentStatus],
            levels=LEVELS,
        )

    @router.post("/publish")
    async def publish(request: Request) -> Response:
        form = await request.form(max_fields=_MAX_FIELDS)
        batch = str(form.get("batch", ""))
        if batch not in readings:
            raise DocumentError("这批文件还没有读取，请重新选择文件。")
        job = await run_in_threadpool(_begin_adding, office, request, batch, form, readings[batch])
        return see(f"job?id={job.id}")

    @router.post("/discard")
    def discard(request: Request, batch: str = Form()) -> Response:
        office.note(request, "放弃添加", batch)
        office.batches.end(batch)
        readings.pop(batch, None)
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


def _items(uploads: Sequence[Upload], address: str, results: Sequence[dict[str, Any]]) -> list[Item]:
    """The results of reading by what was sent; those inside an archive are named ARCHIVE/FILE."""
    if address:
        return [Item(address, 0, tuple(results))]
    return [
        Item(
            upload.name,
            upload.size,
            tuple(r for r in results if r["file"] == upload.name or r["file"].startswith(f"{upload.name}/")),
        )
        for upload in uploads
    ]


def _begin_adding(office: Office, request: Request, batch: str, form: FormData, reading: Reading) -> Job:
    wanted = set(map(str, form.getlist("file")))
    held = office.batches.files(batch)
    sources = {upload.name: str(upload.path.resolve()) for upload in held} | {
        reading.address: reading.address
    }
    chosen = {name: source for name, source in sources.items() if name and name in wanted}
    if not chosen:
        raise DocumentError("没有选中任何文件，请至少勾选一个。")
    corrections = corrections_in(form, office.librarian.job(reading.job).result)
    table = office.batches.aside(batch, _CORRECTIONS)
    table.write_text(json.dumps(corrections, ensure_ascii=False), "utf-8")
    note = noting(office, request, "添加文件", joined(list(chosen)))

    def ended(job: Job) -> None:
        note(job)
        if job.succeeded:
            office.batches.end(batch)

    keep = ["--keep-similar"] if form.get("keep_similar") else []
    options = ["--yes", f"--corrections={table.resolve()}", *keep, "--"]
    title = f"添加 {joined(list(chosen))}"
    return office.librarian.start("add", *options, *chosen.values(), title=title, then=ended)


def _documents(checked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    for file in checked or ():
        for found in file["documents"]:
            yield found["document"]
