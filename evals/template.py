"""`evals template`: an example question sheet that explains itself."""

from __future__ import annotations

from pathlib import Path

from evals.book import Column, Sheet, new_book, save

CATEGORIES = (
    "登记条件", "登记程序", "备案条件", "备案程序", "备案材料", "资金渠道", "资金管理", "场地支持", "培育孵化",
    "能力提升", "规范管理", "党建", "年检评估", "变更注销", "税收", "法律责任", "其他",
)  # fmt: skip
_COLUMNS = (
    Column("编号", 10),
    Column("问题", 44),
    Column("地区", 12),
    Column("标准要点", 30),
    Column("不得出现", 20),
    Column("依据原文", 50),
    Column("依据文件", 28),
    Column("是否可答", 10),
    Column("分类", 12),
    Column("题型", 12),
)
_TYPES = ("事实", "列举", "由谁", "数字", "是非", "步骤", "不可答", "超范围")
_EXAMPLES = (
    ("001", "成立社区舞蹈队要几个人才能备案？", "四川", "十人｜10人", "五十人", "", "", "是", "备案条件", "数字"),
    ("002", "我们社区想办个合唱团，找谁备案", "", "街道办事处｜街道；乡镇人民政府｜乡镇政府", "", "", "", "是", "备案程序", "由谁"),
    ("003", "明天下不下雨？", "", "", "", "", "", "否", "其他", "超范围"),
)  # fmt: skip
_HELP = (
    ("怎么用", "在“题目”表里一行写一题，存盘后运行：evals run --questions 这个文件 --out 结果目录"),
    ("问题", "必填。其余各列都可以空着；空着就只给出答复，不判对错。"),
    ("编号", "不填会自动编成 q0001、q0002……；重复的编号只跑第一行。001 和 18 位编号请先把该列设为文本。"),
    ("地区", "提问人所在地区，如 四川、四川省、成都市。不填表示没有选地区。"),
    ("标准要点", "正确答复必须包含的短语，一行一个或用；隔开；同一要点的不同写法用｜隔开。二十名和 20名、三万元和 3万元算相同。"),
    ("不得出现", "出现就算答错的短语，一行一个或用；隔开。"),
    ("依据原文", "能回答这个问题的原文句子，逐字，一行一句。"),
    ("是否可答", "文件库里有没有答案：是 或 否。填“否”的题，系统如实拒答才算对。"),
    ("其他列", "自己加的列（社区、提问人、备注等）可以照留：不参加判分，原样附在 answers.xlsx 明细表的最后。"),
    ("看结果", "结果目录里的 answers.xlsx 和 report.html；在 answers.xlsx 的“人工判定”列填 对/部分/错，再用 evals score 汇总。"),
    ("例题", "“题目”表里的三行是写法示例，不是政策答案，用前请删掉。"),
)  # fmt: skip


def write_template(path: Path) -> None:
    """Write the example workbook: sheet 题目 with drop-downs, sheet 说明 with what each column takes."""
    book = new_book()
    questions = Sheet(book, "题目", _COLUMNS)
    for example in _EXAMPLES:
        questions.add(example)
    titles = [column.title for column in _COLUMNS]
    for title, options in (("是否可答", ("是", "否")), ("分类", CATEGORIES), ("题型", _TYPES)):
        questions.choices(titles.index(title), options, last_row=2000)
    questions.filter()
    help_sheet = Sheet(book, "说明", (Column("列", 14), Column("怎么填", 100)))
    for line in _HELP:
        help_sheet.add(line)
    save(book, path)
