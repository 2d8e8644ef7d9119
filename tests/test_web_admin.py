from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from web_support import CARDS, EVIL, PLAN, FakeAssistant

from assistant.accounts import ADMIN, Accounts
from assistant.config import Settings
from assistant.web.admin import COOKIE, needing_attention
from assistant.web.app import create_app

HERE = "http://127.0.0.1:7860"
OWN = "my-own-long-password"


@pytest.fixture
def opened(tmp_path):
    accounts = Accounts.open(tmp_path)
    password = accounts.first_password()
    accounts.close()
    app = create_app(FakeAssistant(), settings=Settings(home=tmp_path))
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        yield client, password


@pytest.fixture
def client(opened):
    """Logged in with an own password."""
    client, first = opened
    log_in(client, first)
    client.post("/admin/password", data={"old": first, "new": OWN})
    assert log_in(client, OWN).status_code == 303
    return client


def log_in(client, password):
    return client.post("/admin/login", data={"name": ADMIN, "password": password})


def routes_of(routes):
    """(method, path) of every route, those of included routers too."""
    found = set()
    for route in routes:
        if isinstance(route, APIRoute):
            found |= {(method, route.path) for method in route.methods}
        else:
            found |= routes_of(getattr(getattr(route, "original_router", None), "routes", ()))
    return found


def test_every_route_but_the_login_asks_for_a_session(opened):
    client, _ = opened
    routes = {route for route in routes_of(client.app.routes) if route[1].startswith("/admin")}
    open_to_all = {("GET", "/admin/login"), ("POST", "/admin/login"), ("GET", "/admin")}
    assert len(routes - open_to_all) == len(routes) - 3 >= 7
    for method, path in routes - open_to_all:
        for cookies in ({}, {COOKIE: "forged"}):
            reply = client.request(method, path, cookies=cookies)
            assert (reply.status_code, reply.headers["location"]) == (303, "login"), path


def test_first_password_opens_only_the_page_that_changes_it(opened):
    client, first = opened
    assert log_in(client, first).headers["location"] == "./"
    assert client.get("/admin/").headers["location"] == "password"
    assert "初始密码" in client.get("/admin/password").text
    assert client.post("/admin/password", data={"old": first, "new": "short"}).status_code == 400
    assert client.post("/admin/password", data={"old": first, "new": OWN}).headers["location"] == "login"
    assert client.get("/admin/password").headers["location"] == "login"


def test_session_cookie_is_strict_and_for_the_admin_pages_only(opened):
    client, first = opened
    cookie = log_in(client, first).headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/admin", "Max-Age=28800"):
        assert part in cookie


def test_wrong_password_is_told_and_many_attempts_are_slowed(opened):
    client, _ = opened
    assert "不对" in log_in(client, "x").text
    replies = [log_in(client, "x") for _ in range(12)]
    assert {reply.status_code for reply in replies} == {401}
    assert "请等" in replies[-1].text


def test_foreign_site_cannot_use_the_session(client):
    reply = client.post("/admin/logout", headers={"origin": "http://evil.example"})
    assert reply.status_code == 403
    assert client.get("/admin/").status_code == 200


def test_logging_out_ends_the_session(client):
    token = client.cookies[COOKIE]
    assert client.post("/admin/logout").headers["location"] == "login"
    assert client.get("/admin/", cookies={COOKIE: token}).status_code == 303


def test_overview_tells_figures_and_what_is_lacking(client):
    page = client.get("/admin/").text
    assert "没有答不出或被评为没用的问题" in page
    assert "3 份" in page
    assert "no-store" in client.get("/admin/").headers["cache-control"]


def test_retrieval_test_shows_steps_hits_and_rejections(client):
    page = client.get("/admin/retrieval", params={"q": "归谁管", "region": "四川"}).text
    assert "达不到登记条件的" in page
    assert "total 12.0 毫秒" in page
    assert "未采用：外地文件" in page
    assert "300 字" in client.get("/admin/retrieval", params={"q": "长" * 301}).text


def test_export_is_a_workbook_and_leaves_a_trace(client, tmp_path):
    reply = client.get("/admin/questions.xlsx")
    file = tmp_path / "questions.xlsx"
    file.write_bytes(reply.content)
    assert openpyxl.load_workbook(file).active["B1"].value == "问题"
    page = client.get("/admin/audit").text
    assert "导出提问记录" in page and "记录完整" in page


def test_hostile_words_stay_words(client):
    pages = client.get("/admin/retrieval", params={"q": f"坏{EVIL}", "region": EVIL}).text
    assert "<script" not in pages and "<img" not in pages
    assert "default-src 'none'" in client.get("/admin/").headers["content-security-policy"]


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
