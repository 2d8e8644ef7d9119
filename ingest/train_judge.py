"""Train the judge: is a question answered by what was found?

Most examples are written questions, each asked with an encoder that did not learn it: answerable ones
(`corpus/questions/heard`), and what people ask though the library does not say it
(`gaps`, and `elsewhere`: asked from where the rule does not apply), from nowhere and from
where the best match applies. Each is asked as if the index did not hold it; half of them also
of texts taken for newly added, which have no known questions.
Questions about added laws (`newcomers`) are answerable, and not when the law lacks what
answers them. Besides, not answerable: expected questions about local rules asked from
another province; questions of other fields.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import Settings, corpus_folder
from assistant.encoder import StaticEncoder
from assistant.evidence import Evidence
from assistant.trees import Trees
from ingest.train import fold_folder
from ingest.train_reader import Readers, train_readers
from ingest.training_cases import Case, asked_cases
from ingest.training_data import FOLDS
from ingest.training_home import training_home
from ingest.training_newcomers import AddedLaws

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20261121
# Share of answerable questions that may be refused: freshly worded ones, many of them twins of
# unanswerable ones (of the development questions 2.4 %), and those about newly added laws.
MAX_FALSE_REFUSALS, MAX_FALSE_REFUSALS_NEW = 0.042, 0.08
PARTS = 5  # of the cross-validation
TREES, DEPTH, RATE = 200, 3, 0.08  # of the boosting
LOOKED_AT, LEAST_CASES = 12, 40  # features tried for a decision, cases in a leaf
_HEARD = 2  # a word unsaid by this many answering clauses is everyday speech
_WEIGHT = {"fresh": 2.0, "foreign": 0.5}


def train(
    settings: Settings,
    *,
    encoders: Path,
    statutes: Path,
    readers: Path,
    progress: Callable[[str, int, int], None],
) -> dict[str, object]:
    """Train the judge over the built-in corpus, in homes of its own.

    Args:
        settings: Of the home.
        encoders: Folder that `train_folds` wrote.
        statutes: Folder with questions of other fields (questions.jsonl) and articles.jsonl.gz.
        readers: Folder of the readers for these questions; trained first where there is none.
        progress: Called with stage, done and total.

    Returns:
        The content of judge.json.
    """
    added = AddedLaws.read(statutes, corpus_folder())
    apart = [StaticEncoder.open(fold_folder(encoders, fold)) for fold in FOLDS]
    cases: list[Case] = []
    with ExitStack() as homes:
        for fold in FOLDS:
            of_fold = replace(settings, encoder=str(fold_folder(encoders, fold)))
            home = homes.enter_context(training_home(of_fold, added=added, progress=progress))
            cases += asked_cases(*home, fold=fold, added=added, statutes=statutes, progress=progress)
        index = home[0]  # rows and questions are the same with every encoder
        if not readers.is_dir():
            train_readers(
                index, cases, encoders=apart, statutes=statutes, written=corpus_folder(), progress=progress
            ).save(readers)
        return train_judge(cases, Evidence(index, {}), Readers.open(readers, apart))


def train_judge(
    cases: Sequence[Case], evidence: Evidence, readers: Readers | None = None
) -> dict[str, object]:
    """Fit the judge; the result is the content of judge.json, with its calibration curve.

    The threshold and the curve come from cross-validation, the threshold from the freshly
    worded answerable questions. Each case is read by the reader that learned nothing of its
    question or best passage; without readers the judge learns without them.
    """
    seen = [one for one in cases if one.basis]
    read = readers.read(seen, evidence) if readers else [{} for _ in seen]
    fold = np.asarray([zlib.crc32(one.text.encode()) % PARTS for one in seen])
    truth = np.asarray([one.answered for one in seen])
    weight = np.asarray([_WEIGHT.get(one.kind, 1.0) for one in seen])
    probability = np.zeros(len(seen))
    for held in range(PARTS):
        rest = np.flatnonzero(fold != held)
        matrix, names = _matrix(seen, evidence, [seen[i] for i in rest], read)
        trees = _fit(matrix[rest], truth[rest], weight[rest], names)
        probability[fold == held] = 1 / (1 + np.exp(-trees.sums(matrix[fold == held])))
    matrix, names = _matrix(seen, evidence, seen, read)
    trees = _fit(matrix, truth, weight, names)
    kinds = np.asarray([one.kind for one in seen])
    fresh, new = probability[kinds == "fresh"], probability[kinds == "new"]
    threshold = round(float(np.quantile(fresh, MAX_FALSE_REFUSALS)), 3)
    threshold_new = round(float(np.quantile(new, MAX_FALSE_REFUSALS_NEW)), 3) if len(new) else threshold
    return {
        "trees": trees.data(),
        "threshold": threshold,
        "threshold_new": threshold_new,
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
    cases: Sequence[Case],
    evidence: Evidence,
    teachers: Sequence[Case],
    read: Sequence[Mapping[str, float]],
) -> tuple[NDArray[np.float64], list[str]]:
    """Features of all cases beside their readings; everyday words learned from `teachers`, never from the case itself."""
    evidence.harmless = _heard(teachers, evidence)
    taught = {id(one) for one in teachers if one.answered}
    rows: list[Mapping[str, float]] = []
    for one, said in zip(cases, read, strict=True):
        own = evidence.unsaid_words(one.query, one.basis[0]) if id(one) in taught else frozenset()
        features = evidence(one.query, one.basis, one.others, leave_out=one.leave_out, own=own)
        rows.append({**features, **said})
    names = sorted(rows[0])
    return np.asarray([[row[name] for name in names] for row in rows]), names


def _fit(
    matrix: NDArray[np.float64],
    truth: NDArray[np.bool_],
    weight: NDArray[np.float64],
    names: Sequence[str],
) -> Trees:
    """Gradient boosting (Friedman, 2001) of shallow trees for the log odds of the truth."""
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        subsample=0.5,
        max_features=LOOKED_AT,
        min_samples_leaf=LEAST_CASES,
        random_state=SEED,
    )
    model.fit(matrix, truth, sample_weight=weight)
    odds = float(np.average(truth, weights=weight))
    nodes: dict[str, list[float]] = {name: [] for name in ("feature", "threshold", "left", "right", "value")}
    roots = []
    for tree in (one.tree_ for one in model.estimators_[:, 0]):
        first = len(nodes["value"])
        roots.append(first)
        itself = np.arange(tree.node_count)
        leaf = tree.children_left < 0
        nodes["feature"] += np.where(leaf, 0, tree.feature).tolist()
        nodes["threshold"] += np.where(leaf, 0.0, tree.threshold).tolist()
        nodes["left"] += (first + np.where(leaf, itself, tree.children_left)).tolist()
        nodes["right"] += (first + np.where(leaf, itself, tree.children_right)).tolist()
        nodes["value"] += [round(RATE * float(value), 5) for value in tree.value[:, 0, 0]]
    start = math.log(odds / (1 - odds))
    return Trees.of({"names": names, "start": start, "depth": DEPTH, "roots": roots, **nodes})
