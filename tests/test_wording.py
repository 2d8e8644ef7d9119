from __future__ import annotations

import pytest

from assistant.wording import bare, overreach

TWO_WAYS = (
    "对具备登记条件的社区社会组织,直接向所在地民政部门依法申请登记;"
    "对不具备登记条件的社区社会组织,由街道(乡镇)实施备案管理。"
)
TRADE = "不得从事营利性经营活动，不得危害国家安全、损害公共利益或违背社会道德风尚。"
BRANCH = "分支机构不具法人资格，不得再设分支机构。"
GOAL = "力争“十四五”末实现城市社区平均拥有不少于12个社区社会组织"
HELP = "鼓励街道(乡镇)为社区社会组织参与社区服务提供资源支持、项目对接等服务"
CONSENT = "社会团体应当经其业务主管单位审查同意"
BUDGET = "坚持先有预算、后购买服务；年度预算未安排资金的不得实施购买。"
RECORDS = "无不良记录的，应允许承接。"


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("具备登记条件的，向民政部门申请登记，不具备登记条件的，由街道（乡镇）备案管理。", TWO_WAYS),
        ("没达到登记条件的，由街道备案。", TWO_WAYS),
        ("具备登记条件的，可以直接向所在地民政部门申请登记。", TWO_WAYS),
        ("不能从事营利性经营活动，也不能违背社会道德风尚。", TRADE),
        ("分支机构没有法人资格，也不能再设分支机构。", BRANCH),
        ("“十四五”末力争城市社区平均拥有不少于12个。", GOAL),
        ("鼓励街道为社区社会组织提供资源支持和项目对接。", HELP),
        ("街道可以为社区社会组织提供资源支持。", HELP),
        ("社会团体须经业务主管单位审查同意。", CONSENT),
        ("先有预算、后购买服务，年度预算未安排资金的不得实施购买。", BUDGET),
        ("没有不良记录的，应允许承接。", RECORDS),
    ],
)
def test_overreach_accepts_the_same_force_in_other_words(sentence, quote):
    assert overreach(sentence, [quote]) == ""


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("具备登记条件的由街道备案管理。", TWO_WAYS),
        ("不具备登记条件的，直接向民政部门申请登记。", TWO_WAYS),
        ("必须由街道备案管理。", TWO_WAYS),
        ("可以从事营利性经营活动。", TRADE),
        ("从事营利性经营活动，不得危害国家安全。", TRADE),
        ("不得危害国家安全，也可以违背社会道德风尚。", TRADE),
        ("不得从事公益活动。", TRADE),
        ("分支机构具有法人资格。", BRANCH),
        ("分支机构可以再设分支机构。", BRANCH),
        ("“十四五”末城市社区平均拥有12个以上。", GOAL),
        ("已实现城市社区平均拥有不少于12个。", GOAL),
        ("街道（乡镇）应当为社区社会组织提供资源支持。", HELP),
        ("街道为社区社会组织参与社区服务提供资源支持。", HELP),
        ("社会团体可以不经其业务主管单位审查同意。", CONSENT),
        ("社会团体无需经业务主管单位审查同意。", CONSENT),
        ("社会团体可经业务主管单位审查同意。", CONSENT),
        ("先购买服务、后有预算。", BUDGET),
        ("年度预算安排资金的不得实施购买。", BUDGET),
        ("有不良记录的，应允许承接。", RECORDS),
        ("无良记录的，应允许承接。", RECORDS),
    ],
)
def test_overreach_names_what_was_turned_strengthened_or_promised(sentence, quote):
    assert overreach(sentence, [quote]) != ""


def test_overreach_finds_the_clause_among_several_quotes():
    assert overreach("分支机构不具有法人资格。", [GOAL, HELP, BRANCH]) == ""
    assert overreach("分支机构具有法人资格。", [GOAL, HELP, BRANCH]) != ""


def test_bare_takes_small_words_out_and_remembers_where():
    text = bare("不得设分支机构,可以备案")
    assert text.text == "设分支机构,备案"
    assert text.marks == {0: "negation", 6: "weak"}
    assert bare("不少于五人,不断完善").marks == {}
