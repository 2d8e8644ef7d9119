"""How like the known questions a question is: expected ones, and known gaps that nothing answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.index import Target
    from assistant.lexical import LexicalIndex
    from assistant.understand import Query

LOOKED_AT = 120  # of the most similar by words, and by vector
NEAREST = 10  # of these count for the share of gaps
JUST_SO = 1.6  # likeness by words and vector of what is practically the same question


@dataclass(frozen=True, slots=True)
class Known:
    """How like an expected question the asked one is: by words (0–1), by vector, and which one.

    Of several expected questions of one passage `following` is the vector's likeness to the
    second best, `together` the sum of all of them to the fourth power.
    """

    words: float
    dense: float
    target: int
    following: float = 0.0
    together: float = 0.0

    @property
    def strength(self) -> float:
        """Order of matches of one passage."""
        return self.words + self.dense


NOTHING = Known(0.0, 0.0, -1)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a question is like: by passage row the expected question most like it, and the known gap most like it.

    `gap_share`: how much of the most similar known questions are gaps, 0 to 1. `unasked`:
    which rows nobody wrote a question for, shape (passages,); True as well where all were
    left out.
    """

    ways: Mapping[int, Known]
    gap: Known
    gap_share: float
    unasked: NDArray[np.bool_]


class Library(Protocol):
    """What is needed of an open index."""

    @property
    def lexical(self) -> LexicalIndex:
        """Words of the passages."""

    @property
    def questions(self) -> LexicalIndex:
        """Words of the known questions."""

    @property
    def targets(self) -> Sequence[Target]:
        """Where each known question points."""

    def nearest_questions(self, vector: NDArray[np.float32], *, top_k: int) -> Mapping[int, float]:
        """The known questions most like one, with their cosines."""


class KnownQuestions:
    """Compares questions with those of one open index."""

    def __init__(self, index: Library) -> None:
        """Only prepares look-ups."""
        self._index = index
        self._asked = np.zeros(index.lexical.size, dtype=np.int64)  # expected questions by passage row
        for target in index.targets:
            self._asked[target.row] += not target.is_gap

    def like(
        self, query: Query, vector: NDArray[np.float32], *, leave_out: AbstractSet[int] = frozenset()
    ) -> Likeness:
        """Compare a question with the known ones.

        Args:
            query: The understood question.
            vector: Its vector, shape (dimensions,).
            leave_out: Question rows to ignore (training on those very questions).

        Returns:
            Matches by passage row; none, `NOTHING` and 0.0 when nothing is like it.
        """
        index = self._index.questions
        unasked = self._unasked(leave_out)
        if not index.size:
            return Likeness({}, NOTHING, 0.0, unasked)
        shared = index.shared(query.terms) + index.shared(query.implied)
        # Dice over idf: both questions must say the same, not just one contain the other
        dice = 2 * shared / np.maximum(index.row_weights + np.float32(index.total(query.terms)), 1e-9)
        near = self._index.nearest_questions(vector, top_k=LOOKED_AT)
        ways: dict[int, Known] = {}
        gaps: list[Known] = []
        strengths: list[tuple[float, bool]] = []
        for at in {*largest(dice, LOOKED_AT), *near} - leave_out:
            cosine = max(near.get(at, 0.0), 0.0)
            known = Known(float(dice[at]), cosine, at, together=cosine**4)
            target = self._index.targets[at]
            strengths.append((known.strength, target.is_gap))
            if target.is_gap:
                gaps.append(known)
            else:
                seen = ways.get(target.row)
                ways[target.row] = known if seen is None else _both(seen, known)
        gap = max(gaps, key=lambda one: one.strength, default=NOTHING)
        return Likeness(ways, gap, _share(strengths), unasked)

    def _unasked(self, leave_out: AbstractSet[int]) -> NDArray[np.bool_]:
        asked = self._asked
        if leave_out:
            targets = [self._index.targets[at] for at in leave_out]
            rows = [target.row for target in targets if not target.is_gap]
            asked = asked - np.bincount(rows, minlength=len(asked))
        return np.asarray(asked == 0)


def _share(strengths: Sequence[tuple[float, bool]]) -> float:
    """Part of the gaps in the fourth powers of the largest strengths."""
    nearest = sorted(strengths, reverse=True)[:NEAREST]
    total = sum(strength**4 for strength, _ in nearest)
    return sum(strength**4 for strength, is_gap in nearest if is_gap) / total if total else 0.0


def _both(one: Known, other: Known) -> Known:
    """What two expected questions of one passage say together; the target is that of the better one."""
    target = other.target if other.strength > one.strength else one.target
    lesser, greater = sorted((one.dense, other.dense))
    following = max(lesser, one.following, other.following)
    return Known(max(one.words, other.words), greater, target, following, one.together + other.together)


def largest(scores: NDArray[np.float32], k: int) -> list[int]:
    """Rows of the `k` largest positive scores, in no order."""
    found = np.flatnonzero(scores > 0)  # first: among many equal zeros the partition takes 10 ms
    if len(found) > k:
        found = found[np.argpartition(scores[found], -k)[-k:]]
    return [int(row) for row in found]
