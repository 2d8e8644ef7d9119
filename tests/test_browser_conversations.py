"""Conversations in a real browser: several at once, kept over a restart, private to each browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from web_browser import DESKTOP, PHONE, Server, Visit, chromium

from assistant.web import wording

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def server(tmp_path):
    started = Server(tmp_path, questions_per_minute=1000).start()
    yield started
    started.stop()


def questions(page):
    return page.locator("#chat .question").all_inner_texts()


def test_two_tabs_hold_two_conversations(browser, server):
    visit = Visit(browser, server, **DESKTOP).open()
    visit.ask("舞蹈队归谁管")
    other = visit.another_tab()
    other.page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(other.page.locator("#welcome")).to_be_visible()
    other.ask("经费从哪来")
    visit.ask("那人更少的呢")
    assert [turn.content for turn in server.assistant.asked[-1][2]][::2] == ["舞蹈队归谁管"]
    other.ask("还有别的吗")
    assert [turn.content for turn in server.assistant.asked[-1][2]][::2] == ["经费从哪来"]
    assert questions(visit.page) == ["舞蹈队归谁管", "那人更少的呢"]
    assert questions(other.page) == ["经费从哪来", "还有别的吗"]
    visit.close()


def test_all_are_there_after_a_restart_and_open_where_they_were(browser, server):
    visit = Visit(browser, server, **PHONE).open()
    visit.ask("舞蹈队归谁管")
    visit.page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(visit.page.locator("#welcome")).to_be_visible()
    visit.ask("经费从哪来")
    visit.page.goto(f"{server.address}conversations")
    server.stop()
    server.start()
    visit.page.reload()
    assert visit.page.locator(".entries .name").all_inner_texts() == ["经费从哪来", "舞蹈队归谁管"]
    visit.page.get_by_role("link", name="舞蹈队归谁管").click()
    expect(visit.page.locator("#chat .question")).to_have_text("舞蹈队归谁管")
    visit.ask("那人更少的呢")
    assert questions(visit.page) == ["舞蹈队归谁管", "那人更少的呢"]
    visit.context.close()


def test_new_conversation_is_begun_from_the_list(browser, server):
    visit = Visit(browser, server, **DESKTOP).open()
    visit.ask("舞蹈队归谁管")
    visit.page.goto(f"{server.address}conversations")
    visit.page.get_by_role("link", name=wording.NEW_CONVERSATION).click()
    expect(visit.page.locator("#welcome")).to_be_visible()
    visit.ask("经费从哪来")
    assert server.assistant.asked[-1][2] == ()
    visit.context.close()


def test_another_browser_sees_nothing_even_with_the_address(browser, server):
    mine = Visit(browser, server, **DESKTOP).open()
    mine.ask("我的问题")
    mine.page.goto(f"{server.address}conversations")
    address = mine.page.locator(".entries .name").get_attribute("href")
    printed = mine.page.get_by_role("link", name="打印").get_attribute("href")
    stranger = Visit(browser, server, **DESKTOP).open()
    stranger.page.goto(f"{server.address}{address}")
    expect(stranger.page.locator("#welcome")).to_be_visible()
    stranger.page.wait_for_timeout(500)
    assert questions(stranger.page) == []
    stranger.page.goto(f"{server.address}conversations")
    expect(stranger.page.locator(".entries")).to_have_count(0)
    assert stranger.context.request.get(f"{server.address}{printed}").status == 404
    mine.context.close()
    stranger.context.close()


def test_next_day_begins_a_new_conversation(browser, server, monkeypatch):
    visit = Visit(browser, server, **DESKTOP).open()
    visit.ask("舞蹈队归谁管")
    monkeypatch.setattr("assistant.web.talk.RESUME_WITHIN", timedelta(0))
    visit.reload()
    expect(visit.page.locator("#welcome")).to_be_visible()
    visit.ask("经费从哪来")
    assert questions(visit.page) == ["经费从哪来"]
    assert server.assistant.asked[-1][2] == ()
    visit.close()
