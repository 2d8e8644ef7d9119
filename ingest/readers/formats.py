"""What a file really is: by its first bytes, its suffix being only a hint."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.package import open_package


class Format(StrEnum):
    """Formats that can be read; the value names it in Chinese messages."""

    TEXT = "文本"
    MARKDOWN = "Markdown"
    HTML = "网页"
    PDF = "PDF"
    DOCX = "Word（docx）"
    XLSX = "表格（xlsx）"
    OFD = "OFD"
    IMAGE = "图片"
    OFFICE = "旧版 Word、WPS 或 RTF"
    ARCHIVE = "压缩包"


_BY_SUFFIX = {
    ".txt": Format.TEXT, ".text": Format.TEXT, ".md": Format.MARKDOWN, ".markdown": Format.MARKDOWN,
    ".htm": Format.HTML, ".html": Format.HTML, ".mhtml": Format.HTML, ".mht": Format.HTML, ".xhtml": Format.HTML, ".pdf": Format.PDF,
    ".docx": Format.DOCX, ".xlsx": Format.XLSX, ".ofd": Format.OFD, ".zip": Format.ARCHIVE,
    ".doc": Format.OFFICE, ".wps": Format.OFFICE, ".rtf": Format.OFFICE,
    ".png": Format.IMAGE, ".jpg": Format.IMAGE, ".jpeg": Format.IMAGE, ".bmp": Format.IMAGE,
    ".tif": Format.IMAGE, ".tiff": Format.IMAGE, ".webp": Format.IMAGE,
}  # fmt: skip
SUFFIXES = frozenset(_BY_SUFFIX)
PACKAGE_PARTS = {"word/document.xml": Format.DOCX, "xl/workbook.xml": Format.XLSX, "OFD.xml": Format.OFD}
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_START = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta)",
    re.IGNORECASE | re.DOTALL,
)
_HEAD_BYTES = 4096
_SUPPORTED = "PDF、Word（docx）、网页、文本、表格（xlsx）、OFD、图片和 ZIP 压缩包"


def format_of(path: Path, *, limits: Limits) -> Format:
    """The format to read a file as; its bytes win over its suffix.

    Raises:
        DocumentError: Missing, empty, too large, a program, or of a format nothing here reads.
    """
    size = _size(path)
    if size == 0:
        raise DocumentError(f"“{path.name}”是空文件（0 字节）。请重新下载或另存后再添加。")
    if size > limits.file_mb * 1024 * 1024:
        raise DocumentError(
            f"“{path.name}”有 {size // 1024 // 1024} MB，超过 {limits.file_mb} MB。请拆分或压缩图片后再添加。"
        )
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    named = _BY_SUFFIX.get(path.suffix.lower())
    found = _by_bytes(head, path, limits)
    if found is None and named in (Format.TEXT, Format.MARKDOWN, Format.HTML):
        return named
    if found is None:
        raise DocumentError(_unreadable(path, named))
    if found is Format.HTML and named in (Format.TEXT, Format.MARKDOWN):
        return named
    return found


def mismatch(path: Path, found: Format) -> str | None:
    """A warning when a file's suffix says something else than its bytes; None when they agree."""
    named = _BY_SUFFIX.get(path.suffix.lower())
    if named in (None, found) or {named, found} <= {Format.DOCX, Format.OFFICE}:
        return None
    return f"扩展名是“{path.suffix}”，内容其实是{found.value}，已按{found.value}读取。"


def _size(path: Path) -> int:
    try:
        if not path.is_file():
            raise DocumentError(f"找不到文件“{path.name}”。请检查路径。")
        return path.stat().st_size
    except (OSError, ValueError) as exc:
        raise DocumentError(
            f"打不开文件“{path.name[:80]}”。请检查文件名和权限，换个简短的文件名再试。"
        ) from exc


def _by_bytes(head: bytes, path: Path, limits: Limits) -> Format | None:
    if head.startswith(_PROGRAMS):
        raise DocumentError(f"“{path.name}”是程序文件，不是文档，没有读取。")
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(_OLE):
        return _ole(path)
    if head.startswith(b"{\\rtf"):
        return Format.OFFICE
    if head.startswith(_IMAGES[:3]) or (head.startswith(_IMAGES) and path.suffix.lower() in SUFFIXES):
        return Format.IMAGE
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _package(path, limits)
    if _HTML_START.match(head):
        return Format.HTML
    return None


def _package(path: Path, limits: Limits) -> Format:
    with open_package(path, limits=limits) as package:
        names = set(package.namelist())
    for part, found in PACKAGE_PARTS.items():
        if part in names:
            return found
    if any(name.startswith(("word/", "xl/", "ppt/", "Doc_0/")) for name in names):
        raise DocumentError(
            f"“{path.name}”内部缺少正文，已损坏或格式不受支持。请另存为 docx 或 PDF 后再添加。"
        )
    return Format.ARCHIVE


def _ole(path: Path) -> Format:
    """An OLE file is an old office document, or the wrapping of an encrypted new one."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DocumentError(f"“{path.name}”设有打开密码。请用密码打开后另存一份不加密的，再添加。")
    if path.suffix.lower() in (".xls", ".et", ".ppt", ".dps"):
        raise DocumentError(f"不支持旧版表格或演示文稿“{path.name}”。请另存为 xlsx 或 PDF 后再添加。")
    return Format.OFFICE


def _unreadable(path: Path, named: Format | None) -> str:
    if named is not None:
        return f"“{path.name}”的内容不是{named.value}，可能已损坏或没有下载完整。请重新下载或另存后再试。"
    shown = path.suffix or "无扩展名"
    return f"不支持“{path.name}”的格式（{shown}）。能读取的有：{_SUPPORTED}。请另存为其中一种后再添加。"
