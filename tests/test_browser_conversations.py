"""Conversations in a real browser: several at once, kept over a restart, private to each browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from screens import DESKTOP, PHONE
from web_browser import Visit

from assistant.web import wording

pytestmark = pytest.mark.browser


def questions(page):
    return page.locator("#chat .question").all_inner_texts()


def test_two_tabs_hold_two_conversations(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    visit.ask("舞蹈队归谁管")
    other = visit.another_tab()
    other.page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(other.page.locator("#welcome")).to_be_visible()
    other.ask("经费从哪来")
    visit.ask("那人更少的呢")
    assert [turn.content for turn in fresh_server.assistant.asked[-1][2]][::2] == ["舞蹈队归谁管"]
    other.ask("还有别的吗")
    assert [turn.content for turn in fresh_server.assistant.asked[-1][2]][::2] == ["经费从哪来"]
    assert questions(visit.page) == ["舞蹈队归谁管", "那人更少的呢"]
    assert questions(other.page) == ["经费从哪来", "还有别的吗"]
    visit.close()


def test_all_are_there_after_a_restart_and_open_where_they_were(browser, fresh_server):
    visit = Visit(browser, fresh_server, **PHONE).open()
    visit.ask("舞蹈队归谁管")
    visit.page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(visit.page.locator("#welcome")).to_be_visible()
    visit.ask("经费从哪来")
    visit.page.goto(f"{fresh_server.address}conversations")
    fresh_server.stop()
    fresh_server.start()
    visit.page.reload()
    assert visit.page.locator(".entries .name").all_inner_texts() == ["经费从哪来", "舞蹈队归谁管"]
    visit.page.get_by_role("link", name="舞蹈队归谁管").click()
    expect(visit.page.locator("#chat .question")).to_have_text("舞蹈队归谁管")
    visit.ask("那人更少的呢")
    assert questions(visit.page) == ["舞蹈队归谁管", "那人更少的呢"]
    visit.context.close()


def test_new_conversation_is_begun_from_the_list(browser, fresh_server):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    visit.ask("舞蹈队归谁管")
    visit.page.goto(f"{fresh_server.address}conversations")
    visit.page.get_by_role("link", name=wording.NEW_CONVERSATION).click()
    expect(visit.page.locator("#welcome")).to_be_visible()
    visit.ask("经费从哪来")
    assert fresh_server.assistant.asked[-1][2] == ()
    visit.context.close()


def test_another_browser_sees_nothing_even_with_the_address(browser, fresh_server):
    mine = Visit(browser, fresh_server, **DESKTOP).open()
    mine.ask("我的问题")
    mine.page.goto(f"{fresh_server.address}conversations")
    address = mine.page.locator(".entries .name").get_attribute("href")
    printed = mine.page.get_by_role("link", name="打印").get_attribute("href")
    stranger = Visit(browser, fresh_server, **DESKTOP).open()
    stranger.page.goto(f"{fresh_server.address}{address}")
    expect(stranger.page.locator("#welcome")).to_be_visible()
    stranger.page.wait_for_timeout(500)
    assert questions(stranger.page) == []
    stranger.page.goto(f"{fresh_server.address}conversations")
    expect(stranger.page.locator(".entries")).to_have_count(0)
    assert stranger.context.request.get(f"{fresh_server.address}{printed}").status == 404
    mine.context.close()
    stranger.context.close()


def test_next_day_begins_a_new_conversation(browser, fresh_server, monkeypatch):
    visit = Visit(browser, fresh_server, **DESKTOP).open()
    visit.ask("舞蹈队归谁管")
    monkeypatch.setattr("assistant.web.talk.RESUME_WITHIN", timedelta(0))
    visit.reload()
    expect(visit.page.locator("#welcome")).to_be_visible()
    visit.ask("经费从哪来")
    assert questions(visit.page) == ["经费从哪来"]
    assert fresh_server.assistant.asked[-1][2] == ()
    visit.close()


def test_conversation_survives_reload_and_new_one_starts_empty(visit):
    visit.ask("归谁管")
    visit.reload()
    expect(visit.page.locator("#chat .answer")).to_have_count(1)
    visit.page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(visit.page.locator("#welcome")).to_be_visible()
    expect(visit.page.locator("#chat .answer")).to_have_count(0)
    visit.ask("另一个问题")
    assert visit.server.assistant.asked[-1][2] == ()


def test_history_finds_renames_opens_exports_and_deletes(visit):
    page = visit.page
    visit.ask("归谁管")
    page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(page.locator("#welcome")).to_be_visible()
    visit.ask("今天天气怎么样")
    visit.follow(wording.TO_HISTORY)
    page.wait_for_url("**/conversations")
    expect(page.locator(".entries li")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_label("查找").fill("归谁")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".entries li")).to_have_count(1)
    page.locator("summary", has_text="改名").click()
    page.get_by_label("新名称").fill("管理问题")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".entries .name").last).to_have_text("管理问题")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Word").last.click()
    assert download.value.suggested_filename == "管理问题.docx"
    page.get_by_role("link", name="管理问题").click()
    expect(page.locator("#chat .question")).to_have_text("归谁管")
    visit.ask("那人更少的呢")
    assert visit.server.assistant.asked[-1][2][0].content == "归谁管"
    visit.follow(wording.TO_HISTORY)
    page.wait_for_url("**/conversations")
    page.locator("summary", has_text="删除").first.click()
    page.get_by_role("button", name="确定删除").first.click()
    expect(page.locator(".entries li")).to_have_count(1)


def test_two_browsers_do_not_see_each_other(browser, fresh_server, desk):
    desk.ask("我的问题")
    other = Visit(browser, fresh_server, **DESKTOP).open()
    expect(other.page.locator("#welcome")).to_be_visible()
    assert other.page.locator("#chat .answer").count() == 0
    other.close()
