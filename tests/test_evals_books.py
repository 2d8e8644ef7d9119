import re
import shutil
import subprocess

import pytest
from evals_fakes import FakeAssistant, finished_run
from openpyxl import Workbook, load_workbook

from assistant.config import Settings
from assistant.domain import Answer, AnswerStatus
from evals.answers_book import BOOK, write_book
from evals.book import MAX_CELL, Column, Sheet, clean, new_book, save
from evals.dataset import read_questions
from evals.job import Job, _generation, evaluate
from evals.review import ReviewError, in_words, score_reviews
from evals.template import write_template

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


def convert(path, suffix, folder, *, reader=()):
    """Open with LibreOffice and save again in another format."""
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", *reader]
    command += ["--convert-to", suffix, "--outdir", folder, path]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{suffix}"


class Nasty(FakeAssistant):
    def ask(self, question, **options):
        return Answer(AnswerStatus.NO_EVIDENCE, "=1+1\x07" + "长" * 40_000, question, None)


def test_book_has_its_sheets_frozen_filtered_and_charted(tmp_path):
    book = load_workbook(finished_run(tmp_path).path / BOOK)
    assert book.sheetnames == ["汇总", "明细", "失败用例", "未答", "配置"]
    details = book["明细"]
    assert details.freeze_panes == "C2"
    assert details.auto_filter.ref == "A1:X6"
    assert [cell.value for cell in details["A"]] == ["编号", "a", "b", "c", "d", "e"]
    assert details["I2"].alignment.wrap_text
    assert [cell.value for cell in book["失败用例"]["A"]][1:] == ["b", "d"]
    assert book["失败用例"]["F2"].value == "缺：验资"
    assert [cell.value for cell in book["未答"]["C"]][1:] == ["c", "e"]
    assert len(book["汇总"]._charts) >= 3
    assert details["M1"].value == "不得出现" and details["M2"].value == "五十名"
    settings = {row[0].value: row[1].value for row in book["配置"].iter_rows(min_row=2)}
    assert settings["题集文件"] == "q.jsonl"


def test_own_columns_are_carried_to_the_end_of_the_answers(tmp_path):
    records = [
        {"id": "a", "question": "备案要几个人", "社区": "幸福", "状态": "急"},
        {"id": "b", "question": "登记要多少钱", "备注": "=1+1"},
    ]
    details = load_workbook(finished_run(tmp_path, records=records).path / BOOK)["明细"]
    heading, first, second = ([cell.value for cell in row][-4:] for row in details.iter_rows())
    assert heading == ["判定说明", "社区", "状态（题集）", "备注"]
    assert (first, second) == ([None, "幸福", "急", None], [None, None, None, "=1+1"])
    assert details.auto_filter.ref == "A1:AA3"
    assert details["AA3"].data_type == "s"


def test_every_setting_has_a_chinese_name_and_a_line_of_explanation(tmp_path, small_home):
    records = [{"id": "a", "question": "备案", "gold_quotes": ["没有这句"]}, {"id": "b", "question": ""}]
    folder = finished_run(tmp_path, records=records)
    summary = folder.summary()
    summary["run"]["generation"] = _generation(small_home)
    folder.finish(summary)
    write_book(folder)
    rows = list(load_workbook(folder.path / BOOK)["配置"].iter_rows(min_row=2, values_only=True))
    assert {"run.generation.passages", "data.problems[1]", "data.unknown_quotes[1]"} <= {r[3] for r in rows}
    for title, shown, meaning, key in rows:
        assert meaning and shown is not None, key
        assert re.search("[\u4e00-\u9fff]", title) and "." not in title, key
    assert {row[3]: row[1] for row in rows}["data.problems[1]"] == "行：2；原因：问题是空的。；跳过：是"


def test_texts_from_outside_never_become_formulas_and_always_fit(tmp_path):
    records = [{"id": "=cmd|' /C calc'!A0", "question": "+1+cmd", "category": "@SUM(A1)", "region": "-2"}]
    details = load_workbook(finished_run(tmp_path, records=records, assistant=Nasty()).path / BOOK)["明细"]
    assert [details.cell(2, column).data_type for column in (1, 2, 3, 5, 9)] == ["s"] * 5
    assert details["A2"].value == "=cmd|' /C calc'!A0"
    assert details["I2"].value.startswith("=1+1长")
    assert len(details["I2"].value) == MAX_CELL
    assert details["I2"].value.endswith("全文见 results.jsonl）")


def test_clean_drops_what_a_workbook_cannot_hold():
    assert clean("甲\x00\x0b\ufffe乙\t丙\n丁") == "甲乙\t丙\n丁"


def test_template_is_a_question_file(tmp_path):
    path = tmp_path / "t.xlsx"
    write_template(path)
    found = read_questions(path)
    assert [q.id for q in found.questions] == ["001", "002", "003"]
    assert found.questions[1].key_facts == (("街道办事处", "街道"), ("乡镇人民政府", "乡镇政府"))
    assert found.questions[2].answerable is False
    assert not found.problems
    assert load_workbook(path)["题目"].data_validations.count == 3


def reviewed(path, verdicts, *, column="V"):
    book = load_workbook(path)
    for row, verdict in enumerate(verdicts, start=2):
        book["明细"][f"{column}{row}"] = verdict
    target = path.with_name(f"reviewed-{column}-{len(verdicts)}.xlsx")
    book.save(target)
    return target


