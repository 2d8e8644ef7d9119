"""assistant.trees: a sum of decision trees, reckoned by hand and beside the library that fits them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from assistant.trees import Trees
from ingest.train_judge import DEPTH, RATE, TREES, _fit

# One tree asks a ≤ 0.5 and then b ≤ 1.0; the other is a single leaf.
SMALL = Trees.of(
    {
        "names": ["a", "b"],
        "start": 0.25,
        "depth": 2,
        "roots": [0, 5],
        "feature": [0, 0, 1, 0, 0, 0],
        "threshold": [0.5, 0.0, 1.0, 0.0, 0.0, 0.0],
        "left": [1, 1, 3, 3, 4, 5],
        "right": [2, 1, 4, 3, 4, 5],
        "value": [9.0, -1.0, 9.0, 2.0, 4.0, 0.5],
    }
)


@pytest.mark.parametrize(
    ("given", "total"),
    [
        ({"a": 0.0, "b": 5.0}, -0.25),
        ({"a": 0.5}, -0.25),  # a value at the threshold goes left
        ({"a": 0.6, "b": 1.0}, 2.75),
        ({"a": 0.6, "b": 1.1}, 4.75),
        ({"a": 0.6, "unheard": 9.0}, 2.75),  # what is not given counts 0
        ({}, -0.25),
    ],
)
def test_every_question_leads_to_one_leaf_of_each_tree(given, total):
    assert SMALL.sum(given) == pytest.approx(total)


def test_many_rows_are_reckoned_like_one():
    matrix = np.asarray([[0.0, 5.0], [0.6, 1.0], [0.6, 1.1]])
    assert SMALL.sums(matrix).tolist() == pytest.approx([-0.25, 2.75, 4.75])
    assert SMALL.sums(np.zeros((0, 2))).shape == (0,)


def test_what_is_written_is_read_again():
    again = Trees.of(json.loads(json.dumps(SMALL.data())))
    assert again.names == SMALL.names
    assert again.sum({"a": 0.6, "b": 2.0}) == SMALL.sum({"a": 0.6, "b": 2.0})


def test_fitted_trees_say_what_the_library_says():
    from sklearn.ensemble import GradientBoostingClassifier

    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(800, 20))
    truth = matrix[:, 0] * matrix[:, 1] + 0.3 * rng.normal(size=800) > 0
    weight = np.where(truth, 2.0, 1.0)
    ours = _fit(matrix, truth, weight, [f"f{n}" for n in range(20)])
    theirs = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        subsample=0.5,
        max_features=12,
        min_samples_leaf=40,
        random_state=20261121,
    ).fit(matrix, truth, sample_weight=weight)
    assert ours.sums(matrix) == pytest.approx(theirs.decision_function(matrix), abs=2e-3)
    assert (
        (ours.sums(matrix) > 0) == truth
    ).mean() > 0.8  # a product of two features: no sum of weights tells
