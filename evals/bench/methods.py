"""Ways of finding passages that `evals bench retrieval` compares: the product, parts of it, and plain ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answer import Assistant
    from assistant.domain import Passage
    from assistant.index import Index
    from assistant.regions import Gazetteer
    from assistant.tools import Tools

DEPTH = 100
_RRF = 60  # Cormack et al. 2009
_NOTHING = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its region, its labels, and how many of a ranking's passages are right at which rank.

    `gains` maps passage ids, best first, to newly found gold items; `wanted` is how many there are.
    """

    question: str
    region: str | None
    gains: Callable[[Sequence[str]], list[int]]
    wanted: int
    style: str = ""
    kind: str = ""


Search = Callable[[Asked], list[str]]


def product(assistant: Assistant) -> Search:
    """What `assistant search --top-k 100` gives."""

    def search(asked: Asked) -> list[str]:
        hits = assistant.search(asked.question, region=asked.region, top_k=DEPTH)
        return [hit.passage.id for hit in hits]

    return search


def bm25(passages: Sequence[Passage], titles: dict[str, str]) -> Search:
    """BM25 over jieba's words of title, heading path and text, by the bm25s library."""
    import bm25s

    from assistant.text import Segmenter

    segmenter = Segmenter.with_words(())
    retriever = bm25s.BM25(k1=1.2, b=0.75)
    listed = [segmenter.words(f"{titles[p.document_id]} {p.section} {p.text}") for p in passages]
    retriever.index(listed, show_progress=False)

    def search(asked: Asked) -> list[str]:
        words = segmenter.words(asked.question)
        found, _ = retriever.retrieve([words], k=min(DEPTH, len(passages)), show_progress=False)
        return [passages[int(row)].id for row in found[0]]

    return search


def vectors(index: Index, tools: Tools) -> Search:
    """Nearest vectors alone, all regions."""

    def search(asked: Asked) -> list[str]:
        vector = tools.encoder.encode([asked.question], query=True)[0]
        near = index.nearest(vector, top_k=DEPTH)
        rows = sorted(near, key=lambda row: -near[row])
        return [passage.id for passage in index.snapshot.passages(rows)]

    return search


def fused(*searches: Search) -> Search:
    """Reciprocal rank fusion of several rankings."""

    def search(asked: Asked) -> list[str]:
        scores: dict[str, float] = {}
        for one in searches:
            for rank, id_ in enumerate(one(asked), 1):
                scores[id_] = scores.get(id_, _NOTHING) + 1 / (_RRF + rank)
        return sorted(scores, key=lambda id_: -scores[id_])[:DEPTH]

    return search


def without(index: Index, tools: Tools, gazetteer: Gazetteer) -> dict[str, Search]:
    """The product's retrieval with one part of its ranking weighing nothing, by the part's name.

    The other weights stay as they are. "uncharted": the ranking trained on the corpus's
    known ways of asking for every question, as if none were uncharted.
    """
    from assistant.ranking import Ranker
    from assistant.retrieve import Retriever
    from assistant.uncharted import UnchartedModel
    from assistant.understand import Understanding

    understanding = Understanding(tools.lexicon, gazetteer, tools.segmenter)
    model = UnchartedModel.load()

    def searching(changed: UnchartedModel | None) -> Search:
        retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load(), changed)

        def search(asked: Asked) -> list[str]:
            query = understanding.query(asked.question, region=asked.region)
            return [hit.passage.id for hit in retriever.retrieve(query, top_k=DEPTH)]

        return search

    parts = {
        name: searching(replace(model, weights={**model.weights, name: _NOTHING})) for name in model.weights
    }
    return {"uncharted": searching(None), **parts}
