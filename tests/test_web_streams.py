import asyncio
import json

import pytest
from fastapi.testclient import TestClient
from web_support import FakeAssistant

from assistant.config import Settings
from assistant.web.app import create_app
from assistant.web.guard import COOKIE
from assistant.web.streams import _KEPT, JOIN, STREAM, OwnStreams

HERE = "http://127.0.0.1:7860"
ME, OTHER = "m" * 43, "o" * 43


def asked(page):
    return json.dumps({"session_hash": page, "data": []}).encode()


class Door:
    """The guarded streams before an application that notes what reaches it."""

    def __init__(self):
        self.bodies = []
        self.streams = OwnStreams(self.inner)

    async def inner(self, scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message.get("more_body", False)
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def knock(self, path, visitor, *, parts=(b"",), query=""):
        waiting = [
            {"type": "http.request", "body": part, "more_body": at < len(parts) - 1}
            for at, part in enumerate(parts)
        ]
        sent = []

        async def receive():
            return waiting.pop(0)

        async def send(message):
            sent.append(message)

        cookie = [(b"cookie", f"{COOKIE}={visitor}".encode())] if visitor else []
        scope = {
            "type": "http",
            "path": path,
            "headers": cookie,
            "query_string": query.encode(),
            "method": "POST",
        }
        asyncio.run(self.streams(scope, receive, send))
        return sent[0]["status"]


@pytest.fixture
def door():
    return Door()


def test_question_passes_whole_in_whatever_parts_it_comes(door):
    body = asked("page-1")
    assert door.knock(JOIN, ME, parts=(body[:5], body[5:9], body[9:])) == 200
    assert door.bodies == [body]


@pytest.mark.parametrize("stranger", [OTHER, ""])
def test_nobody_else_asks_or_listens_on_a_page(door, stranger):
    door.knock(JOIN, ME, parts=(asked("page-1"),))
    assert door.knock(STREAM, stranger, query="session_hash=page-1") == 403
    assert door.knock(JOIN, stranger, parts=(asked("page-1"),)) == 403
    assert door.knock(STREAM, ME, query="session_hash=page-1") == 200
    assert door.knock(JOIN, ME, parts=(asked("page-1"),)) == 200


def test_browser_without_cookies_keeps_its_own_page(door):
    door.knock(JOIN, "", parts=(asked("page-1"),))
    assert door.knock(STREAM, "", query="session_hash=page-1") == 200
    assert door.knock(STREAM, OTHER, query="session_hash=page-1") == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"session_hash": 5}', b"\xff\xfe"])
def test_what_is_no_question_is_left_to_the_chat(door, body):
    assert door.knock(JOIN, ME, parts=(body,)) == 200
    assert door.bodies == [body]


def test_longest_silent_page_is_forgotten(door):
    for number in range(_KEPT + 1):
        door.streams._remember(str(number), ME)
    assert len(door.streams._visitors) == _KEPT
    assert door.knock(STREAM, OTHER, query="session_hash=1") == 403
    assert door.knock(STREAM, OTHER, query="session_hash=0") == 200


def test_page_of_somebody_else_is_refused_in_chinese(tmp_path):
    app = create_app(FakeAssistant(), settings=Settings(home=tmp_path))
    body = {"data": [], "fn_index": 0, "session_hash": "page-of-mine"}
    with TestClient(app, base_url=HERE) as client:
        client.post(JOIN, json=body, headers={"cookie": f"{COOKIE}={ME}"})
        for reply in (
            client.post(JOIN, json=body, headers={"cookie": f"{COOKIE}={OTHER}"}),
            client.get(f"{STREAM}?session_hash=page-of-mine", headers={"cookie": f"{COOKIE}={OTHER}"}),
        ):
            assert reply.status_code == 403 and "刷新页面" in reply.json()["error"]
