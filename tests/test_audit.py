import sqlite3
from datetime import UTC, datetime

import pytest

from assistant.audit import AUDIT_META, AuditLog
from assistant.records import FILE_NAME, open_records

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


@pytest.fixture
def log(tmp_path):
    engine = open_records(tmp_path, AUDIT_META)
    yield AuditLog(engine, clock=lambda: NOW)
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
