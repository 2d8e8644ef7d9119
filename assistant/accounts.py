"""Who may come in (账号): an administrator and workers, passwords by scrypt, lock-out, sessions.

Kept in the same file as the conversations. Only hashes of passwords and session
tokens are stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa

from assistant.audit import AUDIT_META, AuditLog
from assistant.errors import LoginError
from assistant.records import changing, open_records

ADMIN = "admin"
MIN_PASSWORD_CHARS = 10
SESSION_LIFE = timedelta(hours=8)  # a working day
LOCK_AFTER, LOCK_FOR = 5, timedelta(minutes=15)
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1  # scrypt: 16 MiB and some 50 ms on an office machine
_MEMORY = 64 * 1024 * 1024
_AT_ONCE = 2  # passwords hashed at the same time: bounds what a flood of logins costs
_NAME = re.compile(r"[\w\-]{2,32}")

_META = sa.MetaData()
_ACCOUNTS = sa.Table(
    "accounts",
    _META,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("password", sa.String, nullable=False),  # salt$hash, hexadecimal
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.String, nullable=False),
    sa.Column("visitor", sa.String, nullable=False),  # whose conversations are this account's
)
_SESSIONS = sa.Table(
    "sessions",
    _META,
    sa.Column("token", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("expires_at", sa.String, nullable=False),
)


class Role(StrEnum):
    """What somebody who is logged in may do: everything, or ask."""

    ADMIN = "admin"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is logged in. `must_change`: the first password is still in use."""

    name: str
    role: Role
    must_change: bool
    visitor: str = ""


