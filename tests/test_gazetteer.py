"""assistant.regions: names to paths, and how two regions relate."""

import pytest
import yaml

from assistant.config import corpus_folder
from assistant.errors import BadQuestionError
from assistant.regions import Gazetteer, Relation, relation


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load(extra_paths=["四川省成都市都江堰市", "湖南省株洲市天元区", "天津市和平区"])


def paths(gazetteer, text):
    return [mention.path for mention in gazetteer.mentions(text)]


def test_the_shipped_list_has_every_province_and_its_cities(gazetteer):
    assert len(gazetteer.provinces) == 34
    assert "四川省成都市" in gazetteer.cities["四川省"]
    assert all(city.startswith(province) for province, found in gazetteer.cities.items() for city in found)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("四川", "四川省"),
        ("四川省", "四川省"),
        ("成都", "四川省成都市"),
        ("成都市", "四川省成都市"),
        ("四川成都", "四川省成都市"),
        ("四川省成都市", "四川省成都市"),
        (" 四川 省 ", "四川省"),
        ("吉林", "吉林省"),
        ("吉林市", "吉林省吉林市"),
        ("河北", "河北省"),
        ("内蒙古", "内蒙古自治区"),
        ("新疆", "新疆维吾尔自治区"),
        ("上海", "上海市"),
        ("全国", "全国"),
        ("", "全国"),
        ("都江堰", "四川省成都市都江堰市"),
    ],
)
def test_resolve_takes_any_form_of_a_name(gazetteer, name, path):
    assert gazetteer.resolve(name) == path


@pytest.mark.parametrize("name", ["火星", "我们小区", "四川还有别的地方"])
def test_resolve_refuses_what_is_no_region(gazetteer, name):
    with pytest.raises(BadQuestionError, match="例如"):
        gazetteer.resolve(name)


@pytest.mark.parametrize(
    "name",
    [
        "广东省广州市天河区",
        "四川省成都市武侯区玉林街道",
        "内蒙古自治区锡林郭勒盟西乌珠穆沁旗",
        "四川省成都市武侯区玉林街道芳草社区",
    ],
)
def test_a_district_that_is_not_listed_is_taken_at_its_word_behind_its_city(gazetteer, name):
    assert gazetteer.resolve(name) == name
    province = next(path for path in gazetteer.provinces if name.startswith(path))
    assert relation([gazetteer.resolve(name)], province) is Relation.OWN


@pytest.mark.parametrize(
    "name", ["火星区", "铁东区", "四川省火星", "四川街道", "广州市火星", "区", "a" * 500]
)
def test_no_district_is_taken_at_its_word_without_a_place_or_an_ending(gazetteer, name):
    with pytest.raises(BadQuestionError, match="省或市"):
        gazetteer.resolve(name)


def test_every_listed_region_resolves_to_itself(gazetteer):
    listed = [*gazetteer.provinces, *(city for found in gazetteer.cities.values() for city in found)]
    assert [path for path in listed if gazetteer.resolve(path) != path] == []


def test_mentions_take_the_longest_name_in_order(gazetteer):
    found = gazetteer.mentions("四川成都和吉林长春有什么不同")
    assert [(m.text, m.path) for m in found] == [("四川成都", "四川省成都市"), ("吉林长春", "吉林省长春市")]


def test_a_district_belongs_to_the_place_before_it(gazetteer):
    assert paths(gazetteer, "天津和平区怎么备案") == ["天津市和平区"]
    assert paths(gazetteer, "沈阳和平区怎么备案") == ["辽宁省沈阳市和平区"]


@pytest.mark.parametrize("text", ["和平共处要备案吗", "", "社团怎么登记", "全市都这样"])
def test_common_words_are_no_places(gazetteer, text):
    assert paths(gazetteer, text) == []


