"""The login: whose a session is, who must have one before a page opens, and who may administer."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse

from assistant.accounts import Account, Accounts, Role
from assistant.errors import AssistantError, LoginError
from assistant.web import admin_wording as words
from assistant.web import guard

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "assistant_session"
_OPEN = frozenset({"/login", "/healthz", "/readyz", "/favicon.ico"})
_OPEN_FOLDER = "/ui/"
_WITH_FIRST_PASSWORD = frozenset({"/password", "/logout"})
_WHO: ContextVar[Account | None] = ContextVar("who", default=None)


@dataclass(frozen=True, slots=True)
class Door:
    """Where the session's cookie is valid and whether only over HTTPS."""

    cookie_path: str
    secure: bool


class ElsewhereError(AssistantError):
    """The page cannot be shown before another one: the login, or the change of the first password."""

    def __init__(self, location: str) -> None:
        """`location` is a page at the root, such as login."""
        super().__init__(words.LOG_IN_FIRST)
        self.location = location


class ForbiddenError(LoginError):
    """Somebody is logged in who may not do this."""


class Entrance:
    """Stands before the application: finds who is logged in, for `who`.

    With `everybody` nobody gets further without a session, and the conversations of who
    is logged in are the account's, not the browser's.
    """

    def __init__(self, app: ASGIApp, *, accounts: Accounts, everybody: bool) -> None:
        """Only assigns."""
        self._app = app
        self._accounts = accounts
        self._everybody = everybody

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the account's visitor cookie where everybody logs in; or send to the login."""
        path = scope["path"] if scope["type"] == "http" else ""
        if not path or path in _OPEN or path.startswith(_OPEN_FOLDER):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        token = session_in(headers.get("cookie", ""))
        account = self._accounts.whose(token) if token else None
        _WHO.set(account)  # of this request only: each runs in a context of its own
        if not self._everybody:
            await self._app(scope, receive, send)
        elif account is None:
            await _elsewhere(scope, headers, "login")(scope, receive, send)
        elif account.must_change and path not in _WITH_FIRST_PASSWORD:
            await _elsewhere(scope, headers, "password")(scope, receive, send)
        else:
            await self._app(_as_visitor(scope, account, token), receive, send)


def who() -> Account | None:
    """Who is logged in while a page is made; None when nobody is."""
    return _WHO.get()


def session_in(cookies: str) -> str:
    """The session's token in a Cookie header, empty when there is none."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def logged_in(accounts: Accounts) -> Callable[[Request], Account]:
    """A dependency that finds who is logged in and leaves it in `request.state.account`.

    Raises (in use):
        ElsewhereError: Nobody is, or the first password has not been changed yet.
    """

    def find(request: Request) -> Account:
        account = accounts.whose(session_in(request.headers.get("cookie", "")))
        if account is None:
            raise ElsewhereError("login")
        if account.must_change and request.url.path not in _WITH_FIRST_PASSWORD:
            raise ElsewhereError("password")
        request.state.account = account
        return account

    return find


def administrator(accounts: Accounts) -> Callable[[Request], Account]:
    """As `logged_in`, and it must be the administrator.

    Raises (in use):
        ElsewhereError: As for `logged_in`.
        ForbiddenError: It is a worker.
    """
    find = logged_in(accounts)

    def find_administrator(request: Request) -> Account:
        account = find(request)
        if account.role is not Role.ADMIN:
            raise ForbiddenError(words.ADMIN_ONLY)
        return account

    return find_administrator


def to_root(path: str, page: str) -> str:
    """A page at the root, relative to a path, so that it works under a proxy's path."""
    return "../" * (path.count("/") - 1) + page


def _elsewhere(scope: Scope, headers: Headers, page: str) -> Response:
    if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        return RedirectResponse(to_root(scope["path"], page), status_code=303)
    return JSONResponse({"error": words.LOG_IN_FIRST}, status_code=401)


def _as_visitor(scope: Scope, account: Account, token: str) -> Scope:
    cookies = f"{guard.COOKIE}={account.visitor}; {COOKIE}={token}".encode()
    others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return {**scope, "headers": [*others, (b"cookie", cookies)]}
