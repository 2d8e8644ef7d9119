from datetime import datetime
from pathlib import Path

import pytest
from office_files import make_zip
from openpyxl import Workbook

from assistant.errors import DocumentError
from ingest.limits import Limits
from ingest.readers.xlsx import read_xlsx

LIMITS = Limits()


def save(path: Path, *sheets: list[list[object]]) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = workbook.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def texts(path: Path) -> list[str]:
    return [line.text for line in read_xlsx(path, LIMITS).lines]


def test_rows_are_lines_and_values_look_as_in_the_sheet(tmp_path: Path):
    rows = [
        ["问题", "答案"],
        ["备案几天", 10.0],
        ["编号", "001"],
        [None, None],
        ["日期", datetime(2021, 3, 1)],
    ]
    assert texts(save(tmp_path / "a.xlsx", rows)) == [
        "问题 | 答案", "备案几天 | 10", "编号 | 001", "日期 | 2021-03-01",
    ]  # fmt: skip


def test_several_sheets_carry_their_names(tmp_path: Path):
    assert texts(save(tmp_path / "a.xlsx", [["甲", "乙"]], [["丙", "丁"]])) == [
        "表1",
        "甲 | 乙",
        "表2",
        "丙 | 丁",
    ]


def test_merged_cells_are_read_once(tmp_path: Path):
    path = save(tmp_path / "a.xlsx", [["合并的标题", None, None], ["甲", "乙", "丙"]])
    import openpyxl

    workbook = openpyxl.load_workbook(path)
    workbook.active.merge_cells("A1:C1")
    workbook.save(path)
    assert texts(path) == ["合并的标题", "甲 | 乙 | 丙"]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"xl/workbook.xml": "<broken"}, "已损坏"),
        ({"xl/workbook.xml": "<a/>", "xl/vbaProject.bin": "x"}, "宏"),
    ],
)
def test_broken_and_macro_workbooks_are_refused(tmp_path: Path, parts: dict[str, str], message: str):
    with pytest.raises(DocumentError, match=message):
        read_xlsx(make_zip(tmp_path / "a.xlsx", parts), LIMITS)
