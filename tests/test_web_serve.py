import socket

import pytest

from assistant.accounts import ADMIN, Accounts
from assistant.config import Settings
from assistant.errors import ConfigError
from assistant.web.app import serve


def test_taken_port_is_told_with_another_to_try(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"--port {port + 1}"):
            serve(Settings(home=tmp_path), host="127.0.0.1", port=port)


def test_open_address_is_refused_until_the_login_is_settled_then_warned_about(tmp_path, capsys):
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match="ASSISTANT_LOGIN"):
            serve(Settings(home=tmp_path), host="0.0.0.0", port=port)
        accounts = Accounts.open(tmp_path)
        accounts.first_password()
        accounts.set_password(ADMIN, "my-own-long-password")
        accounts.close()
        with pytest.raises(ConfigError, match="--port"):
            serve(Settings(home=tmp_path, login="admin"), host="0.0.0.0", port=port)
    assert "同一网络" in capsys.readouterr().err


def test_an_unknown_log_level_is_refused_before_anything_is_opened(tmp_path):
    with pytest.raises(ConfigError, match="ASSISTANT_LOG_LEVEL"):
        serve(Settings(home=tmp_path, log_level="LOUD"), host="127.0.0.1", port=7860)
