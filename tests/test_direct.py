"""assistant.direct: the one figure, or the clause that allows or forbids, that may lead an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking

from assistant.direct import direct_line
from assistant.domain import Citation, DocumentKind, DocumentStatus
from assistant.tools import Tools


def cited(quote: str, *, n: int = 1) -> Citation:
    return Citation(
        n, "d", "办法", None, None, "全国", "规范性文件", None, DocumentStatus.IN_FORCE, "", None, quote, 0, len(quote), DocumentKind.ORIGINAL
    )  # fmt: skip


@pytest.fixture
def line(tools: Tools):
    def direct(question: str, *quotes: str) -> str:
        return direct_line(asking(tools, question), [cited(q, n=n) for n, q in enumerate(quotes, 1)])

    return direct


@pytest.mark.parametrize(
    ("question", "quote", "figure"),
    [
        ("孵化补贴能拿多少钱", "每家补贴2万元。", "2万元"),
        ("孵化补贴能拿多少钱", "每家不超过2万元。", "不超过2万元"),
        ("罚款多少钱", "处5000元以上的罚款。", "5000元以上"),
        ("备案要几个人", "成员不少于十人。", "不少于十人"),
        ("备案要多久", "应当在十五日内答复。", "十五日内"),
        ("备案要多久", "自2024年2月1日起，十五日内答复。", "十五日内"),  # a date is no span
        ("孵化补贴能拿多少钱", "每家2万元，即每家2万元。", "2万元"),
    ],
)
def test_the_only_figure_of_the_kind_asked_for_leads(line, question, quote, figure):
    assert line(question, quote) == f"**直接答复**：{figure}[1]"


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("孵化补贴能拿多少钱", "市级2万元，区级1万元。"),  # two: which one?
        ("孵化补贴能拿多少钱", "备案满3年的给予补贴。"),
        ("备案要交多少钱", "备案不收取费用，骗取的罚款5000元。"),  # free, beside a fine
        ("备案找谁", "十五日内由街道答复。"),  # no figure asked for
        ("补贴2万元要等多少天", "三十日内发放。"),  # the asker's own figure is checked elsewhere
        ("是不是要十个人以上", "成员不少于十人。"),
        ("备案找谁？要几个人？", "成员不少于十人。"),  # several questions
        ("四川和吉林要几个人有什么不同", "成员不少于十人。"),
    ],
)
def test_where_it_is_not_clear_nothing_leads(line, question, quote):
    assert line(question, quote) == ""


def test_only_the_best_quote_counts(line):
    assert line("备案要几个人", "应当有成员。", "成员不少于十人。") == ""
    assert line("备案要几个人") == ""


REST = "其他事项由省级民政部门会同有关部门另行规定，报国务院民政部门备案。"


@pytest.mark.parametrize(
    ("question", "quote", "clause"),
    [
        ("社团能不能设地域分支", f"社会团体不得设地域性分支机构。{REST}", "社会团体不得设地域性分支机构"),
        ("会费能分给会员吗", f"会费不许分给会员，剩余归下年使用。{REST}", "会费不许分给会员"),
        ("个体行吗", f"个人出资的，可登记为个体。{REST}", "个人出资的，可登记为个体"),  # with its condition
    ],
)
def test_the_clause_that_allows_or_forbids_leads(line, question, quote, clause):
    assert line(question, quote) == f"**直接答复**：{clause}[1]"


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("社团能不能设地域分支", "社会团体不得设地域性分支机构。"),  # as short as the quote
        ("社团能不能设地域分支", f"社会团体设地域性分支机构。{REST}"),  # neither allows nor forbids
        ("社团能不能设地域分支", f"社会团体设地域性分支机构与当地需要相适应。{REST}"),  # 应 of another word
        ("会费能分给会员吗", f"会费不许分给会员，但章程另有规定的除外。{REST}"),  # an exception follows
        (
            "会长坐过牢能当负责人吗",
            f"不得担任负责人：故意犯罪未逾5年的；被吊销证书的。{REST}",
        ),  # a list follows
        ("会费能分给会员吗", f"会费不得分给会员；分给会员会费的须退还。{REST}"),  # two say as much
        ("会费能分给会员吗", f"其他会费不得分给会员。{REST}"),
        ("备案找谁", f"备案可以由街道办理。{REST}"),  # asks for no yes or no
        ("会费能分给会员吗", REST),
    ],
)
def test_no_clause_leads_where_it_says_too_little(line, question, quote):
    assert line(question, quote) == ""


def test_a_rule_that_is_over_does_not_lead(tools: Tools):
    old = replace(cited(f"社会团体不得设地域性分支机构。{REST}"), status=DocumentStatus.REVISED)
    assert direct_line(asking(tools, "社团能不能设地域分支"), [old]) == ""
