"""What was asked and how it went, for whoever keeps the library: usage, and what the library lacks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.conversations import EXCHANGES, RATINGS, Verdict, open_engine
from assistant.domain import AnswerStatus
from assistant.text import bigrams, normalise

_ANSWERED = (AnswerStatus.ANSWERED, AnswerStatus.PARTIAL)
_OUTSIDE = (AnswerStatus.OUT_OF_SCOPE, AnswerStatus.UNCLEAR)  # nothing the library could hold
_SAME = 0.4  # share of character pairs in common from which two questions are one
_CELL_CHARS = 32_000  # a spreadsheet cell holds 32,767


@dataclass(frozen=True, slots=True)
class Asked:
    """One question; `asked_at` in this machine's local time, `region` empty when none was chosen."""

    asked_at: datetime
    question: str
    region: str
    status: AnswerStatus
    latency_ms: float
    verdict: Verdict
    reasons: tuple[str, ...]
    comment: str

    @property
    def answered(self) -> bool:
        """Whether the library answered, wholly or in part."""
        return self.status in _ANSWERED

    @property
    def lacking(self) -> bool:
        """Whether it shows something the library lacks: within its scope and unanswered, or disliked."""
        return self.verdict is Verdict.DOWN or not (self.answered or self.status in _OUTSIDE)


@dataclass(frozen=True, slots=True)
class Day:
    """Questions of one day."""

    day: date
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Figures over a span of days; shares from 0 to 1, None when nobody asked."""

    days: tuple[Day, ...]
    asked: int
    answered_share: float | None
    p50_ms: float | None
    p95_ms: float | None
    liked: int
    disliked: int
    regions: tuple[tuple[str, int], ...]
    statuses: tuple[tuple[AnswerStatus, int], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same, most frequent groups first; `question` is the newest of them."""

    question: str
    times: int
    statuses: tuple[AnswerStatus, ...]
    reasons: tuple[str, ...]
    comments: tuple[str, ...]


class QuestionLog:
    """Reads the questions of a home folder."""

    def __init__(self, engine: sa.Engine) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine

    @classmethod
    def open(cls, home: Path) -> QuestionLog:
        """Open the conversations' file for reading.

        Raises:
            CatalogueError: The file is damaged.
        """
        return cls(open_engine(home, EXCHANGES.metadata))

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def since(self, moment: datetime) -> list[Asked]:
        """Everything asked from a moment (UTC) on, newest first."""
        answer = EXCHANGES.c.answer
        rating = (sa.func.coalesce(RATINGS.c[name], empty) for name, empty in _UNRATED)
        query = (
            sa.select(
                *EXCHANGES.c["asked_at", "question"],
                sa.func.coalesce(sa.func.json_extract(answer, "$.region"), ""),
                sa.func.json_extract(answer, "$.status"),
                sa.func.coalesce(sa.func.json_extract(answer, "$.timings_ms.total"), 0.0),
                *rating,
            )
            .outerjoin(RATINGS, RATINGS.c.exchange_id == EXCHANGES.c.id)
            .where(EXCHANGES.c.asked_at >= moment.isoformat(timespec="milliseconds"))
            .order_by(EXCHANGES.c.asked_at.desc(), EXCHANGES.c.id.desc())
        )
        with self._engine.connect() as connection:
            return [_asked(row) for row in connection.execute(query)]


_UNRATED = (("verdict", ""), ("reasons", "[]"), ("comment", ""))


def _asked(row: sa.Row[Any]) -> Asked:
    at, question, region, status, latency, verdict, reasons, comment = row
    moment = datetime.fromisoformat(at).astimezone()
    given = tuple(json.loads(reasons))
    return Asked(moment, question, region, AnswerStatus(status), latency, Verdict(verdict), given, comment)


def usage(asked: Sequence[Asked], *, last: date, days: int) -> Usage:
    """Figures of the `days` days up to `last`, which are all listed, quiet ones too."""
    first = last - timedelta(days=days - 1)
    total = Counter(a.asked_at.date() for a in asked)
    good = Counter(a.asked_at.date() for a in asked if a.answered)
    listed = (first + timedelta(days=n) for n in range(days))
    times = sorted(a.latency_ms for a in asked)
    return Usage(
        days=tuple(Day(day, total[day], good[day]) for day in listed),
        asked=len(asked),
        answered_share=sum(a.answered for a in asked) / len(asked) if asked else None,
        p50_ms=_percentile(times, 0.50),
        p95_ms=_percentile(times, 0.95),
        liked=sum(a.verdict is Verdict.UP for a in asked),
        disliked=sum(a.verdict is Verdict.DOWN for a in asked),
        regions=tuple(Counter(a.region or "未选地区" for a in asked).most_common(10)),
        statuses=tuple(Counter(a.status for a in asked).most_common()),
    )


def lacking(asked: Sequence[Asked]) -> list[Group]:
    """What the library lacks: unanswered and disliked questions, those that ask the same together.

    Args:
        asked: Newest first.
    """
    clusters: list[list[Asked]] = []
    keys: list[set[str]] = []
    for one in asked:
        if not one.lacking:
            continue
        pairs = set(bigrams(normalise(one.question)))
        near = max(range(len(keys)), key=lambda at: _similar(keys[at], pairs), default=-1)
        if near >= 0 and _similar(keys[near], pairs) >= _SAME:
            clusters[near].append(one)
        else:
            clusters.append([one])
            keys.append(pairs)
    return sorted(map(_group, clusters), key=lambda group: -group.times)


def workbook(asked: Sequence[Asked]) -> bytes:
    """The questions as an .xlsx file; no cell is ever taken for a formula."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook()
    sheet = book.worksheets[0]
    rows: list[tuple[str | float, ...]] = [
        ("时间", "问题", "地区", "结果", "用时毫秒", "评价", "理由", "补充说明")
    ]
    rows += [_row(one) for one in asked]
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL_CHARS]
                cell.data_type = "s"
            else:
                cell.value = value
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", (17, 50, 16, 18, 10, 8, 24, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _row(one: Asked) -> tuple[str | float, ...]:
    verdict = {Verdict.UP: "有用", Verdict.DOWN: "没用", Verdict.NONE: ""}[one.verdict]
    time = one.asked_at.strftime("%Y-%m-%d %H:%M")
    return (
        time,
        one.question,
        one.region,
        one.status.value,
        round(one.latency_ms),
        verdict,
        "、".join(one.reasons),
        one.comment,
    )


def _group(cluster: Sequence[Asked]) -> Group:
    return Group(
        question=cluster[0].question,
        times=len(cluster),
        statuses=tuple(dict.fromkeys(one.status for one in cluster)),
        reasons=tuple(dict.fromkeys(reason for one in cluster for reason in one.reasons)),
        comments=tuple(one.comment for one in cluster if one.comment),
    )


def _similar(a: set[str], b: set[str]) -> float:
    """Share of the character pairs of two questions that both have; 0 when one has none."""
    return len(a & b) / len(a | b) if a and b else 0.0


def _percentile(times: Sequence[float], share: float) -> float | None:
    return times[min(len(times) - 1, int(len(times) * share))] if times else None
