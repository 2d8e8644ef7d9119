from dataclasses import replace
from datetime import datetime
from io import BytesIO

import openpyxl

from assistant.conversations import Verdict
from assistant.domain import AnswerStatus
from assistant.exam import ExamQuestion
from assistant.question_log import Asked
from assistant.web.sheets import asked_sheet, exam_sheet
from evals.dataset import read_questions

ONE = Asked(
    datetime(2026, 11, 21, 9).astimezone(),
    "=1+1",
    "四川省",
    AnswerStatus.ANSWERED,
    12.4,
    Verdict.UP,
    ("已过期",),
    "@SUM(A1)",
)


def test_asked_sheet_holds_every_row_and_no_formula():
    long = replace(ONE, question="-2\x0b" + "长" * 40_000, by_program=True)
    sheet = openpyxl.load_workbook(BytesIO(asked_sheet([ONE, long]))).active
    assert [cell.value for cell in sheet[1]][:5] == ["时间", "问题", "地区", "来源", "结果"]
    assert sheet.max_row == 3
    assert (sheet["B2"].value, sheet["B2"].data_type, sheet["I2"].data_type) == ("=1+1", "s", "s")
    assert [sheet[f"{column}2"].value for column in "DEFG"] == ["网页", "已答", 12, "有用"]
    assert len(sheet["B3"].value) == 32_000
    assert sheet["D3"].value == "接口"


def test_exam_sheet_is_read_by_the_evaluation_without_a_complaint(tmp_path):
    file = tmp_path / "exam.xlsx"
    gold = ExamQuestion("备案找谁", "四川省", "由街道办事处办理。", "四川要点", number=7)
    file.write_bytes(exam_sheet([gold, ExamQuestion("明年有多少补贴", number=8)]))
    read = read_questions(file)
    assert read.problems == ()
    first, second = read.questions
    assert (first.id, first.region, first.gold_quotes) == ("x0007", "四川省", ("由街道办事处办理。",))
    assert (first.gold_source, first.answerable, second.answerable) == ("四川要点", True, False)
