"""Asking in a real browser: from the question to the marked source, on every screen."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from web_support import EVIL

import assistant.web
from assistant.web import wording

pytestmark = pytest.mark.browser


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
    assert "。[1]" in copied and "依据：\n1. 《" in copied  # the number and what it stands for
    assert "**" not in copied and "<" not in copied


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
