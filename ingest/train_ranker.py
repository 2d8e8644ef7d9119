"""Train the ranking on expected questions that the encoder did not learn, each left out of the index it is asked of.

The shipped encoder learned all of them, so each is asked with that of two others which did not (`train_folds`).

Half of them are asked a second time as if some documents had just been added, so that a
text without known questions is weighed against those that have some.

Ranking: logistic regression on feature differences between the clause a question was
written for and the clauses ranked above or near it (pairwise, as in RankNet with a linear
scorer).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import Settings, corpus_folder
from assistant.domain import NATIONAL, Hit
from assistant.index import Index
from assistant.ranking import RANKER_FILE, Ranker
from assistant.retrieve import Retriever
from assistant.understand import Understanding
from ingest.corpus import heard_questions
from ingest.train import fold_folder
from ingest.training_data import FOLDS, fold_of_question
from ingest.training_home import training_home
from ingest.training_newcomers import Newcomers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.understand import Query

SEED = 20261121
# Set by rule, not learned: expected questions hardly ever name a document or article, and
# which text is in force is not a matter of how people ask.
PINNED = {
    "title_named": 3.0,
    "article_named": 3.0,
    "asked_so": 2.0,  # in training the question itself is left out
    "stale": -0.8,
    "expired": -0.1,
    "not_a_rule": -0.4,
    "fact_card": -0.2,  # the original's own words before our restatement of another text
}
NEGATIVES = 8  # hardest wrong clauses per question
ROUNDS = 3
GATHERED = 120  # hits kept per question, more than any rank that matters
AGAIN = 0.5  # share of questions asked a second time, of newly added texts


@dataclass(frozen=True, slots=True)
class Example:
    """A question as asked from where its clause applies, the passages that answer it, and the questions taken for unknown."""

    query: Query
    right: frozenset[str]
    leave_out: frozenset[int]


@dataclass(frozen=True, slots=True)
class Gathered:
    """An example's hits and the ids of the passages that answer it."""

    query: Query
    right: frozenset[str]
    hits: list[Hit]


def examples(index: Index, understanding: Understanding, *, keep: Callable[[int], bool]) -> list[Example]:
    """Expected questions, local ones asked from their own place, national ones from some province or none.

    Each is asked as if the index did not hold it, half of them also of newly added texts.

    Args:
        index: The open generation whose expected questions are used.
        understanding: Turns texts into queries.
        keep: Which question rows to use; known gaps never are.
    """
    rng = random.Random(SEED)
    newcomers = Newcomers(index, random.Random(SEED))
    made = []
    for at, (target, text) in enumerate(zip(index.targets, index.snapshot.questions(), strict=True)):
        if keep(at) and not target.is_gap:
            document = index.row_document[target.row]
            home = index.documents[document].region
            place = home if home != NATIONAL else rng.choice([None, *understanding.gazetteer.provinces])
            query = understanding.query(text, region=place)
            itself = frozenset({at})
            right = frozenset({index.snapshot.passages([target.row])[0].id})
            made.append(Example(query, right, itself))
            if rng.random() < AGAIN:
                made.append(Example(query, right, itself | newcomers.draw(document)))
    return made


def train(settings: Settings, *, encoders: Path, progress: Callable[[str, int, int], None]) -> Ranker:
    """Train the ranking on the questions written apart (`corpus/questions/heard`).

    Args:
        settings: Of the home.
        encoders: Folder that `train_folds` wrote.
        progress: Called with stage, done and total.
    """
    gathered = [one for fold in FOLDS for one in _gathered(settings, encoders, fold, progress=progress)]
    return train_ranker(gathered, Ranker.load())


def _gathered(
    settings: Settings, encoders: Path, fold: int, *, progress: Callable[[str, int, int], None]
) -> list[Gathered]:
    """The heard questions of a fold, asked with the encoder that did not learn them."""
    heard = {text for text in heard_questions(corpus_folder()) if fold_of_question(text) == fold}
    settings = replace(settings, encoder=str(fold_folder(encoders, fold)))
    with training_home(settings, progress=progress) as (index, understanding, tools):
        cases = examples(index, understanding, keep=lambda at: index.question_texts[at] in heard)
        retriever = Retriever(index, tools.encoder, tools.lexicon, Ranker.load())
        return gather(retriever, cases, progress=progress)


def gather(
    retriever: Retriever, cases: Sequence[Example], *, progress: Callable[[str, int, int], None]
) -> list[Gathered]:
    """Retrieve once for every example; scores are recomputed from features later."""
    gathered = []
    for done, example in enumerate(cases):
        if done % 100 == 0:
            progress("检索训练问题", done, len(cases))
        hits = retriever.retrieve(example.query, top_k=GATHERED, leave_out=example.leave_out)
        gathered.append(Gathered(example.query, example.right, hits))
    return gathered


def train_ranker(gathered: Sequence[Gathered], start: Ranker) -> Ranker:
    """Fit ranking weights; later rounds mine negatives with the earlier round's weights.

    Features that never tell two hits of a question apart (how like a known gap it is) get none.
    """
    from sklearn.linear_model import LogisticRegression

    ranker = start
    for _ in range(ROUNDS):
        differences: list[dict[str, float]] = []
        for one in gathered:
            differences += _differences(_ranked(one.hits, ranker, one.query), one.right)
        telling = {name for d in differences for name, value in d.items() if value}
        names = sorted(telling - PINNED.keys())
        matrix = _matrix(differences, names)
        signs = np.where(np.arange(len(matrix)) % 2, 1, -1)
        model = LogisticRegression(fit_intercept=False, C=1.0, max_iter=2000)
        model.fit(matrix * signs[:, None], signs)
        ranker = Ranker(dict(zip(names, (round(float(w), 4) for w in model.coef_[0]), strict=True)) | PINNED)
    return ranker


def save(ranker: Ranker) -> None:
    """Write the shipped weights."""
    write_weights(RANKER_FILE, {"weights": dict(ranker.weights)})


def write_weights(path: Path, data: Mapping[str, object]) -> None:
    """Write a file of learned weights."""
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _ranked(hits: Sequence[Hit], ranker: Ranker, query: Query) -> list[Hit]:
    """Hits in the order the ranker gives them, as `Retriever.retrieve` would."""
    scored = [replace(hit, score=ranker.score(hit.reasons)) for hit in hits]
    return sorted(scored, key=lambda hit: (bool(hit.rejected and query.places), -hit.score))


def _differences(hits: Sequence[Hit], answering: frozenset[str]) -> list[dict[str, float]]:
    right = next((hit for hit in hits if hit.passage.id in answering), None)
    if right is None:
        return []
    wrong = [hit for hit in hits if hit.passage.id not in answering and not hit.rejected][:NEGATIVES]
    return [{k: right.reasons[k] - hit.reasons[k] for k in right.reasons} for hit in wrong]


def _matrix(rows: Sequence[dict[str, float]], names: Sequence[str]) -> NDArray[np.float64]:
    return np.asarray([[row.get(name, 0.0) for name in names] for row in rows])
