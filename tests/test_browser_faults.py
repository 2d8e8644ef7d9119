"""What a worker sees when something is wrong, and how still the page stands."""

import re
import threading
import time

import pytest
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from web_browser import Server, Visit

from assistant.accounts import Accounts

pytestmark = pytest.mark.browser
PASSWORD = "我自己的密码-2026"
SHIFT = 0.1  # cumulative layout shift below which a page counts as good
WATCH = """
window.shifts = 0; window.painted = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.hadRecentInput) window.shifts += entry.value;
})).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (entry.name === "first-contentful-paint") window.painted = entry.startTime;
})).observe({ type: "paint", buffered: true });
"""

NOTICES = """
new MutationObserver(() => {
  const told = document.querySelector(".toast-wrap, #hint .error")?.textContent.trim();
  if (told) sessionStorage.setItem("notices", told);
}).observe(document, { childList: true, subtree: true });
"""


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_server_that_stops_in_the_middle_is_told_and_the_page_opens_anew(browser, fresh_server, screen):
    visit = Visit(browser, fresh_server, **screen).open()
    page = visit.page
    visit.ask("归谁管")
    visit.send("等待回答的问题")
    expect(page.locator("#chat .stage")).to_be_visible()
    stopping = threading.Thread(target=fresh_server.stop)
    stopping.start()
    expect(page.locator("#chat .stage")).to_contain_text("连接断开了，正在重新连接……您的问题会保留")
    fresh_server.assistant.ready.set()  # the answer comes, but nobody hears it any more
    stopping.join()
    fresh_server.start()
    expect(page.locator("#chat .answer")).to_have_count(2, timeout=30_000)
    expect(page.locator("#chat .question").last).to_have_text("等待回答的问题")
    page.wait_for_timeout(1500)
    expect(page.locator("#ask textarea")).to_have_value("")  # answered after all
    visit.ask("那人更少的呢")
    visit.context.close()


