"""Which characters of a text also stand in others, for marking overlap in reports."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from evals.matching import comparable

_GRAM = 8  # shorter runs (社区社会组织) coincide in any two sentences of this field


def overlap_runs(text: str, others: Iterable[str]) -> list[tuple[int, int]]:
    """Half-open runs of `text` that occur in one of `others`, in order, blanks and width aside.

    Runs are at least eight characters long, or a whole shorter text of `others`.
    """
    wanted = list(filter(None, map(comparable, others)))
    if not wanted:
        return []
    folded, places = _folded(text)
    covered = [False] * len(folded)
    for other in wanted:
        size = min(_GRAM, len(other))
        grams = {other[i : i + size] for i in range(len(other) - size + 1)}
        for i in range(len(folded) - size + 1):
            if folded[i : i + size] in grams:
                covered[i : i + size] = [True] * size
    return _runs([place for place, hit in zip(places, covered, strict=True) if hit], text)


def _folded(text: str) -> tuple[str, list[int]]:
    """Comparable text and, for each of its characters, where it comes from."""
    folded, places = [], []
    for place, character in enumerate(text):
        for piece in _folded_character(character):
            folded.append(piece)
            places.append(place)
    return "".join(folded), places


@lru_cache(maxsize=8192)  # policy text uses some 3,000 different characters, over and over
def _folded_character(character: str) -> str:
    return comparable(character)


def _runs(places: list[int], text: str) -> list[tuple[int, int]]:
    """Join neighbouring places; blanks between two of them belong to the run."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and not text[runs[-1][1] : place].strip():
            runs[-1] = (runs[-1][0], max(runs[-1][1], place + 1))
        else:
            runs.append((place, place + 1))
    return runs
