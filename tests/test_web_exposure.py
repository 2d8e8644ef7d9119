import pytest

from assistant.accounts import ADMIN, Accounts
from assistant.config import Settings
from assistant.errors import ConfigError
from assistant.web.exposure import check_exposure, first_password, is_loopback


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
     ("192.168.1.5", False), ("::", False), ("policy.example", False)],
)  # fmt: skip
def test_only_loopback_is_this_machine(host, own):
    assert is_loopback(host) is own


def test_other_machines_are_let_in_only_when_the_login_is_settled(tmp_path):
    check_exposure(Settings(home=tmp_path), host="127.0.0.1")
    with pytest.raises(ConfigError, match="ASSISTANT_LOGIN=all"):
        check_exposure(Settings(home=tmp_path), host="0.0.0.0")
    with pytest.raises(ConfigError, match="assistant password"):
        check_exposure(Settings(home=tmp_path, login="admin"), host="0.0.0.0")
    assert "初始密码" in first_password(tmp_path, address="http://127.0.0.1:7860/")
    assert first_password(tmp_path, address="http://127.0.0.1:7860/") == ""
    with pytest.raises(ConfigError, match="assistant password"):
        check_exposure(Settings(home=tmp_path, login="all"), host="0.0.0.0")
    accounts = Accounts.open(tmp_path)
    accounts.set_password(ADMIN, "my-own-long-password")
    accounts.close()
    for login in ("admin", "all"):
        check_exposure(Settings(home=tmp_path, login=login), host="0.0.0.0")


def test_unknown_login_is_refused_everywhere(tmp_path):
    with pytest.raises(ConfigError, match="everyone"):
        check_exposure(Settings(home=tmp_path, login="everyone"), host="127.0.0.1")
