import pytest

from ingest.dates import add_years, find_date, find_dates
from ingest.doc_numbers import find_doc_number, is_doc_number_line, means_none
from ingest.numerals import to_int


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020年12月7日", "2020-12-07"),
        ("二〇二〇年十二月七日", "2020-12-07"),
        ("二○一○年十一月十二日", "2010-11-12"),
        ("2020 年 1 月 5 日", "2020-01-05"),
        ("发布日期:2021-09-27 23:06", "2021-09-27"),
        ("2020/3/4", "2020-03-04"),
        ("2020年13月7日", None),
        ("12月7日", None),
        ("", None),
    ],
)
def test_find_date(text: str, day: str | None):
    assert find_date(text) == day


def test_find_dates_keeps_their_order():
    assert find_dates("2021年1月2日至2020年3月4日") == ["2021-01-02", "2020-03-04"]


def test_add_years_gives_the_last_day_of_a_term():
    assert add_years("2020-01-01", 5) == "2024-12-31"
    assert add_years("2020-02-29", 1) == "2021-02-27"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("民发〔2017〕191号", "民发〔2017〕191号"),
        ("川民规[2022]7号", "川民规〔2022〕7号"),
        ("深民【2010】128号", "深民〔2010〕128号"),
        ("民办发（2020）３６号", "民办发〔2020〕36号"),
        ("京民社发 〔2019〕 第 012 号", "京民社发〔2019〕12号"),
        ("中华人民共和国国务院令第250号", "国务院令第250号"),
        ("国务院令（第二百五十号）", "国务院令第250号"),
        ("民政部令第39号", "民政部令第39号"),
        ("根据民发〔2017〕191号文件", "民发〔2017〕191号"),
        ("第0757号提案", None),
        ("", None),
    ],
)
def test_find_doc_number(text: str, number: str | None):
    assert find_doc_number(text) == number


def test_is_doc_number_line_wants_nothing_else_on_the_line():
    assert is_doc_number_line("民办发〔2020〕36号")
    assert is_doc_number_line("（深民【2010】128号）")
    assert is_doc_number_line("川民发〔2020〕5号    签发人：某某某")
    assert not is_doc_number_line("根据民办发〔2020〕36号文件要求做好工作")


def test_means_none():
    assert means_none("无")
    assert means_none(" ")
    assert not means_none("民发〔2017〕191号")


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("二十一", 21),
        ("一百零五", 105),
        ("二〇二〇", 2020),
        ("１２", 12),
        ("⑳", 20),
        ("两", 2),
        ("三千", 3000),
    ],
)
def test_to_int(numeral: str, value: int):
    assert to_int(numeral) == value


@pytest.mark.parametrize("numeral", ["", "甲", "1a"])
def test_to_int_refuses_anything_else(numeral: str):
    with pytest.raises(ValueError, match="not a numeral"):
        to_int(numeral)
