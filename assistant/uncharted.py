"""Ranking where nobody wrote down how people ask (没有现成问法): statutes, and what an operator adds.

Without known ways of asking three things are left: the words, the vectors, and which
passages people ask about at all. Of a law's articles most never are (purposes, duties
of authorities, days of entry into force); `Everyday` learned from laypeople's questions
which words tell the others. Everything here is computed for all candidates at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.known import NOTHING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.known import Known
    from assistant.lexical import LexicalIndex

    Scores = NDArray[np.float32]

UNCHARTED_FILE = Path(__file__).parent / "models" / "uncharted.json"
FEATURES = (
    "coverage",
    "dense",
    "everyday",
    "beside",
    "beside_words",
    "asked_words",
    "asked_dense",
    "asked_following",
    "asked_together",
    "law_asked",
    "beside_asked",
)
WIDE = 500  # nearest vectors looked at: twice as many find as much, for 4 ms more
_WORD_POOL, _DENSE_POOL, _ASKED_POOL = 80, 150, 100  # candidates taken by one order
_EVERYDAY_WORDS, _EVERYDAY_DENSE = 0.1, 0.06  # weight of everydayness in the second order of each
# A first guess, for what a passage's neighbours and its document's other passages say about it.
_GUESS = {"dense": 1.0, "words": 0.4, "everyday": 0.05}
_GUESS_ASKED = {
    "dense": 0.6,
    "words": 0.3,
}  # a second guess counts the ways of asking too; half or twice is equal
_SHARPNESS = 15.0  # of the share a document has in the first guess
_LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True)
class Everyday:
    """How likely people ask about a passage, from its words: weight per word, and of a passage without any."""

    words: Mapping[str, float]
    offset: float

    def of(self, lexical: LexicalIndex) -> Scores:
        """One value for every row, about standard normal over statutes; shape (size,)."""
        total = np.full(lexical.size, 0.0, dtype=np.float32)
        known = np.zeros(lexical.size, dtype=np.float32)
        for word, weight in self.words.items():
            posting = lexical.posting(word)
            if posting is not None:
                total[posting.rows] += np.float32(weight)
                known[posting.rows] += 1
        return np.asarray(total / np.sqrt(np.maximum(known, 1)) + self.offset, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class UnchartedModel:
    """What `ingest train-uncharted` learned: everydayness of words, and a weight for each of `FEATURES`."""

    everyday: Everyday
    weights: Mapping[str, float]

    @classmethod
    def load(cls, path: Path = UNCHARTED_FILE) -> UnchartedModel:
        """Read the shipped weights."""
        values = json.loads(path.read_text("utf-8"))
        return cls(Everyday(values["everyday"], values["offset"]), values["weights"])


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known about candidate rows for one question; all arrays aligned with `rows`, ascending.

    `words` are BM25 scores divided by the best of all rows, `coverage` the share of the
    question's weight each row holds, `dense` cosines, `everyday` that of the rows,
    `document` the number of each row's document; `asked` what `asked_alike` gives for them.
    """

    rows: NDArray[np.int64]
    words: Scores
    coverage: Scores
    dense: Scores
    everyday: Scores
    document: NDArray[np.int32]
    asked: Scores


def asked_alike(ways: Mapping[int, Known], rows: Sequence[int] | NDArray[np.int64]) -> Scores:
    """How like the question is to the known ways of asking for each row, zeros without one; shape (rows, 4).

    Columns: words and vector of the best, vector of the second best, and log of 1 plus all together.
    """
    found = [ways.get(int(row), NOTHING) for row in rows]
    values = [(one.words, one.dense, one.following, np.log1p(one.together)) for one in found]
    return np.asarray(values, dtype=np.float32).reshape(len(found), 4)


