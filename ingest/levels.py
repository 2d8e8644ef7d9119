"""What kind of document it is (级别): law, regulation, rule, notice, reply, news."""

from __future__ import annotations

import re

from assistant.domain import NATIONAL
from ingest.clean import CleanPage
from ingest.evidence import Evidence
from ingest.issuers import find_adoption
from ingest.regions import find_region

_DRAFT = re.compile(r"征求意见稿|公开征求意见")
_REPLY = re.compile(r"(?:提案|建议|议案).*(?:答复|复函|回复)|(?:答复|复函)(?:意见)?(?:的函)?$")
_READING = re.compile(r"解读|答记者问|一图读懂|政策问答|——《[^》]+》$")
_PLAN = re.compile(r"规划(?:纲要)?(?:[（(].*[）)])?(?:》?的通知)?$|发展规划|五年规划")
_POLICY = re.compile(
    r"(?:通知|意见|办法|方案|规定|细则|规程|指引|规范|规则|公告|通告|决定|纲要|计划|措施|制度|标准|指南|批复|函|清单|要点|导则)(?:[（(][^（()）]*[）)])?$"
)
_STATUTE = re.compile(r"条例(?:[（(].*[）)])?$|(?:实施|贯彻).*(?:办法|规定|细则)$|(?:办法|规定|规则|决定)$")
_OPENING_CHARS = 1200
_MEETING = re.compile(r"会议|讲习班|交流会|论坛|培训班|推进会|现场会|座谈会")
_EXPERIENCE = re.compile(r"主要做法|工作做法|经验做法|做法与成效|主要经验|工作成效|经验启示|今后努力")


def find_level(
    page: CleanPage, text: str, *, title: str, doc_number: str | None, issuer: str | None
) -> Evidence:
    """The level and the words it was told by; “其他” with low confidence when nothing tells."""
    for pattern, level in ((_DRAFT, "征求意见稿"), (_REPLY, "答复"), (_READING, "解读")):
        if match := pattern.search(title):
            return Evidence(level, match.group(), 0.9)
    if statute := _statute_level(page, text, title, doc_number):
        return statute
    if match := _PLAN.search(title):
        return Evidence("规划", match.group(), 0.85)
    if doc_number or (_POLICY.search(title) and issuer):
        return Evidence("规范性文件", doc_number or title, 0.9)
    if experience := _experience(page, text):
        return experience
    if match := _POLICY.search(title):
        return Evidence("规范性文件", match.group(), 0.6)
    if page.notes or page.info.get("发布日期") or page.info.get("来源"):
        return Evidence("新闻", " ".join(page.notes) or "网页发布日期", 0.6)
    return Evidence("其他", title, 0.2)


def _statute_level(page: CleanPage, text: str, title: str, doc_number: str | None) -> Evidence | None:
    """Laws, regulations and rules: by the order that promulgates them, or the assembly that passed them."""
    order = doc_number if doc_number and "令" in doc_number else ""
    if order:
        if order.startswith(("国务院", "中华人民共和国国务院")):
            return Evidence("行政法规", order, 0.95)
        if "主席令" in order:
            return Evidence("法律", order, 0.95)
        national = find_region(order) == NATIONAL
        return Evidence("部门规章" if national else "地方政府规章", order, 0.85)
    adoption = find_adoption([*page.head, *text[:_OPENING_CHARS].split("\n")])
    if adoption is None:
        if re.search(r"^中华人民共和国.{1,30}法$", title):
            return Evidence("法律", title, 0.8)
        return None
    if "全国人民代表大会" in adoption.body:
        return Evidence("法律", adoption.snippet, 0.9)
    if "人民代表大会" in adoption.body and _STATUTE.search(title):
        return Evidence("地方性法规", adoption.snippet, 0.95)
    if adoption.body.startswith("国务院") and _STATUTE.search(title):
        return Evidence("行政法规", adoption.snippet, 0.85)
    return None


def _experience(page: CleanPage, text: str) -> Evidence | None:
    told = _EXPERIENCE.search(text)
    meeting = _MEETING.search(page.trail)
    if told and (meeting or "同志们" in text[:200]):
        return Evidence("经验材料", page.trail or told.group(), 0.8)
    return Evidence("经验材料", told.group(), 0.55) if told and not page.info.get("发布日期") else None
