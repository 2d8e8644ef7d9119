"""Thresholds (门槛) in quoted words, and whether the number a question says one has reaches the one it is measured by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.domain import NOT_IN_FORCE, Citation
from assistant.numerals import Figure, figures
from assistant.slots import bound_of, is_place_in_row, without_dates
from assistant.understand import Query

_KIND = r"发起人|单位会员|个人会员|(?:正式)?党员|会员|成员|人数|理事|监事|志愿者|从业人员|工作人员|(?:注册|登记|开办|活动)资金|原始基金"
_KIND_BEFORE = re.compile(rf"({_KIND})(?:总数|人数|数量?)?(?:应当?|须|必须|要求?|有|为|达到)*$")
_KIND_AFTER = re.compile(rf"(?:{_KIND})")
_SAME_KIND = {"活动资金": "注册资金", "开办资金": "注册资金", "登记资金": "注册资金", "正式党员": "党员"}
# What may be meant by a kind that a question names; 单位会员 are no persons.
_MAY_MEAN = {
    "人": {"人数", "个人会员", "会员", "成员"},
    "会员": {"人数", "个人会员", "单位会员", "会员", "成员"},
    "成员": {"人数", "个人会员", "单位会员", "会员", "成员"},
}
PERSONS = {"人", "个"}  # units
_HOUSEHOLD = "户"  # says itself what it counts
_LEAST_OR_MOST = re.compile(
    r"(?:不(?:得|能)?(?:超过|少于|低于|高于|多于)|(?<!不)(?:超过|少于|低于|高于|多于)|至少|最[多高少低]|不足|[未不]?满|(?<![以之提目当])前)(?:为|是)?$"
)
_OR_MORE_OR_LESS = re.compile(r"期?(?:[（(]含[^）)]{0,4}[)）])?(?:以上|以下|以内|之内|内|[之以]?前)")
_FROM = re.compile(
    r"[\d一二三四五六七八九十百千万]+\s*(?:个|人|名|户)?[至到—–~-]\s*$"
)  # 5至25人 is one figure
_BELOW = re.compile(r"(?:(?<!不)(?<!不[得能])(?:少|低|小)于|不足|[未不]满)$")  # whom another rule is for
_PART = re.compile(r"[^，。；：、,;:\n或和及]*$")
_NAMED_LENGTH = 16
_ROUND = re.compile(r"(?<=[十百千\d])来(?=[个名位户])")
_VAGUE = re.compile(r"[余多来]")
_DEMANDED = re.compile(
    r"(?:[要需须得满差缺达第]|到|至少|起码|最[少多低高]|不[少多低]于|超过)[^，,。；;\s]{0,2}$"
)
_FOUND = r"(?:登记|备案?|成立|注册|设立?|建|组|办|搞|申请|发起)"
# Not past 才: 20个才能备案 names what is demanded
_ENOUGH = re.compile(
    rf"[^，,。；;？?才]{{0,6}}?(?:够(?:不够|了?[吗么不没]|(?=[^，,。；;？?]{{0,8}}{_FOUND}))"
    rf"|(?:能不能|能否|能|可不可以|可以|可否)[^，,。；;？?吗么]{{0,3}}{_FOUND}|(?:得行|行不行|行|可以)[吗么不]?[?？]?$|达不达标|符不符合)"
)
# 是不是15个人, 听说备案15个人: a rule one has heard of; 是不是我们15个人: what one has
_SAID_TO_BE = re.compile(r"(?:不是|听说|据说|都说|说是|难道)[^，,。；;？?\s我咱俺]{0,8}$")
_ASKS_MORE = re.compile(r"多少|几|哪|什么|啥|怎|咋|还是|吧[?？]?$|以[上下内]")
_NARROW = str.maketrans("，；：（）", ",;:()")
_MATTERS = (("登记", "备案"), ("备案", "登记"))


@dataclass(frozen=True, slots=True)
class _Threshold:
    """What a text demands of a number: `least` and `most`, None where it sets none; `shown` as written."""

    kind: str
    least: Fraction | None
    most: Fraction | None
    shown: str


def with_bounds(figure: Figure, text: str) -> str:
    """The figure as written with what bounds it: 不超过2万元, 三个月内, 少于3名."""
    start, end = _bounded(figure, text)
    return text[start:end]


def named(figure: Figure, text: str) -> str:
    """The figure with its bounds and the words before it that say what it counts: 会员不少于10个.

    Without them where they are long, or hold another figure (由30个放宽至20个).
    """
    start, end = _bounded(figure, text)
    part = _PART.search(text[:start])
    counted = part[0].lstrip() if part else ""
    long = len(counted) > _NAMED_LENGTH or bool(figures(without_dates(counted)))
    return text[start - (0 if long or counted.endswith(("由", "从")) else len(counted)) : end]


def with_kind(figure: Figure, text: str) -> str:
    """The figure with its bounds and the name of whom it counts, where one stands beside it: 3名以上正式党员."""
    return _threshold(figure, text).shown


def own_number(query: Query) -> Figure | None:
    """The number one has, where that is the one number of a question whether it is enough: 30个人能登记吗; else None.

    Its offsets are those of the question with 二十来个 as 二十多个.
    """
    text = _ROUND.sub("多", query.text)
    told = [figure for figure in figures(text) if figure.unit]
    if len(told) != 1 or _ASKS_MORE.search(text[: told[0].start] + text[told[0].end :]):
        return None
    before, after = text[: told[0].start], text[told[0].end :]
    enough = _ENOUGH.match(after) and not _DEMANDED.search(before) and not _SAID_TO_BE.search(before)
    return told[0] if enough and told[0].unit in (*PERSONS, _HOUSEHOLD, "元") else None


def measured(query: Query, citations: Sequence[Citation]) -> str:
    """What quoted thresholds say of the number one has, in Chinese with the citation's number.

    "" unless all quotes in force set just one for what is counted.
    """
    own = own_number(query)
    if own is None:
        return ""
    kind = _own_kind(_ROUND.sub("多", query.text), own)
    wanted = _MAY_MEAN.get(kind, {kind})
    found = [
        (threshold, cited.n)
        for cited in citations
        if cited.status not in NOT_IN_FORCE and not _of_other_matter(query.text, cited.quote)
        for threshold in _thresholds(cited.quote, of=own)
        if threshold.kind in wanted or not threshold.kind
    ]
    telling = next(((one, n) for one, n in found if one.kind), None)
    if telling is None or len({(one.least, one.most) for one, _ in found}) != 1:
        return ""
    said = _compared(own, telling[0])
    typed = query.text[own.start : own.end + (query.text[own.end : own.end + 1] == "人")]
    return f"{typed}{said}：原文要求“{telling[0].shown}”[{telling[1]}]" if said else ""


def counting_alike(own: Figure, text: str, quoted: str) -> list[Figure]:
    """Figures of quoted words that count what a number of the question does; those of its unit where none says so."""
    found = [one for one in figures(quoted) if not is_place_in_row(one, quoted)]
    kind = _own_kind(text, own)
    wanted = _MAY_MEAN.get(kind, {kind}) - {""}
    named_so = [one for one in found if _unit(one) == _unit(own) and _threshold(one, quoted).kind in wanted]
    return named_so or [one for one in found if one.unit == own.unit]


def _thresholds(quote: str, *, of: Figure) -> list[_Threshold]:
    """What a quote says of numbers of the same unit."""
    plain = without_dates(quote)
    alike = [one for one in figures(plain) if _unit(one) == _unit(of) and not is_place_in_row(one, plain)]
    return [_threshold(one, plain) for one in alike if not _opens_range(one, plain)]


def _compared(own: Figure, threshold: _Threshold) -> str:
    """How a number stands to a threshold; "" for one too vague to say."""
    low, high = _ends(own)
    if threshold.least is None and threshold.most is None:
        return ""
    if threshold.least is not None and high < threshold.least:
        return "不够"
    if threshold.most is not None and low > threshold.most:
        return "超过了"
    if (threshold.least is None or low >= threshold.least) and (
        threshold.most is None or high <= threshold.most
    ):
        return "够了" if threshold.most is None else "没有超出"
    return ""


def _ends(own: Figure) -> tuple[Fraction, Fraction]:
    """Least and most that a number may be: 二十多 is 15 to 30, for 二十来 is written so too."""
    if own.most is not None:
        return own.value, own.most
    if not _VAGUE.search(own.text):
        return own.value, own.value
    step = Fraction(10)
    while own.value % (step * 10) == 0:
        step *= 10
    return own.value - step / 2, own.value + step


def _threshold(figure: Figure, text: str) -> _Threshold:
    start, end = _bounded(figure, text)
    before, after = text[: figure.start], text[figure.end :]
    opened = _FROM.search(before)
    kind = _KIND_BEFORE.search(text[:start])
    following = None if kind else _KIND_AFTER.match(text, end)
    name = kind[1] if kind else following[0] if following else _HOUSEHOLD if figure.unit == _HOUSEHOLD else ""
    shown = text[kind.start() if kind else start : following.end() if following else end]
    least = most = None
    if opened:
        least, most = figures(opened[0].rstrip(" 至到—–~-") + "个")[-1].value, figure.value
    elif not _BELOW.search(before):
        bound = bound_of(before.translate(_NARROW), after.translate(_NARROW))
        least = figure.value if bound > 0 else None
        most = figure.value if bound < 0 else None
    return _Threshold(_SAME_KIND.get(name, name), least, most, shown)


def _own_kind(text: str, own: Figure) -> str:
    """What the asker's number counts: 理事, 会员, 注册资金; persons where nothing else is said."""
    after, before = _KIND_AFTER.match(text, own.end), _KIND_BEFORE.search(text[: own.start])
    if after or before:
        name = after[0] if after else before[1] if before else ""
        return _SAME_KIND.get(name, name)
    if "发起" in text:
        return "发起人"
    persons = own.unit == "人" or text[own.end : own.end + 1] == "人"
    return "人" if persons else own.unit if own.unit == _HOUSEHOLD else ""


def _bounded(figure: Figure, text: str) -> tuple[int, int]:
    """Where a figure with its bounds begins and ends."""
    first = _FROM.search(text[: figure.start])
    start = first.start() if first else figure.start
    before = _LEAST_OR_MOST.search(text[:start])
    after = _OR_MORE_OR_LESS.match(text[figure.end :])
    return before.start() if before else start, figure.end + (after.end() if after else 0)


def _opens_range(figure: Figure, text: str) -> bool:
    return bool(re.match(r"\s*[至到—–~-]\s*[\d一二三四五六七八九十百千万]", text[figure.end :]))


def _unit(figure: Figure) -> str:
    return "人" if figure.unit in PERSONS else figure.unit


def _of_other_matter(text: str, quote: str) -> bool:
    """Whether a question about 登记 alone meets a quote about 备案 alone, or the other way round."""
    return any(
        asked in text and other not in text and other in quote and asked not in quote
        for asked, other in _MATTERS
    )
