"""Dates as official documents write them, as ISO strings."""

from __future__ import annotations

import re
from datetime import date

from ingest.numerals import CHINESE_NUMBER, to_int

_N = f"[{CHINESE_NUMBER}○ОO]"
# A full date, without groups, for use inside other patterns.
DATE = rf"(?:(?:19|20)\d{{2}}|[二一]{_N}{{3}})\s*年\s*(?:\d{{1,2}}|{_N}{{1,3}})\s*月\s*(?:\d{{1,2}}|{_N}{{1,3}})\s*日"
_DATE = re.compile(
    rf"(?P<y>(?:19|20)\d{{2}}|[二一]{_N}{{3}})\s*[年\-./]\s*(?P<m>\d{{1,2}}|{_N}{{1,3}})\s*[月\-./]\s*(?P<d>\d{{1,2}}|{_N}{{1,3}})\s*日?"
)


def find_date(text: str) -> str | None:
    """The first full date in `text` as YYYY-MM-DD; None when there is none or it does not exist.

    Reads 2020年12月7日, 二〇二〇年十二月七日, 2020-12-07 and 2020/12/7.
    """
    return next(iter(find_dates(text)), None)


def find_dates(text: str) -> list[str]:
    """All full dates in `text` in order, as YYYY-MM-DD."""
    found = []
    for match in _DATE.finditer(text):
        try:
            found.append(date(to_int(match["y"]), to_int(match["m"]), to_int(match["d"])).isoformat())
        except ValueError:
            continue
    return found


def add_years(day: str, years: int) -> str:
    """The last day of a term of `years` that begins on `day` (YYYY-MM-DD).

    From 2020-01-01 five years end on 2024-12-31.
    """
    first = date.fromisoformat(day)
    try:
        after = first.replace(year=first.year + years)
    except ValueError:  # 29 February
        after = first.replace(year=first.year + years, day=28)
    return date.fromordinal(after.toordinal() - 1).isoformat()
