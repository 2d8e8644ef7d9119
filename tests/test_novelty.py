from __future__ import annotations

import pytest

from assistant.novelty import added, joined, lost_condition

LAYERS = (
    "规模较大但未达到登记条件的社区社会组织,由所在乡镇人民政府、街道办事处实施管理;"
    "规模较小、组织松散的社区社会组织,由城乡社区党组织领导,村(居)民委员会对其活动进行指导和管理。"
)
PARTY = (
    "凡有3名以上正式党员的社区社会组织,经上级党组织批准,都应建立党组织;"
    "其他规模小、党员少的社会组织可就近联合建立党组织或依托社区社会组织联合会成立联合党支部。"
)
FINE = (
    "无公开募捐资格擅自公开募捐的，由县级以上民政部门警告、责令停止，责令退还违法募集的财产；"
    "情节严重的处2万元以上20万元以下罚款。"
)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("有3名以上正式党员的，经上级党组织批准，都应撤销党组织。", PARTY),
        ("其他规模小、党员多的社会组织可就近联合建立党组织。", PARTY),
        ("凡有3名以上预备党员的社区社会组织，经上级党组织批准，都应建立党组织。", PARTY),
        ("凡有3名以上正式党员的社区社会组织，报上级党组织知晓后，都应建立党组织。", PARTY),
        ("经上级党组织批准，都应建立党组织和工会组织。", PARTY),
        ("情节轻微的处2万元以上20万元以下罚款。", FINE),
        ("由县级以上民政部门拘留、责令停止。", FINE),
        ("规模较大但未达到登记条件的，由所在街道办事处收费和管理。", LAYERS),
        ("村(居)民委员会对其活动每月进行指导和管理，联系老王。", LAYERS),
    ],
)
def test_words_that_the_quotes_do_not_have_are_found(sentence, quote):
    assert added(sentence, [quote])


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("有3名以上正式党员的社区社会组织，经上级党组织批准，都应当建立党组织。", PARTY),
        ("规模较小、组织松散的，由居民委员会对它的活动进行指导和管理。", LAYERS),
        ("根据规定，没有公开募捐资格而擅自公开募捐的，由民政部门警告、责令停止。", FINE),
        ("情节严重的，处二万元以上二十万元以下的罚款。", FINE),
    ],
)
def test_words_that_only_join_are_no_addition(sentence, quote):
    assert (added(sentence, [quote]), lost_condition(sentence, [quote]), joined(sentence, [quote])) == (
        "",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("sentence", "quote", "lost"),
    [
        ("擅自公开募捐的，处2万元以上20万元以下罚款。", FINE, "情节严重的"),
        ("凡有3名以上正式党员的社区社会组织，都应建立党组织。", PARTY, "经上级党组织批准"),
    ],
)
def test_a_condition_that_is_left_out_is_named(sentence, quote, lost):
    assert lost_condition(sentence, [quote]) == lost


def test_what_follows_from_two_conditions_may_be_told_of_either():
    quote = "两人以上举办且具备法人条件的,应当登记为法人;由企事业单位举办的,应当登记为法人。"
    assert lost_condition("由企事业单位举办的，应当登记为法人。", [quote]) == ""


def test_one_groups_rule_told_of_the_other_is_found():
    assert joined("规模较大但未达到登记条件的社区社会组织，村(居)民委员会对其活动进行指导和管理。", [LAYERS])
    assert joined("规模较小、组织松散的社区社会组织，由所在乡镇人民政府、街道办事处实施管理。", [LAYERS])


def test_whole_items_of_a_list_may_be_told_together():
    quote = "先领取年检报告书；3月31日前报业务主管单位初审；5月31日前报登记机关；登记机关审查并公告结论。"
    assert joined("5月31日前报登记机关，登记机关审查并公告结论。", [quote]) == ""


def test_nothing_is_found_in_nothing():
    assert (added("", []), lost_condition("", []), joined("", [])) == ("", "", "")
