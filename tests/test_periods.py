"""assistant.periods: a year or plan that the texts found do not reach."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking, document, hit

from assistant.domain import DocumentStatus
from assistant.periods import later_time, other_plan, past_period
from assistant.tools import Tools

PLAN = document("plan", title="社区社会组织三年行动方案（2021-2023年）")
RULE = document("rule", title="社区社会组织备案办法")


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("2027年招几家", "2025年招募8家入驻。", "2027年"),
        ("2025年招几家", "2025年招募8家入驻。", ""),
        ("2024年招几家", "2025年招募8家入驻。", ""),  # an earlier year may be meant as background
        ("2027年备案要几个人", "备案应当有十名以上成员。", ""),  # a rule without a time holds for any
        ("2027年备案找谁", "2025年起由街道备案。", ""),
        ("2027年是不是招8家", "2025年招募8家入驻。", ""),
        ("2027年的方案几号文", "民办发〔2020〕36号", "2027年"),
        ("十五五期间要达到多少个", "“十四五”末达到12个。", "“十五五”"),
        ("十四五期间要达到多少个", "“十四五”末达到12个。", ""),
        ("十三五期间要达到多少个", "“十四五”末达到12个。", ""),
        ("要达到多少个", "“十四五”末达到12个。", ""),
        ("十五五人才要培养多少人", "“十四五”末达到12人。", "“十五五”"),
        ("我们就十四五个人跳舞，社区补多少钱", "“十三五”末每队补1万元。", ""),
        ("她二十四五岁，队里补多少钱", "“十三五”末每队补1万元。", ""),
        ("十四五家单位一共补多少钱", "“十三五”末每队补1万元。", ""),
    ],
)
def test_a_later_time_is_told(tools: Tools, question, text, told):
    assert later_time(asking(tools, question), [hit(text)]) == told


def test_this_year_of_a_dated_report_is_its_own(tools: Tools):
    report = replace(document("report", title="工作答复"), issued_on="2021-06-01")
    query = asking(tools, "2027年补助多少钱")
    assert later_time(query, [hit("今年省财政投入4000万元。", of=report)]) == "2027年"
    assert later_time(query, [hit("省财政投入4000万元。", of=report)]) == ""


def test_the_very_figure_asked_about_is_no_later_time(tools: Tools):
    query = asking(tools, "2018年那116个项目有哪些方面")
    assert later_time(query, [hit("2016年开展了116个项目，有养老、教育等方面。")]) == ""
    assert later_time(query, [hit("2016年开展了90个项目，有养老、教育等方面。")]) == "2018年"


def test_title_and_last_day_bind_a_text_to_its_time(tools: Tools):
    query = asking(tools, "2026年要培训多少人")
    assert later_time(query, [hit("培训骨干十万人。", of=PLAN)]) == "2026年"
    ended = replace(RULE, expires_on="2025-12-31")
    assert later_time(query, [hit("培训骨干十万人。", of=ended)]) == "2026年"
    assert later_time(query, [hit("培训骨干十万人。", of=RULE)]) == ""


def test_one_text_that_may_hold_is_enough(tools: Tools):
    query = asking(tools, "2026年要培训多少人")
    assert later_time(query, [hit("培训骨干十万人。", of=PLAN), hit("培训十万人。", of=RULE)]) == ""


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("去年社会组织到三万个了没", "截至2020年底有社会组织2.3万个。", "2025年"),  # asked in 2026
        ("今年登记的几个了", "2016年登记的共264个。", "2026年"),
        ("今年投了多少", "今年省财政投入4000万元。", ""),  # the text's own 今年
        ("今年还报得上名不", "申报截止2023-12-15。", ""),  # whether it still holds its record says
        ("登记的有几个", "2016年登记的共264个。", ""),
    ],
)
def test_a_report_does_not_tell_how_things_stand_in_a_later_year(tools: Tools, question, text, told):
    report = replace(document("report", title="工作答复"), level="人大建议答复", issued_on="2020-06-01")
    assert later_time(asking(tools, question), [hit(text, of=report)]) == told
    assert later_time(asking(tools, question), [hit(text, of=RULE)]) == ""


def test_the_other_half_of_a_year_is_not_told(tools: Tools):
    told = [hit("今年上半年组织培训30期。")]
    assert later_time(asking(tools, "下半年又办了几期"), told) == "下半年"
    assert later_time(asking(tools, "上半年办了几期"), told) == ""
    assert later_time(asking(tools, "下半年比上半年多几期"), told) == ""


def test_the_year_of_a_version_is_no_period(tools: Tools):
    query = asking(tools, "2022年那阵子评估要登记满几年")
    version = document("old", title="评估管理办法（2010年文本）")
    assert later_time(query, [hit("登记满两个年度。", of=version)]) == ""
    yearly = document("yearly", title="2010年评估公告")
    assert later_time(query, [hit("登记满两个年度。", of=yearly)]) == "2022年"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("今年招几家", "2026年"),
        ("2026这批招几家", "2026年"),
        ("2025年招几家", ""),
        ("今年还能报吗", ""),  # is told that it is over
        ("招几家", ""),
    ],
)
def test_a_year_after_a_calls_period_is_told(tools: Tools, question, told):
    over = replace(document("call", title="2025年入驻公告"), status=DocumentStatus.EXPIRED)
    assert past_period(asking(tools, question), [hit("招募8家入驻。", of=over)]) == told
    assert past_period(asking(tools, question), [hit("招募8家入驻。", of=RULE)]) == ""


def test_another_plan_is_one_the_title_does_not_name():
    assert other_plan("十五五规划出了没", "“十四五”发展规划")
    assert not other_plan("十四五规划过了，十五五的出了没", "“十四五”发展规划")
    assert not other_plan("规划出了没", "“十四五”发展规划")
    assert not other_plan("十五五规划出了没", "发展规划")
