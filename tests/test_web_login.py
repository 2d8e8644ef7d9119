from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from web_support import FakeAssistant, answered

from assistant.accounts import ADMIN, Accounts
from assistant.config import Settings
from assistant.conversations import Conversations
from assistant.web.app import create_app
from assistant.web.entrance import COOKIE

HERE = "http://127.0.0.1:7860"
OWN = "my-own-long-password"
HTML = {"accept": "text/html"}


@dataclass
class Place:
    """An application with a login, and the password it told at its first start."""

    client: TestClient
    accounts: Accounts
    first: str

    def log_in(self, name=ADMIN, password=OWN):
        return self.client.post("/login", data={"name": name, "password": password})

    def worker(self, name="李梅"):
        """Log in as a new worker who has chosen a password."""
        self.accounts.add_worker(name)
        self.accounts.set_password(name, OWN)
        return self.log_in(name)


def opened(home, **settings):
    accounts = Accounts.open(home)
    first = accounts.first_password()
    app = create_app(FakeAssistant(), settings=Settings(home=home, **settings))
    return Place(TestClient(app, base_url=HERE, follow_redirects=False), accounts, first)


@pytest.fixture
def place(tmp_path):
    """Only the administrator logs in."""
    made = opened(tmp_path)
    with made.client:
        yield made
    made.accounts.close()


@pytest.fixture
def closed(tmp_path):
    """Everybody logs in."""
    made = opened(tmp_path, login="all")
    made.accounts.set_password(ADMIN, OWN)
    with made.client:
        yield made
    made.accounts.close()


def test_first_password_opens_only_the_page_that_changes_it(place):
    assert place.log_in(password=place.first).headers["location"] == "admin/"
    assert place.client.get("/admin/", headers=HTML).headers["location"] == "../password"
    assert "初始密码" in place.client.get("/password").text
    change = {"old": place.first, "new": OWN, "again": OWN}
    assert "不一样" in place.client.post("/password", data=change | {"again": "x"}).text
    assert place.client.post("/password", data=change | {"new": "short", "again": "short"}).status_code == 400
    assert place.client.post("/password", data=change).headers["location"] == "login?changed=true"
    assert place.client.get("/admin/", headers=HTML).headers["location"] == "../login"
    assert place.log_in().headers["location"] == "admin/"
    assert place.client.get("/admin/").status_code == 200


def test_session_cookie_is_strict_and_hidden_from_scripts(place):
    cookie = place.log_in(password=place.first).headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=28800"):
        assert part in cookie
    assert "Secure" not in cookie


def test_session_cookie_goes_over_https_only_where_the_page_does(tmp_path):
    place = opened(tmp_path, public_url="https://policy.example.gov.cn/zhengce")
    with place.client:
        cookie = place.log_in(password=place.first).headers["set-cookie"]
    place.accounts.close()
    assert "Secure" in cookie and "Path=/zhengce" in cookie


def test_wrong_password_is_told_locks_and_many_attempts_are_slowed(place):
    assert "不对" in place.log_in(password="x").text
    replies = [place.log_in(password="x") for _ in range(12)]
    assert {reply.status_code for reply in replies} == {401}
    assert "已锁定" in replies[4].text
    assert "请等" in replies[-1].text


def test_name_of_a_failed_login_is_shown_as_words(place):
    page = place.log_in(name="<b>甲</b>", password="x").text
    assert "&lt;b&gt;甲" in page and "<b>甲" not in page


def test_other_site_cannot_use_the_session(place):
    place.accounts.set_password(ADMIN, OWN)
    place.log_in()
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert place.client.post("/logout", headers={"origin": origin}).status_code == 403
    assert place.client.get("/admin/").status_code == 200


def test_logging_out_ends_the_session_for_good(place):
    place.accounts.set_password(ADMIN, OWN)
    place.log_in()
    token = place.client.cookies[COOKIE]
    assert place.client.post("/logout").headers["location"] == "login"
    place.client.cookies.set(COOKIE, token)
    assert place.client.get("/admin/").status_code == 401


def test_page_is_open_where_only_the_administrator_logs_in(place):
    assert place.client.get("/").status_code == 200
    assert place.client.post("/api/ask", json={"question": "归谁管"}).status_code == 200


def test_nobody_asks_without_login_where_everybody_logs_in(closed):
    assert closed.client.get("/", headers=HTML).headers["location"] == "login"
    assert closed.client.get("/documents/plan-36", headers=HTML).headers["location"] == "../login"
    assert closed.client.post("/api/ask", json={"question": "归谁管"}).status_code == 401
    assert closed.client.get("/config").status_code == 401
    assert closed.client.get("/login").status_code == 200
    assert closed.client.get("/healthz").json() == {"status": "ok"}


def test_worker_asks_but_does_not_administer(closed):
    assert closed.worker().headers["location"] == "./"
    assert closed.client.post("/api/ask", json={"question": "归谁管"}).status_code == 200
    refused = closed.client.get("/admin/")
    assert (refused.status_code, refused.json()["error"]) == (403, "这个页面只有管理员能用。")


def test_workers_first_password_opens_nothing_else(closed):
    closed.log_in("王强", closed.accounts.add_worker("王强"))
    assert closed.client.get("/", headers=HTML).headers["location"] == "password"
    assert closed.client.post("/api/ask", json={"question": "归谁管"}).status_code == 401


def test_conversations_follow_the_account_not_the_browser(closed, tmp_path):
    store = Conversations.open(tmp_path)
    closed.worker("李梅")
    mine = next(a for a in closed.accounts.listing() if a.name == "李梅")
    store.add(mine.visitor, "", answered("李梅问的"))
    assert "李梅问的" in closed.client.get("/conversations").text
    closed.worker("王强")
    closed.client.cookies.set("assistant_visitor", mine.visitor)
    assert "李梅问的" not in closed.client.get("/conversations").text
    store.close()


def test_plain_pages_name_who_is_logged_in_and_are_kept_by_no_browser(place):
    place.accounts.set_password(ADMIN, OWN)
    place.log_in()
    shown = place.client.get("/topics")
    assert 'action="./logout"' in shown.text and f"<strong>{ADMIN}</strong>" in shown.text
    assert 'href="./admin/"' in shown.text and shown.headers["cache-control"] == "no-store"
    place.client.cookies.clear()
    shown = place.client.get("/topics")
    assert "logout" not in shown.text and "cache-control" not in shown.headers


def test_worker_sees_no_way_to_the_administrators_pages(closed):
    closed.worker()
    shown = closed.client.get("/library").text
    assert "<strong>李梅</strong>" in shown and "admin/" not in shown


def test_logging_out_ends_the_session_and_leaves_no_cookie(closed):
    closed.worker()
    token = closed.client.cookies[COOKIE]
    reply = closed.client.post("/logout")
    assert reply.headers["location"] == "login" and COOKIE not in closed.client.cookies
    assert closed.accounts.whose(token) is None
    assert closed.client.get("/conversations", headers=HTML).headers["location"] == "login"
    assert closed.accounts.audit.newest(1)[0].action == "退出"
