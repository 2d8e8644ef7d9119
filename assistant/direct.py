"""The direct line (直接答复) before the quotes, where just one figure in them can be meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asked import Asked
from assistant.domain import Citation
from assistant.forms import FREE
from assistant.numerals import Figure, figures
from assistant.understand import Query

_MONEY = {"元"}
_SPANS = {"日", "月", "个月", "年", "工作日", "小时", "季度", "周"}
_HOW_MANY = re.compile(r"(?:几|多少)(?=[个名人位户家次成支级类])")
_AT_LEAST_OR_MOST = re.compile(r"(?:不(?:得|能)?(?:超过|少于|低于|高于|多于)|至少|最[多高少低])(?:为|是)?$")
_OR_MORE_OR_LESS = re.compile(r"(?:[（(]含[^）)]{0,4}[)）])?(?:以上|以下|以内|之内|内)")
_DATE = re.compile(r"(?:19|20)\d\d年|\d{1,2}月\d{1,2}日")


def direct_line(query: Query, citations: Sequence[Citation]) -> str:
    """The figure that the best quote gives as the answer, in Chinese; "" when it is not the only one.

    Only figures of the kind asked for count, and dates are none. Questions that state a
    figure themselves are left to the premise check.
    """
    if not citations or query.parts or query.figures or Asked.COMPARISON in query.asked:
        return ""
    best = citations[0]
    text = _DATE.sub("", best.quote)
    wanted = [figure for figure in figures(text) if _is_asked(query, figure)]
    if len({(figure.value, figure.unit) for figure in wanted}) != 1:
        return ""
    if Asked.AMOUNT in query.asked and any(word in text for word in FREE):
        return ""  # what is charged and what is free stand side by side: the words must be read
    return f"**直接答复**：{_with_bounds(wanted[0], text)}[{best.n}]"


def _with_bounds(figure: Figure, text: str) -> str:
    """The figure as written with what bounds it: 不超过2万元, 三个月内."""
    before = _AT_LEAST_OR_MOST.search(text[: figure.start])
    after = _OR_MORE_OR_LESS.match(text[figure.end :])
    return f"{before[0] if before else ''}{figure.text}{after[0] if after else ''}"


def _is_asked(query: Query, figure: Figure) -> bool:
    if Asked.AMOUNT in query.asked:
        return figure.unit in _MONEY
    if Asked.TIME_LIMIT in query.asked:
        return figure.unit in _SPANS
    if Asked.NUMBER not in query.asked or Asked.YES_NO in query.asked:
        return False
    counted = {one.unit for one in figures(_HOW_MANY.sub("1", query.text))}
    return figure.unit in counted or (figure.unit == "人" and "个" in counted)
