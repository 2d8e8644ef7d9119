"""assistant.thresholds: how a number that one has stands to the one threshold that is quoted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking
from test_direct import cited

from assistant.domain import DocumentStatus
from assistant.numerals import figures
from assistant.thresholds import measured, named, own_number, with_bounds, with_kind
from assistant.tools import Tools

MEMBERS = "发起人不少于2个、会员不少于10个。"


@pytest.fixture
def said(tools: Tools):
    def measure(question: str, *quotes: str) -> str:
        return measured(asking(tools, question), [cited(q, n=n) for n, q in enumerate(quotes, 1)])

    return measure


@pytest.mark.parametrize(
    ("text", "bounded", "whole", "counted"),
    [
        ("每家不超过2万元", "不超过2万元", "每家不超过2万元", "不超过2万元"),
        ("成员五至十人以内", "五至十人以内", "成员五至十人以内", "成员五至十人以内"),
        ("正式党员少于3名", "少于3名", "正式党员少于3名", "正式党员少于3名"),
        ("凡有3名以上正式党员的", "3名以上", "凡有3名以上", "3名以上正式党员"),
        ("活动前三年内", "前三年内", "活动前三年内", "前三年内"),
        ("目前三年一次", "三年", "目前三年", "三年"),
        ("会员由30个放宽至20个", "20个", "20个", "20个"),
    ],
)
def test_a_figure_is_shown_with_what_bounds_and_names_it(text, bounded, whole, counted):
    last = [figure for figure in figures(text) if figure.unit not in ("次",)][-1]
    assert with_bounds(last, text) == bounded
    assert named(last, text) == whole
    assert with_kind(last, text) == counted


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("30个人能登记社团吗", "30个"),
        ("二十来个人够不够", "二十多个"),
        ("理事30个行不行", "30个"),
        ("居委会500户能设不", "500户"),
        ("登记要30个会员对吧", None),  # claims a rule
        ("登记要30个会员吗", None),
        ("不是30个会员才能登记吗", None),
        ("我们15人才能备案吗", None),  # may mean either
        ("30个人才行吗", None),
        ("是不是30个人就能登记", None),
        ("听说30个人可以登记，真的吗", None),
        ("30个人就能登记吗", "30个"),
        ("是不是我们30个人就能登记", "30个"),
        ("我们才30个人，能登记吗", None),
        ("我们30个人是不是能登记", "30个"),
        ("30个人以上能登记吗", None),
        ("30个人能登记还是备案", None),
        ("30个人能拿多少补贴", None),
        ("30个人能旅游吗", None),
        ("15天能登记吗", None),
        ("我们5个人，30户，能登记吗", None),
    ],
)
def test_the_one_number_asked_to_be_enough(tools: Tools, question, own):
    found = own_number(asking(tools, question))
    assert (found.text if found else None) == own


@pytest.mark.parametrize(
    ("question", "quote", "line"),
    [
        ("9个人能备案吗", MEMBERS, "9个人不够：原文要求“会员不少于10个”[1]"),
        ("二十来个人够不够备案", MEMBERS, "二十来个人够了：原文要求“会员不少于10个”[1]"),
        ("3个发起人够不够备案", MEMBERS, "3个够了：原文要求“发起人不少于2个”[1]"),
        ("理事30个行不行", "理事5至25人。", "30个超过了：原文要求“理事5至25人”[1]"),
        ("理事25个行不行", "理事5至25人。", "25个没有超出：原文要求“理事5至25人”[1]"),
        ("居委会500户能设不", "在100户至700户的范围内。", "500户没有超出：原文要求“100户至700户”[1]"),
        ("3个党员能建支部吗", "凡有3名以上正式党员的。", "3个够了：原文要求“3名以上正式党员”[1]"),
        (
            "注册资金2万元够不够登记",
            "活动资金不少于三万元。",
            "2万元不够：原文要求“活动资金不少于三万元”[1]",
        ),
    ],
)
def test_a_number_is_measured_by_the_threshold_of_its_kind(said, question, quote, line):
    assert said(question, quote) == line


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("十来个人够不够备案", MEMBERS),  # nine or eleven?
        ("9个理事能备案吗", MEMBERS),  # nothing of these
        ("15个会员能登记吗", "个人会员20个以上或单位会员10个以上。"),  # of which kind?
        ("30个人能登记吗", "城市会员50个以上，农村会员20个以上。"),
        ("9个人能备案吗", "会员不少于10个，出席的不少于5人。"),  # of whom?
        ("2个党员能建支部吗", "正式党员少于3名的。"),  # whom another rule is for
        ("9个人能备案吗", "会员10个。"),  # bounds nothing
        ("9个人能登记吗", f"备案：{MEMBERS}"),
        ("居委会500户能设不", "一千户至三千户（旧文本为一百户至七百户）。"),
    ],
)
def test_where_the_threshold_is_not_certain_nothing_is_said(said, question, quote):
    assert said(question, quote) == ""


def test_quotes_that_differ_say_nothing(said):
    assert said("9个人能备案吗", MEMBERS, "会员20个以上。") == ""


def test_a_rule_that_is_over_measures_nothing(tools: Tools):
    old = replace(cited(MEMBERS), status=DocumentStatus.REPEALED)
    assert measured(asking(tools, "9个人能备案吗"), [old]) == ""
