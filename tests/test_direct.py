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
        ("备案要几个人", "成员不少于十人。", "成员不少于十人"),
        ("备案要多久", "应当在十五日内答复。", "十五日内"),
        ("备案要多久", "自2024年2月1日起，十五日内答复。", "十五日内答复"),  # a date is no span
        ("孵化补贴能拿多少钱", "每家2万元，即每家2万元。", "每家2万元"),
        ("备案要多久", "登记机关自收到全部文件之日起十五日内答复。", "自收到全部文件之日起十五日内"),
        ("备案要多久", "街道应在活动结束后十五日内答复。", "活动结束后十五日内"),
        (
            "备案要多久",
            "自收到不再担任主管的文件之日起十五日内答复。",
            "自收到不再担任主管的文件之日起十五日内",
        ),
        ("备案要多久", "先清算；清算结束之日起15日内办理，交回印章。", "清算结束之日起15日内办理"),
        (
            "备案要多久",
            "变更场地的，15日内补报材料；逾期未补的按不予受理处理。",
            "变更场地的，15日内补报材料",
        ),
        ("备案要多久", "所在单位同意后十五日内答复。", "所在单位同意后十五日内"),
        ("备案要几个人", "党员少于3名的。", "党员少于3名"),
        ("孵化补贴要几年", "满2年的组织。", "满2年"),
        ("备案要多少钱", "意见：除有规定外，取消3万元以上的资金限制。", "取消3万元以上的资金限制"),
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
        ("备案要多少钱", "取消3万元以上的资金限制。"),  # done away with, and no shorter words say so
        ("等级有效几年", "到第5年12月31日止。"),  # the fifth, no span
        ("备案要多久", "每季度20日前报表。"),  # a day of the calendar
        ("四川和吉林要几个人有什么不同", "成员不少于十人。"),
        (
            "备案要多少人",
            "社团类会员不少于10个；服务机构类从业人员不少于2人。",
        ),  # members counted by 个, staff by 人
    ],
)
def test_where_it_is_not_clear_nothing_leads(line, question, quote):
    assert line(question, quote) == ""


def test_only_the_best_quote_counts(line):
    assert line("备案要几个人", "应当有成员。", "成员不少于十人。") == ""
    assert line("备案要几个人") == ""


def test_other_quotes_with_another_figure_hold_the_line_back(line):
    assert line("备案要多久", "十五日内决定。", "六十日内决定。") == ""
    assert line("备案要多久", "十五日内决定。", "15日内决定，六十日内公布。") == "**直接答复**：十五日内[1]"
    assert line("备案要多久", "十五日内决定。", "会员不少于10个。") == "**直接答复**：十五日内[1]"


REST = "其他事项由省级民政部门会同有关部门另行规定，报国务院民政部门备案。"


@pytest.mark.parametrize(
    ("question", "quote", "clause"),
    [
        ("社团能不能设地域分支", f"社会团体不得设地域性分支机构。{REST}", "社会团体不得设地域性分支机构"),
        ("会费能分给会员吗", f"会费不许分给会员，剩余归下年使用。{REST}", "会费不许分给会员"),
        ("个体行吗", f"个人出资的，可登记为个体。{REST}", "个人出资的，可登记为个体"),  # with its condition
        (
            "志愿者要买保险吗",
            f"安排有危险的服务前，应为志愿者购买保险。{REST}",
            "安排有危险的服务前，应为志愿者购买保险",
        ),
        ("社团能设分支机构吗", f"社会团体可设分支机构，{REST}", "社会团体可设分支机构"),
        ("个人能募捐吗", f"没有公开募捐资格，个人不得募捐。{REST}", "没有公开募捐资格，个人不得募捐"),
        ("个人能募捐吗", f"组织未取得资格，个人不得公开募捐。{REST}", "组织未取得资格，个人不得公开募捐"),
        ("个人能募捐吗", f"经民政部门批准，个人可以募捐。{REST}", "经民政部门批准，个人可以募捐"),
        ("个人能募捐吗", f"未成年人须有人陪同，个人可以募捐。{REST}", "个人可以募捐"),  # no condition
        ("公益金能用于活动吗", f"支持公益金用于社区活动。{REST}", "支持公益金用于社区活动"),
        ("70岁能当会长吗", f"年满70岁的不得当会长。{REST}", "年满70岁的不得当会长"),
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
        ("社团能不能设分支机构", f"社会团体不得设地域性分支机构。{REST}"),  # a narrower thing
        (
            "联合体是不是有一家合格就行",
            f"两个以上法人可组成联合体；各方须具备条件。{REST}",
        ),  # not what is asked
        (
            "志愿服务要如实记录吗",
            f"如实记录服务情况；须如实出具志愿服务记录证明。{REST}",
        ),  # another says it more closely
        ("志愿证明能开吗", f"应志愿者需要出具志愿证明。{REST}"),  # 应 is "at the request of"
        ("会费能分给会员吗", f"并不许分给会员会费。{REST}"),
        ("评估要不要交钱", f"评估经费争取财政支持；第三方不得收费。{REST}"),  # 支持 is a noun
        ("公益金能用于活动吗", f"加大公益金用于社区活动的支持力度。{REST}"),
        ("公益金能用于活动吗", f"推动公益金可以用于社区活动。{REST}"),  # a task of the authorities
        ("慈善组织登记不是20天吗", f"慈善组织可以向民政部门登记，当场办结。{REST}"),  # no time is told
        ("70岁能当会长吗", f"会员可以当会长，由大会选举。{REST}"),
    ],
)
def test_no_clause_leads_where_it_says_too_little(line, question, quote):
    assert line(question, quote) == ""


def test_a_rule_that_is_over_does_not_lead(tools: Tools):
    old = replace(cited(f"社会团体不得设地域性分支机构。{REST}"), status=DocumentStatus.REVISED)
    assert direct_line(asking(tools, "社团能不能设地域分支"), [old]) == ""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("30个人能登记社团吗", "30个人不够：原文要求“个人会员50个以上”[2]"),
        ("60个人够不够登记", "60个人够了：原文要求“个人会员50个以上”[2]"),
    ],
)
def test_a_number_one_has_is_measured_by_the_one_threshold(line, question, said):
    quotes = ("六十日内决定。", "个人会员50个以上，或单位会员30个以上。")
    assert line(question, *quotes) == f"**直接答复**：{said}"
