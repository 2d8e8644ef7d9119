"""Read PDF files: pypdf page by page, pdfium where it reads better, OCR where there are no words."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers import ocr, pdf_pdfium, pdf_pypdf
from ingest.readers.layout import PrintedLine, paragraphs
from ingest.readers.radicals import count_radicals, without_radicals
from ingest.readers.raw import PageDone, RawLine, RawPage, unheard

_MIN_PAGE_CHARS = 20  # a page with less may be a scan with a stamp or page number, or a last line
_END_MARK_BYTES = 2048
_COMPLETE_SHARE = 0.9
_LISTED_PAGES = 20
_STRANGE = re.compile(r"[\ue000-\uf8ff\ufffd\u0080-\u009f]|\(cid:\d+\)")
_EXPECTED = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\x20-\x7e“”‘’—…·①-⑳㈠-㈩\s〇○●■◆×÷±℃㎡％‰→]")
_MAX_UNEXPECTED_SHARE = 0.1
_MAX_STRANGE_SHARE = 0.01


def read_pdf(path: Path, limits: Limits, page_done: PageDone = unheard) -> RawPage:
    """Read a PDF; lines become paragraphs with the page each begins on.

    Raises:
        DocumentError: Encrypted, incomplete, too many pages, or scanned while no text
            recognition is installed.
    """
    _check_complete(path)
    first = pdf_pypdf.read_pages(path, limits)
    second = pdf_pdfium.read_pages(path, len(first))
    pages = [_better(page, second.get(number, [])) for number, page in enumerate(first)]
    warnings: list[str] = []
    if still_bad := [number for number, page in enumerate(pages) if _is_garbled(page)]:
        warnings.append(f"第 {_listed(still_bad)} 页的文字可能有乱码，请对照原件检查。")
    sparse = [number for number, page in enumerate(pages) if _chars(page) < _MIN_PAGE_CHARS]
    scans = pdf_pdfium.pages_of_pictures(path, sparse)
    empty = [number for number in sparse if number in scans or not _chars(pages[number])]
    recognised = _recognise(path, pages, empty, warnings, page_done) if empty else ()
    lines = [RawLine(without_radicals(line.text), line.page) for line in paragraphs(pages)]
    return RawPage(tuple(lines), ocr_pages=recognised, warnings=tuple(warnings))


def _better(first: list[PrintedLine], second: list[PrintedLine]) -> list[PrintedLine]:
    """The better reading of a page: pypdf's (`first`) unless pdfium's is as complete and no worse.

    pypdf loses blanks (第一条为了), misplaces quotes set in another font and gives
    radicals for characters in PDFs made by browsers; pdfium knows where each
    character stands. But some encodings only pypdf can read.
    """
    if not first or not second:
        return first or second
    if _chars(second) < _COMPLETE_SHARE * _chars(first):
        return first
    return first if _faults(second) > _faults(first) else second


def _faults(page: list[PrintedLine]) -> int:
    """Radicals, private-use and replacement characters, and characters no Chinese page has."""
    text = "".join(line.text for line in page)
    return count_radicals(text) + len(_STRANGE.findall(text)) + len(text) - len(_EXPECTED.findall(text))


def _is_garbled(page: list[PrintedLine]) -> bool:
    text = "".join(line.text for line in page)
    if not text:
        return False
    strange = len(_STRANGE.findall(text)) > _MAX_STRANGE_SHARE * len(text)
    return strange or len(text) - len(_EXPECTED.findall(text)) > _MAX_UNEXPECTED_SHARE * len(text)


def _chars(page: list[PrintedLine]) -> int:
    return sum(len("".join(line.text.split())) for line in page)


def _recognise(
    path: Path, pages: list[list[PrintedLine]], empty: list[int], warnings: list[str], page_done: PageDone
) -> tuple[int, ...]:
    """Fill pages without words by OCR; the pages filled, from 1 on."""
    all_empty = len(empty) == len(pages)
    if not ocr.is_available():
        if all_empty:
            raise DocumentError(ocr.MISSING.format(name=path.name))
        warnings.append(f"第 {_listed(empty)} 页没有文字（空白页或扫描图片），这些页的内容没有读到。")
        return ()
    for done, (number, image) in enumerate(pdf_pdfium.render_pages(path, empty), start=1):
        pages[number] = ocr.recognise(image, page=number + 1, scale=pdf_pdfium.OCR_SCALE)
        page_done(done, len(empty))
    if all_empty and not any(pages):
        raise DocumentError(f"“{path.name}”是扫描件，文字识别没有认出内容。请换更清晰的扫描件，或手工录入。")
    warnings.append(f"第 {_listed(empty)} 页由文字识别（OCR）得到，可能有错字，请对照原件检查数字和日期。")
    return tuple(number + 1 for number in empty)


def _listed(numbers: list[int]) -> str:
    """Pages as people count them; a long list is cut."""
    shown = "、".join(str(number + 1) for number in numbers[:_LISTED_PAGES])
    return f"{shown} 等 {len(numbers)}" if len(numbers) > _LISTED_PAGES else shown


def _check_complete(path: Path) -> None:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _END_MARK_BYTES))
        if b"%%EOF" not in stream.read():
            raise DocumentError(f"“{path.name}”不完整，可能没有下载完。请重新下载后再添加。")
