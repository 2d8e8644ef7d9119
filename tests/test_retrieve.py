"""Which ranking a question gets, and that both keep the rules of place and name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_home import silent

from assistant.catalogue import Catalogue
from assistant.domain import NATIONAL, Document, DocumentStatus, ExpectedQuestion, Hit, Passage, Turn
from assistant.index import Index
from assistant.known import NOTHING, Likeness
from assistant.publishing import publish
from assistant.ranking import Ranker
from assistant.regions import Gazetteer
from assistant.retrieve import Retriever, Sight, _worthy
from assistant.tools import Tools
from assistant.uncharted import UnchartedModel
from assistant.understand import Understanding

LAWS = {
    ("租赁合同规定", NATIONAL): [
        "承租人应当按照约定支付租金。",
        "出租人可以解除合同。",
        "本规定由主管部门负责解释。",
    ],
    ("供水规划条例", NATIONAL): ["国务院主管部门编制供水规划。", "供水规划应当公布。"],
    ("四川省租赁规定", "四川省"): ["承租人登记后领取租金补贴。"],
}


class Library:
    """A published home of statutes, asked with one of the two rankings."""

    def __init__(self, index: Index, tools: Tools) -> None:
        """Use `statutes`."""
        regions = {document.region for document in index.documents.values()}
        self._understanding = Understanding(
            tools.lexicon, Gazetteer.load(extra_paths=regions), tools.segmenter
        )
        self.charted = Retriever(index, tools.encoder, tools.lexicon, Ranker.load())
        self.uncharted = Retriever(index, tools.encoder, tools.lexicon, Ranker.load(), UnchartedModel.load())

    def ask(self, question: str, *, region: str | None = None, top_k: int = 20) -> list[Hit]:
        query = self._understanding.query(question, region=region, as_of=date(2026, 1, 1))
        return self.uncharted.retrieve(query, top_k=top_k)

    def vector(self, question: str, *, history: Sequence[Turn] = ()) -> NDArray[np.float32]:
        return self.charted._vector(self._understanding.query(question, history=history))

    def ask_charted(self, question: str) -> list[Hit]:
        return self.charted.retrieve(self._understanding.query(question))


@pytest.fixture
def statutes(tmp_path: Path, catalogue: Catalogue, tools: Tools) -> Iterator[Library]:
    with catalogue.transaction() as connection:
        for number, ((title, region), articles) in enumerate(LAWS.items()):
            text, passages = "", []
            for at, article in enumerate(articles):
                start, text = len(text), f"{text}{article}\n"
                passages.append(
                    Passage(f"{number}-{at}", f"law-{number}", start, len(text) - 1, article, "", "")
                )
            document = Document(f"law-{number}", title, text, region=region, status=DocumentStatus.IN_FORCE)
            catalogue.put(connection, document, passages)
    publish(tmp_path, catalogue, encoder=tools.encoder, segmenter=tools.segmenter, progress=silent)
    index = Index.open(tmp_path, encoder=tools.encoder, segmenter=tools.segmenter)
    yield Library(index, tools)
    index.close()


def test_a_question_nobody_wrote_down_is_ranked_by_what_people_ask_about(statutes: Library):
    hits = statutes.ask("承租人不支付租金能解除合同吗")
    assert {hit.passage.document_id for hit in hits[:2]} == {"law-0"}
    assert all("uncharted" in hit.reasons for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all("uncharted" not in hit.reasons for hit in statutes.ask_charted("承租人不支付租金能解除合同吗"))


def test_the_best_are_kept_when_few_are_wanted(statutes: Library):
    every = [hit.passage.id for hit in statutes.ask("承租人支付租金") if not hit.rejected]
    assert [hit.passage.id for hit in statutes.ask("承租人支付租金", top_k=1) if not hit.rejected] == every[
        :1
    ]


def test_a_follow_up_is_looked_for_with_the_question_before_it(statutes: Library):
    alone, asked = statutes.vector("那登记找谁呢"), statutes.vector("承租人支付租金")
    together = statutes.vector("那登记找谁呢", history=[Turn("user", "承租人支付租金")])
    assert np.linalg.norm(together) == pytest.approx(1.0)
    assert alone @ asked < together @ asked
    assert together @ alone > together @ asked  # its own words come first


def test_another_regions_rule_is_marked_and_comes_last(statutes: Library):
    here = statutes.ask("承租人怎么领租金补贴", region="四川")
    assert here[0].passage.document_id == "law-2" and not here[0].rejected
    elsewhere = statutes.ask("承租人怎么领租金补贴", region="吉林")
    assert elsewhere[-1].passage.document_id == "law-2" and elsewhere[-1].rejected


def test_a_named_document_comes_first(statutes: Library):
    assert statutes.ask("《供水规划条例》公布了没有")[0].passage.document_id == "law-1"


def test_words_nobody_uses_find_nothing(statutes: Library):
    assert statutes.ask("zzz qqq") == []


@pytest.mark.parametrize(
    ("builtin", "question", "by_content"),
    [
        (True, "房租多久交一次", False),  # the built-in corpus knows how people ask this
        (False, "房租多久交一次", True),  # only an added law does
        (True, "犬只登记找哪家", True),  # nobody does
    ],
)
def test_the_learned_ranking_is_for_what_the_built_in_corpus_is_asked(
    tmp_path, catalogue, tools, builtin, question, by_content
):
    text = "租金按季度支付。"
    document = Document("lease", "租赁规定", text, builtin=builtin, status=DocumentStatus.IN_FORCE)
    passages = [Passage("lease-0", "lease", 0, len(text), text, "", "")]
    with catalogue.transaction() as connection:
        asked = [ExpectedQuestion("lease", 0, len(text), "房租多久交一次")]
        catalogue.put(connection, document, passages, asked)
    publish(tmp_path, catalogue, encoder=tools.encoder, segmenter=tools.segmenter, progress=silent)
    index = Index.open(tmp_path, encoder=tools.encoder, segmenter=tools.segmenter)
    try:
        hits = Library(index, tools).ask(question)
    finally:
        index.close()
    assert [("uncharted" in hit.reasons) for hit in hits] == [by_content] * len(hits)
    assert hits or question.startswith("犬只")


def test_rows_beyond_the_nearest_count_as_the_last_of_them():
    allowed = np.asarray([True, True, True, False, True])
    sight = Sight(
        vector=np.zeros(5, dtype=np.float32),
        likeness=Likeness({}, NOTHING, 0.0, allowed),
        words=np.zeros(5, dtype=np.float32),
        best_words=1.0,
        covered=np.zeros(5, dtype=np.float32),
        meant=np.zeros(5, dtype=np.float32),
        allowed=allowed,
        dense={0: 0.9, 1: 0.4},
        model=UnchartedModel.load(),
    )
    # row 3 is of another region and row 4 of a named text: both are reckoned
    assert sight.similar([0, 1, 2, 3, 4], exact={4}) == {0: 0.9, 1: 0.4, 2: 0.4}
    assert replace(sight, model=None).similar([2], exact=frozenset()) == {0: 0.9, 1: 0.4}
    assert replace(sight, dense={}).similar([2], exact=frozenset()) == {}


def test_a_named_document_is_looked_at_however_unlikely_its_guess():
    guesses = {row: float(-row) for row in range(100)}
    worthy = _worthy(guesses, np.asarray([True] * 99 + [False]), {90, 91, 92}, top_k=2)
    assert {0, 1, 90, 91, 99} <= set(worthy)
    assert 92 not in worthy  # the best of it are enough
    assert 80 not in worthy
