"""BM25 over tokens, as arrays on disk: postings hold finished scores, a query adds them up.

Own code rather than bm25s: queries need a weight for each term (a synonym counts less
than the asker's own word) and each term's share of a hit's score (explanations, answer
judgement), which that library does not give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import IndexUnusableError
from assistant.postings import Postings, count_terms
from assistant.text import RowTerms

if TYPE_CHECKING:
    from numpy.typing import NDArray

K1, B = 1.2, 0.75  # Robertson's usual values
_SCORED_AT_ONCE = 1_000_000  # (term, row) pairs, about; bounds the memory of a build


@dataclass(frozen=True, slots=True)
class Posting:
    """Rows that hold a term, ascending, and the term's BM25 score in each."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]


class LexicalIndex:
    """BM25 scores of every (term, row) pair, grouped by term."""

    def __init__(self, postings: Postings, scores: NDArray[np.float32], weights: NDArray[np.float32]) -> None:
        """Use `of` or `open`; this only assigns. `weights` is each row's sum of idf over its terms."""
        self._vocabulary = postings.vocabulary
        # As plain arrays: each slice of a mapped file's own kind costs as much as the look-up.
        self._starts = postings.starts
        self._rows, self._scores = postings.rows.view(np.ndarray), scores.view(np.ndarray)
        self._postings = postings
        self.row_weights = weights
        self.size = len(weights)

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]]) -> LexicalIndex:
        """Index one token list per row. No rows, or rows without tokens, are fine."""
        return cls.of(count_terms(map(RowTerms, texts)))

    @classmethod
    def of(cls, postings: Postings) -> LexicalIndex:
        """Score counted terms."""
        size = len(postings.lengths)
        mean = float(postings.lengths.mean()) if postings.lengths.any() else 1.0
        norm = K1 * (1 - B + B * postings.lengths / mean)
        frequency = np.diff(postings.starts)
        idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
        scores = np.empty(len(postings.rows), dtype=np.float32)
        weights = np.zeros(size)
        wholes = np.searchsorted(postings.starts, np.arange(0, len(scores), _SCORED_AT_ONCE))
        edges = np.unique(np.append(wholes, len(frequency)))
        for first, last in pairwise(edges.tolist()):
            part = slice(postings.starts[first], postings.starts[last])
            rows, counts = postings.rows[part], postings.counts[part].astype(np.float64)
            worth = np.repeat(idf[first:last], frequency[first:last])
            scores[part] = worth * counts * (K1 + 1) / (counts + norm[rows])
            weights += np.bincount(rows, weights=worth, minlength=size)
        return cls(postings, scores, weights.astype(np.float32))

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Read an index written by `save`; the large arrays stay on disk until touched.

        Raises:
            IndexUnusableError: A file is missing or damaged, or they do not belong together.
        """
        postings = Postings.read(folder)
        try:
            weights = np.load(folder / "weights.npy")
            scores = np.load(folder / "scores.npy", mmap_mode="r")
            if len(scores) != len(postings.rows) or len(weights) != len(postings.lengths):
                raise ValueError("文件长短不一")
        except (OSError, ValueError, EOFError) as exc:
            raise IndexUnusableError(
                f"词语索引 {folder} 不完整（{exc}），请运行 ingest publish 重建。"
            ) from exc
        return cls(postings, scores, weights)

    def save(self, folder: Path) -> None:
        """Write the index into a new or empty folder."""
        self._postings.save(folder)
        np.save(folder / "scores.npy", self._scores)
        np.save(folder / "weights.npy", self.row_weights)

    def posting(self, term: str) -> Posting | None:
        """The rows of a term, None when no row holds it."""
        at = self._vocabulary.number(term)
        if at is None:
            return None
        part = slice(int(self._starts[at]), int(self._starts[at + 1]))
        if part.start == part.stop:
            return None
        return Posting(self._rows[part], self._scores[part])

    def idf(self, term: str) -> float:
        """Inverse document frequency; that of a term in no row when unknown."""
        at = self._vocabulary.number(term)
        return self._idf(0 if at is None else int(self._starts[at + 1] - self._starts[at]))

    def _idf(self, frequency: int) -> float:
        return log1p((self.size - frequency + 0.5) / (frequency + 0.5))

    def scores(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """Sum of weighted BM25 scores for every row; shape (size,), zeros without a match."""
        total = np.zeros(self.size, dtype=np.float32)
        for term, weight in weights.items():
            posting = self.posting(term)
            if posting is not None:
                total[posting.rows] += np.float32(weight) * posting.scores
        return total

    def shared(self, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """Weighted idf of the given terms that each row holds; shape (size,).

        Divided by `total(weights)` it is the share of the question a row covers.
        """
        found = np.zeros(self.size, dtype=np.float32)
        for term, weight in weights.items():
            posting = self.posting(term)
            if posting is not None:
                found[posting.rows] += np.float32(weight * self._idf(len(posting.rows)))
        return found

    def total(self, weights: Mapping[str, float]) -> float:
        """Weighted idf of all the given terms, known or not."""
        return sum(weight * self.idf(term) for term, weight in weights.items())
