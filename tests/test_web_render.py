import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from web_support import EVIL, PLAN, FakeAssistant, answered, poisoned, refused

from assistant.conversations import Exchange, Verdict
from assistant.domain import Answer, AnswerStatus, Notice, NoticeKind
from assistant.web.render import answer_html, question_html, stage_html

ALLOWED = {
    "a", "article", "blockquote", "br", "button", "details", "div", "em", "h3", "h4", "li", "mark", "ol", "p", "pre",
    "section", "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def rendered(answer: Answer, **fake) -> str:
    return answer_html(Exchange(7, "", answer), assistant=FakeAssistant(**fake))


def test_answer_is_one_element_on_one_line():
    for html in (
        rendered(answered("谁管")),
        rendered(poisoned("坏")),
        question_html("一\n\n二"),
        stage_html("查找条款"),
    ):
        assert "\n" not in html
        assert html.startswith("<div") and html.endswith("</div>")
        assert Tags(html).open == []


def test_markers_link_to_their_cards():
    tags = Tags(rendered(answered("谁管"))).seen
    links = [attrs["href"] for tag, attrs in tags if tag == "a" and attrs.get("class") == "cite"]
    cards = [attrs["id"] for tag, attrs in tags if tag == "article"]
    assert links == ["#s-7-1", "#s-7-2", "#s-7-3"]
    assert cards == ["s-7-1", "s-7-2", "s-7-3"]


def test_marker_without_a_citation_stays_text():
    html = rendered(replace(answered("谁管"), answer="甲[1]乙[9]"))
    assert "[9]" in Tags(html).words
    assert "#s-7-9" not in html


def test_card_shows_facts_badge_section_neighbours_and_link():
    html = rendered(answered("谁管"))
    assert "民办发〔2020〕36号 · 民政部办公厅 · 2020-12-07 · 全国" in html
    assert '<span class="badge warn">实施期已满</span>' in html
    assert "二、工作任务 &gt; （一）完善分类管理" in html
    quote = answered("谁管").citations[0]
    assert f"符合登记条件的，依法登记。<mark>{quote.quote}</mark>&#10;规模较小" in html
    assert f'href="documents/plan-36?at={quote.start}-{quote.end}#quote"' in html


def test_fact_card_is_labelled_and_its_id_is_escaped_in_the_link():
    html = rendered(answered("谁管"))
    assert "要点整理，非原文</span>" in html
    assert "documents/cards%2F%E5%9B%9B%E5%B7%9D?at=" in html


def test_leading_notice_is_shown_once_and_first():
    html = rendered(answered("谁管"))
    assert html.count("实施期已满，以下为当时要求") == 3  # the line and the two texts to copy
    assert (
        html.index('class="notice validity"') < html.index('class="said"') < html.index("notice jurisdiction")
    )


def test_refusal_shows_whom_to_ask_once_and_folds_what_is_related():
    html = rendered(refused("天气"))
    body = html[: html.index('<pre class="copy-text short">')]
    assert body.count("建议向当地民政部门咨询。") == 1
    assert "可以问谁" in body
    assert "<details" in body and "相关但未回答（1 条）" in body
    assert 'class="sources"' not in html


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answered("谁管", "四川省"), "按四川省回答"),
        (answered("谁管"), "未选地区，按全国规定回答"),
        (replace(refused("天气"), region="四川省"), "按四川省查找"),
        (refused("天气"), "未选地区"),
    ],
)
def test_answer_says_for_which_region(answer, words):
    assert f'<p class="asked-for">{words}</p>' in rendered(answer)


def test_quote_of_a_changed_or_removed_document_is_kept_with_a_warning():
    changed = replace(PLAN, text="改" * len(PLAN.text))
    for held in ({PLAN.id: changed}, {}):
        html = rendered(answered("谁管"), held=held)
        assert answered("谁管").citations[0].quote in html
        assert "当时的原文" in html
        assert "documents/plan-36" not in html


def test_nothing_in_any_field_becomes_markup():
    parsed = Tags(rendered(poisoned(f"坏{EVIL}")) + question_html(EVIL) + stage_html(EVIL))
    assert {tag for tag, _ in parsed.seen} <= ALLOWED
    assert not any(name.startswith("on") for _, attrs in parsed.seen for name in attrs)
    links = [attrs["href"] for tag, attrs in parsed.seen if tag == "a"]
    assert all(re.match(r"#s-7-\d+$|documents/|answers/7/print$", link or "") for link in links)
    assert "<script>window.pwned=1</script>" in parsed.words


def test_table_and_list_of_an_answer_are_rendered():
    text = "| 省 | 人数 |\n|---|---|\n| 甲 | 10[1] |\n\n1. 一\n2. 二"
    html = rendered(replace(answered("比较"), answer=text, notices=(Notice(NoticeKind.MODE, "模型"),)))
    assert "<td>10<a" in html and "<li>一</li>" in html


def test_unclear_question_needs_no_sources():
    answer = Answer(AnswerStatus.UNCLEAR, "没有看明白要问哪件事。", "嗯", None)
    assert "没有看明白" in rendered(answer)


def test_stored_answer_can_be_rated_and_shows_its_verdict():
    rated = answer_html(Exchange(7, "", answered("谁管"), Verdict.DOWN), assistant=FakeAssistant())
    assert '<button type="button" class="rate down chosen">没用</button>' in rated
    assert '<button type="button" class="rate up">有用</button>' in rated
    assert 'class="rate' not in answer_html(Exchange(0, "", answered("谁管")), assistant=FakeAssistant())
