"""Evaluation questions (考题) made from what was really asked: question, gold clause, or that there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from assistant.records import changing, open_records

_META = sa.MetaData()
_QUESTIONS = sa.Table(
    "exam_questions",
    _META,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("made_at", sa.String, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("region", sa.String, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sqlite_autoincrement=True,  # the number of a deleted question is never given to another
)


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """A question with the clause that answers it; `quote` and `source` are empty when none does."""

    question: str
    region: str = ""
    quote: str = ""
    source: str = ""
    number: int = 0

    @property
    def answerable(self) -> bool:
        """Whether the library holds the answer."""
        return bool(self.quote)


class Exam:
    """The evaluation questions of a home folder. Safe to use from several threads."""

    def __init__(self, engine: sa.Engine, *, clock: Callable[[], datetime]) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine
        self._clock = clock

    @classmethod
    def open(cls, home: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Exam:
        """Open the questions of a home folder, creating their table when there is none.

        Raises:
            CatalogueError: The file is damaged.
        """
        return cls(open_records(home, _META), clock=clock)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def add(self, question: ExamQuestion) -> None:
        """Keep a question; one with the same words and region replaces the earlier one."""
        same = sa.and_(_QUESTIONS.c.question == question.question, _QUESTIONS.c.region == question.region)
        row = {"question": question.question, "region": question.region}
        gold = {"quote": question.quote, "source": question.source}
        made = {"made_at": self._clock().isoformat(timespec="seconds")}
        with changing(self._engine) as connection:
            connection.execute(_QUESTIONS.delete().where(same))
            connection.execute(_QUESTIONS.insert(), row | gold | made)

    def remove(self, number: int) -> None:
        """Drop a question; an unknown number changes nothing."""
        with changing(self._engine) as connection:
            connection.execute(_QUESTIONS.delete().where(_QUESTIONS.c.number == number))

    def questions(self) -> list[ExamQuestion]:
        """All questions, oldest first."""
        columns = _QUESTIONS.c["question", "region", "quote", "source", "number"]
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).order_by(_QUESTIONS.c.number))
            return [ExamQuestion(*row) for row in rows]
