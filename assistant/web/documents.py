"""A document for reading (原文), and the file it was read from (原始文件) as a download."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse

from assistant.domain import Document
from assistant.errors import NotFoundError
from assistant.web import wording
from assistant.web.reading import reading_page
from assistant.web.render import plain_page

if TYPE_CHECKING:
    from assistant.following import Answering

_FOLDER = "originals"  # home/originals/<sha256><suffix>
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"(\.[a-z0-9]{1,8})?")
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
_NAME_CHARS = 80


def routes(assistant: Answering, home: Path) -> APIRouter:
    """The reading view and the download; `home` holds the original files."""
    router = APIRouter()

    @router.get("/documents/{document_id:path}")
    def read(document_id: str, at: str = "") -> HTMLResponse:
        document = assistant.document(document_id)
        link = f"../originals/{quote(document.id, safe='')}" if original_of(document, home) else ""
        return plain_page(reading_page(document, at=at, original=link))

    @router.get("/originals/{document_id:path}")
    def original(document_id: str) -> FileResponse:
        document = assistant.document(document_id)
        path = original_of(document, home)
        if path is None:
            raise NotFoundError(wording.NO_ORIGINAL)
        # never a type that a browser would show: what was uploaded may be HTML or SVG
        return FileResponse(path, media_type="application/octet-stream", filename=file_name(document))

    return router


def original_of(document: Document, home: Path) -> Path | None:
    """The file a document was read from; None when it is not kept."""
    sha256, suffix = document.original_sha256 or "", document.original_suffix or ""
    if not (_SHA256.fullmatch(sha256) and _SUFFIX.fullmatch(suffix)):
        return None
    path = home / _FOLDER / f"{sha256}{suffix}"
    return path if path.is_file() else None


def file_name(document: Document) -> str:
    """What the download is called: the title, without characters that a file system or a reader could mistake."""
    title = _UNSAFE.sub(" ", document.title).strip(" .")[:_NAME_CHARS]
    return f"{title or wording.ORIGINAL}{document.original_suffix or ''}"
