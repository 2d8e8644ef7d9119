"""Usage (使用情况) in figures: questions per day, share answered, speed, topics, regions, feedback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.conversations import Verdict
from assistant.domain import AnswerStatus
from assistant.question_log import Asked

_TOP = 8  # topics and regions named; the others are few


@dataclass(frozen=True, slots=True)
class Day:
    """Questions of one day."""

    day: date
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class Count:
    """How often something occurred."""

    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Figures over a span of days; shares from 0 to 1, None when nobody asked."""

    days: tuple[Day, ...]
    asked: int
    by_program: int
    answered_share: float | None
    p50_ms: float | None
    p95_ms: float | None
    liked: int
    disliked: int
    regions: tuple[Count, ...]
    topics: tuple[Count, ...]
    statuses: tuple[tuple[AnswerStatus, int], ...]


def usage(
    asked: Sequence[Asked], *, last: date, days: int, topic_of: Callable[[str], str] = lambda _question: ""
) -> Usage:
    """Figures of the `days` days up to `last`, which are all listed, quiet ones too.

    Args:
        asked: The questions of these days, in any order.
        last: The last day, local.
        days: At least 1.
        topic_of: The topic of a question; an empty one is not counted.
    """
    first = last - timedelta(days=days - 1)
    total = Counter(a.asked_at.date() for a in asked)
    good = Counter(a.asked_at.date() for a in asked if a.answered)
    listed = (first + timedelta(days=n) for n in range(days))
    times = sorted(a.latency_ms for a in asked)
    return Usage(
        days=tuple(Day(day, total[day], good[day]) for day in listed),
        asked=len(asked),
        by_program=sum(a.by_program for a in asked),
        answered_share=sum(a.answered for a in asked) / len(asked) if asked else None,
        p50_ms=_percentile(times, 0.50),
        p95_ms=_percentile(times, 0.95),
        liked=sum(a.verdict is Verdict.UP for a in asked),
        disliked=sum(a.verdict is Verdict.DOWN for a in asked),
        regions=_most(a.region or "未选地区" for a in asked),
        topics=_most(topic for a in asked if (topic := topic_of(a.question))),
        statuses=tuple(Counter(a.status for a in asked).most_common()),
    )


def _most(names: Iterable[str]) -> tuple[Count, ...]:
    return tuple(Count(name, times) for name, times in Counter(names).most_common(_TOP))


def _percentile(times: Sequence[float], share: float) -> float | None:
    return times[min(len(times) - 1, int(len(times) * share))] if times else None
