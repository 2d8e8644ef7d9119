"""For which place a document holds, and names of places that nobody can place."""

import pytest

from assistant.domain import NATIONAL
from ingest.jurisdiction import find_jurisdiction, local_body, local_place


def region(issuer: str | None, title: str, **around: object) -> str | None:
    found = find_jurisdiction(issuer, [title], level="规范性文件", **around)  # type: ignore[arg-type]
    return found.value if found else NATIONAL


@pytest.mark.parametrize(
    ("issuer", "title", "expected"),
    [
        ("华容县民政局", "备案办法", "湖南省岳阳市华容县"),
        ("县民政局", "华容县备案办法", "湖南省岳阳市华容县"),
        (None, "汨罗市备案办法", "湖南省岳阳市汨罗市"),
        ("民政部", "关于同意青山市试点的批复", NATIONAL),
        ("国务院", "慈善法", NATIONAL),
        (None, "社会团体登记管理条例", NATIONAL),
        ("某某日报社", "备案办法", NATIONAL),
        ("绿水县民政局", "转发《中华人民共和国慈善法》的通知", None),
        ("青山市民政局", "备案办法", None),
        ("县民政局", "备案办法", None),
        ("青山街道办事处", "备案办法", None),
        ("红旗社区居民委员会", "备案办法", None),
        (None, "青山市社区社会组织备案办法", None),
        ("鼓楼区民政局", "备案办法", None),
    ],
)
def test_issuer_and_title_tell_the_region_or_leave_it_open(
    issuer: str | None, title: str, expected: str | None
):
    assert region(issuer, title) == expected


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        ({"head": ["江苏省南京市民政局"]}, "江苏省南京市鼓楼区"),
        ({"head": ["福建省民政厅"]}, "福建省福州市鼓楼区"),
        ({"head": ["南京市鼓楼区人民政府"]}, "江苏省南京市鼓楼区"),
        ({"doc_number": "闽民〔2020〕1号"}, "福建省福州市鼓楼区"),
        ({"head": ["江苏省民政厅"]}, None),
        ({"doc_number": "苏民〔2020〕1号"}, None),
    ],
    ids=["city", "province", "both", "letter", "two in the province", "two by the letter"],
)
def test_a_name_of_several_places_is_proven_by_what_stands_around(
    around: dict[str, object], expected: str | None
):
    assert region("鼓楼区民政局", "备案办法", **around) == expected


def test_an_unlisted_county_is_taken_at_its_word_behind_its_province():
    assert region("绿水县民政局", "办法", head=["四川省绿水县人民政府文件"]) == "四川省绿水县"


def test_a_town_is_of_the_county_it_is_named_with():
    assert region("城关镇人民政府", "办法", head=["华容县城关镇人民政府文件"]) == "湖南省岳阳市华容县"


def test_news_that_begins_with_a_place_rules_nobody():
    assert find_jurisdiction(None, ["青山市召开备案工作会"], level="新闻") is None


@pytest.mark.parametrize(
    "name",
    [
        "市场监督管理局",
        "教育部",
        "乡村振兴局",
        "城市管理局",
        "社区服务中心",
        "中国社区发展协会",
        "农业农村局",
    ],
)
def test_bodies_of_no_place(name: str):
    assert local_body(name) == ""


@pytest.mark.parametrize(
    "title",
    [
        "老旧小区改造办法", "城乡社区治理意见", "关于加强乡镇政府服务能力建设的意见", "特色小镇管理办法", "农村社区建设方案",
        "志愿服务条例", "城市社区嵌入式服务设施建设工程实施方案", "行政区划管理条例", "村民委员会组织法", "社区社会组织备案办法",
    ],
)  # fmt: skip
def test_titles_of_no_place(title: str):
    assert local_place(title) == ""
