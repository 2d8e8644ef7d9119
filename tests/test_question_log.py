from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from web_support import answered, refused

from assistant.conversations import Conversations, Rating, Verdict
from assistant.domain import AnswerStatus
from assistant.question_log import QuestionLog, lacking

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


class Book:
    """Fills a store of conversations and reads it as the administrator does."""

    def __init__(self, home):
        self.now = NOW
        self.store = Conversations.open(home, clock=lambda: self.now)
        self.log = QuestionLog.open(home, clock=lambda: self.now)

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


def test_questions_of_programs_stand_among_the_others_and_say_so(book):
    book.ask(answered("网页先问"), days_ago=3)
    book.now = NOW - timedelta(days=2)
    book.log.note(refused("接口问"))
    book.log.note(answered("接口又问", "四川省"))
    book.ask(answered("网页后问"), days_ago=1)
    found = book.read()
    assert [a.question for a in found] == ["网页后问", "接口又问", "接口问", "网页先问"]
    assert [a.by_program for a in found] == [False, True, True, False]
    assert (found[1].region, found[1].status, found[1].latency_ms) == ("四川省", AnswerStatus.ANSWERED, 12.0)
    assert (found[2].region, found[2].verdict, found[2].reasons) == ("", Verdict.NONE, ())
    assert [g.question for g in lacking(found)] == ["接口问"]
    assert [a.question for a in book.read(days=1)] == ["网页后问"]


def test_older_questions_are_left_out(book):
    book.ask(answered("旧"), days_ago=8)
    book.ask(answered("新"))
    assert [a.question for a in book.read(days=7)] == ["新"]


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
    assert groups[0].others == ("社区社会组织备案要哪些材料",)
