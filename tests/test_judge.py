"""assistant.judge: from a probability to the status a question ends with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from answering import asking, document, hit

from assistant.domain import AnswerStatus, DocumentStatus, Hit
from assistant.evidence import Evidence
from assistant.judge import FOLLOW_UP, NO_RULE, SAME_QUESTION, STILL, Judge, Verdict, within
from assistant.standing import Standing
from assistant.tools import Tools
from assistant.trees import Trees
from assistant.understand import Query


class AsItIs:
    """In the place of trained trees: the evidence's one feature."""

    def sum(self, features: Mapping[str, float]) -> float:
        return features["fit"]


JUDGE = Judge(cast(Trees, AsItIs()), threshold=0.6, threshold_new=0.7, harmless={})
SICHUAN = document("s", region="四川省")
BUILT_IN = replace(document("b"), builtin=True)
CHENGDU = document("c", region="四川省成都市")


def by_score(_query: Query, hits: Sequence[Hit], _others: Sequence[Hit] = ()) -> dict[str, float]:
    """Evidence whose probability is the best hit's score."""
    score = hits[0].score
    return {"fit": math.log(score / (1 - score))}


def scored(query: Query, basis: Sequence[Hit]) -> Verdict:
    """The verdict on hits whose best score is the probability."""
    return JUDGE.verdict(query, basis, (), evidence=cast(Evidence, by_score))


@pytest.fixture
def decide(tools: Tools):
    def verdict(
        question: str, basis: Sequence[Hit] = (), others: Sequence[Hit] = (), **changed: object
    ) -> tuple[AnswerStatus, str]:
        query = replace(asking(tools, question, region="四川"), **changed)  # type: ignore[arg-type]
        found = JUDGE.verdict(query, basis, others, evidence=cast(Evidence, by_score))
        return found.status, found.reason

    return verdict


def test_probability_is_the_logistic_of_the_trees_sum():
    assert JUDGE.probability({"fit": 2.0}) == pytest.approx(1 / (1 + math.exp(-2.0)))
    assert 0.0 < JUDGE.probability({"fit": -1e9}) < 1e-12  # no overflow


def test_the_shipped_judge_is_whole():
    judge = Judge.load()
    assert 0 < judge.threshold < 1 and 0 < judge.threshold_new < 1
    assert np.isfinite(judge.trees.value).all() and np.isfinite(judge.trees.threshold).all()
    assert all(heard >= 2 for heard in judge.harmless.values())


def test_a_text_without_known_ways_of_asking_must_be_surer(decide):
    assert decide("备案找谁", [hit("街道。", score=0.65, unasked=1.0)])[0] is AnswerStatus.NO_EVIDENCE
    assert decide("备案找谁", [hit("街道。", score=0.71, unasked=1.0)])[0] is AnswerStatus.ANSWERED


class Reads:
    """Evidence whose probability is the best hit's coverage, with a reader that is sure of what ends in 人."""

    def __call__(self, _query: Query, hits: Sequence[Hit], _others: Sequence[Hit] = ()) -> dict[str, float]:
        share = hits[0].reasons["coverage"]
        return {"fit": math.log(share / (1 - share))}

    def stated(self, _question: str, hits: Sequence[Hit]) -> tuple[float, ...]:
        return tuple(1.0 if hit.passage.text.endswith("人。") else -2.0 for hit in hits)


@pytest.mark.parametrize(
    ("text", "probability", "answered"),
    [("会员50人。", 0.65, True), ("会员50人以上。", 0.65, False), ("会员50人。", 0.55, False)],
)
def test_the_clause_quoted_for_its_figure_is_judged(tools: Tools, text, probability, answered):
    basis = [hit("依法登记。", coverage=0.3), hit(text, score=0.7, coverage=probability)]
    found = JUDGE.verdict(asking(tools, "登记要多少人"), basis, [], evidence=cast(Evidence, Reads()))
    assert (found.status is AnswerStatus.ANSWERED) == answered


def test_the_threshold_itself_answers(decide):
    assert decide("备案找谁", [hit("街道。", score=0.61)]) == (AnswerStatus.ANSWERED, "")
    assert decide("备案找谁", [hit("街道。", score=0.59)]) == (AnswerStatus.NO_EVIDENCE, NO_RULE)


