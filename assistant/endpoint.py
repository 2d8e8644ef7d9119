"""An OpenAI-compatible chat endpoint through LangChain: one reply within a time, or a ModelError.

The only importer of langchain and openai. Whatever the other side does (refuses, hangs,
drips, floods, redirects), the caller waits no longer than the configured time, and
nothing but the request leaves this machine.
"""

from __future__ import annotations

import ipaddress
import logging
import sys
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from assistant.config import Settings
from assistant.errors import ConfigError, ModelError
from assistant.prompts import SCHEMA

if TYPE_CHECKING:
    from types import ModuleType

    from langchain_core.language_models import BaseChatModel

_LATE = "没有按时答复"
CONNECT_S = 3.0
MAX_REPLY_BYTES = 64 * 1024  # an answer is 2 KB; reasoning before it a few times that
_NO_KEY = "none"  # local servers want none; left out, the client would take OPENAI_API_KEY from elsewhere
_SENT_HEADERS = ("accept", "authorization", "content-length", "content-type", "host")
_UNKNOWN_FORM = (400, 415, 422, 501)
_log = logging.getLogger(__name__)


class ChatModel(Protocol):
    """Answers a system and a user message with text."""

    def reply(self, system: str, user: str) -> str:
        """The model's words.

        Raises:
            ModelError: It did not answer in time, or not usably; the message says why.
        """


class Endpoint:
    """A configured model. Safe to use from several threads; its `repr` does not show the key."""

    def __init__(
        self, model: BaseChatModel, *, name: str, timeout_s: float, schema: Mapping[str, object]
    ) -> None:
        """Use `open`; this only assigns."""
        self._model = model
        self._name = name
        self._timeout_s = timeout_s
        # Servers differ in which forms they know: asked for the strictest first, the next on a 400.
        self._forms: tuple[dict[str, Any], ...] = (
            {"response_format": {"type": "json_schema", "json_schema": schema}},
            {"response_format": {"type": "json_object"}},
            {},
        )
        self._form = 0

    @classmethod
    def open(cls, settings: Settings, *, schema: Mapping[str, object] = SCHEMA) -> Endpoint:
        """Prepare the endpoint of the settings; nothing is sent yet.

        Args:
            settings: Address, model, key and time limit.
            schema: Named JSON schema of the replies; an answer's by default.

        Raises:
            ConfigError: Address, key or time limit cannot be used.
        """
        check_address(settings.llm_base_url)
        if not settings.llm_api_key.isascii() or any(c.isspace() for c in settings.llm_api_key):
            raise ConfigError("ASSISTANT_LLM_API_KEY 里有空格、换行或中文，请重新复制密钥。")
        if not 0 < settings.llm_timeout_s <= 120:
            raise ConfigError("ASSISTANT_LLM_TIMEOUT_S 应在 0 到 120 秒之间，一般用 15。")
        model, timeout_s = _chat_model(settings), settings.llm_timeout_s
        return cls(model, name=settings.llm_model, timeout_s=timeout_s, schema=schema)

    def __repr__(self) -> str:
        """Name and time limit only."""
        return f"Endpoint({self._name!r}, timeout_s={self._timeout_s:g})"

    def reply(self, system: str, user: str) -> str:
        """The model's words, within the configured time by the clock on the wall."""
        call = _Call(self, system, user, deadline=time.monotonic() + self._timeout_s)
        call.start()
        call.join(self._timeout_s)
        if call.fault is not None:
            raise call.fault
        if call.text is None:
            raise ModelError(_LATE)
        return call.text

    def ask(self, system: str, user: str, *, deadline: float) -> str:
        """One exchange, asking for less strict forms while the server refuses them and time is left.

        Raises:
            ModelError: As for `reply`.
        """
        for form in range(self._form, len(self._forms)):
            if time.monotonic() >= deadline:
                break
            try:
                text = self._ask_once(system, user, self._forms[form])
            except _UnknownFormError:
                continue
            self._form = form
            return text
        raise ModelError("没有接受请求")

    def _ask_once(self, system: str, user: str, form: dict[str, Any]) -> str:
        import openai
        from langsmith import tracing_context

        try:
            # Tracing may be switched on for other programs of this machine; policy questions are not traced.
            with tracing_context(enabled=False):
                message = self._model.invoke([("system", system), ("human", user)], **form)
        except openai.APIStatusError as exc:
            if exc.status_code in _UNKNOWN_FORM and form:
                raise _UnknownFormError from exc
            raise ModelError(_status_reason(exc.status_code)) from exc
        except openai.APITimeoutError as exc:
            raise ModelError(_LATE) from exc
        except openai.APIConnectionError as exc:
            raise ModelError("连接不上，或者答复中断") from exc
        except Exception as exc:  # what a client throws at garbage is no closed list
            _log.warning("model reply unreadable: %s", type(exc).__name__)
            raise ModelError("答复无法读取") from exc
        if not isinstance(message.content, str) or not message.content.strip():
            raise ModelError("答复是空的")
        return message.content


