"""A real HTTP server on loopback that speaks /v1/chat/completions, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Exchange"], None]


class Exchange:
    """One request and the means to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], number: int) -> None:
        self.handler = handler
        self.body = body
        self.number = number
        self.headers = dict(handler.headers.items())

    @property
    def material(self) -> dict[str, Any]:
        """What the user message holds: question, region, quotes."""
        return json.loads(self.body["messages"][-1]["content"])

    @property
    def rules(self) -> str:
        return self.body["messages"][0]["content"]

    def send(self, data: bytes, *, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Content-Length", headers.pop("length", str(len(data))))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(data)

    def say(self, content: str) -> None:
        """A well-formed completion whose message is `content`."""
        self.send(completion(content))

    def say_sentences(self, *sentences: tuple[str, list[int]]) -> None:
        self.say(sentences_json(sentences))

    def drip(self, data: bytes, *, every_s: float) -> None:
        """Send bytes one at a time until the other side leaves or the server stops."""
        for byte in data:
            if self.handler.server.stopping.wait(every_s):  # type: ignore[attr-defined]
                return
            self.handler.wfile.write(bytes([byte]))
            self.handler.wfile.flush()

    def hang(self) -> None:
        """Say nothing until the server stops."""
        self.handler.server.stopping.wait(60)  # type: ignore[attr-defined]


def completion(content: str) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    data = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }
    return json.dumps(data).encode()


def sentences_json(sentences: Sequence[tuple[str, list[int]]]) -> str:
    return json.dumps({"sentences": [{"text": t, "quotes": q} for t, q in sentences]}, ensure_ascii=False)


class FakeServer:
    """Answers each request by `behave`, which a test may change at any time; keeps every exchange."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        self.behave: Behaviour = lambda exchange: exchange.say("")
        self.exchanges: list[Exchange] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def answers(self, *sentences: tuple[str, list[int]]) -> None:
        self.behave = lambda exchange: exchange.say_sentences(*sentences)


@contextmanager
def fake_llm_server() -> Iterator[FakeServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.stopping = threading.Event()  # type: ignore[attr-defined]
    fake = FakeServer(server)
    server.fake = fake  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.stopping.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake: FakeServer = self.server.fake  # type: ignore[attr-defined]
        exchange = Exchange(self, body, len(fake.exchanges) + 1)
        fake.exchanges.append(exchange)
        assert self.path == "/v1/chat/completions"
        self.close_connection = True
        try:
            fake.behave(exchange)
        except OSError:
            time.sleep(0)  # the client left, as it should

    def log_message(self, *_args: object) -> None:
        """Tests look at `exchanges`, not at stderr."""
