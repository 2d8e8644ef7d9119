"""The audit log (操作记录): who did what, each line chained to the one before so that tampering shows."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import datetime

import sqlalchemy as sa

from assistant.records import changing

AUDIT_META = sa.MetaData()
_AUDIT = sa.Table(
    "audit",
    AUDIT_META,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("object", sa.String, nullable=False),
    sa.Column("chain", sa.String, nullable=False),  # hash over this row and the row before
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which thing; `at` is UTC, ISO 8601, `number` counts from 1 without gaps."""

    number: int
    at: str
    name: str
    action: str
    object: str


class AuditLog:
    """Lines are added and read, never changed. Safe to use from several threads."""

    def __init__(self, engine: sa.Engine, *, clock: Callable[[], datetime]) -> None:
        """`engine` has the tables of `AUDIT_META`; `clock` gives UTC."""
        self._engine = engine
        self._clock = clock
        self._noting = threading.Lock()  # the chain needs one writer at a time

    def note(self, name: str, action: str, thing: str = "") -> None:
        """Add a line."""
        at = self._clock().isoformat(timespec="seconds")
        row = {"at": at, "name": name, "action": action, "object": thing}
        last = sa.select(_AUDIT.c.chain).order_by(_AUDIT.c.number.desc()).limit(1)
        with self._noting, changing(self._engine) as connection:
            before = connection.scalar(last) or ""
            connection.execute(_AUDIT.insert(), row | {"chain": _link(before, row)})

    def newest(self, count: int) -> list[AuditEntry]:
        """The last lines, newest first."""
        query = sa.select(_AUDIT).order_by(_AUDIT.c.number.desc()).limit(count)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def is_whole(self) -> bool:
        """Whether no line was changed, moved or taken out."""
        before, number = "", 0
        with self._engine.connect() as connection:
            for row in connection.execute(sa.select(_AUDIT).order_by(_AUDIT.c.number)):
                entry = _entry(row)
                said = dict(zip(("at", "name", "action", "object"), astuple(entry)[1:], strict=True))
                if entry.number != number + 1 or row.chain != _link(before, said):
                    return False
                before, number = row.chain, entry.number
            given = connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'audit'"))
        return number == (given or 0)


def _entry(row: sa.Row[tuple[int, str, str, str, str, str]]) -> AuditEntry:
    return AuditEntry(row.number, row.at, row.name, row.action, row.object)


def _link(before: str, said: dict[str, str]) -> str:
    return hashlib.sha256("\x1f".join((before, *said.values())).encode()).hexdigest()
