"""What people asked and were told (对话), kept on this machine and private to each browser.

A visitor is the random token of a browser's cookie; only its hash is stored, so the
file cannot be used to pose as somebody. Answers are kept without their explanation.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.answer_record import answer_from_record, answer_record
from assistant.conversation_tables import CHECKS, CONVERSATIONS, EXCHANGES, META, RATINGS, VISITORS
from assistant.domain import Answer, Turn
from assistant.errors import NotFoundError
from assistant.records import changing, open_records

TITLE_CHARS = 24
_NO_ANSWER = "没有找到这条答复，可能已经删除。请刷新页面。"
_ANSWER_CHARS_FOR_FOLLOW_UP = 600  # enough to resolve "那第二条呢"; the rest only costs time


class Verdict(StrEnum):
    """Whether an answer helped; NONE when nobody said."""

    UP = "up"
    DOWN = "down"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """What the asker thinks of an answer. `reasons` are the page's words."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Somebody compared an answer with the originals (人工核对). `outcome` is the page's word; the time is UTC."""

    name: str
    outcome: str
    note: str = ""
    checked_at: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line of the list of conversations; `updated_at` is UTC, ISO 8601."""

    id: str
    title: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer; `asked_at` is UTC, ISO 8601."""

    id: int
    asked_at: str
    answer: Answer
    verdict: Verdict = Verdict.NONE
    check: Check | None = None


class Conversations:
    """The store of conversations. Safe to use from several threads."""

    def __init__(self, engine: sa.Engine, *, clock: Callable[[], datetime]) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine
        self._clock = clock

    @classmethod
    def open(cls, home: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Conversations:
        """Open the store of a home folder, creating it when there is none.

        Raises:
            CatalogueError: The file is damaged.
        """
        return cls(open_records(home, META), clock=clock)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def region(self, visitor: str) -> str:
        """The region this browser chose last; empty when it never did."""
        query = sa.select(VISITORS.c.region).where(VISITORS.c.id == _key(visitor))
        with self._engine.connect() as connection:
            return connection.scalar(query) or ""

    def region_known(self, visitor: str) -> bool:
        """Whether this browser has chosen a region or been asked for one."""
        query = sa.select(VISITORS.c.id).where(VISITORS.c.id == _key(visitor))
        with self._engine.connect() as connection:
            return connection.scalar(query) is not None

    def choose_region(self, visitor: str, region: str) -> None:
        """Remember the region of this browser; an empty one means the whole country."""
        with changing(self._engine) as connection:
            connection.execute(VISITORS.delete().where(VISITORS.c.id == _key(visitor)))
            connection.execute(VISITORS.insert(), {"id": _key(visitor), "region": region})

    def add(self, visitor: str, conversation_id: str, answer: Answer) -> Conversation:
        """Append an answer to a conversation of this visitor.

        A conversation begins when `conversation_id` is empty or belongs to somebody
        else; its title is the beginning of the question.

        Raises:
            CatalogueError: The disk is full or the file cannot be written.
        """
        now = self._clock().isoformat(timespec="milliseconds")
        with changing(self._engine) as connection:
            known = connection.scalar(_owned(visitor, conversation_id, CONVERSATIONS.c.title))
            if known is None:
                conversation_id, known = secrets.token_hex(8), answer.question[:TITLE_CHARS]
                row = {"id": conversation_id, "visitor": _key(visitor), "title": known, "updated_at": now}
                connection.execute(CONVERSATIONS.insert(), row)
            else:
                found = CONVERSATIONS.c.id == conversation_id
                connection.execute(CONVERSATIONS.update().where(found).values(updated_at=now))
            row = {"conversation_id": conversation_id, "asked_at": now, "question": answer.question}
            connection.execute(EXCHANGES.insert(), row | {"answer": answer_record(answer)})
        return Conversation(conversation_id, known, now)

    def exchanges(self, visitor: str, conversation_id: str, *, last: int | None = None) -> list[Exchange]:
        """The questions and answers of a conversation, oldest first; empty when it is not this visitor's.

        Args:
            visitor: The browser's token.
            conversation_id: Id from `add` or `listing`.
            last: Only so many of the newest.
        """
        query = _told(visitor).where(CONVERSATIONS.c.id == conversation_id)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(EXCHANGES.c.id.desc()).limit(last)).all()
        return [_exchange(row) for row in reversed(rows)]

    def exchange(self, visitor: str, exchange_id: int) -> Exchange:
        """One question with its answer.

        Raises:
            NotFoundError: This visitor has no such exchange.
        """
        with self._engine.connect() as connection:
            row = connection.execute(_told(visitor).where(EXCHANGES.c.id == exchange_id)).first()
        if row is None:
            raise NotFoundError(_NO_ANSWER)
        return _exchange(row)

    def rate(self, visitor: str, exchange_id: int, rating: Rating) -> None:
        """Keep what the asker thinks of an answer; a second opinion replaces the first.

        Raises:
            NotFoundError: This visitor has no such exchange.
        """
        now = self._clock().isoformat(timespec="milliseconds")
        row = {"verdict": rating.verdict.value, "comment": rating.comment, "rated_at": now}
        reasons = json.dumps(rating.reasons, ensure_ascii=False)
        self._put(visitor, exchange_id, RATINGS, row | {"reasons": reasons})

    def check(self, visitor: str, exchange_id: int, check: Check) -> Check:
        """Keep that an answer was compared with the originals, now; a second check replaces the first.

        Raises:
            NotFoundError: This visitor has no such exchange.
        """
        kept = replace(check, checked_at=self._clock().isoformat(timespec="milliseconds"))
        self._put(visitor, exchange_id, CHECKS, asdict(kept))
        return kept

    def listing(self, visitor: str, *, words: str = "") -> list[Conversation]:
        """This visitor's conversations, newest first; with `words`, those whose title or questions hold them."""
        query = _owned(visitor, None, *CONVERSATIONS.c["id", "title", "updated_at"])
        if words.strip():
            wanted = words.strip()
            asked = EXCHANGES.c.question.contains(wanted, autoescape=True)
            inside = sa.select(EXCHANGES.c.conversation_id).where(asked)
            titled = CONVERSATIONS.c.title.contains(wanted, autoescape=True)
            query = query.where(sa.or_(titled, CONVERSATIONS.c.id.in_(inside)))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(CONVERSATIONS.c.updated_at.desc())).all()
        return [Conversation(*row) for row in rows]

    def rename(self, visitor: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title; a blank one leaves it as it is.

        Raises:
            NotFoundError: This visitor has no such conversation.
        """
        self._must_own(visitor, conversation_id)
        if title.strip():
            found = CONVERSATIONS.c.id == conversation_id
            with changing(self._engine) as connection:
                connection.execute(
                    CONVERSATIONS.update().where(found).values(title=title.strip()[:TITLE_CHARS])
                )

    def delete(self, visitor: str, conversation_id: str) -> None:
        """Remove a conversation with everything said in it.

        Raises:
            NotFoundError: This visitor has no such conversation.
        """
        self._must_own(visitor, conversation_id)
        inside = EXCHANGES.c.conversation_id == conversation_id
        with changing(self._engine) as connection:
            rated = sa.select(EXCHANGES.c.id).where(inside)
            for table in (RATINGS, CHECKS):
                connection.execute(table.delete().where(table.c.exchange_id.in_(rated)))
            connection.execute(EXCHANGES.delete().where(inside))
            connection.execute(CONVERSATIONS.delete().where(CONVERSATIONS.c.id == conversation_id))

    def _put(self, visitor: str, exchange_id: int, table: sa.Table, row: dict[str, str]) -> None:
        """Keep what is said about one of the visitor's exchanges, in place of what was said before."""
        with changing(self._engine) as connection:
            if connection.execute(_told(visitor).where(EXCHANGES.c.id == exchange_id)).first() is None:
                raise NotFoundError(_NO_ANSWER)
            connection.execute(table.delete().where(table.c.exchange_id == exchange_id))
            connection.execute(table.insert(), {"exchange_id": exchange_id, **row})

    def _must_own(self, visitor: str, conversation_id: str) -> None:
        with self._engine.connect() as connection:
            if connection.scalar(_owned(visitor, conversation_id, CONVERSATIONS.c.id)) is None:
                raise NotFoundError("没有找到这段对话，可能已经删除。请刷新页面。")


def turns(exchanges: list[Exchange]) -> list[Turn]:
    """The history as the assistant takes it, oldest first."""
    said: list[Turn] = []
    for exchange in exchanges:
        said.append(Turn("user", exchange.answer.question))
        said.append(Turn("assistant", exchange.answer.answer[:_ANSWER_CHARS_FOR_FOLLOW_UP]))
    return said


def _told(visitor: str) -> sa.Select[Any]:
    """This visitor's exchanges with what was said about them, for `_exchange`."""
    verdict = sa.func.coalesce(RATINGS.c.verdict, "")
    return (
        sa.select(*EXCHANGES.c["id", "asked_at", "answer"], verdict, *CHECKS.c)
        .join(CONVERSATIONS, CONVERSATIONS.c.id == EXCHANGES.c.conversation_id)
        .outerjoin(RATINGS, RATINGS.c.exchange_id == EXCHANGES.c.id)
        .outerjoin(CHECKS, CHECKS.c.exchange_id == EXCHANGES.c.id)
        .where(CONVERSATIONS.c.visitor == _key(visitor))
    )


def _exchange(row: sa.Row[Any]) -> Exchange:
    id_, asked_at, record, verdict, checked, *check = tuple(row)
    known = None if checked is None else Check(*check)
    return Exchange(id_, asked_at, answer_from_record(record), Verdict(verdict), known)


def _owned(visitor: str, conversation_id: str | None, *columns: sa.Column[Any]) -> sa.Select[Any]:
    """Columns of this visitor's conversations, or of one of them."""
    query = sa.select(*columns).where(CONVERSATIONS.c.visitor == _key(visitor))
    return query if conversation_id is None else query.where(CONVERSATIONS.c.id == conversation_id)


def _key(visitor: str) -> str:
    """What is stored for a visitor; an empty one is a stranger every time."""
    return hashlib.sha256((visitor or secrets.token_hex()).encode()).hexdigest()
