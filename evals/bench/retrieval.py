"""`evals bench retrieval`: is the right clause found, beside plain BM25 over the same passages.

Domain questions: the held-out half of the project's own, and clauses asked for in ten
wordings each. With a statutes folder: laypeople's questions about the national statutes,
of which only those are used that neither the bundled encoder nor the ranking saw in
training; with an ablation, each part of the ranking weighing nothing in turn, and the
questions of both kinds again where corpus and statutes share a home.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.config import corpus_folder
from assistant.domain import Document, Passage
from assistant.known_ways import KnownWays
from evals import metrics
from evals.bench.figures import BenchResult, Figure, averaged, timed
from evals.bench.material import Law, statute_laws
from evals.bench.methods import Asked, Search, bm25, fused, product, vectors, without
from evals.bench.options import BenchOptions, bench_questions, built_in_home, settings_for
from evals.bench.retrieval_wordings import ranks, read_clauses, wording_figures
from evals.dataset import Split

if TYPE_CHECKING:
    from assistant.answer import Assistant
    from assistant.index import Index
    from assistant.tools import Tools

    Measure = Callable[[list[int], int], float]

_STATUTE_QUESTIONS_SHORT = 60
_BUDGETS = {"MRR": 0.52, "recall@10": 0.62, "recall@100": 0.85}  # over statutes
_STATUTE_MS = 20.0
_FEWEST = 10  # questions of a kind below which a share says nothing


def bench_retrieval(options: BenchOptions) -> BenchResult:
    """hit@k, MRR and recall of the product's search and of BM25 in one run."""
    figures, setup = _domain(options)
    if options.statutes is not None:
        laws = list(statute_laws(options.statutes))
        more, counts = _statutes(options, options.statutes, laws)
        figures, setup = figures + more + _mixed(options, options.statutes, laws), setup | counts
    return BenchResult(
        "retrieval", "检索", "BM25（结巴分词，k1 1.2，b 0.75，含标题和章节）", tuple(figures), dict(setup)
    )


def _domain(options: BenchOptions) -> tuple[list[Figure], dict[str, object]]:
    home = built_in_home(options)
    passages, titles = published_passages(home)
    questions = _domain_questions(passages)
    with _opened(home) as opened:
        plain = bm25(passages, titles)
        label = "领域题（留出）"
        compared = _compared(questions, product(opened.assistant), plain)
        figures = compared.figures(label, depths=(1, 3, 5, 10))
        figures += compared.by(label, lambda asked: asked.style) + compared.by(
            label, lambda asked: asked.kind
        )
        figures += compared.by(label, lambda asked: asked.region or "未选地区")
        figures += _others(label, questions, _plain_ways(opened, plain), depth=10)
        clauses = read_clauses()
        figures += wording_figures(
            ranks(clauses, passages, product(opened.assistant)), ranks(clauses, passages, plain)
        )
    return figures, {
        "domain_questions": len(questions),
        "domain_passages": len(passages),
        "clauses_in_ten_wordings": len(clauses),
    }


def _domain_questions(passages: Sequence[Passage]) -> list[Asked]:
    texts = {passage.id: passage.text for passage in passages}
    return [
        Asked(
            q.question,
            q.region,
            _gains_by_text(q.gold_quotes, texts),
            len(q.gold_quotes),
            q.style,
            q.category,
        )
        for q in bench_questions(Split.HELDOUT)
        if q.gold_quotes and not q.history
    ]


def _statute_questions(options: BenchOptions, folder: Path, passages: Sequence[Passage]) -> list[Asked]:
    questions = _lay_questions(folder / "questions.jsonl", {passage.id for passage in passages})
    return list(islice(questions, _STATUTE_QUESTIONS_SHORT if options.short else None))


def _mixed(options: BenchOptions, folder: Path, laws: Sequence[Law]) -> list[Figure]:
    """The same questions where the built-in corpus and the statutes share a home: how much they hurt each other."""
    home = options.folder("mixed") / "home"
    shutil.copytree(built_in_home(options), home)
    publish_laws(home, laws)
    passages, titles = published_passages(home)
    found: list[Figure] = []
    with _opened(home) as opened:
        ways = product(opened.assistant), bm25(passages, titles)
        domain = _compared(_domain_questions(passages), *ways)
        found += domain.figures("领域题（留出），与法规同库", depths=(1, 3, 10))
        statutes = _compared(_statute_questions(options, folder, passages), *ways)
        found += statutes.figures("法规题（留出），与内置文件同库", depths=(10, 100))
    return found


def _statutes(
    options: BenchOptions, folder: Path, laws: Sequence[Law]
) -> tuple[list[Figure], dict[str, object]]:
    home = options.folder("statutes-home")
    publish_laws(home, laws)
    passages = [passage for law in laws for passage in law.passages]
    questions = _statute_questions(options, folder, passages)
    with _opened(home) as opened:
        plain = bm25(passages, {law.document.id: law.document.title for law in laws})
        label = "法规题（留出）"
        compared = _compared(questions, product(opened.assistant), plain)
        figures = compared.figures(label, depths=(5, 10, 20, 100), budgets=_BUDGETS)
        figures.append(
            timed(f"{label}：找 100 条的处理器时间，中位", compared.cpu_s, 0.5, budget=_STATUTE_MS)
        )
        figures += _others(label, questions, _plain_ways(opened, plain), depth=100)
        parts = without(opened.index, opened.tools, opened.assistant.gazetteer)
        figures += _others(label, questions, {f"去掉 {name}": way for name, way in parts.items()}, depth=100)
    return figures, {"statute_questions": len(questions), "statute_articles": len(passages)}


