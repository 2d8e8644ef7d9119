"""`evals bench retrieval`: is the right clause found, beside plain BM25 over the same passages.

Domain questions: the held-out half of the project's own. With a statutes folder:
laypeople's questions about the national statutes, of which only those are used that
the bundled encoder never saw in training.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.domain import Document, Passage
from evals import metrics
from evals.bench.figures import BenchResult, Figure
from evals.bench.material import Law, statute_laws
from evals.bench.options import BenchOptions, bench_questions, built_in_home, settings_for
from evals.dataset import Split
from evals.intervals import mean_with_interval

if TYPE_CHECKING:
    from assistant.answer import Assistant

_DEPTH = 100
_STATUTE_QUESTIONS_SHORT = 60
Search = Callable[["Asked"], list[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its region, and how many of a ranking's passages are right at which rank.

    `gains` maps passage ids, best first, to newly found gold items; `wanted` is how many there are.
    """

    question: str
    region: str | None
    gains: Callable[[Sequence[str]], list[int]]
    wanted: int


def bench_retrieval(options: BenchOptions) -> BenchResult:
    """hit@k, MRR and recall of the product's search and of BM25 in one run."""
    figures, setup = _domain(options)
    if options.statutes is not None:
        more, counts = _statutes(options, options.statutes)
        figures, setup = figures + more, setup | counts
    return BenchResult(
        "retrieval", "检索", "BM25（结巴分词，k1 1.2，b 0.75，含标题和章节）", tuple(figures), dict(setup)
    )


def _domain(options: BenchOptions) -> tuple[list[Figure], dict[str, object]]:
    from assistant.answer import Assistant

    home = built_in_home(options)
    passages, titles = _published(home)
    texts = {passage.id: passage.text for passage in passages}
    questions = [
        Asked(q.question, q.region, _gains_by_text(q.gold_quotes, texts), len(q.gold_quotes))
        for q in bench_questions(Split.HELDOUT)
        if q.gold_quotes and not q.history
    ]
    plain = _bm25(passages, titles)
    with closing(Assistant.open(settings_for(home))) as assistant:
        figures = _compare("领域题（留出）", questions, _product(assistant), plain, depths=(1, 5, 10))
    return figures, {"domain_questions": len(questions), "domain_passages": len(passages)}


def _statutes(options: BenchOptions, folder: Path) -> tuple[list[Figure], dict[str, object]]:
    from assistant.answer import Assistant

    home = options.folder("statutes-home")
    laws = list(statute_laws(folder))
    publish_laws(home, laws)
    passages = [passage for law in laws for passage in law.passages]
    known = {passage.id for passage in passages}
    questions = list(_lay_questions(folder / "questions.jsonl", known))
    questions = questions[: _STATUTE_QUESTIONS_SHORT if options.short else None]
    plain = _bm25(passages, {law.document.id: law.document.title for law in laws})
    with closing(Assistant.open(settings_for(home))) as assistant:
        figures = _compare("法规题（留出）", questions, _product(assistant), plain, depths=(10, 100))
    return figures, {"statute_questions": len(questions), "statute_articles": len(passages)}


def _lay_questions(path: Path, known: set[str]) -> Iterator[Asked]:
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        relevant = [id_ for id_ in record["relevant"] if id_ in known]
        # The even half by sha256 is never trained on (ingest/training_data.py).
        held_out = int(hashlib.sha256(record["id"].encode()).hexdigest(), 16) % 2 == 0
        if relevant and held_out:
            yield Asked(record["question"], None, _gains_by_id(relevant), len(relevant))


def _gains_by_id(relevant: Sequence[str]) -> Callable[[Sequence[str]], list[int]]:
    wanted = set(relevant)
    return lambda ranked: [int(id_ in wanted) for id_ in ranked]


def _gains_by_text(gold: Sequence[str], texts: dict[str, str]) -> Callable[[Sequence[str]], list[int]]:
    return lambda ranked: metrics.gains([texts.get(id_, "") for id_ in ranked], gold)


def _compare(
    label: str, questions: Sequence[Asked], ours: Search, theirs: Search, *, depths: Sequence[int]
) -> list[Figure]:
    gained = [[q.gains(search(q)) for q in questions] for search in (ours, theirs)]
    wanted = [q.wanted for q in questions]

    def figure(name: str, measure: Callable[[list[int], int], float]) -> Figure:
        mine, plain = (
            mean_with_interval([measure(row, n) for row, n in zip(rows, wanted, strict=True)])
            for rows in gained
        )
        assert mine and plain
        what = f"{label}：{name}（{mine.low:.3f}–{mine.high:.3f}，n={mine.n}）"
        return Figure(what, mine.value, "", baseline=plain.value, higher_is_better=True)

    found = [figure("MRR", lambda row, _: metrics.reciprocal_rank(row))]
    for k in depths:
        found += [figure(f"hit@{k}", partial(_hit, k)), figure(f"recall@{k}", partial(_recall, k))]
    return found


def _hit(k: int, gained: list[int], _wanted: int) -> float:
    return metrics.hit_at(gained, k)


def _recall(k: int, gained: list[int], wanted: int) -> float:
    return metrics.recall_at(gained, k, wanted=wanted)


def _product(assistant: Assistant) -> Search:
    def search(asked: Asked) -> list[str]:
        hits = assistant.search(asked.question, region=asked.region, top_k=_DEPTH)
        return [hit.passage.id for hit in hits]

    return search


def _bm25(passages: Sequence[Passage], titles: dict[str, str]) -> Search:
    import bm25s

    from assistant.text import Segmenter

    segmenter = Segmenter.with_words(())
    retriever = bm25s.BM25(k1=1.2, b=0.75)
    listed = [segmenter.words(f"{titles[p.document_id]} {p.section} {p.text}") for p in passages]
    retriever.index(listed, show_progress=False)

    def search(asked: Asked) -> list[str]:
        words = segmenter.words(asked.question)
        found, _ = retriever.retrieve([words], k=min(_DEPTH, len(passages)), show_progress=False)
        return [passages[int(row)].id for row in found[0]]

    return search


def _published(home: Path) -> tuple[list[Passage], dict[str, str]]:
    from assistant.catalogue import Catalogue

    with closing(Catalogue.open(home)) as catalogue:
        documents = {document.id: document for document in catalogue.documents() if not document.retired}
        passages = [passage for passage in catalogue.passages() if passage.document_id in documents]
    return passages, {id_: _titled(document) for id_, document in documents.items()}


def _titled(document: Document) -> str:
    return f"{document.title} {document.region}"


def publish_laws(home: Path, laws: Sequence[Law]) -> None:
    """Put laws into a new home's catalogue as they are, one passage an article, and publish."""
    from assistant.catalogue import Catalogue
    from assistant.lock import writing
    from assistant.publishing import publish
    from assistant.tools import open_tools

    tools = open_tools(settings_for(home))
    with writing(home, purpose="性能测试"), closing(Catalogue.open(home)) as catalogue:
        with catalogue.transaction() as connection:
            for law in laws:
                catalogue.put(connection, law.document, law.passages)
        publish(home, catalogue, encoder=tools.encoder, segmenter=tools.segmenter)
