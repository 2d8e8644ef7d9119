"""assistant.premise: what a question takes for granted and the quotes contradict."""

from __future__ import annotations

import pytest
from answering import asking

from assistant.premise import corrections
from assistant.tools import Tools


@pytest.fixture
def corrected(tools: Tools):
    def lines(question: str, *quotes: str) -> list[str]:
        return corrections(asking(tools, question), quotes)

    return lines


def test_a_wrong_figure_is_set_right(corrected):
    assert corrected("登记要30个会员对吧", "个人会员不少于五十个。") == [
        "您提到的“30个”与原文不一致：原文写的是五十个。"
    ]


def test_figures_of_the_same_unit_are_all_shown(corrected):
    lines = corrected("听说补贴5万元", "市级补贴三万元，区级补贴2万元，社区补贴三万元。")
    assert lines == ["您提到的“5万元”与原文不一致：原文写的是三万元、2万元。"]


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("登记要50个会员对吧", "个人会员不少于五十个。"),  # the same in other numerals
        ("登记要50个会员对吧", "活动资金不少于三万元。"),  # nothing to compare with
        ("登记要30个会员还是50个", "个人会员不少于五十个。"),  # asserts nothing
        ("成立一个协会要登记吗", "个人会员不少于五十个。"),  # 一个 is "a"
        ("一家组织只能拿一次补贴吗", "每家每年两次，共三家。"),
        ("第3条是说要备案吧", "第五条 未达到条件的应当备案。"),
        ("2021年规定要备案吧", "自2024年起施行。"),
        ("要五年以后才能办吗", "备案满一年的可以申请。"),  # years stand for many things
        ("我们凑了26个街坊，去登记没问题吧", "个人会员不少于五十个。"),  # what the asker has
        ("队里有12个人是吧够了", "会员不少于十名，发起人不少于2个。"),
    ],
)
def test_no_claim_or_no_contradiction_gives_no_line(corrected, question, quote):
    assert corrected(question, quote) == []


def test_days_are_claims_though_they_are_times(corrected):
    assert corrected("是不是30天就能批下来", "应当在十五日内答复。") == [
        "您提到的“30天”与原文不一致：原文写的是十五日。"
    ]


@pytest.mark.parametrize(
    ("question", "quote", "lines"),
    [
        (
            "备案是去派出所办吗",
            "由街道办事处备案。",
            ["您提到的是公安机关，原文写的是街道办事处（乡镇政府）。"],
        ),
        ("备案是去街道办吗", "由街道办事处备案。", []),
        ("备案是去民政局还是街道吗", "由居委会代办。", []),  # two named: a question, no claim
        ("备案去派出所", "由街道办事处备案。", []),  # nothing asked to be confirmed
        ("备案是去派出所办吗", "备案不收取费用。", []),
    ],
)
def test_a_wrong_body_is_set_right(corrected, question, quote, lines):
    assert corrected(question, quote) == lines


def test_only_the_first_quote_names_the_body(corrected):
    assert corrected("备案是去派出所办吗", "备案不收取费用。", "由街道办事处备案。") == []


def test_an_aim_is_not_yet_reached(corrected):
    line = "原文写的是目标或打算，不是已经完成的结果。"
    assert corrected("每个社区已经有五支队伍了", "力争每个社区有五支队伍。") == [line]
    assert corrected("每个社区已经有五支队伍了", "每个社区有五支队伍。") == []
    assert corrected("每个社区要有五支队伍", "力争每个社区有五支队伍。") == []


def test_without_quotes_nothing_is_contradicted(corrected):
    assert corrected("登记要30个会员对吧") == []
