"""Figures and dates, each with the words around it that say what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.numerals import Figure, figures, han_value
from assistant.text import normalise, squash

DAY = "日期"
_WHOLE, _TAIL, _AFTER = 60, 7, 20  # characters before and behind a slot that are looked at
_ELLIPTIC = 3  # with fewer pairs of its own a value is about what the one before it is about
_HIDDEN = "\ue000"  # stands for what is not to be read, so that offsets stay
_HERE = "\ue001"  # the slot itself, as the neighbour of the character before it
NUMERALS = "零〇一二三四五六七八九十百千万亿两"

DOC_NUMBER = re.compile(r"(\w{1,14})[〔\[(【]((?:19|20)\d\d)[〕\])】]第?(\d+)号")
_LABEL = re.compile(r"(?:^|(?<=[\n>]))(?:\(\d{1,2}\)|\d{1,2}[.、)](?!\d))")
_COUNTERS = re.compile(rf"(?<=[\d{NUMERALS}余多])(?:名|位|人(?!次)|家)")  # 50名会员 is 会员50个

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_MONTH_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_DATE = re.compile(
    rf"(?<!\d)(?P<y1>{_YEAR})[-./](?P<m1>{_MONTH})(?:[-./](?P<d1>{_MONTH_DAY}))?(?!\d)"
    rf"|(?<!\d)(?P<y2>{_YEAR}|[一二][〇零一二三四五六七八九]{{3}})年度?"
    rf"(?:(?P<m2>{_MONTH})月份?(?:(?P<d2>{_MONTH_DAY})[日号])?)?"
    rf"|(?<![\d个{NUMERALS}])(?P<m3>{_MONTH})月(?:(?P<d3>{_MONTH_DAY})[日号]|(?=[份底初末至到前起]))"
    rf"|(?<!\d)(?P<y4>{_YEAR})(?=[-—–~～至到])"
)
_AT_LEAST = re.compile(
    r"(?:(?:不[得能]?[少低小]于|至少|最少|起码|(?<!不)(?<!不[得能])(?:[多高大]于|超过))[^\d,;:。]{0,3}|(?<![不未期届])满)$"
)
_AT_MOST = re.compile(
    r"(?:不[得能]?(?:[多高大]于|超过)|至多|最多|(?<!不)(?<!不[得能])[少低小]于|不足|[不未]满)[^\d,;:。]{0,3}$"
)
_IN_CALENDAR = re.compile(r"(?:[每当次下上本]个?|\d)[月季年]度?的?$")
_FROM = re.compile(r"[a-z]?\)?(?:及?以上|起|[以之]?后|以来)")
_UNTIL = re.compile(r"[a-z]?\)?(?:及?以下|[以之]?内|[底末]?[以之]?前)")
_OPPOSITES = tuple(
    re.compile(pattern)
    for pattern in (
        "较大|较小|较多|较少",
        "城市|农村",
        "全国性|地方性",
        "非公募|(?<!非)公募",
        "个人会员|单位会员",
        r"(?<![最今落背目此往空向先当提])[前后](?![期续者款述置提往台景果来年])",
        "增加|减少|提高|降低|放宽|收紧|扩大|缩小",
        "登记|备案|变更|注销",
        "社会团体|民办非企业单位|社会服务机构|基金会",
        "年检|换届|评估",
        "有偿|无偿",
        "专职|兼职",
        "超过部分|不足部分",
        "国家级|省级|市级|区级|县级|乡级",
    )
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A value in its place.

    `kind` names what it could be confused with; `bound` is 1 for at least, -1 for at
    most, 0 for neither. `tail`, `near`, `after` and `whole` are the pairs of characters right
    before it, since the last value of this kind, behind it, and in all of the sentence so far;
    `qualities` are the words with opposites that say which of several values it is.
    """

    kind: str
    value: str
    bound: int
    shown: str
    tail: frozenset[str]
    near: frozenset[str]
    after: frozenset[str]
    whole: frozenset[str]
    qualities: dict[int, str]


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    kind: str
    value: str


def canonical(text: str) -> str:
    """Text as compared here: one width, no blanks inside lines, one counter for people and bodies."""
    lines = (squash(line) for line in normalise(text).split("\n"))
    return _COUNTERS.sub("个", "\n".join(lines))


