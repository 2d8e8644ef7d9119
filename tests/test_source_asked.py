"""assistant.source_asked: questions about where the last answer stands."""

from __future__ import annotations

import pytest

from assistant.domain import AnswerStatus, Turn
from assistant.source_asked import asks_source, names_no_text

COUNCIL = "基金会理事几个人"


@pytest.mark.parametrize(
    "text",
    [
        "第几条",
        "这是国家的还是省的？",
        "原话怎么说的",
        "那是哪个文件规定的",
        "出处在哪",
        "依据呢",
        "这个规定是哪里写的",
        "这是全国的规定吗",
        "是国家规定吗",
        "文号多少",
        "法律依据呢",
    ],
)
def test_only_where_it_stands_is_asked(text):
    assert asks_source(text)


@pytest.mark.parametrize(
    "text",
    [
        "社团年检是哪条规定的",
        "备案的依据是什么",
        "第二条呢",
        "依据哪条罚的",
        "材料呢",
        "国家的规定呢",
        "省里还管不管",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_none(text):
    assert not asks_source(text)


def talk(assistant, *questions: str, region: str | None = None):
    """The answer to the last question of a conversation."""
    history: list[Turn] = []
    for question in questions:
        answer = assistant.ask(question, region=region, history=history)
        history += [Turn("user", question), Turn("assistant", answer.answer)]
    return answer


def test_the_clause_that_was_quoted_is_named_again(builtin_assistant):
    answer = talk(builtin_assistant, COUNCIL, "第几条")
    assert answer.status is AnswerStatus.ANSWERED
    assert "第二十条" in answer.answer and "国务院2004-03-08发布，全国性文件" in answer.answer
    assert [c.section for c in answer.citations] == ["第二十条"]
    assert [hit["section"] for hit in answer.explain["hits"]] == ["第二十条"]  # what the admin page shows


def test_it_is_still_known_after_being_asked_twice(builtin_assistant):
    answer = talk(builtin_assistant, COUNCIL, "这是国家的还是省的", "原话呢")
    assert answer.citations[0].section == "第二十条"


def test_thanks_in_between_change_nothing(builtin_assistant):
    answer = talk(builtin_assistant, COUNCIL, "谢谢", "第几条")
    assert answer.citations[0].section == "第二十条" and answer.answer.startswith("**上面引的是**")


def test_a_places_rule_is_named_as_such(builtin_assistant):
    answer = talk(builtin_assistant, "有几个党员要成立支部", "这是国家的还是省的", region="吉林省长春市")
    assert "吉林省的文件，只适用于吉林省" in answer.answer


def test_without_a_quote_before_it_nothing_is_made_up(builtin_assistant):
    assert builtin_assistant.ask("第几条").refused
    assert talk(builtin_assistant, "广场舞噪音罚多少", "第几条").refused


@pytest.mark.parametrize("question", ["这个文件有效吗", "这文件还有效没", "哪年发的", "现在还作数吗"])
def test_the_record_asked_about_is_that_of_the_text_last_quoted(builtin_assistant, question):
    answer = talk(builtin_assistant, COUNCIL, question)
    assert answer.answer.startswith("《基金会管理条例》（国务院令第400号，国务院2004-03-08发布")


@pytest.mark.parametrize(
    "text", ["志愿服务条例还有效吗", "四川的还有效吗", "证书有效期几年", "36号文还管用不"]
)
def test_a_text_or_thing_that_is_named_is_meant_itself(text):
    assert not names_no_text(text)
