"""assistant.docnumber: 发文字号 in running text."""

from __future__ import annotations

import pytest

from assistant.docnumber import doc_numbers


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("民办发〔2020〕36号还有效吗", ("民办发", "2020", "36", False, "民办发〔2020〕36号")),
        ("请问民发(2009)165号还有效吗", ("民发", "2009", "165", False, "民发(2009)165号")),
        ("那个很久以前的文件财测〔2014〕13号", ("财测", "2014", "13", False, "财测〔2014〕13号")),
        ("粤民规字2022年2号", ("粤民规", "2022", "2", False, "粤民规字2022年2号")),
        ("川民规22年7号", ("川民规", "2022", "7", False, "川民规22年7号")),
        ("民发2009 165号还能不能引", ("民发", "2009", "165", False, "民发2009 165号")),
        ("取代2012年民政部令第44号规定", ("民政部", "", "44", True, "民政部令第44号")),
        ("国务院令250号是什么时候改的", ("国务院", "", "250", True, "国务院令250号")),
        ("民政部44号令", ("民政部", "", "44", True, "民政部44号令")),
        ("财税[2008]160 捐款抵税", ("财税", "2008", "160", False, "财税[2008]160")),
    ],
)
def test_a_number_is_read_as_people_write_it(text, read):
    (found,) = doc_numbers(text)
    assert (found.letters, found.year, found.number, found.order, found.written) == read


@pytest.mark.parametrize(
    "text",
    [
        "8号之前办完",
        "上级28号通知换届",
        "模板上引的是2012年44号令",
        "08年那个160号文",
        "",
        "2020年36号",
        "原来2020年10号",
        "会费（2020）300元",
    ],
)
def test_without_letters_it_is_none(text):
    assert doc_numbers(text) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("民发〔2017〕191号", "年民发〔2017〕191号", True),  # a word before it
        ("民发〔2017〕191号", "湘民发〔2017〕191号", False),  # a province's
        ("川民规〔2022〕7号", "四川川民规2022年7号", True),
        ("民办发〔2020〕36号", "国办发〔2020〕36号", False),
        ("民办发〔2020〕36号", "民办发〔2021〕36号", False),
        ("民政部令第44号", "民政部44号令", True),
        ("民政部令第44号", "财政部令第44号", False),
        ("民政部令第44号", "民政部〔2012〕44号", False),
    ],
)
def test_two_numbers_are_the_same_by_letters_year_and_number(one, other, same):
    (first,), (second,) = doc_numbers(one) or [None], doc_numbers(other) or [None]
    assert (first is not None and second is not None and first.same(second)) is same
