"""The policy library in a real browser."""

import pytest
from playwright.sync_api import expect
from web_browser import SMALL_TEXT

from assistant.web import wording

pytestmark = pytest.mark.browser


def test_library_is_browsed_filtered_and_read(visit):
    page = visit.page
    visit.follow(wording.TO_LIBRARY)
    expect(page.locator(".entries li")).to_have_count(3)
    page.locator("summary", has_text="效力时间图").click()
    expect(page.get_by_role("img", name="实施期已满")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(SMALL_TEXT) == []
    page.get_by_label("主题").select_option("资金渠道")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".soft").first).to_contain_text("符合条件 0 份")
    page.get_by_role("link", name="清除条件").click()
    page.get_by_label("地区").select_option("四川省")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(".entries li")).to_have_count(1)
    page.locator(".entries .name").click()
    expect(page.locator("h1")).to_have_text("四川社区社会组织要点")
    expect(page.locator(".badge.fact-card")).to_be_visible()
