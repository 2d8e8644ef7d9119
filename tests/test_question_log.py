from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from web_support import answered, refused

from assistant.conversations import Conversations, Rating, Verdict
from assistant.domain import AnswerStatus
from assistant.question_log import QuestionLog, lacking, usage, workbook

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


class Book:
    """Fills a store of conversations and reads it as the administrator does."""

    def __init__(self, home):
        self.now = NOW
        self.store = Conversations.open(home, clock=lambda: self.now)
        self.log = QuestionLog.open(home)

    def ask(self, answer, *, rating=None, days_ago=0):
        self.now = NOW - timedelta(days=days_ago)
        conversation = self.store.add("me", "", answer)
        if rating:
            self.store.rate("me", self.store.exchanges("me", conversation.id)[0].id, rating)

    def read(self, days=30):
        return self.log.since(NOW - timedelta(days=days))


@pytest.fixture
def book(tmp_path):
    made = Book(tmp_path)
    yield made
    made.store.close()
    made.log.close()


def test_questions_come_newest_first_with_all_that_is_known(book):
    book.ask(refused("天气"), days_ago=2)
    book.ask(answered("归谁管", "四川省"), rating=Rating(Verdict.DOWN, ("已过期",), "有新办法"))
    first, second = book.read()
    assert (first.question, first.region, first.status) == ("归谁管", "四川省", AnswerStatus.ANSWERED)
    assert (first.verdict, first.reasons, first.comment, first.latency_ms) == (
        Verdict.DOWN,
        ("已过期",),
        "有新办法",
        12.0,
    )
    assert (second.question, second.region, second.verdict, second.latency_ms) == (
        "天气",
        "",
        Verdict.NONE,
        0.0,
    )


def test_older_questions_are_left_out(book):
    book.ask(answered("旧"), days_ago=8)
    book.ask(answered("新"))
    assert [a.question for a in book.read(days=7)] == ["新"]


def test_usage_lists_quiet_days_and_counts_by_hand(book):
    book.ask(answered("一", "四川省"), rating=Rating(Verdict.UP))
    book.ask(answered("二", "四川省"))
    book.ask(refused("三"), days_ago=2, rating=Rating(Verdict.DOWN))
    found = usage(book.read(), last=book.read()[0].asked_at.date(), days=3)
    assert [(d.asked, d.answered) for d in found.days] == [(1, 0), (0, 0), (2, 2)]
    assert found.answered_share == pytest.approx(2 / 3)
    assert (found.p50_ms, found.p95_ms) == (12.0, 12.0)
    assert (found.liked, found.disliked) == (1, 1)
    assert found.regions[0] == ("四川省", 2)


def test_usage_of_nothing_is_nothing():
    found = usage([], last=date(2026, 11, 21), days=2)
    assert (found.asked, found.answered_share, found.p95_ms) == (0, None, None)
    assert len(found.days) == 2


def test_questions_that_ask_the_same_are_one_lack(book):
    book.ask(refused("社区社会组织备案要哪些材料"))
    book.ask(refused("备案要哪些材料？"))
    book.ask(answered("党支部几个人", None), rating=Rating(Verdict.DOWN, ("不完整",), "没说人数"))
    book.ask(answered("答得好的问题"))
    book.ask(replace(refused("今天股票"), status=AnswerStatus.OUT_OF_SCOPE))
    groups = lacking(book.read())
    assert [(g.question, g.times) for g in groups] == [("备案要哪些材料？", 2), ("党支部几个人", 1)]
    assert groups[1].reasons == ("不完整",)
    assert groups[1].comments == ("没说人数",)


def test_workbook_holds_every_row_and_no_formula(book):
    book.ask(answered("=1+1"), rating=Rating(Verdict.UP, (), "@SUM(A1)"))
    book.ask(answered("-2\x0b" + "长" * 40_000))
    sheet = openpyxl.load_workbook(BytesIO(workbook(book.read()))).active
    assert sheet.max_row == 3
    assert sheet["B3"].value == "=1+1" and sheet["B3"].data_type == "s"
    assert sheet["H3"].data_type == "s"
    assert len(sheet["B2"].value) == 32_000
    assert sheet["A1"].value == "时间"
