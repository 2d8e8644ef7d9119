"""Who may administer (管理员账号): passwords by scrypt, lock-out, sessions, and a chained audit log.

Kept in the same file as the conversations. Only hashes of passwords and session
tokens are stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from assistant.conversations import open_engine
from assistant.errors import LoginError

ADMIN = "admin"
MIN_PASSWORD_CHARS = 10
SESSION_LIFE = timedelta(hours=8)  # a working day
LOCK_AFTER, LOCK_FOR = 5, timedelta(minutes=15)
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1  # scrypt: 16 MiB and some 50 ms on an office machine
_MEMORY = 64 * 1024 * 1024

_META = sa.MetaData()
_ACCOUNTS = sa.Table(
    "accounts",
    _META,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("password", sa.String, nullable=False),  # salt$hash, hexadecimal
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.String, nullable=False),
)
_SESSIONS = sa.Table(
    "sessions",
    _META,
    sa.Column("token", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("expires_at", sa.String, nullable=False),
)
_AUDIT = sa.Table(
    "audit",
    _META,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("object", sa.String, nullable=False),
    sa.Column("chain", sa.String, nullable=False),  # hash over this row and the row before
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is logged in. `must_change`: the first password is still in use."""

    name: str
    must_change: bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which thing; `at` is UTC, ISO 8601."""

    number: int
    at: str
    name: str
    action: str
    object: str


class Accounts:
    """The accounts of a home folder. Safe to use from several threads."""

    def __init__(self, engine: sa.Engine, *, clock: Callable[[], datetime]) -> None:
        """Use `open`; this only assigns."""
        self._engine = engine
        self._clock = clock
        self._noting = threading.Lock()  # the chain needs one writer at a time

    @classmethod
    def open(cls, home: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Accounts:
        """Open the accounts of a home folder, creating the tables when there are none.

        Raises:
            CatalogueError: The file is damaged.
        """
        return cls(open_engine(home, _META), clock=clock)

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def first_password(self) -> str | None:
        """Create the administrator with a random password and return it, once; None when there is one."""
        password = secrets.token_urlsafe(12)
        with self._engine.begin() as connection:
            if connection.scalar(sa.select(_ACCOUNTS.c.name).where(_ACCOUNTS.c.name == ADMIN)):
                return None
            row = {
                "name": ADMIN,
                "password": _hashed(password),
                "must_change": True,
                "failures": 0,
                "locked_until": "",
            }
            connection.execute(_ACCOUNTS.insert(), row)
        return password

    def log_in(self, name: str, password: str) -> str:
        """Begin a session and return its token.

        Raises:
            LoginError: Unknown name or wrong password (not told apart), or locked.
        """
        now = self._clock().isoformat()
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(_ACCOUNTS).where(_ACCOUNTS.c.name == name)).mappings().first()
        stored = row["password"] if row else _NOBODY
        if row and row["locked_until"] > now:
            raise LoginError(f"输错次数太多，账号已锁定，请 {LOCK_FOR.seconds // 60} 分钟后再试。")
        if not _matches(password, stored) or row is None:
            self._count_failure(name)
            raise LoginError("用户名或密码不对。")
        token = secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(_ACCOUNTS.update().where(_ACCOUNTS.c.name == name).values(failures=0))
            connection.execute(_SESSIONS.delete().where(_SESSIONS.c.expires_at < now))
            expires = (self._clock() + SESSION_LIFE).isoformat()
            connection.execute(
                _SESSIONS.insert(), {"token": _digest(token), "name": name, "expires_at": expires}
            )
        self.note(name, "登录", "")
        return token

    def whose(self, token: str) -> Account | None:
        """The account of a session; None when it is unknown or over."""
        query = (
            sa.select(_ACCOUNTS.c.name, _ACCOUNTS.c.must_change)
            .join(_SESSIONS, _SESSIONS.c.name == _ACCOUNTS.c.name)
            .where(_SESSIONS.c.token == _digest(token), _SESSIONS.c.expires_at > self._clock().isoformat())
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Account(*row) if row else None

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._engine.begin() as connection:
            connection.execute(_SESSIONS.delete().where(_SESSIONS.c.token == _digest(token)))

    def change_password(self, name: str, *, old: str, new: str) -> None:
        """Set another password and end every session of this account.

        Raises:
            LoginError: The old one is wrong, or the new one is too short or the same.
        """
        with self._engine.connect() as connection:
            stored = connection.scalar(sa.select(_ACCOUNTS.c.password).where(_ACCOUNTS.c.name == name))
        if not _matches(old, stored or _NOBODY):
            raise LoginError("原密码不对。")
        if len(new) < MIN_PASSWORD_CHARS or new == old:
            raise LoginError(f"新密码至少 {MIN_PASSWORD_CHARS} 个字符，且不能与原密码相同。")
        with self._engine.begin() as connection:
            values = {"password": _hashed(new), "must_change": False}
            connection.execute(_ACCOUNTS.update().where(_ACCOUNTS.c.name == name).values(values))
            connection.execute(_SESSIONS.delete().where(_SESSIONS.c.name == name))
        self.note(name, "修改密码", "")

    def note(self, name: str, action: str, thing: str) -> None:
        """Add a line to the audit log, chained to the line before."""
        entry = (self._clock().isoformat(timespec="seconds"), name, action, thing)
        with self._noting, self._engine.begin() as connection:
            before = connection.scalar(sa.select(_AUDIT.c.chain).order_by(_AUDIT.c.number.desc()).limit(1))
            row = dict(zip(("at", "name", "action", "object"), entry, strict=True))
            connection.execute(_AUDIT.insert(), row | {"chain": _link(before or "", entry)})

    def audit(self, *, last: int = 200) -> list[AuditEntry]:
        """The newest lines of the audit log, newest first."""
        query = sa.select(*_AUDIT.c["number", "at", "name", "action", "object"])
        with self._engine.connect() as connection:
            return [
                AuditEntry(*row)
                for row in connection.execute(query.order_by(_AUDIT.c.number.desc()).limit(last))
            ]

    def audit_is_whole(self) -> bool:
        """Whether no line of the audit log was changed, moved or taken out."""
        before, number = "", 0
        with self._engine.connect() as connection:
            for row in connection.execute(sa.select(_AUDIT).order_by(_AUDIT.c.number)):
                if row.number != number + 1 or row.chain != _link(
                    before, (row.at, row.name, row.action, row.object)
                ):
                    return False
                before, number = row.chain, row.number
            given = connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'audit'"))
        return number == (given or 0)

    def _count_failure(self, name: str) -> None:
        locked = (self._clock() + LOCK_FOR).isoformat()
        this = _ACCOUNTS.c.name == name
        with self._engine.begin() as connection:
            connection.execute(_ACCOUNTS.update().where(this).values(failures=_ACCOUNTS.c.failures + 1))
            full = sa.and_(this, _ACCOUNTS.c.failures >= LOCK_AFTER)
            connection.execute(_ACCOUNTS.update().where(full).values(failures=0, locked_until=locked))


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(password, salt).hex()}"


def _matches(password: str, stored: str) -> bool:
    salt, wanted = (bytes.fromhex(part) for part in stored.split("$"))
    return hmac.compare_digest(_scrypt(password, salt), wanted)


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _link(before: str, entry: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join((before, *entry)).encode()).hexdigest()


_NOBODY = f"{'00' * 16}${'00' * 64}"  # compared for unknown names, so that they take as long to refuse
