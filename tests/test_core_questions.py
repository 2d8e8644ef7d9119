"""The questions the product is for: may this club register, or only file; with whom; where the money comes from."""

from __future__ import annotations

import pytest

from assistant.answer import Assistant
from assistant.domain import AnswerStatus, Turn

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


@pytest.mark.parametrize(
    ("question", "region", "first"),
    [
        ("舞蹈队登记要多少人", "湖北省武汉市", "会员50个以上"),
        ("登记要几个人", "广东省广州市", "会员50个以上"),
        ("备案要几个人", "广东省广州市", "备案门槛"),
        ("社区基金会要多少钱", "上海市", "200万元"),
        ("社区基金会要多少钱", "广东省深圳市", "200万元"),
        ("社团年检几月份", None, "5月31日"),
        ("备案带什么材料", "湖南省湘潭市", "场所使用权证明"),
        ("民非登记要多少钱", None, "没有"),
    ],
)
def test_the_clause_that_states_it_leads(builtin_assistant, question, region, first):
    answer = builtin_assistant.ask(question, region=region)
    assert answer.status is AnswerStatus.ANSWERED and first in answer.citations[0].quote


def test_each_form_of_organisation_has_its_own_law_quoted(builtin_assistant):
    for kind, law in (("社团", "社会团体登记管理条例"), ("民非", "民办非企业单位")):
        answer = builtin_assistant.ask(f"{kind}年检几月份")
        assert all(citation.title.startswith(law) for citation in answer.citations)


@pytest.mark.parametrize("question", ["飞盘队服装费谁掏", "合唱团服装谁出钱", "广场舞噪音罚多少"])
def test_what_nobody_wrote_about_clubs_is_not_answered(builtin_assistant, question):
    assert builtin_assistant.ask(question).refused


def test_a_follow_up_is_answered_with_the_question_before_it(builtin_assistant):
    before = [Turn("user", "投标输了不服气怎么提"), Turn("assistant", "7个工作日内书面质疑。")]
    answer = builtin_assistant.ask("他们不回呢 往哪儿告", history=before)
    assert "政府采购监督管理部门" in answer.citations[0].quote


def test_the_rule_of_another_place_does_not_come_along_in_a_conversation(builtin_assistant):
    before = [Turn("user", "湘潭的备案意见书管几年"), Turn("assistant", "有效期三年。")]
    answer = builtin_assistant.ask("石家庄这里也是管这么久不", region="石家庄", history=before)
    assert answer.refused


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("湘谭同意备案的意见书管几年", "有效期三年"),  # a slip
        ("我们灌县备案归哪个局管", "备案管理机关为市民政局"),  # as it was called before
        ("免税资格和捐赠税前扣除资格，管的年头一样长不", "有效期五年"),  # two things, a clause each
        ("慈善组织认定2016年那个办法还作数吗", "民政部令第73号修订"),  # what replaced it
    ],
)
def test_what_was_asked_amiss_is_answered(builtin_assistant, question, words):
    answer = builtin_assistant.ask(question)
    assert not answer.refused and words in answer.answer


def test_a_number_that_is_not_held_and_a_poem_are_refused(builtin_assistant):
    assert "没有收录测民发〔2012〕99号" in builtin_assistant.ask("测民发〔2012〕99号还有效吗").answer
    assert builtin_assistant.ask("给社区合唱队写首诗").status is AnswerStatus.OUT_OF_SCOPE


def test_whoever_names_a_places_text_by_its_number_names_the_place(builtin_assistant):
    answer = builtin_assistant.ask("湘民发42号还有用冇")
    assert answer.status is AnswerStatus.ANSWERED and answer.region == "湖南省"
    assert any("只适用于湖南省" in notice.text for notice in answer.notices)
    elsewhere = builtin_assistant.ask("湘民发〔2022〕42号还有效吗", region="四川省")
    assert elsewhere.citations[0].region == "湖南省" and "湖南省" in elsewhere.explain["named_regions"]


def test_what_became_of_a_text_that_is_not_held_is_told_from_the_place_that_ended_it(builtin_assistant):
    answer = builtin_assistant.ask("川民规〔2022〕7号还有效吗")
    assert answer.status is AnswerStatus.ANSWERED and answer.region == "四川省"
    assert "废止" in answer.citations[0].quote
    assert builtin_assistant.ask(
        "鄂民政发〔2018〕21号作废了吗", region="湖北"
    ).refused  # named as a basis only


def test_a_day_of_the_month_names_no_text(builtin_assistant):
    assert builtin_assistant.ask("上级28号通知换届几年一次", region="贵州").region == "贵州省"


def test_a_text_named_by_its_number_is_meant_whatever_place_was_talked_of(builtin_assistant):
    before = [Turn("user", "罗湖登记要不要钱"), Turn("assistant", "取消了。")]
    answer = builtin_assistant.ask("国务院令250号还管用不", history=before)
    assert answer.citations[0].title == "社会团体登记管理条例" and answer.region is None
