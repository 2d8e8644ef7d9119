"""assistant.subject: a short question after another goes on with it, or is about something new."""

from __future__ import annotations

import pytest

from assistant.domain import Turn


def after(assistant, question: str, *, before: str, reply: str = "见第十条。"):
    """The first quote for a question asked after another one."""
    answer = assistant.ask(question, history=[Turn("user", before), Turn("assistant", reply)])
    return "" if answer.refused else answer.citations[0].quote


@pytest.mark.parametrize(
    ("before", "question", "quoted"),
    [
        ("志愿者要不要买保险", "基金会理事几个人", "5至25人"),
        ("湘潭备案要几个人", "捐款抵税最多抵几成", "12%"),
        ("罚款几天内要交", "居委会管多少户", "一千户至三千户"),
    ],
)
def test_a_new_subject_is_answered_as_if_asked_alone(builtin_assistant, before, question, quoted):
    assert quoted in after(builtin_assistant, question, before=before)
    assert builtin_assistant.ask(question).citations[0].quote == after(
        builtin_assistant, question, before=before
    )


@pytest.mark.parametrize(
    ("before", "question", "quoted"),
    [
        ("县里成立协会最低要多少活动资金", "那基金会呢", "200万元"),
        ("社会团体怎么注销", "几天内去办", "15日"),
        ("民非登记要什么条件", "多久批下来", "60日"),
    ],
)
def test_a_follow_up_is_answered_with_the_question_before_it(builtin_assistant, before, question, quoted):
    assert quoted in after(builtin_assistant, question, before=before)


def test_what_is_out_of_scope_alone_stays_so_after_a_question_of_ours(builtin_assistant):
    answer = builtin_assistant.ask("明天天气怎么样", history=[Turn("user", "湘潭备案要几个人")])
    assert answer.refused
