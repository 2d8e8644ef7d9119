"""Title, number, issuer, region, level and date of an article, each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.domain import NATIONAL
from ingest.clean import CleanPage
from ingest.dates import find_date
from ingest.doc_numbers import doc_number_of_line, find_doc_number, is_doc_number_line, means_none
from ingest.evidence import FILE_NAME, INFO_TABLE, NOT_FOUND, Evidence, missing
from ingest.issuers import byline, find_adoption, find_signature, issuer_in_title, masthead_signature
from ingest.jurisdiction import REGION_UNPROVEN, find_jurisdiction, local_body
from ingest.levels import find_level
from ingest.regions import find_region
from ingest.titles import find_title

_MASTHEAD_CHARS = 200
_OPENING_CHARS = 1200
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")
_ISSUED_BY = re.compile(
    r"([\u4e00-\u9fff]{2,20}?(?:厅|局|部|委员会|办公厅|人民政府|国务院))(?:印发|发布|出台|制定)"
)
_BOOK_TITLE = re.compile(r"《([^》]{3,80})》")
_BASIS = re.compile(
    r"(?:依据|根据|按照|依照|落实|贯彻|深化)(?:(?!制定|印发|出台|修订|起草|现将)[^。；《]){0,30}(?:《[^》]{3,80}》(?:[（(][^）)]{2,40}[）)])?(?:[、和及，,]|以及|等)?\s?[^。；《，,]{0,20}[、]?)+"
)
_AMENDS = re.compile(r"\S{0,6}(?:修订|修正|修改)")  # 根据…《决定》修订: a record, not a ground
_SOURCES = ("发文机关", "发布机构", "制发机关", "发文单位", "发布单位", "信息来源", "来源")
_PUBLISHED = ("新闻", "解读", "经验材料")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found, and `warnings` in Chinese, by field, about what contradicts or is missing.

    `region` has no value when a place is named that cannot be placed.
    """

    title: Evidence
    doc_number: Evidence
    issuer: Evidence
    region: Evidence
    level: Evidence
    issued_on: Evidence
    basis: tuple[str, ...]
    warnings: Mapping[str, tuple[str, ...]]


def find_metadata(page: CleanPage, text: str, *, declared_title: str | None, file_name: str) -> Metadata:
    """Read the metadata of one cleaned article.

    Args:
        page: The article's masthead, table and notes.
        text: Its canonical text.
        declared_title: What the file format says the title is.
        file_name: Name of the file without suffix, the last resort for a title.
    """
    issuer = _issuer(page, text, declared_title or page.info.get("标题", ""))
    title = find_title(page, text, declared=declared_title, issuer=issuer.value, file_name=file_name)
    named = issuer_in_title(title.value or "")
    if issuer.value is None and named:
        issuer = Evidence(named, title.value or "", 0.9)
    doc_number = _doc_number(page, text)
    level = find_level(page, text, title=title.value or "", doc_number=doc_number.value, issuer=issuer.value)
    if level.value == "新闻" and issuer.value == named:
        issuer = missing()  # a report about a body's document is not that body's
    region = _region(page, text, title=title, issuer=issuer, level=level.value or "", number=doc_number)
    issued_on = _issued_on(page, text, level.value)
    warnings = {
        "title": _title_warnings(title),
        "issuer": _contradictions(page, issuer),
        "region": _region_warnings(region),
    }
    return Metadata(title, doc_number, issuer, region, level, issued_on, find_basis(text), warnings)


def find_basis(text: str) -> tuple[str, ...]:
    """Documents named as ground (依据、根据、落实《…》) before the first numbered clause, as written."""
    names: list[str] = []
    for line in text.split("\n")[:12]:
        for match in _BASIS.finditer(line):
            if not _AMENDS.match(match.group().rpartition("》")[2]):
                names += [name for name in _BOOK_TITLE.findall(match.group()) if name not in names]
    return tuple(names)


def _issuer(page: CleanPage, text: str, title: str) -> Evidence:
    """Sign-off, then title, byline, note of adoption; the site's table last, for sites repost."""
    signature = find_signature(text)
    orders = [line for line in text[:_MASTHEAD_CHARS].split("\n") if is_doc_number_line(line)]
    lines = [title, *reversed(page.head), *orders]
    titled = next((named for line in lines if (named := issuer_in_title(line))), None)
    if signature and signature.issuer:
        agreed = titled == signature.issuer
        return Evidence(signature.issuer, signature.snippet, 0.98 if agreed else 0.9)
    if titled:
        return Evidence(titled, titled, 0.9)
    if printed := masthead_signature(page.head):
        return Evidence(printed.issuer, printed.snippet, 0.9)
    if (adoption := find_adoption(_opening(page, text))) is not None:
        return Evidence(adoption.body, adoption.snippet, 0.9)
    if (line := byline(page.head)) is not None:
        return Evidence(line, line, 0.8)
    for key in ("发文机关", "发布机构", "制发机关", "发文单位", "发布单位"):
        if page.info.get(key):
            return Evidence(page.info[key], INFO_TABLE, 0.5)
    return missing()


