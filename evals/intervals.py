"""Means with intervals, percentiles: how far a figure of this many questions can be trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SEED = 20261121
RESAMPLES = 2000
LEVEL = 0.95
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` questions with its interval `low`–`high` at 95 %."""

    value: float
    n: int
    low: float
    high: float

    def to_json(self) -> dict[str, float | int]:
        """The figure as summaries print it, to four digits."""
        rounded = {name: round(getattr(self, name), _DIGITS) for name in ("value", "low", "high")}
        return {"n": self.n, **rounded}


def mean_with_interval(values: Sequence[float], *, seed: int = SEED) -> Estimate | None:
    """Mean and percentile bootstrap interval; None for no values.

    Equal values leave a bootstrap without width, as if 5 of 5 were certain; for all 0
    or all 1 the exact binomial bound is given instead. Same values and seed, same
    interval, whatever the order.
    """
    import numpy as np

    if not values:
        return None
    distinct, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    n, mean = len(values), math.fsum(values) / len(values)
    if len(distinct) == 1:
        return Estimate(mean, n, *_bounds_of_constant(mean, n))
    # Drawing counts of the distinct values is drawing n values with replacement, only faster.
    draws = np.random.default_rng(seed).multinomial(n, counts / n, size=RESAMPLES)
    low, high = np.quantile(draws @ distinct / n, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(mean, n, float(low), float(high))


def difference_with_interval(values: Sequence[float], *, share: bool) -> Estimate | None:
    """Mean of paired differences and its interval; None for no values.

    Where nothing differs, a change in either direction may have been missed: for shares
    the exact binomial bound is taken both ways.
    """
    if any(values) or not values:
        return mean_with_interval(values)
    reach = _bounds_of_constant(0.0, len(values))[1] if share else 0.0
    return Estimate(0.0, len(values), -reach, reach)


def _bounds_of_constant(value: float, n: int) -> tuple[float, float]:
    reach = ((1 - LEVEL) / 2) ** (1 / n)
    if value == 1:
        return reach, 1.0
    if value == 0:
        return 0.0, 1 - reach
    return value, value


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least `share` of the values do not exceed (nearest rank); None for none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]