def test_question_sent_while_the_connection_breaks_needs_no_second_try(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    page = visit.page
    page.locator("#welcome").wait_for()
    streams = "**/gradio_api/queue/data*"
    visit.context.route(streams, lambda route: None)  # sent, and nothing ever comes back
    visit.send("归谁管")
    page.wait_for_timeout(2000)
    expect(page.locator("#ask textarea")).to_have_value("归谁管")
    visit.context.unroute(streams)
    expect(page.locator("#chat .question")).to_have_text("归谁管", timeout=30_000)
    expect(page.locator("#chat .answer")).to_have_count(1)
    page.wait_for_timeout(1500)
    expect(page.locator("#ask textarea")).to_have_value("")
    visit.ask("那人更少的呢")
    visit.context.close()


def test_question_that_never_arrived_is_back_in_the_box(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    page = visit.page
    page.locator("#welcome").wait_for()
    joins = "**/gradio_api/queue/join*"
    visit.context.route(joins, lambda route: None)  # it does not even arrive
    visit.send("归谁管")
    page.wait_for_timeout(2000)
    visit.context.unroute(joins)
    page.wait_for_event("load", timeout=30_000)  # opened anew
    expect(page.locator("#ask textarea")).to_have_value("归谁管", timeout=30_000)
    page.locator("#ask textarea").press("Enter")
    expect(page.locator("#chat .answer")).to_have_count(1)
    visit.context.close()


def test_question_without_an_answer_is_back_in_the_box_when_the_page_opens_anew(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    visit.ask("归谁管")
    visit.page.evaluate("sessionStorage.setItem('assistant-unanswered', '没有答完的问题')")
    visit.page.wait_for_timeout(2500)  # the server is away for a while: the question waits for the next page
    expect(visit.page.locator("#ask textarea")).to_have_value("")
    visit.reload()
    expect(visit.page.locator("#ask textarea")).to_have_value("没有答完的问题", timeout=15_000)
    visit.page.locator("#ask textarea").press("Enter")
    expect(visit.page.locator("#chat .question").last).to_have_text("没有答完的问题")
    visit.context.close()


def test_login_that_expired_is_told_and_the_question_kept_over_the_next_login(browser, tmp_path):
    accounts = Accounts.open(tmp_path)
    accounts.first_password()
    accounts.add_worker("李梅")
    accounts.set_password("李梅", PASSWORD)
    accounts.close()
    server = Server(tmp_path, questions_per_minute=1000, login="all").start()
    visit = Visit(browser, server, **DESKTOP)
    log_in(visit)
    visit.ask("归谁管")
    visit.context.clear_cookies()
    visit.send("那人更少的呢")
    expect(visit.page.locator(".toast-wrap")).to_contain_text("登录已过期，请刷新页面重新登录")
    visit.page.locator("button.copy.short").click()  # nothing lies over the answer
    visit.page.wait_for_timeout(1200)
    log_in(visit)
    expect(visit.page.locator("#chat .question")).to_have_text("归谁管")
    expect(visit.page.locator("#ask textarea")).to_have_value("那人更少的呢", timeout=15_000)
    visit.context.close()
    server.stop()


def log_in(visit):
    visit.page.goto(visit.server.address)
    visit.page.get_by_label("用户名").fill("李梅")
    visit.page.get_by_label("密码").fill(PASSWORD)
    visit.page.get_by_role("button", name="登录").click()
    visit.page.locator("body.ready").wait_for()


def test_offline_browser_is_told_in_chinese_and_keeps_the_question(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    visit.page.locator("#welcome").wait_for()
    visit.context.set_offline(True)
    visit.send("归谁管")
    expect(visit.page.locator(".toast-wrap")).to_contain_text("连接断开了")
    expect(visit.page.locator("#ask textarea")).to_have_value("归谁管")
    visit.context.set_offline(False)
    expect(visit.page.locator(".toast-wrap")).to_have_text("", timeout=20_000)
    visit.ask("归谁管")
    visit.context.close()


@pytest.mark.parametrize("leave", ["reload", "link"])
def test_leaving_while_an_answer_comes_is_no_fault(browser, fresh_server, leave):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    page = visit.page
    page.add_init_script(NOTICES)
    page.reload()
    visit.ask("归谁管")
    visit.send("等待回答的问题")
    expect(page.locator("#chat .stage")).to_be_visible()
    place = "**/library" if leave == "link" else fresh_server.address
    # the next page is slow to come
    visit.context.route(place, lambda route: (time.sleep(3), route.continue_()))
    if leave == "link":
        page.get_by_role("link", name="文件库", exact=True).click()
        page.wait_for_url("**/library")
    else:
        page.reload()
        expect(page.locator("#chat .answer")).to_have_count(1)
    assert page.evaluate("sessionStorage.getItem('notices')") is None
    visit.close()


def test_download_leaves_the_answer_that_comes_alone(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    visit.ask("归谁管")
    visit.send("等待回答的问题")
    expect(visit.page.locator("#chat .stage")).to_be_visible()
    listed = visit.context.request.get(f"{fresh_server.address}conversations").text()
    path = re.search(r'href="(conversations/[^"]+/export.md)"', listed)[1]
    with visit.page.expect_download():
        visit.page.evaluate("path => location.assign(path)", path)
    fresh_server.assistant.ready.set()
    expect(visit.page.locator("#chat .answer")).to_have_count(2)
    visit.close()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_page_shows_something_while_it_is_built_and_stays_still(browser, fresh_server, screen):
    visit = Visit(browser, fresh_server, **screen)
    visit.page.add_init_script(WATCH)
    visit.context.route("**/assets/*.js", lambda route: route.abort())  # before Gradio's scripts have run
    visit.page.goto(fresh_server.address)
    visit.page.wait_for_timeout(1000)
    assert visit.page.evaluate("window.painted") > 0
    visit.context.unroute("**/assets/*.js")
    visit.open()
    visit.page.locator("#welcome").wait_for()
    visit.page.wait_for_timeout(500)
    assert visit.page.evaluate("window.painted") > 0
    assert visit.page.evaluate("window.shifts") <= SHIFT
    visit.context.close()


@pytest.mark.parametrize("path", ["topics", "library", "conversations", "documents/plan-36"])
def test_plain_pages_stay_still(browser, fresh_server, path):
    visit = Visit(browser, fresh_server, **PHONE)
    visit.page.add_init_script(WATCH)
    visit.page.goto(f"{fresh_server.address}{path}")
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.shifts") <= 0.01
    visit.close()


def test_too_many_questions_get_a_clear_message(browser, tmp_path):
    limited = Server(tmp_path, questions_per_minute=1).start()
    visit = Visit(browser, limited, **DESKTOP).open()
    visit.ask("归谁管")
    visit.send("归谁管")
    expect(visit.page.locator("#hint")).to_contain_text(re.compile(r"请等 \d+ 秒再问"))
    visit.close()
    limited.stop()


def test_busy_and_lost_server_are_told_in_chinese_and_the_question_is_kept(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    visit.page.locator("#welcome").wait_for()
    toast = visit.page.locator(".toast-wrap")
    with fresh_server.crowded():
        visit.send("归谁管")
        expect(toast).to_contain_text("系统繁忙，请过几秒再发一次。")
    expect(toast).to_contain_text("提示")
    expect(visit.page.locator("#ask textarea")).to_have_value("归谁管")
    fresh_server.stop()
    visit.send("归谁管")
    expect(toast).to_contain_text("连接断开了")
    expect(visit.page.locator("#ask textarea")).to_have_value("归谁管")
    visit.context.close()  # refusals and the lost connection are reported in the console


def test_page_left_open_goes_on_after_a_restart(browser, tmp_path):
    server = Server(tmp_path).start()
    visit = Visit(browser, server, **DESKTOP).open()
    visit.choose("province", "四川省")
    visit.choose("city", "成都市")
    visit.ask("归谁管")
    server.stop()
    server.start()
    visit.ask("那人更少的呢")
    question, region, history = server.assistant.asked[-1]
    assert (question, region) == ("那人更少的呢", "四川省成都市")
    assert history[0].content == "归谁管"
    visit.context.close()  # the broken connection itself is reported in the console
    server.stop()
