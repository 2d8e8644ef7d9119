"""assistant.aspects: what one message asks separately."""

from __future__ import annotations

import pytest
from answering import TODAY, document, hit, understanding

from assistant.asked import Asked
from assistant.aspects import MAX_SIDES, Aspect, aspects
from assistant.domain import NATIONAL, Turn
from assistant.tools import Tools


@pytest.fixture
def separate(tools: Tools):
    def found(text: str, *, region: str | None = None) -> list[Aspect]:
        there = understanding(tools)
        return aspects(there.query(text, region=region, as_of=TODAY), there)

    return found


@pytest.mark.parametrize(
    ("text", "region", "labels"),
    [
        ("四川和吉林备案有什么不同", None, ["四川省", "吉林省"]),
        ("成都跟绵阳比哪个补贴更高", None, ["四川省成都市", "四川省绵阳市"]),
        ("成都备案要几个人，我们这里呢", "吉林", ["吉林省", "四川省成都市"]),  # ours first
        ("成都备案要几个人，我们这里呢", None, []),  # nobody knows where "here" is
        ("成都备案要几个人，我们这里呢", NATIONAL, []),
        ("成都备案要几个人，我们这里呢", "成都", []),
        ("成都备案要几个人", "吉林", []),
        ("国家和四川的备案条件有什么不同", None, ["四川省", NATIONAL]),
        ("四川的备案条件跟全国的有什么区别", None, ["四川省", NATIONAL]),
        ("我们的备案条件跟国家规定有什么不同", "四川", ["四川省", NATIONAL]),
        ("四川省跟成都市的备案有什么区别", None, []),  # a city and its own province: said exactly
        ("成都的国家规定是什么", "四川", []),  # nothing is compared
    ],
)
def test_places_that_are_compared(separate, text, region, labels):
    found = separate(text, region=region)
    assert [aspect.label for aspect in found] == labels
    assert [aspect.place for aspect in found] == labels
    assert all(aspect.query.places == (aspect.place,) == (aspect.query.region,) for aspect in found)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("21年跟25年的补贴有什么区别", ["2021年", "2025年"]),
        ("2021年和2025年的补贴分别是多少", ["2021年", "2025年"]),
        ("备案满1年和满3年的补贴有什么区别", []),  # spans of time, no years
        ("21年、23年和25年的补贴有什么区别", ["2021年", "2023年", "2025年"]),
    ],
)
def test_years_that_are_compared(separate, text, labels):
    found = separate(text)
    assert [aspect.label for aspect in found if aspect.year] == labels
    assert [aspect.year for aspect in found if aspect.year] == [label[:4] for label in labels]


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("登记和备案有什么区别", {"登记": "登记", "备案": "备案"}),
        ("社团和基金会分别要多少钱", {"社团": "社团要多少钱", "基金会": "基金会要多少钱"}),
        ("村里办，登记跟备案的材料有什么不同", {"登记": "村里办，登记的材料", "备案": "村里办，备案的材料"}),
        ("登记和备案找谁", {}),  # no comparison is asked for
        (
            "社团和民非年检不合格咋处理 有啥不同",
            {"社团": "社团年检不合格咋处理", "民非": "民非年检不合格咋处理"},
        ),
        ("慈善法和捐赠法开票有啥不同", {"慈善法": "慈善法开票", "捐赠法": "捐赠法开票"}),
        ("居委会户数新法和旧法有啥不同", {"新法": "居委会户数新法", "旧法": "居委会户数旧法"}),
        ("登记和登记证有什么区别", {"登记": "登记", "登记证": "登记证"}),  # one name begins as the other
        ("民非负责人和社团会长有什么区别", {"民非负责人": "民非负责人", "社团会长": "社团会长"}),
        (
            "社团、民非、基金会登记要多少钱",
            {
                "社团": "社团登记要多少钱",
                "民非": "民非登记要多少钱",
                "基金会": "基金会登记要多少钱",
            },
        ),
        ("社团和协会登记要多少钱", {}),  # one kind
        ("社团的章程和民非的材料要交吗", {}),
    ],
)
def test_things_that_are_compared(separate, text, sides):
    found = separate(text)
    assert {aspect.label: aspect.query.text for aspect in found if aspect.thing} == sides


def test_of_one_place_the_others_are_not_named(separate):
    found = separate("四川和吉林备案有什么不同")
    assert [aspect.query.named_regions for aspect in found] == [("四川省",), ("吉林省",)]
    found = separate("我们的备案条件跟国家规定有什么不同", region="四川")
    assert [aspect.query.named_regions for aspect in found] == [(), ()]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "农村要几个 吉林2020的和四川十四五的比比",
            ["农村要几个 吉林2020的 比比", "农村要几个 四川十四五的比比"],
        ),
        ("成都跟绵阳比哪个补贴更高", ["成都 比哪个补贴更高", "绵阳比哪个补贴更高"]),
        (
            "我们的备案条件跟国家规定有什么不同",
            ["我们的备案条件 规定有什么不同", "我们的备案条件跟国家规定有什么不同"],
        ),
    ],
)
def test_of_one_place_is_asked_without_those_beside_it(separate, text, asked):
    assert [aspect.query.text for aspect in separate(text, region="四川")] == asked


def test_a_part_of_a_follow_up_keeps_the_conversation(tools: Tools):
    there = understanding(tools)
    query = there.query("那找谁？要交多少钱？", history=[Turn("user", "跳舞队备案")], as_of=TODAY)
    first, second = aspects(query, there)
    assert {"跳舞", "备案"} <= set(first.query.terms) & set(second.query.terms)
    assert "跳舞队备案" in second.query.before


