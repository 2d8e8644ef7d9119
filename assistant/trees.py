"""Boosted decision trees: what `ingest train-judge` fits, read without the library that fitted them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of decision trees over named features; all arrays but `roots` have one entry for each node.

    Attributes:
        names: Features in the order `feature` counts them.
        start: What the sum begins with.
        depth: Most decisions in a tree.
        roots: First node of every tree.
        feature: Which feature a node looks at; any for a leaf.
        threshold: A value up to this goes left.
        left: Next node; a leaf's is itself, as is its `right`.
        right: Next node.
        value: What a leaf adds; of other nodes not used.
    """

    names: tuple[str, ...]
    start: float
    depth: int
    roots: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Trees:
        """From what `data` gave."""

        def of(name: str, kind: type) -> NDArray[Any]:
            return np.asarray(data[name], dtype=kind)

        return cls(
            names=tuple(data["names"]),
            start=float(data["start"]),
            depth=int(data["depth"]),
            roots=of("roots", np.int64),
            feature=of("feature", np.int64),
            threshold=of("threshold", np.float64),
            left=of("left", np.int64),
            right=of("right", np.int64),
            value=of("value", np.float64),
        )

    def data(self) -> dict[str, Any]:
        """For JSON."""
        arrays = ("roots", "feature", "threshold", "left", "right", "value")
        return {
            "names": list(self.names),
            "start": self.start,
            "depth": self.depth,
            **{name: getattr(self, name).tolist() for name in arrays},
        }

    def sum(self, features: Mapping[str, float]) -> float:
        """The trees' sum; a feature that is not given counts 0."""
        return float(self.sums(np.asarray([[features.get(name, 0.0) for name in self.names]]))[0])

    def sums(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum for each row of a matrix with the features of `names`; shape (rows,)."""
        # in single precision, as they were fitted: a value at a threshold must go the same way
        values = matrix.astype(np.float32)
        row = np.arange(len(values))[:, None]
        at = np.broadcast_to(self.roots, (len(values), len(self.roots)))
        for _ in range(self.depth):
            smaller = values[row, self.feature[at]] <= self.threshold[at]
            at = np.where(smaller, self.left[at], self.right[at])
        return np.asarray(self.start + self.value[at].sum(axis=1))
