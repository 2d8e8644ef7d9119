"""assistant.premise: what a question takes for granted and the quotes contradict."""

from __future__ import annotations

import pytest
from answering import asking

from assistant.premise import corrections
from assistant.tools import Tools

MEMBERS = "发起人不少于2个、会员不少于10个。"


@pytest.fixture
def corrected(tools: Tools):
    def lines(question: str, *quotes: str) -> list[str]:
        return corrections(asking(tools, question), quotes)

    return lines


def test_a_wrong_figure_is_set_right(corrected):
    assert corrected("登记要30个会员对吧", "个人会员不少于五十个。") == [
        "您提到的“30个”与原文不一致：原文写的是个人会员不少于五十个。"
    ]


def test_figures_of_the_same_unit_are_all_shown(corrected):
    lines = corrected("听说补贴5万元", "市级补贴三万元，区级补贴2万元，社区补贴三万元。")
    assert lines == ["您提到的“5万元”与原文不一致：原文写的是市级补贴三万元、区级补贴2万元、社区补贴三万元。"]


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


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("我们街道的舞蹈队公开募捐是不是要备案", "公开募捐报民政部门备案。"),
        ("我们居委会的舞蹈队公开募捐是不是要备案", "公开募捐报民政部门备案。"),
        ("我们是街道办的舞蹈队，公开募捐要备案吗", "公开募捐报民政部门备案。"),
        ("我们是归街道管的舞蹈队，公开募捐要备案吗", "公开募捐报民政部门备案。"),
        ("我们去街道备案过了，公开募捐还要备案吗", "公开募捐报民政部门备案。"),
        ("是居委会说公开募捐要备案，对吧", "公开募捐报民政部门备案。"),
        ("收到街道通知，公开募捐要备案吗", "公开募捐报民政部门备案。"),
        ("备案是去民政局或者街道办对吧", "由居委会代办。"),
    ],
)
def test_a_body_that_is_only_named_is_no_claim(corrected, question, quote):
    assert corrected(question, quote) == []


@pytest.mark.parametrize(
    "question",
    [
        "备案归县民政局管是吧",
        "备案民政局批就行了吧",
        "备案找当地民政局对吧",
        "我们街道的舞蹈队备案是去区民政局吧",
        "居委会说备案是由民政部门受理，对吧",
    ],
)
def test_what_a_body_is_said_to_do_is_a_claim(corrected, question):
    line = "您提到的是民政部门，原文写的是街道办事处（乡镇政府）。"
    assert corrected(question, "由街道办事处备案。") == [line]


AIM = "力争到2023年培育队伍，培训245万人次，形成工作机制。"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("队伍早就成立了，怎么培育", False),
        ("我们孵化基地已经建好了，怎么运营", False),
        ("我们基地已经建成了吧，怎么培育", False),
        ("登记手续已经完成了，怎么培育队伍", False),
        ("培训245万人次已经完成，写总结用", True),
        ("我们省已经培训245万人次，写总结用", True),
        ("培训实际完成了多少", True),
        ("工作机制是不是已经形成了", True),
        ("这个数最后做到了没", True),
    ],
)
def test_an_own_story_is_no_claim_that_an_aim_is_reached(corrected, question, told):
    assert corrected(question, AIM) == (["原文写的是目标或打算，不是已经完成的结果。"] if told else [])


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("是不是第二次开会就能换届", "每年开会四次。"),
        ("四川跟吉林两家是不是都放宽了", "单位会员由30家放宽至20家。"),
        ("我听说街道和社区两家都能办，对吧", "全区三家都能办。"),
        ("我有两个问题，是不是都要备案", "会员不少于十个。"),
        ("听说这两个都能备案", "会员不少于十个。"),
        ("听说七八个人就能备案，对吧", "会员不少于3个。"),
        ("队伍早就成立了，有30个人，怎么培育", "会员不少于十个。"),  # told beside it
        ("点来点去二十三个人，不是能登记吗", "会员不少于十个。"),
    ],
)
def test_figures_that_claim_nothing_give_no_line(corrected, question, quote):
    assert corrected(question, quote) == []


def test_the_number_of_members_is_a_claim_though_as_many_places_are_named(corrected):
    assert corrected("四川跟吉林是不是都要两个会员", "会员不少于十个。") == [
        "您提到的“两个”与原文不一致：原文写的是会员不少于十个。"
    ]


def test_each_line_is_said_once(corrected):
    assert corrected("浙江提前七天报，我们是不是也七天", "提前10日报备。") == [
        "您提到的“七天”与原文不一致：原文写的是10日。"
    ]


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("备案15天了还没给答复正常吗", []),
        ("等了15天没答复正常吗", []),
        ("15天前交的材料，正常吗", []),
        ("这两天交了材料，对吧", []),
        ("是不是15天答复", ["您提到的“15天”与原文不一致：原文写的是7日。"]),
        ("听说15天没答复就算同意", ["您提到的“15天”与原文不一致：原文写的是7日。"]),
        ("听说要等15天", ["您提到的“15天”与原文不一致：原文写的是7日。"]),
        ("是不是15天前报", ["您提到的“15天”与原文不一致：原文写的是7日。"]),
    ],
)
def test_days_waited_or_gone_by_are_no_claim_and_days_of_the_calendar_no_limit(corrected, question, lines):
    assert corrected(question, "7日内答复；街道每季度20日前报表，截至12月31日。") == lines


def test_figures_that_differ_are_told_with_what_they_count(corrected):
    assert corrected("备案要9个对吧", MEMBERS) == [
        "您提到的“9个”与原文不一致：原文写的是发起人不少于2个、会员不少于10个。"
    ]
    assert corrected("备案要9个人对吧", "单位会员由30个放宽至20个。") == [
        "您提到的“9个”与原文不一致：原文写的是30个、20个。"
    ]


def test_asking_whether_a_number_is_enough_claims_no_rule(corrected):
    assert corrected("9个人能备案吗", MEMBERS) == []


@pytest.mark.parametrize(
    "question",
    ["不是20个会员才能备案吗", "是不是20个会员就能备案", "是不是2个会员就能备案", "20个会员才能备案吗"],
)
def test_a_number_that_is_claimed_to_be_the_threshold_is_set_right(corrected, question):
    told = "20个" if "20" in question else "2个"
    assert corrected(question, MEMBERS) == [f"您提到的“{told}”与原文不一致：原文写的是会员不少于10个。"]


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("不是10个会员才能备案吗", MEMBERS),
        ("我们15人才能备案吗", MEMBERS),  # what one has, or what is demanded
        ("是不是我们20个人就能备案", MEMBERS),
        ("合唱团就23个人，人少了吧", MEMBERS),
        ("不是5个项目才能申报吗", "3名以上正式党员。"),  # counts something else
    ],
)
def test_a_true_claim_or_what_one_has_is_not_set_right(corrected, question, quote):
    assert corrected(question, quote) == []


def test_members_are_counted_alike_by_any_measure_word(corrected):
    assert corrected("不是说5个党员才能建支部吗", "凡有3名以上正式党员的。") == [
        "您提到的“5个”与原文不一致：原文写的是3名以上正式党员。"
    ]
