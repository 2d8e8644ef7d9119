from __future__ import annotations

import threading
import time

import pytest
from fake_llm_server import FakeServer, fake_llm_server

from assistant.config import Settings
from assistant.endpoint import MAX_REPLY_BYTES, Endpoint, _Call, check_address
from assistant.errors import ConfigError, ModelError

LIMIT_S = 1.0
KEY = "sk-SECRET-0123456789"


@pytest.fixture(scope="module")
def server():
    with fake_llm_server() as fake:
        yield fake


@pytest.fixture
def endpoint(server: FakeServer) -> Endpoint:
    server.exchanges.clear()
    return Endpoint.open(settings(server.url))


def settings(url: str, **more: object) -> Settings:
    given = {"llm_base_url": url, "llm_model": "qwen2.5:7b", "llm_api_key": KEY, "llm_timeout_s": LIMIT_S}
    return Settings(**(given | more))  # type: ignore[arg-type]


def test_reply_asks_for_the_schema_and_sends_nothing_about_this_machine(server, endpoint):
    server.behave = lambda exchange: exchange.say("好")
    assert endpoint.reply("规则", "资料") == "好"
    (exchange,) = server.exchanges
    assert exchange.body["model"] == "qwen2.5:7b"
    assert exchange.body["temperature"] == 0
    assert [m["content"] for m in exchange.body["messages"]] == ["规则", "资料"]
    assert exchange.body["response_format"]["type"] == "json_schema"
    assert {name.lower() for name in exchange.headers} == {
        "host",
        "accept",
        "authorization",
        "content-type",
        "content-length",
    }
    assert exchange.headers["authorization"] == f"Bearer {KEY}"


def test_reply_falls_back_to_looser_forms_once(server, endpoint):
    def old_server(exchange):
        if exchange.body.get("response_format", {}).get("type") == "json_schema":
            exchange.send(
                b'{"error": {"message": "This response_format type is unavailable now"}}', status=400
            )
        elif "response_format" in exchange.body:
            exchange.send(b'{"error": {"message": "unknown field"}}', status=422)
        else:
            exchange.say("好")

    server.behave = old_server
    assert endpoint.reply("规则", "资料") == "好"
    assert len(server.exchanges) == 3
    assert endpoint.reply("规则", "资料") == "好"
    assert len(server.exchanges) == 4, "the form that worked is remembered"


def test_reply_without_a_key_takes_none_from_elsewhere(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-service")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-service")
    server.behave = lambda exchange: exchange.say("好")
    server.exchanges.clear()
    Endpoint.open(settings(server.url, llm_api_key="")).reply("规则", "资料")
    assert "another-service" not in str(server.exchanges[0].headers)


def test_reply_is_not_traced_even_where_tracing_is_on(server, endpoint, monkeypatch):
    from langsmith.utils import get_env_var

    with fake_llm_server() as tracer:
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracer.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "x")
        get_env_var.cache_clear()
        server.behave = lambda exchange: exchange.say("好")
        try:
            assert endpoint.reply("规则", "资料") == "好"
            time.sleep(0.3)  # a tracer would send from its own thread
            assert tracer.exchanges == []
        finally:
            monkeypatch.undo()
            get_env_var.cache_clear()


def test_model_names_with_other_protocols_stay_on_chat_completions(server):
    server.behave = lambda exchange: exchange.say("好")  # the server asserts the path
    assert Endpoint.open(settings(server.url, llm_model="gpt-5-codex")).reply("规则", "资料") == "好"


def drip_body(exchange) -> None:
    exchange.handler.send_response(200)
    exchange.handler.send_header("Content-Length", "5000")
    exchange.handler.end_headers()
    exchange.drip(b" " * 5000, every_s=0.02)


