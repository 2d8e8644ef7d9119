from itertools import pairwise

import pytest

from assistant.domain import Document
from ingest.passages import MAX_CHARS, MIN_CHARS, passages_of
from ingest.structure import parse_clauses


def document(text: str) -> Document:
    return Document("d", "标题", text, clauses=parse_clauses(text))


def test_passages_are_verbatim_ordered_and_disjoint():
    text = "一、要求\n（一）甲。" + "内容。" * 200 + "\n（二）乙。" + "短。" * 40 + "\n落款说明。"
    passages = passages_of(document(text))
    assert all(passage.text == text[passage.start : passage.end] for passage in passages)
    assert all(passage.id == f"{passage.start}-{passage.end}" for passage in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))


def test_long_clause_is_cut_between_sentences():
    text = "（一）任务。" + "各地要加强统筹协调并且认真落实。" * 60
    passages = passages_of(document(text))
    assert len(passages) > 1
    assert all(MIN_CHARS <= len(passage.text) <= MAX_CHARS for passage in passages)
    assert all(passage.text.endswith("。") for passage in passages)


def test_text_without_a_single_stop_is_still_cut():
    passages = passages_of(document("字" * 1000))
    assert max(len(passage.text) for passage in passages) <= MAX_CHARS
    assert sum(len(passage.text) for passage in passages) == 1000


def test_article_keeps_its_items_and_never_mixes_with_another():
    text = "第一条 应当具备下列条件：\n（一）有名称；\n（二）有场所。\n第二条 短。"
    passages = passages_of(document(text))
    assert [passage.article for passage in passages] == ["第一条", "第二条"]
    assert passages[0].text.endswith("（二）有场所。")
    assert passages[0].section == "第一条"


def test_heading_alone_on_its_line_is_not_a_passage_but_a_path():
    text = (
        "一、要求\n（一）加强领导。"
        + "各级部门要高度重视。" * 30
        + "\n（二）加大投入。"
        + "落实资金安排。" * 30
    )
    passages = passages_of(document(text))
    assert [passage.section for passage in passages] == [
        "一、要求 > （一）加强领导",
        "一、要求 > （二）加大投入",
    ]
    assert not any(passage.text.startswith("一、要求") for passage in passages)


def test_short_neighbours_join_under_their_common_path():
    text = "一、分工\n" + "甲部门负责登记工作。\n乙部门负责备案工作。\n" * 20
    passages = passages_of(document(text))
    assert {passage.section for passage in passages} == {"一、分工"}
    assert all(len(passage.text) >= 15 for passage in passages)
    assert len(passages) < 10


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_gives_nothing(text: str):
    assert passages_of(document(text)) == []
