from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from office_files import make_pdf, pdf_page
from PIL import Image
from shared_files import shared

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers import ocr
from ingest.readers.layout import paragraphs
from ingest.readers.pdf import read_pdf


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


def test_scan_in_two_columns_is_read_one_after_the_other():
    left = [(f"左栏第{n}行文字满满一行", 0.9, box(100, 100 + 50 * n, 480, 130 + 50 * n)) for n in range(6)]
    right = [(f"右栏第{n}行文字满满一行", 0.9, box(520, 100 + 50 * n, 900, 130 + 50 * n)) for n in range(6)]
    both = [entry for pair in zip(left, right, strict=True) for entry in pair]
    lines = ocr.recognise(IMAGE, page=1, engine=engine(*both))
    assert [line.text for line in lines] == [entry[0] for entry in (*left, *right)]


def test_pages_are_told_as_they_are_recognised_and_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    results = [
        engine((f"第{n}条请按时办理社区社会组织备案手续。", 0.9, box(250, 600, 1100, 644)))(None)
        for n in "二三"
    ]
    monkeypatch.setattr(ocr, "is_available", lambda: True)
    monkeypatch.setattr(ocr, "_engine", lambda: lambda _: results.pop(0))
    told: list[tuple[int, int]] = []
    words = pdf_page(["第一条 这一页有自己的文字，不用识别，读出来就是原来的样子，不会有错字。"])
    page = read_pdf(
        make_pdf(tmp_path / "a.pdf", [words, [], []]),
        Limits(),
        lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 2), (2, 2)]
    assert page.ocr_pages == (2, 3)
    assert [line.page for line in page.lines] == [1, 2, 3]
    assert any("第 2、3 页由文字识别（OCR）得到" in warning for warning in page.warnings)


@pytest.mark.slow
@pytest.mark.skipif(not ocr.is_available(), reason="text recognition is not installed")
def test_scan_is_read_in_the_child_which_tells_of_its_pages(tmp_path: Path):
    from ingest.drafts import read_drafts
    from ingest.readers.pdf_pdfium import render_pages

    source = shared("samples", "北京市志愿服务促进条例.pdf")
    pages = [image for _, image in render_pages(source, [0, 1])]
    pages[0].save(tmp_path / "扫描.pdf", save_all=True, append_images=pages[1:], resolution=200)
    told: list[tuple[int, int]] = []
    (draft,) = read_drafts(tmp_path / "扫描.pdf", page_done=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert draft.document.title == "北京市志愿服务促进条例"
    assert "识别（OCR）" in draft.document.provenance
    assert [clause.label for clause in draft.document.clauses if clause.label.endswith("条")][:3] == [
        "第一条", "第二条", "第三条",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not ocr.is_available(), reason="text recognition is not installed")
def test_scanned_regulation_is_read():
    from ingest.readers.pdf_pdfium import render_pages

    number, image = next(iter(render_pages(shared("samples", "山东省慈善条例.pdf"), [0])))
    text = "".join(line.text for line in ocr.recognise(image, page=number + 1))
    assert "为了规范慈善活动" in text
