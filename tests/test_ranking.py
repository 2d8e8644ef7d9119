"""The linear ranking: a weighted sum, reckoned by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.ranking import Ranker


def test_a_score_is_the_weighted_sum_and_unknown_names_weigh_nothing():
    ranker = Ranker({"coverage": 2.0, "stale": -0.5})
    assert ranker.score({"coverage": 0.5, "stale": 1.0, "unheard": 9.0}) == pytest.approx(0.5)
    assert ranker.score({"coverage": 0.0}) == 0.0
    assert ranker.score({}) == 0.0


def test_weights_are_read_from_their_file(tmp_path: Path):
    file = tmp_path / "ranker.json"
    file.write_text(json.dumps({"weights": {"coverage": 3.0}}), "utf-8")
    assert Ranker.load(file).weights == {"coverage": 3.0}


def test_the_shipped_ranking_prefers_what_matches_and_is_in_force():
    ranker = Ranker.load()
    matching = {"coverage": 0.8, "asked_words": 0.6, "asked_dense": 0.7, "asked_both": 0.42}
    assert ranker.score(matching) > ranker.score({name: value / 2 for name, value in matching.items()})
    assert ranker.score(matching | {"stale": 1.0}) < ranker.score(matching)
