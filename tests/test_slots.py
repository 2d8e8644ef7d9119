from __future__ import annotations

import pytest

from assistant.numerals import figures
from assistant.slots import (
    DAY,
    canonical,
    is_place_in_row,
    qualities_of,
    slots,
    without_counted,
    without_dates,
)


def found(text: str) -> list[tuple[str, str, int]]:
    return [(slot.kind, slot.value, slot.bound) for slot in slots(canonical(text))]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2020年12月7日", "2020-12-7"),
        ("2020-12-07", "2020-12-7"),
        ("二〇二〇年十二月七日", "2020-12-7"),
        ("2023年底", "2023--"),
        ("2023年度", "2023--"),
        ("3月31日前", "-3-31"),
        ("三月底前", "-3-"),
        ("2023-12", "2023-12-"),
    ],
)
def test_slots_reads_dates(text, value):
    assert [(kind, v) for kind, v, _ in found(text)] == [(DAY, value)]


def test_slots_reads_both_ends_of_a_range_of_years():
    assert [value for _, value, _ in found("（2021-2023年）")] == ["2021--", "2023--"]


@pytest.mark.parametrize("text", ["2000多万元", "2000个", "3个月", "2020个"])
def test_slots_takes_amounts_for_no_dates(text):
    assert [kind for kind, _, _ in found(text)] != [DAY]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("不少于50名", 1),
        ("50名以上", 1),
        ("50人及以上", 1),
        ("至少50个", 1),
        ("年满50岁", 1),
        ("不超过50名", -1),
        ("不得超过50名", -1),
        ("不能低于50名", 1),
        ("50日内", -1),
        ("50日前", -1),
        ("未满50岁", -1),
        ("期满后50日内", -1),
        ("50名", 0),
        ("共有50名", 0),
    ],
)
def test_slots_knows_at_least_from_at_most(text, bound):
    assert [b for _, _, b in found(text)] == [bound]


def test_slots_tells_an_approximate_number_from_either_of_its_ends():
    assert found("七八个、七个、8个") == [("个", "7~8", 0), ("个", "7", 0), ("个", "8", 0)]


def test_slots_reads_no_labels_and_no_document_numbers():
    assert found("1.完善\n(2)建设\n民办发〔2020〕36号") == []


def test_canonical_counts_people_and_bodies_alike():
    assert canonical("５０名 会员、三家单位") == canonical("50个会员、三个单位")


def test_qualities_and_hidden_figures():
    assert list(qualities_of("城市社区10个").values()) == [["城市"]]
    assert "10" not in without_counted("城市社区10个，2020年")
    assert "10" in without_dates("城市社区10个，2020年")
    assert "2020" not in without_dates("城市社区10个，2020年")


@pytest.mark.parametrize(
    ("text", "in_row"),
    [("每季度20日前报", True), ("当月10日", True), ("第5年止", True), ("20日前报", False), ("满5年", False)],
)
def test_ordinals_and_days_of_the_calendar_are_no_amounts(text, in_row):
    assert is_place_in_row(figures(text)[0], text) is in_row
