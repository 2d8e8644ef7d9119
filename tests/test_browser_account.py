"""A worker who logs in: who they are is shown, the password can be changed, nothing is left after 退出."""

import pytest
from playwright.sync_api import expect
from screens import DESKTOP, SCREENS
from web_browser import Server, Visit

from assistant.accounts import Accounts

pytestmark = pytest.mark.browser
FIRST, NEXT = "我的第一个密码-2026", "我换过的密码-2026"


@pytest.fixture
def closed(tmp_path):
    """A server where everybody logs in."""
    accounts = Accounts.open(tmp_path)
    accounts.first_password()
    accounts.add_worker("李梅")
    accounts.set_password("李梅", FIRST)
    accounts.close()
    started = Server(tmp_path, questions_per_minute=1000, login="all").start()
    yield started
    started.stop()


def log_in(visit, password=FIRST):
    visit.page.goto(visit.server.address)
    visit.page.get_by_label("用户名").fill("李梅")
    visit.page.get_by_label("密码").fill(password)
    visit.page.get_by_role("button", name="登录").click()
    visit.page.locator("body.ready").wait_for()


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_logging_out_leaves_nothing_for_the_next_one_at_the_computer(browser, closed, screen):
    visit = Visit(browser, closed, **SCREENS[screen])
    page = visit.page
    log_in(visit)
    expect(page.locator("#account")).to_contain_text("李梅")
    visit.ask("归谁管")
    page.goto(f"{closed.address}conversations")
    expect(page.get_by_role("link", name="归谁管")).to_be_visible()
    expect(page.get_by_text("只有您登录后能看到")).to_be_visible()
    page.goto(closed.address)
    page.locator("#chat .answer").wait_for()
    page.locator("body.ready").wait_for()  # the menu of a small screen opens from then on
    visit.follow("退出")
    page.wait_for_url("**/login")
    assert page.evaluate("Object.keys(sessionStorage).length + Object.keys(localStorage).length") == 0
    page.go_back()
    expect(page.get_by_label("用户名")).to_be_visible()
    for place in ("", "conversations", "topics", "library", "documents/plan-36"):
        page.goto(f"{closed.address}{place}")
        expect(page).to_have_url(f"{closed.address}login")
    visit.context.close()


def test_plain_pages_say_who_is_logged_in_and_log_out_too(browser, closed):
    visit = Visit(browser, closed, **DESKTOP)
    page = visit.page
    log_in(visit)
    for place in ("topics", "library", "conversations", "documents/plan-36"):
        page.goto(f"{closed.address}{place}")
        expect(page.locator("header .account")).to_contain_text("李梅")
        assert not visit.runs_off_the_side()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login")
    page.go_back()
    expect(page.get_by_label("用户名")).to_be_visible()
    visit.context.close()


def test_worker_changes_the_password_from_the_chat(browser, closed):
    visit = Visit(browser, closed, **SCREENS["phone"])
    page = visit.page
    log_in(visit)
    visit.follow("修改密码")
    page.get_by_label("原密码").fill(FIRST)
    page.get_by_label("新密码（至少 10 个字符）").fill(NEXT)
    page.get_by_label("再输一次新密码").fill(NEXT)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".done")).to_contain_text("请用新密码登录")
    log_in(visit, NEXT)
    expect(page.locator("#account")).to_contain_text("李梅")
    visit.context.close()


def test_nobody_logged_in_sees_no_account(desk):
    expect(desk.page.locator("#account")).not_to_be_visible()
    desk.page.goto(f"{desk.server.address}topics")
    expect(desk.page.locator("header .account")).to_have_count(0)
