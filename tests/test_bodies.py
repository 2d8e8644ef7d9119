from __future__ import annotations

import pytest

from assistant.bodies import stranger

QUOTE = "终止情形出现之日起30日内由决策机构成立清算组；由登记民政部门主持转给。"
STREET = "由所在乡镇人民政府、街道办事处实施管理；村(居)民委员会对其活动进行指导。"


def check(sentence: str, quote: str) -> str:
    return stranger(sentence, [quote, "慈善法"], [quote])


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("由决策机构成立清算组。", QUOTE),
        ("由登记的民政部门主持转给。", QUOTE),
        ("由街道办事处或者乡镇政府管理。", STREET),
        ("村（居）民委员会对活动进行指导。", STREET),
        ("请向有关部门提出。", STREET),
        ("社区和各县区都要落实。", STREET),
    ],
)
def test_stranger_accepts_bodies_of_the_quotes(sentence, quote):
    assert check(sentence, quote) == ""


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("由公安机关成立清算组。", QUOTE),
        ("由民政部门成立清算组。", QUOTE),
        ("由民政部门实施管理。", STREET),
        ("由派出所指导。", STREET),
        ("由卫生健康部门指导。", STREET),
        ("天河区的街道办事处实施管理。", STREET),
        ("由业委会实施管理。", STREET),
    ],
)
def test_stranger_names_others_and_those_that_do_something_else(sentence, quote):
    assert check(sentence, quote) != ""
