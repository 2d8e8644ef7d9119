import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.web import wording
from assistant.web.guard import COOKIE, MAX_BODY_BYTES, STRICT_POLICY, Guard, Rules, visitor_in

PUBLIC = "https://policy.example.gov.cn/zhengce"


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse("<html><head><script>1</script></head><script src=x></script></html>")


async def _ask(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def _full(_request: Request) -> JSONResponse:
    return JSONResponse({"detail": "Queue is full."}, status_code=503)


def client(public_url: str = "", base_url: str = "http://127.0.0.1:7860") -> TestClient:
    routes = [
        Route("/gradio_api/queue/join", _full, methods=["POST"]),
        Route("/", _page),
        Route("/api/ask", _ask, methods=["POST"]),
        Route("/gradio_api/upload", _ask, methods=["POST"]),
    ]
    rules = Rules.make(public_url, own_paths=("/api/ask", "/ui/"))
    return TestClient(Guard(Starlette(routes=routes), rules=rules), base_url=base_url)


def test_every_reply_carries_the_headers():
    for reply in (client().get("/"), client().get("/nothing"), client().post("/api/ask")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]


def test_page_scripts_get_a_fresh_nonce_and_nothing_else_may_run():
    first, second = client().get("/"), client().get("/")
    policy = first.headers["content-security-policy"]
    script_rule = next(rule for rule in policy.split(";") if "script-src" in rule)
    nonce = script_rule.split("'nonce-")[1].rstrip("'")
    assert first.text.count(f'<script nonce="{nonce}"') == 2
    assert "unsafe" not in script_rule
    assert nonce not in second.text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:7860", 200),
        ("http://evil.example", 403),
        ("null", 403),
        ("http://127.0.0.1:9999", 403),
    ],
)
def test_only_the_page_itself_may_post(origin, status):
    assert client().post("/api/ask", headers={"origin": origin}).status_code == status


def test_program_without_origin_may_post():
    assert client().post("/api/ask", content=b"12345").text == "5"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost", 200),
        ("[::1]:7860", 200),
        ("192.168.1.5", 200),
        ("evil.example", 400),
        ("", 400),
    ],
)
def test_unknown_host_names_are_refused(host, status):
    assert client().get("/", headers={"host": host}).status_code == status


def test_public_address_is_known_with_its_origin():
    public = client(PUBLIC, base_url="https://policy.example.gov.cn")
    assert public.get("/").status_code == 200
    assert public.post("/api/ask", headers={"origin": "https://policy.example.gov.cn"}).status_code == 200


def test_large_body_is_refused_by_its_length():
    reply = client().post("/api/ask", content=b"x" * (MAX_BODY_BYTES + 1))
    assert reply.status_code == 413
    assert "太大" in reply.json()["error"]


def test_large_body_is_refused_while_it_comes_without_a_length():
    reply = client().post("/api/ask", content=(b"x" * 1000 for _ in range(100)))
    assert reply.status_code == 413


def test_paths_that_are_not_listed_do_not_exist():
    for path in (
        "/gradio_api/upload",
        "/openapi.json",
        "/gradio_api/info",
        "/monitoring",
        "/gradio_api/file=/etc/passwd",
    ):
        assert client().get(path).status_code == 404
        assert client().post(path).status_code == 404


def test_first_visit_gets_a_cookie_and_the_next_keeps_it():
    browser = client()
    first = browser.get("/").headers["set-cookie"]
    assert "HttpOnly" in first and "SameSite=Lax" in first and "Secure" not in first
    assert "set-cookie" not in browser.get("/").headers
    assert "set-cookie" not in client().post("/api/ask").headers


def test_cookie_behind_https_is_secure_and_keeps_to_its_path():
    cookie = client(PUBLIC, base_url="https://policy.example.gov.cn").get("/").headers["set-cookie"]
    assert "Secure" in cookie and "Path=/zhengce" in cookie


def test_visitor_is_read_from_well_formed_cookies_only():
    token = "a" * 43
    assert visitor_in(f"x=1; {COOKIE}={token}") == token
    for cookies in (
        "",
        "x=1",
        f"{COOKIE}=short",
        f"{COOKIE}=<script>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "=;;,",
    ):
        assert visitor_in(cookies) == ""


def test_full_queue_speaks_chinese():
    reply = client().post("/gradio_api/queue/join", json={})
    assert reply.status_code == 429
    assert reply.json() == {"detail": "系统繁忙，请过几秒再发一次。"}


def test_unknown_path_is_a_page_for_a_browser():
    page = client().get("/a/wrong/path", headers={"accept": "text/html"})
    assert page.status_code == 404 and 'lang="zh-CN"' in page.text and 'href="../../"' in page.text
    assert page.headers["content-security-policy"] == STRICT_POLICY
    assert client().get("/a/wrong/path").json() == {"error": wording.NOT_HERE}


def test_styles_are_in_the_page_before_its_scripts_run():
    head = client().get("/").text.partition("</head>")[0]
    for name in ("tokens", "page", "screens"):
        assert f'<link rel="stylesheet" href="ui/{name}.css">' in head
