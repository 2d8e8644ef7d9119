from ingest.numbering import numbering_gaps
from ingest.structure import parse_clauses


def gaps(text: str) -> list[str]:
    return numbering_gaps(parse_clauses(text))


def test_whole_numbering_has_no_gaps():
    text = (
        "第一章 总则\n第一条 甲：\n（一）子；\n（二）丑。\n第二章 附则\n第二条 乙：\n（一）寅；\n（二）卯。"
    )
    assert gaps(text) == []


def test_missing_article_is_named():
    assert gaps("第一条 甲。\n第二条 乙。\n第四条 丁。") == [
        "编号不连续：“第二条”之后是“第四条”，请对照原件看有没有漏页或漏字。"
    ]


def test_series_that_begins_late_is_named():
    assert "最前面是“二、”" in gaps("正文的第一段话。\n二、工作任务\n抓好落实。\n三、保障措施\n加强领导。")[0]


def test_inserted_article_and_dashes_are_no_gap():
    assert gaps("第一条 甲。\n第一条之一 乙。\n第二条 丙。\n——坚持甲。\n——坚持乙。") == []


def test_few_of_many_are_reported():
    text = "\n".join(f"第{n}条 内容。" for n in ("一", "三", "五", "七", "九", "十一", "十三", "十五"))
    assert len(gaps(text)) == 5
