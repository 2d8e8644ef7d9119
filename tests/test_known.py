"""assistant.known: what a question is like, of the ways people ask and of the known gaps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from answering import asking, opened_library

from assistant.index import Index
from assistant.known import NOTHING, KnownQuestions, largest
from assistant.ranking import Ranker
from assistant.retrieve import Retriever
from assistant.tools import Tools

WHO, MONEY = "备案由街道办事处办理。", "活动资金不少于三万元。"
TEXTS = {"law": ("社区组织办法", "全国", [WHO, MONEY])}
QUESTIONS = {"law": [("备案找谁", WHO), ("备案去哪里办", WHO), ("要多少活动资金", MONEY), ("备案要几天", "")]}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Iterator[Index]:
    with opened_library(tmp_path_factory.mktemp("known"), tools, TEXTS, QUESTIONS) as opened:
        yield opened


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, tools: Tools) -> Iterator[Index]:
    with opened_library(tmp_path_factory.mktemp("bare"), tools, TEXTS) as opened:
        yield opened


def like(index: Index, tools: Tools, text: str, leave_out: frozenset[int] = frozenset()):
    query = asking(tools, text)
    vector = tools.encoder.encode([query.text], query=True)[0]
    return KnownQuestions(index).like(query, vector, leave_out=leave_out)


def test_a_known_question_is_found_word_for_word(index, tools):
    found = like(index, tools, "备案找谁")
    ways, gap = found.ways, found.gap
    row = index.targets[index.question_texts.index("备案找谁")].row
    assert ways[row].dense == pytest.approx(1.0, abs=1e-3)
    assert index.question_texts[ways[row].target] == "备案找谁"
    assert gap.strength < ways[row].strength


def test_several_ways_of_one_passage_are_counted_together(index, tools):
    row = index.targets[index.question_texts.index("备案找谁")].row
    way = like(index, tools, "备案找谁").ways[row]
    vector = tools.encoder.encode(["备案找谁", "备案去哪里办"], query=True)
    other = float(vector[0] @ vector[1])
    assert way.following == pytest.approx(other, abs=1e-3)
    assert way.together == pytest.approx(way.dense**4 + other**4, abs=1e-3)
    alone = like(index, tools, "备案找谁", frozenset({index.question_texts.index("备案去哪里办")})).ways[row]
    assert (alone.following, alone.together) == (0.0, pytest.approx(alone.dense**4))


def test_a_known_gap_is_told_apart_from_the_ways_of_its_passage(index, tools):
    found = like(index, tools, "备案要几天")
    ways, gap = found.ways, found.gap
    assert index.targets[gap.target].is_gap
    assert gap.dense == pytest.approx(1.0, abs=1e-3)
    assert all(not index.targets[way.target].is_gap for way in ways.values())
    assert max(way.strength for way in ways.values()) < gap.strength


def test_what_is_left_out_is_not_met(index, tools):
    out = frozenset(index.question_texts.index(text) for text in ("备案找谁", "备案要几天"))
    found = like(index, tools, "备案要几天", leave_out=out)
    assert found.gap == NOTHING
    assert found.gap_share == 0.0
    assert found.ways and all(way.target not in out for way in found.ways.values())


def test_nothing_known_is_like_nothing(bare, tools):
    found = like(bare, tools, "备案找谁")
    assert (found.ways, found.gap, found.gap_share) == ({}, NOTHING, 0.0)
    assert found.unasked.tolist() == [True, True]


def test_a_passage_is_unasked_when_nobody_wrote_a_way_or_all_are_left_out(index, tools):
    row = {
        text: index.targets[index.question_texts.index(text)].row for text in ("备案找谁", "要多少活动资金")
    }
    assert not like(index, tools, "备案找谁").unasked.any()
    money = frozenset(
        {index.question_texts.index("要多少活动资金"), index.question_texts.index("备案要几天")}
    )
    assert like(index, tools, "备案找谁", money).unasked.nonzero()[0].tolist() == [row["要多少活动资金"]]
    who = frozenset({index.question_texts.index("备案找谁")})  # one of two ways
    assert not like(index, tools, "备案找谁", who).unasked.any()


def test_the_share_of_gaps_grows_with_their_likeness(index, tools):
    gap, way = like(index, tools, "备案要几天"), like(index, tools, "备案找谁")
    assert 1.0 > gap.gap_share > way.gap_share > 0.0


def test_hits_tell_how_like_a_known_gap_the_question_is(index, bare, tools):
    def found(of: Index) -> list[float]:
        retriever = Retriever(of, tools.encoder, tools.lexicon, Ranker.load())
        hits = retriever.retrieve(asking(tools, "备案要几天啊"))
        return [hit.reasons["gap_words"] + hit.reasons["gap_dense"] for hit in hits]

    assert min(found(index)) > 1.0
    assert set(found(bare)) == {0.0}


def test_the_largest_are_positive_and_no_more_than_asked_for():
    scores = np.asarray([0.0, 3.0, 1.0, 0.0, 2.0], dtype=np.float32)
    assert set(largest(scores, 2)) == {1, 4}
    assert set(largest(scores, 9)) == {1, 2, 4}
    assert largest(np.zeros(3, dtype=np.float32), 2) == []
