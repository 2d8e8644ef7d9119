"""The tables in which conversations are kept; `conversations` reads and writes them."""

from __future__ import annotations

import sqlalchemy as sa

META = sa.MetaData()
VISITORS = sa.Table(
    "visitors",
    META,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("region", sa.String, nullable=False),
)
CONVERSATIONS = sa.Table(
    "conversations",
    META,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("visitor", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("updated_at", sa.String, nullable=False),
)
EXCHANGES = sa.Table(
    "exchanges",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", sa.String, nullable=False, index=True),
    sa.Column("asked_at", sa.String, nullable=False),
    sa.Column("question", sa.Text, nullable=False),  # for searching; also inside the record
    sa.Column("answer", sa.Text, nullable=False),  # JSON, see answer_record
    sqlite_autoincrement=True,  # the id of a deleted exchange is never given to another
)
PROGRAM_QUESTIONS = sa.Table(  # asked over the interface, without their answers
    "program_questions",
    META,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("asked_at", sa.String, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("region", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("latency_ms", sa.Float, nullable=False),
)
RATINGS = sa.Table(
    "ratings",
    META,
    sa.Column("exchange_id", sa.Integer, primary_key=True),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),  # JSON list
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("rated_at", sa.String, nullable=False),
)
CHECKS = sa.Table(
    "checks",
    META,
    sa.Column("exchange_id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("checked_at", sa.String, nullable=False),
)
