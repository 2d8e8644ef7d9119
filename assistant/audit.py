"""The audit log (操作记录): who did what, each line chained to the one before so that tampering shows."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
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


CLEARED = "清理到期记录"
_UP_TO = (
    "到第 {number} 条为止，校验值 {chain}"  # what a line about clearing says, and the next start rests on
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which thing; `at` is UTC, ISO 8601, `number` counts without gaps."""

    number: int
    at: str
    name: str
    action: str
    object: str


class AuditLog:
    """Lines are added and read, never changed; the oldest may be cleared. Safe to use from several threads."""

    def __init__(self, engine: sa.Engine, *, clock: Callable[[], datetime]) -> None:
        """`engine` has the tables of `AUDIT_META`; `clock` gives UTC."""
        self._engine = engine
        self._clock = clock
        self._noting = threading.Lock()  # the chain needs one writer at a time

    def note(self, name: str, action: str, thing: str = "") -> None:
        """Add a line."""
        with self._noting, changing(self._engine) as connection:
            self._add(connection, name, action, thing)

    def clear(self, name: str, *, before: datetime) -> int:
        """Remove the oldest lines, those of before a moment (UTC), and note that; returns how many went.

        The note holds what the next line's chain rests on, so that `is_whole` still tells
        this from lines taken out by somebody else.
        """
        said_before = before.isoformat(timespec="seconds")
        kept = sa.select(sa.func.min(_AUDIT.c.number)).where(_AUDIT.c.at >= said_before)
        with self._noting, changing(self._engine) as connection:
            first = connection.scalar(kept)
            over = sa.true() if first is None else _AUDIT.c.number < first
            query = sa.select(_AUDIT.c.number, _AUDIT.c.chain).where(over).order_by(_AUDIT.c.number.desc())
            last = connection.execute(query.limit(1)).first()
            if last is None:
                return 0
            self._add(connection, name, CLEARED, _UP_TO.format(number=last.number, chain=last.chain))
            return connection.execute(_AUDIT.delete().where(_AUDIT.c.number <= last.number)).rowcount

    def _add(self, connection: sa.Connection, name: str, action: str, thing: str) -> None:
        at = self._clock().isoformat(timespec="seconds")
        row = {"at": at, "name": name, "action": action, "object": thing}
        last = sa.select(_AUDIT.c.chain).order_by(_AUDIT.c.number.desc()).limit(1)
        before = connection.scalar(last) or ""
        connection.execute(_AUDIT.insert(), row | {"chain": _link(before, row)})

    def newest(self, count: int) -> list[AuditEntry]:
        """The last lines, newest first."""
        query = sa.select(_AUDIT).order_by(_AUDIT.c.number.desc()).limit(count)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def is_whole(self) -> bool:
        """Whether no line was changed, moved or taken out, but those that a line about clearing names."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_AUDIT).order_by(_AUDIT.c.number)).all()
            before, number = _start(rows)
            for row in rows:
                entry = _entry(row)
                said = dict(zip(("at", "name", "action", "object"), astuple(entry)[1:], strict=True))
                if entry.number != number + 1 or row.chain != _link(before, said):
                    return False
                before, number = row.chain, entry.number
            given = connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'audit'"))
        return number == (given or 0)


def _entry(row: sa.Row[tuple[int, str, str, str, str, str]]) -> AuditEntry:
    return AuditEntry(row.number, row.at, row.name, row.action, row.object)


def _start(rows: Sequence[sa.Row[tuple[int, str, str, str, str, str]]]) -> tuple[str, int]:
    """What the first line's chain rests on and the number before it: nothing, or what the last clearing left."""
    number = rows[0].number - 1 if rows else 0
    told = [row.object for row in rows if row.action == CLEARED]
    wanted = _UP_TO.format(number=number, chain="")
    found = next((thing for thing in reversed(told) if thing.startswith(wanted)), None)
    return (found.removeprefix(wanted), number) if found else ("", 0)


def _link(before: str, said: dict[str, str]) -> str:
    return hashlib.sha256("\x1f".join((before, *said.values())).encode()).hexdigest()