def test_a_follow_up_needs_a_share_of_it(decide):
    low = 0.6 * FOLLOW_UP
    assert decide("备案找谁", [hit("街道。", score=low + 0.01)], follow_up=True)[0] is AnswerStatus.ANSWERED
    assert (
        decide("备案找谁", [hit("街道。", score=low - 0.01)], follow_up=True)[0] is AnswerStatus.NO_EVIDENCE
    )


def test_whether_a_text_still_counts_needs_a_share_of_it_because_its_record_says_that(decide):
    low, still = 0.6 * STILL, {"standing": (Standing.FORCE,), "of_record": False}
    assert decide("备案办法还作数不", [hit("略。", score=low + 0.01)], **still)[0] is AnswerStatus.ANSWERED
    assert decide("备案办法还作数不", [hit("略。", score=low - 0.01)], **still)[0] is AnswerStatus.NO_EVIDENCE
    assert decide("备案办法找谁", [hit("略。", score=low + 0.01)])[0] is AnswerStatus.NO_EVIDENCE


def test_a_number_that_is_not_held_is_not_answered_for(decide):
    question = "测民〔2012〕8号还有效吗"
    assert decide(question, [hit("略。", score=0.9)]) == (
        AnswerStatus.NO_EVIDENCE,
        "没有收录测民〔2012〕8号",
    )
    bears = replace(document("n"), doc_number="测民〔2012〕8号")
    assert decide(question, [hit("略。", of=bears, score=0.9)])[0] is AnswerStatus.ANSWERED
    tells = document("n", evidence="2024年施行，废止测民〔2012〕8号")
    assert decide(question, [hit("略。", of=tells, score=0.9)])[0] is AnswerStatus.ANSWERED
    assert decide(question, [hit("代替测民〔2012〕8号。", score=0.9)])[0] is AnswerStatus.ANSWERED
    assert decide(question)[0] is AnswerStatus.NO_EVIDENCE


def test_a_question_that_was_written_down_for_the_clause_is_answered(decide):
    just_so = {"asked_words": 0.8, "asked_dense": 1.0, "asked_so": 1.0}
    assert decide("备案找谁", [hit("街道。", score=0.1, **just_so)]) == (AnswerStatus.ANSWERED, "")
    gap = just_so | {"gap_words": 0.7, "gap_dense": 1.0}  # but as one that nothing answers too
    assert decide("备案找谁", [hit("街道。", score=0.1, **gap)])[0] is AnswerStatus.NO_EVIDENCE
    rival = [hit("由区里备案。", of=SICHUAN, score=0.9, rejected="外地")]
    assert decide("备案找谁", [hit("街道。", score=0.1, **just_so)], rival)[0] is AnswerStatus.ANSWERED


def test_contacts_are_refused_whatever_was_found(decide):
    sure = [hit("电话是街道的。", score=0.99)]
    assert decide("街道办的电话是多少", sure) == (AnswerStatus.NO_EVIDENCE, "联系方式")


def test_another_field_is_refused_unless_the_texts_surely_say_it(decide):
    assert decide("明天气温多少") == (AnswerStatus.OUT_OF_SCOPE, "天气")
    assert decide("明天气温怎么样", [hit("气温。", of=BUILT_IN, score=0.45)]) == (
        AnswerStatus.OUT_OF_SCOPE,
        "天气",
    )
    assert decide("明天气温怎么样", [hit("气温。", of=BUILT_IN, score=0.99)]) == (AnswerStatus.ANSWERED, "")


def test_a_word_of_this_field_makes_another_field_less_likely(decide):
    question = "明天下雨广场舞改期吗"
    assert decide(question, [hit("改期。", of=BUILT_IN, score=0.1)]) == (AnswerStatus.NO_EVIDENCE, NO_RULE)
    assert decide(question, [hit("改期。", of=BUILT_IN, score=0.7)]) == (AnswerStatus.ANSWERED, "")


def test_a_text_that_was_added_widens_the_field(decide):
    surely = replace(BUILT_IN, builtin=False)
    assert decide("明天气温怎么样", [hit("气温。", of=surely, score=0.72)]) == (AnswerStatus.ANSWERED, "")
    assert decide("明天气温怎么样", [hit("气温。", of=surely, score=0.69)]) == (
        AnswerStatus.OUT_OF_SCOPE,
        "天气",
    )
    outside = [hit("气温。", of=replace(BUILT_IN, builtin=True), score=0.49)]
    assert decide("明天气温怎么样", outside)[0] is AnswerStatus.OUT_OF_SCOPE


