"""Train the ranking and the judge on the expected questions, each left out of the index it is asked of.

Ranking: logistic regression on feature differences between the clause a question was
written for and the clauses ranked above or near it (pairwise, as in RankNet with a linear
scorer). The judge (train_judge.py) learns from the same retrievals.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import Settings, corpus_folder
from assistant.domain import NATIONAL, Hit
from assistant.evidence import Evidence
from assistant.index import Index, passage_text
from assistant.judge import JUDGE_FILE
from assistant.ranking import RANKER_FILE, Ranker
from assistant.regions import Gazetteer, Relation, relation
from assistant.retrieve import Retriever
from assistant.tools import open_tools
from assistant.understand import Understanding
from ingest.home import prepare_locked
from ingest.train_judge import Case, case, hidden_ways, train_judge, written
from ingest.training_data import is_development, is_spare_wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.understand import Query

SEED = 20261121
# Set by rule, not learned: expected questions hardly ever name a document or article, and
# which text is in force is not a matter of how people ask.
PINNED = {
    "title_named": 3.0,
    "article_named": 3.0,
    "stale": -0.8,
    "expired": -0.1,
    "not_a_rule": -0.4,
    "fact_card": -0.2,  # the original's own words before our restatement of another text
}
NEGATIVES = 8  # hardest wrong clauses per question
FOREIGN = 500  # questions of other fields among the negatives
ROUNDS = 3
GATHERED = 120  # hits kept per question, more than any rank that matters
ABROAD = 0.4  # share of local questions asked from another province
TAKEN_AWAY = 2  # every so many questions is also asked with its clause taken away
UNANSWERABLE = Path("questions") / "unanswerable"  # of the corpus folder


@dataclass(frozen=True, slots=True)
class Example:
    """A question, where it is asked from, and the row that answers it (None: nothing does)."""

    query: Query
    row: int | None
    question_row: int | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """An example's hits, and those it would have without the clause that answers it (None: not asked)."""

    query: Query
    right: str | None
    hits: list[Hit]
    without: list[Hit] | None


def examples(
    index: Index, understanding: Understanding, *, foreign: Sequence[str], keep: Callable[[int], bool]
) -> list[Example]:
    """Expected questions as asked from their own or another place, and questions of other fields.

    Args:
        index: The open generation whose expected questions are used.
        understanding: Turns texts into queries.
        foreign: Questions that the corpus does not answer.
        keep: Which question rows to use (those the encoder was not trained on).
    """
    rng = random.Random(SEED)
    provinces = understanding.gazetteer.provinces
    made = []
    for at, (target, text) in enumerate(zip(index.targets, index.snapshot.questions(), strict=True)):
        if not keep(at):
            continue
        home = index.documents[index.row_document[target.row]].region
        place = home if home != NATIONAL else rng.choice([None, *provinces])
        if home != NATIONAL and rng.random() < ABROAD:
            place = rng.choice([p for p in provinces if not home.startswith(p)])
        query = understanding.query(text, region=place)
        applies = relation(query.places, home) in (Relation.NATIONAL, Relation.OWN)
        made.append(Example(query, target.row if applies else None, at))
    made += [
        Example(understanding.query(text[:300], region=rng.choice(provinces)), None, None) for text in foreign
    ]
    return made


def train(
    development: Path, *, foreign: Sequence[str], progress: Callable[[str, int, int], None]
) -> tuple[Ranker, dict[str, object]]:
    """Train ranking and judge on the questions that a development encoder never saw.

    Args:
        development: Encoder folder trained without the held-out passages and wordings
            (`train_encoder(development_out=…)`): similarities of the shipped encoder on
            its own training questions would look better than they are.
        foreign: Questions the corpus does not answer.
        progress: Called with stage, done and total.
    """
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=Path(scratch), encoder=str(development))
        tools = open_tools(settings)
        prepare_locked(settings, tools, progress=progress)
        index = Index.open(settings.home, encoder=tools.encoder, segmenter=tools.segmenter, private=True)
        regions = {document.region for document in index.documents.values()}
        understanding = Understanding(tools.lexicon, Gazetteer.load(extra_paths=regions), tools.segmenter)
        cases = examples(index, understanding, foreign=foreign, keep=lambda at: _unseen(index, at))
        retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load())
        gathered = gather(retriever, cases, progress=progress)
        ranker = train_ranker(gathered, Ranker.load())
        retriever.ranker = ranker
        told = judge_cases(retriever, cases, gathered)
        known = [
            (c.query, c.row, c.question_row)
            for c in cases
            if c.row is not None and c.question_row is not None
        ]
        told += hidden_ways(retriever, known, progress=progress)
        told += written(corpus_folder() / UNANSWERABLE, retriever, understanding, progress=progress)
        judge = train_judge(told, Evidence(index, {}))
        index.close()
    return ranker, judge


