"""Rebuild the automatic numbers (第一条, 一、, （一）) that Word draws but does not store as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACEHOLDER = re.compile(r"%(\d)")
_CHINESE = (
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
)
_BY_DIGIT = ("ideographDigital", "chineseDigital", "taiwaneseDigital", "japaneseDigitalTenThousand")
_DIGITS = "〇一二三四五六七八九"
_MAX_STYLE_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: number format, text with %1 placeholders, first number."""

    number_format: str
    text: str
    start: int
    blank_after: bool


@dataclass(slots=True)
class Numbering:
    """A document's lists, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # abstract list → level → format
    lists: dict[str, str] = field(default_factory=dict)  # list → abstract list
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)  # (list, level) → first number
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)  # paragraph style → (list, level)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    restarted: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def empty(cls) -> Numbering:
        """A document without lists."""
        return cls()

    @classmethod
    def read(cls, part: etree._Element | None, styles: etree._Element | None) -> Numbering:
        """From numbering.xml and styles.xml; either may be missing."""
        numbering = cls()
        if part is not None:
            for abstract in part.iterfind(f"{_W}abstractNum"):
                numbering.levels[_value(abstract, "abstractNumId")] = _levels(abstract)
            for entry in part.iterfind(f"{_W}num"):
                numbering._add_list(entry)
        if styles is not None:
            numbering.styles = _numbered_styles(styles)
        return numbering

    def _add_list(self, entry: etree._Element) -> None:
        name = _value(entry, "numId")
        abstract = entry.find(f"{_W}abstractNumId")
        if abstract is not None:
            self.lists[name] = _value(abstract, "val")
        for override in entry.iterfind(f"{_W}lvlOverride"):
            start = override.find(f"{_W}startOverride")
            if start is not None:
                self.restarts[(name, _number(_value(override, "ilvl")))] = _number(_value(start, "val"), 1)

    def label(self, paragraph: etree._Element) -> str:
        """The number Word draws before this paragraph, counted up; "" for none or a bullet."""
        place = self._place(paragraph)
        if place is None:
            return ""
        name, depth = place
        abstract = self.lists.get(name, "")
        level = self.levels.get(abstract, {}).get(depth)
        if level is None:
            return ""
        counters = self.counters.setdefault(abstract, {})
        self._restart(name, depth, counters)
        counters[depth] = counters[depth] + 1 if depth in counters else level.start
        for deeper in [other for other in counters if other > depth]:
            del counters[deeper]
        if level.number_format in ("bullet", "none"):
            return ""
        text = _PLACEHOLDER.sub(lambda match: self._drawn(abstract, int(match[1]) - 1, counters), level.text)
        return text + (" " if level.blank_after and text else "")

    def _restart(self, name: str, depth: int, counters: dict[int, int]) -> None:
        key = (name, depth)
        if key in self.restarts and key not in self.restarted:
            self.restarted.add(key)
            counters[depth] = self.restarts[key] - 1

    def _drawn(self, abstract: str, depth: int, counters: Mapping[int, int]) -> str:
        level = self.levels.get(abstract, {}).get(depth)
        if level is None:
            return ""
        return draw(counters.get(depth, level.start), level.number_format)

    def _place(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """List and level of a paragraph, by its own properties or its style's."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        inherited = self.styles.get(_value(style, "val")) if style is not None else None
        if own is None:
            return inherited
        name, level = own.find(f"{_W}numId"), own.find(f"{_W}ilvl")
        number = _value(name, "val") if name is not None else (inherited[0] if inherited else "0")
        depth = _number(_value(level, "val")) if level is not None else (inherited[1] if inherited else 0)
        return None if number == "0" else (number, depth)


def draw(number: int, number_format: str) -> str:
    """A number in one of Word's formats; unknown formats are drawn as decimals."""
    if number_format in _CHINESE:
        return _chinese(number)
    if number_format in _BY_DIGIT:
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if number_format in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if number_format in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        return chr(ord("A" if number_format == "upperLetter" else "a") + number - 1)
    if number_format in ("upperRoman", "lowerRoman"):
        roman = _roman(number)
        return roman if number_format == "upperRoman" else roman.lower()
    return str(number)


def _chinese(number: int) -> str:
    if number < 10:
        return _DIGITS[number] if number else "零"
    text, rest = "", number
    for unit, value in (("千", 1000), ("百", 100), ("十", 10)):
        digit, rest = divmod(rest, value)
        if digit:
            text += ("" if unit == "十" and digit == 1 and not text else _DIGITS[digit]) + unit
        elif text and rest and not text.endswith("零"):
            text += "零"
    return text + (_DIGITS[rest] if rest else "")


def _roman(number: int) -> str:
    text = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
                        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        while number >= value:
            text, number = text + sign, number - value
    return text


def _levels(abstract: etree._Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for level in abstract.iterfind(f"{_W}lvl"):
        text = _child_value(level, "lvlText", "")
        suffix = _child_value(level, "suff", "tab")
        levels[_number(_value(level, "ilvl"))] = Level(
            number_format=_child_value(level, "numFmt", "decimal"),
            text=text,
            start=_number(_child_value(level, "start", "1"), 1),
            blank_after=suffix != "nothing" and text.endswith(("条", "章", "节", "编")),
        )
    return levels


def _numbered_styles(styles: etree._Element) -> dict[str, tuple[str, int]]:
    """Styles that number their paragraphs, inheritance followed."""
    own: dict[str, tuple[str, int]] = {}
    parents: dict[str, str] = {}
    for style in styles.iterfind(f"{_W}style"):
        name = _value(style, "styleId")
        parents[name] = _child_value(style, "basedOn", "")
        number = style.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        level = style.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        if number is not None:
            own[name] = (_value(number, "val"), _number(_value(level, "val")) if level is not None else 0)
    found: dict[str, tuple[str, int]] = {}
    for name in parents:
        at = name
        for _ in range(_MAX_STYLE_DEPTH):
            if at in own or not at:
                break
            at = parents.get(at, "")
        if at in own and own[at][0] != "0":
            found[name] = own[at]
    return found


def _value(element: etree._Element, name: str) -> str:
    return str(element.get(f"{_W}{name}") or "")


def _child_value(element: etree._Element, name: str, default: str) -> str:
    child = element.find(f"{_W}{name}")
    return default if child is None else str(child.get(f"{_W}val", default))


def _number(value: str, default: int = 0) -> int:
    return int(value) if value.lstrip("-").isdigit() else default
