"""The door of the web application: which hosts, origins, paths and sizes get in, and what every reply carries.

Plain ASGI, outside everything else. Gradio reflects foreign origins on a LAN address,
has no body limit and serves more routes than the page uses, so what is not on the
list here does not reach it.
"""

from __future__ import annotations

import ipaddress
import json
import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.web import wording

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "assistant_visitor"
MAX_BODY_BYTES = 64 * 1024  # a question is 300 characters; the page sends no history
_COOKIE_AGE_S = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
_JOIN = "/gradio_api/queue/join"
_GRADIO_EXACT = frozenset(
    {
        "/",
        "/config",
        "/theme.css",
        "/favicon.ico",
        "/manifest.json",
        _JOIN,
        "/gradio_api/queue/data",
        "/gradio_api/cancel",
        "/gradio_api/reset",
        "/gradio_api/startup-events",
        "/gradio_api/app_id",
    }
)
_GRADIO_FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/")
_FULL = json.dumps({"detail": wording.BUSY}, ensure_ascii=False).encode()
# Gradio adds a page's own styles only when its scripts run: too late for a first paint, and everything jumps.
_STYLES = b"".join(b'<link rel="stylesheet" href="ui/%s.css">' % n for n in (b"tokens", b"page", b"screens"))
_LEAVING = b'<script src="ui/leaving.js"></script>'  # must run before Gradio's own
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
STRICT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Gradio's page: inline scripts by nonce only, no eval (so no gr.HTML, no js= events); styles are set inline.
_CHAT_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class BodyTooLargeError(HTTPException):
    """A body went over the limit while it was being read.

    An HTTPException, because FastAPI turns anything else raised by reading a body into 400.
    """

    def __init__(self) -> None:
        """413 with the page's words."""
        super().__init__(413, wording.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the guard lets in.

    `own_paths` are the application's own paths: exact ones, or folders ending in "/".
    `hosts` are the names the page is known by besides IP addresses, which no DNS
    answer can fake. `origins` are `scheme://host[:port]` of a proxy in front. `roomy`
    holds the paths (or folders) where a body may be larger than elsewhere, in bytes.
    """

    own_paths: tuple[str, ...]
    hosts: frozenset[str]
    origins: frozenset[str]
    cookie_path: str
    secure: bool
    roomy: Mapping[str, int]

    @classmethod
    def make(
        cls, public_url: str, *, own_paths: Iterable[str], roomy: Mapping[str, int] | None = None
    ) -> Rules:
        """Rules for a page that users reach directly, or at `public_url` when that is not empty."""
        public = urlsplit(public_url)
        hosts = {"localhost", socket.gethostname().lower(), (public.hostname or "").lower()} - {""}
        origins = {f"{public.scheme}://{public.netloc}"} if public.netloc else set()
        return cls(
            own_paths=tuple(own_paths),
            hosts=frozenset(hosts),
            origins=frozenset(origins),
            cookie_path=public.path.rstrip("/") or "/",
            secure=public.scheme == "https",
            roomy=roomy or {},
        )

    def host_known(self, host: str) -> bool:
        """Whether the Host header names this machine: an IP address or a declared name."""
        name = (urlsplit(f"//{host}").hostname or "").lower()
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self.hosts
        return True

    def origin_known(self, origin: str, *, host: str) -> bool:
        """Whether a browser's Origin is this very page."""
        return origin in self.origins or (origin != "null" and urlsplit(origin).netloc == host)

    def body_limit(self, path: str) -> int:
        """How many bytes may be sent to a path."""
        inside = (limit for place, limit in self.roomy.items() if _is_within(path, place))
        return max(inside, default=MAX_BODY_BYTES)

    def path_known(self, path: str) -> bool:
        """Whether a path is the application's or one of Gradio's that the page needs."""
        return (
            path in _GRADIO_EXACT
            or path.startswith(_GRADIO_FOLDERS)
            or any(_is_within(path, place) for place in self.own_paths)
        )


class Guard:
    """The ASGI application around the application."""

    def __init__(self, app: ASGIApp, *, rules: Rules) -> None:
        """Only assigns."""
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a counted body and the headers every reply carries."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        reply = _Reply(send, path=scope["path"], cookie=self._cookie_for(scope, headers))
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, reply)
            return
        try:
            limit = self._rules.body_limit(scope["path"])
            await self._app(_uncompressed(scope), _counted(receive, limit), reply)
        except BodyTooLargeError:
            if not reply.started:
                await _error(413, wording.TOO_LARGE)(scope, receive, reply)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        path = scope["path"]
        host = headers.get("host", "")
        if not self._rules.host_known(host):
            return _error(400, wording.WRONG_HOST)
        origin = headers.get("origin")
        if origin is not None and not self._rules.origin_known(origin, host=host):
            return _error(403, wording.FOREIGN)
        if not self._rules.path_known(path):
            return _not_here(scope)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._rules.body_limit(path):
            return _error(413, wording.TOO_LARGE)
        return None

    def _cookie_for(self, scope: Scope, headers: Headers) -> str | None:
        """The Set-Cookie of a first visit to the page, None otherwise."""
        if scope["path"] != "/" or scope["method"] != "GET" or visitor_in(headers.get("cookie", "")):
            return None
        secure = "; Secure" if self._rules.secure else ""
        place = f"Path={self._rules.cookie_path}; Max-Age={_COOKIE_AGE_S}; HttpOnly; SameSite=Lax{secure}"
        return f"{COOKIE}={secrets.token_urlsafe(32)}; {place}"


