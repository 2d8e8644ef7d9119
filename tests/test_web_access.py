"""Who may do what: every route and every function of the chat, asked over HTTP, never through the page.

A new route or function has no entry here, so its test fails until somebody decides.
"""

import re

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Mount
from web_support import FakeAssistant

from assistant.accounts import ADMIN, Accounts
from assistant.config import Settings
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
        yield request.param, client, cookies | {"logged out": expired, "forged": "x" * 43, "nobody": ""}


def status(place, who, entry):
    _, client, cookies = place
    method, path = entry.split(" ")
    path = re.sub(r"\{[^}]*\}", "x", path)
    cookie = f"assistant_session={cookies[who]}" if cookies[who] else ""
    return client.request(method, path, headers={"cookie": cookie}).status_code


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
