"""How far two judges agree beyond chance, and whether a difference could be luck."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa (1960) of two reviewers' verdicts on the same rows: 1 agreement, 0 as by chance.

    None for no pairs, and when both gave one and the same verdict throughout, where
    chance agreement is total and kappa undefined.
    """
    n = len(pairs)
    if not n:
        return None
    observed = sum(first == second for first, second in pairs) / n
    ones, others = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(ones[label] * others[label] for label in ones) / n**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def agreement(pairs: Sequence[tuple[str, str]]) -> dict[str, float | int | None]:
    """How two judges agree on the rows both judged: n, share of same verdicts, Cohen's kappa."""
    kappa = cohen_kappa(pairs)
    same = sum(first == second for first, second in pairs)
    return {
        "n": len(pairs),
        "same": round(same / len(pairs), 4) if pairs else None,
        "kappa": None if kappa is None else round(kappa, 4),
    }


def sign_test(wins: int, losses: int) -> float:
    """Two-sided exact sign test: how likely so uneven a split is when both are equal; 1.0 for no split."""
    n, fewer = wins + losses, min(wins, losses)
    tail = sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n
    return min(1.0, 2 * tail)
