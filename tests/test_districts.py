"""assistant.districts: what the file of districts says, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.districts import Districts
from assistant.errors import ConfigError

GOOD = """
former: {旧县: 甲省乙市丙丁区}
districts:
  甲省乙市: {names: [丙丁区, 戊己县, 庚县, 壬癸县], short: [丙丁], apart: [壬癸, 庚县]}
  甲省辛市: {names: [戊己县]}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "districts.yaml"
    path.write_text(text, "utf-8")
    return path


def test_only_what_is_one_districts_name_stands_alone(tmp_path):
    read = Districts.read(written(tmp_path, GOOD))
    assert read.alone == {
        "旧县": "甲省乙市丙丁区",
        "丙丁区": "甲省乙市丙丁区",
        "丙丁": "甲省乙市丙丁区",
        "壬癸县": "甲省乙市壬癸县",
        "壬癸": "甲省乙市壬癸县",
        "庚县": "甲省乙市庚县",
    }
    assert read.within["甲省辛市"] == {"戊己县": "甲省辛市戊己县"}  # there are two of that name
    assert read.within["甲省乙市"]["庚县"] == "甲省乙市庚县"


@pytest.mark.parametrize(
    "after", ["社区舞蹈队", "街上", "路12号", "村", "小区门口", "公园", "街道社区", "花园"]
)
def test_the_beginning_of_a_streets_or_communitys_name_is_no_district(tmp_path, after):
    read = Districts.read(written(tmp_path, GOOD))
    assert read.is_other_words("丙丁", "甲省乙市丙丁区", before="", after=after)


@pytest.mark.parametrize(
    "after",
    [
        "社区社会组织备案找谁",
        "社区基金",
        "社区的队伍",
        "街道办",
        "街道几天答复",
        "广场舞队",
        "村里",
        "乡镇",
        "",
        "备案",
    ],
)
def test_what_is_in_a_district_does_not_take_its_name_away(tmp_path, after):
    read = Districts.read(written(tmp_path, GOOD))
    assert not read.is_other_words("丙丁", "甲省乙市丙丁区", before="", after=after)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "的队伍"), ("我们", "备案找谁"), ("我在", ""), ("备案要几个人，", "这边"), ("", "民政收费不")],
)
def test_a_name_that_may_be_other_words_counts_where_it_stands_as_a_place(tmp_path, before, after):
    read = Districts.read(written(tmp_path, GOOD))
    assert not read.is_other_words("壬癸", "甲省乙市壬癸县", before=before, after=after)


@pytest.mark.parametrize(
    ("before", "after"), [("我们队叫", "的"), ("", "舞队备案"), ("建设", "社区"), ("都是", "老年大学")]
)
def test_a_name_that_may_be_other_words_is_none_elsewhere(tmp_path, before, after):
    read = Districts.read(written(tmp_path, GOOD))
    assert read.is_other_words("壬癸", "甲省乙市壬癸县", before=before, after=after)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("districts: {}\n", "第 1 行：缺少 former"),
        ("former: {}\ndistricts:\n  甲市: {short: [丙]}\n", "第 3 行：缺少 names"),
        ("former: {}\ndistricts:\n  甲市: {names: [丙丁区], short: [戊]}\n", "第 3 行：简称“戊”不是"),
        ("former: {}\ndistricts:\n  甲市: [丙丁区]\n", "第 3 行：这里应写成"),
        ("former: {", "写法有误"),
    ],
)
def test_a_slip_in_the_file_is_told_with_its_line(tmp_path, text, complaint):
    with pytest.raises(ConfigError, match=complaint):
        Districts.read(written(tmp_path, text))
