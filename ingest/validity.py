"""Whether a document is in force on a given day, and on what grounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.domain import DocumentStatus
from assistant.validity import parse_day
from ingest.dates import DATE, add_years, find_date
from ingest.doc_numbers import find_doc_number
from ingest.numerals import CHINESE_NUMBER, to_int

_N = rf"(?:\d{{1,2}}|[{CHINESE_NUMBER}]{{1,3}})"
_PERIOD_IN_TITLE = re.compile(
    r"[（(]?\s*((?:19|20)\d{2})\s*年?\s*[-—–－~～至到]+\s*((?:19|20)\d{2})\s*年?\s*[）)]?"
)
_FIVE_YEAR_ENDS = {"十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030}
_FIVE_YEARS = re.compile(rf"({'|'.join(_FIVE_YEAR_ENDS)})[”\"’]?.*(?:规划|计划|方案|纲要)")
_TERM = re.compile(rf"有效期(?:限)?(?:为|暂定)?\s*({_N})\s*年|试行期?(?:限)?(?:为|暂定)?\s*({_N})\s*年")
_UNTIL = re.compile(rf"(?:有效期(?:限)?(?:至|到)|施行(?:至|到)|实施(?:至|到)|执行(?:至|到))\s*({DATE})")
_EFFECTIVE = re.compile(rf"(?:自|从)\s*({DATE})\s*起\s*(?:开始)?(?:正式)?(?:施行|实施|执行|生效)")
_FROM_ISSUE = re.compile(r"自(?:发布|印发|公布|颁布|通过|下发)之日起(?:\S{0,4}日后)?(?:施行|实施|执行|生效)")
_DRAFT = re.compile(r"征求意见稿|公开征求意见|征集意见稿|送审稿|讨论稿|（草案）|\(草案\)")
_REPEALING = re.compile(
    r"(?:(?:原|以前发布的|此前印发的)?((?:《[^》]{2,80}》(?:[（(][^）)]{2,40}[）)])?[、和及]?)+)\s*(?:同时|即行|一并|予以)?\s*(?:废止|失效)"
    r"|(?:同时|一并)废止\s*((?:《[^》]{2,80}》(?:[（(][^）)]{2,40}[）)])?[、和及]?)+))"
)
_ENDING = re.compile("废止|失效")  # without it none of the patterns below can match
_DECISION = re.compile(r"关于.{0,10}(?:废止|宣布失效).*(?:决定|通知|公告)$")
_DECIDED = re.compile(r"(?:废止|宣布失效)\s*((?:《[^》]{2,80}》(?:[（(][^）)]{2,40}[）)])?[、和及]?)+)")
_REPEALED_NUMBER = re.compile(
    r"([\u4e00-\u9fff]{1,12}\s*[〔\[【（(]\s*(?:19|20)\d{2}\s*[〕\]】）)]\s*\d{1,4}\s*号)\s*(?:文件?|文)?[）)]?\s*(?:同时|即行|一并|予以)?\s*废止"
)
_TITLE_IN_BRACKETS = re.compile(r"《([^》]{2,80})》")
_NOT_YET = re.compile(r"未(?:生效|施行|实施)")
_STATUS_KEYS = ("有效性", "时效性", "效力状态", "公文时效")
_WITHOUT_TERM = ("答复", "经验材料", "新闻", "解读")
_REVISED = re.compile(r"日.{0,60}(?:修订|修正|修改)[）)\s]")
_NOTE_CHARS = 400
_CLOSING_CHARS = 1500  # effect and term are stated in the last clauses, or in the first


@dataclass(frozen=True, slots=True)
class Validity:
    """Status on the day asked for, with its evidence in Chinese; dates are ISO strings or None.

    `supersedes` are titles and numbers this document repeals, as written.
    """

    status: DocumentStatus
    evidence: str
    effective_on: str | None = None
    expires_on: str | None = None
    supersedes: tuple[str, ...] = ()


def judge_validity(
    title: str,
    text: str,
    *,
    issued_on: str | None,
    as_of: date,
    info: Mapping[str, str] | None = None,
    level: str = "",
    expires_on: str | None = None,
) -> Validity:
    """Read effect, term and period from title, text and the page's table (`info`).

    `expires_on` is a last day that the administrator has given; it wins.

    A period in the title or a term that is over gives 实施期已满, a day of effect to come
    尚未施行; a draft is a draft;
    a table that says 废止/失效 or 有效 is believed; a stated term that still runs gives
    现行有效. Otherwise 未知: nothing in a document proves that nobody repealed it.
    """
    info = info or {}
    effective = _effective_on(text, info, issued_on)
    expires, ground = _expires_on(title, text, info, effective or issued_on)
    if expires_on is not None:
        expires, ground = expires_on, "人工填写的失效日期"
    if level == "解读":
        ground = f"所解读的文件，{ground}"
    supersedes = tuple(name for name in _superseded(title, text) if name != title)

    def verdict(status: DocumentStatus, evidence: str) -> Validity:
        return Validity(status, evidence, effective, expires, supersedes)

    if draft := _DRAFT.search(title):
        return verdict(DocumentStatus.DRAFT, f"标题注明“{draft.group().strip('（()）')}”")
    stated = next((info[key] for key in _STATUS_KEYS if info.get(key)), "")
    if re.search(r"废止|失效", stated):
        return verdict(DocumentStatus.REPEALED, f"网页信息表注明“{stated}”")
    begins = parse_day(effective)
    if (begins is not None and begins > as_of) or _NOT_YET.search(stated):
        since = f"自{effective}起施行" if effective else f"网页信息表注明“{stated}”"
        return verdict(DocumentStatus.PENDING, since)
    if expires is not None and expires < as_of.isoformat():
        return verdict(DocumentStatus.EXPIRED, f"{ground}，至{expires}已满")
    if "修订" in stated or "修改" in stated:
        return verdict(DocumentStatus.REVISED, f"网页信息表注明“{stated}”")
    if "有效" in stated:
        return verdict(DocumentStatus.IN_FORCE, f"网页信息表注明“{stated}”")
    if expires is not None:
        return verdict(DocumentStatus.IN_FORCE, f"{ground}，至{expires}")
    if level in _WITHOUT_TERM:
        return verdict(DocumentStatus.UNKNOWN, f"{level}没有效力期限，反映成文时的情况")
    return verdict(DocumentStatus.UNKNOWN, "文中没有有效期或废止的说明")


def period_of(title: str) -> str | None:
    """The period in a title as written, e.g. “(2021-2023年)”; None when it has none."""
    match = _PERIOD_IN_TITLE.search(title)
    return match.group().strip() if match and int(match[1]) < int(match[2]) else None


def _effective_on(text: str, info: Mapping[str, str], issued_on: str | None) -> str | None:
    for part in (text[-_CLOSING_CHARS:], text[:_CLOSING_CHARS]):
        if match := _EFFECTIVE.search(part):
            return find_date(match.group(1))
    for key in ("实施日期", "施行日期", "生效日期"):
        if found := find_date(info.get(key, "")):
            return found
    revised = _REVISED.search(text[:_NOTE_CHARS])  # its own date is not that of the first issue
    if issued_on and len(issued_on) == 10 and not revised and _FROM_ISSUE.search(text):
        return issued_on
    return None


def _expires_on(title: str, text: str, info: Mapping[str, str], begins: str | None) -> tuple[str | None, str]:
    if until := _UNTIL.search(text):
        return find_date(until.group(1)), f"文中写明“{until.group()}”"
    if (term := _TERM.search(text)) and begins and len(begins) == 10:
        years = to_int(next(group for group in term.groups() if group))
        return add_years(begins, years), f"文中写明“{term.group()}”，自{begins}起算"
    if period := period_of(title):
        last = _PERIOD_IN_TITLE.search(title)
        return (f"{last[2]}-12-31" if last else None), f"标题写明实施期“{period}”"
    if plan := _FIVE_YEARS.search(title):
        return f"{_FIVE_YEAR_ENDS[plan.group(1)]}-12-31", f"标题写明“{plan.group(1)}”时期"
    if found := find_date(info.get("失效日期", "") or info.get("废止日期", "")):
        return found, "网页信息表写明失效日期"
    return None, ""


def _superseded(title: str, text: str) -> list[str]:
    """Titles and document numbers that the text repeals, in order, each once.

    “废止《…》” alone is an act only in a decision on repealing; elsewhere it is a report of one.
    """
    if not _ENDING.search(text):
        return []
    found: list[str] = []
    for match in _REPEALING.finditer(text):
        found += _TITLE_IN_BRACKETS.findall(match.group(1) or match.group(2) or "")
    for match in _DECIDED.finditer(text) if _DECISION.search(title) else ():
        found += _TITLE_IN_BRACKETS.findall(match.group(1))
    for match in _REPEALED_NUMBER.finditer(text):
        if number := find_doc_number(match.group(1)):
            found.append(number)
    return list(dict.fromkeys(found))
