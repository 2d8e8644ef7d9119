"""Printed lines and images of PDF pages by pdfium; the only importer of pypdfium2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from assistant.errors import DocumentError
from ingest.readers.layout import PrintedLine

_OCR_SCALE = 200 / 72  # 200 dpi: below 150 the recognition gets worse, above it only slower
_BLANK = 0.2  # of a character's height
_WIDE_BLANK = 0.5
_COVERED = 0.5  # of the page: a scan; less is a seal, a logo or a figure
_ADDED_HYPHEN = "\ufffe"  # pdfium's mark for a hyphen that was put at a line's end
_VERTICAL_FORMS = str.maketrans(
    "︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄︰︱︳", "（）｛｝〔〕【】《》〈〉「」『』：—_"
)


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
            yield number, document[number].render(scale=_OCR_SCALE, grayscale=True).to_pil()
    finally:
        document.close()


def _lines(page: Any, number: int) -> list[PrintedLine]:  # noqa: ANN401 - pypdfium2 is imported lazily
    """Characters with boxes, gathered to lines at pdfium's own line ends."""
    height = page.get_height()
    words = page.get_textpage()
    text = words.get_text_range()
    if len(text) != words.count_chars():  # characters beyond the BMP count twice in pdfium
        return [_unplaced(line, number, height) for line in text.splitlines() if line.strip()]
    lines: list[PrintedLine] = []
    line: list[_Char] = []
    spaced = False
    for index, char in enumerate(text):
        if char in "\r\n":
            lines.extend(_line(line, number, height))
            line, spaced = [], False
        elif char.isspace():
            spaced = True
        elif char != _ADDED_HYPHEN:
            line.append(_Char(char, len(line), spaced, *words.get_charbox(index, loose=True)))
            spaced = False
    lines.extend(_line(line, number, height))
    return lines


@dataclass(frozen=True, slots=True)
class _Char:
    """A character and its cell, in points from the page's lower left corner.

    `order` is its place in its line as drawn; `spaced` says that pdfium saw a blank
    before it.
    """

    char: str
    order: int
    spaced: bool
    left: float
    bottom: float
    right: float
    top: float


def _line(chars: list[_Char], number: int, height: float) -> Iterator[PrintedLine]:
    """The characters from left to right: quotes in another font are often drawn after the line."""
    if not chars:
        return
    size = median(char.top - char.bottom for char in chars) or 1.0
    placed = sorted(chars, key=lambda char: round((char.left + char.right) / 2))
    text = placed[0].char
    for before, char in pairwise(placed):
        text += (" " if _is_spaced(before, char, size) else "") + char.char
    left, right = placed[0].left, max(char.right for char in placed)
    top = height - max(char.top for char in placed)
    yield PrintedLine(text.translate(_VERTICAL_FORMS), number, left, right, top, size, height)


def _is_spaced(before: _Char, char: _Char, size: float) -> bool:
    """Whether a blank stands between two characters that are neighbours on the page.

    Where they were drawn one after the other, pdfium must have seen it too: the cells
    of some glyphs are narrower than their characters.
    """
    gap = char.left - before.right
    if char.order == before.order + 1:
        return char.spaced and gap > _BLANK * size
    return gap > _WIDE_BLANK * size


def _unplaced(text: str, number: int, height: float) -> PrintedLine:
    """A line whose position is unknown: it stands at the margin, and is as wide as it is long."""
    return PrintedLine(text.strip(), number, 0.0, 12.0 * len(text.strip()), height / 2, 12.0, height)