@pytest.mark.parametrize(
    ("askers", "place", "expected"),
    [
        (["四川省成都市"], "全国", Relation.NATIONAL),
        ([], "全国", Relation.NATIONAL),
        (["四川省成都市"], "四川省", Relation.OWN),
        (["四川省"], "四川省", Relation.OWN),
        (["四川省"], "四川省成都市", Relation.WITHIN),
        (["吉林省"], "四川省", Relation.OTHER),
        (["吉林省长春市"], "吉林省吉林市", Relation.OTHER),
        (["吉林省", "四川省"], "四川省", Relation.OWN),
        ([], "四川省", Relation.OTHER),
        (["全国"], "四川省", Relation.OTHER),
        (["香港特别行政区"], "全国", Relation.OTHER),  # the nation's administrative rules do not hold there
        (["香港特别行政区", "四川省"], "全国", Relation.NATIONAL),
    ],
)
def test_relation_of_a_rule_to_askers(askers, place, expected):
    assert relation(askers, place) is expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("番禺也有这个钱没", "广东省广州市番禺区"),
        ("天河区找谁", "广东省广州市天河区"),
        ("我们武昌", "湖北省武汉市武昌区"),
        ("四平铁东这儿", "吉林省四平市铁东区"),  # of 四平's and 鞍山's the one that is named
        ("沈阳和平区", "辽宁省沈阳市和平区"),
        ("我是灌县的", "四川省成都市都江堰市"),  # as it was called before
        ("闸北那会儿", "上海市静安区"),
        ("深圳福田", "广东省深圳市福田区"),
        ("都江堰社区社会组织备案找谁", "四川省成都市都江堰市"),
        ("武昌街道几天给意见", "湖北省武汉市武昌区"),
    ],
)
def test_districts_are_known_by_name(gazetteer, text, path):
    assert [mention.path for mention in gazetteer.mentions(text)] == [path]


@pytest.mark.parametrize(
    "text", ["铁东这儿", "西峰社区舞蹈队", "武昌路上", "新建孵化基地", "老城区改造", "情景县级", "太平街道"]
)
def test_common_words_and_names_of_streets_are_no_districts(gazetteer, text):
    assert gazetteer.mentions(text) == []


def test_only_a_name_that_no_other_district_has_stands_alone(gazetteer):
    (known,) = gazetteer.mentions("番禺")
    (shared,) = gazetteer.mentions("和平区")  # 天津's, and 沈阳's
    assert gazetteer.stands_alone(known) and not gazetteer.stands_alone(shared)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("海淀的合唱队在街道挂了号", "北京市海淀区"),
        ("渝北嘞志愿者协会", "重庆市渝北区"),
        ("巍山发大水", "云南省大理白族自治州巍山彝族回族自治县"),
        ("涟源 备案要几个人", "湖南省娄底市涟源市"),
        ("我们长乐这边要不要登记", "福建省福州市长乐区"),
        ("澧县 备案是跑镇上还是跑县里", "湖南省常德市澧县"),
        ("茶叶标成武夷山核心产区", "福建省南平市武夷山市"),
    ],
)
def test_a_district_is_known_without_its_city(gazetteer, text, path):
    assert paths(gazetteer, text) == [path]


@pytest.mark.parametrize(
    "text",
    [
        "长乐舞蹈队要不要登记",
        "在云南开客栈",
        "公开福彩公益金",
        "推广河长制",
        "由于洪水停了课",
        "我们新乡贤理事会要备案吗",
        "大理石厂",
        "这些人组成都是老人",
        "东西藏在哪",
        "接待来宾",
    ],
)
def test_words_that_only_hold_a_districts_name_are_none(gazetteer, text):
    assert not [path for path in paths(gazetteer, text) if path not in gazetteer.provinces]


def test_every_district_lies_in_a_listed_city(gazetteer):
    data = yaml.safe_load((corpus_folder() / "lexicon" / "districts.yaml").read_text("utf-8"))
    cities = {city for found in gazetteer.cities.values() for city in found}
    assert data["districts"].keys() <= cities | set(gazetteer.provinces)
    places = cities | {city + name for city, entry in data["districts"].items() for name in entry["names"]}
    assert set(data["former"].values()) <= places


def test_a_place_is_taken_only_as_a_whole(gazetteer):
    assert gazetteer.resolve("青海省玉树州") == "青海省玉树藏族自治州"
    for name in ("找四川", "北京上海", "四川省呢"):
        with pytest.raises(BadQuestionError, match="不认识的地区"):
            gazetteer.resolve(name)