def test_a_part_is_asked_of_the_messages_place_not_of_the_conversations(tools: Tools):
    there = understanding(tools)
    before = [Turn("user", "四川到2025年要几个组织"), Turn("assistant", "12个。")]
    query = there.query("城市社区要有几个组织 贵州定的是多少", region="贵州", history=before, as_of=TODAY)
    found = aspects(query, there)
    assert len(found) > 1
    assert {aspect.query.region for aspect in found} == {"贵州省"}


def test_what_is_said_of_another_place_is_not_asked_of_ours(separate):
    theirs, ours = separate("扬州20个会员就给登社团，我们南昌要几个", region="江西省南昌市")
    assert "20" in theirs.query.terms
    assert "20" not in ours.query.terms
    assert not ours.query.figures
    assert {"会员", "社团"} <= ours.query.terms.keys()


def test_only_whole_figures_are_taken_out(separate):
    ours = separate("扬州2020年起20个会员就给登社团，我们南昌要几个", region="江西省南昌市")[-1]
    assert not any(digit in ours.query.text for digit in "0123456789")


def test_separate_questions_are_no_sides(separate):
    found = separate("备案找谁？要交多少钱？", region="四川")
    assert [(aspect.label, aspect.side, aspect.thing) for aspect in found] == [
        ("备案找谁", False, False),
        ("要交多少钱", False, False),
    ]
    assert all(aspect.query.region == "四川省" and not aspect.query.parts for aspect in found)
    assert not any(aspect.query.follow_up for aspect in found)


def test_a_part_about_a_record_keeps_the_name_of_the_text(separate):
    parts = separate("《募捐管理办法》要求几天前备案，现在还有效吗")
    assert [part.label for part in parts] == ["《募捐管理办法》要求几天前备案", "现在还有效吗"]
    assert parts[1].query.titles == ("募捐管理办法",)
    assert separate("民发〔2014〕259号还有效吗，是不是要废止了，现在到哪一步了") == []  # all of one record


def test_a_question_knows_what_was_said_but_not_what_is_asked_later(separate):
    first, second = separate("备案找谁？要交多少钱？我们是跳舞队")
    assert "跳舞" in first.query.terms and "交" not in first.query.terms
    assert {"跳舞", "备案"} <= set(second.query.terms)


def test_a_later_question_gives_only_the_organisation_to_those_before_it(separate):
    first, second, third = separate("多久批下来？基金会理事几个人？登记要多少钱")
    assert "基金会" in first.query.terms and "理事" not in first.query.terms
    assert "理事" in second.query.terms
    assert "基金会" in third.query.terms and "理事" not in third.query.terms
    first, *_ = separate("多久批下来？基金会理事几个人？社团会员几个人")  # nobody knows which
    assert not {"基金会", "社团"} & first.query.terms.keys()


def test_the_first_question_that_stands_by_itself_names_the_matter(separate):
    *_, last = separate("收不收费，社团年检几月交，不交会咋样")
    assert "年检" in last.query.terms and "收费" not in last.query.terms


def test_a_district_and_its_city_are_one_place_beside_another(separate):
    text = "听说扬州二十个人就能登记，我们无锡滨湖这边也照二十个人来行不行"
    assert [one.place for one in separate(text, region="江苏省无锡市")] == [
        "江苏省扬州市",
        "江苏省无锡市滨湖区",
    ]


def test_of_one_side_no_comparison_is_asked(separate):
    assert {aspect.query.asked for aspect in separate("四川和吉林备案有什么不同")} == {(Asked.OPEN,)}
    found = separate("四川和吉林备案要的人数有什么不同")
    assert {aspect.query.asked for aspect in found} == {(Asked.NUMBER,)}


def test_one_question_has_no_aspects(separate):
    assert separate("备案要几个人") == []


def test_no_more_sides_than_a_table_can_hold(separate):
    text = "四川、吉林、广东、湖南、浙江的备案有什么不同"
    assert [aspect.place for aspect in separate(text)] == ["四川省", "吉林省", "广东省", "湖南省"]
    assert MAX_SIDES == 4


@pytest.mark.parametrize(
    ("place", "region", "admitted"),
    [
        ("四川省", "四川省", True),
        ("四川省成都市", "四川省", True),  # the province's rule holds in its city
        ("四川省", "四川省成都市", False),
        ("四川省", "吉林省", False),
        ("四川省", NATIONAL, False),
        (NATIONAL, NATIONAL, True),
        (NATIONAL, "四川省", False),
    ],
)
def test_a_place_admits_its_own_rules(tools: Tools, place, region, admitted):
    query = understanding(tools).query("备案")
    held = hit("备案。", of=document("d", region=region))
    assert Aspect(place, query, place=place).admits(held) is admitted


def test_a_year_admits_what_names_it(tools: Tools):
    side = Aspect("2021年", understanding(tools).query("补贴"), year="2021")
    assert side.admits(hit("2021年每家补贴一万元。"))
    assert side.admits(hit("每家补贴一万元。", of=document("d", title="补贴办法（2021-2023年）")))
    assert not side.admits(hit("2025年每家补贴一万元。"))


def test_more_than_two_things_are_compared_each_by_its_own_rules(separate):
    found = separate("意见对服务类、文体类、慈善类三类组织的要求有什么区别")
    assert [aspect.label for aspect in found] == ["服务类", "文体类", "慈善类"]
    served = found[0]
    assert served.admits(hit("培育发展各类组织。", section="二、重点 > (一)重点发展服务类"))
    assert served.admits(hit("培育发展各类组织。", section="一、总则"))
    assert not served.admits(hit("培育发展各类组织。", section="二、重点 > (二)优化发展文体类"))
