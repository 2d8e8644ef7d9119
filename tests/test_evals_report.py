import re
import shutil

import pytest
from evals_fakes import FakeAssistant, finished_run

from assistant.domain import Answer, AnswerStatus
from evals.charts import Bar, bar_chart
from evals.marking import overlap_runs
from evals.report import REPORT


class Hostile(FakeAssistant):
    def ask(self, question, **options):
        return Answer(
            AnswerStatus.NO_EVIDENCE,
            "</script><script>alert(1)</script><img src=x onerror=alert(2)>",
            question,
            None,
        )


def page_of(folder):
    return (folder.path / REPORT).read_text("utf-8")


def test_report_shows_answers_gold_causes_and_marks_overlap(tmp_path):
    page = page_of(finished_run(tmp_path))
    assert page.count('<details class="row') == 5
    assert "引对条款但要点不全" in page
    assert "<mark>社区社会组织备案，成员一般不少于十人。</mark>" in page
    assert "✗ 验资" in page
    assert "耗时 2.0 ms" in page
    assert page.count("<svg") >= 3


def test_report_needs_nothing_from_outside(tmp_path):
    page = page_of(finished_run(tmp_path))
    assert not re.search(r"(src|href)\s*=\s*['\"]?(?!data:,)[^'\" >]", page)
    assert "http" not in page
    assert "@import" not in page


def test_report_escapes_whatever_it_shows(tmp_path):
    records = [{"id": '"><b>', "question": "<script>alert(3)</script>", "type": "'><i>"}]
    page = page_of(finished_run(tmp_path, records=records, assistant=Hostile()))
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert '"><b>' not in page.replace('<span class="id">', "")


def test_overlap_runs_ignore_blanks_and_width():
    text = "前言。成员 不少于\n１０人，由街道办理。后记"
    runs = overlap_runs(text, ["成员不少于10人,由街道办理。"])
    assert [text[start:end] for start, end in runs] == ["成员 不少于\n１０人，由街道办理。"]


def test_overlap_runs_leave_out_chance_words_and_take_short_quotes_whole():
    assert overlap_runs("甲的社区社会组织乙", ["丙社区社会组织丁戊己庚"]) == []
    assert overlap_runs("要二十名会员", ["二十名"]) == [(1, 4)]
    assert overlap_runs("任何", []) == []
    assert overlap_runs("任何", [""]) == []


def test_bar_chart_places_bars_by_value_and_escapes_labels():
    chart = bar_chart("题 & 目", [Bar("<甲>", 0.5, "50%", low=0.4, high=0.6)])
    assert 'aria-label="题 &amp; 目"' in chart
    assert "&lt;甲&gt;" in chart
    assert 'width="120.0"' in chart  # half of 240
    assert bar_chart("空", []) == ""


@pytest.mark.browser
def test_report_filters_sorts_and_fits_a_phone(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    folder = finished_run(tmp_path)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 390, "height": 800})
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request", lambda request: faults.append(request.url) if request.url.startswith("http") else None
        )
        page.goto(f"file://{folder.path / REPORT}")
        assert page.inner_text("#shown") == "显示 5 / 5 题"
        page.fill("#f-text", "验资")
        assert page.inner_text("#shown") == "显示 1 / 5 题"
        page.fill("#f-text", "")
        page.select_option("#f-status", "error")
        assert page.locator("details.row:visible").count() == 1
        page.select_option("#f-status", "")
        page.select_option("#f-sort", "score:up")
        assert page.locator("details.row").nth(0).get_attribute("data-id") == "b"
        page.click("#f-open")
        assert page.locator("details.row[open]").count() == 5
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
    assert faults == []