class BoundedTransport:
    """One connection per request, no redirects, no proxies from the environment; size and time have an end."""

    def __init__(self, http: ModuleType, *, timeout_s: float) -> None:
        """Only assigns.

        Args:
            http: The HTTP library that the openai client is made of.
            timeout_s: Seconds for a whole exchange.
        """
        import ssl

        self._http = http
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()

    def handle_request(self, request: Any) -> Any:  # noqa: ANN401  (httpx or httpx2)
        """Send a request and read the whole response."""
        # Versions, platform and organisation are nobody's business; the client still reads its own copy.
        plain = self._http.Request(
            request.method,
            request.url,
            headers=[
                (name, value) for name, value in request.headers.items() if name.lower() in _SENT_HEADERS
            ],
            content=request.read(),
            extensions=request.extensions,
        )
        inner = self._http.HTTPTransport(verify=self._tls, trust_env=False)
        # A read time-out begins anew with every byte; closing ends a connection that drips.
        watchdog = threading.Timer(self._timeout_s, inner.close)
        watchdog.daemon = True
        watchdog.start()
        try:
            response = inner.handle_request(plain)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise self._http.ReadError("compressed reply", request=request)
            body = bytearray()
            for part in response.stream:
                body += part
                if len(body) > MAX_REPLY_BYTES:
                    raise self._http.ReadError("reply too long", request=request)
        finally:
            watchdog.cancel()
            inner.close()
        return self._http.Response(response.status_code, headers=response.headers, content=bytes(body))

    def close(self) -> None:
        """Nothing is kept open."""


class _UnknownFormError(Exception):
    """The server does not know this response_format."""


class _Call(threading.Thread):
    """One exchange on its own thread, so that the caller can stop waiting (DNS, TLS, anything)."""

    def __init__(self, endpoint: Endpoint, system: str, user: str, *, deadline: float) -> None:
        super().__init__(daemon=True, name="language-model")
        self.text: str | None = None
        self.fault: ModelError | None = None
        self._endpoint, self._system, self._user, self._deadline = endpoint, system, user, deadline

    def run(self) -> None:
        try:
            self.text = self._endpoint.ask(self._system, self._user, deadline=self._deadline)
        except ModelError as exc:
            # Past the deadline the connection was broken off by the watchdog: the server was late, not away.
            late = time.monotonic() >= self._deadline
            self.fault = ModelError(_LATE) if late else exc


def check_address(url: str) -> None:
    """Refuse addresses that are none of a model server.

    Raises:
        ConfigError: Not http(s), with a password or a query in it, or link-local (a
            cloud machine's metadata service).
    """
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        parts, port = urlsplit(""), None
    if port == 0 or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            "ASSISTANT_LLM_BASE_URL 应为 http:// 或 https:// 开头的地址，例如 http://127.0.0.1:11434/v1。"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            "ASSISTANT_LLM_BASE_URL 里不能带用户名、密码或参数，密钥请写在 ASSISTANT_LLM_API_KEY。"
        )
    try:
        link_local = ipaddress.ip_address(parts.hostname).is_link_local
    except ValueError:
        link_local = False
    if link_local:
        raise ConfigError("ASSISTANT_LLM_BASE_URL 指向本机的链路地址，不是模型服务，请改正。")


def _chat_model(settings: Settings) -> BaseChatModel:
    import openai
    from langchain.chat_models import init_chat_model

    # openai 3 is made of httpx2, openai 2 of httpx; the client wants its own kind.
    http = sys.modules[openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]]
    transport: Any = BoundedTransport(http, timeout_s=settings.llm_timeout_s)
    timeout = http.Timeout(settings.llm_timeout_s, connect=min(CONNECT_S, settings.llm_timeout_s))
    return init_chat_model(
        f"openai:{settings.llm_model}",
        base_url=settings.llm_base_url,
        api_key=settings.llm_api_key or _NO_KEY,
        use_responses_api=False,  # some model names would be sent to /v1/responses
        temperature=0,
        timeout=timeout,
        max_retries=0,  # the quotes are ready; a retry only makes the asker wait
        http_client=openai.DefaultHttpxClient(
            transport=transport,
            timeout=timeout,
            follow_redirects=False,
        ),
    )


def _status_reason(status: int) -> str:
    """For askers; docs/model.md tells operators what to do about each."""
    if status in (401, 403):
        return "密钥未被接受"
    if status == 404:
        return "没有这个模型或接口"
    return "太忙，请求被拒绝" if status == 429 else f"服务返回错误 {status}"
