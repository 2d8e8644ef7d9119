"""assistant.dialogue: what earlier turns give to a question, on the real lexicon and regions."""

from __future__ import annotations

import pytest
from answering import asking

from assistant.domain import Turn

FILING = "湘潭的舞蹈队备案要几个人"


def said(*texts: str) -> tuple[Turn, ...]:
    """A conversation of the user's turns, each with a reply."""
    return tuple(turn for text in texts for turn in (Turn("user", text), Turn("assistant", "不少于10人。")))


@pytest.mark.parametrize(
    "between",
    [("那要几天",), ("我们有二十来个人",), ("好的", "谢谢"), ("那要几天", "嗯嗯", "知道了")],
)
def test_a_subject_is_kept_over_turns_that_do_not_stand_by_themselves(tools, between):
    query = asking(tools, "材料呢", history=said(FILING, *between))
    assert query.follow_up and query.region == "湖南省湘潭市"
    assert query.before.startswith("湘潭的") and "备案" in query.terms


def test_the_last_thing_said_counts_beside_the_subject(tools):
    query = asking(tools, "有没有封顶", history=said("社会组织的罚款几天内要交", "不交呢"))
    assert query.before == "社会组织的罚款几天内要交 不交呢"


def test_a_question_that_stands_by_itself_ends_the_subject_before_it(tools):
    query = asking(tools, "材料呢", history=said(FILING, "基金会成立要多少原始基金"))
    assert "备案" not in query.terms and "基金会" in query.organisations


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("不是备案，是登记", "湘潭的舞蹈队登记要几个人"),
        ("我说的是登记 不是备案", "湘潭的舞蹈队登记要几个人"),
        ("说错了，不是舞蹈队是养老服务站", "湘潭的养老服务站备案要几个人"),
        ("不对，我说的是登记", "湘潭的舞蹈队登记要几个人"),
        ("那国家是怎么规定的", "按国家规定，的舞蹈队备案要几个人"),
        ("那长沙呢", "长沙  的舞蹈队备案要几个人"),
    ],
)
def test_what_was_meant_all_along_takes_the_place_of_what_was_said(tools, text, meant):
    query = asking(tools, text, history=said(FILING, "好的"))
    assert query.text == meant and not query.follow_up


def test_another_kind_of_organisation_takes_the_place_of_the_one_said(tools):
    query = asking(tools, "说错了 是基金会", history=said("民非登记要什么条件"))
    assert query.organisations == {"基金会"} and "登记要什么条件" in query.text


def test_one_correction_goes_on_with_another(tools):
    query = asking(tools, "不是备案，是登记", history=said(FILING, "不是舞蹈队，是养老服务站"))
    assert query.text == "湘潭的养老服务站登记要几个人"


@pytest.mark.parametrize(
    "text", ["不是说要登记吗", "不是会员是志愿者行不行", "是不是要登记", "我们不是法人", "是登记"]
)
def test_questions_and_statements_with_not_are_no_corrections(tools, text):
    assert asking(tools, text, history=said(FILING)).text == text


def test_a_correction_without_anything_before_it_is_as_it_is(tools):
    assert asking(tools, "不是备案，是登记").text == "不是备案，是登记"


@pytest.mark.parametrize(
    "text", ["国家是怎么规定的", "按国家规定要几个人", "国家对会员人数有什么要求", "全国的规定呢"]
)
def test_the_nations_rule_is_asked_for_whatever_place_was_chosen_or_talked_of(tools, text):
    query = asking(tools, text, region="湖南省湘潭市", history=said("那长沙备案要几个人"))
    assert query.wants_national and query.places == ("全国",)


@pytest.mark.parametrize(
    "text",
    [
        "国家规定50人，我们市有没有放宽",
        "国家机关能不能办社团",
        "长沙和国家的规定哪个严",
        "国家工作人员能当会长怎么规定",
    ],
)
def test_a_place_beside_the_nation_stays(tools, text):
    assert "湖南省" in "".join(asking(tools, text, region="湖南省湘潭市").places)


def test_a_place_after_the_nation_is_asked_without_it(tools):
    query = asking(tools, "那株洲呢", history=said("湘潭备案要几个人", "国家规定呢"))
    assert query.region == "湖南省株洲市" and not query.wants_national


def test_a_conversation_of_thousands_of_turns_is_read_from_its_end(tools):
    query = asking(tools, "那长沙呢", history=said(FILING, *["那株洲呢"] * 3000))
    assert query.region == "湖南省长沙市"
