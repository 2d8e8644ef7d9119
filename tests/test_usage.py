from dataclasses import replace
from datetime import date, datetime

import pytest

from assistant.conversations import Verdict
from assistant.domain import AnswerStatus
from assistant.question_log import Asked
from assistant.usage import Count, usage

ONE = Asked(
    datetime(2026, 11, 21, 9).astimezone(), "一", "四川省", AnswerStatus.ANSWERED, 12.0, Verdict.UP, (), ""
)


def test_usage_lists_quiet_days_and_counts_by_hand():
    two = replace(
        ONE,
        by_program=True,
        question="二",
        verdict=Verdict.NONE,
        status=AnswerStatus.PARTIAL,
        latency_ms=40.0,
    )
    three = replace(
        ONE,
        question="三",
        asked_at=datetime(2026, 11, 19, 23, 59).astimezone(),
        status=AnswerStatus.NO_EVIDENCE,
        verdict=Verdict.DOWN,
        region="",
    )
    found = usage(
        [ONE, two, three], last=date(2026, 11, 21), days=3, topic_of=lambda q: "" if q == "三" else "备案"
    )
    assert [(d.asked, d.answered) for d in found.days] == [(1, 0), (0, 0), (2, 2)]
    assert found.answered_share == pytest.approx(2 / 3)
    assert (found.p50_ms, found.p95_ms) == (12.0, 40.0)
    assert (found.liked, found.disliked) == (1, 1)
    assert found.by_program == 1
    assert found.regions == (Count("四川省", 2), Count("未选地区", 1))
    assert found.topics == (Count("备案", 2),)
    assert found.statuses[0] == (AnswerStatus.ANSWERED, 1)


def test_usage_of_nothing_is_nothing():
    found = usage([], last=date(2026, 11, 21), days=2)
    assert (found.asked, found.answered_share, found.p95_ms) == (0, None, None)
    assert len(found.days) == 2
