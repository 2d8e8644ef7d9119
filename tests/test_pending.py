"""A document is not in force before its day of effect: as read, as cited, as said, as scored."""

from dataclasses import replace
from datetime import date

import pytest
from answering import asking, document, hit

from assistant.compose import answer_text, citation, notices
from assistant.domain import DocumentStatus
from assistant.extract import Quote
from assistant.fitting import document_fit
from ingest.validity import judge_validity

WORDS = "备案由街道办理。"
DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "info", "evidence"),
    [
        ("本办法自2027年1月1日起施行。", {}, "自2027-01-01起施行"),
        ("本办法自2027年1月1日起施行，有效期5年。", {"时效性": "有效"}, "自2027-01-01起施行"),
        ("第一条 备案。", {"时效性": "尚未生效"}, "网页信息表注明“尚未生效”"),
    ],
)
def test_a_day_of_effect_to_come_is_read(text, info, evidence):
    found = judge_validity("某办法", text, issued_on="2026-11-01", as_of=DAY, info=info)
    assert (found.status, found.evidence) == (DocumentStatus.PENDING, evidence)


@pytest.mark.parametrize(
    ("title", "text", "info", "expected"),
    [
        ("某办法", "本办法自2026年11月22日起施行。", {}, DocumentStatus.UNKNOWN),
        ("某办法（征求意见稿）", "本办法自2027年1月1日起施行。", {}, DocumentStatus.DRAFT),
        ("某办法", "本办法自2027年1月1日起施行。", {"有效性": "废止"}, DocumentStatus.REPEALED),
    ],
)
def test_what_has_begun_and_what_never_will_is_not_awaited(title, text, info, expected):
    assert judge_validity(title, text, issued_on=None, as_of=DAY, info=info).status is expected


@pytest.mark.parametrize(("begins", "said"), [("2027-01-01", True), ("2020-01-01", False)])
def test_an_answer_says_that_a_cited_rule_is_not_in_force_yet(tools, begins, said):
    query = replace(asking(tools, "备案找谁办"), as_of=DAY)
    held = replace(document("d", text=WORDS), effective_on=begins)
    found = hit(WORDS, of=held)
    cited = citation(1, Quote(found, 0, len(WORDS), 1.0), text=WORDS, query=query)
    assert (cited.status is DocumentStatus.PENDING) is said
    warning = "自2027-01-01起施行，现在尚未施行"
    assert (warning in answer_text(query, [], [cited], [])) is said
    assert any(warning in notice.text for notice in notices(query, [cited])) is said
    assert document_fit(query, held)["stale"] == float(said)
