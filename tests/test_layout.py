"""assistant.layout: a comparison as a table, several questions one by one, and both without markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking
from web_support import FakeAssistant

from assistant.conversations import Exchange
from assistant.domain import Answer, AnswerStatus, Citation, DocumentKind, DocumentStatus
from assistant.layout import NOT_FOUND, Piece, as_lines, parts_text, table_text
from assistant.presenting import terminal_text
from assistant.tools import Tools
from assistant.understand import Query
from assistant.web.export import cited_text
from assistant.web.render import answer_html

HEAD = ["| 对比 | 规定 |", "|---|---|"]


def cited(n: int, quote: str, *, title: str = "办法", status: DocumentStatus = DocumentStatus.IN_FORCE):
    return Citation(
        n, f"d{n}", title, None, None, "全国", "规范性文件", None, status, "", None, quote, 0, len(quote), DocumentKind.ORIGINAL
    )  # fmt: skip


@pytest.fixture
def query(tools: Tools) -> Query:
    return asking(tools, "四川和吉林备案有什么不同")


def rows(text: str) -> list[str]:
    """The lines of the table at the end of an answer."""
    return [line for line in text.split("\n") if line.startswith("|")]


def test_a_comparison_is_a_table_with_a_row_for_each_side(query):
    text = table_text(
        query, [Piece("四川省", (cited(1, "由街道备案。"),)), Piece("吉林省", (cited(2, "由县备案。"),))], []
    )
    assert rows(text) == [
        *HEAD,
        "| 四川省 | 由街道备案。[1]（《办法》） |",
        "| 吉林省 | 由县备案。[2]（《办法》） |",
    ]


def test_quotes_of_one_side_are_told_apart_on_the_page_and_as_lines(query):
    text = table_text(query, [Piece("四川省", (cited(1, "由街道备案。"), cited(2, "由县登记。")))], [])
    assert rows(text)[2:] == ["| 四川省 | 由街道备案。[1]（《办法》）；由县登记。[2]（《办法》） |"]
    assert as_lines(text) == "四川省：由街道备案。[1]（《办法》）；由县登记。[2]（《办法》）"


def test_no_quote_breaks_a_table(query):
    text = table_text(query, [Piece("甲|乙", (cited(1, "一、**会员**|资金\n二、\t场地  \n"),))], [])
    assert rows(text)[2:] == ["| 甲｜乙 | 一、会员｜资金 二、 场地[1]（《办法》） |"]


def test_a_side_without_a_rule_says_so(query):
    text = table_text(
        query, [Piece("四川省", (cited(1, "由街道备案。"),)), Piece("吉林省", (), missing=True)], []
    )
    assert rows(text)[-1] == f"| 吉林省 | {NOT_FOUND} |"


def test_whom_to_ask_stands_below_a_table_with_an_empty_row(query):
    pieces = [Piece("四川省", (cited(1, "由街道备案。"),)), Piece("吉林省", (), missing=True)]
    assert table_text(query, pieces, [], ask_whom="请问民政局。").endswith("|\n\n请问民政局。")


def test_a_places_row_says_that_the_rule_is_everybodys(query):
    pieces = [
        Piece("四川省", (cited(1, "由街道备案。"),), place=True),
        Piece("社团", (cited(2, "由县登记。"),)),
    ]
    first, second = rows(table_text(query, pieces, []))[2:]
    assert "（全国规定）由街道备案" in first
    assert "全国规定" not in second


@pytest.mark.parametrize(
    ("level", "words"),
    [("规范性文件", "（全国规定）"), ("综述文章", "（综述文章，不是规定）"), ("解读", "（解读，不是规定）")],
)
def test_what_only_tells_of_practice_is_no_rule_of_everybodys(query, level, words):
    told = replace(cited(1, "由街道备案。"), level=level)
    assert f"| {words}由街道备案" in table_text(query, [Piece("四川省", (told,), place=True)], [])


def test_the_askers_words_make_no_link_or_image(query):
    text = parts_text(
        query, [Piece("[点](http://x)<img/src=//y>**备案**", (cited(1, "由街道备案。"),))], [], ask_whom=""
    )
    assert not set("[]<>") & set(text.split("\n\n")[0])


def test_a_clause_that_answers_both_sides_is_quoted_once(query):
    text = table_text(query, [Piece("四川省", (cited(1, "由街道备案。"),)), Piece("吉林省", (), (1,))], [])
    assert rows(text)[-1] == "| 吉林省 | 见前面引用的规定[1] |"
    assert text.count("由街道备案") == 1


def test_what_must_be_read_first_stands_before_the_table(query):
    old = cited(1, "由街道备案。", status=DocumentStatus.REPEALED)
    text = table_text(query, [Piece("四川省", (old,))], ["您提到的不一致。"])
    first, second, table = text.split("\n\n")
    assert first == "您提到的不一致。"
    assert "已废止" in second
    assert table.startswith(HEAD[0])


def test_questions_are_answered_under_their_own_words(query):
    pieces = [
        Piece("备案找谁", (cited(1, "由街道\n备案。"),)),
        Piece("归哪管", (), (1,)),
        Piece("补贴多少|钱", (), missing=True),
    ]
    assert parts_text(query, pieces, [], ask_whom="建议咨询民政部门。").split("\n\n") == [
        "**备案找谁**",
        "《办法》：\n由街道\n备案。[1]",
        "**归哪管**",
        "见前面引用的规定[1]。",
        "**补贴多少｜钱**",
        f"{NOT_FOUND}，不能凭空回答。",
        "建议咨询民政部门。",
    ]


def test_nobody_is_named_to_ask_when_nothing_is_missing(query):
    text = parts_text(query, [Piece("备案找谁", (cited(1, "由街道备案。"),))], [], ask_whom="建议咨询。")
    assert "建议" not in text


def test_without_tables_a_row_becomes_a_line():
    table = "\n".join(["先读**这个**。", "", *HEAD, "| 四川省 | 由街道备案。 |", "| 吉林省 | 没有 |"])
    assert as_lines(table) == "先读这个。\n\n四川省：由街道备案。\n吉林省：没有"
    assert as_lines("由街道备案。\n第二行") == "由街道备案。\n第二行"
    assert as_lines("") == ""


@pytest.fixture
def compared(query: Query) -> Answer:
    citations = (cited(1, "一、会员|资金\n二、场地"), cited(2, "由县备案。"))
    pieces = [Piece("四川省", citations[:1]), Piece("吉林省", citations[1:]), Piece("广东省", (), (2,))]
    return Answer(
        AnswerStatus.ANSWERED, table_text(query, pieces, []), query.question, None, citations=citations
    )


def test_a_table_is_pasted_as_readable_lines(compared):
    assert terminal_text(compared).split("\n")[:5] == [
        "四川省：一、会员｜资金 二、场地[1]",
        "吉林省：由县备案。[2]",
        "广东省：见《办法》",
        "依据：",
        "1. 《办法》（全国，现行有效）",
    ]
    assert "|" not in terminal_text(compared)


def test_a_table_is_exported_as_readable_lines(compared):
    told = cited_text(Exchange(0, "", compared))
    assert "吉林省：由县备案。[2]（《办法》）" in told
    assert "|---" not in told


def test_a_table_is_shown_with_its_markers_linked(compared):
    html = answer_html(Exchange(7, "", compared), assistant=FakeAssistant())
    assert html.count("<tr>") == 4 and html.count("<td>") == 6
    assert "<td>四川省</td>" in html
    assert '由县备案。<a class="cite" href="#s-7-2"' in html
    assert "|---" not in html
