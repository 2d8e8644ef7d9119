"""assistant.years: the same digits are a year in one place and a sum or a span in another."""

from datetime import date

import pytest

from assistant.years import RelativeYear, year_from_now, years_compared, years_named, years_written


@pytest.mark.parametrize(
    ("text", "named", "compared", "written"),
    [
        ("2018那本", ("2018",), (), [2018]),
        ("2026这批", ("2026",), (), [2026]),
        ("2026这笔补贴", (), (), [2026]),
        ("18年的项目", ("2018",), ("2018",), []),
        ("21年、25年各多少", ("2025",), ("2021", "2025"), []),
        ("20年工龄", (), ("2020",), []),
        ("交2000的会费", (), (), [2000]),
        ("1998年的条例", ("1998",), (), [1998]),
        ("2020-12-07", ("2020",), (), [2020]),
        ("满三年", (), (), []),
    ],
)
def test_each_reading_takes_for_a_year_what_its_place_allows(text, named, compared, written):
    assert (years_named(text), years_compared(text), years_written(text)) == (named, compared, written)


def test_a_year_told_from_today():
    today = date(2026, 11, 21)
    assert year_from_now("去年投了多少", today) == RelativeYear("去年", 2025)
    assert year_from_now("2025年投了多少", today) is None
