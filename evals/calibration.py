"""How far the judge's confidence (置信度) can be trusted: risk–coverage curve and reliability by bin.

Measured on answers given and labelled: a refusal has no answer that could be right.
An answer to a question the library cannot answer is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evals.intervals import Estimate, mean_with_interval

STEPS = 20  # points of the curve that summaries keep: every 5 % of coverage
BINS = 10
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer that was given: its confidence from 0 to 1, and whether it was right (1.0 or 0.0)."""

    confidence: float
    correct: float


@dataclass(frozen=True, slots=True)
class RiskAt:
    """Answering only from `confidence` up: `coverage` of the answers remain, `risk` of those are wrong."""

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers with a confidence from `low` to below `high`: their mean confidence and share right."""

    low: float
    high: float
    confidence: float
    correct: Estimate


@dataclass(frozen=True, slots=True)
class Calibration:
    """The curve from the surest answer to all, the bins in order, and two figures for them.

    `aurc`: area under the risk–coverage curve (Geifman and El-Yaniv 2017), the mean risk
    over all coverages. `ece`: expected calibration error (Naeini et al. 2015), the mean
    distance between confidence and share right. Both 0 at best.
    """

    n: int
    aurc: float
    ece: float
    curve: tuple[RiskAt, ...]
    bins: tuple[Bin, ...]

    def to_json(self) -> dict[str, object]:
        """As summary.json has it; of the curve every 5 % of coverage."""
        return {
            "n": self.n,
            "aurc": round(self.aurc, _DIGITS),
            "ece": round(self.ece, _DIGITS),
            "risk_coverage": [
                {name: round(getattr(at, name), _DIGITS) for name in ("coverage", "confidence", "risk")}
                for at in thinned(self.curve)
            ],
            "bins": [
                {
                    "from": b.low,
                    "to": b.high,
                    "confidence": round(b.confidence, _DIGITS),
                    "correct": b.correct.to_json(),
                }
                for b in self.bins
            ],
        }


def calibration(answers: Sequence[Scored]) -> Calibration | None:
    """Curve and bins of the answers given, whatever their order; None for none."""
    if not answers:
        return None
    curve = tuple(_curve(answers))
    bins = tuple(_bins(answers))
    ece = sum(b.correct.n * abs(b.confidence - b.correct.value) for b in bins) / len(answers)
    return Calibration(len(answers), _area(answers), ece, curve, bins)


def _groups(answers: Sequence[Scored]) -> Iterator[list[float]]:
    """`correct` of the answers by falling confidence; equal ones come together, no threshold parts them."""
    ordered = sorted(answers, key=lambda answer: -answer.confidence)
    for _, group in groupby(ordered, key=lambda answer: answer.confidence):
        yield [answer.correct for answer in group]


def _curve(answers: Sequence[Scored]) -> Iterator[RiskAt]:
    levels = sorted({answer.confidence for answer in answers}, reverse=True)
    taken, wrong = 0, 0.0
    for level, group in zip(levels, _groups(answers), strict=True):
        taken, wrong = taken + len(group), wrong + len(group) - math.fsum(group)
        yield RiskAt(level, taken / len(answers), wrong / taken)


def _area(answers: Sequence[Scored]) -> float:
    """Mean risk of the surest k for k from 1 to n; equal ones count as if in every order."""
    taken, wrong, total = 0, 0.0, 0.0
    for group in _groups(answers):
        share_wrong = 1 - math.fsum(group) / len(group)
        for _ in group:
            taken, wrong = taken + 1, wrong + share_wrong
            total += wrong / taken
    return total / len(answers)


def _bins(answers: Sequence[Scored]) -> Iterator[Bin]:
    for number in range(BINS):
        inside = [a for a in answers if min(int(a.confidence * BINS), BINS - 1) == number]
        correct = mean_with_interval([a.correct for a in inside])
        if correct is not None:
            mean = math.fsum(a.confidence for a in inside) / len(inside)
            yield Bin(number / BINS, (number + 1) / BINS, mean, correct)


def thinned(curve: Sequence[RiskAt]) -> list[RiskAt]:
    """The first point at or above each 5 % of coverage, and so always the last."""
    kept = [next(at for at in curve if at.coverage >= step / STEPS - 1e-9) for step in range(1, STEPS + 1)]
    return list(dict.fromkeys(kept))
