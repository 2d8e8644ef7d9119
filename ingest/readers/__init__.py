"""One reader per format: a file in, a `RawPage` out. Foreign parsers run in a child process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from assistant.errors import DocumentError
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.readers.formats import Format, format_of, mismatch
from ingest.readers.raw import PageDone, RawPage, unheard

Reader = Callable[[Path, Limits, PageDone], RawPage]


def _lazily(module: str, function: str, *, slow: bool = False) -> Reader:
    """A reader whose module, and the parser it needs, is imported when it is first called.

    One that is `slow` by nature tells of each page.
    """

    def read(path: Path, limits: Limits, page_done: PageDone) -> RawPage:
        reader: Callable[..., RawPage] = getattr(import_module(f"ingest.readers.{module}"), function)
        return reader(path, limits, page_done) if slow else reader(path, limits)

    return read


READERS: Mapping[str, Reader] = {
    Format.HTML: _lazily("html", "read_html"),
    Format.PDF: _lazily("pdf", "read_pdf", slow=True),
    Format.DOCX: _lazily("docx", "read_docx"),
    Format.XLSX: _lazily("xlsx", "read_xlsx"),
    Format.OFD: _lazily("ofd", "read_ofd"),
    Format.IMAGE: _lazily("ocr", "read_image"),
}


def read_file(path: Path, *, limits: Limits = DEFAULT_LIMITS, page_done: PageDone = unheard) -> RawPage:
    """Read one file of any format but an archive; `page_done` is told as pages of a scan are recognised.

    Raises:
        DocumentError: The file cannot be read; the message is Chinese and says what to do.
    """
    found = format_of(path, limits=limits)
    page = _read(path, found, limits, page_done)
    warning = mismatch(path, found)
    return replace(page, warnings=(warning, *page.warnings)) if warning else page


def _read(path: Path, found: Format, limits: Limits, page_done: PageDone) -> RawPage:
    from ingest.readers import ocr
    from ingest.readers.office import as_docx
    from ingest.readers.plain import read_markdown, read_text
    from ingest.sandbox import read_isolated

    if found is Format.TEXT:
        return read_text(path)
    if found is Format.MARKDOWN:
        return read_markdown(path)
    if found is Format.ARCHIVE:
        raise DocumentError(f"“{path.name}”是压缩包，请解压后添加其中的文件。")
    if found is Format.OFFICE:
        with as_docx(path) as converted:
            return read_isolated(Format.DOCX, converted, limits=limits)
    if found in (Format.PDF, Format.IMAGE) and ocr.is_available():
        slow = replace(limits, cpu_s=int(limits.ocr_page_s * 100), memory_mb=limits.memory_mb * 4)
        wall_s = limits.ocr_page_s * 100
        return read_isolated(found, path, limits=slow, wall_s=wall_s, page_done=page_done)
    return read_isolated(found, path, limits=limits)
