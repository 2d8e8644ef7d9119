"""Published generations (版本): what the last publication changed, and going back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from assistant.domain import Document
from assistant.errors import AssistantError
from assistant.generations import GENERATIONS, Manifest, generations, published
from assistant.snapshot import Snapshot
from assistant.web import admin_wording as words
from assistant.web.admin_office import Office, admin_page, see
from assistant.web.export import local_time

_PUBLISHING = ("发布", "添加", "更正", "停用", "恢复", "删除", "撤销", "回退")


@dataclass(frozen=True, slots=True)
class Changed:
    """A document in both generations whose record differs; `what` names the fields in Chinese."""

    document: Document
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one generation holds beyond, without, or other than the one before; those out of use are in none."""

    added: tuple[Document, ...]
    removed: tuple[Document, ...]
    changed: tuple[Changed, ...]


def routes(office: Office) -> APIRouter:
    """The page, and the way back."""
    router = APIRouter()

    @router.get("/versions")
    def versions() -> HTMLResponse:
        home = office.settings.home
        current = published(home)
        names = generations(home)
        earlier = [name for name in names if current is not None and name < current.name]
        before = home / GENERATIONS / earlier[-1] if earlier else None
        log = office.accounts.audit.newest(200)
        return admin_page(
            "admin_versions.html",
            here="versions",
            current=_manifest(current),
            name=words.version(current.name) if current else "",
            before=_manifest(before),
            before_name=words.version(before.name) if before else "",
            difference=_difference(before, current),
            retired={d.id: d.retired_reason for d in office.held() if d.retired},
            entries=[entry for entry in log if entry.action.startswith(_PUBLISHING)],
            local_time=local_time,
        )

    @router.post("/rollback")
    def rollback(request: Request) -> Response:
        office.note(request, "回退版本")
        job = office.librarian.start("rollback", title="退回上一个版本")
        return see(f"job?id={job.id}")

    return router


def difference(before: Mapping[str, Document], after: Mapping[str, Document]) -> Difference:
    """What changed between two sets of documents by id, texts left out of account."""
    both = [(before[id_], after[id_]) for id_ in after if id_ in before]
    changed = (Changed(new, tuple(_what(old, new))) for old, new in both if _bare(old) != _bare(new))
    return Difference(
        tuple(d for id_, d in after.items() if id_ not in before),
        tuple(d for id_, d in before.items() if id_ not in after),
        tuple(changed),
    )


def _difference(before: Path | None, current: Path | None) -> Difference | None:
    if before is None or current is None:
        return None
    try:
        return difference(_documents(before), _documents(current))
    except AssistantError:
        return None  # one of them is damaged: the health page says so


def _documents(folder: Path) -> dict[str, Document]:
    snapshot = Snapshot.open(folder / "snapshot.sqlite3")
    try:
        return snapshot.documents()
    finally:
        snapshot.close()


def _manifest(folder: Path | None) -> Manifest | None:
    try:
        return Manifest.read(folder) if folder else None
    except AssistantError:
        return None


def _bare(document: Document) -> Document:
    return replace(document, text="", clauses=())


def _what(old: Document, new: Document) -> list[str]:
    differing = [
        f.name for f in fields(Document) if getattr(_bare(old), f.name) != getattr(_bare(new), f.name)
    ]
    named = [words.FIELDS[name] for name in differing if name in words.FIELDS]
    return named or ["与其他文件的关系"]
