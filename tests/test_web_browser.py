import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from web_browser import DESKTOP, SCREENS, SMALL_TEXT, Server, Visit, chromium
from web_support import EVIL

import assistant.web
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


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("home"), questions_per_minute=1000).start()
    yield started
    started.stop()


@pytest.fixture(params=SCREENS)
def visit(request, browser, server):
    opened = Visit(browser, server, **SCREENS[request.param]).open()
    yield opened
    opened.close()


@pytest.fixture
def desk(browser, server):
    opened = Visit(browser, server, **DESKTOP).open()
    yield opened
    opened.close()


def in_view(locator):
    """The element's box is on the screen and inside what scrolls it."""
    return locator.evaluate(
        """(node) => {
          const box = node.getBoundingClientRect();
          const top = document.elementFromPoint(box.left + box.width / 2, Math.max(box.top, 0) + 12);
          return box.top < innerHeight && box.bottom > 0 && node.contains(top);
        }"""
    )


def test_answer_has_markers_that_open_the_marked_source(visit):
    visit.ask("够不上登记条件的归谁管")
    page = visit.page
    expect(page.locator("#chat .cite")).to_have_count(3)
    page.locator("#chat .cite").nth(1).click()
    card = page.locator(".card.open")
    expect(card).to_have_count(1)
    expect(card.locator("mark")).to_have_text("规模较小、组织较为松散的，由社区党组织领导")
    expect(card).to_contain_text("民办发〔2020〕36号")
    expect(card.locator(".badge")).to_be_visible()
    page.wait_for_timeout(700)  # the smooth scroll
    assert in_view(card)


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


def test_refusal_names_whom_to_ask_and_folds_related_words(visit):
    visit.ask("今天天气怎么样")
    answer = visit.page.locator("#chat .answer").last
    expect(answer.locator(".ask-whom")).to_contain_text("民政部门")
    expect(answer.locator(".related .card")).not_to_be_visible()
    answer.locator("summary").click()
    expect(answer.locator(".related .card")).to_be_visible()


def test_example_asks(visit):
    question = wording.EXAMPLES["登记条件"][0]
    visit.page.get_by_role("button", name=question).click()
    expect(visit.page.locator("#chat .question")).to_have_text(question)
    expect(visit.page.locator("#chat .answer")).to_have_count(1)
    expect(visit.page.locator("#welcome")).not_to_be_visible()


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


def test_conversation_survives_reload_and_new_one_starts_empty(visit):
    visit.ask("归谁管")
    visit.reload()
    expect(visit.page.locator("#chat .answer")).to_have_count(1)
    visit.page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(visit.page.locator("#welcome")).to_be_visible()
    expect(visit.page.locator("#chat .answer")).to_have_count(0)
    visit.ask("另一个问题")
    assert visit.server.assistant.asked[-1][2] == ()


def test_follow_up_is_asked_with_the_conversation(desk):
    desk.ask("归谁管")
    desk.ask("那人更少的呢")
    expect(desk.page.locator("#chat .answer")).to_have_count(2)
    assert desk.server.assistant.asked[-1][2][0].content == "归谁管"


def test_older_answer_opens_its_own_sources(desk):
    desk.ask("归谁管")
    desk.ask("今天天气怎么样")
    expect(desk.page.locator("#source-cards .card")).to_have_count(0)
    desk.page.locator("#chat .cite").first.click()
    expect(desk.page.locator("#source-cards .card")).to_have_count(3)


@pytest.mark.parametrize(
    ("question", "hint"), [("   ", "请先写下"), ("长" * 301, "300 字以内"), ("崩溃", "没有答成")]
)
def test_question_that_cannot_be_taken_stays_in_the_box(desk, question, hint):
    desk.send(question)
    expect(desk.page.locator("#hint")).to_contain_text(hint)
    expect(desk.page.locator("#ask textarea")).to_have_value(question)
    expect(desk.page.locator("#chat")).not_to_be_visible()
    desk.ask("归谁管")
    expect(desk.page.locator("#hint")).not_to_be_visible()


def test_too_many_questions_get_a_clear_message(browser, tmp_path):
    limited = Server(tmp_path, questions_per_minute=1).start()
    visit = Visit(browser, limited, **DESKTOP).open()
    visit.ask("归谁管")
    visit.send("归谁管")
    expect(visit.page.locator("#hint")).to_contain_text(re.compile(r"请等 \d+ 秒再问"))
    visit.close()
    limited.stop()


