"""assistant.naming: which documents a question names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering import asking, document

from assistant.domain import Document
from assistant.naming import Names
from assistant.tools import Tools


def numbered(id_: str, number: str | None, title: str) -> Document:
    return replace(document(id_, title=title), doc_number=number)


LIBRARY = (
    numbered("plan", "民测〔2020〕36号", "测试部关于印发《培育行动方案（2021-2023年）》的通知"),
    numbered("sichuan", "川测〔2021〕136号", "四川省社区组织备案办法"),
    numbered("law-a", "甲测〔2019〕7号", "甲省备案细则"),
    numbered("law-b", "乙测〔2020〕7号", "乙省备案细则"),
    numbered("law-c", "丙测〔2021〕7号", "丙省备案细则"),
    numbered("pair-a", "甲测〔2019〕9号", "甲省孵化意见"),
    numbered("pair-b", "乙测〔2020〕9号", "乙省孵化意见"),
    numbered("short", None, "条例"),
)


@pytest.fixture
def named(tools: Tools):
    names = Names.of(LIBRARY)

    def found(question: str) -> set[str]:
        return set(names.named_in(asking(tools, question)))

    return found


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("民测〔2020〕36号还有效吗", {"plan"}),
        ("民测(2020)36号还有效吗", {"plan"}),  # other brackets
        ("36号文还有效吗", {"plan"}),
        ("36号方案说了什么", {"plan"}),
        ("136号文还有效吗", {"sichuan"}),  # 36 inside 136 is another number
        ("36号之前要办完吗", set()),  # a day
        ("9号文说了什么", {"pair-a", "pair-b"}),
        ("7号文说了什么", set()),  # shared by three: names none
        ("8号文说了什么", set()),
        ("民测〔2020〕36号文和7号文", {"plan"}),
    ],
)
def test_documents_are_named_by_number(named, question, ids):
    assert named(question) == ids


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("培育行动方案（2021-2023年）的目标", {"plan"}),
        ("培育行动方案2021到2023的目标", {"plan"}),
        ("四川省社区组织备案办法管用吗", {"sichuan"}),
        ("《备案办法》里的条件", {"sichuan"}),  # part of a title in 《》
        ("《备案细则》里的条件", {"law-a", "law-b", "law-c"}),
        ("备案办法里的条件", set()),  # part of a title without 《》
        ("条例里怎么写的", set()),  # too short to be a name by itself
        ("《没有的办法》", set()),
        ("备案找谁", set()),
    ],
)
def test_documents_are_named_by_title(named, question, ids):
    assert named(question) == ids


def test_an_empty_library_names_nothing(tools: Tools):
    assert Names.of(()).named_in(asking(tools, "36号文还有效吗")) == frozenset()