FAULTS = {
    "no byte": (lambda e: e.hang(), "没有按时答复|中断"),
    "slow body": (drip_body, "没有按时答复|中断"),
    "slow header": (lambda e: e.drip(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 5000, every_s=0.02), "没有按时答复|中断"),
    "cut": (lambda e: e.send(b'{"id": "1", "choi', length="4000"), "中断"),
    "closed at once": (lambda e: None, "中断"),
    "no http": (lambda e: e.handler.wfile.write(b"\x00\xff" * 500), "中断"),
    "event stream": (lambda e: e.send(b'data: {"choices": [{"delta"', kind="text/event-stream"), "无法读取"),
    "html": (lambda e: e.send(b"<html><script>alert(1)</script></html>", kind="text/html"), "无法读取"),
    "10 MB": (lambda e: e.send(b" " * 10_000_000), "中断"),
    "packed": (lambda e: e.send(b"\x1f\x8b" + b"0" * 50, Content_Encoding="gzip"), "中断"),
    "nested": (lambda e: e.send(b"[" * (MAX_REPLY_BYTES - 1)), "无法读取"),
    "null": (lambda e: e.send(b"null"), "无法读取"),
    "no choices": (lambda e: e.send(b'{"choices": null}'), "无法读取"),
    "empty": (lambda e: e.say(""), "空"),
    "redirect": (lambda e: e.send(b"", status=302, Location="http://127.0.0.1:9/v1"), "302"),
    "401": (lambda e: e.send(b'{"error": {"message": "bad key ' + KEY.encode() + b'"}}', status=401), "密钥"),
    "403": (lambda e: e.send(b"{}", status=403), "密钥"),
    "404": (lambda e: e.send(b"{}", status=404), "没有这个模型"),
    "429": (lambda e: e.send(b"{}", status=429, Retry_After="60"), "太忙"),
    "500": (lambda e: e.send(b"{}", status=500), "500"),
    "503": (lambda e: e.send(b"{}", status=503, Retry_After="60"), "503"),
    "always 400": (lambda e: e.send(b"{}", status=400), "400"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_reply_turns_every_fault_into_a_reason_within_the_time(server, endpoint, name, caplog):
    behaviour, reason = FAULTS[name]
    server.behave = behaviour
    begun = time.monotonic()
    with pytest.raises(ModelError, match=reason) as caught:
        endpoint.reply("规则", "资料")
    assert time.monotonic() - begun < LIMIT_S + 2  # a busy machine's delay
    assert KEY not in f"{caught.value}{caplog.text}"


def test_an_abandoned_exchange_ends_by_itself(server, endpoint):
    server.behave = lambda e: e.drip(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 5000, every_s=0.02)
    with pytest.raises(ModelError):
        endpoint.reply("规则", "资料")
    left = [t for t in threading.enumerate() if t.name == "language-model"]
    for thread in left:
        thread.join(3)
    assert not any(thread.is_alive() for thread in left)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://no-such-host.invalid/v1"])
def test_reply_from_nobody_is_a_reason(url):
    with pytest.raises(ModelError):
        Endpoint.open(settings(url)).reply("规则", "资料")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "127.0.0.1:11434/v1",
        "http://",
        "http://[::1/v1",
        "http://127.0.0.1:99999/v1",
        "http://user:pass@127.0.0.1/v1",
        "http://127.0.0.1/v1?key=1",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/v1",
    ],
)
def test_check_address_refuses_what_is_no_model_server(url):
    with pytest.raises(ConfigError, match="ASSISTANT_LLM_BASE_URL"):
        check_address(url)


@pytest.mark.parametrize("key", ["sk- 1", "sk-1\n", "钥匙"])
def test_open_refuses_a_mangled_key_without_showing_it(key):
    with pytest.raises(ConfigError) as caught:
        Endpoint.open(settings("http://127.0.0.1:9/v1", llm_api_key=key))
    assert key not in str(caught.value)


def test_open_refuses_an_endless_time():
    with pytest.raises(ConfigError, match="TIMEOUT"):
        Endpoint.open(settings("http://127.0.0.1:9/v1", llm_timeout_s=0.0))


def test_repr_shows_no_key(endpoint):
    assert KEY not in repr(endpoint) + str(vars(endpoint))


@pytest.mark.parametrize(("left_s", "reason"), [(-0.1, "没有按时答复"), (60.0, "连接不上")])
def test_what_breaks_off_when_the_time_is_up_was_late_and_not_away(left_s, reason):
    """The watchdog closes the connection at the deadline, and the client calls that a lost connection."""

    class BrokenOff:
        def ask(self, _system: str, _user: str, *, deadline: float) -> str:
            raise ModelError("连接不上")

    call = _Call(BrokenOff(), "", "", deadline=time.monotonic() + left_s)  # type: ignore[arg-type]
    call.run()
    assert str(call.fault) == reason
