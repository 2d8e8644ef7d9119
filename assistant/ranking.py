"""The learned linear ranking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RANKER_FILE = Path(__file__).parent / "models" / "ranker.json"
# How a passage matches a question; where `uncharted` ranks, its one score stands for all of these.
MATCHING = frozenset(
    {
        "bm25",
        "coverage",
        "implied",
        "dense",
        "asked_words",
        "asked_dense",
        "asked_both",
        "unasked",
        "unasked_coverage",
        "unasked_dense",
    }
)


@dataclass(frozen=True, slots=True)
class Ranker:
    """Linear ranking: weight per feature name, trained by `ingest train-ranker`."""

    weights: Mapping[str, float]

    @classmethod
    def load(cls, path: Path = RANKER_FILE) -> Ranker:
        """Read the shipped weights."""
        return cls(json.loads(path.read_text("utf-8"))["weights"])

    def score(self, features: Mapping[str, float]) -> float:
        """Sum of weighted features; unknown names weigh nothing."""
        weights = self.weights
        return sum(weights.get(name, 0.0) * value for name, value in features.items() if value)
