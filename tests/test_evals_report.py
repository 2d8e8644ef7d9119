import re
import shutil
from dataclasses import replace

import pytest
from evals_fakes import LINES, RECORDS, FakeAssistant, finished_run

from assistant.domain import Answer, AnswerStatus
from evals.charts import Bar, bar_chart, curve_chart
from evals.marking import overlap_runs
from evals.report import REPORT
from evals.report_rows import row_html


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


def test_curve_chart_goes_through_its_points_and_needs_two():
    chart = curve_chart("题 & 目", [(0.5, 0.0), (1.0, 0.1)], x_name="横", y_name="纵")
    assert 'aria-label="题 &amp; 目"' in chart
    # x from 52 to 466, y from 34 (10 %) to 184 (0 %)
    assert 'd="M259.0 184.0L466.0 34.0"' in chart
    assert "纵" in chart
    assert curve_chart("一点", [(1.0, 0.5)], x_name="横", y_name="纵") == ""


def test_bars_may_carry_a_mark_to_compare_with():
    assert 'class="m" d="M338.0' in bar_chart("题", [Bar("甲", 0.5, "", mark=0.75)])


class Sure(FakeAssistant):
    """As sure of an answer as its question says: 备案 0.9 …"""

    def ask(self, question, **options):
        answer = super().ask(question, **options)
        return replace(answer, explain={"verdict": {"probability": float(question.split()[-1])}})


def test_report_shows_whether_surer_answers_are_righter(tmp_path):
    records = [
        {"id": "a", "question": "备案 0.9", "key_facts": [["10人"]], "type": "number"},
        {"id": "b", "question": "备案 0.3", "key_facts": [["没有"]], "type": "list"},
        {"id": "c", "question": "天气 0.1", "key_facts": [["晴"]], "type": "自拟"},
    ]
    folder = finished_run(tmp_path, records=records, assistant=Sure())
    found = folder.summary()["calibration"]
    assert found["n"] == 2  # the refused one has no answer to be right or wrong
    assert [(at["coverage"], at["risk"]) for at in found["risk_coverage"]] == [(0.5, 0.0), (1.0, 0.5)]
    assert folder.summary()["verdicts"] == {"对": 1, "错": 2}
    page = page_of(folder)
    assert "只答有把握的会怎样（AURC 0.250，n=2）" in page
    assert "0.9–1.0" in page
    assert ">数字</option>" in page
    assert ">自拟</option>" in page


def test_a_long_hit_is_shown_where_the_gold_stands(tmp_path):
    [row] = finished_run(tmp_path, records=RECORDS[:1]).rows()
    long = replace(row.hits[0], text="前" * 500 + LINES[0] + "后" * 500)
    page = row_html(replace(row, hits=(long,)), place=0)
    hits = page[page.index("检索前") :]
    assert f"…{'前' * 20}<mark>{LINES[0]}</mark>后" in hits
    assert "前" * 21 not in hits
    early = row_html(replace(row, hits=(replace(long, text=LINES[0] + "后" * 500),)), place=0)
    assert f"<blockquote><mark>{LINES[0]}</mark>后" in early


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