def test_busy_and_lost_server_are_told_in_chinese_and_the_question_is_kept(browser, tmp_path):
    server = Server(tmp_path, questions_per_minute=1000).start()
    visit = Visit(browser, server, **DESKTOP).open()
    visit.page.locator("#welcome").wait_for()
    toast = visit.page.locator(".toast-wrap")
    with server.crowded():
        visit.send("归谁管")
        expect(toast).to_contain_text("系统繁忙，请过几秒再发一次。")
    expect(toast).to_contain_text("提示")
    expect(visit.page.locator("#ask textarea")).to_have_value("归谁管")
    server.stop()
    visit.send("归谁管")
    expect(toast).to_contain_text("连接断开了")
    expect(visit.page.locator("#ask textarea")).to_have_value("归谁管")
    visit.context.close()  # refusals and the lost connection are reported in the console


def test_hostile_words_are_shown_and_never_run(visit):
    visit.ask(
        f"坏问题 {EVIL} ![x](http://evil.example/q.png) [点我](javascript:alert(1)) $$\\def\\a{{\\a}}\\a$$"
    )
    page = visit.page
    expect(page.locator("#chat .question")).to_contain_text("<script>window.pwned=1</script>")
    expect(page.locator(".card:visible h4").first).to_contain_text("坏标题<script>")
    page.locator("#chat .cite").last.click()
    page.wait_for_timeout(300)
    visit.reload()
    expect(page.locator("#chat .answer")).to_have_count(1)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#chat img, #chat script, #chat iframe").count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0


def test_original_opens_at_the_marked_words(desk):
    desk.ask("归谁管")
    with desk.context.expect_page() as opened:
        desk.page.locator("#source-cards .card").nth(1).get_by_role("link", name="看原文").click()
    original = opened.value
    expect(original.locator("#quote")).to_have_text("规模较小、组织较为松散的，由社区党组织领导")
    expect(original.locator("h1")).to_contain_text("专项行动方案")
    original.locator("nav a", has_text="总体要求").click()
    assert original.url.endswith("#c0")


def test_answer_is_copied_as_plain_text(desk):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.ask("归谁管")
    desk.page.locator("#chat .copy.short").click()
    expect(desk.page.locator("#chat .copy.short")).to_have_text("已复制")
    copied = desk.page.evaluate("navigator.clipboard.readText()")
    assert "达不到登记条件的，由街道办事处（乡镇政府）实施管理。" in copied
    assert "民办发〔2020〕36号" in copied
    assert "[1]" not in copied and "<" not in copied


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


def test_fixed_line_is_always_there(visit):
    expect(visit.page.get_by_text(wording.FIXED_LINE, exact=True)).to_be_in_viewport()
    visit.ask("归谁管")
    expect(visit.page.locator("#fixed-line")).to_be_in_viewport()


def test_feedback_with_reasons_is_kept(visit):
    page = visit.page
    visit.ask("归谁管")
    page.get_by_role("button", name="没用").click()
    box = page.get_by_label("已过期")
    box.check()
    assert box.evaluate("(node) => getComputedStyle(node).appearance") == "auto"  # else no tick is drawn
    page.get_by_label("补充说明").fill("有新办法")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".feedback")).to_have_text("已记录，谢谢。")
    expect(page.locator("button.rate.chosen")).to_have_text("没用")
    visit.reload()
    expect(page.locator("button.rate.chosen")).to_have_text("没用")
    page.get_by_role("button", name="有用").click()
    expect(page.locator("button.rate.chosen")).to_have_text("有用")


def test_reasons_offered_are_those_the_server_takes():
    script = (Path(assistant.web.__file__).parent / "static" / "feedback.js").read_text("utf-8")
    assert json.loads(re.search(r"REASONS = (\[.*?\])", script)[1]) == list(wording.REASONS)


def test_history_finds_renames_opens_exports_and_deletes(visit):
    page = visit.page
    visit.ask("归谁管")
    page.get_by_role("button", name=wording.NEW_CONVERSATION).click()
    expect(page.locator("#welcome")).to_be_visible()
    visit.ask("今天天气怎么样")
    with visit.leaving():
        page.get_by_role("link", name=wording.TO_HISTORY).click()
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
    with visit.leaving():
        page.get_by_role("link", name=wording.TO_HISTORY).click()
        page.wait_for_url("**/conversations")
    page.locator("summary", has_text="删除").first.click()
    page.get_by_role("button", name="确定删除").first.click()
    expect(page.locator(".entries li")).to_have_count(1)


def test_library_is_browsed_filtered_and_read(visit):
    page = visit.page
    page.get_by_role("link", name=wording.TO_LIBRARY).click()
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


def test_two_browsers_do_not_see_each_other(browser, server, desk):
    desk.ask("我的问题")
    other = Visit(browser, server, **DESKTOP).open()
    expect(other.page.locator("#welcome")).to_be_visible()
    assert other.page.locator("#chat .answer").count() == 0
    other.close()


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
