from itertools import pairwise

from assistant.domain import Clause
from ingest.structure import article_of, parse_clauses, section_path


def outline(text: str) -> list[tuple[int, str, str]]:
    return [(clause.depth, clause.label, clause.heading) for clause in parse_clauses(text)]


def own_words(text: str, clause: Clause) -> str:
    return text[clause.start : clause.body_end]


REGULATION = """第一章 总则
第一条 为了规范管理，根据《社会团体登记管理条例》第十条，制定本办法。
第二条 备案应当符合下列条件：
（一）有规范的名称；
（二）有固定的场所；
（三）法律、行政法规规定的其他条件。
前款第一项所称名称，依照本办法第一条确定。
第二章 备案
第三条 依照第二条第一款备案的，由街道办事处受理。
第四条规定的期限，不含公告时间。
第四条 备案期限为十日。
第十条之一 特殊情形另行规定。"""


def test_parse_clauses_reads_chapters_articles_items_and_paragraphs():
    assert outline(REGULATION)[:8] == [
        (0, "第一章", "总则"),
        (1, "第一条", ""),
        (1, "第二条", ""),
        (2, "（一）", ""),
        (2, "（二）", ""),
        (2, "（三）", ""),
        (2, "", ""),
        (0, "第二章", "备案"),
    ]


def test_parse_clauses_takes_no_reference_for_an_article():
    labels = [clause.label for clause in parse_clauses(REGULATION) if clause.label.endswith("条")]
    assert labels == ["第一条", "第二条", "第三条", "第四条"]


def test_parse_clauses_covers_every_word_once():
    clauses = parse_clauses(REGULATION)
    own = "".join(own_words(REGULATION, clause) for clause in clauses)
    assert "".join(own.split()) == "".join(REGULATION.split())
    assert all(a.body_end <= b.start for a, b in pairwise(clauses))


def test_parse_clauses_spans_contain_their_children():
    clauses = parse_clauses(REGULATION)
    for clause in clauses:
        if clause.parent is not None:
            parent = clauses[clause.parent]
            assert parent.start <= clause.start < clause.end <= parent.end
            assert clause.depth == parent.depth + 1


def test_inline_items_are_found_by_their_numbering():
    text = "第三，加强扶持。一是增量，加快建设。二是提质，依托园区。三是增效。"
    assert outline("第一，先行。\n第二，跟进。\n" + text)[2:] == [
        (0, "第三，", "加强扶持"),
        (1, "一是", ""),
        (1, "二是", ""),
        (1, "三是", ""),
    ]


def test_a_lone_inline_marker_is_text():
    assert outline("这件事一是重要。其次也重要，首先要重视。") == [(0, "", "")]


def test_quoted_markers_are_text():
    text = "他说：“一是团结。二是奋斗。”\n《第一条 规定。第二条 细则。》另行发布。"
    assert outline(text) == [(0, "", ""), (0, "", "")]


def test_gaps_and_lone_numbers_are_tolerated_at_the_start_of_a_line():
    text = "一、概述\n甲单位的工作情况如下文所述。\n三、做法\n1、第一项做法内容。\n2、第二项做法内容。\n四、方向\n3、孵化培育组织。"
    assert [label for _, label, _ in outline(text) if label] == ["一、", "三、", "1、", "2、", "四、", "3、"]


def test_decimals_years_and_amounts_are_no_markers():
    text = "1.5亿元资金\n2020、2021年两年\n24：1、25：1的比例。1.2万元。"
    assert [label for _, label, _ in outline(text) if label] == []


def test_nested_series_restart_under_each_section():
    text = "一、目标\n（一）近期\n1.甲事项。\n2.乙事项。\n（二）远期\n1.丙事项。\n2.丁事项。\n二、任务\n（一）培育\n（二）管理"
    assert [(d, label) for d, label, _ in outline(text)] == [
        (0, "一、"), (1, "（一）"), (2, "1."), (2, "2."), (1, "（二）"), (2, "1."), (2, "2."),
        (0, "二、"), (1, "（一）"), (1, "（二）"),
    ]  # fmt: skip


def test_short_leads_of_neighbouring_paragraphs_become_headings():
    text = (
        "二、基本原则\n坚持党的领导。发挥基层党组织的领导作用，确保正确方向。\n"
        "坚持问题导向。针对发展短板，以培育发展和能力提升为重点。"
    )
    assert outline(text)[1:] == [(1, "", "坚持党的领导"), (1, "", "坚持问题导向")]


def test_sign_off_enclosure_title_and_attachment_lend_no_section_path():
    text = (
        "各区民政局：\n现将方案印发给你们，请认真执行。\n市民政局\n2021年3月1日\n社区社会组织培育方案\n"
        "为做好培育工作，制定本方案。\n一、目标\n到2023年全面建成。\n附件1\n申请表\n一、基本信息"
    )
    clauses = parse_clauses(text)
    paths = {own_words(text, c).split("\n")[0]: section_path(clauses, c.ordinal) for c in clauses}
    assert paths["市民政局"] == ""
    assert paths["为做好培育工作，制定本方案。"] == ""
    assert paths["到2023年全面建成。"] == "一、目标"
    assert paths["一、基本信息"] == "一、基本信息"


def test_table_of_contents_does_not_double_the_chapters():
    text = "目录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 甲乙丙丁。\n第二章 附则\n第二条 戊己庚辛。"
    labels = [label for _, label, _ in outline(text) if label]
    assert labels == ["第一章", "第一条", "第二章", "第二条"]


def test_spaced_out_chapter_titles_are_joined():
    assert outline("第 一 章  总  则\n第一条 内容。")[0] == (0, "第一章", "总则")


def test_pages_are_looked_up_by_offset():
    text = "第一条 甲。\n第二条 乙。\n第三条 丙。"
    assert [clause.page for clause in parse_clauses(text, pages=(0, text.index("第三条")))] == [1, 1, 2]


def test_section_path_and_article():
    clauses = parse_clauses(REGULATION)
    item = next(clause for clause in clauses if clause.label == "（二）")
    assert section_path(clauses, item.ordinal) == "第一章 总则 > 第二条 > （二）"
    assert article_of(clauses, item.ordinal) == "第二条"
    assert section_path(clauses, None) == ""
    assert article_of(clauses, 0) is None


def test_empty_text_has_no_clauses():
    assert parse_clauses("") == ()
    assert parse_clauses(" \n ") == ()
