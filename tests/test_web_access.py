"""Who may do what: every route and every function of the chat, asked over HTTP, never through the page.

A new route or function has no entry here, so its test fails until somebody decides.

| action | tested by |
|---|---|
| open page, config, description of the interface | `ASKING`, `GRADIO_PATHS` |
| ask, own history, own feedback | `ASKING` |
| another's history, answer or export | `…_anothers_conversation_…`; test_web_history, test_web_printing; by the number of a page: test_web_streams |
| add, replace, remove documents; versions; evaluation; accounts; audit log | `ADMINISTERING` |
| each change leaves a line in the audit log | `…_leaves_a_line_…`; documents: test_web_admin_browser |
| edit or delete the audit log | `…_nobody_can_change_the_audit_log` |
| every function of the chat | `CHAT_FUNCTIONS` |
| health without details | `OPEN`, `…_health_tells_a_stranger_nothing` |
| expired, forged, logged-out cookie | every test here; five wrong passwords: test_accounts, test_web_login |
"""

import re

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Mount
from web_support import FakeAssistant, answered

from assistant.accounts import ADMIN, Accounts
from assistant.audit import AuditLog
from assistant.config import Settings
from assistant.conversations import Conversations
from assistant.web.app import create_app
from assistant.web.guard import Rules

HERE = "http://127.0.0.1:7860"
OWN = "my-own-long-password"
# Open without a login, even where everybody logs in.
OPEN = {"GET /login", "POST /login", "GET /healthz", "GET /readyz", "GET /ui/"}
# Whoever is logged in; everybody where only the administrator logs in.
ASKING = {
    "POST /api/ask",
    "POST /api/feedback",
    "POST /api/check",
    "GET /api/documents",
    "POST /api/v1/ask",
    "GET /api/v1/search",
    "GET /api/v1/documents",
    "GET /api/v1/documents/{document_id:path}",
    "GET /api/v1/openapi.json",
    "GET /api/v1/docs",
    "GET /library",
    "GET /topics",
    "GET /documents/{document_id:path}",
    "GET /originals/{document_id:path}",
    "GET /answers/{exchange_id}/print",
    "GET /conversations",
    "POST /conversations/{conversation_id}/rename",
    "POST /conversations/{conversation_id}/delete",
    "GET /conversations/{conversation_id}/export.md",
    "GET /conversations/{conversation_id}/export.docx",
    "GET /conversations/{conversation_id}/print",
}
# Whoever is logged in, and nobody without a login.
OWN_ACCOUNT = {"POST /logout", "GET /password", "POST /password"}
ADMINISTERING = {
    "GET /admin/",
    "GET /admin/health",
    "GET /admin/documents",
    "GET /admin/document",
    "GET /admin/job",
    "POST /admin/edit",
    "POST /admin/retire",
    "POST /admin/unretire",
    "POST /admin/remove",
    "POST /admin/incoming",
    "PUT /admin/incoming/{batch}",
    "POST /admin/check",
    "POST /admin/check-address",
    "GET /admin/batch",
    "POST /admin/publish",
    "POST /admin/discard",
    "GET /admin/questions",
    "GET /admin/questions.xlsx",
    "GET /admin/exam",
    "POST /admin/exam",
    "GET /admin/exam.xlsx",
    "GET /admin/exam-new",
    "POST /admin/exam-remove",
    "GET /admin/retrieval",
    "GET /admin/versions",
    "POST /admin/rollback",
    "GET /admin/accounts",
    "POST /admin/accounts",
    "POST /admin/accounts-renew",
    "POST /admin/accounts-remove",
    "GET /admin/audit",
    "GET /admin/{rest:path}",
}
REDIRECT_ONLY = {"GET /admin"}
# What the chat's functions do is asking; none of them administers.
CHAT_FUNCTIONS = {"submit", "load", "change", "click", "input", "select", "then", "success"}
GRADIO_PATHS = ("/config", "/theme.css", "/gradio_api/queue/join", "/gradio_api/queue/data", "/assets/x.js")
BEHIND_THE_GUARD = ("/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/openapi.json", "/docs",
                    "/gradio_api/info", "/monitoring/summary", "/gradio_api/run/predict", "/gradio_api/call/x")  # fmt: skip


