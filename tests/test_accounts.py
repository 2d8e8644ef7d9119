import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from assistant.accounts import ADMIN, LOCK_FOR, SESSION_LIFE, Accounts, Role
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
    account = setting.accounts.whose(setting.accounts.log_in(ADMIN, setting.password))
    assert (account.name, account.role, account.must_change) == (ADMIN, Role.ADMIN, True)
    assert setting.accounts.uses_first_password()


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
    assert not setting.accounts.whose(setting.accounts.log_in(ADMIN, NEW)).must_change
    assert not setting.accounts.uses_first_password()


@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (None, "short"), (None, None)])
def test_unsound_change_of_password_is_refused(setting, old, new):
    with pytest.raises(LoginError):
        setting.accounts.change_password(ADMIN, old=old or setting.password, new=new or setting.password)


def test_guessing_through_the_change_of_password_locks_too(setting):
    for _ in range(5):
        with pytest.raises(LoginError, match="原密码不对"):
            setting.accounts.change_password(ADMIN, old="x", new=NEW)
    with pytest.raises(LoginError, match="已锁定"):
        setting.accounts.log_in(ADMIN, setting.password)


def test_password_set_on_this_machine_opens_a_locked_account(setting):
    for _ in range(5):
        with pytest.raises(LoginError):
            setting.accounts.log_in(ADMIN, "x")
    setting.accounts.set_password(ADMIN, NEW)
    assert setting.accounts.log_in(ADMIN, NEW)


def test_worker_logs_in_with_a_first_password_and_own_conversations(setting):
    password = setting.accounts.add_worker("李梅")
    account = setting.accounts.whose(setting.accounts.log_in("李梅", password))
    assert (account.role, account.must_change) == (Role.WORKER, True)
    admin, worker = setting.accounts.listing()
    assert (admin.name, worker.name) == (ADMIN, "李梅")
    assert len(worker.visitor) >= 32 and worker.visitor != admin.visitor


@pytest.mark.parametrize("name", ["", "a", "a b", "<b>", "名" * 33, ADMIN])
def test_impossible_or_taken_name_is_refused(setting, name):
    with pytest.raises(LoginError, match=r"用户名|已经有"):
        setting.accounts.add_worker(name)


def test_removed_worker_is_out_at_once_and_the_administrator_stays(setting):
    token = setting.accounts.log_in("李梅", setting.accounts.add_worker("李梅"))
    setting.accounts.remove_worker("李梅")
    setting.accounts.remove_worker(ADMIN)
    assert setting.accounts.whose(token) is None
    assert [account.name for account in setting.accounts.listing()] == [ADMIN]


def test_hostile_words_are_wrong_passwords_not_faults(setting):
    for words in ("\ud800", "x" * 100_000, "' OR 1=1 --", "\x00"):
        with pytest.raises(LoginError):
            setting.accounts.log_in(ADMIN, words)


def test_worker_who_forgot_the_password_gets_another_first_one(setting):
    first = setting.accounts.add_worker("李梅")
    token = setting.accounts.log_in("李梅", first)
    visitor = setting.accounts.whose(token).visitor
    second = setting.accounts.renew_worker("李梅")
    assert setting.accounts.whose(token) is None
    with pytest.raises(LoginError, match="不对"):
        setting.accounts.log_in("李梅", first)
    account = setting.accounts.whose(setting.accounts.log_in("李梅", second))
    assert (account.must_change, account.visitor) == (True, visitor)
    for name in (ADMIN, "没有这个人"):
        with pytest.raises(LoginError, match="没有用户"):
            setting.accounts.renew_worker(name)