@dataclass(frozen=True, slots=True)
class _Opened:
    """A published home as the product and as plain methods use it."""

    assistant: Assistant
    index: Index
    tools: Tools


@contextmanager
def _opened(home: Path) -> Iterator[_Opened]:
    from assistant.answer import Assistant
    from assistant.index import Index
    from assistant.tools import open_tools

    settings = settings_for(home)
    tools = open_tools(settings)
    with (
        closing(Assistant.open(settings)) as assistant,
        closing(Index.open(home, encoder=tools.encoder, segmenter=tools.segmenter)) as index,
    ):
        yield _Opened(assistant, index, tools)


def _plain_ways(opened: _Opened, plain: Search) -> dict[str, Search]:
    near = vectors(opened.index, opened.tools)
    return {"BM25": plain, "只用向量": near, "BM25 与向量 RRF": fused(plain, near)}


@dataclass(frozen=True, slots=True)
class _Compared:
    """Gains of the product and of the baseline for each question, and the product's time for it."""

    questions: Sequence[Asked]
    ours: list[list[int]]
    theirs: list[list[int]]
    cpu_s: list[float]

    def figures(
        self, label: str, *, depths: Sequence[int], budgets: Mapping[str, float] | None = None
    ) -> list[Figure]:
        """MRR, and hits and recall at the depths."""
        measures: dict[str, Measure] = {"MRR": _reciprocal}
        for k in depths:
            measures |= {f"hit@{k}": partial(_hit, k), f"recall@{k}": partial(_recall, k)}
        return [
            self._figure(f"{label}：{name}", measure, range(len(self.questions)), (budgets or {}).get(name))
            for name, measure in measures.items()
        ]

    def by(self, label: str, key: Callable[[Asked], str]) -> list[Figure]:
        """hit@1, hit@3 and hit@10 of the questions of each kind, the most frequent first."""
        kinds = Counter(key(asked) for asked in self.questions)
        found = []
        for kind, size in kinds.most_common():
            chosen = [at for at, asked in enumerate(self.questions) if key(asked) == kind]
            if kind and size >= _FEWEST:
                found += [
                    self._figure(f"{label}，{kind}：hit@{k}", partial(_hit, k), chosen) for k in (1, 3, 10)
                ]
        return found

    def _figure(
        self, what: str, measure: Measure, chosen: Sequence[int], budget: float | None = None
    ) -> Figure:
        def values(gained: list[list[int]]) -> list[float]:
            return [measure(gained[at], self.questions[at].wanted) for at in chosen]

        return averaged(what, values(self.ours), values(self.theirs), budget)


def _compared(questions: Sequence[Asked], ours: Search, theirs: Search) -> _Compared:
    gained, spent = [], []
    for asked in questions:
        began = time.process_time()
        ranked = ours(asked)
        spent.append(time.process_time() - began)
        gained.append(asked.gains(ranked))
    return _Compared(questions, gained, [asked.gains(theirs(asked)) for asked in questions], spent)


def _others(
    label: str, questions: Sequence[Asked], ways: Mapping[str, Search], *, depth: int
) -> list[Figure]:
    """MRR and recall of other ways, beside no baseline: they are the baselines and the ablation."""
    measures: dict[str, Measure] = {"MRR": _reciprocal, f"recall@{depth}": partial(_recall, depth)}
    found = []
    for name, way in ways.items():
        gained = [asked.gains(way(asked)) for asked in questions]
        for what, measure in measures.items():
            values = [measure(row, asked.wanted) for row, asked in zip(gained, questions, strict=True)]
            found.append(averaged(f"{label}，{name}：{what}", values))
    return found


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


def _reciprocal(gained: list[int], _wanted: int) -> float:
    return metrics.reciprocal_rank(gained)


def _hit(k: int, gained: list[int], _wanted: int) -> float:
    return metrics.hit_at(gained, k)


def _recall(k: int, gained: list[int], wanted: int) -> float:
    return metrics.recall_at(gained, k, wanted=wanted)


def published_passages(home: Path) -> tuple[list[Passage], dict[str, str]]:
    """Passages of the documents in use, and what each document is called, with its region."""
    from assistant.catalogue import Catalogue

    with closing(Catalogue.open(home)) as catalogue:
        documents = {document.id: document for document in catalogue.documents() if not document.retired}
        passages = [passage for passage in catalogue.passages() if passage.document_id in documents]
    return passages, {id_: _titled(document) for id_, document in documents.items()}


def _titled(document: Document) -> str:
    return f"{document.title} {document.region}"


def publish_laws(home: Path, laws: Sequence[Law]) -> None:
    """Put laws into a home's catalogue as they are, one passage an article, and publish.

    They get the known questions of their articles, as files that an administrator adds do.
    """
    from assistant.catalogue import Catalogue
    from assistant.lock import writing
    from assistant.publishing import publish
    from assistant.tools import open_tools

    tools, ways = open_tools(settings_for(home)), KnownWays.read(corpus_folder())
    with writing(home, purpose="性能测试"), closing(Catalogue.open(home)) as catalogue:
        with catalogue.transaction() as connection:
            for law in laws:
                asked = ways.of(law.document, law.passages)
                catalogue.put(connection, law.document, law.passages, asked)
        publish(home, catalogue, encoder=tools.encoder, segmenter=tools.segmenter)
