"""What the administrator takes away as Excel: questions asked, and evaluation questions for `evals run`.

No cell is ever taken for a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from assistant.exam import ExamQuestion
from assistant.question_log import Asked
from assistant.web import admin_wording as wording

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CELL_CHARS = 32_000  # a spreadsheet cell holds 32,767
_ASKED = {
    "时间": 17,
    "问题": 50,
    "地区": 16,
    "来源": 8,
    "结果": 18,
    "用时毫秒": 10,
    "评价": 8,
    "理由": 24,
    "补充说明": 40,
}
_EXAM = {"编号": 10, "问题": 44, "地区": 12, "标准要点": 30, "依据原文": 50, "依据文件": 28, "是否可答": 10}

Cell = str | int


def asked_sheet(asked: Sequence[Asked]) -> bytes:
    """The questions as an .xlsx file, a row each, in their order."""
    return _workbook(_ASKED, [_asked_row(one) for one in asked])


def exam_sheet(questions: Sequence[ExamQuestion]) -> bytes:
    """Evaluation questions as an .xlsx file with the columns that `evals run --questions` reads."""
    return _workbook(_EXAM, [_exam_row(one) for one in questions])


def _asked_row(one: Asked) -> tuple[Cell, ...]:
    return (
        one.asked_at.strftime("%Y-%m-%d %H:%M"),
        one.question,
        one.region,
        wording.BY_PROGRAM if one.by_program else wording.ON_PAGE,
        wording.STATUSES[one.status],
        round(one.latency_ms),
        wording.VERDICTS[one.verdict],
        "、".join(one.reasons),
        one.comment,
    )


def _exam_row(one: ExamQuestion) -> tuple[Cell, ...]:
    answerable = "是" if one.answerable else "否"
    return (f"x{one.number:04d}", one.question, one.region, "", one.quote, one.source, answerable)


def _workbook(columns: dict[str, int], rows: Sequence[Sequence[Cell]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    for at, row in enumerate((tuple(columns), *rows), 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=at == 1)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL_CHARS]
                cell.data_type = "s"
            else:
                cell.value = value
    sheet.freeze_panes = "A2"
    for at, width in enumerate(columns.values(), 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
