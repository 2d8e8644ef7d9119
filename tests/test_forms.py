"""assistant.forms: whether a text has what the question's form asks for."""

from __future__ import annotations

import pytest
from answering import asking

from assistant.forms import form_missing, wants_figure
from assistant.tools import Tools


@pytest.mark.parametrize(
    ("question", "states", "lacks"),
    [
        ("补贴能报销百分之几", "按百分之三十补助。", "按规定补助三千元。"),
        ("能减免几成", "减免五成。", "予以减免。"),
        ("年龄有什么要求", "负责人不超过七十周岁。", "负责人应当热心公益。"),
        ("负责人要多少岁", "须年满十八周岁。", "任期五年。"),
        ("广场舞跳到几点", "不得晚于21:00。", "不得影响居民休息。"),
        ("晚上几点要停", "晚上九时前结束。", "夜间应当停止。"),
        ("评上三级要多少分", "得分在80分以上。", "由民政部门评估。"),
        ("音量多少分贝", "不超过55分贝。", "音量不得过大。"),
        ("场地要多少平方", "面积不少于二百平方米。", "应当有活动场地。"),
        ("要培训多少学时", "每年不少于40学时。", "每年组织培训。"),
        ("这是几号文", "按照民测〔2024〕1号执行。", "按照有关文件执行。"),
        ("多久开一次会", "每年召开会员大会。", "应当召开会员大会。"),
        ("理事会几年一次换届", "理事会每届四年。", "理事会应当换届。"),
        ("孵化补贴能拿多少钱", "每家不超过2万元。", "给予资金支持。"),
        ("备案要多久", "十五日内答复。", "应当答复。"),
        ("备案要多久", "材料齐全的当场办理。", "应当受理。"),
        ("备案要几个人", "成员不少于十人。", "应当有成员。"),
        ("年检在哪个网站填", "通过社会组织网上服务平台填报。", "每年三月底前报送。"),
        ("要带什么证件", "提交身份证复印件。", "提交申请材料。"),
        ("社工一个月工资多少钱", "工资不低于三千元。", "投入四千元开展试点。"),
        ("填什么表", "提交备案申请表。", "提交申请。"),
        ("捐了不少钱 备案要几天", "十日内答复。", "捐款三千元。"),
    ],
)
def test_a_particular_form_is_found_or_missed(tools: Tools, question, states, lacks):
    query = asking(tools, question)
    assert not form_missing(query, states)
    assert form_missing(query, lacks)


@pytest.mark.parametrize(
    "free", ["备案不收费。", "免费办理。", "不得收取任何费用。", "无偿提供场地。", "不得向备案的队伍收费。"]
)
def test_free_of_charge_is_an_amount(tools: Tools, free):
    assert not form_missing(asking(tools, "备案要交多少钱"), free)


@pytest.mark.parametrize("open_", ["条例没有统一的开办资金数额。", "开办资金不能低于所属行业规定的下限。"])
def test_an_amount_left_open_is_stated(tools: Tools, open_):
    assert not form_missing(asking(tools, "民非登记要多少钱"), open_)
    assert form_missing(asking(tools, "民非登记要多少钱"), "应当有合法的资金，没有违法记录。")


def test_the_number_of_an_item_is_no_figure(tools: Tools):
    query = asking(tools, "舞蹈队登记要多少人")
    assert form_missing(query, "2.完善分类管理。符合条件的依法登记。\n(3)规范内部治理。")
    assert not form_missing(query, "2.会员不少于50个。")
    assert not form_missing(query, "会员不得少于20，理事若干。")


@pytest.mark.parametrize(
    "question", ["这几点要求是什么", "负责人有什么要求", "填表要几分钟", "备案找谁", "备案归哪管"]
)
def test_a_question_without_a_form_misses_nothing_particular(tools: Tools, question):
    assert not form_missing(asking(tools, question), "十分钟内由街道办事处办理。")


def test_an_empty_text_has_no_form(tools: Tools):
    assert form_missing(asking(tools, "备案要几个人"), "")
    assert not form_missing(asking(tools, "备案找谁"), "")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("备案要几个人", True),
        ("能拿多少钱", True),
        ("要多久", True),
        ("备案找谁", False),
        ("啥是备案", False),
    ],
)
def test_whether_a_figure_is_wanted(tools: Tools, question, wanted):
    assert wants_figure(asking(tools, question)) is wanted


def test_what_the_story_tells_asks_for_no_form(tools: Tools):
    assert not form_missing(asking(tools, "他讲不清值多少钱 票能不能开"), "不得开具票据。")
    assert not form_missing(asking(tools, "用我爹的名字当字号行不行"), "须经本人同意。")