def foreign_questions(statutes: Path) -> list[str]:
    """Questions about other laws, from a statute collection's questions.jsonl; a fixed sample."""
    lines = (statutes / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    random.Random(SEED).shuffle(asked)
    return asked[:FOREIGN]


def _unseen(index: Index, at: int) -> bool:
    """Whether the development encoder was trained without a question row."""
    passage = index.snapshot.passages([index.targets[at].row])[0]
    searched = passage_text(index.documents[passage.document_id], passage)
    return is_development(searched) or is_spare_wording(index.question_texts[at])


def gather(
    retriever: Retriever, cases: Sequence[Example], *, progress: Callable[[str, int, int], None]
) -> list[Gathered]:
    """Retrieve once for every example; scores are recomputed from features later."""
    gathered = []
    for done, example in enumerate(cases):
        if done % 100 == 0:
            progress("检索训练问题", done, len(cases))
        hits = _hits(retriever, example)
        without = (
            _without_target(retriever, example)
            if example.row is not None and done % TAKEN_AWAY == 0
            else None
        )
        right = None if example.row is None else retriever.index.snapshot.passages([example.row])[0].id
        gathered.append(Gathered(example.query, right, hits, without))
    return gathered


def judge_cases(
    retriever: Retriever, examples: Sequence[Example], gathered: Sequence[Gathered]
) -> list[Case]:
    """What the judge learns from the ranking's examples: answered, asked elsewhere, clause taken away, foreign."""
    made = []
    for example, one in zip(examples, gathered, strict=True):
        kind = "known" if one.right else "foreign" if example.question_row is None else "abroad"
        left = frozenset() if example.question_row is None else frozenset({example.question_row})
        group = str(example.row) if example.row is not None else example.query.text
        ranked = _ranked(one.hits, retriever.ranker, one.query)
        made.append(case(kind, group, one.query, ranked, answered=one.right is not None, leave_out=left))
        if one.without:
            ranked = _ranked(one.without, retriever.ranker, one.query)
            ways = _ways_of(retriever, example.row)
            made.append(case("taken", group, one.query, ranked, answered=False, leave_out=ways))
    return made


def train_ranker(gathered: Sequence[Gathered], start: Ranker) -> Ranker:
    """Fit ranking weights; later rounds mine negatives with the earlier round's weights."""
    from sklearn.linear_model import LogisticRegression

    ranker = start
    for _ in range(ROUNDS):
        differences: list[dict[str, float]] = []
        for one in gathered:
            if one.right is not None:
                differences += _differences(_ranked(one.hits, ranker, one.query), one.right)
        names = sorted({name for d in differences for name in d} - PINNED.keys())
        matrix = _matrix(differences, names)
        signs = np.where(np.arange(len(matrix)) % 2, 1, -1)
        model = LogisticRegression(fit_intercept=False, C=1.0, max_iter=2000)
        model.fit(matrix * signs[:, None], signs)
        ranker = Ranker(dict(zip(names, (round(float(w), 4) for w in model.coef_[0]), strict=True)) | PINNED)
    return ranker


def save(ranker: Ranker, judge: dict[str, object]) -> None:
    """Write the shipped weight files."""
    _write(RANKER_FILE, {"weights": dict(ranker.weights)})
    _write(JUDGE_FILE, judge)


def _hits(retriever: Retriever, example: Example) -> list[Hit]:
    left = frozenset() if example.question_row is None else frozenset({example.question_row})
    return retriever.retrieve(example.query, top_k=GATHERED, leave_out=left)


def _without_target(retriever: Retriever, example: Example) -> list[Hit]:
    """Hits as if the clause and every known way of asking for it were not in the library."""
    left = _ways_of(retriever, example.row)
    right = retriever.index.snapshot.passages([example.row or 0])[0].id
    hits = retriever.retrieve(example.query, top_k=GATHERED, leave_out=left)
    return [hit for hit in hits if hit.passage.id != right]


def _ways_of(retriever: Retriever, row: int | None) -> frozenset[int]:
    return frozenset(at for at, target in enumerate(retriever.index.targets) if target.row == row)


def _ranked(hits: Sequence[Hit], ranker: Ranker, query: Query) -> list[Hit]:
    """Hits in the order the ranker gives them, as `Retriever.retrieve` would."""
    scored = [replace(hit, score=ranker.score(hit.reasons)) for hit in hits]
    return sorted(scored, key=lambda hit: (bool(hit.rejected and query.places), -hit.score))


def _differences(hits: Sequence[Hit], right_id: str) -> list[dict[str, float]]:
    right = next((hit for hit in hits if hit.passage.id == right_id), None)
    if right is None:
        return []
    wrong = [hit for hit in hits if hit is not right and not hit.rejected][:NEGATIVES]
    return [{k: right.reasons[k] - hit.reasons[k] for k in right.reasons} for hit in wrong]


def _matrix(rows: Sequence[dict[str, float]], names: Sequence[str]) -> NDArray[np.float64]:
    return np.asarray([[row.get(name, 0.0) for name in names] for row in rows])


def _write(path: Path, data: dict[str, object]) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
