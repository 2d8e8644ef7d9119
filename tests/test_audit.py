import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from assistant.audit import AUDIT_META, CLEARED, AuditLog
from assistant.records import FILE_NAME, open_records

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Clock:
    """A moment that can be moved."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(tmp_path, clock):
    engine = open_records(tmp_path, AUDIT_META)
    yield AuditLog(engine, clock=clock)
    engine.dispose()


def test_audit_log_is_newest_first(log):
    log.note("admin", "登录")
    log.note("admin", "导出", "问题.xlsx")
    entry = log.newest(1)[0]
    assert (entry.number, entry.name, entry.action, entry.object) == (2, "admin", "导出", "问题.xlsx")
    assert entry.at == "2026-11-21T08:00:00+00:00"
    assert log.is_whole()


def test_empty_log_is_whole(log):
    assert log.is_whole() and log.newest(10) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET object = 'x' WHERE number = 3",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit WHERE number = 5",
        "UPDATE audit SET number = 9 WHERE number = 4",
    ],
)
def test_tampering_with_the_audit_log_shows(log, tmp_path, tampering):
    for number in range(5):
        log.note("admin", "看", str(number))
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(tampering)
    assert not log.is_whole()


def days_of_notes(log, clock, count):
    """One line a day, the last of them now."""
    for day in range(count):
        clock.now = NOW - timedelta(days=count - 1 - day)
        log.note("admin", "看", str(day))


def test_the_oldest_lines_are_cleared_and_the_rest_is_still_whole(log, clock):
    days_of_notes(log, clock, 200)
    assert log.clear("系统", before=NOW - timedelta(days=180)) == 19
    assert [e.object for e in log.newest(500)][-1] == "19"  # 180 days old to the second: kept
    note = log.newest(1)[0]
    assert (note.name, note.action, note.number) == ("系统", CLEARED, 201)
    assert note.object.startswith("到第 19 条为止")
    assert log.is_whole()
    log.note("admin", "看")
    clock.now = NOW + timedelta(days=30)
    assert log.clear("系统", before=clock.now - timedelta(days=180)) == 30
    assert log.is_whole()


def test_clearing_everything_leaves_a_whole_log_of_one_line(log, clock):
    days_of_notes(log, clock, 3)
    clock.now = NOW + timedelta(days=365)
    assert log.clear("系统", before=clock.now - timedelta(days=180)) == 3
    assert [e.action for e in log.newest(9)] == [CLEARED]
    assert log.is_whole()


def test_nothing_old_is_not_noted(log, clock):
    assert log.clear("系统", before=NOW) == 0
    days_of_notes(log, clock, 3)
    assert log.clear("系统", before=NOW - timedelta(days=180)) == 0
    assert len(log.newest(9)) == 3


def test_a_clock_set_back_never_clears_lines_from_the_middle(log, clock):
    days_of_notes(log, clock, 2)
    clock.now = NOW - timedelta(days=400)
    log.note("admin", "时钟拨回")
    clock.now = NOW
    assert log.clear("系统", before=NOW - timedelta(days=180)) == 0
    assert log.is_whole()


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM audit WHERE number = 20",
        "UPDATE audit SET object = 'x' WHERE number = 20",
        "UPDATE audit SET object = replace(object, '19', '20') WHERE number = 201",
        "DELETE FROM audit WHERE number = 201",
        "DELETE FROM audit WHERE number < 100",
    ],
)
def test_tampering_after_a_clearing_shows(log, clock, tmp_path, tampering):
    days_of_notes(log, clock, 200)
    log.clear("系统", before=NOW - timedelta(days=180))
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(tampering)
    assert not log.is_whole()
