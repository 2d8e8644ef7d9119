from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from fastapi.testclient import TestClient
from web_support import CARDS, EVIL, EVIL_DOCUMENT, PLAN, FakeAssistant, answered, refused

from assistant.accounts import ADMIN, Accounts
from assistant.catalogue import Catalogue
from assistant.config import Settings
from assistant.conversations import Conversations, Rating, Verdict
from assistant.question_log import QuestionLog
from assistant.web.admin_usage import needing_attention
from assistant.web.admin_versions import difference
from assistant.web.admin_wording import version
from assistant.web.app import create_app

HERE = "http://127.0.0.1:7860"
OWN = "my-own-long-password"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home in which a few things were asked."""
    folder = tmp_path_factory.mktemp("home")
    store = Conversations.open(folder, clock=lambda: datetime.now(UTC))
    store.add("me", "", answered("社区社会组织备案怎么办", "四川省"))
    store.add("me", "", refused("今天天气怎么样"))
    store.add("me", "", refused(f"坏问题{EVIL}"))
    conversation = store.add("me", "", answered("党支部几个人"))
    exchange = store.exchanges("me", conversation.id)[0]
    store.rate("me", exchange.id, Rating(Verdict.DOWN, ("不完整",), f"没说人数{EVIL}"))
    store.close()
    log = QuestionLog.open(folder)
    log.note(answered("程序问的备案"))
    log.close()
    catalogue = Catalogue.open(folder)
    with catalogue.transaction() as connection:
        for document in (PLAN, CARDS, replace(EVIL_DOCUMENT, retired=True, retired_reason="试停")):
            catalogue.put(connection, document, ())
    catalogue.close()
    return folder


@pytest.fixture(scope="module")
def client(home):
    accounts = Accounts.open(home)
    accounts.first_password()
    accounts.set_password(ADMIN, OWN)
    accounts.close()
    app = create_app(FakeAssistant(), settings=Settings(home=home, questions_per_minute=1000))
    with TestClient(app, base_url=HERE, follow_redirects=False) as opened:
        opened.post("/login", data={"name": ADMIN, "password": OWN})
        yield opened


def page(client, path, **query):
    reply = client.get(f"/admin/{path}", params=query)
    assert reply.status_code == 200, reply.text
    assert "no-store" in reply.headers["cache-control"]
    return reply.text


def test_overview_tells_figures_and_what_is_lacking(client):
    shown = page(client, "")
    assert "<dd>5 <small>次，接口 1" in shown and "60%" in shown
    assert "备案程序" in shown
    assert "今天天气怎么样" in shown
    assert 'class="chart"' in shown
    assert "最近 7 天" in page(client, "", days=7)
    assert "最近 30 天" in page(client, "", days=9999)


def test_hostile_words_stay_words_on_every_page(client):
    places = ("", "questions", "documents", "exam", "accounts", "audit", "versions")
    pages = [page(client, place) for place in places]
    pages += [page(client, "retrieval", q=f"坏{EVIL}", region=EVIL), page(client, "exam-new", q=EVIL)]
    for shown in pages:
        assert "window.pwned=1</script>" not in shown and "<img" not in shown
    policy = client.get("/admin/").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_retrieval_test_shows_steps_hits_and_rejections(client):
    shown = page(client, "retrieval", q="归谁管", region="四川")
    for words in ("达不到登记条件的", "合计 12.0 毫秒", "不作依据：外地文件", "已答", "用词相同"):
        assert words in shown
    assert "bm25" not in shown
    assert "300 字" in page(client, "retrieval", q="长" * 301)


def test_unanswered_and_disliked_questions_are_listed_with_a_way_on(client):
    shown = page(client, "questions")
    assert "没说人数" in shown and "不完整" in shown
    assert "exam-new?q=" in shown
    assert '程序问的备案 <span class="badge plain">接口</span>' in shown
    assert "社区社会组织备案怎么办" in shown


def test_export_is_a_workbook_and_leaves_a_trace(client):
    reply = client.get("/admin/questions.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(reply.content)).active
    assert (sheet["B1"].value, sheet.max_row) == ("问题", 6)
    shown = page(client, "audit")
    assert "导出提问记录" in shown and "记录完整" in shown


def test_question_becomes_an_evaluation_question_in_two_clicks(client):
    shown = page(client, "exam-new", q="归谁管", region="四川省")
    assert "答复引用了它" in shown and "鼓励设立" in shown
    start = PLAN.text.index("鼓励设立")
    given = {"question": "钱从哪来", "document_id": PLAN.id, "start": start, "end": start + 9}
    assert client.post("/admin/exam", data=given).headers["location"] == "exam"
    client.post("/admin/exam", data={"question": "明年补多少"})
    sheet = openpyxl.load_workbook(BytesIO(client.get("/admin/exam.xlsx").content)).active
    rows = {row[1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["钱从哪来"][4:] == (PLAN.text[start : start + 9], PLAN.title, "是")
    assert rows["明年补多少"][6] == "否"
    client.post("/admin/exam-remove", data={"number": 1})
    assert "钱从哪来" not in page(client, "exam")


def test_worker_account_is_made_with_a_password_told_once(client):
    shown = client.post("/admin/accounts", data={"name": "李梅"}).text
    assert "只显示这一次" in shown
    assert "只显示这一次" not in page(client, "accounts")
    assert client.post("/admin/accounts", data={"name": "李梅"}).status_code == 400
    assert "只显示这一次" in client.post("/admin/accounts-renew", data={"name": "李梅"}).text
    assert client.post("/admin/accounts-renew", data={"name": ADMIN}).status_code == 400
    client.post("/admin/accounts-remove", data={"name": "李梅"})
    assert "<strong>李梅" not in page(client, "accounts")
    assert "删除账号" in page(client, "audit")


def test_documents_are_found_by_filter_with_those_out_of_use(client):
    assert "符合条件 3 份" in page(client, "documents")
    assert "符合条件 1 份" in page(client, "documents", region="四川省")
    out = page(client, "documents", used="已停用")
    assert "符合条件 1 份" in out and "已停用：试停" in out
    assert "符合条件 2 份" in page(client, "documents", used="在用", page=99)


def test_health_names_each_part(client):
    shown = page(client, "health")
    assert "磁盘空间" in shown and "还没有建立索引" in shown


def test_unknown_document_job_and_batch_are_told(client):
    for path in ("document?id=nothing", "job?id=nothing", "batch?id=nothing"):
        reply = client.get(f"/admin/{path}", headers={"accept": "text/html"})
        assert reply.status_code == 404 and "没有找到" in reply.text


def test_documents_needing_attention_are_those_about_to_end_or_replaced():
    soon = replace(CARDS, expires_on="2026-12-31")
    later = replace(CARDS, expires_on="2027-12-31")
    over = replace(PLAN, expires_on="2023-12-31")
    replaced = replace(CARDS, superseded_by="new")
    found = needing_attention([soon, later, over, replaced], today=date(2026, 11, 21))
    assert [(d, reason) for d, reason in found] == [
        (soon, "2026-12-31 到期"),
        (replaced, "已被修订、废止或替代"),
    ]


@pytest.mark.parametrize(
    ("generation", "words"), [("gen-000017", "第 17 版"), ("gen-000001", "第 1 版"), ("", "")]
)
def test_generations_have_chinese_names(generation, words):
    assert version(generation) == words


def test_difference_of_generations_names_what_changed():
    before = {"a": PLAN, "b": CARDS}
    after = {"a": replace(PLAN, title="新标题", retired=False), "c": replace(CARDS, id="c")}
    found = difference(before, after)
    assert [d.id for d in found.added] == ["c"]
    assert [d.id for d in found.removed] == [CARDS.id]
    assert [(c.document.id, c.what) for c in found.changed] == [(PLAN.id, ("标题",))]
    assert difference(before, before) == type(found)((), (), ())
