"""What can be done with an answer: mark it as checked, print it, copy it, get the original file."""

import hashlib
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from web_browser import Server
from web_support import PLAN

from assistant.web import wording

pytestmark = pytest.mark.browser
BYTES = b"%PDF-1.7 made up"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    sha256 = hashlib.sha256(BYTES).hexdigest()
    (home / "originals").mkdir()
    (home / "originals" / f"{sha256}.pdf").write_bytes(BYTES)
    started = Server(home, questions_per_minute=1000).start()
    started.assistant.held[PLAN.id] = replace(PLAN, original_sha256=sha256, original_suffix=".pdf")
    yield started
    started.stop()


two_screens = pytest.mark.parametrize("visit", ["desktop", "phone-dark"], indirect=True)


def check(page, *, outcome, note=""):
    page.get_by_role("button", name="人工核对").click()
    page.get_by_label(outcome).check()
    page.get_by_label("补充说明").fill(note)
    page.get_by_role("button", name="提交").click()


@two_screens
def test_answer_is_marked_as_checked_and_stays_so(visit):
    page = visit.page
    visit.ask("归谁管")
    expect(page.locator(".checked")).not_to_be_visible()
    page.get_by_role("button", name="人工核对").click()
    page.get_by_label("核对人").fill("张三")
    page.get_by_label("有出入").check()
    page.get_by_label("补充说明").fill("第二条已修订，电话 13800138000")
    page.get_by_role("button", name="提交").click()
    line = page.locator(".checked")
    expect(line).to_contain_text("人工核对：张三，")
    expect(line).to_contain_text("有出入。第二条已修订")
    assert "13800138000" not in line.inner_text()
    visit.reload()
    expect(line).to_contain_text("张三")
    check(page, outcome="与原文一致")  # the name is remembered
    expect(line).to_contain_text("与原文一致。")
    visit.reload()
    expect(line).to_contain_text("张三")
    expect(line).not_to_contain_text("有出入")


def test_forms_open_one_at_a_time_and_close_again(desk):
    page = desk.page
    desk.ask("归谁管")
    page.get_by_role("button", name="没用").click()
    expect(page.locator("form.why")).to_be_visible()
    expect(page.get_by_role("button", name="提交")).to_be_in_viewport(ratio=1)
    button = page.get_by_role("button", name="人工核对")
    button.click()
    expect(page.locator("form.why")).to_have_count(0)
    expect(page.get_by_label("核对人")).to_be_focused()
    button.click()
    expect(page.locator("form.feedback")).to_have_count(0)


@two_screens
def test_answer_opens_as_a_sheet_to_print(visit):
    visit.ask("归谁管")
    with visit.context.expect_page() as opened:
        visit.page.get_by_role("link", name="打印").click()
    sheet = opened.value
    expect(sheet.locator("h1")).to_have_text("归谁管")
    expect(sheet.locator("blockquote")).to_have_count(3)
    expect(sheet.locator("h3").first).to_contain_text("民办发〔2020〕36号")
    assert sheet.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sheet.evaluate("window.print = () => { window.printed = true }")
    sheet.get_by_role("button", name="打印").click()
    assert sheet.evaluate("window.printed")
    sheet.emulate_media(media="print")
    expect(sheet.locator("header")).not_to_be_visible()
    expect(sheet.get_by_role("button", name="打印")).not_to_be_visible()


def test_printing_the_chat_leaves_the_talk_and_its_sources_only(desk):
    page = desk.page
    for _ in range(3):
        desk.ask("归谁管")
    page.emulate_media(media="print")
    for gone in ("#head", "#ask", "#side", ".tools"):
        expect(page.locator(gone).first).not_to_be_visible()
    expect(page.locator("#chat .sources").first).to_be_visible()
    lowest = page.locator("#chat .card").last.evaluate("(node) => node.getBoundingClientRect().bottom")
    assert (
        page.evaluate("document.documentElement.scrollHeight") >= lowest
    )  # nothing is left in a scrolled box


def test_full_text_is_copied_with_every_quote(desk):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.ask("归谁管")
    desk.page.get_by_role("button", name="复制全文").click()
    expect(desk.page.get_by_role("button", name="已复制")).to_be_visible()
    copied = desk.page.evaluate("navigator.clipboard.readText()")
    assert (
        "依据 [1] 《培育发展社区社会组织专项行动方案（2021—2023年）》（民办发〔2020〕36号），民政部办公厅"
        in copied
    )
    assert wording.FIXED_LINE in copied


@two_screens
def test_original_file_is_downloaded_from_the_reading_view(visit):
    page = visit.page
    page.goto(f"{visit.server.address}documents/{PLAN.id}")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载（PDF）").click()
    assert download.value.suggested_filename == f"{PLAN.title}.pdf"
    assert download.value.path().read_bytes() == BYTES
