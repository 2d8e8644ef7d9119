import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from assistant.accounts import ADMIN, LOCK_FOR, SESSION_LIFE, Account, Accounts
from assistant.errors import LoginError

NEW = "a-long-new-password"


class Setting:
    def __init__(self, home):
        self.now = datetime(2026, 11, 21, 8, tzinfo=UTC)
        self.home = home
        self.accounts = Accounts.open(home, clock=lambda: self.now)
        self.password = self.accounts.first_password()

    def change(self, statement):
        with sqlite3.connect(self.home / "conversations.sqlite3") as connection:
            connection.execute(statement)


@pytest.fixture
def setting(tmp_path):
    made = Setting(tmp_path)
    yield made
    made.accounts.close()


def test_first_password_is_told_once_and_must_be_changed(setting):
    assert len(setting.password) >= 16
    assert setting.accounts.first_password() is None
    assert setting.accounts.whose(setting.accounts.log_in(ADMIN, setting.password)) == Account(
        ADMIN, must_change=True
    )


def test_neither_passwords_nor_tokens_are_in_the_file(setting):
    token = setting.accounts.log_in(ADMIN, setting.password)
    setting.accounts.close()
    for file in setting.home.iterdir():
        assert token.encode() not in file.read_bytes()
        assert setting.password.encode() not in file.read_bytes()


def test_unknown_name_and_wrong_password_read_the_same(setting):
    with pytest.raises(LoginError) as unknown:
        setting.accounts.log_in("nobody", "x")
    with pytest.raises(LoginError) as wrong:
        setting.accounts.log_in(ADMIN, "x")
    assert str(unknown.value) == str(wrong.value)


def test_five_wrong_passwords_lock_even_the_right_one_out_for_a_while(setting):
    for _ in range(5):
        with pytest.raises(LoginError, match="不对"):
            setting.accounts.log_in(ADMIN, "x")
    with pytest.raises(LoginError, match="已锁定"):
        setting.accounts.log_in(ADMIN, setting.password)
    setting.now += LOCK_FOR + timedelta(seconds=1)
    assert setting.accounts.log_in(ADMIN, setting.password)


def test_right_password_clears_the_count(setting):
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(LoginError, match="不对"):
                setting.accounts.log_in(ADMIN, "x")
        setting.accounts.log_in(ADMIN, setting.password)


def test_session_ends_by_time_by_logging_out_and_is_never_guessed(setting):
    token = setting.accounts.log_in(ADMIN, setting.password)
    assert setting.accounts.whose("guess") is None
    setting.now += SESSION_LIFE + timedelta(seconds=1)
    assert setting.accounts.whose(token) is None
    token = setting.accounts.log_in(ADMIN, setting.password)
    setting.accounts.log_out(token)
    assert setting.accounts.whose(token) is None


def test_changed_password_ends_sessions_and_is_the_only_one_that_works(setting):
    token = setting.accounts.log_in(ADMIN, setting.password)
    setting.accounts.change_password(ADMIN, old=setting.password, new=NEW)
    assert setting.accounts.whose(token) is None
    with pytest.raises(LoginError):
        setting.accounts.log_in(ADMIN, setting.password)
    assert setting.accounts.whose(setting.accounts.log_in(ADMIN, NEW)) == Account(ADMIN, must_change=False)


@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (None, "short"), (None, None)])
def test_unsound_change_of_password_is_refused(setting, old, new):
    with pytest.raises(LoginError):
        setting.accounts.change_password(ADMIN, old=old or setting.password, new=new or setting.password)


def test_audit_log_is_newest_first(setting):
    setting.accounts.note(ADMIN, "导出", "问题.xlsx")
    entry = setting.accounts.audit()[0]
    assert (entry.name, entry.action, entry.object, entry.at) == (
        ADMIN,
        "导出",
        "问题.xlsx",
        "2026-11-21T08:00:00+00:00",
    )
    assert setting.accounts.audit_is_whole()


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
def test_tampering_with_the_audit_log_shows(setting, tampering):
    for number in range(5):
        setting.accounts.note(ADMIN, "看", str(number))
    setting.change(tampering)
    assert not setting.accounts.audit_is_whole()
