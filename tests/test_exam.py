from datetime import UTC, datetime

import pytest

from assistant.exam import Exam, ExamQuestion


@pytest.fixture
def exam(tmp_path):
    opened = Exam.open(tmp_path, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC))
    yield opened
    opened.close()


def test_questions_are_kept_in_their_order_with_their_gold(exam):
    exam.add(ExamQuestion("备案找谁", "四川省", "由街道办事处办理。", "四川要点"))
    exam.add(ExamQuestion("要交多少钱"))
    first, second = exam.questions()
    assert (first.quote, first.source, first.answerable) == ("由街道办事处办理。", "四川要点", True)
    assert (second.question, second.answerable) == ("要交多少钱", False)


def test_same_question_again_replaces_and_its_number_is_not_used_twice(exam):
    exam.add(ExamQuestion("备案找谁"))
    exam.add(ExamQuestion("备案找谁", "", "由街道办事处办理。", "要点"))
    exam.add(ExamQuestion("备案找谁", "四川省"))
    assert [(q.region, q.answerable, q.number) for q in exam.questions()] == [
        ("", True, 2),
        ("四川省", False, 3),
    ]


def test_dropped_question_is_gone_and_an_unknown_number_harms_nothing(exam):
    exam.add(ExamQuestion("备案找谁"))
    exam.remove(99)
    exam.remove(exam.questions()[0].number)
    assert exam.questions() == []
