"""How long records are kept (保存期限): what is over goes, at the start and once a day.

Residents' words are kept no longer than needed (个人信息保护法 第十九条); the audit log at
least half a year, as the law asks of network logs (网络安全法).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from assistant.audit import AuditLog
from assistant.conversation_tables import CHECKS, CONVERSATIONS, EXCHANGES, META, PROGRAM_QUESTIONS, RATINGS
from assistant.records import changing, open_records

AUDIT_DAYS = 180  # the audit log is never kept shorter than this
NOBODY = "系统"  # in whose name the clearing stands in the audit log
CLEARED = "清理到期提问"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many questions (with their answers) and how many lines of the audit log went."""

    questions: int
    audited: int


class Retention:
    """Removes what is older than `keep_days` from a home's records. Safe to use beside everything else."""

    def __init__(
        self, engine: sa.Engine, audit: AuditLog, *, keep_days: int, clock: Callable[[], datetime]
    ) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine
        self._audit = audit
        self._keep_days = keep_days
        self._clock = clock

    @classmethod
    def open(
        cls,
        home: Path,
        audit: AuditLog,
        *,
        keep_days: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Retention:
        """Open the records of a home folder; `audit` is its audit log, `clock` gives UTC.

        Raises:
            CatalogueError: The file is damaged.
        """
        return cls(open_records(home, META), audit, keep_days=keep_days, clock=clock)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def clear(self) -> Cleared:
        """Remove what is over, and write into the audit log that it was removed.

        Questions go with their answers, opinions and checks; conversations go when
        nothing is left of them. The audit log loses its oldest lines only.

        Raises:
            CatalogueError: The disk is full or the file cannot be written; nothing is removed.
        """
        now = self._clock()
        asked_before = now - timedelta(days=self._keep_days)
        questions = self._clear_questions(asked_before.isoformat(timespec="milliseconds"))
        if questions:
            day = asked_before.astimezone().date()
            self._audit.note(NOBODY, CLEARED, f"{day} 以前的 {questions} 条")
        audited_before = now - timedelta(days=max(self._keep_days, AUDIT_DAYS))
        audited = self._audit.clear(NOBODY, before=audited_before)
        if questions or audited:
            logger.info("cleared %d questions and %d audit lines", questions, audited)
        return Cleared(questions, audited)

    def _clear_questions(self, before: str) -> int:
        over = sa.select(EXCHANGES.c.id).where(EXCHANGES.c.asked_at < before)
        left = sa.select(EXCHANGES.c.conversation_id)
        with changing(self._engine) as connection:
            for table in (RATINGS, CHECKS):
                connection.execute(table.delete().where(table.c.exchange_id.in_(over)))
            gone = connection.execute(EXCHANGES.delete().where(EXCHANGES.c.asked_at < before)).rowcount
            empty = sa.and_(CONVERSATIONS.c.updated_at < before, CONVERSATIONS.c.id.not_in(left))
            connection.execute(CONVERSATIONS.delete().where(empty))
            programs = PROGRAM_QUESTIONS.delete().where(PROGRAM_QUESTIONS.c.asked_at < before)
            return gone + connection.execute(programs).rowcount