def pool(words: Scores, dense: Mapping[int, float], everyday: Scores, asked: Mapping[int, float]) -> set[int]:
    """Candidate rows: the best by words and by vector, with and without everydayness, and by ways of asking.

    Args:
        words: BM25 scores of all rows, 0 where a row must not be the basis of an answer.
        dense: Cosines of the nearest rows (`WIDE` of them are enough).
        everyday: Everydayness of all rows.
        asked: How like a known way of asking for a row the question is, of the rows that have one like it.
    """
    scaled = words / max(float(words.max(initial=0)), 1e-9)
    matching = np.flatnonzero(words > 0)
    lively = scaled[matching] + _EVERYDAY_WORDS * everyday[matching]
    near = np.fromiter(dense, dtype=np.int64, count=len(dense))
    cosine = np.fromiter(dense.values(), dtype=np.float32, count=len(dense))
    lively_near = cosine + _EVERYDAY_DENSE * everyday[near]
    found = (
        _best(matching, scaled[matching], _WORD_POOL),
        _best(matching, lively, _WORD_POOL),
        _best(near, cosine, _DENSE_POOL),
        _best(near, lively_near, _DENSE_POOL),
    )
    known = sorted(asked, key=lambda row: -asked[row])[:_ASKED_POOL]
    return {int(row) for rows in (*found, known) for row in rows}


def features(clues: Clues) -> Scores:
    """`FEATURES` of every candidate, shape (rows, features).

    `beside`: the better first guess of its two neighbours, 0 when neither is a candidate;
    `beside_words`: half the sum of their `words`. `beside_asked`: as `beside` with a second
    guess, which counts the ways of asking too; `law_asked`: log of its document's share in that.
    """
    words_alike, dense_alike, following, together = clues.asked.T
    guess = (
        _GUESS["dense"] * clues.dense + _GUESS["words"] * clues.words + _GUESS["everyday"] * clues.everyday
    )
    told = guess + _GUESS_ASKED["dense"] * dense_alike + _GUESS_ASKED["words"] * words_alike
    before, after = _neighbours(clues)
    words = np.append(clues.words, 0)
    columns = (
        clues.coverage,
        clues.dense,
        clues.everyday,
        _better(guess, before, after),
        (words[before] + words[after]) / 2,
        words_alike,
        dense_alike,
        following,
        together,
        _document_share(told, clues.document),
        _better(told, before, after),
    )
    return np.stack(columns, axis=1).astype(np.float32)


def scores(clues: Clues, weights: Mapping[str, float]) -> Scores:
    """Score of every candidate, higher is better; shape (rows,)."""
    return np.asarray(features(clues) @ np.asarray([weights[name] for name in FEATURES]), dtype=np.float32)


def _document_share(guess: Scores, document: NDArray[np.int32]) -> Scores:
    """Log of the share of each candidate's document, by a softmax over the candidates' first guess."""
    if not len(guess):
        return guess
    mass = np.exp((guess - guess.max()) * _SHARPNESS)
    _, place = np.unique(document, return_inverse=True)
    return np.asarray(np.log(np.bincount(place, weights=mass)[place] / mass.sum() + _LEAST_SHARE))


def _better(guess: Scores, before: NDArray[np.int64], after: NDArray[np.int64]) -> Scores:
    """The better guess of each candidate's neighbours, 0 when neither is a candidate."""
    padded = np.append(guess, 0)
    return np.asarray(np.maximum(padded[before], padded[after]))


def _neighbours(clues: Clues) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the candidates before and after each in the same document; -1: no candidate."""
    rows, document = clues.rows, clues.document
    places = np.arange(len(rows))
    adjacent = (np.diff(rows) == 1) & (np.diff(document) == 0)
    before, after = np.full(len(rows), -1), np.full(len(rows), -1)
    before[1:][adjacent] = places[:-1][adjacent]
    after[:-1][adjacent] = places[1:][adjacent]
    return before, after


def _best(rows: NDArray[np.int64], values: Scores, size: int) -> NDArray[np.int64]:
    """Rows of the `size` largest values, in no order."""
    return rows if len(rows) <= size else rows[np.argpartition(-values, size)[:size]]
