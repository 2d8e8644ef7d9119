"""What everybody must be able to read and reach: sizes, contrast, keyboard, screen reader, zoom."""

import pytest
from playwright.sync_api import expect
from web_browser import SMALL_TEXT, Visit

from assistant.web import wording

pytestmark = pytest.mark.browser
CONTRAST = """(node) => {
  const parse = (text) => (text.match(/[0-9.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let ground = node;
  while (ground && (parse(getComputedStyle(ground).backgroundColor)[3] ?? 1) === 0) ground = ground.parentElement;
  const pair = [light(parse(getComputedStyle(node).color)), light(parse(getComputedStyle(ground).backgroundColor))];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}"""


def test_nothing_runs_off_the_side(visit):
    visit.ask("归谁管")
    for _ in range(2):
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        visit.page.set_viewport_size({"width": 683, "height": 384})  # a desktop at 200 % zoom


def test_no_text_is_smaller_than_sixteen_pixels(visit):
    for _ in range(2):
        small = visit.page.evaluate(SMALL_TEXT)
        assert small == []
        visit.ask("归谁管")


def test_entries_of_a_list_are_no_smaller(visit):
    visit.page.locator("#province input").click()
    assert visit.page.evaluate(SMALL_TEXT) == []


def test_text_contrasts_with_its_ground(visit):
    visit.ask("归谁管")
    parts = (
        ".said p",
        ".question",
        ".notice",
        ".cite",
        ".card h4",
        ".card .facts",
        ".card mark",
        ".badge",
        "#title h1",
    )
    for selector in (*parts, "#fixed-line p", "#ask button"):
        assert visit.page.locator(f"{selector}:visible").first.evaluate(CONTRAST) >= 4.5, selector


def test_fixed_line_is_always_there(visit):
    expect(visit.page.get_by_text(wording.FIXED_LINE, exact=True)).to_be_in_viewport()
    visit.ask("归谁管")
    expect(visit.page.locator("#fixed-line")).to_be_in_viewport()


def test_keyboard_alone_asks_and_opens_a_source(desk):
    desk.page.locator("#ask textarea").focus()
    desk.page.keyboard.type("归谁管")
    desk.page.keyboard.press("Enter")
    desk.page.locator("#chat .cite").first.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".card.open")).to_be_focused()


def test_screen_reader_hears_who_speaks(desk):
    desk.ask("归谁管")
    page = desk.page
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator('[role="log"]')).to_have_attribute("aria-label", "对话")
    expect(page.locator('[data-testid="user"]')).to_have_attribute("aria-label", "您的问题")
    expect(page.locator('[data-testid="bot"]').first).to_have_attribute("aria-label", "助手的答复")
    for name in (wording.PROVINCE, wording.CITY):
        expect(page.get_by_label(name)).to_have_count(1)
    expect(page.get_by_role("textbox", name=wording.QUESTION)).to_be_visible()


@pytest.mark.parametrize("size", [(195, 422), (320, 568)], ids=["phone-at-200%", "small-phone"])
def test_half_of_a_small_screen_is_the_talk_and_the_menu_holds_the_rest(browser, server, size):
    width, height = size  # 390 × 844 at 200 % zoom is laid out as 195 × 422
    screen = {"viewport": {"width": width, "height": height}, "is_mobile": True, "has_touch": True}
    visit = Visit(browser, server, **screen).open()
    page = visit.page
    visit.ask("归谁管")
    assert page.locator("#chat").bounding_box()["height"] >= height / 2
    assert not visit.runs_off_the_side()
    assert page.evaluate(SMALL_TEXT) == []
    expect(page.locator("#fixed-line")).to_be_in_viewport()
    for place in ("#links", "#province"):
        expect(page.locator(place)).not_to_be_visible()
    page.get_by_role("button", name="菜单").click()
    visit.choose("province", "吉林省")
    visit.ask("那备案呢")
    assert server.assistant.asked[-1][1] == "吉林省"
    expect(page.locator("#province")).not_to_be_visible()  # folded away again by the answer
    assert page.locator("#chat").bounding_box()["height"] >= height / 2
    visit.close()
