"""Years and five-year plans that a question asks about and the found texts do not reach."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.asked import Asked
from assistant.domain import DocumentStatus, Hit
from assistant.forms import wants_figure
from assistant.levels import is_report
from assistant.numerals import figures
from assistant.standing import Standing
from assistant.understand import Query
from assistant.validity import status_on
from assistant.years import year_from_now, years_written

_PLAN = re.compile(  # not 十四五个人, 二十四五岁
    r"(?<![一二三四五六七八九百])十([一二三四五六七八九])五[”’\"]?"
    r"(?!个|人(?![才口均力民])|名(?!单)|[岁位块元户桌口号多来万百千次]|家(?!庭)|支(?!持)|天(?!津)|年(?![度均末底初]))"
)
_VERSION = re.compile(r"[（(][^（()）]*文本[)）]")  # of a rule, which lasts until the next one
_RELATIVE = re.compile(r"今年|去年|本年度|截至目前|上半年|下半年")
_OF_ITS_TIME = (Asked.AMOUNT, Asked.NUMBER, Asked.TIME_LIMIT, Asked.WHEN, Asked.LIST)
_OF_ITS_NUMBER = re.compile(r"几号文|文号|数(?:字|目)?[呢吗?？]*$|哪[个边]?[^，,。？?]{0,12}[多少高低]")
_OF_FORCE = {Standing.FORCE, Standing.UNTIL, Standing.REPLACED, Standing.DRAFT}
_HALVES = ("上半年", "下半年")
_ORDER = "一二三四五六七八九"
_PLAN_BEGINS = 2006  # of the 十一五


def later_time(query: Query, hits: Sequence[Hit]) -> str:
    """The year or plan asked about when every text found is of an earlier one, as 2027年 or “十五五”; else "".

    A rule that names no time holds for any year. Who asks whether something is so, or
    still in force, is answered from the earlier text.

    Args:
        query: The understood question.
        hits: What would be quoted, not empty.
    """
    half = _other_half(query.text, hits)
    if half:
        return half
    reported = _year_reported(query, hits)
    if reported:
        return reported
    if query.confirms or set(query.standing) & _OF_FORCE:
        return ""
    plans = _PLAN.findall(query.text)
    if plans and all(_before_plan(hit, _ORDER.find(plans[0])) for hit in hits):
        return f"“十{plans[0]}五”"
    stated = [figure for hit in hits for figure in figures(hit.passage.text)]
    if any(asked.agrees(figure) for asked in query.figures for figure in stated):
        return ""  # it is about the very thing the text tells of; the year may be a slip
    figure = any(kind in query.asked for kind in _OF_ITS_TIME) or _OF_ITS_NUMBER.search(query.text)
    if query.years and figure and all(_earlier(_years(hit), int(query.years[0])) for hit in hits):
        return f"{query.years[0]}年"
    return ""


def past_period(query: Query, hits: Sequence[Hit]) -> str:
    """The year asked about when all that would be quoted is of a call or plan whose period was over before it; else "".

    Who asks whether it still holds is told that it is over.

    Args:
        query: The understood question.
        hits: What would be quoted, not empty.
    """
    told = year_from_now(query.text, query.today)
    asked = told.year if told else max(map(int, query.years), default=0)
    if (
        asked < query.today.year
        or query.confirms
        or Standing.FORCE in query.standing
        or Asked.YES_NO in query.asked
    ):
        return ""
    over = all(status_on(hit.document, query.as_of) is DocumentStatus.EXPIRED for hit in hits)
    return f"{asked}年" if over and all(_earlier(_years(hit), asked) for hit in hits) else ""


def other_plan(text: str, title: str) -> bool:
    """Whether a question names five-year plans (十五五) and a title another one."""
    asked, named = _PLAN.findall(text), _PLAN.findall(title)
    return bool(asked and named) and not set(asked) & set(named)


def _year_reported(query: Query, hits: Sequence[Hit]) -> str:
    """The year of 今年 or 去年, when all that is found tells how things stood in an earlier one."""
    meant = year_from_now(query.text, query.today)
    if meant is None or any(meant.word in hit.passage.text for hit in hits):  # the text's own 今年
        return ""
    over = all(status_on(hit.document, query.as_of) is DocumentStatus.EXPIRED for hit in hits)
    if not (wants_figure(query) or (query.figures and not over)):
        return ""  # who asks whether one may still apply is shown what was so then
    if not all(is_report(hit.document.level) for hit in hits):
        return ""
    stood = [[*_years(hit), *years_written(hit.document.issued_on or "")] for hit in hits]
    return f"{meant.year}年" if all(_earlier(years, meant.year) for years in stood) else ""


def _other_half(text: str, hits: Sequence[Hit]) -> str:
    """The half of a year asked about when the texts tell of the other one only."""
    for asked, other in (_HALVES, _HALVES[::-1]):
        told = [hit.passage.text for hit in hits if other in hit.passage.text]
        if asked in text and other not in text and told and not any(asked in words for words in told):
            return asked
    return ""


def _earlier(named: Sequence[int], asked: int) -> bool:
    return bool(named) and max(named) < asked


def _before_plan(hit: Hit, asked: int) -> bool:
    """Whether the text is of an earlier plan, or names none and only years before the plan begins."""
    plans = _plans(hit)
    return _earlier(plans, asked) if plans else _earlier(_years(hit), _PLAN_BEGINS + 5 * asked)


def _plans(hit: Hit) -> list[int]:
    where = f"{hit.document.title}{hit.passage.section}{hit.passage.text}"
    return [_ORDER.find(plan) for plan in _PLAN.findall(where)]


def _years(hit: Hit) -> list[int]:
    """Years that bind the passage to its time: of the title, the last day, the words themselves (今年: of its issue)."""
    title = _VERSION.sub("", hit.document.title)
    where = f"{title} {hit.document.expires_on or ''} {hit.passage.section} {hit.passage.text}"
    if _RELATIVE.search(hit.passage.text):
        where += f" {hit.document.issued_on or ''}"
    return years_written(where)
