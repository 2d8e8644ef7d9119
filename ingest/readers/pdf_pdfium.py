"""Printed lines and images of PDF pages by pdfium; the only importer of pypdfium2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from ingest.readers.grids import find_grids
from ingest.readers.layout import PrintedLine
from ingest.readers.pdf_rules import rules_of
from ingest.readers.printed import Char, Page, printed_lines

OCR_SCALE = 200 / 72  # pixels of a point; 200 dpi: below 150 the recognition gets worse, above it only slower
_COVERED = 0.5  # of the page: a scan; less is a seal, a logo or a figure
_ADDED_HYPHEN = "\ufffe"  # pdfium's mark for a hyphen that was put at a line's end


def read_pages(path: Path, count: int) -> dict[int, list[PrintedLine]]:
    """Lines of the first `count` pages by 0-based number; empty when pdfium cannot open the file."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return {}
    try:
        return {number: _lines(document[number], number + 1) for number in range(min(count, len(document)))}
    finally:
        document.close()


def pages_of_pictures(path: Path, numbers: Iterable[int]) -> set[int]:
    """Which of the pages with these 0-based numbers are mostly covered by one picture."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return set()
    try:
        return {
            number for number in numbers if _is_covered(document[number], pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)
        }
    finally:
        document.close()


def _is_covered(page: Any, image_type: int) -> bool:  # noqa: ANN401
    area = page.get_width() * page.get_height()
    for item in page.get_objects(filter=[image_type], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > _COVERED * area:
            return True
    return False


def render_pages(path: Path, numbers: Iterable[int]) -> Iterator[tuple[int, Any]]:
    """Images (PIL) of the pages with these 0-based numbers, for OCR.

    Raises:
        DocumentError: pdfium cannot open the file.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as exc:
        raise DocumentError(f"“{path.name}”已损坏，页面打不开。请重新下载后再试。") from exc
    try:
        for number in numbers:
            yield number, document[number].render(scale=OCR_SCALE, grayscale=True).to_pil()
    finally:
        document.close()


def _lines(page: Any, number: int) -> list[PrintedLine]:  # noqa: ANN401 - pypdfium2 is imported lazily
    """Characters with boxes, gathered to lines at pdfium's own line ends."""
    height = page.get_height()
    words = page.get_textpage()
    text = words.get_text_range()
    if len(text) != words.count_chars():  # characters beyond the BMP count twice in pdfium
        return [_unplaced(line, number, height) for line in text.splitlines() if line.strip()]
    drawn: list[list[Char]] = [[]]
    spaced = False
    for index, char in enumerate(text):
        if char in "\r\n":
            drawn.append([])
            spaced = False
        elif char.isspace():
            spaced = True
        elif char != _ADDED_HYPHEN:
            left, bottom, right, top = words.get_charbox(index, loose=True)
            drawn[-1].append(Char(char, len(drawn[-1]), spaced, left, right, height - top, height - bottom))
            spaced = False
    grids = find_grids(rules_of(page))
    return printed_lines([chars for chars in drawn if chars], grids, page=Page(number, height))


def _unplaced(text: str, number: int, height: float) -> PrintedLine:
    """A line whose position is unknown: it stands at the margin, and is as wide as it is long."""
    return PrintedLine(text.strip(), number, 0.0, 12.0 * len(text.strip()), height / 2, 12.0, height)
