"""Figures in Chinese text: 二十名 = 20名, 三万元 = 3万元 = 30000元 (invariant I3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "O": 0}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_HAN_NUMBER = "零〇一二三四五六七八九两十百千万亿"
UNITS = (
    "个百分点|个工作日|个月内|人次|平方米|公里|工作日|个月|亿元|万元|周岁|周年|年度|批次|小时|分钟|分之|"
    "元|人|名|个|家|户|岁|年|月|日|天|号|条|款|项|次|类|级|支|件|本|份|倍|期|场|届|种|大|"
    "成|%|％|‰"
)
# A Chinese numeral counts only before a unit: 一些, 一般, 三社联动 and 万一 are words.
_FIGURE = re.compile(
    rf"(?P<arabic>\d+(?:[,，]\d{{3}})*(?:\.\d+)?)\s*(?P<scale>[十百千万亿]*)(?P<plus>余|多)?\s*(?P<unit>{UNITS})?"
    rf"|(?P<han>[{_HAN_NUMBER}]+)(?P<plus2>余|多)?(?P<unit2>{UNITS})"
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


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit as counted: `value` exact, `unit` in one canonical form, "" if none."""

    value: Fraction
    unit: str
    text: str
    start: int
    end: int

    def agrees(self, other: Figure) -> bool:
        """Same amount, and same unit where both have one."""
        return self.value == other.value and (self.unit == other.unit or not self.unit or not other.unit)


def figures(text: str) -> list[Figure]:
    """Every figure of the text in order, Arabic or Chinese numerals; [] when there is none."""
    found = []
    for match in _FIGURE.finditer(text):
        value, unit = _value(match)
        if value is None:
            continue
        if unit in ("亿元", "万元"):
            value, unit = value * (10**8 if unit == "亿元" else 10**4), "元"
        if unit == "":
            value = value.limit_denominator(10**6)
        found.append(Figure(value, _SAME_UNIT.get(unit, unit), match.group(), match.start(), match.end()))
    return found


def _value(match: re.Match[str]) -> tuple[Fraction | None, str]:
    if match["arabic"]:
        value = Fraction(re.sub("[,，]", "", match["arabic"]))
        for mark in match["scale"] or "":
            value *= (_SMALL | _LARGE)[mark]
        return value, match["unit"] or ""
    return han_value(match["han"]), match["unit2"]


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
            total = (total + section + digit) * _LARGE[c] if section + digit + total else 0
            if total == 0:
                return None
            section = digit = 0
        else:
            return None
    value = total + section + digit
    return Fraction(value) if value or numeral in "零〇" else None
