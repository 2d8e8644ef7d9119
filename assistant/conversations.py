"""What people asked and were told (对话), kept on this machine and private to each browser.

A visitor is the random token of a browser's cookie; only its hash is stored, so the
file cannot be used to pose as somebody. Answers are kept without their explanation.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.answer_record import answer_from_record, answer_record
from assistant.domain import Answer, Turn
from assistant.errors import NotFoundError
from assistant.records import changing, open_records

TITLE_CHARS = 24
_ANSWER_CHARS_FOR_FOLLOW_UP = 600  # enough to resolve "那第二条呢"; the rest only costs time

_META = sa.MetaData()
_VISITORS = sa.Table(
    "visitors",
    _META,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("region", sa.String, nullable=False),
)
_CONVERSATIONS = sa.Table(
    "conversations",
    _META,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("visitor", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("updated_at", sa.String, nullable=False),
)
EXCHANGES = sa.Table(
    "exchanges",
    _META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.String, nullable=False, index=True),
    sa.Column("asked_at", sa.String, nullable=False),
    sa.Column("question", sa.Text, nullable=False),  # for searching; also inside the record
    sa.Column("answer", sa.Text, nullable=False),  # JSON, see answer_record
    sqlite_autoincrement=True,  # the id of a deleted exchange is never given to another
)
RATINGS = sa.Table(
    "ratings",
    _META,
    sa.Column("exchange_id", sa.Integer, primary_key=True),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),  # JSON list
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("rated_at", sa.String, nullable=False),
)


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
        return cls(open_records(home, _META), clock=clock)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def region(self, visitor: str) -> str:
        """The region this browser chose last; empty when it never did."""
        query = sa.select(_VISITORS.c.region).where(_VISITORS.c.id == _key(visitor))
        with self._engine.connect() as connection:
            return connection.scalar(query) or ""

    def choose_region(self, visitor: str, region: str) -> None:
        """Remember the region of this browser; an empty one means the whole country."""
        with changing(self._engine) as connection:
            connection.execute(_VISITORS.delete().where(_VISITORS.c.id == _key(visitor)))
            connection.execute(_VISITORS.insert(), {"id": _key(visitor), "region": region})

    def add(self, visitor: str, conversation_id: str, answer: Answer) -> Conversation:
        """Append an answer to a conversation of this visitor.

        A conversation begins when `conversation_id` is empty or belongs to somebody
        else; its title is the beginning of the question.

        Raises:
            CatalogueError: The disk is full or the file cannot be written.
        """
        now = self._clock().isoformat(timespec="milliseconds")
        with changing(self._engine) as connection:
            known = connection.scalar(_owned(visitor, conversation_id, _CONVERSATIONS.c.title))
            if known is None:
                conversation_id, known = secrets.token_hex(8), answer.question[:TITLE_CHARS]
                row = {"id": conversation_id, "visitor": _key(visitor), "title": known, "updated_at": now}
                connection.execute(_CONVERSATIONS.insert(), row)
            else:
                found = _CONVERSATIONS.c.id == conversation_id
                connection.execute(_CONVERSATIONS.update().where(found).values(updated_at=now))
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
        query = (
            sa.select(*EXCHANGES.c["id", "asked_at", "answer"], sa.func.coalesce(RATINGS.c.verdict, ""))
            .join(_CONVERSATIONS, _CONVERSATIONS.c.id == EXCHANGES.c.conversation_id)
            .outerjoin(RATINGS, RATINGS.c.exchange_id == EXCHANGES.c.id)
            .where(_CONVERSATIONS.c.id == conversation_id, _CONVERSATIONS.c.visitor == _key(visitor))
            .order_by(EXCHANGES.c.id.desc())
            .limit(last)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Exchange(id_, asked_at, answer_from_record(record), Verdict(verdict))
            for id_, asked_at, record, verdict in reversed(rows)
        ]

    def rate(self, visitor: str, exchange_id: int, rating: Rating) -> None:
        """Keep what the asker thinks of an answer; a second opinion replaces the first.

        Raises:
            NotFoundError: This visitor has no such exchange.
        """
        own = (
            sa.select(EXCHANGES.c.id)
            .join(_CONVERSATIONS, _CONVERSATIONS.c.id == EXCHANGES.c.conversation_id)
            .where(EXCHANGES.c.id == exchange_id, _CONVERSATIONS.c.visitor == _key(visitor))
        )
        now = self._clock().isoformat(timespec="milliseconds")
        with changing(self._engine) as connection:
            if connection.scalar(own) is None:
                raise NotFoundError("没有找到这条答复，可能已经删除。请刷新页面。")
            connection.execute(RATINGS.delete().where(RATINGS.c.exchange_id == exchange_id))
            row = {"verdict": rating.verdict.value, "comment": rating.comment, "rated_at": now}
            reasons = json.dumps(rating.reasons, ensure_ascii=False)
            connection.execute(RATINGS.insert(), row | {"exchange_id": exchange_id, "reasons": reasons})

    def listing(self, visitor: str, *, words: str = "") -> list[Conversation]:
        """This visitor's conversations, newest first; with `words`, those whose title or questions hold them."""
        query = _owned(visitor, None, *_CONVERSATIONS.c["id", "title", "updated_at"])
        if words.strip():
            wanted = words.strip()
            asked = EXCHANGES.c.question.contains(wanted, autoescape=True)
            inside = sa.select(EXCHANGES.c.conversation_id).where(asked)
            titled = _CONVERSATIONS.c.title.contains(wanted, autoescape=True)
            query = query.where(sa.or_(titled, _CONVERSATIONS.c.id.in_(inside)))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(_CONVERSATIONS.c.updated_at.desc())).all()
        return [Conversation(*row) for row in rows]

    def rename(self, visitor: str, conversation_id: str, title: str) -> None:
        """Give a conversation another title; a blank one leaves it as it is.

        Raises:
            NotFoundError: This visitor has no such conversation.
        """
        self._must_own(visitor, conversation_id)
        if title.strip():
            found = _CONVERSATIONS.c.id == conversation_id
            with changing(self._engine) as connection:
                connection.execute(
                    _CONVERSATIONS.update().where(found).values(title=title.strip()[:TITLE_CHARS])
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
            connection.execute(RATINGS.delete().where(RATINGS.c.exchange_id.in_(rated)))
            connection.execute(EXCHANGES.delete().where(inside))
            connection.execute(_CONVERSATIONS.delete().where(_CONVERSATIONS.c.id == conversation_id))

    def _must_own(self, visitor: str, conversation_id: str) -> None:
        with self._engine.connect() as connection:
            if connection.scalar(_owned(visitor, conversation_id, _CONVERSATIONS.c.id)) is None:
                raise NotFoundError("没有找到这段对话，可能已经删除。请刷新页面。")


def turns(exchanges: list[Exchange]) -> list[Turn]:
    """The history as the assistant takes it, oldest first."""
    said: list[Turn] = []
    for exchange in exchanges:
        said.append(Turn("user", exchange.answer.question))
        said.append(Turn("assistant", exchange.answer.answer[:_ANSWER_CHARS_FOR_FOLLOW_UP]))
    return said


def _owned(visitor: str, conversation_id: str | None, *columns: sa.Column[Any]) -> sa.Select[Any]:
    """Columns of this visitor's conversations, or of one of them."""
    query = sa.select(*columns).where(_CONVERSATIONS.c.visitor == _key(visitor))
    return query if conversation_id is None else query.where(_CONVERSATIONS.c.id == conversation_id)


def _key(visitor: str) -> str:
    """What is stored for a visitor; an empty one is a stranger every time."""
    return hashlib.sha256((visitor or secrets.token_hex()).encode()).hexdigest()