def _opening(page: CleanPage, text: str) -> list[str]:
    """Masthead lines and the first lines of the text."""
    return [*page.head, *text[:_OPENING_CHARS].split("\n")]


def _doc_number(page: CleanPage, text: str) -> Evidence:
    for key in ("发文字号", "文号", "文件编号"):
        if key not in page.info:
            continue
        if means_none(page.info[key]):
            return Evidence(None, f"{INFO_TABLE}：{key} {page.info[key]}", 0.9)
        if number := find_doc_number(page.info[key]):
            return Evidence(number, INFO_TABLE, 0.95)
    for line in [*page.head, *text[:_MASTHEAD_CHARS].split("\n")[:4]]:
        plain = line.strip()
        if number := doc_number_of_line(plain):
            return Evidence(number, plain, 0.98)
        if (
            tail := re.search(r"[（(]([^（()）]{2,12}[〔\[【]\d{4}[〕\]】]\s*\d+\s*号)[）)]\s*$", plain)
        ) and line in page.head:
            return Evidence(find_doc_number(tail.group(1)), plain, 0.9)
    adoption = find_adoption(_opening(page, text))
    if adoption and adoption.order:
        return Evidence(adoption.order, adoption.snippet, 0.9)
    return missing(0.5)


def _region(
    page: CleanPage, text: str, *, title: Evidence, issuer: Evidence, level: str, number: Evidence
) -> Evidence:
    titles = [title.value or "", *_BOOK_TITLE.findall(title.value or "")]
    around = [
        *page.head,
        *issuer.source.split("\n"),
        *(page.info[key] for key in _SOURCES if key in page.info),
    ]
    found = find_jurisdiction(issuer.value, titles, level=level, head=around, doc_number=number.value)
    if found is not None:
        return found
    if level == "解读":
        for match in _ISSUED_BY.finditer(text[:_MASTHEAD_CHARS]):
            if region := find_region(match.group(1)):
                return Evidence(region, match.group(), 0.7)
            if local_body(match.group(1)):
                return Evidence(None, match.group(1), 0.0)
    return Evidence(NATIONAL, NOT_FOUND, 0.2)


def _issued_on(page: CleanPage, text: str, level: str | None) -> Evidence:
    """成文日期: the sign-off's, the adoption's, the table's; a page's 发布日期 only for articles."""
    signature = find_signature(text)
    if signature and signature.issued_on:
        return Evidence(signature.issued_on, signature.snippet, 0.98)
    if printed := masthead_signature(page.head):
        return Evidence(printed.issued_on, printed.snippet, 0.95)
    if adoption := find_adoption(_opening(page, text)):
        return Evidence(adoption.day, adoption.snippet, 0.95)
    for key in ("成文日期", "发文日期", "印发日期", "生成日期"):
        if found := find_date(page.info.get(key, "")):
            return Evidence(found, f"{INFO_TABLE}：{key}", 0.9)
    if level in _PUBLISHED:
        for key in ("发布日期", "发布时间"):
            if found := find_date(page.info.get(key, "")):
                return Evidence(found, f"网页{key} {page.info[key]}，转载网页的日期可能晚于原文", 0.4)
        if year := _YEAR.search(page.trail):
            return Evidence(year.group(), page.trail, 0.7)
    return missing()


def _region_warnings(region: Evidence) -> tuple[str, ...]:
    if region.value is None:
        return (REGION_UNPROVEN.format(name=region.source),)
    if region.confidence < 0.5:
        return ("没有找到能判断适用地区的依据，暂按“全国”，请核对并填写地区。",)
    return ()


def _title_warnings(title: Evidence) -> tuple[str, ...]:
    if title.source == FILE_NAME:
        return ("文中没有找到标题，暂用文件名，请填写标题。",)
    if title.confidence < 0.7:
        return (f"标题可能不完整或是按内容拟的，请核对：{title.value}",)
    return ()


def _contradictions(page: CleanPage, issuer: Evidence) -> tuple[str, ...]:
    stated: Mapping[str, str] = page.info
    table = next((stated[key] for key in ("发文机关", "发布机构") if stated.get(key)), None)
    if table and issuer.value and issuer.source != INFO_TABLE and table not in issuer.value:
        return (f"网页信息表的发文机关是“{table}”，文件标题或落款是“{issuer.value}”，已按后者。",)
    return ()
