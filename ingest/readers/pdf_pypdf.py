"""Printed lines of a PDF by pypdf; the only importer of pypdf."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.layout import PrintedLine

_LETTER_HEIGHT = 792.0
_TEXT_BUDGET_S = 10.0  # pypdf can take a second a page; what it has not read by then is left to pdfium


def read_pages(path: Path, limits: Limits) -> list[list[PrintedLine]]:
    """Lines of every page, in reading order; a page that pypdf cannot read, or not in time, is empty.

    Raises:
        DocumentError: Encrypted with a password, too many pages, or no PDF at all.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(f"“{path.name}”设有打开密码。请用密码打开后另存一份不加密的，再添加。")
        count = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as exc:
        raise DocumentError(
            f"“{path.name}”已损坏，读不出来。请重新下载，或用 PDF 软件打开后另存再试。"
        ) from exc
    if count > limits.pages:
        raise DocumentError(f"“{path.name}”有 {count} 页，超过 {limits.pages} 页。请拆分后再添加。")
    pages: list[list[PrintedLine]] = []
    began = time.process_time()
    for number in range(count):
        if time.process_time() - began > _TEXT_BUDGET_S:
            pages.append([])
            continue
        try:
            pages.append(_lines(reader.pages[number], number + 1))
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            pages.append([])
    return pages


def _lines(page: Any, number: int) -> list[PrintedLine]:  # noqa: ANN401 - pypdf is imported lazily
    height = float(page.mediabox.height) or _LETTER_HEIGHT
    lines: list[PrintedLine] = []
    pieces: list[tuple[str, float, float, float]] = []

    def visit(text: str, _cm: list[float], tm: list[float], _font: object, size: float) -> None:
        for index, part in enumerate(text.split("\n")):
            if index and pieces:
                lines.append(_line(pieces, number, height))
                pieces.clear()
            if part.strip():
                pieces.append((part, tm[4], tm[5], abs(size * (tm[3] or 1.0)) or 12.0))
            elif part and pieces:
                pieces.append((" ", tm[4], tm[5], pieces[-1][3]))

    page.extract_text(visitor_text=visit)
    if pieces:
        lines.append(_line(pieces, number, height))
    return [line for line in lines if line.text]


def _line(pieces: list[tuple[str, float, float, float]], page: int, height: float) -> PrintedLine:
    worded = [piece for piece in pieces if piece[0].strip()] or pieces
    text = "".join(piece[0] for piece in pieces).strip()
    left = min(piece[1] for piece in worded)
    size = max(piece[3] for piece in worded)
    width = sum(size if ord(char) > 0x2E7F or char in "“”—…" else size / 2 for char in text)
    return PrintedLine(text, page, left, left + width, height - worded[0][2], size, height)