def test_nothing_found_is_no_evidence(decide):
    assert decide("备案找谁") == (AnswerStatus.NO_EVIDENCE, NO_RULE)


def test_a_question_without_words_of_its_own_is_unclear(decide):
    assert decide("备案找谁", own_words={})[0] is AnswerStatus.UNCLEAR


@pytest.mark.parametrize(
    ("question", "text", "reason"),
    [
        ("孵化补贴能拿多少钱", "给予资金支持。", "没有写明具体金额"),
        ("备案要多久", "街道应当答复。", "没有写明具体期限"),
        ("备案要几个人", "应当有成员。", "没有写明具体数量"),
        ("备案的文号是什么", "由街道备案。", "没有写明所问的细节"),
    ],
)
def test_a_clause_that_lacks_what_is_asked_does_not_answer(decide, question, text, reason):
    assert decide(question, [hit(text, score=0.9)]) == (AnswerStatus.NO_EVIDENCE, reason)


def test_a_near_equal_clause_may_state_the_amount(decide):
    basis = [hit("给予资金支持。", score=0.9), hit("每家补贴二万元。", score=0.88)]
    assert decide("孵化补贴能拿多少钱", basis)[0] is AnswerStatus.ANSWERED
    far = [basis[0], replace(basis[1], score=0.3)]  # it would not be quoted
    assert decide("孵化补贴能拿多少钱", far)[0] is AnswerStatus.NO_EVIDENCE


def test_the_very_question_written_down_for_a_clause_is_answered_by_it(decide):
    known = hit("给予资金支持。", score=0.9, asked_words=SAME_QUESTION)
    assert decide("孵化补贴能拿多少钱", [known])[0] is AnswerStatus.ANSWERED


def test_only_another_regions_rule(decide):
    others = [hit("由街道备案。", of=document("j", region="吉林省"), score=0.9, rejected="外地")]
    assert decide("备案找谁", [], others) == (AnswerStatus.OTHER_REGION_ONLY, "吉林省")
    assert decide("备案找谁", [], [replace(others[0], score=0.55)])[0] is AnswerStatus.NO_EVIDENCE
    assert decide("备案找谁", [hit("由街道备案。", score=0.7)], others)[0] is AnswerStatus.ANSWERED


def test_a_rule_of_a_place_inside_the_askers_answers_in_part(decide):
    inside = hit("由街道备案。", of=CHENGDU, score=0.9, rejected="只适用于成都", within=1.0)
    outside = hit("由街道备案。", of=document("j", region="吉林省"), score=0.95, rejected="外地")
    assert decide("备案找谁", [], [outside, inside]) == (AnswerStatus.PARTIAL, "四川省成都市")
    assert within([outside, inside]) == [inside]
    assert within([]) == []


@pytest.mark.parametrize(
    ("here", "nearby", "status"),
    [
        (0.2, 0.9, AnswerStatus.PARTIAL),
        (0.4, 0.9, AnswerStatus.PARTIAL),  # it scores half as much again
        (0.65, 0.9, AnswerStatus.ANSWERED),
        (0.2, 0.6, AnswerStatus.ANSWERED),
    ],
)
def test_it_goes_before_a_doubtful_rule_of_the_whole(tools: Tools, here, nearby, status):
    judge = replace(JUDGE, threshold=0.1)
    inside = hit("由街道备案。", of=CHENGDU, score=nearby, rejected="只适用于成都", within=1.0)
    query = asking(tools, "备案找谁", region="四川")
    found = judge.verdict(query, [hit("由街道。", score=here)], [inside], evidence=cast(Evidence, by_score))
    assert found.status is status


@pytest.mark.parametrize(
    ("here", "there", "status"),
    [
        (0.25, 0.8, AnswerStatus.OTHER_REGION_ONLY),
        (0.35, 0.8, AnswerStatus.OTHER_REGION_ONLY),  # it scores half as much again
        (0.46, 0.8, AnswerStatus.ANSWERED),
        (0.25, 0.6, AnswerStatus.ANSWERED),
    ],
)
def test_another_places_sure_rule_goes_before_a_doubtful_one_from_here(tools: Tools, here, there, status):
    judge = replace(JUDGE, threshold=0.2)
    query = asking(tools, "备案找谁", region="四川")
    others = [hit("街道。", of=document("g", region="贵州省"), score=there)]
    evidence = cast(Evidence, by_score)
    assert judge.verdict(query, [hit("民政。", score=here)], others, evidence=evidence).status is status
    later = judge.verdict(
        replace(query, follow_up=True), [hit("民政。", score=here)], others, evidence=evidence
    )
    assert later.status is status  # also in a conversation
    of_all = judge.verdict(
        replace(query, wants_national=True), [hit("民政。", score=here)], others, evidence=evidence
    )
    assert of_all.status is AnswerStatus.ANSWERED


