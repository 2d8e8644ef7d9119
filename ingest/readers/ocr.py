"""Text recognition for scans and pictures; works when the optional package is installed."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import DocumentError
from ingest.limits import Limits
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
    return RawPage(tuple(paragraphs([lines])), ocr=True, warnings=(warning,))


def recognise(image: Any, *, page: int, engine: Engine | None = None) -> list[PrintedLine]:  # noqa: ANN401 - a PIL image
    """Lines of an image (PIL) from top to bottom, boxes on one height joined; empty when none is found.

    `engine` is rapidocr's when None.
    """
    import numpy as np

    result = (engine or _engine())(np.asarray(image.convert("RGB")))
    if result.boxes is None:
        return []
    boxes = [
        (text, box[:, 0].min(), box[:, 0].max(), box[:, 1].min(), box[:, 1].max())
        for text, box, score in zip(result.txts, result.boxes, result.scores, strict=True)
        if score >= _MIN_SCORE and text.strip()
    ]
    boxes.sort(key=lambda box: (box[3] + box[4]) / 2)
    rows: list[list[tuple[str, float, float, float, float]]] = []
    for box in boxes:
        middle = (box[3] + box[4]) / 2
        if rows and abs(middle - (rows[-1][0][3] + rows[-1][0][4]) / 2) < _SAME_LINE * (box[4] - box[3]):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [_line(sorted(row, key=lambda box: box[1]), page, float(image.height)) for row in rows]


def _line(row: list[tuple[str, float, float, float, float]], page: int, height: float) -> PrintedLine:
    return PrintedLine(
        text=" ".join(box[0].strip() for box in row),
        page=page,
        left=float(row[0][1]),
        right=float(max(box[2] for box in row)),
        top=float(min(box[3] for box in row)),
        size=float(max(box[4] - box[3] for box in row)),
        page_height=height,
    )


@lru_cache(maxsize=1)
def _engine() -> Any:  # noqa: ANN401 - rapidocr is optional
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR()
