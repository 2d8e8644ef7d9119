"""An administrator's day in a real browser, over a real home: what is added is what is answered from."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import uvicorn
from library_drafts import SENTENCES, regulation
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from web_browser import SMALL_TEXT

from assistant.accounts import ADMIN, Accounts
from assistant.config import Settings
from assistant.following import FollowingAssistant
from assistant.web.app import create_app

pytestmark = pytest.mark.browser

OWN = "my-own-long-password"
PAGES = (
    "",
    "documents",
    "questions",
    "exam",
    "retrieval?q=备案找谁",
    "versions",
    "accounts",
    "audit",
    "health",
)
SCREENS = {"desktop": DESKTOP, "phone": PHONE | {"color_scheme": "dark"}}


@pytest.fixture
def address(home, encoder_folder):
    """A server over an own copy of the small home."""
    accounts = Accounts.open(home)
    accounts.first_password()
    accounts.set_password(ADMIN, OWN)
    accounts.close()
    settings = Settings(
        home=home, encoder=str(encoder_folder), questions_per_minute=1000, fetch_hosts="127.0.0.1"
    )
    assistant = FollowingAssistant.open(settings)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(assistant, settings=settings), log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join(30)
    assistant.close()
    listener.close()


@pytest.fixture(params=SCREENS)
def page(request, browser, address):
    """Logged in; fails when the browser reported a fault or asked anybody else for anything."""
    context = browser.new_context(locale="zh-CN", base_url=address, **SCREENS[request.param])
    context.set_default_timeout(30_000)
    opened, faults = context.new_page(), []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    opened.on("request", lambda r: None if r.url.startswith(address) else faults.append(r.url))
    opened.goto("admin/")
    expect(opened).to_have_url(f"{address}login")
    opened.get_by_label("用户名").fill(ADMIN)
    opened.get_by_label("密码").fill(OWN)
    opened.get_by_role("button", name="登录").click()
    expect(opened).to_have_url(f"{address}admin/")
    yield opened
    context.close()
    assert faults == []


def finish(page):
    """Wait until the job on the page is done."""
    expect(page.locator("[data-running]")).to_have_count(0, timeout=60_000)


def test_every_page_fits_the_screen_and_is_readable(page):
    for place in PAGES:
        page.goto(f"admin/{place}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, place
        assert page.evaluate(SMALL_TEXT) == [], place


def test_file_is_previewed_corrected_published_and_taken_back(page, tmp_path: Path):
    good = regulation(tmp_path, "好.txt", *SENTENCES[:6], title="成都市社区社会组织备案办法", number="")
    bad = tmp_path / "坏.pdf"
    bad.write_bytes(b"not a pdf")
    page.goto("admin/documents")
    page.locator("#files").set_input_files([good, bad])
    page.wait_for_url("**/admin/batch?id=*")
    finish(page)
    expect(page.locator(".fault")).to_contain_text("读不了")
    expect(page.get_by_role("checkbox", name="坏.pdf")).to_be_disabled()
    expect(page.get_by_text("请核对").first).to_be_visible()
    page.get_by_label("发文机关").fill("成都市民政局")
    page.locator("select[name$='|status']").select_option("现行有效")
    page.get_by_role("button", name="添加并发布").click()
    page.wait_for_url("**/admin/job?id=*")
    finish(page)
    expect(page.locator(".done")).to_contain_text("新增 1")
    page.get_by_role("link", name="成都市社区社会组织备案办法").click()
    expect(page.get_by_label("发文机关")).to_have_value("成都市民政局")
    page.goto("admin/retrieval?q=备案由谁办理&region=四川")
    expect(page.get_by_role("link", name="成都市社区社会组织备案办法").first).to_be_visible()
    page.goto("admin/versions")
    expect(page.locator("tr", has_text="新增").first).to_contain_text("成都市社区社会组织备案办法")
    page.goto("admin/audit")
    expect(page.locator("tr", has_text="添加文件")).to_contain_text("好.txt")


@pytest.fixture
def site(tmp_path: Path):
    """A web site of the office's own network with one page of rules; its address."""
    rules = regulation(tmp_path, "办法.txt", title="成都市社区社会组织备案办法", number="")
    lines = "".join(f"<p>{line}</p>" for line in rules.read_text("utf-8").splitlines())
    page = f"<!doctype html><meta charset=utf-8><title>成都市社区社会组织备案办法</title><article>{lines}</article>"

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/banfa.html"
    server.shutdown()
    server.server_close()


