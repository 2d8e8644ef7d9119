import json
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from evals.dataset import MAX_QUESTIONS, QuestionFileError, Split, read_questions, split_of
from evals.tables import MAX_LOADED, MAX_UNPACKED


def write(path, *records):
    path.write_text(
        "\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records), "utf-8"
    )
    return path


def sheet(path, rows, *, title="题目", change=None):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def test_jsonl_reads_gold_and_history(tmp_path):
    path = write(
        tmp_path / "q.jsonl",
        {
            "id": "d1",
            "question": "要多少人？",
            "region": None,
            "history": [{"role": "user", "content": "备案"}],
            "key_facts": [["20名", "二十名"], "街道"],
            "gold_quotes": ["原文。"],
            "gold_source": ["a", "b"],
            "answerable": True,
            "expected_status": ["answered", "partial"],
            "type": "number",
        },
    )
    [question] = read_questions(path).questions
    assert question.key_facts == (("20名", "二十名"), ("街道",))
    assert question.history[0].content == "备案"
    assert question.gold_source == "a；b"
    assert (question.region, question.answerable, question.labelled) == (None, True, True)
    assert question.expected_status == ("answered", "partial")


def test_jsonl_bad_rows_are_reported_and_good_ones_kept(tmp_path):
    path = write(
        tmp_path / "q.jsonl",
        {"问题": "好的"},
        '{"question": "断了',
        "",
        "[1, 2]",
        {"question": "  "},
        {"question": "甲", "answerable": "也许"},
        {"question": "乙", "history": [{"role": "system", "content": "x"}]},
        {"question": "丙", "expected_status": ["done"]},
        {"question": "丁", "key_facts": [[{"a": 1}]]},
    )
    found = read_questions(path)
    assert [(q.id, q.question) for q in found.questions] == [("q0001", "好的")]
    assert [p.row for p in found.problems] == [2, 4, 5, 6, 7, 8, 9]
    assert all(p.skipped and p.reason for p in found.problems)


def test_duplicate_id_is_a_problem_and_runs_once(tmp_path):
    found = read_questions(
        write(tmp_path / "q.jsonl", {"id": "a", "question": "一"}, {"id": "a", "question": "二"})
    )
    assert [q.question for q in found.questions] == ["一"]
    assert "重复" in found.problems[0].reason


def test_xlsx_header_below_a_title_merged_cells_and_chinese_names(tmp_path):
    def change(book):
        book.active.merge_cells("C4:C5")

    rows = [
        ["十一月题集"],
        [],
        ["编号", "问题（必填）", "地区", "标准要点", "依据原文", "是否可答", "分类", "备注"],
        ["001", "要多少人", "四川", "20名|二十名；街道", "第一句。\n第二句。", "是", "登记条件", "x"],
        ["123456789012345678", "谁管", None, "", "", "否", "", ""],
        [None, None, None, None, None, None, None, None],
        [7, "没编号格式", "", "", "", "", "", ""],
    ]
    found = read_questions(sheet(tmp_path / "q.xlsx", rows, change=change))
    first, second, third = found.questions
    assert (first.id, second.id, third.id) == ("001", "123456789012345678", "7")
    assert first.key_facts == (("20名", "二十名"), ("街道",))
    assert first.gold_quotes == ("第一句。", "第二句。")
    assert (first.answerable, second.answerable, third.answerable) == (True, False, None)
    assert (first.region, second.region, third.region) == ("四川", "四川", None)
    assert found.problems == ()
    assert [q.own_columns for q in found.questions] == [(("备注", "x"),), (), ()]


def test_own_columns_are_kept_whatever_the_file(tmp_path):
    book = sheet(
        tmp_path / "q.xlsx",
        [
            ["问题", "社区", "题目", None, "提问日期", "社区"],
            ["甲", 7.0, "乙", "丙", datetime(2026, 11, 3), "东"],
        ],
    )
    own = (("社区", "7"), ("题目", "乙"), ("第4列", "丙"), ("提问日期", "2026-11-03"), ("社区（2）", "东"))
    assert read_questions(book).questions[0].own_columns == own
    table = tmp_path / "q.csv"
    table.write_text("提问人,问题,备 注\n张三,甲, \n", "utf-8")
    assert read_questions(table).questions[0].own_columns == (("提问人", "张三"),)
    lines = tmp_path / "q.jsonl"
    lines.write_text('{"问题": "甲", "社区": ["东", "西"], "其他": {"户数": 3}, "空": null}\n', "utf-8")
    found = read_questions(lines)
    assert found.questions[0].own_columns == (("社区", "东；西"), ("其他", '{"户数": 3}'))
    assert found.own_columns == ["社区", "其他"]


def test_xlsx_ids_shown_with_zeros_stay_so_and_lost_digits_are_noted(tmp_path):
    def change(book):
        book.active["A2"].number_format = "000"

    found = read_questions(
        sheet(tmp_path / "q.xlsx", [["编号", "问题"], [1, "甲"], [123456789012345678, "乙"]], change=change)
    )
    assert found.questions[0].id == "001"
    assert found.problems[0].row == 3
    assert not found.problems[0].skipped


def test_xlsx_named_sheet_and_unknown_sheet(tmp_path):
    def change(book):
        book.create_sheet("第二").append(["问题"])
        book["第二"].append(["乙"])

    path = sheet(tmp_path / "q.xlsx", [["问题"], ["甲"]], change=change)
    assert read_questions(path, sheet="第二").questions[0].question == "乙"
    with pytest.raises(QuestionFileError, match="第三"):
        read_questions(path, sheet="第三")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_every_usual_encoding(tmp_path, encoding):
    path = tmp_path / "q.csv"
    path.write_bytes("编号,问题,地区\r\n001,要多少人？,四川\r\n".encode(encoding))
    [question] = read_questions(path).questions
    assert (question.id, question.question, question.region) == ("001", "要多少人？", "四川")


