"""The region chosen in a real browser: used, remembered, asked for once."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

import assistant.web
from assistant.web import wording

pytestmark = pytest.mark.browser


def test_region_is_used_and_remembered(visit):
    visit.choose("province", "四川省")
    visit.choose("city", "成都市")
    visit.ask("归谁管")
    assert visit.server.assistant.asked[-1][1] == "四川省成都市"
    expect(visit.page.locator(".asked-for").last).to_have_text("按四川省成都市回答")
    visit.reload()
    expect(visit.page.locator("#province input")).to_have_value("四川省")
    expect(visit.page.locator("#city input")).to_have_value("成都市")


def test_region_is_asked_for_once_and_the_question_answered_again(visit):
    page = visit.page
    visit.ask("归谁管")
    page.get_by_role("button", name=wording.CHOOSE_REGION).click()
    page.get_by_role("option", name="吉林省", exact=True).click()
    page.get_by_role("button", name="按吉林省再答一次").click()
    expect(page.locator("#chat .answer")).to_have_count(2)
    assert visit.server.assistant.asked[-1][:2] == ("归谁管", "吉林省")
    expect(page.locator(".asked-for").last).to_have_text("按吉林省回答")
    expect(page.locator(".region-question")).to_have_count(0)
    visit.ask("那备案呢")
    expect(page.locator(".region-question")).to_have_count(0)


def test_script_knows_the_words_of_an_unchosen_region():
    script = (Path(assistant.web.__file__).parent / "static" / "page.js").read_text("utf-8")
    assert f'UNCHOSEN = "{wording.ALL_COUNTRY}"' in script
    assert f'WHOLE_PROVINCE = "{wording.WHOLE_PROVINCE}"' in script


def test_another_province_forgets_the_city(desk):
    desk.choose("province", "四川省")
    desk.choose("city", "绵阳市")
    desk.choose("province", "吉林省")
    expect(desk.page.locator("#city input")).to_have_value(wording.WHOLE_PROVINCE)
    desk.ask("归谁管")
    assert desk.server.assistant.asked[-1][1] == "吉林省"
