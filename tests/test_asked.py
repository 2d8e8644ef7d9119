"""assistant.asked: kinds of answer, separate questions and dialect, read from the wording alone."""

from __future__ import annotations

import pytest

from assistant.asked import Asked, asked_for, in_common_speech
from assistant.asking import MAX_PARTS, asking_clause, separate_questions


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("街道办的电话是多少", Asked.CONTACT),
        ("表格在哪里下载", Asked.CONTACT),
        ("登记和备案有什么区别", Asked.COMPARISON),
        ("社团和基金会分别要多少钱", Asked.COMPARISON),
        ("两样资格管的年头一样长不", Asked.COMPARISON),
        ("这两种资格哪个管的年头长", Asked.COMPARISON),
        ("登记的多还是备案的多", Asked.COMPARISON),
        ("21年跟25年是多了还是少了", Asked.COMPARISON),
        ("四川和吉林哪边要得少", Asked.COMPARISON),
        ("直接登记和申请认定各等几天", Asked.COMPARISON),
        ("这个办法还管用不", Asked.VALIDITY),
        ("孵化补贴能拿多少钱", Asked.AMOUNT),
        ("注册资金要几万", Asked.AMOUNT),
        ("备案要多久才批", Asked.TIME_LIMIT),
        ("多少个工作日能办好", Asked.TIME_LIMIT),
        ("这个办法啥时候开始施行", Asked.WHEN),
        ("至少要几个人", Asked.NUMBER),
        ("备案归哪个部门", Asked.WHO),
        ("咋申请备案", Asked.STEPS),
        ("备案要带哪些材料", Asked.LIST),
        ("跳舞队要不要登记", Asked.YES_NO),
        ("备案制度", Asked.OPEN),
        ("", Asked.OPEN),
    ],
)
def test_the_most_specific_kind_comes_first(text, kind):
    assert asked_for(text)[0] is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("比赛要不要报告", Asked.COMPARISON),
        ("哪个人多就选哪个", Asked.COMPARISON),
        ("补了多少家", Asked.AMOUNT),
        ("要达到几个方面", Asked.NUMBER),
        ("多少种类型", Asked.NUMBER),
        ("三十几个居民的队伍行不行", Asked.NUMBER),
        ("光冲数量行不行", Asked.NUMBER),
    ],
)
def test_words_alike_are_told_apart(text, kind):
    assert kind not in asked_for(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("备案找谁？要交多少钱？", ("备案找谁", "要交多少钱")),
        ("补充合同最多签多少？几日内要签？", ("补充合同最多签多少", "几日内要签")),
        ("备案找谁 要交多少钱", ("备案找谁", "要交多少钱")),
        ("备案找谁，另外要交多少钱", ("备案找谁", "要交多少钱")),
        ("我们是跳舞队，备案找谁，要交多少钱", ("备案找谁", "要交多少钱")),  # what only tells is no part
        ("备案找谁办 窗口礼拜六开不开", ("备案找谁办", "窗口礼拜六开不开")),
        ("给小孩凑钱 这事合法吗 多少天要公示", ("这事合法吗", "多少天要公示")),
        ("最高给多少 没登记的队能申报伐", ("最高给多少", "没登记的队能申报伐")),
        ("年检报给谁，收费不", ("年检报给谁", "收费不")),
        ("罚单几天内交 拖着会怎样", ("罚单几天内交", "拖着会怎样")),
        ("开证明要不要钱，时长记天还是记小时", ("开证明要不要钱", "时长记天还是记小时")),
        ("场地租多长，国资占几成", ("场地租多长", "国资占几成")),
        ("名字里不写字号行不，几天批", ("名字里不写字号行不", "几天批")),
        ("孵化基地可以虚拟入驻吗，谁天天跑啊", ()),  # complains, does not ask
        ("自己也讲不出值多少，捐赠票能开伐", ()),  # tells, does not ask
        ("老师您好吗 备案要几天", ()),  # a greeting
        ("差不多就行 备案要几天", ()),
        ("备案找谁", ()),
        ("我们队十几个人，备案找谁", ()),  # 十几个 asks nothing
        ("好几个人想参加，备案找谁", ()),
        ("我们这儿有几个阿姨弄了个队，备案找谁", ()),
        ("得有几个人才行，备案找谁", ("得有几个人才行", "备案找谁")),
        ("", ()),
        ("？？？", ()),
    ],
)
def test_separate_questions(text, parts):
    assert separate_questions(text) == parts


