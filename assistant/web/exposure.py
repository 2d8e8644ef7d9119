"""Who can reach the page: nothing but this machine, until it is settled who must log in."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from assistant.accounts import Accounts
from assistant.config import Settings
from assistant.errors import ConfigError
from assistant.web import admin_wording as words

LOGIN_OF_ADMIN, LOGIN_OF_ALL = "admin", "all"


def everybody_logs_in(settings: Settings) -> bool:
    """Whether those who ask need an account too."""
    return settings.login == LOGIN_OF_ALL


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_exposure(settings: Settings, *, host: str) -> None:
    """Refuse to listen where others can reach a page whose login nobody has thought about.

    Raises:
        ConfigError: ASSISTANT_LOGIN is unknown; or other machines could reach the page and
            it is not set, or the administrator still has the first password.
    """
    if settings.login not in ("", LOGIN_OF_ADMIN, LOGIN_OF_ALL):
        raise ConfigError(words.LOGIN_UNKNOWN.format(login=settings.login))
    if is_loopback(host):
        return
    if not settings.login:
        raise ConfigError(words.LOGIN_UNDECIDED.format(host=host))
    accounts = Accounts.open(settings.home)
    try:
        if accounts.uses_first_password():
            raise ConfigError(words.PASSWORD_UNCHANGED.format(host=host))
    finally:
        accounts.close()


def first_password(home: Path, *, address: str) -> str:
    """Create the administrator at the first start; the words that tell the password, "" at later starts."""
    accounts = Accounts.open(home)
    password = accounts.first_password()
    accounts.close()
    return words.FIRST_PASSWORD.format(address=address, password=password) if password else ""