OF_RECORD = {"standing": (Standing.FORCE,), "of_record": True}


def test_the_validity_of_a_named_document_is_in_its_record(decide):
    basis = [hit("第一条 为了规范备案。", of=SICHUAN, score=0.1, title_named=1.0)]
    assert decide("《备案办法》还有效吗", basis, **OF_RECORD)[0] is AnswerStatus.ANSWERED
    assert decide("《备案办法》怎么说", basis)[0] is AnswerStatus.NO_EVIDENCE


def test_a_text_is_meant_by_a_part_of_its_title_and_more_of_it_where_a_place_is_named(decide):
    law = [hit("略。", of=document("law", title="社区组织备案管理办法"), score=0.1)]
    assert decide("社区组织备案办法还有效吗", law, **OF_RECORD)[0] is AnswerStatus.ANSWERED
    assert decide("组织备案的还有效吗", law, **OF_RECORD)[0] is AnswerStatus.ANSWERED
    assert decide("遵义组织备案的还有效吗", law, **OF_RECORD)[0] is AnswerStatus.NO_EVIDENCE
    assert decide("采购的还有效吗", law, **OF_RECORD)[0] is AnswerStatus.NO_EVIDENCE


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("物业管理条例还有效吗", False),
        ("劳动合同法是哪年修订的", False),
        ("分会管理的新办法是不是还没出来", False),
        ("抽查的那个老办法是不是废了", False),
        ("备案办法还有效吗", True),
        ("那个暂行办法还有效吗", True),
        ("那这份办法还有效吗", True),
        ("这两份办法还有效吗", True),
        ("社区组织管理办法国家正式规定了没", True),
    ],
)
def test_a_text_named_by_other_words_is_not_held(decide, question, held):
    law = [
        hit(
            "略。",
            of=document("law", title="社区组织备案管理办法", region="四川省"),
            score=0.9,
            own_region=1.0,
        )
    ]
    status, reason = decide(question, law, **OF_RECORD)
    assert (status is AnswerStatus.ANSWERED) is held
    assert reason == ("" if held else "没有收录您问的文件")


def test_a_record_that_lacks_what_is_asked_answers_in_part(tools: Tools):
    law = document("law", title="社区组织备案管理办法", evidence="有效期条款未见")
    query = replace(
        asking(tools, "社区组织备案管理办法有效期到哪天"), standing=(Standing.UNTIL,), of_record=True
    )
    found = scored(query, [hit("略。", of=law, score=0.1)])
    assert (found.status, found.of_basis, found.lacking) == (
        AnswerStatus.PARTIAL,
        True,
        "没有写明这份文件的有效期限",
    )
    told = replace(law, expires_on="2027-12-31")
    assert scored(query, [hit("略。", of=told, score=0.1)]).status is AnswerStatus.ANSWERED


def test_a_text_that_is_only_told_of_is_answered_for_in_part(decide):
    question = "测民〔2012〕8号还有效吗"
    tells = hit("以测民〔2012〕8号为依据。", of=document("n", title="备案办法"), score=0.9, title_named=1.0)
    assert decide(question, [tells], **OF_RECORD)[0] is AnswerStatus.PARTIAL
    ends = hit("测民〔2012〕8号同时废止。", of=document("n", title="备案办法"), score=0.9, title_named=1.0)
    assert decide(question, [ends], **OF_RECORD)[0] is AnswerStatus.ANSWERED


def test_a_text_named_with_a_place_is_not_another_places(tools: Tools):
    nation = [hit("略。", of=document("nation", title="志愿服务条例"), score=0.1, title_named=1.0)]

    def of_record(question: str) -> Verdict:
        query = replace(asking(tools, question), standing=(Standing.FORCE,), of_record=True)
        return scored(query, nation)

    there = of_record("辽宁志愿服务条例还有效吗")
    assert (there.status, there.lacking) == (
        AnswerStatus.PARTIAL,
        "没有收录辽宁省的这份文件，以下是全国的",
    )
    assert of_record("国家的志愿服务条例在辽宁还有效吗").status is AnswerStatus.ANSWERED
    assert of_record("志愿服务条例还有效吗").status is AnswerStatus.ANSWERED


