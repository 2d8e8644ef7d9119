import pytest
from playwright.sync_api import expect
from web_browser import SMALL_TEXT, Server

from assistant.config import corpus_folder
from assistant.web import wording
from ingest.corpus import read_corpus

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("home"), questions_per_minute=1000).start()
    started.assistant.held |= {entry.document.id: entry.document for entry in read_corpus(corpus_folder())}
    yield started
    started.stop()


def to_topics(visit):
    visit.follow(wording.TO_TOPICS)
    visit.page.wait_for_url("**/topics")


def test_a_click_on_a_question_is_answered_once(visit):
    to_topics(visit)
    page = visit.page
    page.get_by_role("link", name="社区社会组织备案要交哪些材料？").click()
    expect(page.locator("#chat .answer")).to_have_count(1)
    expect(page.locator("#chat .question")).to_have_text("社区社会组织备案要交哪些材料？")
    assert "question" not in page.url
    visit.reload()
    expect(page.locator("#chat .answer")).to_have_count(1)


def test_picture_is_readable_and_its_boxes_open_the_clause(visit):
    to_topics(visit)
    page = visit.page
    assert not visit.runs_off_the_side()
    assert page.evaluate(SMALL_TEXT) == []
    picture = page.locator("svg.ways:visible")
    expect(picture).to_have_count(1)
    scale = picture.evaluate("(svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width")
    assert scale * 16 >= 15.5
    runs_over = """(svg) => [...svg.querySelectorAll("a")].filter((link) => {
      const box = link.querySelector("rect").getBoundingClientRect();
      return [...link.querySelectorAll("text")].some((t) => t.getBoundingClientRect().right > box.right - 2);
    }).length"""
    assert picture.evaluate(runs_over) == 0
    box = picture.locator("a", has_text="街道办事处实施管理").first
    words = "".join(box.locator("text.quote").all_text_contents())
    box.click()
    expect(page.locator("#quote")).to_have_text(words)


def test_own_region_joins_the_picture_and_leads_the_table(visit):
    visit.choose("province", "吉林省")
    expect(visit.page.locator("#city input")).to_have_value(wording.WHOLE_PROVINCE)  # the choice has arrived
    to_topics(visit)
    page = visit.page
    expect(page.locator("svg.ways:visible rect.local")).to_have_count(2)
    expect(page.locator(".compared").last.locator("tbody tr").first).to_contain_text("吉林省")
    expect(page.locator("tr.own .badge.info")).to_have_text("您所在地区")
    cell = page.locator("tr.own td a:visible")
    words = cell.inner_text()
    cell.click()
    expect(page.locator("#quote")).to_have_text(words)
