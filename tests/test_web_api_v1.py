import pytest
from fastapi.testclient import TestClient
from web_support import PLAN, FakeAssistant

from assistant.config import Settings
from assistant.presenting import answer_json
from assistant.web.api_v1 import VERSION
from assistant.web.app import create_app

HERE = "http://127.0.0.1:7860"


def opened(home, **settings):
    app = create_app(FakeAssistant(), settings=Settings(home=home, **settings))
    return TestClient(app, base_url=HERE, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("home"), questions_per_minute=1000) as client:
        yield client


@pytest.mark.parametrize("question", ["归谁管", "今天天气怎么样", "坏问题"])
def test_answers_are_the_same_as_everywhere_else(client, question):
    given = client.post("/api/v1/ask", json={"question": question}).json()
    assert given == client.post("/api/ask", json={"question": question}).json()
    assert given == answer_json(FakeAssistant().ask(question))


def test_search_ranks_clauses(client):
    (hit,) = client.get("/api/v1/search", params={"q": "经费", "top_k": 1}).json()["hits"]
    assert (hit["rank"], hit["document_id"]) == (1, PLAN.id)
    assert PLAN.text[hit["start"] : hit["end"]] == hit["text"]


def test_documents_are_listed_without_and_read_with_their_text(client):
    listed = client.get("/api/v1/documents", params={"region": "全国"}).json()["documents"]
    assert PLAN.id in {d["id"] for d in listed} and "text" not in listed[0]
    read = client.get(f"/api/v1/documents/{PLAN.id}").json()
    assert (read["text"], read["status"]) == (PLAN.text, "实施期已满")
    assert [c["heading"] for c in read["clauses"]] == ["总体要求", "工作任务", "完善分类管理", "加强资金支持"]
    assert client.get("/api/v1/documents/cards%2F四川").json()["kind"] == "fact_card"


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("documents/nothing", 404, "没有编号为"),
        ("search", 400, "query.q"),
        ("search?q=x&top_k=1000", 400, "query.top_k"),
        ("nothing", 404, "没有这个页面"),
    ],
)
def test_faults_are_told_in_chinese(client, path, status, word):
    reply = client.get(f"/api/v1/{path}")
    assert reply.status_code == status
    assert word in reply.json()["error"]


def test_rate_is_limited_for_questions_and_for_reading(tmp_path):
    with opened(tmp_path, questions_per_minute=2) as client:
        replies = [client.post("/api/v1/ask", json={"question": "归谁管"}) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [200, 200, 429]
        assert int(replies[2].headers["retry-after"]) > 0
        reads = [client.get("/api/v1/documents").status_code for _ in range(121)]
        assert (reads[119], reads[120]) == (200, 429)


def test_description_names_every_operation_and_is_readable_without_the_network(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["info"]["version"] == VERSION
    assert set(schema["paths"]) == {
        "/api/v1/ask",
        "/api/v1/search",
        "/api/v1/documents",
        "/api/v1/documents/{document_id}",
    }
    page = client.get("/api/v1/docs").text
    for words in (*schema["paths"], "question", "引用", "必填", "没有据以回答的规定", "as_of"):
        assert words in page
    assert "http://" not in page and "https://" not in page and "<script" not in page