def test_another_five_year_plan_is_not_the_one_asked_about(decide):
    plan = [hit("略。", of=document("plan", title="“十四五”社会组织规划"), score=0.9, title_named=1.0)]
    assert decide("十五五社会组织规划印发没有", plan, **OF_RECORD)[0] is AnswerStatus.NO_EVIDENCE
    assert decide("十四五社会组织规划还有效吗", plan, **OF_RECORD)[0] is AnswerStatus.ANSWERED


def test_a_call_whose_period_is_over_is_said_to_be_over(decide):
    call = replace(
        document("call", title="社区项目征集公告"), status=DocumentStatus.EXPIRED, expires_on="2023-12-31"
    )
    over, rule = (
        hit("报名。", of=call, score=0.1),
        hit("报名。", of=document("r", title="社区项目征集办法"), score=0.1),
    )
    assert decide("社区项目征集现在还能报名吗", [over])[0] is AnswerStatus.PARTIAL
    assert decide("社区项目征集现在还能报名吗", [rule])[0] is AnswerStatus.NO_EVIDENCE
    assert decide("社区项目征集要交哪些表", [over])[0] is AnswerStatus.NO_EVIDENCE
    sure = hit("2023年资助三万元。", of=call, score=0.9)
    assert decide("社区项目征集今年资助多少钱", [sure])[0] is AnswerStatus.PARTIAL
    assert decide("社区项目征集资助多少钱", [sure])[0] is AnswerStatus.ANSWERED


def test_rivals_are_not_heard_when_the_nations_rule_is_wanted(tools: Tools):
    heard: list[Sequence[Hit]] = []

    def listening(query: Query, hits: Sequence[Hit], others: Sequence[Hit] = ()) -> Mapping[str, float]:
        heard.append(others)
        return by_score(query, hits)

    rival = hit("由街道备案。", of=SICHUAN, score=0.7, rejected="外地")
    for question in ("备案找谁", "国家规定备案找谁"):
        JUDGE.verdict(
            asking(tools, question), [hit("街道。", score=0.9)], [rival], evidence=cast(Evidence, listening)
        )
    assert heard == [[rival], (), (), ()]


@pytest.mark.parametrize(
    ("question", "text", "level", "region", "status"),
    [
        ("成都有多少家备案的", "全省备案2.6万家。", "答复函", "四川省", AnswerStatus.NO_EVIDENCE),
        ("成都有多少家备案的", "全省备案2.6万家，成都6000家。", "答复函", "四川省", AnswerStatus.ANSWERED),
        ("四川有多少家备案的", "全省备案2.6万家。", "答复函", "四川省", AnswerStatus.ANSWERED),
        ("备案的有多少", "全省备案2.6万家。", "答复函", "四川省", AnswerStatus.NO_EVIDENCE),  # chosen: 成都
        ("省里备案的有多少", "全省备案2.6万家。", "答复函", "四川省", AnswerStatus.ANSWERED),
        ("登记要有多少人", "全省要求20人。", "答复函", "四川省", AnswerStatus.ANSWERED),
        ("我们县有多少家备案的", "全省备案2.6万家。", "答复函", "四川省", AnswerStatus.NO_EVIDENCE),
        ("成都备案要多少人", "应当有10人以上。", "规范性文件", "四川省", AnswerStatus.ANSWERED),  # a rule
    ],
)
def test_a_report_of_a_wider_place_has_not_the_figure_of_a_place_inside(
    tools: Tools, question, text, level, region, status
):
    report = replace(document("r", region=region), level=level)
    query = asking(tools, question, region="四川省成都市")
    found = JUDGE.verdict(query, [hit(text, of=report, score=0.9)], [], evidence=cast(Evidence, by_score))
    assert found.status is status


def test_a_message_of_several_questions_is_not_refused_for_the_one_that_asks_for_a_telephone(decide):
    sure = [hit("由街道备案。", score=0.9)]
    assert decide("电话是多少？要带什么材料？备案找谁？", sure)[0] is AnswerStatus.ANSWERED
    assert decide("电话是多少", sure) == (AnswerStatus.NO_EVIDENCE, "联系方式")


def test_a_follow_up_without_words_of_its_own_is_not_unclear(decide):
    assert decide("备案找谁", own_words={}, follow_up=True)[0] is AnswerStatus.NO_EVIDENCE
