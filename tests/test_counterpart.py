"""assistant.counterpart: the nation's clause for the place that has no rule of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking, document, hit

from assistant.aspects import Aspect
from assistant.counterpart import PERHAPS, with_counterparts
from assistant.domain import NATIONAL, AnswerStatus, Hit
from assistant.finding import Finding
from assistant.judge import Verdict
from assistant.tools import Tools

THEIRS = "社会团体登记：个人会员20名以上或单位会员10个以上，混合的会员总数不少于20个。"
NATIONS = "社会团体的会员门槛：个人会员50个以上，或单位会员30个以上；混合组成的，合计不少于50个。"
OTHER = "中标、成交通知书发出之日起30日内签合同。"
ANSWERED, NOT = (
    Verdict(AnswerStatus.ANSWERED, 0.9, 0.0, ""),
    Verdict(AnswerStatus.NO_EVIDENCE, 0.1, 0.0, "没有"),
)


@pytest.fixture
def completed(tools: Tools):
    def found(theirs: Finding | None, *basis: Hit) -> Finding:
        query = asking(tools, "会员要几个")
        ours = Finding(Aspect("江西省南昌市", query, place="江西省南昌市"), list(basis), NOT)
        return with_counterparts([ours, *([theirs] if theirs else [])], tools.encoder)[0]

    return found


@pytest.fixture
def theirs(tools: Tools) -> Finding:
    rule = hit(THEIRS, of=document("yangzhou", region="江苏省扬州市"))
    aspect = Aspect("江苏省扬州市", asking(tools, "会员要几个"), place="江苏省扬州市")
    return Finding(aspect, [rule], ANSWERED)


def national(text: str) -> Hit:
    return hit(text, of=document("nation", region=NATIONAL))


def test_the_nations_clause_on_the_same_matter_answers_for_a_place(completed, theirs):
    found = completed(theirs, national(OTHER), national(NATIONS))
    assert found.answered
    assert [one.passage.text for one in found.basis] == [NATIONS]


def test_a_clause_on_another_matter_answers_nothing(completed, theirs):
    assert not completed(theirs, national(OTHER)).answered
    assert not completed(theirs).answered


@pytest.mark.parametrize(
    ("lead", "probability", "answers"), [(2.0, 0.3, True), (1.1, 0.3, False), (2.0, 0.1, False)]
)
def test_a_clause_far_ahead_that_likely_answers_needs_no_likeness(
    tools: Tools, theirs, lead, probability, answers
):
    first, second = (
        replace(national(text), score=score) for text, score in ((OTHER, lead), ("票据要留存备查。", 1.0))
    )
    doubtful = replace(NOT, probability=probability)
    aspect = Aspect("江西省南昌市", asking(tools, "合同几天内签"), place="江西省南昌市")
    ours, _ = with_counterparts([Finding(aspect, [first, second], doubtful), theirs], tools.encoder)
    assert ours.answered is answers
    assert not answers or ours.basis == [first]


def test_without_another_places_rule_nothing_is_compared(completed, theirs):
    assert not completed(None, national(NATIONS)).answered
    national_only = Finding(theirs.aspect, [national(THEIRS)], ANSWERED)
    assert not completed(national_only, national(NATIONS)).answered


def test_the_clause_with_the_figure_given_for_a_place_is_on_it(tools: Tools, theirs):
    query = asking(tools, "全国是三十天内签")
    held, perhaps = [national(NATIONS), national(OTHER)], replace(NOT, probability=PERHAPS)
    nations = Finding(Aspect(NATIONAL, query, place=NATIONAL), held, perhaps)
    found = with_counterparts([theirs, nations], tools.encoder)[1]
    assert [one.passage.text for one in found.basis] == [OTHER]
    doubtful = replace(nations, verdict=NOT)  # the figure stands there by chance
    assert with_counterparts([theirs, doubtful], tools.encoder)[1].basis[0].passage.text != OTHER


def test_another_places_very_rule_is_no_counterpart(tools: Tools):
    query = asking(tools, "会员要几个")
    rule = national(NATIONS)
    nations = Finding(Aspect(NATIONAL, query, place=NATIONAL), [rule], ANSWERED)
    ours = Finding(Aspect("四川省", query, place="四川省"), [rule], NOT)
    assert not with_counterparts([nations, ours], tools.encoder)[1].answered


def test_of_clauses_with_that_figure_the_one_on_the_same_kind_of_body_is_meant(tools: Tools, theirs):
    figure = "清算结束之日起30日内办理注销登记。"
    foundation = hit(figure, of=document("a", title="基金会管理条例"))
    society = hit(OTHER, of=document("b", title="社会团体登记管理条例"))
    query = asking(tools, "全国是三十天内")
    ruled = replace(
        theirs, basis=[hit(THEIRS, of=document("y", title="扬州市社会团体办法", region="江苏省扬州市"))]
    )
    nations = Finding(
        Aspect(NATIONAL, query, place=NATIONAL), [foundation, society], replace(NOT, probability=PERHAPS)
    )
    assert with_counterparts([ruled, nations], tools.encoder)[1].basis == [society]
