"""Ranking where no way of asking is known: features reckoned by hand, weights that move the asked-about forward."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from assistant.known import Known
from assistant.lexical import LexicalIndex
from assistant.uncharted import (
    FEATURES,
    Clues,
    Everyday,
    UnchartedModel,
    asked_alike,
    features,
    pool,
    scores,
)

ROWS = [["承租人", "租金"], ["主管", "部门", "规划"], ["承租人", "部门"], []]


def column(values: np.ndarray, name: str) -> list[float]:
    return [round(float(value), 4) for value in values[:, FEATURES.index(name)]]


@pytest.fixture
def clues() -> Clues:
    """Rows 3, 4 and 6 of document 0 and row 7 of document 1."""
    return Clues(
        rows=np.asarray([3, 4, 6, 7]),
        words=np.asarray([1.0, 0.5, 0.0, 0.25], dtype=np.float32),
        coverage=np.asarray([0.8, 0.4, 0.0, 0.2], dtype=np.float32),
        dense=np.asarray([0.5, 0.3, 0.2, 0.4], dtype=np.float32),
        everyday=np.asarray([0.0, 2.0, 0.0, -1.0], dtype=np.float32),
        document=np.asarray([0, 0, 0, 1], dtype=np.int32),
        asked=asked_alike({4: Known(0.6, 0.7, 1, following=0.5, together=0.3)}, [3, 4, 6, 7]),
    )


def test_everydayness_is_the_sum_of_word_weights_over_the_root_of_their_number():
    everyday = Everyday({"承租人": 2.0, "租金": 1.0, "部门": -1.0, "没有的词": 9.0}, offset=0.5)
    expected = [0.5 + 3 / math.sqrt(2), 0.5 - 1.0, 0.5 + 1 / math.sqrt(2), 0.5]
    assert everyday.of(LexicalIndex.build(ROWS)).tolist() == pytest.approx(expected)
    assert everyday.of(LexicalIndex.build([])).shape == (0,)


def test_features_are_those_of_a_hand_calculation(clues: Clues):
    found = features(clues)
    guess = [0.5 + 0.4, 0.3 + 0.2 + 0.1, 0.2, 0.4 + 0.1 - 0.05]  # dense + 0.4 words + 0.05 everyday
    assert column(found, "beside") == [0.6, 0.9, 0.0, 0.0]  # row 7 follows row 6 in another document
    assert column(found, "beside_words") == [0.25, 0.5, 0.0, 0.0]
    assert column(found, "asked_words") == [0.0, 0.6, 0.0, 0.0]
    assert column(found, "asked_dense") == [0.0, 0.7, 0.0, 0.0]
    assert column(found, "asked_following") == [0.0, 0.5, 0.0, 0.0]
    assert column(found, "asked_together") == [0.0, round(math.log(1.3), 4), 0.0, 0.0]
    told = [guess[0], guess[1] + 0.6 * 0.7 + 0.3 * 0.6, *guess[2:]]
    mass = [math.exp((value - told[1]) * 15) for value in told]
    own, other = sum(mass[:3]) / sum(mass), mass[3] / sum(mass)
    shares = [math.log(own + 1e-4)] * 3 + [math.log(other + 1e-4)]
    assert column(found, "law_asked") == pytest.approx(shares, abs=1e-3)
    assert column(found, "beside_asked") == [round(told[1], 4), 0.9, 0.0, 0.0]


def test_a_score_is_the_weighted_sum_of_the_features(clues: Clues):
    weights = dict.fromkeys(FEATURES, 0.0) | {"coverage": 2.0, "everyday": 1.0}
    assert scores(clues, weights).tolist() == pytest.approx([1.6, 2.8, 0.0, -0.6])


def test_without_candidates_there_are_no_scores():
    nothing = np.zeros(0, dtype=np.float32)
    places = np.zeros(0, dtype=np.int64)
    none = Clues(places, *[nothing] * 4, places.astype(np.int32), asked_alike({}, []))
    assert scores(none, dict.fromkeys(FEATURES, 1.0)).tolist() == []


def test_the_pool_holds_matching_rows_near_rows_and_those_people_ask_about():
    size = 1000
    words = np.zeros(size, dtype=np.float32)
    words[:200] = np.linspace(1.0, 0.5, 200)  # rows 0..199 match, ever less
    everyday = np.zeros(size, dtype=np.float32)
    everyday[150] = 5.0
    ways = {row: 0.3 + row / 1000 for row in range(700, 850)}
    found = pool(words, {500: 0.9, 501: -0.1}, everyday, ways)
    assert {0, 79, 150, 500, 501} <= found
    assert {750, 849} <= found and 749 not in found  # the hundred whose ways of asking are most like it
    assert 120 not in found  # neither among the best by words nor asked about
    assert 600 not in found  # does not match at all
    assert pool(np.zeros(3, dtype=np.float32), {}, np.zeros(3, dtype=np.float32), {}) == set()


def test_the_shipped_weights_know_what_laypeople_ask_about():
    model = UnchartedModel.load()
    assert set(model.weights) == set(FEATURES)
    index = LexicalIndex.build(
        [["出租人", "承租人", "租金", "合同", "解除"], ["国务院", "主管部门", "规划", "编制", "本条例"]]
    )
    tenant, plan = model.everyday.of(index)
    assert tenant > plan + 1


def test_clues_are_not_changed(clues: Clues):
    before = replace(clues, dense=clues.dense.copy())
    features(clues)
    assert np.array_equal(before.dense, clues.dense)
