"""Figures in Chinese text: 二十名 = 20名, 三万元 = 3万元 = 30000元 (invariant I3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_HAN_CHARACTERS = "零〇一二三四五六七八九两十百千万亿"
_HAN = f"[{_HAN_CHARACTERS}]+"
UNITS = (
    "个百分点|个工作日|个月内|人次|平方米|公里|工作日|学时|课时|个月|季度|亿元|万元|周岁|周年|年度|批次|小时|分钟|"
    "元|人|名|位|个|家|户|岁|年|月|日|天|号|条|款|项|次|类|级|支|件|本|份|倍|期(?!间)|场|届|种|大|所|处|座|间|套|米|亩|周|笔|"
    "成|%|％|‰"
)
# 七八, 两三, 三五, 十七八 and 二三十: somewhere between the two, not 78; a year's digits are four.
_APPROXIMATE = re.compile(
    r"(?P<head>|.*[十百千万亿])(?P<pair>一[二两]|[二两]三|三四|三五|四五|五六|六七|七八|八九)(?P<tail>|[十百千万亿].*)"
)
# A Chinese numeral counts only before a unit, or before a range's second one (三至五日): 一些, 一般,
# 三社联动 and 万一 are words, 几十人 is no figure.
_FIGURE = re.compile(
    rf"(?P<whole>{_HAN}|\d+)分之(?P<share>{_HAN}(?:点{_HAN})?|\d+(?:\.\d+)?)"
    rf"|(?P<arabic>\d+(?:[,，]\d{{3}})*(?:\.\d+)?)\s*(?P<scale>[十百千万亿]*)[余多]?(?P<more>[万亿]?)\s*(?P<unit>{UNITS})?"
    rf"|(?<![几{_HAN_CHARACTERS}])(?P<han>{_HAN})(?:[余多](?P<more_han>[万亿]?))?"
    rf"(?:(?P<unit_han>{UNITS})|(?=(?:至|到|[-—–~～]){_HAN}(?P<unit_range>{UNITS})))"
    r"|(?P<half>半)(?P<unit_half>个月|年|天|日|小时|数)"
)
_SAME_UNIT = {
    "名": "人",
    "位": "人",
    "周岁": "岁",
    "家": "个",
    "天": "日",
    "个工作日": "工作日",
    "个月内": "个月",
    "％": "%",
    "年度": "年",
    "周年": "年",
}
_MONEY = {"亿元": 10**8, "万元": 10**4}
_PER = {Fraction(100): "%", Fraction(1000): "‰"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit as counted: `value` exact, `unit` in one canonical form, "" if none.

    `most` is the other end of an approximate number (七八个: 7 to 8), None for an exact one.
    """

    value: Fraction
    unit: str
    text: str
    start: int
    end: int
    most: Fraction | None = None

    def agrees(self, other: Figure) -> bool:
        """Same amount, and same unit where both have one."""
        same_amount = self.value == other.value and self.most == other.most
        return same_amount and (self.unit == other.unit or not self.unit or not other.unit)


def figures(text: str) -> list[Figure]:
    """Every figure of the text in order, Arabic or Chinese numerals; [] when there is none."""
    found = []
    for match in _FIGURE.finditer(text):
        amount = _fraction(match) if match["share"] else _counted(match)
        if amount is not None:
            unit = _SAME_UNIT.get(amount.unit, amount.unit)
            found.append(Figure(amount.value, unit, match.group(), match.start(), match.end(), amount.most))
    return found


@dataclass(frozen=True, slots=True)
class _Amount:
    value: Fraction
    unit: str
    most: Fraction | None = None


def _fraction(match: re.Match[str]) -> _Amount | None:
    """百分之八十 is 80 %, 千分之三 3 ‰, 三分之二 the fraction itself."""
    whole, share = _number(match["whole"]), _number(match["share"])
    if not whole or share is None:
        return None
    if whole in _PER:
        return _Amount(share, _PER[whole])
    return _Amount(share / whole, "分之")


def _counted(match: re.Match[str]) -> _Amount | None:
    if match["half"]:
        return _Amount(Fraction(1, 2), match["unit_half"])
    numeral = match["arabic"] or match["han"]
    pair = _APPROXIMATE.fullmatch(numeral)
    ends = [f"{pair['head']}{digit}{pair['tail']}" for digit in pair["pair"]] if pair else [numeral]
    values = [value for end in ends if (value := _number(end)) is not None]
    if len(values) < len(ends):
        return None
    unit = match["unit"] or match["unit_han"] or match["unit_range"] or ""
    scale = _MONEY.get(unit, 1)
    for mark in f"{match['scale'] or ''}{match['more'] or match['more_han'] or ''}":
        scale *= (_SMALL | _LARGE)[mark]
    return _Amount(values[0] * scale, "元" if unit in _MONEY else unit, values[1] * scale if pair else None)


def _number(text: str) -> Fraction | None:
    if text[0].isdigit():
        return Fraction(re.sub("[,，]", "", text))
    whole, point, decimals = text.partition("点")
    value = han_value(whole)
    if value is None or not point:
        return value
    digits = han_value("零" + decimals)
    return None if digits is None else value + digits / 10 ** len(decimals)


def han_value(numeral: str) -> Fraction | None:
    """Value of a Chinese numeral (三万五千, 二〇二三, 十二), None when it is not well formed."""
    if len(numeral) > 1 and all(c in _DIGITS for c in numeral):
        return Fraction(int("".join(str(_DIGITS[c]) for c in numeral)))
    total = section = digit = 0
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _SMALL:
            section += (digit or 1) * _SMALL[c]
            digit = 0
        elif c in _LARGE:
            part = section + digit
            if not total + part:
                return None
            # 一亿三千万 adds to the 亿 before it, 一万亿 multiplies the 万 before it
            total = total + part * _LARGE[c] if total >= _LARGE[c] else (total + part) * _LARGE[c]
            section = digit = 0
        else:
            return None
    value = total + section + digit
    return Fraction(value) if value or numeral in "零〇" else None
