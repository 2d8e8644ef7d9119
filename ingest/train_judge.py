"""Train the judge: is a question answered by what was found?

Answerable: expected questions asked with that very wording left out of the index, half of
them also as if half the library's texts had no expected questions (as a newly added one has
none); and the freshly worded ones of `corpus/questions/unanswerable/answerable_*.jsonl`.
Not answerable: the written look-alikes beside them, from nowhere and from where the best
match applies; expected questions whose clause was taken away, or asked from another
province; questions of other fields.
"""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.domain import NATIONAL, Hit
from assistant.evidence import Evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.retrieve import Retriever
    from assistant.understand import Query, Understanding

SEED = 20261121
MAX_FALSE_REFUSALS = 0.03  # share of freshly worded answerable questions that may be refused
FOLDS = 5
NO_WAYS = 0.5  # share of documents whose expected questions are hidden in half of the examples
REGULARISATION = 0.3
_HEARD = 2  # a word unsaid by this many answering clauses is everyday speech
_WEIGHT = {"fresh": 2.0, "foreign": 0.5}


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its hits, whether they hold the answer, and how it was made.

    `basis` and `others` are as the judge sees them; `leave_out` the expected questions
    that were hidden; cases of one `group` never stand on both sides of a fold.
    """

    kind: str
    group: str
    query: Query
    basis: list[Hit]
    others: list[Hit]
    answered: bool
    leave_out: frozenset[int] = frozenset()


def case(
    kind: str,
    group: str,
    query: Query,
    hits: Sequence[Hit],
    *,
    answered: bool,
    leave_out: frozenset[int] = frozenset(),
) -> Case:
    """A case from ranked hits, those of other regions marked."""
    others = [] if query.wants_national else [hit for hit in hits if hit.rejected][:3]
    return Case(
        kind, group, query, [hit for hit in hits if not hit.rejected][:6], others, answered, leave_out
    )


def hidden_ways(
    retriever: Retriever,
    queries: Sequence[tuple[Query, int, int]],
    *,
    progress: Callable[[str, int, int], None],
) -> list[Case]:
    """Every second question, asked as if about half of the documents had no expected questions.

    Args:
        retriever: Over the open index.
        queries: Question, the row that answers it, and its own row among the expected ones.
        progress: Called with stage, done and total.
    """
    rng = random.Random(SEED)
    index = retriever.index
    of_document: dict[str, set[int]] = defaultdict(set)
    for at, target in enumerate(index.targets):
        of_document[index.row_document[target.row]].add(at)
    cases = []
    for done, (query, row, at) in enumerate(queries[::2]):
        if done % 100 == 0:
            progress("像新文件一样提问", done, len(queries) // 2)
        hidden = [of_document[id_] for id_ in sorted(of_document) if rng.random() < NO_WAYS]
        left = frozenset({at}).union(*hidden)
        hits = retriever.retrieve(query, top_k=20, leave_out=left)
        cases.append(case("hidden", str(row), query, hits, answered=True, leave_out=left))
    return cases


def written(
    folder: Path,
    retriever: Retriever,
    understanding: Understanding,
    *,
    progress: Callable[[str, int, int], None],
) -> list[Case]:
    """The look-alikes that the library does not answer, and their answerable counterparts.

    Args:
        folder: `corpus/questions/unanswerable`; files named answerable_* hold answerable ones.
        retriever: Over the open index.
        understanding: Turns texts into queries.
        progress: Called with stage, done and total.
    """
    rng = random.Random(SEED)
    cases: list[Case] = []
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        answered = path.stem.startswith("answerable")
        for done, line in enumerate(lines):
            if done % 100 == 0:
                progress(f"提问 {path.stem}", done, len(lines))
            record = json.loads(line)
            query = understanding.query(record["question"], region=record["region"])
            hits = retriever.retrieve(query, top_k=20)
            kind = "fresh" if answered else path.stem
            cases.append(case(kind, record["question"], query, hits, answered=answered))
            if answered or record["region"] or query.named_regions or not hits:
                continue
            # answerable ones are asked from where the rule applies, so these are too
            best = max(hits, key=lambda hit: hit.score).document.region
            place = best if best != NATIONAL else rng.choice([None, *understanding.gazetteer.provinces])
            if place:
                there = understanding.query(record["question"], region=place)
                hits = retriever.retrieve(there, top_k=20)
                cases.append(case(kind, record["question"], there, hits, answered=False))
    return cases


def train_judge(cases: Sequence[Case], evidence: Evidence) -> dict[str, object]:
    """Fit the judge; the result is the content of judge.json, with its calibration curve.

    The threshold and the curve come from cross-validation, the threshold from the freshly
    worded answerable questions alone: expected questions have siblings in the index and
    are easier than what people type.
    """
    seen = [one for one in cases if one.basis]
    fold = np.asarray([zlib.crc32(one.group.encode()) % FOLDS for one in seen])
    truth = np.asarray([one.answered for one in seen])
    weight = np.asarray([_WEIGHT.get(one.kind, 1.0) for one in seen])
    probability = np.zeros(len(seen))
    for held in range(FOLDS):
        rest = np.flatnonzero(fold != held)
        matrix, names = _matrix(seen, evidence, [seen[i] for i in rest])
        weights, bias = _fit(matrix[rest], truth[rest], weight[rest])
        probability[fold == held] = 1 / (1 + np.exp(-(matrix[fold == held] @ weights + bias)))
    matrix, names = _matrix(seen, evidence, seen)
    weights, bias = _fit(matrix, truth, weight)
    kinds = np.asarray([one.kind for one in seen])
    fresh = probability[kinds == "fresh"]
    threshold = round(float(np.quantile(fresh, MAX_FALSE_REFUSALS)), 3)
    return {
        "weights": dict(zip(names, (round(float(w), 4) for w in weights), strict=True)),
        "bias": round(float(bias), 4),
        "threshold": threshold,
        "harmless": {word: n for word, n in sorted(_heard(seen, evidence).items()) if n >= _HEARD},
        "refused": {
            kind: {
                "n": int((kinds == kind).sum()),
                "share": round(float((probability[kinds == kind] < threshold).mean()), 4),
            }
            for kind in sorted(set(kinds))
        },
        "curve": curve(probability, truth),
        "n": len(seen),
    }


def curve(probability: NDArray[np.float64], truth: NDArray[np.bool_]) -> list[dict[str, float]]:
    """For thresholds 0.05 … 0.95: share answered, precision of answers, share of answerable questions answered."""
    points = []
    for threshold in np.arange(0.05, 1.0, 0.05):
        given = probability >= threshold
        points.append(
            {
                "threshold": round(float(threshold), 2),
                "answered": round(float(given.mean()), 4),
                "precision": round(float(truth[given].mean()) if given.any() else 1.0, 4),
                "recall": round(float(given[truth].mean()) if truth.any() else 0.0, 4),
            }
        )
    return points


def _heard(cases: Sequence[Case], evidence: Evidence) -> Counter[str]:
    """In how many answerable cases each word is asked though the clause does not say it."""
    return Counter(
        word for one in cases if one.answered for word in evidence.unsaid_words(one.query, one.basis[0])
    )


def _matrix(
    cases: Sequence[Case], evidence: Evidence, teachers: Sequence[Case]
) -> tuple[NDArray[np.float64], list[str]]:
    """Features of all cases, with everyday words learned from `teachers`, never from the case itself."""
    evidence.harmless = _heard(teachers, evidence)
    taught = {id(one) for one in teachers if one.answered}
    rows: list[Mapping[str, float]] = []
    for one in cases:
        own = evidence.unsaid_words(one.query, one.basis[0]) if id(one) in taught else frozenset()
        rows.append(evidence(one.query, one.basis, one.others, leave_out=one.leave_out, own=own))
    names = sorted(rows[0])
    return np.asarray([[row[name] for name in names] for row in rows]), names


def _fit(
    matrix: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias on the features as they are, fitted on standardised ones."""
    from sklearn.linear_model import LogisticRegression

    middle, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(C=REGULARISATION, max_iter=5000)
    model.fit((matrix - middle) / spread, truth, sample_weight=weight)
    weights = model.coef_[0] / spread
    weights[spread < 1e-6] = 0.0  # a feature that never varied
    return weights, float(model.intercept_[0] - middle @ weights)