def slots(text: str) -> Iterator[Slot]:
    """Every date and figure of canonical text."""
    text = _hide(_LABEL, _hide(DOC_NUMBER, text))
    found = [_Found(m.start(), m.end(), DAY, _date(m)) for m in _DATE.finditer(text)]
    for figure in figures(_hide(_DATE, text)):
        unit = figure.unit or text[figure.end : figure.end + 1]
        found.append(_Found(figure.start, figure.end, unit, _counted(figure)))
    for kind in dict.fromkeys(item.kind for item in found):
        yield from _placed(text, [item for item in found if item.kind == kind])


def qualities_of(text: str) -> dict[int, list[str]]:
    """Words with opposites (城市/农村) in canonical text, by number of their family; only families present."""
    found = {number: family.findall(text) for number, family in enumerate(_OPPOSITES)}
    return {number: words for number, words in found.items() if words}


def without_counted(text: str) -> str:
    """Canonical text with dates, figures, labels and 发文字号 hidden; offsets stay."""
    text = without_dates(_hide(_LABEL, _hide(DOC_NUMBER, text)))
    for figure in figures(text):
        text = text[: figure.start] + _HIDDEN * (figure.end - figure.start) + text[figure.end :]
    return text


def without_dates(text: str) -> str:
    """Canonical text in which dates can no longer be read as figures; offsets stay."""
    return _hide(_DATE, text)


def is_place_in_row(figure: Figure, text: str) -> bool:
    """Whether a figure of a text is an ordinal or a day of the calendar, no amount: 第5年, 每季度20日前."""
    before = text[: figure.start]
    return before.endswith("第") or (figure.unit == "日" and bool(_IN_CALENDAR.search(before)))


def _placed(text: str, found: Sequence[_Found]) -> Iterator[Slot]:
    """Slots of one kind with their surroundings."""
    last = 0
    near = tail = whole = frozenset[str]()
    for item, following in zip(found, [*found[1:], None], strict=True):
        begin = max(text.rfind(mark, 0, item.start) + 1 for mark in "。;\n")
        before = text[max(begin, last) : item.start]
        behind = text[item.end : following.start if following else len(text)]
        after = re.split(r"[。;\n]", behind)[0][:_AFTER]
        shown = text[item.start : item.end]
        plain = _AT_MOST.sub("", _AT_LEAST.sub("", before)) + _HERE
        if len(_pairs(plain)) >= _ELLIPTIC:
            near = tail = whole = frozenset()
        # else it is about what the last one is about: 有效期前4年内…；前2年内…
        near, tail = near | _pairs(plain), tail | _pairs(plain[-_TAIL:])
        whole = whole | _pairs(text[max(begin, item.start - _WHOLE) : item.start])
        yield Slot(
            item.kind,
            item.value,
            bound_of(before, ("内" if shown.endswith("内") else "") + after),
            shown,
            tail=tail,
            near=near,
            after=_pairs(_FROM.sub("", _UNTIL.sub("", after, count=1), count=1)),
            whole=whole,
            qualities=_telling(before) | _telling(re.split("[,、]", after)[0]),
        )
        last = item.end


def _telling(text: str) -> dict[int, str]:
    """Qualities that a text is clear about."""
    return {number: words[0] for number, words in qualities_of(text).items() if len(set(words)) == 1}


def bound_of(before: str, after: str) -> int:
    """How what stands before and behind a value bounds it: 1 for at least, -1 for at most, 0 for neither."""
    if _AT_LEAST.search(before) or _FROM.match(after):
        return 1
    return -1 if _AT_MOST.search(before) or _UNTIL.match(after) else 0


def _pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters within words."""
    pairs = (text[at : at + 2] for at in range(len(text) - 1))
    return frozenset(pair for pair in pairs if pair.replace(_HERE, "").isalnum())


def _counted(figure: Figure) -> str:
    """The amount; of an approximate one both ends, for 七八个 is not 七个: `7~8`."""
    return str(figure.value) if figure.most is None else f"{figure.value}~{figure.most}"


def _date(match: re.Match[str]) -> str:
    """Year, month and day as `2020-12-7`, what is not said left out: `2020--`, `-3-31`."""
    found = match.groupdict()
    named = (("y1", "y2", "y4"), ("m1", "m2", "m3"), ("d1", "d2", "d3"))
    return "-".join(_digits(next((found[key] for key in keys if found[key]), "")) for keys in named)


def _digits(numeral: str) -> str:
    return str(int(numeral) if numeral.isdigit() else han_value(numeral)) if numeral else ""


def _hide(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda m: _HIDDEN * len(m.group()), text)
