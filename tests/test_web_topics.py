from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_support import CARDS, PLAN, FakeAssistant

from assistant.conversations import Conversations
from assistant.domain import ORIGINAL_HELD
from assistant.web import topics
from assistant.web.guard import COOKIE
from assistant.web.guide import Anchor, Guide, Row, Table, Way
from assistant.web.quoting import held, quoted

VISITOR = "v" * 40
STREET = Anchor(PLAN.id, "达不到登记条件的", "实施管理")
LOCAL = Anchor(CARDS.id, "备案由街道办事处")
WAYS = (Way("登记", (Anchor(PLAN.id, "符合登记条件的"),)), Way("街道管理", (STREET, LOCAL)))
ROWS = (
    Row(PLAN.id, {"单位": STREET}),
    Row(CARDS.id, {"单位": LOCAL}),
    Row("gone", {"单位": Anchor("gone", "无")}),
)
TABLE = Table("对照", ("单位", "人数"), ROWS)
GUIDE = Guide({"备案程序": ("归谁管 & 找谁？",)}, WAYS, (TABLE,))


@pytest.fixture
def assistant():
    return FakeAssistant()


@pytest.fixture
def conversations(tmp_path):
    opened = Conversations.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def client(assistant, conversations):
    app = FastAPI()
    app.include_router(topics.routes(assistant, conversations, GUIDE))
    return TestClient(app, cookies={COOKIE: VISITOR})


def documents(assistant):
    return held([PLAN.id, CARDS.id, "gone"], assistant)


def test_question_links_to_the_chat_that_asks_it(client):
    page = client.get("/topics").text
    assert 'href="./?question=%E5%BD%92%E8%B0%81%E7%AE%A1%20%26%20%E6%89%BE%E8%B0%81%EF%BC%9F"' in page
    assert "归谁管 &amp; 找谁？" in page


def test_picture_boxes_link_to_the_clause_they_quote(client):
    page = client.get("/topics").text
    found = quoted(STREET, {PLAN.id: PLAN})
    assert page.count(f'href="documents/plan-36?at={found.start}-{found.end}#quote"') >= 2
    assert found.quote in page and "实施期已满" in page


def test_picture_leaves_other_regions_out_and_takes_the_askers(assistant):
    held_now = documents(assistant)
    for region, boxes in (("", 1), ("吉林省", 1), ("四川省", 2), ("四川省成都市", 2)):
        wide, tall = topics.drawings(WAYS, held_now, region=region)
        assert len(wide.columns[1].boxes) == len(tall.columns[1].boxes) == boxes, region


def test_half_a_picture_is_not_drawn(assistant, client):
    del assistant.held[PLAN.id]
    assert topics.drawings(WAYS, documents(assistant), region="四川省") == []
    assert "<svg" not in client.get("/topics").text


def test_table_leaves_out_what_is_not_held_and_puts_the_own_region_first(assistant, client, conversations):
    shown = topics.comparison(TABLE, documents(assistant), region="四川省")
    assert [(row.document.id, row.own) for row in shown.rows] == [(CARDS.id, True), (PLAN.id, False)]
    assert shown.rows[0].cells[1] is None
    unchosen = topics.comparison(TABLE, documents(assistant), region="")
    assert [(row.document.id, row.own) for row in unchosen.rows] == [(PLAN.id, False), (CARDS.id, False)]
    conversations.choose_region(VISITOR, "四川省")
    assert "您所在地区" in client.get("/topics").text


def test_words_no_longer_in_the_document_are_not_shown():
    changed = {PLAN.id: replace(PLAN, text="别的话。达不到登记条件的，另说")}
    assert quoted(STREET, changed) is None
    assert quoted(Anchor(PLAN.id, "没有的话"), changed) is None


def test_retired_document_is_left_out_but_not_a_card_whose_original_came(assistant):
    assistant.held[PLAN.id] = replace(PLAN, retired=True, retired_reason="管理员停用")
    assistant.held[CARDS.id] = replace(CARDS, retired=True, retired_reason=f"{ORIGINAL_HELD}：x")
    assert set(documents(assistant)) == {CARDS.id}
