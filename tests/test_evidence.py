"""assistant.evidence: the features of a question and its best hits, over a small published library."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from answering import asking, hit, opened_library

from assistant.domain import Hit, Turn
from assistant.evidence import OTHERS_LEAD, Evidence
from assistant.index import Index
from assistant.judge import Judge
from assistant.tools import Tools

TEXTS = {
    "law": ("备案办法", "全国", ["备案由街道办事处办理。", "活动资金不少于三万元。", "每年培训一次。"]),
    "sichuan": ("四川补贴办法", "四川省", ["孵化补贴每家两万元。", "舞蹈队可以备案。"]),
}
QUESTIONS = {"law": [("备案找谁", "备案由街道办事处办理。"), ("备案归哪个部门管", "备案由街道办事处办理。")]}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Iterator[Index]:
    with opened_library(tmp_path_factory.mktemp("evidence"), tools, TEXTS, QUESTIONS) as opened:
        yield opened


@pytest.fixture
def found(index: Index) -> dict[str, Hit]:
    """A hit for each passage, by its text."""
    return {
        passage.text: hit(passage.text, of=index.documents[passage.document_id], start=passage.start)
        for passage in index.snapshot.passages(range(5))
    }


@pytest.fixture
def features(index: Index, tools: Tools):
    def of(question: str, *hits: Hit, harmless: dict[str, int] | None = None, **more) -> dict[str, float]:
        return Evidence(index, harmless or {})(asking(tools, question), hits, **more)

    return of


def test_words_that_the_best_hit_says_are_not_missing(features, found):
    said = features("街道备案", found["备案由街道办事处办理。"])
    assert (said["unsaid"], said["missing"], said["particular"]) == (0.0, 0.0, 0.0)
    unsaid = features("街道备案", found["每年培训一次。"])
    assert unsaid["unsaid"] == 1.0  # 备案 stands in the title
    assert 0.0 < unsaid["missing"] < 1.0


def test_official_words_say_what_people_say(index, tools, found):
    evidence = Evidence(index, {})
    query = asking(tools, "备案要交给街道办")
    assert any("街道" in word for word in query.own_words)
    assert not any("街道" in word for word in evidence.unsaid_words(query, found["备案由街道办事处办理。"]))


def test_a_word_of_the_second_best_is_only_missing_from_the_best(features, found):
    both = features("备案资金", found["备案由街道办事处办理。"], found["活动资金不少于三万元。"])
    assert both["missing"] > 0.0 == both["missing_near"]


def test_a_word_known_from_a_way_of_asking_is_not_unknown(features, found):
    known = features("备案归哪个部门", found["备案由街道办事处办理。"])
    assert known["has_ways"] == 1.0
    assert known["unsaid"] > known["unknown"]
    hidden = features("备案归哪个部门", found["备案由街道办事处办理。"], leave_out=frozenset({0, 1}))
    assert hidden["has_ways"] == hidden["kind_known"] == hidden["kind_unknown"] == 0.0
    assert hidden["unknown"] == hidden["unsaid"]


def test_the_kind_of_a_known_question_counts(features, found):
    who = features("街道备案去哪办", found["备案由街道办事处办理。"])
    assert (who["kind_known"], who["kind_unknown"]) == (1.0, 0.0)
    amount = features("备案能拿多少钱", found["备案由街道办事处办理。"])
    assert (amount["kind_known"], amount["kind_unknown"]) == (0.0, 1.0)


def test_everyday_words_weigh_less(features, found):
    at = found["每年培训一次。"]
    rare = features("火锅培训", at)["particular"]
    assert rare == pytest.approx(1.0)  # no document holds the word
    assert features("火锅培训", at, harmless={"火锅": 1})["particular"] == pytest.approx(1 / 2)
    assert features("火锅培训", at, harmless={"火锅": 9})["particular_most"] == pytest.approx(1 / 10)
    own = features("火锅培训", at, harmless={"火锅": 1}, own=frozenset({"火锅"}))
    assert own["particular"] == pytest.approx(1.0)  # heard from this very question only


def test_a_common_word_is_less_particular_than_a_rare_one(features, found):
    common = features("备案", found["孵化补贴每家两万元。"])["particular"]
    rare = features("舞蹈队", found["孵化补贴每家两万元。"])["particular"]
    assert 0.0 < common < rare


@pytest.mark.parametrize(
    ("question", "text", "unsaid"),
    [
        ("四川补贴多少钱", "孵化补贴每家两万元。", 0.0),
        ("四川省孵化补贴", "活动资金不少于三万元。", 1.0),
        ("成都孵化补贴", "孵化补贴每家两万元。", 1.0),
        ("孵化补贴", "活动资金不少于三万元。", 0.0),
    ],
)
def test_a_place_that_the_text_is_not_made_for(features, found, question, text, unsaid):
    named = features(question, found[text])
    assert named["place_unsaid"] == unsaid
    assert named["place_figure"] <= unsaid


def test_a_figure_asked_for_a_place_needs_that_places_text(features, found):
    assert features("成都补贴多少钱", found["孵化补贴每家两万元。"])["place_figure"] == 1.0


def test_a_missing_form_year_or_kind_of_document_is_told(features, found):
    near = (found["备案由街道办事处办理。"], found["活动资金不少于三万元。"])
    amount = features("要多少钱", *near)
    assert (amount["form_missing"], amount["form_missing_near"]) == (1.0, 0.0)
    assert features("2021年备案通知", near[0])["year_missing"] == 1.0
    assert features("2021年备案通知", near[0])["kind_missing"] == 1.0
    there = replace(near[0], reasons=near[0].reasons | {"year_named": 1.0, "kind_named": 1.0})
    assert features("2021年备案通知", there)["year_missing"] == 0.0
    assert features("2021年备案通知", there)["kind_missing"] == 0.0


def test_how_clearly_the_best_stands_out(features, found):
    one = found["备案由街道办事处办理。"]
    assert features("备案", one)["share"] == 1.0
    assert features("备案", one, replace(one, score=0.0))["share"] == pytest.approx(1 / (1 + math.exp(-1)))
    assert features("备案", one, replace(one, score=0.4))["lead"] == pytest.approx(0.6)
    assert features("备案", one, replace(one, score=-1e9))["share"] == pytest.approx(1.0)


def test_rivals_of_other_regions_count_up_to_a_limit(features, found):
    one = found["备案由街道办事处办理。"]
    rival = replace(one, score=99.0, reasons=one.reasons | {"asked_words": 0.8, "asked_dense": 0.6})
    heard = features("备案", one, others=[rival])
    assert heard["others_lead"] == OTHERS_LEAD
    assert heard["others_asked"] == pytest.approx(1.4)
    assert features("备案", rival, others=[one])["others_asked"] == 0.0
    assert features("备案", one)["others_lead"] == 0.0


@pytest.mark.parametrize(
    "question", ["备案", "？a", "123", "成都2021年备案通知要多少钱几岁", "的", "那个呢", "备" * 300]
)
def test_every_question_has_the_same_finite_features(features, found, question):
    names = set(features("备案找谁", found["备案由街道办事处办理。"]))
    for one in found.values():
        got = features(question, one, others=[replace(one, score=-5.0)])
        assert set(got) == names
        assert all(math.isfinite(value) for value in got.values())
        assert not any(math.isnan(value) for value in got.values())


def test_what_is_stated_is_read_only_with_a_reader(index, tools, found):
    class Longest:
        """Takes the longer text for the better one."""

        def scores(self, question: str, texts: list[str]) -> np.ndarray:
            return np.asarray([len(text) for text in texts], dtype=np.float32)

    best, other = found["每年培训一次。"], found["备案由街道办事处办理。"]
    query = asking(tools, "一年培训几次")
    read = Evidence(index, {}, Longest())(query, [best, other])
    assert (read["stated"], read["stated_near"]) == (len(best.passage.text), len(other.passage.text))
    assert "stated" not in Evidence(index, {})(query, [best, other])


def test_a_follow_up_is_read_with_what_was_said_before(index, tools, found):
    asked: list[str] = []

    class Listening:
        def scores(self, question: str, texts: list[str]) -> np.ndarray:
            asked.append(question)
            return np.zeros(len(texts), dtype=np.float32)

    evidence = Evidence(index, {}, Listening())
    evidence(asking(tools, "那多久一次", history=[Turn("user", "培训找谁")]), [found["每年培训一次。"]])
    evidence(asking(tools, "培训多久一次"), [found["每年培训一次。"]])
    assert asked == ["培训找谁 那多久一次", "培训多久一次"]


def test_the_shipped_judge_was_trained_on_these_features(features, found):
    given = features("备案找谁", found["备案由街道办事处办理。"])
    assert set(Judge.load().trees.names) == given.keys() | {"stated", "stated_near"}