def test_no_more_questions_than_can_be_answered_at_once():
    asked = "备案找谁？要交多少钱？带什么材料？多久办好？能不能代办？哪天上班？"
    assert separate_questions(asked) == ("备案找谁", "要交多少钱", "带什么材料", "多久办好", "能不能代办")
    assert len(separate_questions(asked)) == MAX_PARTS


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("办个社团要几个会员要多少钱批多久", ("办个社团要几个会员", "要多少钱", "批多久")),
        ("基金会年检几月份截止 社团呢", ("基金会年检几月份截止", "社团呢")),
        ("保险要买吧那谁来买", ("保险要买吧", "谁来买")),
        ("志愿者上山保险要买吧那谁来买", ("志愿者上山保险要买吧", "谁来买")),
        (
            "比例最少几成 我们成立才一年半他们不让投 对不对",
            ("比例最少几成", "我们成立才一年半他们不让投 对不对"),
        ),
        ("备案找谁？多久？要钱吗？", ("备案找谁", "多久", "要钱吗")),
        ("年检收费不收？不去会咋样", ("年检收费不收", "不去会咋样")),
        ("换届几年一次，有没有规定", ()),
        ("成都备案要几个人，我们这里呢", ()),
        ("补双份行不行，老伴头昏着呢", ()),
        ("注册要交多少钱给谁", ()),
    ],
)
def test_questions_without_a_stop_or_half_said_are_told_apart(text, parts):
    assert separate_questions(text) == parts


@pytest.mark.parametrize(
    ("said", "common"),
    [
        ("备案要好多人", "备案要多少人"),
        ("补贴有几多", "补贴有多少"),
        ("我们队好多人，备案找谁", "我们队好多人，备案找谁"),
        ("我们队好多人，能拿几多钱", "我们队好多人，能拿多少钱"),
        ("我们队有好多人，要登记吗", "我们队有好多人，要登记吗"),
        ("备案要多少人", "备案要多少人"),
        ("", ""),
    ],
)
def test_dialect_question_words(said, common):
    assert in_common_speech(said) == common


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("他也讲不清值多少钱 那个票我们能给他开不", "那个票我们能给他开不"),
        ("备案要几天答复，有没有规定", "备案要几天答复，有没有规定"),  # the tail asks nothing by itself
        ("会费多少，可以不", "会费多少，可以不"),
        ("备案找谁", "备案找谁"),
        ("备案制度，街道", "备案制度，街道"),
        ("", ""),
    ],
)
def test_the_last_clause_that_asks(text, clause):
    assert asking_clause(text) == clause


def test_years_in_words_become_digits():
    assert in_common_speech("到二零二零年要几个") == "到2020年要几个"
    assert in_common_speech("一九九八年的条例") == "1998年的条例"
    assert in_common_speech("二零一支队伍") == "二零一支队伍"


def test_people_and_then_are_no_talents():
    assert in_common_speech("要50个人才能登记") == "要50个人 才能登记"
    assert in_common_speech("引进50个人才") == "引进50个人才"
    assert in_common_speech("培养人才能拿补贴吗") == "培养人才能拿补贴吗"


def test_the_last_character_of_what_is_no_yes_or_no():
    assert asked_for("设立目标是什么？") == (Asked.OPEN,)
    assert asked_for("这样算违规么") == (Asked.YES_NO,)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("湘潭市民政局电话", True),
        ("给个电话", True),
        ("街道的地址在哪", True),
        ("联系电话多少", True),
        ("社会团体怎么变更地址", False),
        ("居民家里能不能当注册地址", False),
        ("备案是不是必须有固定地址", False),
        ("社区社会组织能不能开公众号", False),
        ("换法人要报新的手机号吗", False),
    ],
)
def test_only_who_asks_for_an_address_asks_for_contacts(text, contact):
    assert (Asked.CONTACT in asked_for(text)) is contact


def test_what_stands_between_words_is_counted():
    assert Asked.LIST in asked_for("成立基金会交啥材料")
    assert Asked.NUMBER not in asked_for("几个队伍挤一间屋要得不")
