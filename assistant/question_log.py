"""What was asked and how it went, and what the library lacks (缺口), for whoever keeps it.

Questions come from the conversations, and from programs over the interface (接口); residents'
numbers are masked before either is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.conversation_tables import EXCHANGES, PROGRAM_QUESTIONS, RATINGS
from assistant.conversations import Verdict
from assistant.domain import Answer, AnswerStatus
from assistant.records import changing, open_records
from assistant.text import bigrams, normalise

_ANSWERED = (AnswerStatus.ANSWERED, AnswerStatus.PARTIAL)
_OUTSIDE = (AnswerStatus.OUT_OF_SCOPE, AnswerStatus.UNCLEAR)  # nothing the library could hold
_SAME = 0.4  # share of character pairs in common from which two questions are one
_UNRATED = (("verdict", ""), ("reasons", "[]"), ("comment", ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question; `asked_at` in this machine's local time, `region` empty when none was chosen.

    `by_program`: it came over the interface, not from the page, and cannot be rated.
    """

    asked_at: datetime
    question: str
    region: str
    status: AnswerStatus
    latency_ms: float
    verdict: Verdict
    reasons: tuple[str, ...]
    comment: str
    by_program: bool = False

    @property
    def answered(self) -> bool:
        """Whether the library answered, wholly or in part."""
        return self.status in _ANSWERED

    @property
    def shows_a_lack(self) -> bool:
        """Whether it shows something the library lacks: within its scope and unanswered, or disliked."""
        return self.verdict is Verdict.DOWN or not (self.answered or self.status in _OUTSIDE)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same, most frequent groups first; `question` and `region` are the newest's."""

    question: str
    region: str
    times: int
    statuses: tuple[AnswerStatus, ...]
    reasons: tuple[str, ...]
    comments: tuple[str, ...]
    others: tuple[str, ...]


class QuestionLog:
    """Reads the questions of a home folder, and keeps those of programs. Safe to use from several threads."""

    def __init__(self, engine: sa.Engine, *, clock: Callable[[], datetime]) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine
        self._clock = clock

    @classmethod
    def open(cls, home: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> QuestionLog:
        """Open the conversations' file; `clock` gives UTC.

        Raises:
            CatalogueError: The file is damaged.
        """
        return cls(open_records(home, EXCHANGES.metadata), clock=clock)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def note(self, answer: Answer) -> None:
        """Keep what a program asked over the interface and how it went, without the answer's words.

        Raises:
            CatalogueError: The disk is full or the file cannot be written.
        """
        row = {"asked_at": self._clock().isoformat(timespec="milliseconds"), "question": answer.question}
        went = {"status": answer.status.value, "latency_ms": answer.latency_ms}
        with changing(self._engine) as connection:
            connection.execute(PROGRAM_QUESTIONS.insert(), row | went | {"region": answer.region or ""})

    def since(self, moment: datetime) -> list[Asked]:
        """Everything asked from a moment (UTC) on, newest first."""
        first = moment.isoformat(timespec="milliseconds")
        with self._engine.connect() as connection:
            pages = [_asked(row) for row in connection.execute(_of_conversations(first)).mappings()]
            programs = [_asked(row) for row in connection.execute(_of_programs(first)).mappings()]
        return list(merge(pages, programs, key=lambda one: one.asked_at, reverse=True))


def _of_conversations(first: str) -> sa.Select[Any]:
    """What was asked on the page from a moment on, newest first, with what the asker thought of it."""
    answer = EXCHANGES.c.answer
    rating = (sa.func.coalesce(RATINGS.c[name], empty).label(name) for name, empty in _UNRATED)
    return (
        sa.select(
            *EXCHANGES.c["asked_at", "question"],
            sa.func.coalesce(sa.func.json_extract(answer, "$.region"), "").label("region"),
            sa.func.json_extract(answer, "$.status").label("status"),
            sa.func.coalesce(sa.func.json_extract(answer, "$.timings_ms.total"), 0.0).label("latency_ms"),
            *rating,
            sa.false().label("by_program"),
        )
        .outerjoin(RATINGS, RATINGS.c.exchange_id == EXCHANGES.c.id)
        .where(EXCHANGES.c.asked_at >= first)
        .order_by(EXCHANGES.c.asked_at.desc(), EXCHANGES.c.id.desc())
    )


def _of_programs(first: str) -> sa.Select[Any]:
    """What programs asked from a moment on, newest first."""
    table = PROGRAM_QUESTIONS.c
    unrated = (sa.literal(empty).label(name) for name, empty in _UNRATED)
    return (
        sa.select(
            *table["asked_at", "question", "region", "status", "latency_ms"],
            *unrated,
            sa.true().label("by_program"),
        )
        .where(table.asked_at >= first)
        .order_by(table.asked_at.desc(), table.id.desc())
    )


def lacking(asked: Sequence[Asked]) -> list[Group]:
    """What the library lacks: unanswered and disliked questions, those that ask the same together.

    Args:
        asked: Newest first.
    """
    clusters: list[list[Asked]] = []
    keys: list[set[str]] = []
    for one in asked:
        if not one.shows_a_lack:
            continue
        pairs = set(bigrams(normalise(one.question)))
        near = max(range(len(keys)), key=lambda at: _similar(keys[at], pairs), default=-1)
        if near >= 0 and _similar(keys[near], pairs) >= _SAME:
            clusters[near].append(one)
        else:
            clusters.append([one])
            keys.append(pairs)
    return sorted(map(_group, clusters), key=lambda group: -group.times)


def _asked(row: sa.RowMapping) -> Asked:
    return Asked(
        asked_at=datetime.fromisoformat(row["asked_at"]).astimezone(),
        question=row["question"],
        region=row["region"],
        status=AnswerStatus(row["status"]),
        latency_ms=row["latency_ms"],
        verdict=Verdict(row["verdict"]),
        reasons=tuple(json.loads(row["reasons"])),
        comment=row["comment"],
        by_program=bool(row["by_program"]),
    )


def _group(cluster: Sequence[Asked]) -> Group:
    newest = cluster[0]
    return Group(
        question=newest.question,
        region=newest.region,
        times=len(cluster),
        statuses=tuple(dict.fromkeys(one.status for one in cluster)),
        reasons=tuple(dict.fromkeys(reason for one in cluster for reason in one.reasons)),
        comments=tuple(one.comment for one in cluster if one.comment),
        others=tuple(dict.fromkeys(one.question for one in cluster if one.question != newest.question)),
    )


def _similar(a: set[str], b: set[str]) -> float:
    """Share of the character pairs of two questions that both have; 0 when one has none."""
    return len(a & b) / len(a | b) if a and b else 0.0
