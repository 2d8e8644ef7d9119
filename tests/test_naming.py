"""assistant.naming: which documents a question names."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from answering import asking, document

from assistant.domain import Document
from assistant.naming import (
    LONG_TITLE,
    Names,
    holds_title,
    of_another_place,
    share_of_name,
    share_of_title,
)
from assistant.tools import Tools
from assistant.understand import Query


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
    replace(
        numbered("new", "民测〔2024〕5号", "认定规定"),
        status_evidence="2024年施行，同时废止财测〔2014〕13号，取代2012年民测部令第44号（依据测发〔2009〕165号）",
    ),
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
        ("财测〔2014〕13号还有效吗", {"new"}),  # not held, but the record of what replaced it is
        ("那个财测(2014)13号文", {"new"}),
        ("民测部44号令还管用吗", {"new"}),
        ("财测2014年的13号文还有效吗", {"new"}),
        ("财测〔2015〕13号还有效吗", set()),
        ("模板上引的是2012年44号令，还能引不", {"new"}),
        ("44号文还有效吗", set()),  # an order is no 44号文
        ("测发〔2009〕165号还能引不", set()),  # the basis of a text is not what it replaced
        ("川测2021年136号还在用吗", {"sichuan"}),
        ("川测21年136号还在用吗", {"sichuan"}),
        ("川测136号还管用吗", {"sichuan"}),  # without its year
        ("甲测9号啥时候印的", {"pair-a"}),
        ("丁测9号啥时候印的", set()),
        ("乙测字第7号还在用没", {"law-b"}),
        ("8号文说了什么", set()),
        ("国测发〔2020〕36号还有效吗", set()),  # another issuer's
        ("省民测〔2020〕36号还有效吗", set()),
        ("请问民测〔2020〕36号还有效吗", {"plan"}),
        ("上级7号通知换届几年一次", set()),  # a day
        ("36号通知还管用吗", {"plan"}),
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


def test_a_title_of_punctuation_alone_names_nothing(named):
    assert named("《？？》里怎么说") == set()


def slowly(library: list[Document], query: Query) -> set[str]:
    """What `Names.named_in` finds, by looking at every document; titles as short as can be."""
    asked = "".join(c for c in query.text if c.isalnum())
    parts = ["".join(c for c in title if c.isalnum()) for title in query.titles]
    numbers = {d.id: "".join(c for c in d.doc_number or "" if c.isalnum()) for d in library}
    return {
        d.id
        for d in library
        if (numbers[d.id] and numbers[d.id] in asked)
        or (len(d.title) >= LONG_TITLE and d.title in asked)
        or any(part and part in d.title for part in parts)
    }


@pytest.mark.parametrize("seed", range(5))
def test_looking_names_up_finds_what_looking_at_every_document_finds(tools: Tools, seed: int):
    rng = random.Random(seed)

    def words(shortest: int, longest: int) -> str:
        return "".join(rng.choices("甲乙丙丁", k=rng.randint(shortest, longest)))

    library = [
        numbered(f"d{at}", rng.choice([None, words(1, 7), f"{words(1, 2)}〔2020〕{at}号"]), words(1, 9))
        for at in range(300)
    ]
    names, query = Names.of(library), asking(tools, "问什么")
    for _ in range(100):
        title, other = rng.choice(library).title, rng.choice(library)
        text = f"{words(0, 12)}{rng.choice([title, other.doc_number or '', ''])}{words(0, 9)}"
        asked = replace(query, text=text, titles=tuple(words(1, 3) for _ in range(rng.randint(0, 2))))
        assert names.named_in(asked) == slowly(library, asked)


def test_most_of_a_titles_words_are_as_good_as_the_title():
    title = "中华人民共和国城市居民委员会组织法"
    assert share_of_title("居委会组织法啥时候换的", title) > 0.6
    assert share_of_title("安徽那个十四五社会组织规划还能用不", "安徽省“十四五”社会组织发展规划") > 0.6
    assert share_of_title("备案找谁", title) == 0.0
    assert share_of_title("", "") == 0.0


@pytest.mark.parametrize(
    ("question", "title", "share"),
    [
        ("公开募捐管理办法还能照着弄不", "慈善组织公开募捐管理办法", 1.0),
        ("公开募捐管理办法还能照着弄不", "慈善组织认定办法", 1 / 7),
        ("我手上那个居委会组织法", "城市居民委员会组织法", 1.0),  # short forms as the long ones
        ("捐款抵税还能用不", "慈善组织认定办法", 0.0),  # no name is said
        ("那个办法还能用不", "慈善组织认定办法", 0.0),  # it says too little
    ],
)
def test_the_share_of_a_name_as_said(question, title, share):
    assert share_of_name(question, title) == pytest.approx(share)


@pytest.mark.parametrize(
    ("question", "region", "places", "other"),
    [
        ("辽宁志愿服务条例哪年修订的", "全国", ("辽宁省",), True),
        ("辽宁省志愿服务条例哪年修订的", "全国", ("辽宁省",), True),
        ("辽宁那边，志愿服务条例哪年修订的", "全国", ("辽宁省",), False),
        ("辽宁志愿服务条例哪年修订的", "辽宁省", ("辽宁省",), False),
        ("志愿服务条例哪年修订的", "全国", ("辽宁省",), False),
    ],
)
def test_a_place_said_before_a_title(question, region, places, other):
    law = document("law", title="志愿服务条例", region=region)
    assert of_another_place(question, law, places) is other


def test_a_title_with_a_place_added_holds_the_other():
    assert holds_title("宁波市志愿服务条例", "志愿服务条例（2017）")
    assert not holds_title("北京市志愿服务促进条例", "志愿服务条例")