def routes_of(routes, prefix=""):
    """ "METHOD /path" of every route, those of included routers too; a mount as its folder."""
    found = set()
    for route in routes:
        if isinstance(route, APIRoute):
            found |= {f"{method} {prefix}{route.path}" for method in route.methods}
        elif isinstance(route, Mount):
            found |= {f"GET {route.path}/"} if route.path else set()
        else:
            found |= routes_of(route.original_router.routes, prefix + route.include_context.prefix)
    return found


@pytest.fixture(scope="module", params=["admin", "all"])
def place(request, tmp_path_factory):
    """The application with two accounts, and which login it asks for."""
    home = tmp_path_factory.mktemp(request.param)
    accounts = Accounts.open(home)
    accounts.first_password()
    accounts.add_worker("李梅")
    for name in (ADMIN, "李梅"):
        accounts.set_password(name, OWN)
    cookies = {name: accounts.log_in(name, OWN) for name in (ADMIN, "李梅")}
    expired = accounts.log_in(ADMIN, OWN)
    accounts.log_out(expired)
    accounts.close()
    app = create_app(FakeAssistant(), settings=Settings(home=home, login=request.param))
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        client.home = home
        yield request.param, client, cookies | {"logged out": expired, "forged": "x" * 43, "nobody": ""}


def request(place, who, method, path, **content):
    _, client, cookies = place
    cookie = f"assistant_session={cookies[who]}" if cookies[who] else ""
    return client.request(method, path, headers={"cookie": cookie}, **content)


def status(place, who, entry):
    method, path = entry.split(" ")
    return request(place, who, method, re.sub(r"\{[^}]*\}", "x", path)).status_code


def test_every_route_has_an_entry(place):
    known = OPEN | ASKING | OWN_ACCOUNT | ADMINISTERING | REDIRECT_ONLY
    assert routes_of(place[1].app.routes) == known


@pytest.mark.parametrize("entry", sorted(ADMINISTERING))
def test_only_the_administrator_administers(place, entry):
    for who in ("nobody", "forged", "logged out"):
        assert status(place, who, entry) == 401, who
    assert status(place, "李梅", entry) == 403


@pytest.mark.parametrize(
    "entry", ["GET /admin/", "GET /admin/documents", "GET /admin/audit", "GET /admin/exam"]
)
def test_the_administrator_gets_in(place, entry):
    assert status(place, ADMIN, entry) == 200


@pytest.mark.parametrize("entry", sorted(ASKING))
def test_asking_needs_an_account_where_everybody_logs_in(place, entry):
    login = place[0]
    for who in ("nobody", "forged", "logged out"):
        assert (status(place, who, entry) == 401) is (login == "all"), who
    assert status(place, "李梅", entry) not in (401, 403)


@pytest.mark.parametrize("path", GRADIO_PATHS)
def test_the_chat_and_its_parts_are_behind_the_same_login(place, path):
    for who in ("nobody", "forged", "logged out"):
        assert (status(place, who, f"GET {path}") == 401) is (place[0] == "all"), who
    assert status(place, "李梅", f"GET {path}") not in (401, 403)


@pytest.mark.parametrize("entry", sorted(OWN_ACCOUNT - {"POST /logout"}))
def test_own_account_needs_a_login_always(place, entry):
    for who in ("nobody", "forged", "logged out"):
        assert status(place, who, entry) == 401
    assert status(place, "李梅", entry) in (200, 400)


@pytest.mark.parametrize("path", BEHIND_THE_GUARD)
def test_what_the_page_does_not_need_is_not_there_for_anybody(place, path):
    allowed = {404} if place[0] == "admin" else {401, 404}
    for who in ("nobody", "李梅", ADMIN):
        assert status(place, who, f"GET {path}") in allowed


def test_every_function_of_the_chat_is_known(place):
    _, client, cookies = place
    config = client.get("/config", headers={"cookie": f"assistant_session={cookies[ADMIN]}"}).json()
    events = {target[1] for function in config["dependencies"] for target in function["targets"]}
    assert events <= CHAT_FUNCTIONS
    assert all(function["api_visibility"] == "private" for function in config["dependencies"])


