"""The questions the product is for: may this club register, or only file; with whom; where the money comes from."""

from __future__ import annotations

import pytest

from assistant.answer import Assistant
from assistant.domain import AnswerStatus

SORTED, FUNDS = "依法登记", "多元化筹资"  # what the plan says of registering, and of money
# Names that corpus/questions/clubs.jsonl does not hold, so that it is not its own proof.
STRANGERS = ["钓鱼队要不要登记", "冬泳队想有个正式名分", "萨克斯班要登记吗", "飞盘队归谁管"]


def asked(assistant: Assistant, question: str, region: str | None = None):
    """The status and all quotes of an answer."""
    answer = assistant.ask(question, region=region)
    return answer.status, "".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize("question", ["广场舞队怎么登记", "跳舞队能登记吗", "腰鼓队想有个证", *STRANGERS])
def test_whether_a_club_registers_is_answered_from_the_plan(builtin_assistant, question):
    status, quotes = asked(builtin_assistant, question)
    assert status is AnswerStatus.ANSWERED and SORTED in quotes


def test_with_whom_a_club_files_is_answered(builtin_assistant):
    status, quotes = asked(builtin_assistant, "二胡班备案找谁")
    assert status is AnswerStatus.ANSWERED and "街道办事处或乡镇政府" in quotes


def test_where_the_money_comes_from_is_answered(builtin_assistant):
    status, quotes = asked(builtin_assistant, "飞盘队经费从哪来")
    assert status is AnswerStatus.ANSWERED and FUNDS in quotes


@pytest.mark.parametrize(
    ("question", "region", "title"),
    [
        ("钓鱼队备案找谁", "湖南省湘潭市", "湘潭市"),
        ("柔力球队要登记吗", "吉林省", "吉林省"),
        ("瑜伽队归谁管", "江苏省", "江苏省"),
    ],
)
def test_the_own_place_comes_first(builtin_assistant, question, region, title):
    answer = builtin_assistant.ask(question, region=region)
    assert answer.citations[0].title.startswith(title)


@pytest.mark.parametrize("question", ["飞盘队服装费谁掏", "合唱团服装谁出钱", "广场舞噪音罚多少"])
def test_what_nobody_wrote_about_clubs_is_not_answered(builtin_assistant, question):
    assert builtin_assistant.ask(question).refused