def test_page_is_added_by_its_address_and_a_dead_one_is_told(page, site):
    for address in ("http://127.0.0.1:9/nothing.html", site):
        page.goto("admin/documents")
        page.get_by_text("从网址添加").click()
        page.get_by_label("网址").fill(address)
        page.get_by_role("button", name="读取").click()
        finish(page)
        if address != site:
            expect(page.locator(".fault")).to_be_visible()
    page.get_by_role("button", name="添加并发布").click()
    expect(page.locator(".done")).to_contain_text("新增 1", timeout=60_000)
    page.locator("table a").first.click()
    expect(page.get_by_label("来源网址")).to_have_value(site)


def test_files_dropped_on_the_page_are_read(page, tmp_path: Path):
    words = regulation(tmp_path, "好.txt", title="成都市社区社会组织备案办法", number="").read_text("utf-8")
    page.goto("admin/documents")
    dropped = page.evaluate_handle(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, words] of files) transfer.items.add(new File([words], name));
          return transfer;
        }""",
        [["一.txt", words], ["二.txt", words.replace("备案办法", "孵化办法")]],
    )
    page.dispatch_event(".drop", "dragover", {"dataTransfer": dropped})
    expect(page.locator(".drop.over")).to_be_visible()
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    page.wait_for_url("**/admin/batch?id=*")
    finish(page)
    expect(page.get_by_role("checkbox", name="一.txt")).to_be_checked()
    expect(page.get_by_role("checkbox", name="二.txt")).to_be_checked()
    page.get_by_role("button", name="全部不要").click()
    expect(page.locator("h1")).to_have_text("文件")
    page.goto("admin/documents?q=孵化办法")
    expect(page.locator("main")).not_to_contain_text("成都市社区社会组织孵化办法")


def test_adding_is_undone_from_its_own_page(page, tmp_path: Path):
    file = regulation(tmp_path, "好.txt", title="成都市社区社会组织备案办法", number="")
    page.goto("admin/documents")
    page.locator("#files").set_input_files(file)
    page.get_by_role("button", name="添加并发布").click(timeout=60_000)
    page.wait_for_url("**/admin/job?id=*")
    finish(page)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="撤销这次添加").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销这次添加").click()
    finish(page)
    expect(page.locator(".done")).to_contain_text("已完成")
    page.goto("admin/documents?q=备案办法")
    expect(page.locator("main")).not_to_contain_text("成都市社区社会组织备案办法")


def test_document_is_retired_brought_back_and_the_version_rolled_back(page):
    page.goto("admin/documents")
    link = page.locator("table a").first
    title = link.inner_text()
    link.click()
    page.get_by_label("停用原因").fill("已有新办法")
    page.get_by_role("button", name="停用", exact=True).click()
    finish(page)
    page.goto("admin/documents?used=已停用")
    expect(page.locator("tr", has_text=title)).to_contain_text("已有新办法")
    page.goto("admin/versions")
    expect(page.locator("tr", has_text="已有新办法").first).to_contain_text(title)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="退回上一版").click()
    finish(page)
    expect(page.locator(".done")).to_contain_text("已从")
    page.goto(f"admin/documents?used=已停用&q={title}")
    page.locator("table a").first.click()  # going back leaves the catalogue as it is
    page.get_by_role("button", name="恢复使用").click()
    finish(page)
    expect(page.locator(".done")).to_contain_text("已完成")