def test_larger_bodies_are_taken_only_where_files_come_in():
    rules = Rules.make("", own_paths=(), roomy={"/admin/incoming/": 10**6})
    assert rules.body_limit("/admin/incoming/x") == 10**6
    assert rules.body_limit("/admin/incoming") == rules.body_limit("/api/ask") < 10**5


OWN_ONLY = (
    "GET /conversations/{id}/export.md",
    "GET /conversations/{id}/export.docx",
    "GET /conversations/{id}/print",
    "POST /conversations/{id}/rename",
    "POST /conversations/{id}/delete",
)


@pytest.fixture(scope="module")
def anothers(place):
    """A conversation of somebody else, and the number of its answer."""
    store = Conversations.open(place[1].home)
    kept = store.add("o" * 43, "", answered("别人的问题"))
    exchange = store.exchanges("o" * 43, kept.id)[0].id
    yield kept.id, exchange
    assert store.exchanges("o" * 43, kept.id)[0].verdict.value == ""
    store.close()


@pytest.mark.parametrize("who", ["nobody", "李梅", ADMIN])
def test_anothers_conversation_is_read_and_changed_by_nobody(place, anothers, who):
    conversation, exchange = anothers
    refused = {401} if place[0] == "all" and who == "nobody" else {404}
    for entry in OWN_ONLY:
        method, path = entry.split(" ")
        reply = request(place, who, method, path.format(id=conversation), data={"title": "我的"})
        assert reply.status_code in refused, entry
        assert "别人的问题" not in reply.text
    assert request(place, who, "GET", f"/answers/{exchange}/print").status_code in refused
    for path in ("/api/feedback", "/api/check"):
        said = {"exchange": exchange, "verdict": "up"}
        if path == "/api/check":
            said = {"exchange": exchange, "name": "x", "outcome": "有出入"}
        assert request(place, who, "POST", path, json=said).status_code in refused


def test_health_tells_a_stranger_nothing(place):
    assert request(place, "nobody", "GET", "/healthz").json() == {"status": "ok"}
    assert set(request(place, "nobody", "GET", "/readyz").json()) == {"ready", "documents"}


def test_nobody_can_change_the_audit_log(place):
    changing = {entry for entry in routes_of(place[1].app.routes) if "audit" in entry}
    assert changing == {"GET /admin/audit"}
    public = {name for name in vars(AuditLog) if not name.startswith("_")}
    assert public == {"note", "clear", "newest", "is_whole"}  # none of them edits


def test_what_the_administrator_does_leaves_a_line_in_the_audit_log(place):
    log = place[1].app.state.accounts.audit
    batch = request(place, ADMIN, "POST", "/admin/incoming").json()["batch"]
    request(place, ADMIN, "PUT", f"/admin/incoming/{batch}?name=a.txt", content=b"x")
    does = {
        "上传文件": ("POST", "/admin/check", {"batch": batch}),
        "放弃添加": ("POST", "/admin/discard", {"batch": batch}),
        "读取网址": ("POST", "/admin/check-address", {"address": "http://127.0.0.1:9/x"}),
        "新增账号": ("POST", "/admin/accounts", {"name": "王五"}),
        "重设密码": ("POST", "/admin/accounts-renew", {"name": "王五"}),
        "删除账号": ("POST", "/admin/accounts-remove", {"name": "王五"}),
        "新增考题": ("POST", "/admin/exam", {"question": "x"}),
        "删除考题": ("POST", "/admin/exam-remove", {"number": 1}),
        "导出考题": ("GET", "/admin/exam.xlsx", None),
        "导出提问记录": ("GET", "/admin/questions.xlsx", None),
        "查看操作记录": ("GET", "/admin/audit", None),
        "回退版本": ("POST", "/admin/rollback", None),
    }
    for action, (method, path, data) in does.items():
        assert request(place, ADMIN, method, path, data=data).status_code in (200, 303), path
        entry = log.newest(1)[0]
        assert (entry.name, entry.action) == (ADMIN, action)
    assert log.is_whole()
