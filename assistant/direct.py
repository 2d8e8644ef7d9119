"""The direct line (直接答复) before the quotes: the one figure, or the words that allow or forbid what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from fractions import Fraction

from assistant.asked import Asked
from assistant.domain import NOT_IN_FORCE, Citation
from assistant.forms import FREE
from assistant.numerals import Figure, figures
from assistant.slots import is_place_in_row
from assistant.thresholds import measured, with_bounds, with_kind
from assistant.understand import Query

_MONEY = {"元"}
_PEOPLE = frozenset("人个名位")
_SPANS = {"日", "月", "个月", "年", "工作日", "小时", "季度", "周"}
_HOW_MANY = re.compile(r"(?:几|多少)(?=[个名人位户家次成支级类])")
_STANCE = re.compile(
    r"不得|不许|不准|禁止|不能|不可|不应|不予|不属于|不列入|不具有|不参加|不收费|无偿|免费|应当|(?<![适相反供响对回效])应(?![急用对税]|[^，。；：]{0,8}(?:者|人|员|方|家|户|单位|部门|组织|机构|机关|会|其)的?(?:需要|要求|请求|邀请|申请))|必须|须|可以|(?<![许认])可(?!持续|行性|靠|信)|允许|鼓励|(?<![政金策术供予取得的])(?<![智人物财]力)支持(?!力度|政策|体系|措施|资金|作用|系统|平台|的|[、和与及]|$)"
)
_PROMOTES = re.compile(
    r"(?:进一步|不断|积极|大力)?(?:加大|加强|加快|推动|推进|强化|完善|健全|提高|提升|扩大|促进|深化|优化)"
)  # a task set to the authorities, no word to the asker
_CLAUSE = re.compile(r"(?:[^，。；：,;\n]|(?<=\d),(?=\d))+")
_FORBIDS = re.compile(r"不得|不许|不准|禁止|不能|不可|不应|不予")
_NARROWED = re.compile(r"([一-鿿]{1,6}?)[性类型级式的]$")  # 地域性分支机构 are not all 分支机构
_MODAL = re.compile(
    r"(?:能不能|可不可以|要不要|该不该|用不用|得不得|是不是|算不算|能否|可否|是否|可以|必须|应该|[能要须得该])"
)
_NO_MATTER = re.compile(r"[能可要该用得够行算]不|^(?:不[能要得可该用]|必须|应该|可以)$|^\d+$")
_GOES_ON = re.compile(r"[：:]|[，,；;](?:但|除|经|需|须|也|还|或)")
_NOT_ALONE = re.compile(
    r"^(?:其他|其余|但|否则|另|同时|并|且|或|要么|也|还|凡)|的$"
)  # says little without what stands before or after it
_CONDITION = re.compile(
    r"(?:[^，。；：,;\n]+(?:的|[之以]?[前后内]|时|期间|情况下|之日起)[，,]"
    r"|(?:[^，。；：,;\n]*(?:没有|未(?![成来])|不具备|不符合|不满足)|如(?![实下期])|若|只有|经(?![费济营验]))[^，。；：,;\n]+[，,])+$"
)
# 退驻组织应在(退驻通知书发放之日起)15个工作日内; what is before 应在 and 在 need not be said
_SINCE = re.compile(r"[^，。；：,;\n]{2,30}(?:之日起|[之以]?[后前]|起)的?$")
_WHOSE = re.compile(r".*(?<![所存现正由关对属限基])(?:在|于)|.*(?:应当?|须|必须)(?=自|从)|.*[^自](?=自)")
_LIFTED = re.compile(r"取消|不再|废止|免除|免予|不受|不设|不作|没有")
_STOPS = "。；;\n"
_EACH = re.compile(r"[每单各](?!年|月|季)|人均|一个(?:项目|组织|队|人)")
_WHOLE = 1.5  # a quote not this many times as long as the clause is as quickly read itself
_LONG = 45  # characters of a clause that are still read at a glance
_DATE = re.compile(r"(?:19|20)\d\d年|\d{1,2}月\d{1,2}日")


def direct_line(query: Query, citations: Sequence[Citation]) -> str:
    """The line that leads an answer, in Chinese; "" when the best quote has no such words, or several.

    Where the asker says a number and asks whether it is enough, how it stands to the threshold;
    for any other yes-or-no question the clause that allows, forbids or demands it; else the figure
    in its clause. Only figures of the kind asked for count, and dates are none. Questions that
    state any other figure are left to the premise check.
    """
    if not citations or query.parts or Asked.COMPARISON in query.asked or query.standing:
        return ""
    best = citations[0]
    said = measured(query, citations)
    if said:
        return f"**直接答复**：{said}"
    if query.asked[0] is Asked.YES_NO:
        said = "" if best.status in NOT_IN_FORCE else _stance(query, best.quote)
        said = said if _speaks_of_figures(query, said) else ""
    elif not query.figures:
        said = _figure(query, citations)
    return f"**直接答复**：{said}[{best.n}]" if said else ""


def _figure(query: Query, citations: Sequence[Citation]) -> str:
    """The one figure asked for in the words that make it usable, "" when there are several or other quotes differ."""
    quote = citations[0].quote
    wanted = _asked_figures(query, quote)
    if len(_amounts(wanted)) != 1 or _of_all_together(query, wanted[0], quote):
        return ""
    if Asked.AMOUNT in query.asked and any(word in quote for word in FREE):
        return ""  # what is charged and what is free stand side by side: the words must be read
    others = [_amounts(_asked_figures(query, cited.quote)) for cited in citations[1:]]
    if any(other and not other & _amounts(wanted) for other in others):
        return ""
    return _in_its_clause(wanted[0], quote)


def _asked_figures(query: Query, quote: str) -> list[Figure]:
    text = _DATE.sub(lambda date: "　" * len(date[0]), quote)
    return [one for one in figures(text) if _is_asked(query, one) and not is_place_in_row(one, text)]


def _amounts(found: Sequence[Figure]) -> set[tuple[Fraction, str]]:
    return {(one.value, one.unit) for one in found}


def _in_its_clause(figure: Figure, quote: str) -> str:
    """The clause of a figure with its condition; of one that is long or all of the quote, the figure and since when.

    "" for a figure that such a clause does away with.
    """
    whole = next(match for match in _CLAUSE.finditer(quote) if match.start() <= figure.start < match.end())
    condition = _CONDITION.search(quote[: whole.start()])
    clause = quote[condition.start() if condition else whole.start() : whole.end()].strip()
    if len(quote) >= _WHOLE * len(clause) and len(clause) <= _LONG and not _NOT_ALONE.search(clause):
        return clause
    bounded = with_bounds(figure, quote)
    since = _SINCE.search(quote[whole.start() : quote.index(bounded, whole.start())])
    if _LIFTED.search(whole[0].replace(since[0], "") if since else whole[0]):
        return ""
    return _WHOSE.sub("", since[0], count=1) + bounded if since else with_kind(figure, quote)


def _stance(query: Query, quote: str) -> str:
    """The clause of a quote that allows, forbids or demands what is asked, "" when none clearly does.

    It must say half of the asker's own words, and more of them than any other clause; what the
    question ends in, and as closely as any other; and forbid no narrower thing than is asked about.
    """
    own = {word: (word, *same) for word, same in query.own_words.items() if not _NO_MATTER.search(word)}
    clauses = list(_CLAUSE.finditer(quote))
    said = [sum(any(w in match[0] for w in words) for words in own.values()) for match in clauses]
    most = max(said, default=0)
    best = [match for match, count in zip(clauses, said, strict=True) if count == most]
    if 2 * most < len(query.own_words) or len(best) != 1:
        return ""
    asked = max(own, key=query.text.rfind)
    names = [word for word in own[asked] if word in best[0][0]]
    if not names or not _says_most_closely(query.text, best[0], clauses):
        return ""
    if _FORBIDS.search(best[0][0]) and _is_narrowed(query.text, best[0][0], names):
        return ""
    start = _CONDITION.search(quote[: best[0].start()])
    clause = quote[start.start() if start else best[0].start() : best[0].end()].strip()
    rest = quote[best[0].end() :]
    if (
        not _STANCE.search(best[0][0])
        or _PROMOTES.match(clause)
        or _NOT_ALONE.search(clause)
        or _GOES_ON.match(rest)
    ):
        return ""
    return clause if len(quote) >= _WHOLE * len(clause) else ""


def _speaks_of_figures(query: Query, clause: str) -> bool:
    """Whether a clause states figures of every unit of which the question says one: 20天, not 一个 and 两个."""
    told = {one.unit for one in query.figures if one.unit and one.unit != "个"}
    return told <= {one.unit for one in figures(clause)}


def _says_most_closely(text: str, best: re.Match[str], clauses: Sequence[re.Match[str]]) -> bool:
    """Whether no other clause repeats more characters in a row of what stands behind 能 or 要."""
    modal = _MODAL.search(text)
    focus = text[modal.end() if modal else 0 :]
    return all(_run(focus, other[0]) <= _run(focus, best[0]) for other in clauses)


def _run(one: str, other: str) -> int:
    """Length of the longest run of characters that two texts share."""
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _is_narrowed(text: str, clause: str, names: Sequence[str]) -> bool:
    """Whether an attribute that the asker did not say stands right before what is asked about."""
    found = (_NARROWED.search(clause[: clause.find(name)]) for name in names)
    return any(match and match[1][-2:] not in text for match in found)


def _of_all_together(query: Query, figure: Figure, text: str) -> bool:
    """Whether it is asked what each gets, and the sentence with the figure tells what all get together."""
    start = max(text.rfind(mark, 0, figure.start) for mark in _STOPS) + 1
    end = min((at for mark in _STOPS if (at := text.find(mark, figure.end)) >= 0), default=len(text))
    return bool(_EACH.search(query.text)) and not _EACH.search(text[start:end])


def _is_asked(query: Query, figure: Figure) -> bool:
    if Asked.AMOUNT in query.asked:
        return figure.unit in _MONEY
    if Asked.TIME_LIMIT in query.asked:
        return figure.unit in _SPANS and not figure.text.endswith("年度")
    if Asked.NUMBER not in query.asked or Asked.YES_NO in query.asked:
        return False
    counted = {one.unit for one in figures(_HOW_MANY.sub("1", query.text))}
    people = bool(counted & _PEOPLE) and figure.unit in _PEOPLE  # 多少人: a rule counts members by 名 or 个
    return figure.unit in counted or people
