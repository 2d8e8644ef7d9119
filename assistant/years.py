"""Years: those that a question names, compares or tells from today, and those written in a text.

What looks like a year in a question may be a sum (交2000的会费) or a span (20年工龄).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_SUM = r"(?:[费金钱款]|补[贴助]|预算|工资|红包|额度)(?!标准|办法|政策|文件|方案|规定)"
_PAID = r"[交缴收拨给补罚花退掏付领捐奖发费金钱款助贴额印]"  # 交2000的会费, 资金2000到3000
_NO_SUM = rf"(?<!\d)(?<!{_PAID})(?<!{_PAID}[了个过要到满够是])"
_COUNTED = r"[元块万千百人名户个家岁天次份册平米]"
_YEAR = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?=年)"
    rf"|(?:(?<!\d)(?:19|20)\d\d(?=[底版]|[那这][本版份个部篇年批期轮届次])"
    rf"|{_NO_SUM}(?:19|20)\d\d(?=[-—那]|[到至](?=\s*\d|[现今去目如眼底])|本(?![一-鿿]?[子书册])|的(?!年)))"
    rf"(?!(?:[-—到至]+\s*\d+)?\s*{_COUNTED}|[那的][一-鿿]{{0,2}}{_SUM}|那笔|本[手宣][册传])"
)
_YEAR_THEN = re.compile(
    rf"(?:(?<!\d)((?:19|20)\d\d)年|{_NO_SUM}((?:19|20)\d\d))(?:底|末|初)?(?:那会儿|那会|那时候|那时|当时|的时候|时)"
)
_LASTING = r"成立|创办|创立|建会|建队|组建|开办|运行|运营|存在|从事|坚持|注册|登记"
_SHORT_YEAR = re.compile(  # 18年的项目, not 满18年, 18年以上, 18年了, 成立15年的协会, 20年工作经验
    r"(?<![\d〔满共近每用干了有过约第整多几超达足逾快])([012]\d)年"
    r"(?=[底初末度版那的全]|\d{1,2}月|[到和跟]\d\d年|[一-鿿]{2})(?![以之]?[上内后前]|[期限有没了才就能可左来])"
    r"(?!的?[一-鿿]{0,4}(?:[一-鿿]龄|经验(?!材料|做法|交流|总结|介绍)|资历|任期|租期|历史)|间|时间|一[次届换评审]|老[会党队社团])"
    r"(?:(?=[底初末度版那]|\d{1,2}月)|"
    + "".join(rf"(?<!{word}..年)" for word in _LASTING.split("|"))
    + r"(?<![跳干唱住练教]..年))"
)
_YEAR_COMPARED = re.compile(r"(?<!\d)(?:20)?([0-3]\d)年(?!度?以上|内|期|限|前|后)")
_YEAR_WRITTEN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FROM_NOW = {"今年": 0, "本年度": 0, "去年": -1, "前年": -2, "明年": 1, "后年": 2}


@dataclass(frozen=True, slots=True)
class RelativeYear:
    """A year as told from today: the word (去年) and the year it means."""

    word: str
    year: int


def years_named(text: str) -> tuple[str, ...]:
    """The years a question names (2018那本, 18年的项目), four digits each, those written in full first; () without one."""
    return tuple(dict.fromkeys([*_YEAR.findall(text), *(f"20{year}" for year in _SHORT_YEAR.findall(text))]))


def years_compared(text: str) -> tuple[str, ...]:
    """The years a comparison sets side by side (21年、25年), four digits each, in its order; () without one.

    For a question that is known to compare. Unlike `years_named` it takes any two digits to 39 before 年,
    even of spans (20年工龄), and no year without it (2018那本).
    """
    return tuple(dict.fromkeys(f"20{year}" for year in _YEAR_COMPARED.findall(text)))


def year_from_now(text: str, today: date) -> RelativeYear | None:
    """The year a question tells from today (今年, 去年), None without one."""
    word = next((word for word in _FROM_NOW if word in text), None)
    return None if word is None else RelativeYear(word, today.year + _FROM_NOW[word])


def years_written(text: str) -> list[int]:
    """The years in a document's words and dates (2021-2023年, 2020-12-07), in order, repeated as they are.

    Any four such digits count, which in a question are as often a sum (交2000的会费).
    """
    return [int(year) for year in _YEAR_WRITTEN.findall(text)]


def day_meant(text: str, today: date) -> date:
    """The day a question is about: the last of a past year it speaks of (2018年那会儿), else today."""
    match = _YEAR_THEN.search(text)
    year = int(match[1] or match[2]) if match else today.year
    return date(year, 12, 31) if year < today.year else today
