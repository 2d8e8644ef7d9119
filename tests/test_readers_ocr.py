from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from shared_files import shared

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers import ocr
from ingest.readers.layout import paragraphs


@dataclass
class Found:
    boxes: Any
    txts: Any
    scores: Any


def box(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def engine(*entries: tuple[str, float, list[list[float]]]):
    boxes = np.array([entry[2] for entry in entries]) if entries else None
    return lambda _: Found(boxes, [entry[0] for entry in entries], [entry[1] for entry in entries])


IMAGE = Image.new("L", (1000, 1400), 255)


def test_boxes_of_one_height_are_one_line_in_order():
    found = engine(
        ("下一行。", 0.9, box(100, 140, 300, 170)),
        ("右边", 0.9, box(300, 102, 400, 132)),
        ("左边", 0.9, box(100, 100, 200, 130)),
        ("污点", 0.2, box(100, 300, 120, 310)),
    )
    lines = ocr.recognise(IMAGE, page=3, engine=found)
    assert [line.text for line in lines] == ["左边 右边", "下一行。"]
    assert {line.page for line in lines} == {3}


def test_recognised_lines_become_paragraphs():
    rows = [
        (f"第{n}条为了规范社区社会组织备案管理工作，促进健康", 0.9, box(100, y, 900, y + 30))
        for n, y in (("一", 100), ("二", 200))
    ]
    rest = [("有序发展，制定本办法。", 0.9, box(100, y, 500, y + 30)) for y in (150, 250)]
    lines = ocr.recognise(IMAGE, page=1, engine=engine(*rows, *rest))
    assert [line.text for line in paragraphs([lines])] == [
        f"第{n}条为了规范社区社会组织备案管理工作，促进健康有序发展，制定本办法。" for n in "一二"
    ]


def test_nothing_found_is_no_line():
    assert ocr.recognise(IMAGE, page=1, engine=engine()) == []


@pytest.mark.skipif(ocr.is_available(), reason="text recognition is installed")
def test_picture_without_recognition_is_refused_with_what_to_do(tmp_path: Path):
    IMAGE.save(tmp_path / "a.png")
    with pytest.raises(DocumentError, match="rapidocr"):
        ocr.read_image(tmp_path / "a.png", Limits())


@pytest.mark.slow
@pytest.mark.skipif(not ocr.is_available(), reason="text recognition is not installed")
def test_scanned_regulation_is_read():
    from ingest.readers.pdf_pdfium import render_pages

    number, image = next(iter(render_pages(shared("samples", "山东省慈善条例.pdf"), [0])))
    text = "".join(line.text for line in ocr.recognise(image, page=number + 1))
    assert "为了规范慈善活动" in text
