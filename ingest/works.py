"""When two titles or numbers mean the same work (同一文件)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.domain import NATIONAL, Document
from assistant.text import normalise
from ingest.doc_numbers import find_doc_number, is_doc_number_line

# They tell what happened or explain; they are not rules that a later one replaces.
NARRATIVE = ("新闻", "解读", "经验材料")
_PERIOD = re.compile(r"[（(][^（()）]*(?:19|20)\d\d[^（()）]*[)）]")
_PRINTED = re.compile(r"印发(?:《(?P<a>.+)》|〈(?P<b>.+)〉)的通知")
_AMENDED = re.compile(r"[（(][^（()）]*(?:修订|修正|修改)[^（()）]*[)）]")
_STATE = "中华人民共和国"
_MIN_TITLE_CHARS = 6  # 通知, 工作方案: too short to name one document


def title_key(title: str) -> str:
    """A title reduced to what names the work: without 印发…的通知, period, brackets and blanks."""
    inner = _PRINTED.search(title)
    if inner:
        title = inner["a"] or inner["b"]
    return re.sub(r"\W", "", normalise(_PERIOD.sub("", title)))


def work_key(title: str) -> str:
    """A title reduced to what names the work, whatever its period or version: 慈善法 for the full name too."""
    return title_key(title).removeprefix(_STATE)


def bare_key(title: str) -> str:
    """The work key without the body that issued it: 关于…的意见 for 民政部关于…的意见."""
    key = work_key(title)
    at = key.find("关于")
    return key[at:] if at > 0 else key


def same_title(one: str, other: str) -> bool:
    """Whether two titles name one work; a body before 关于 may be missing from one, not differ."""
    keys = work_key(one), work_key(other)
    return keys[0] == keys[1] or (bare_key(one) == bare_key(other) and bare_key(one) in keys)


def version_key(title: str) -> str:
    """A title reduced to what its versions share: a new period (2024-2026年) is another work, （修订） is not.

    "" for a title too short to name one document.
    """
    period_kept = re.sub(r"[（(]([^（()）]*)[)）]", r"\1", _AMENDED.sub("", title))
    key = title_key(period_kept)
    return key if len(key) >= _MIN_TITLE_CHARS else ""


def number_key(doc_number: str | None) -> str:
    """A document number in the one form they are compared in; "" for none."""
    return normalise(find_doc_number(doc_number) or doc_number) if doc_number else ""


def as_number(name: str) -> str:
    """The number key of a name that is a number and nothing else; "" for a title."""
    return number_key(name) if is_doc_number_line(name) else ""


def covers(region: str, other: str) -> bool:
    """Whether what a region's authority decides can concern a document of the other region."""
    return region == NATIONAL or other.startswith(region)


def same_authority(one: Document, other: Document) -> bool:
    """Whether two documents come from one issuer or hold for one region, so that one may be the other's version."""
    return one.region == other.region or bool(one.issuer and one.issuer == other.issuer)


def day_of(document: Document) -> str:
    """The day that orders versions, as far as known: of issue, else of effect; "" when unknown."""
    return document.issued_on or document.effective_on or ""


def later(one: Document, other: Document) -> int:
    """1 when the first was issued later, -1 earlier, 0 the same day or unknown.

    Dates are compared as far as both are known: 2020 and 2020-12-07 are the same.
    """
    a, b = day_of(one), day_of(other)
    length = min(len(a), len(b))
    return (a[:length] > b[:length]) - (a[:length] < b[:length])


class Titles:
    """Titles of held documents, looked up as others write them."""

    def __init__(self, titles: Iterable[str] = ()) -> None:
        """Start with some titles; `add` takes more."""
        self._titles: dict[str, list[str]] = {}
        for title in titles:
            self.add(title)

    def add(self, title: str) -> None:
        """Take a title in."""
        self._titles.setdefault(bare_key(title), []).append(title)

    def hold(self, title: str) -> bool:
        """Whether a document of this title is held, of any version and region."""
        return any(same_title(title, held) for held in self._titles.get(bare_key(title), ()))