def test_score_reads_verdicts_back(tmp_path):
    path = finished_run(tmp_path).path / BOOK
    found = score_reviews([reviewed(path, ["对", "部分对", "错误", None, "看不懂"])])
    assert (found["rows"], found["reviewed"]) == (5, 3)
    assert found["verdicts"] == {"对": 1, "部分": 1, "错": 1}
    assert found["mean"]["value"] == 0.5
    # our own verdicts of a, b, c: 对 部分 对
    assert found["with_automatic"] == {"n": 3, "same": 0.6667, "kappa": 0.5}
    assert found["differ_from_automatic"] == ["c"]
    assert found["problems"][0]["row"] == 6


def test_score_compares_two_reviewers_of_one_or_two_files(tmp_path):
    path = finished_run(tmp_path).path / BOOK
    first = reviewed(path, ["对", "对", "错", "错"])
    both = reviewed(first, ["对", "错", "错", "错"], column="W")
    # observed 3/4; chance (2·1 + 2·3)/16 = 1/2; kappa 1/2
    assert score_reviews([both])["reviewers"] == {"n": 4, "same": 0.75, "kappa": 0.5}
    second = reviewed(path, ["对", "错", "错", "错", None])
    assert score_reviews([first, second])["reviewers"] == {"n": 4, "same": 0.75, "kappa": 0.5}


def test_scores_are_put_in_words(tmp_path):
    path = finished_run(tmp_path).path / BOOK
    both = reviewed(reviewed(path, ["对", "对", "错", "错"]), ["对", "错", "错", "错"], column="W")
    said = "\n".join(in_words(score_reviews([both])))
    assert "审了 4 / 5 题：对 2、错 2；对的占 50.0%" in said
    assert "两人一致 75.0%，Cohen's kappa 0.50（4 题）" in said
    assert "模型" not in said


def test_score_says_when_nothing_is_filled_in(tmp_path):
    with pytest.raises(ReviewError, match="还是空的"):
        score_reviews([finished_run(tmp_path).path / BOOK])
    write_template(tmp_path / "t.xlsx")
    with pytest.raises(ReviewError, match="明细"):
        score_reviews([tmp_path / "t.xlsx"])


def test_sheet_rows_grow_with_text_but_not_for_ever(tmp_path):
    book = new_book()
    sheet = Sheet(book, "甲", (Column("文", 20),))
    sheet.add(["短"])
    sheet.add(["长" * 5000])
    save(book, tmp_path / "b.xlsx")
    rows = load_workbook(tmp_path / "b.xlsx")["甲"].row_dimensions
    assert rows[2].height < 20 < rows[3].height < 150


@needs_office
@pytest.mark.slow
def test_libreoffice_opens_the_answers_and_keeps_every_cell(tmp_path):
    path = finished_run(tmp_path / "run").path / BOOK
    again = convert(convert(path, "ods", tmp_path), "xlsx", tmp_path)
    ours, theirs = load_workbook(path)["明细"], load_workbook(again)["明细"]
    for row in range(1, 7):
        assert [theirs.cell(row, column).value for column in range(1, 11)] == [
            ours.cell(row, column).value for column in range(1, 11)
        ]


@needs_office
@pytest.mark.slow
def test_question_sheets_written_by_libreoffice_are_read(tmp_path):
    source = tmp_path / "题集.csv"
    source.write_text("题集\n\n编号,问题,地区,标准要点\n001,要多少人,四川,二十名\n,第二题,,\n", "utf-8")
    as_utf8 = "--infilter=Text - txt - csv (StarCalc):44,34,76"
    found = read_questions(convert(source, "xlsx", tmp_path, reader=(as_utf8,)))
    assert [(q.question, q.region, q.key_facts) for q in found.questions] == [
        ("要多少人", "四川", (("二十名",),)),
        ("第二题", None, ()),
    ]


@needs_office
@pytest.mark.slow
def test_a_sheet_goes_through_libreoffice_and_back_unchanged(tmp_path):
    """openpyxl → LibreOffice → run → answers.xlsx → LibreOffice → reviewed → score."""
    path = tmp_path / "题集.xlsx"
    book = Workbook()
    rows = [
        ["十一月题集"],
        ["编号", "问题", "地区", "标准要点", "是否可答"],
        ["001", "备案要几个人", "四川", "10人｜十人", "是"],
        ["110101199001011234", "登记要多少会员", None, "五十名", "是"],
        [7, "天气如何", None, None, "否"],
    ]
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("C3:C4")
    book.active["A5"].number_format = "000"
    book.save(path)
    (tmp_path / "ods").mkdir()
    resaved = convert(convert(path, "ods", tmp_path / "ods"), "xlsx", tmp_path / "ods")
    ours, theirs = read_questions(path), read_questions(resaved)
    assert ours.questions == theirs.questions
    assert [(q.id, q.region) for q in theirs.questions] == [
        ("001", "四川"),
        ("110101199001011234", "四川"),
        ("007", None),
    ]
    assert theirs.problems == ()

    job = Job(questions=resaved, out=tmp_path / "out", home=tmp_path / "home")
    evaluate(job, theirs, FakeAssistant(), settings=Settings(home=tmp_path / "home"))
    (tmp_path / "again").mkdir()
    answers = convert(convert(job.out / BOOK, "ods", tmp_path / "again"), "xlsx", tmp_path / "again")
    ids = [cell.value for cell in load_workbook(answers)["明细"]["A"]]
    assert ids == ["编号", "001", "110101199001011234", "007"]
    assert score_reviews([reviewed(answers, ["对", "对", "错"])])["verdicts"] == {"对": 2, "错": 1}
