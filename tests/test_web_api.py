from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from web_support import PLAN, FakeAssistant

from assistant.config import Settings
from assistant.presenting import answer_json
from assistant.question_log import QuestionLog
from assistant.web.app import create_app

HERE = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def assistant():
    return FakeAssistant()


@pytest.fixture(scope="module")
def client(assistant, tmp_path_factory):
    app = create_app(
        assistant, settings=Settings(home=tmp_path_factory.mktemp("home"), questions_per_minute=1000)
    )
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as opened:
        yield opened


def test_ask_returns_the_answer_as_the_command_line_does(client, assistant):
    body = {
        "question": "归谁管",
        "region": "四川",
        "as_of": "2022-06-01",
        "history": [{"role": "user", "content": "前"}],
    }
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == 200
    assert reply.json() == answer_json(FakeAssistant().ask("归谁管", region="四川"))
    assert assistant.asked[-1][1] == "四川"
    assert assistant.asked[-1][2][0].content == "前"


def test_questions_of_programs_are_kept_for_the_administrator_without_residents_numbers(tmp_path):
    app = create_app(FakeAssistant(), settings=Settings(home=tmp_path))
    with TestClient(app, base_url=HERE) as client:
        for path in ("/api/ask", "/api/v1/ask"):
            assert (
                client.post(path, json={"question": "13800138000归谁管", "region": "四川"}).status_code == 200
            )
        client.post("/api/ask", json={"question": ""})  # refused: nothing was asked
    log = QuestionLog.open(tmp_path)
    kept = log.since(datetime(2000, 1, 1, tzinfo=UTC))
    log.close()
    assert [(one.question, one.by_program) for one in kept] == [("〔已隐去手机号〕归谁管", True)] * 2


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"question": ""}, 422, "请先写下"),
        ({"question": "长" * 301}, 422, "300 字"),
        ({}, 400, "body.question"),
        ({"question": 5}, 400, "body.question"),
        ({"question": "谁管", "extra": 1}, 400, "body.extra"),
        ({"question": "谁管", "as_of": "昨天"}, 400, "body.as_of"),
        ({"question": "谁管", "history": [{"role": "system", "content": "x"}]}, 400, "role"),
        ({"question": "谁管", "history": [{"role": "user", "content": "x"}] * 21}, 400, "history"),
        ({"question": "崩溃"}, 500, "没有答成"),
    ],
)
def test_bad_requests_are_answered_in_chinese_without_internals(client, body, status, word):
    reply = client.post("/api/ask", json=body)
    assert reply.status_code == status
    assert word in reply.json()["error"]
    assert "secret" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_broken_json_is_a_bad_request(client):
    reply = client.post("/api/ask", content=b"{", headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert "格式" in reply.json()["error"]


def test_lone_surrogate_does_not_break_the_service(client):
    reply = client.post(
        "/api/ask", content=b'{"question": "\\ud800\\u8c01"}', headers={"content-type": "application/json"}
    )
    assert reply.status_code == 200


def test_too_many_questions_say_when_to_come_back(tmp_path):
    app = create_app(FakeAssistant(), settings=Settings(home=tmp_path, questions_per_minute=1))
    with TestClient(app, base_url=HERE) as client:
        client.post("/api/ask", json={"question": "谁管"})
        reply = client.post("/api/ask", json={"question": "谁管"})
    assert reply.status_code == 429
    assert 0 < int(reply.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"exchange": 1, "verdict": "down", "reasons": ["已过期"], "comment": "有新办法"}, 404),
        ({"exchange": 1, "verdict": "maybe"}, 400),
        ({"exchange": 1, "verdict": "down", "reasons": ["自编的理由"]}, 400),
        ({"exchange": 1, "verdict": "up", "comment": "长" * 301}, 400),
    ],
)
def test_feedback_is_checked(client, body, status):
    reply = client.post("/api/feedback", json=body)
    assert reply.status_code == status
    assert reply.json()["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"exchange": 1, "name": "张三", "outcome": "与原文一致"}, 404),
        ({"exchange": 1, "name": "  ", "outcome": "与原文一致"}, 400),
        ({"exchange": 1, "name": "张" * 21, "outcome": "与原文一致"}, 400),
        ({"exchange": 1, "name": "张三", "outcome": "大概"}, 400),
        ({"exchange": 1, "name": "张三", "outcome": "有出入", "note": "长" * 301}, 400),
        ({"exchange": 1, "outcome": "有出入"}, 400),
    ],
)
def test_check_is_checked(client, body, status):
    reply = client.post("/api/check", json=body)
    assert reply.status_code == status
    assert reply.json()["error"]


def test_health_and_readiness(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"ready": True, "documents": 3}


def test_empty_library_is_not_ready(tmp_path):
    with TestClient(
        create_app(FakeAssistant(held={}), settings=Settings(home=tmp_path)), base_url=HERE
    ) as client:
        assert client.get("/readyz").status_code == 503


def test_document_page_marks_the_quote(client):
    start = PLAN.text.index("坚持党建引领")
    reply = client.get(f"/documents/plan-36?at={start}-{start + 6}")
    assert reply.status_code == 200
    assert '<mark id="quote">坚持党建引领</mark>' in reply.text
    assert "script-src 'self'" in reply.headers["content-security-policy"]


def test_document_with_a_slash_in_its_id_opens(client):
    assert client.get("/documents/cards%2F%E5%9B%9B%E5%B7%9D").status_code == 200


def test_missing_document_is_a_page_for_browsers_and_json_for_programs(client):
    page = client.get("/documents/<script>", headers={"accept": "text/html,*/*"})
    assert page.status_code == 404
    assert "没有找到" in page.text and 'href="../"' in page.text
    assert "<script>" not in page.text
    assert "文件库中没有" in client.get("/documents/none").json()["error"]


def test_chat_page_and_its_files_are_served(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "社区社会组织政策助手" in page.text
    for file in ("page.js", "leaving.js", "page.css", "screens.css", "tokens.css", "reading.css"):
        assert client.get(f"/ui/{file}").status_code == 200


def test_gradio_says_nothing_to_strangers(client):
    evil = {"origin": "http://evil.example"}
    assert client.get("/config", headers=evil).status_code == 403
    assert "access-control-allow-origin" not in client.get("/config", headers={"origin": HERE}).headers
    for path in (
        "/gradio_api/info",
        "/openapi.json",
        "/docs",
        "/gradio_api/openapi.json",
        "/monitoring/summary",
    ):
        assert client.get(path).status_code == 404


def test_page_calls_nobody(client):
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
