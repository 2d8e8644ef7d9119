from fractions import Fraction

import pytest

from assistant.numerals import figures, han_value


def found(text):
    return [(float(figure.value), figure.unit) for figure in figures(text)]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("三千", 3000),
        ("三万五千", 35_000),
        ("一百二十万", 1_200_000),
        ("一亿三千万", 130_000_000),
        ("三万五千亿", 3_500_000_000_000),
        ("一万亿", 10**12),
        ("二〇二三", 2023),
        ("一九九八", 1998),
        ("两", 2),
    ],
)
def test_han_value(numeral, value):
    assert han_value(numeral) == value


@pytest.mark.parametrize("numeral", ["万", "亿", "万一", "几"])
def test_han_value_of_what_is_no_number(numeral):
    assert han_value(numeral) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("二十名", "20名"),
        ("二十名", "20人"),
        ("二十位", "20名"),
        ("三万元", "3万元"),
        ("三万元", "30000元"),
        ("三万元", "30,000元"),
        ("三万元", "３万元"),
        ("1.5万元", "15000元"),
        ("两亿元", "2亿元"),
        ("三十日", "30天"),
        ("十五个工作日", "15工作日"),
        ("百分之八十", "80%"),
        ("百分之八十", "80％"),
        ("百分之三点五", "3.5%"),
        ("千分之三", "3‰"),
        ("三分之二", "3分之2"),
        ("二〇二三年", "2023年"),
        ("十余万人", "10余万人"),
        ("二十多家", "20余个"),
        ("十八周岁", "18岁"),
    ],
)
def test_one_figure_in_two_notations(one, other):
    [a], [b] = figures(one), figures(other)
    assert a.agrees(b)
    assert b.agrees(a)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("二十名", "二十一名"),
        ("三万元", "三千元"),
        ("三分之二", "三分之一"),
        ("百分之八十", "百分之八十五"),
        ("三十日", "三十个工作日"),
        ("五年", "五个月"),
        ("半年", "一年"),
    ],
)
def test_different_figures_do_not_agree(one, other):
    [a], [b] = figures(one), figures(other)
    assert not a.agrees(b)


def test_a_figure_without_a_unit_agrees_with_any():
    [bare], [people] = figures("20"), figures("二十名")
    assert bare.agrees(people)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会员不少于50个，资金3万元以上", [(50, "个"), (30_000, "元")]),
        ("三至五日内", [(3, "日"), (5, "日")]),
        ("20—30人", [(20, ""), (30, "人")]),
        ("半年内办结", [(0.5, "年")]),
        ("2020年12月7日", [(2020, "年"), (12, "月"), (7, "日")]),
        ("民办发〔2020〕36号", [(2020, ""), (36, "号")]),
        ("依照第十条第二款", [(10, "条"), (2, "款")]),
        ("一倍以上三倍以下罚款", [(1, "倍"), (3, "倍")]),
        ("三分之二以上的会员", [(2 / 3, "分之")]),
    ],
)
def test_figures_of_a_clause_in_order(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text", ["", "一般情况", "三社联动", "万一不批", "一些社区", "几十人", "十分重要", "第一，第二"]
)
def test_words_that_look_like_figures(text):
    assert figures(text) == []


def test_figure_says_where_it_stands():
    [figure] = figures("会员不少于二十名。")
    assert (figure.text, figure.start, figure.end) == ("二十名", 5, 8)
    assert figure.value == Fraction(20)


@pytest.mark.parametrize(
    ("text", "least", "most", "unit"),
    [
        ("七八个人", 7, 8, "个"),
        ("三五个人", 3, 5, "个"),
        ("两三个月", 2, 3, "个月"),
        ("一两万元", 10_000, 20_000, "元"),
        ("十七八个人", 17, 18, "个"),
        ("二三十人", 20, 30, "人"),
        ("一百二三十户", 120, 130, "户"),
    ],
)
def test_two_digits_in_a_row_are_an_approximate_number(text, least, most, unit):
    [figure] = figures(text)
    assert (figure.value, figure.most, figure.unit) == (least, most, unit)


@pytest.mark.parametrize(
    "text", ["二十一个", "一百零五户", "十五天", "二〇二三年", "一九九八年", "七个", "78个"]
)
def test_an_exact_number_has_no_other_end(text):
    [figure] = figures(text)
    assert figure.most is None


@pytest.mark.parametrize("source", ["78个", "7个", "8人", "六七个", "十个"])
def test_an_approximate_number_agrees_with_the_same_one_only(source):
    [vague], [other] = figures("七八个人"), figures(source)
    assert not vague.agrees(other)
    assert not other.agrees(vague)
    assert vague.agrees(*figures("七八家"))


def test_the_period_of_a_plan_is_no_figure():
    assert figures("十四五期间培育") == []
    assert found("办了十四期") == [(14, "期")]
