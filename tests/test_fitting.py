"""What a passage is, beside what is asked: place, validity, kind of text, figures, organisations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking, document

from assistant.domain import NATIONAL, Document, DocumentKind, DocumentStatus, Passage
from assistant.fitting import document_fit, fit, local_match, rejection, unasked_match
from assistant.tools import Tools
from assistant.traits import Traits

TEXT = "社会团体的活动资金不少于3万元。"


def features(tools: Tools, question: str, of: Document, *, region: str | None = None, **passage: str) -> dict:
    found = Passage("p", of.id, 0, len(TEXT), TEXT, passage.pop("section", ""), passage.pop("article", ""))
    found = replace(found, **passage)
    query = asking(tools, question, region=region)
    return fit(query, of, found, Traits(found, of, tools.lexicon)) | document_fit(query, of)


@pytest.mark.parametrize(
    ("asker", "place", "expected"),
    [
        ("四川省", "四川省", {"own_region": 1.0, "within": 0.0, "other_region": 0.0}),
        ("四川省成都市", "四川省", {"own_region": 1.0}),
        ("四川省", "四川省成都市", {"own_region": 0.0, "within": 1.0}),
        ("四川省", "吉林省", {"own_region": 0.0, "other_region": 1.0}),
        ("四川省", NATIONAL, {"own_region": 0.0, "within": 0.0, "other_region": 0.0}),
        (None, "吉林省", {"other_region": 1.0}),
    ],
)
def test_place_is_the_askers_or_another(tools: Tools, asker: str | None, place: str, expected: dict):
    found = features(tools, "活动资金要多少", document("d", region=place), region=asker)
    assert {name: found[name] for name in expected} == expected


def test_a_place_named_in_the_question_counts_more_than_one_chosen(tools: Tools):
    of = document("d", region="四川省")
    assert features(tools, "活动资金要多少", of, region="四川省")["region_named"] == 0.0
    assert features(tools, "四川的活动资金要多少", of)["region_named"] == 1.0


@pytest.mark.parametrize(
    ("status", "stale", "expired"),
    [
        (DocumentStatus.IN_FORCE, 0.0, 0.0),
        (DocumentStatus.REPEALED, 1.0, 0.0),
        (DocumentStatus.REVISED, 1.0, 0.0),
        (DocumentStatus.DRAFT, 1.0, 0.0),
        (DocumentStatus.EXPIRED, 0.0, 1.0),
    ],
)
def test_texts_no_longer_or_not_yet_in_force_are_marked(tools: Tools, status, stale, expired):
    found = features(tools, "活动资金要多少", replace(document("d"), status=status))
    assert (found["stale"], found["expired"]) == (stale, expired)


def test_amounts_are_wanted_and_held(tools: Tools):
    asked = features(tools, "活动资金要多少钱", document("d"))
    assert (asked["has_figure"], asked["has_money"]) == (1.0, 1.0)
    other = features(tools, "活动资金谁来管", document("d"))
    assert (other["has_figure"], other["has_money"]) == (0.0, 0.0)


def test_another_kind_of_organisation_is_told_from_the_one_asked_about(tools: Tools):
    same = features(tools, "社会团体的活动资金要多少", document("d"))
    assert (same["same_organisation"], same["other_organisation"]) == (1.0, 0.0)
    other = features(tools, "基金会的活动资金要多少", document("d"))
    assert (other["same_organisation"], other["other_organisation"]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("question", "title", "foreign"),
    [
        ("社团不年检会咋样", "民办非企业单位年度检查办法", 1.0),
        ("民非不年检会咋样", "民办非企业单位年度检查办法", 0.0),
        ("社团不年检会咋样", "社会组织评估管理办法", 0.0),  # of all forms
        ("志愿队要登记吗", "社会团体登记管理条例", 0.0),  # no form of registration is named
        ("不年检会咋样", "民办非企业单位年度检查办法", 0.0),
    ],
)
def test_a_law_of_another_form_is_told_by_its_title(tools: Tools, question, title, foreign):
    assert features(tools, question, document("d", title=title))["foreign_law"] == foreign


@pytest.mark.parametrize(
    ("question", "topic", "text", "other"),
    [
        ("登记要几个人", "备案条件", "备案门槛：会员10个。", 1.0),
        ("注册要几个人", "备案条件", "备案门槛：会员10个。", 1.0),
        ("备案要几个人", "登记条件", "会员50个。", 1.0),
        ("备案登记要几个人", "备案条件", "备案门槛：会员10个。", 0.0),
        ("没登记的队归谁管", "备案程序", "由街道备案。", 0.0),
        ("登记要几个人", "备案条件", "登记或者备案都要10个。", 0.0),
        ("登记要几个人", "登记条件", "会员50个。", 0.0),
        ("要几个人", "备案条件", "备案门槛：会员10个。", 0.0),
        ("登记要几个人", "", "备案门槛：会员10个。", 0.0),
    ],
)
def test_a_clause_on_the_other_procedure_is_told_by_its_topic(tools: Tools, question, topic, text, other):
    found = features(tools, question, document("d"), topic=topic, text=text)
    assert found["other_procedure"] == other


def test_articles_and_kinds_of_text_are_those_named(tools: Tools):
    of = replace(document("d", title="测试办法"), level="规范性文件", kind=DocumentKind.FACT_CARD)
    found = features(tools, "办法第十条怎么说", of, article="第十条")
    assert (found["article_named"], found["kind_named"], found["fact_card"]) == (1.0, 1.0, 1.0)
    found = features(tools, "条例第九条怎么说", replace(of, level="政策解读"), article="第十条")
    assert (found["article_named"], found["kind_named"], found["not_a_rule"]) == (0.0, 0.0, 1.0)


def test_the_own_place_counts_as_far_as_the_clause_matches():
    found = local_match({"own_region": 1.0, "region_named": 0.0, "coverage": 0.5, "asked_both": 0.25})
    assert found == {"own_match": 0.75, "named_match": 0.0}


def test_words_and_vector_count_apart_where_nobody_wrote_how_people_ask():
    match = {"coverage": 0.5, "dense": 0.25}
    new = unasked_match(match, unasked=True, crowd=0.125)
    assert new == {"unasked": 1.0, "unasked_coverage": 0.5, "unasked_dense": 0.125}
    assert set(unasked_match(match, unasked=False, crowd=0.125).values()) == {0.0}


@pytest.mark.parametrize(
    ("asker", "place", "words"),
    [
        ("四川省", "四川省", ""),
        ("四川省", NATIONAL, ""),
        ("四川省", "吉林省", "吉林省的文件，不是提问地区的依据"),
        ("四川省", "四川省成都市", "四川省成都市的文件，只适用于该地"),
        (None, "吉林省", "吉林省的文件，提问未说明地区"),
    ],
)
def test_a_rule_of_another_place_is_no_basis(tools: Tools, asker: str | None, place: str, words: str):
    query = asking(tools, "活动资金要多少", region=asker)
    assert rejection(query, document("d", region=place)) == words