def test_csv_ragged_rows_and_line_numbers(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text('id;问题;地区\na;"两\n行";四川;多;余\nb;短\n', "utf-8")
    found = read_questions(path)
    assert [(q.id, q.region) for q in found.questions] == [("b", None)]
    assert found.problems[0].row == 2


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.jsonl", b"", "没有问题"),
        ("empty.csv", b"", "问题"),
        ("none.csv", "甲,乙\n1,2\n".encode(), "列名可用"),
        ("broken.xlsx", b"PK\x03\x04 not a zip", "xlsx"),
        ("bytes.csv", b"\xff\x81\x00\xfe\x80\x80", "编码"),
        ("what.pdf", b"%PDF", "不支持"),
        ("blank.csv", "问题\n\n".encode(), "没有问题"),
    ],
)
def test_unusable_files_say_why(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(QuestionFileError, match=message):
        read_questions(path)


def test_missing_file_says_so(tmp_path):
    with pytest.raises(QuestionFileError, match="读不到"):
        read_questions(tmp_path / "no.xlsx")


@pytest.mark.parametrize("place", [1, 10])
def test_header_may_stand_in_any_of_the_first_ten_rows(tmp_path, place):
    rows = [["说明"] for _ in range(place - 1)] + [["问题"], ["甲"]]
    [question] = read_questions(sheet(tmp_path / "q.xlsx", rows)).questions
    assert question.question == "甲"
    lines = tmp_path / "q.csv"
    lines.write_text("\n".join(row[0] for row in rows), "utf-8")
    assert read_questions(lines).questions == (question,)


def test_header_below_the_tenth_row_is_not_looked_for(tmp_path):
    with pytest.raises(QuestionFileError, match="前 10 行"):
        read_questions(sheet(tmp_path / "q.xlsx", [*([["说明"]] * 10), ["问题"], ["甲"]]))


def test_a_million_rows_are_read_as_far_as_the_limit(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text("问题\n" + "要几个人\n" * 1_000_000, "utf-8")
    found = read_questions(path)
    assert len(found.questions) == MAX_QUESTIONS
    assert found.problems[-1].row == MAX_QUESTIONS + 2
    assert "分成几个文件" in found.problems[-1].reason


def big_workbook(path, rows):
    """A workbook larger than is loaded whole, its sheet written by hand."""
    small = sheet(path.with_name("small.xlsx"), [["问题"]])
    line = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>要几个人？{0}，{1}</t></is></c></row>'
    body = "".join(line.format(number, "社区" * 600) for number in range(2, rows + 2))
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", body.encode() + b"</sheetData>")
            new.writestr(name, data)
    return path


def test_a_large_workbook_is_streamed(tmp_path):
    path = big_workbook(tmp_path / "q.xlsx", 7_500)
    with zipfile.ZipFile(path) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) > MAX_LOADED
    questions = read_questions(path).questions
    assert len(questions) == 7_500
    assert questions[-1].question.startswith("要几个人？7501，社区")


def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened(tmp_path):
    path = tmp_path / "bomb.xlsx"
    packed = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with packed as archive, archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        for _ in range(MAX_UNPACKED // 2**20 + 1):
            part.write(bytes(2**20))
    with pytest.raises(QuestionFileError, match="解压后过大"):
        read_questions(path)


def test_links_to_other_workbooks_are_neither_followed_nor_kept(tmp_path):
    def change(book):
        book.active["A3"] = "='[http://127.0.0.1:9/away.xlsx]Sheet1'!A1"

    found = read_questions(sheet(tmp_path / "q.xlsx", [["问题"], ["甲"]], change=change))
    assert [question.question for question in found.questions] == ["甲"]


def test_cells_that_begin_like_formulas_are_questions_all_the_same(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text('id,问题\n=1,"=1+1"\n@b,+号怎么写\n-c,"\t@甲"\n', "utf-8")
    found = read_questions(path)
    assert [(q.id, q.question) for q in found.questions] == [
        ("=1", "=1+1"),
        ("@b", "+号怎么写"),
        ("-c", "@甲"),
    ]


def test_workbook_with_entities_is_refused(tmp_path):
    path = sheet(tmp_path / "q.xlsx", [["问题"], ["甲"]])
    evil = tmp_path / "evil.xlsx"
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            new.writestr(name, bomb if name.endswith("sheet1.xml") else old.read(name))
    with pytest.raises(QuestionFileError):
        read_questions(evil)


def test_formula_cells_give_their_value_not_their_code(tmp_path):
    found = read_questions(sheet(tmp_path / "q.xlsx", [["问题", "地区"], ["甲", "=1+1"]]))
    assert found.questions[0].region is None


def test_split_is_fixed_by_id_and_near_half():
    ids = [f"d{i:03d}" for i in range(1000)]
    heldout = sum(split_of(i) is Split.HELDOUT for i in ids)
    assert 440 < heldout < 560
    # printf d001 | sha256sum ends in 33
    assert split_of("d001") is Split.HELDOUT


def test_parts_are_disjoint_and_complete(tmp_path):
    found = read_questions(
        write(tmp_path / "q.jsonl", *({"id": f"d{i}", "question": "问"} for i in range(20)))
    )
    dev, heldout = found.part(Split.DEV), found.part(Split.HELDOUT)
    assert sorted(q.id for q in dev + heldout) == sorted(q.id for q in found.part(Split.ALL))
    assert len(found.part(Split.ALL, limit=3)) == 3
