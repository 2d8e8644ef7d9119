from __future__ import annotations

import pytest

from assistant.agreement import disagreement, foreign_number

MEMBERS = "个人会员50个以上，或单位会员30个以上；个人与单位混合组成的，合计不少于50个。"
GOALS = "2018年底,城市社区平均拥有2个,农村社区平均拥有1个。2019年底,城市社区平均拥有5个,农村社区平均拥有3个。"
CHECKS = "3月31日前报业务主管单位初审；5月31日前报登记机关。"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("个人会员要五十名以上。", MEMBERS),
        ("单位会员不少于30家。", MEMBERS),
        ("2019年底，农村社区平均拥有3个。", GOALS),
        ("要在5月31日前报登记机关。", CHECKS),
        ("2020年12月7日印发。", "2020-12-07"),
        ("总额的百分之十二以内。", "总额12%以内"),
        ("三社联动、一般由街道办理。", "推进三社联动"),
    ],
)
def test_disagreement_accepts_the_same_value_in_another_notation(sentence, source):
    assert disagreement(sentence, [source]) == ""


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("个人会员要30个以上。", MEMBERS),
        ("个人会员要50个以下。", MEMBERS),
        ("单位会员要30个。", MEMBERS),
        ("单位会员不超过30个。", MEMBERS),
        ("会员要15个以上。", MEMBERS),
        ("会员要50位专家以上。", "会员专家30名以上"),
        ("2019年底，农村社区平均拥有5个。", GOALS),
        ("2018年底，城市社区平均拥有5个。", GOALS),
        ("3月31日前报登记机关。", CHECKS),
        ("2021年12月7日印发。", "2020-12-07"),
        ("总额的20%以内。", "总额12%以内"),
        ("五社联动。", "推进三社联动"),
        ("会员七个。", "会员七八个"),
        ("会员要七八个，场地要七个。", "会员要七个，场地要七八个"),
        ("半数以上同意。", "三分之二以上同意"),
        ("县级以下民政部门。", "县级以上民政部门"),
        ("价格高于市场价。", "价格不得高于市场价"),
        ("农村社区。", "城市社区"),
        ("专职改兼职。", "专职"),
        ("廿人以上。", "二十人以上或三十人"),
    ],
)
def test_disagreement_names_values_that_are_not_there_or_belong_elsewhere(sentence, source):
    assert disagreement(sentence, [source]) != ""


def test_disagreement_without_context_for_two_values_is_doubt():
    assert disagreement("要有五十个。", ["个人50个以上", "单位30个以上"]) != ""


@pytest.mark.parametrize(
    ("sentence", "foreign"),
    [
        ("按民办发〔2020〕36号办理", ""),
        ("按民办发[2020]36号办理", ""),
        ("按国发〔2020〕36号办理", "按国发[2020]36号"),
        ("按民发〔2020〕36号办理", "按民发[2020]36号"),
        ("按民办发〔2020〕63号办理", "按民办发[2020]63号"),
        ("按民办发〔2021〕36号办理", "按民办发[2021]36号"),
    ],
)
def test_foreign_number_compares_sign_year_and_number(sentence, foreign):
    got = foreign_number(sentence, ["民办发〔2020〕36号", "没有文号的话"])
    assert bool(got) == bool(foreign)
