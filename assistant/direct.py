"""The direct line (直接答复) before the quotes: the one figure, or the words that allow or forbid what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asked import Asked
from assistant.domain import NOT_IN_FORCE, Citation
from assistant.forms import FREE
from assistant.numerals import Figure, figures
from assistant.understand import Query

_MONEY = {"元"}
_SPANS = {"日", "月", "个月", "年", "工作日", "小时", "季度", "周"}
_HOW_MANY = re.compile(r"(?:几|多少)(?=[个名人位户家次成支级类])")
_AT_LEAST_OR_MOST = re.compile(r"(?:不(?:得|能)?(?:超过|少于|低于|高于|多于)|至少|最[多高少低])(?:为|是)?$")
_OR_MORE_OR_LESS = re.compile(r"期?(?:[（(]含[^）)]{0,4}[)）])?(?:以上|以下|以内|之内|内)")
_FROM = re.compile(r"[\d一二三四五六七八九十百千万]+\s*[至到—–~-]\s*$")  # 5至25人 is one figure
_STANCE = re.compile(
    r"不得|不许|不准|禁止|不能|不可|不应|不予|不属于|不列入|不具有|不参加|不收费|无偿|免费|应当|(?<![适相反供响对回效])应(?![急用对税])|必须|须|可以|(?<![许认])可(?!持续|行性|靠|信)|允许|鼓励|支持"
)
_CLAUSE = re.compile(r"[^，。；：,;\n]+")
_GOES_ON = re.compile(r"[：:]|[，,；;](?:但|除|经|需|须|也|还|或)")
_NOT_ALONE = re.compile(
    r"^(?:其他|其余|但|否则|另|同时)|的$"
)  # says little without what stands before or after it
_CONDITION = re.compile(r"[^，。；：,;\n]+的[，,]$")
_STOPS = "。；;\n"
_EACH = re.compile(r"[每单各](?!年|月|季)|人均|一个(?:项目|组织|队|人)")
_WHOLE = 1.5  # a quote not this many times as long as the clause is as quickly read itself
_DATE = re.compile(r"(?:19|20)\d\d年|\d{1,2}月\d{1,2}日")


def direct_line(query: Query, citations: Sequence[Citation]) -> str:
    """The line that leads an answer, in Chinese; "" when the best quote has no such words, or several.

    For a yes-or-no question the clause that allows, forbids or demands it; else the figure.
    Only figures of the kind asked for count, and dates are none. Questions that state a
    figure themselves are left to the premise check.
    """
    if not citations or query.parts or Asked.COMPARISON in query.asked or query.standing:
        return ""
    best = citations[0]
    if query.asked[0] is Asked.YES_NO:
        clause = "" if best.status in NOT_IN_FORCE else _stance(query, best.quote)
        return f"**直接答复**：{clause}[{best.n}]" if clause else ""
    if query.figures:
        return ""
    text = _DATE.sub("", best.quote)
    wanted = [figure for figure in figures(text) if _is_asked(query, figure)]
    if len({(figure.value, figure.unit) for figure in wanted}) != 1:
        return ""
    if _of_all_together(query, wanted[0], text):
        return ""
    if Asked.AMOUNT in query.asked and any(word in text for word in FREE):
        return ""  # what is charged and what is free stand side by side: the words must be read
    return f"**直接答复**：{_with_bounds(wanted[0], text)}[{best.n}]"


def _stance(query: Query, quote: str) -> str:
    """The clause of a quote that allows, forbids or demands what is asked, "" when none clearly does.

    It must say half of the asker's own words, and more of them than any other clause.
    """
    said = {
        match: sum(any(w in match[0] for w in (word, *same)) for word, same in query.own_words.items())
        for match in _CLAUSE.finditer(quote)
    }
    most = max(said.values(), default=0)
    best = [match for match, count in said.items() if count == most]
    if 2 * most < len(query.own_words) or len(best) != 1:
        return ""
    start = _CONDITION.search(quote[: best[0].start()])
    clause = quote[start.start() if start else best[0].start() : best[0].end()].strip()
    rest = quote[best[0].end() :]
    if not _STANCE.search(clause) or _NOT_ALONE.search(clause) or _GOES_ON.match(rest):
        return ""
    return clause if len(quote) >= _WHOLE * len(clause) else ""


def _of_all_together(query: Query, figure: Figure, text: str) -> bool:
    """Whether it is asked what each gets, and the sentence with the figure tells what all get together."""
    start = max(text.rfind(mark, 0, figure.start) for mark in _STOPS) + 1
    end = min((at for mark in _STOPS if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    return bool(_EACH.search(query.text)) and not _EACH.search(text[start:end])


def _with_bounds(figure: Figure, text: str) -> str:
    """The figure as written with what bounds it: 不超过2万元, 三个月内."""
    first = _FROM.search(text[: figure.start])
    before = _AT_LEAST_OR_MOST.search(text[: first.start() if first else figure.start])
    after = _OR_MORE_OR_LESS.match(text[figure.end :])
    return f"{before[0] if before else ''}{first[0] if first else ''}{figure.text}{after[0] if after else ''}"


def _is_asked(query: Query, figure: Figure) -> bool:
    if Asked.AMOUNT in query.asked:
        return figure.unit in _MONEY
    if Asked.TIME_LIMIT in query.asked:
        return figure.unit in _SPANS and not figure.text.endswith("年度")
    if Asked.NUMBER not in query.asked or Asked.YES_NO in query.asked:
        return False
    counted = {one.unit for one in figures(_HOW_MANY.sub("1", query.text))}
    return figure.unit in counted or (figure.unit == "人" and "个" in counted)
