from html import escape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_support import EVIL, answered, poisoned

from assistant.conversations import Check
from assistant.errors import AssistantError
from assistant.web import api, printing
from assistant.web.export import full_source
from assistant.web.guard import COOKIE

ME, OTHER = "m" * 43, "o" * 43


@pytest.fixture
def client(store):
    app = FastAPI(exception_handlers={AssistantError: api.error_reply})
    app.include_router(printing.routes(store))
    return TestClient(app, cookies={COOKIE: ME})


def test_conversation_is_printed_whole_and_an_answer_alone(client, store):
    mine = store.add(ME, "", answered("归谁管", "四川省"))
    store.add(ME, mine.id, answered("那更散的呢"))
    first, _ = store.exchanges(ME, mine.id)
    whole = client.get(f"/conversations/{mine.id}/print").text
    alone = client.get(f"/answers/{first.id}/print").text
    assert "归谁管" in whole and "那更散的呢" in whole
    assert "归谁管" in alone and "那更散的呢" not in alone
    for citation in first.answer.citations:
        assert escape(full_source(citation)) in alone and citation.quote in alone
    assert "四川省" in alone


def test_check_is_printed(client, store):
    mine = store.add(ME, "", answered("归谁管"))
    exchange = store.exchanges(ME, mine.id)[0]
    store.check(ME, exchange.id, Check("张三", "有出入", "第二条已修订"))
    page = client.get(f"/answers/{exchange.id}/print").text
    assert "人工核对：张三，" in page and "有出入。第二条已修订" in page


def test_anothers_answer_is_not_printed(client, store):
    theirs = store.add(OTHER, "", answered("别人的问题"))
    exchange = store.exchanges(OTHER, theirs.id)[0]
    for path in (f"/conversations/{theirs.id}/print", f"/answers/{exchange.id}/print", "/answers/99/print"):
        reply = client.get(path)
        assert reply.status_code == 404 and "别人的问题" not in reply.text


def test_hostile_words_stay_words(client, store):
    mine = store.add(ME, "", poisoned(f"坏{EVIL}"))
    page = client.get(f"/conversations/{mine.id}/print").text
    assert "<script>" not in page and "<img" not in page
    assert "&lt;script&gt;window.pwned=1" in page
