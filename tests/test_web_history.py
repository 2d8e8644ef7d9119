from io import BytesIO

import docx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_support import EVIL, answered

from assistant.errors import AssistantError
from assistant.web import api, history
from assistant.web.guard import COOKIE

ME, OTHER = "m" * 43, "o" * 43


@pytest.fixture
def client(store):
    app = FastAPI(exception_handlers={AssistantError: api.error_reply})
    app.include_router(history.routes(store))
    return TestClient(app, cookies={COOKIE: ME}, follow_redirects=False)


def test_list_shows_only_own_conversations(client, store):
    mine = store.add(ME, "", answered("我的问题"))
    store.add(OTHER, "", answered("别人的问题"))
    page = client.get("/conversations").text
    assert f'href="./?conversation={mine.id}">我的问题</a>' in page
    assert "别人的问题" not in page
    assert "没有找到" in client.get("/conversations?q=zzz").text


def test_without_a_cookie_there_is_nothing(client, store):
    store.add("", "", answered("没有主人"))
    client.cookies.clear()
    assert "还没有对话" in client.get("/conversations").text


def test_rename_and_delete_lead_back_to_the_list(client, store):
    mine = store.add(ME, "", answered("我的问题"))
    reply = client.post(f"/conversations/{mine.id}/rename", data={"title": "新名称"})
    assert (reply.status_code, reply.headers["location"]) == (303, "../../conversations")
    assert store.listing(ME)[0].title == "新名称"
    assert client.post(f"/conversations/{mine.id}/delete").status_code == 303
    assert store.listing(ME) == []


def test_anothers_conversation_is_out_of_reach(client, store):
    theirs = store.add(OTHER, "", answered("别人的问题"))
    assert client.post(f"/conversations/{theirs.id}/rename", data={"title": "x"}).status_code == 404
    assert client.post(f"/conversations/{theirs.id}/delete").status_code == 404
    assert client.get(f"/conversations/{theirs.id}/export.md").status_code == 404
    assert client.get(f"/conversations/{theirs.id}/export.docx").status_code == 404
    assert store.listing(OTHER)[0].title == "别人的问题"


def test_exports_are_downloads_named_after_the_conversation(client, store):
    mine = store.add(ME, "", answered("归谁管"))
    text = client.get(f"/conversations/{mine.id}/export.md")
    assert (
        text.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%BD%92%E8%B0%81%E7%AE%A1.md"
    )
    assert "达不到登记条件的" in text.text
    word = client.get(f"/conversations/{mine.id}/export.docx").content
    assert docx.Document(BytesIO(word)).paragraphs[0].text == "归谁管"


def test_hostile_title_stays_text(client, store):
    store.add(ME, "", answered(EVIL))
    page = client.get("/conversations", params={"q": '"><script>'}).text + client.get("/conversations").text
    assert "<script" not in page