def visitor_in(cookies: str) -> str:
    """The browser's token in a Cookie header; empty when there is none or it is not one of ours."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel and _TOKEN.fullmatch(morsel.value) else ""


class _Reply:
    """Sends a response with the security headers.

    Gradio's page gets a script nonce, and its "Queue is full" becomes our words.
    """

    def __init__(self, send: Send, *, path: str, cookie: str | None) -> None:
        self._send = send
        self._path = path
        self._cookie = cookie
        self._page: Message | None = None  # the held-back start of Gradio's page
        self._body = b""
        self._full = False
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            if self._cookie:
                headers.append("set-cookie", self._cookie)
            if (
                headers.get("content-type", "").startswith("text/html")
                and "content-security-policy" not in headers
            ):
                self._page = message
                return
            headers.setdefault("content-security-policy", STRICT_POLICY)
            self._full = self._path == _JOIN and message["status"] == 503
            if self._full:  # the page shows the detail of a 429, but English words of its own for a 503
                message["status"] = 429
                headers["content-length"] = str(len(_FULL))
        elif self._page is not None:
            await self._page_part(message)
            return
        elif self._full:
            message = {"type": "http.response.body", "body": b"" if message.get("more_body") else _FULL}
            message["more_body"] = not message["body"]
        await self._send(message)

    async def _page_part(self, message: Message) -> None:
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        assert self._page is not None
        nonce = secrets.token_urlsafe(16)
        body = self._body.replace(b"<script", f'<script nonce="{nonce}"'.encode())
        body = body.replace(b"</head>", _STYLES + _LEAVING + b"</head>", 1)
        headers = MutableHeaders(scope=self._page)
        headers["content-length"] = str(len(body))
        headers["content-security-policy"] = _CHAT_POLICY.format(nonce=nonce)
        headers["cache-control"] = "no-store"
        await self._send(self._page)
        await self._send({"type": "http.response.body", "body": body})


def _uncompressed(scope: Scope) -> Scope:
    """Ask for the page itself without compression, so that its scripts can be given their nonce."""
    if scope["path"] != "/":
        return scope
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]}


def _is_within(path: str, place: str) -> bool:
    """Whether a path is a place, or inside it when it is a folder ending in "/"."""
    return path.startswith(place) if place.endswith("/") else path == place


def _counted(receive: Receive, limit: int) -> Receive:
    """A receive that refuses a body which grows over the limit (no Content-Length was given)."""
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLargeError
        return message

    return limited


def _not_here(scope: Scope) -> Response:
    """The reply for an unknown path: a page for a browser, JSON for a program."""
    from assistant.web.api import refusal  # which needs the guard itself

    return refusal(Request(scope), status=404, text=wording.NOT_HERE)


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status)
