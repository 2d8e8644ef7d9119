"""BM25 over tokens, as arrays on disk: postings hold finished scores, a query adds them up.

Own code rather than bm25s: queries need a weight for each term (a synonym counts less
than the asker's own word) and each term's share of a hit's score (explanations, answer
judgement), which that library does not give.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import IndexUnusableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

K1, B = 1.2, 0.75  # Robertson's usual values


@dataclass(frozen=True, slots=True)
class Posting:
    """Rows that hold a term, ascending, and the term's BM25 score in each."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]


class LexicalIndex:
    """BM25 scores of every (term, row) pair, grouped by term."""

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        starts: NDArray[np.int64],
        rows: NDArray[np.int32],
        scores: NDArray[np.float32],
        weights: NDArray[np.float32],
    ) -> None:
        """Use `build` or `open`; this only assigns. `weights` is each row's sum of idf over its terms."""
        self._vocabulary = vocabulary
        self._starts, self._rows, self._scores = starts, rows, scores
        self.row_weights = weights
        self.size = len(weights)

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]]) -> LexicalIndex:
        """Index one token list per row. No rows, or rows without tokens, are fine."""
        vocabulary: dict[str, int] = {}
        lengths: list[int] = []
        ids: list[NDArray[np.int32]] = []
        for tokens in texts:
            row = np.fromiter(
                (vocabulary.setdefault(t, len(vocabulary)) for t in tokens), dtype=np.int32, count=len(tokens)
            )
            ids.append(row)
            lengths.append(len(tokens))
        size = len(lengths)
        length = np.asarray(lengths, dtype=np.float64)
        flat = np.concatenate(ids).astype(np.int64) if ids else np.zeros(0, dtype=np.int64)
        owner = np.repeat(np.arange(size, dtype=np.int64), lengths)
        pairs, counts = np.unique(flat * max(size, 1) + owner, return_counts=True)
        terms, rows = pairs // max(size, 1), pairs % max(size, 1)
        frequency = np.bincount(terms, minlength=len(vocabulary))
        idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
        mean = length.mean() if size and length.sum() else 1.0
        norm = K1 * (1 - B + B * length[rows] / mean)
        scores = idf[terms] * counts * (K1 + 1) / (counts + norm)
        starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
        weights = np.bincount(rows, weights=idf[terms], minlength=size).astype(np.float32)
        return cls(vocabulary, starts, rows.astype(np.int32), scores.astype(np.float32), weights)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Read an index written by `save`; the large arrays stay on disk until touched.

        Raises:
            IndexUnusableError: A file is missing or damaged, or they do not belong together.
        """
        try:
            terms = (folder / "terms.txt").read_text("utf-8").split("\n")
            starts, weights = np.load(folder / "starts.npy"), np.load(folder / "weights.npy")
            rows = np.load(folder / "rows.npy", mmap_mode="r")
            scores = np.load(folder / "scores.npy", mmap_mode="r")
            vocabulary = {term: i for i, term in enumerate(terms) if term}
            if len(starts) != len(vocabulary) + 1 or not starts[-1] == len(rows) == len(scores):
                raise ValueError("文件长短不一")
        except (OSError, ValueError, EOFError) as exc:
            raise IndexUnusableError(
                f"词语索引 {folder} 不完整（{exc}），请运行 ingest publish 重建。"
            ) from exc
        return cls(vocabulary, starts, rows, scores, weights)

    def save(self, folder: Path) -> None:
        """Write the index into a new or empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "terms.txt").write_text("\n".join(self._vocabulary), "utf-8")
        np.save(folder / "starts.npy", self._starts)
        np.save(folder / "rows.npy", self._rows)
        np.save(folder / "scores.npy", self._scores)
        np.save(folder / "weights.npy", self.row_weights)

    def posting(self, term: str) -> Posting | None:
        """The rows of a term, None when no row holds it."""
        at = self._vocabulary.get(term)
        if at is None:
            return None
        part = slice(int(self._starts[at]), int(self._starts[at + 1]))
        return Posting(self._rows[part], self._scores[part])

    def idf(self, term: str) -> float:
        """Inverse document frequency; that of a term in no row when unknown."""
        at = self._vocabulary.get(term)
        frequency = 0 if at is None else int(self._starts[at + 1] - self._starts[at])
        return float(np.log1p((self.size - frequency + 0.5) / (frequency + 0.5)))

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
                found[posting.rows] += np.float32(weight * self.idf(term))
        return found

    def total(self, weights: Mapping[str, float]) -> float:
        """Weighted idf of all the given terms, known or not."""
        return sum(weight * self.idf(term) for term, weight in weights.items())