class Accounts:
    """The accounts of a home folder. Safe to use from several threads; `audit` notes what they do."""

    def __init__(self, engine: sa.Engine, *, clock: Callable[[], datetime]) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine
        self._clock = clock
        self._hashing = threading.BoundedSemaphore(_AT_ONCE)
        self.audit = AuditLog(engine, clock=clock)

    @classmethod
    def open(cls, home: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Accounts:
        """Open the accounts of a home folder, creating the tables when there are none.

        Raises:
            CatalogueError: The file is damaged.
        """
        engine = open_records(home, _META)
        AUDIT_META.create_all(engine)
        return cls(engine, clock=clock)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def first_password(self) -> str | None:
        """Create the administrator with a random password and return it, once; None when there is one."""
        with self._engine.connect() as connection:
            there = connection.scalar(sa.select(_ACCOUNTS.c.name).where(_ACCOUNTS.c.name == ADMIN))
        return None if there else self._insert(ADMIN, Role.ADMIN)

    def uses_first_password(self) -> bool:
        """Whether the administrator is missing or has not yet chosen a password."""
        query = sa.select(_ACCOUNTS.c.must_change).where(_ACCOUNTS.c.name == ADMIN)
        with self._engine.connect() as connection:
            return connection.scalar(query) is not False

    def add_worker(self, name: str) -> str:
        """Create a worker's account and return its first password, which is not kept.

        Raises:
            LoginError: The name is taken or not possible.
        """
        if not _NAME.fullmatch(name):
            raise LoginError("用户名请用 2 至 32 个汉字、字母、数字、“-”或“_”，不留空格。")
        if any(account.name == name for account in self.listing()):
            raise LoginError(f"已经有用户“{name}”，请换一个用户名。")
        return self._insert(name, Role.WORKER)

    def renew_worker(self, name: str) -> str:
        """Give a worker who forgot the password a new first one, and end the sessions.

        Raises:
            LoginError: No worker has this name.
        """
        password = secrets.token_urlsafe(12)
        values = {"password": _hashed(password), "must_change": True, "failures": 0, "locked_until": ""}
        with changing(self._engine) as connection:
            if not connection.execute(_ACCOUNTS.update().where(_worker(name)).values(values)).rowcount:
                raise LoginError(f"没有用户“{name}”，请刷新页面。")
            connection.execute(_SESSIONS.delete().where(_SESSIONS.c.name == name))
        return password

    def remove_worker(self, name: str) -> None:
        """Delete a worker's account and end its sessions; the administrator stays."""
        with changing(self._engine) as connection:
            if connection.execute(_ACCOUNTS.delete().where(_worker(name))).rowcount:
                connection.execute(_SESSIONS.delete().where(_SESSIONS.c.name == name))

    def listing(self) -> list[Account]:
        """All accounts by name, the administrator first."""
        query = sa.select(*_COLUMNS).order_by(_ACCOUNTS.c.role, _ACCOUNTS.c.name)
        with self._engine.connect() as connection:
            return [_account(row) for row in connection.execute(query)]

    def log_in(self, name: str, password: str) -> str:
        """Begin a session and return its token.

        Raises:
            LoginError: Unknown name or wrong password (not told apart), or locked.
        """
        now = self._clock().isoformat()
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_ACCOUNTS).where(_ACCOUNTS.c.name == name)).mappings().first()
        if row and row["locked_until"] > now:
            raise LoginError(f"输错次数太多，账号已锁定，请 {LOCK_FOR.seconds // 60} 分钟后再试。")
        if not self._matches(password, row["password"] if row else _NOBODY) or row is None:
            self._count_failure(name)
            raise LoginError("用户名或密码不对。")
        token = secrets.token_urlsafe(32)
        expires = (self._clock() + SESSION_LIFE).isoformat()
        with changing(self._engine) as connection:
            connection.execute(_ACCOUNTS.update().where(_ACCOUNTS.c.name == name).values(failures=0))
            connection.execute(_SESSIONS.delete().where(_SESSIONS.c.expires_at < now))
            session = {"token": _digest(token), "name": name, "expires_at": expires}
            connection.execute(_SESSIONS.insert(), session)
        self.audit.note(name, "登录")
        return token

    def whose(self, token: str) -> Account | None:
        """The account of a session; None when it is unknown or over."""
        query = (
            sa.select(*_COLUMNS)
            .join(_SESSIONS, _SESSIONS.c.name == _ACCOUNTS.c.name)
            .where(_SESSIONS.c.token == _digest(token), _SESSIONS.c.expires_at > self._clock().isoformat())
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _account(row) if row else None

    def log_out(self, token: str) -> None:
        """End a session."""
        with changing(self._engine) as connection:
            connection.execute(_SESSIONS.delete().where(_SESSIONS.c.token == _digest(token)))

    def change_password(self, name: str, *, old: str, new: str) -> None:
        """Set another password and end every session of this account.

        Raises:
            LoginError: The old one is wrong, or the new one is too short or the same.
        """
        with self._engine.connect() as connection:
            stored = connection.scalar(sa.select(_ACCOUNTS.c.password).where(_ACCOUNTS.c.name == name))
        if not self._matches(old, stored or _NOBODY):
            self._count_failure(name)
            raise LoginError("原密码不对。")
        if new == old:
            raise LoginError("新密码不能与原密码相同。")
        self.set_password(name, new)

    def set_password(self, name: str, new: str) -> None:
        """Set a password without knowing the old one, for whoever can run commands on this machine.

        Raises:
            LoginError: It is too short.
        """
        if len(new) < MIN_PASSWORD_CHARS:
            raise LoginError(f"新密码至少 {MIN_PASSWORD_CHARS} 个字符，请换一个长一些的。")
        values = {"password": _hashed(new), "must_change": False, "failures": 0, "locked_until": ""}
        with changing(self._engine) as connection:
            connection.execute(_ACCOUNTS.update().where(_ACCOUNTS.c.name == name).values(values))
            connection.execute(_SESSIONS.delete().where(_SESSIONS.c.name == name))
        self.audit.note(name, "修改密码")

    def _insert(self, name: str, role: Role) -> str:
        password = secrets.token_urlsafe(12)
        row = {"name": name, "role": role.value, "password": _hashed(password), "must_change": True}
        unused = {"failures": 0, "locked_until": "", "visitor": secrets.token_urlsafe(32)}
        with changing(self._engine) as connection:
            connection.execute(_ACCOUNTS.insert(), row | unused)
        return password

    def _matches(self, password: str, stored: str) -> bool:
        salt, wanted = (bytes.fromhex(part) for part in stored.split("$"))
        with self._hashing:
            return hmac.compare_digest(_scrypt(password, salt), wanted)

    def _count_failure(self, name: str) -> None:
        locked = (self._clock() + LOCK_FOR).isoformat()
        this = _ACCOUNTS.c.name == name
        with changing(self._engine) as connection:
            known = connection.execute(
                _ACCOUNTS.update().where(this).values(failures=_ACCOUNTS.c.failures + 1)
            )
            full = sa.and_(this, _ACCOUNTS.c.failures >= LOCK_AFTER)
            connection.execute(_ACCOUNTS.update().where(full).values(failures=0, locked_until=locked))
        if known.rowcount:
            self.audit.note(name, "登录失败")


_COLUMNS = _ACCOUNTS.c["name", "role", "must_change", "visitor"]


def _worker(name: str) -> sa.ColumnElement[bool]:
    return sa.and_(_ACCOUNTS.c.name == name, _ACCOUNTS.c.role == Role.WORKER.value)


def _account(row: sa.Row[tuple[str, str, bool, str]]) -> Account:
    return Account(row.name, Role(row.role), row.must_change, row.visitor)


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(password, salt).hex()}"


def _scrypt(password: str, salt: bytes) -> bytes:
    words = password.encode("utf-8", "replace")
    return hashlib.scrypt(words, salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


_NOBODY = f"{'00' * 16}${'00' * 64}"  # compared for unknown names, so that they take as long to refuse
