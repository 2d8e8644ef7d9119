from typer.testing import CliRunner

from assistant.accounts import ADMIN, Accounts
from assistant.cli import app
from assistant.errors import LoginError

OWN = "my-own-long-password"


def run(home, *typed):
    return CliRunner().invoke(app, ["password", "--home", str(home)], input="".join(f"{t}\n" for t in typed))


def test_password_is_set_before_the_first_start_and_again_when_forgotten(tmp_path):
    for password in (OWN, f"{OWN}-2"):
        done = run(tmp_path, password, password)
        assert done.exit_code == 0 and done.stdout.strip() == ""
        assert "admin" in done.stderr and OWN not in done.output
        accounts = Accounts.open(tmp_path)
        assert not accounts.whose(accounts.log_in(ADMIN, password)).must_change
        accounts.close()


def test_short_password_is_refused(tmp_path):
    assert isinstance(run(tmp_path, "short", "short").exception, LoginError)
