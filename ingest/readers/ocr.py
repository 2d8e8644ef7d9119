"""Text recognition for scans and pictures; works when the optional package is installed."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.columns import Gutter, Span, find_gutter, in_reading_order
from ingest.readers.layout import PrintedLine, paragraphs
from ingest.readers.raw import RawPage

MISSING = (
    "“{name}”是扫描件或图片，里面没有文字，需要文字识别（OCR）。本机没有安装文字识别组件："
    "请管理员安装 rapidocr 后重试，或先用扫描软件、手机识别成文字再添加。"
)
_SAME_LINE = 0.6  # of a box's height: boxes whose middles are nearer stand on one line
_MIN_SCORE = 0.5


Engine = Callable[[Any], Any]  # an image as an array in; boxes, txts and scores out


def is_available() -> bool:
    """Whether rapidocr is installed."""
    return importlib.util.find_spec("rapidocr") is not None


def read_image(path: Path, limits: Limits) -> RawPage:
    """Read a picture of one page.

    Raises:
        DocumentError: No recognition installed, no picture, or nothing recognised.
    """
    if not is_available():
        raise DocumentError(MISSING.format(name=path.name))
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            lines = recognise(image.convert("RGB"), page=1)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as exc:
        raise DocumentError(f"“{path.name}”不是能打开的图片，或图片已损坏。请重新截图或拍照后再试。") from exc
    if not lines:
        raise DocumentError(f"“{path.name}”里没有认出文字。请换更清晰的图片，或手工录入。")
    warning = "文字由识别（OCR）得到，可能有错字，请对照原件检查数字和日期。"
    return RawPage(tuple(paragraphs([lines])), ocr_pages=(1,), warnings=(warning,))


def recognise(
    image: Any,  # noqa: ANN401 - a PIL image
    *,
    page: int,
    scale: float = 1.0,
    engine: Engine | None = None,
) -> list[PrintedLine]:
    """Lines of an image (PIL) from top to bottom, boxes on one height joined; empty when none is found.

    `scale` is how many pixels a point has, so that the lines fit those of printed
    pages; `engine` is rapidocr's when None.
    """
    import numpy as np

    result = (engine or _engine())(np.asarray(image.convert("RGB")))
    if result.boxes is None:
        return []
    boxes = [
        _Box(text.strip(), *(float(value) / scale for value in (*_ends(box[:, 0]), *_ends(box[:, 1]))))
        for text, box, score in zip(result.txts, result.boxes, result.scores, strict=True)
        if score >= _MIN_SCORE and text.strip()
    ]
    if not boxes:
        return []
    size = median(box.bottom - box.top for box in boxes)
    gutter = find_gutter([Span(box.left, box.right) for box in boxes], size=size)
    height = image.height / scale
    lines = [_line(part, page, height) for row in _rows(boxes) for part in _without_gutter(row, gutter, size)]
    return in_reading_order(lines, gutter) if gutter else lines


@dataclass(frozen=True, slots=True)
class _Box:
    """Recognised words and where they stand, in points from the upper left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def _ends(values: Any) -> tuple[Any, Any]:  # noqa: ANN401 - numpy is imported lazily
    return values.min(), values.max()


def _rows(boxes: Sequence[_Box]) -> list[list[_Box]]:
    """Boxes of one height together, from top to bottom, each row from left to right."""
    rows: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda box: box.middle):
        if rows and abs(box.middle - rows[-1][0].middle) < _SAME_LINE * (box.bottom - box.top):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda box: box.left) for row in rows]


def _without_gutter(row: list[_Box], gutter: Gutter | None, size: float) -> list[list[_Box]]:
    """A row in two, when it runs across the gutter between two columns' lines."""
    for at in range(1, len(row)) if gutter else ():
        before, after = Span(row[0].left, row[at - 1].right), Span(row[at].left, row[-1].right)
        if gutter and gutter.parts(before, after, size=size):
            return [row[:at], row[at:]]
    return [row]


def _line(row: Sequence[_Box], page: int, height: float) -> PrintedLine:
    return PrintedLine(
        text=" ".join(box.text for box in row),
        page=page,
        left=row[0].left,
        right=max(box.right for box in row),
        top=min(box.top for box in row),
        size=max(box.bottom - box.top for box in row),
        page_height=height,
    )


@lru_cache(maxsize=1)
def _engine() -> Any:  # noqa: ANN401 - rapidocr is optional
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR()
