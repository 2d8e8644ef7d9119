import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from web_support import answered, refused

from assistant.accounts import Accounts
from assistant.conversations import Check, Conversations, Rating, Verdict
from assistant.errors import CatalogueError
from assistant.question_log import QuestionLog
from assistant.records import FILE_NAME
from assistant.retention import CLEARED, Cleared, Retention

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=4000)


class Records:
    """Everything a home keeps of people, with one clock that can be moved."""

    def __init__(self, home):
        self.home, self.now = home, NOW
        self.store = Conversations.open(home, clock=self.clock)
        self.log = QuestionLog.open(home, clock=self.clock)
        self.accounts = Accounts.open(home, clock=self.clock)

    def clock(self):
        return self.now

    def ask(self, question, *, days_ago, conversation=""):
        self.now = NOW - timedelta(days=days_ago)
        kept = self.store.add("me", conversation, answered(question))
        exchange = self.store.exchanges("me", kept.id)[-1]
        self.store.rate("me", exchange.id, Rating(Verdict.DOWN, ("已过期",), "旧"))
        self.store.check("me", exchange.id, Check("张三", "有出入"))
        self.now = NOW
        return kept.id

    def clear(self, keep_days=180):
        retention = Retention.open(self.home, self.accounts.audit, keep_days=keep_days, clock=self.clock)
        try:
            return retention.clear()
        finally:
            retention.close()

    def rows(self):
        names = ("conversations", "exchanges", "ratings", "checks", "program_questions")
        with sqlite3.connect(self.home / FILE_NAME) as connection:
            return {n: connection.execute(f"SELECT count(*) FROM {n}").fetchone()[0] for n in names}


@pytest.fixture
def records(tmp_path):
    made = Records(tmp_path)
    yield made
    for part in (made.store, made.log, made.accounts):
        part.close()


def test_old_questions_go_with_all_that_was_said_about_them(records):
    records.ask("去年的问题", days_ago=181)
    records.ask("上周的问题", days_ago=7)
    records.now = NOW - timedelta(days=181)
    records.log.note(refused("程序去年问"))
    records.now = NOW
    records.log.note(refused("程序刚才问"))
    assert records.clear() == Cleared(2, 0)
    kept = {"conversations": 1, "exchanges": 1, "ratings": 1, "checks": 1, "program_questions": 1}
    assert records.rows() == kept
    assert [a.question for a in records.log.since(LONG_AGO)] == ["程序刚才问", "上周的问题"]
    entry = records.accounts.audit.newest(1)[0]
    assert (entry.name, entry.action) == ("系统", CLEARED) and "2 条" in entry.object
    assert records.clear() == Cleared(0, 0)
    assert len(records.accounts.audit.newest(9)) == 1


def test_long_conversation_loses_its_old_beginning_only(records):
    conversation = records.ask("头一问", days_ago=200)
    records.ask("接着问", days_ago=1, conversation=conversation)
    records.clear()
    assert [e.answer.question for e in records.store.exchanges("me", conversation)] == ["接着问"]


def test_exactly_the_days_kept_are_kept(records):
    records.ask("整三十天", days_ago=30)
    assert records.clear(keep_days=30) == Cleared(0, 0)
    records.now = NOW + timedelta(milliseconds=1)
    assert records.clear(keep_days=30).questions == 1


def test_audit_log_is_kept_half_a_year_even_when_questions_go_sooner(records):
    for days in (400, 100, 1):
        records.now = NOW - timedelta(days=days)
        records.accounts.audit.note("admin", "看")
    records.now = NOW
    assert records.clear(keep_days=7) == Cleared(0, 1)
    assert records.accounts.audit.is_whole()
    assert records.clear(keep_days=7) == Cleared(0, 0)


def test_what_was_cleared_is_not_left_readable_in_the_file(records):
    records.ask("住三号楼的王大爷问的", days_ago=300)
    records.clear()
    with sqlite3.connect(records.home / FILE_NAME) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "王大爷".encode() not in (records.home / FILE_NAME).read_bytes()


def test_nothing_goes_when_the_file_cannot_be_written(records):
    records.ask("旧", days_ago=300)
    holder = sqlite3.connect(records.home / FILE_NAME, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    retention = Retention.open(records.home, records.accounts.audit, keep_days=180, clock=records.clock)
    retention._engine.dispose()
    with pytest.raises(CatalogueError):
        retention.clear()
    holder.rollback()
    holder.close()
    retention.close()
    assert records.rows()["exchanges"] == 1
