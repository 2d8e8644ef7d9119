"""Who issued a document and when, by its title, its sign-off and the record of its adoption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from ingest.agencies import AGENCY_ENDS, is_agency_line, is_official_line, split_agencies
from ingest.dates import DATE, find_date
from ingest.doc_numbers import find_doc_number
from ingest.landmarks import Role, closes_sign_off, find_roles, text_lines

_TITLE_ISSUER = re.compile(
    rf"^((?:[\u4e00-\u9fff（）()]{{2,24}}?(?:{AGENCY_ENDS}|办|国务院|中共中央|人民代表大会常务委员会|人民代表大会)[、\s]*)+)(?=关于|印发|转发|令|公告|通告|《|实施)"
)
_DATE = re.compile(DATE)
_NOTE_LINE = re.compile(rf"^[（(]?\s*(?:根据)?\s*{DATE}")
_ACT = re.compile(r"通过|公布|发布|颁布|批准|修订|修正|修改")
_ASSEMBLY = re.compile(
    r"([\u4e00-\u9fff]*?)(?:第[一二三四五六七八九十]+届)?((?:全国)?人民代表大会(?:常务委员会)?)"
)
_ORDER = re.compile(
    r"(?:中华人民共和国)?([\u4e00-\u9fff]{2,12}?令)\s*第\s*(?:\d+|[一二三四五六七八九十百]+)\s*号"
)
_GOVERNMENT = re.compile(r"国务院|[\u4e00-\u9fff]{2,12}?人民政府")
_NOTE_LINES = 8
_NOTE_MAX_CHARS = 400


@dataclass(frozen=True, slots=True)
class Signature:
    """A sign-off: the bodies joined by 、, the date (YYYY-MM-DD), and its words as written."""

    issuer: str | None
    issued_on: str | None
    snippet: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """The record under a statute's title: its body, its last version's day, the order that promulgated it."""

    body: str
    day: str
    snippet: str
    order: str | None = None


def find_signature(text: str) -> Signature | None:
    """The first sign-off of a text (a covering notice signs before its enclosure); None without one."""
    lines = text_lines(text)
    signed = [at for at, role in sorted(find_roles(lines).items()) if role is Role.SIGN_OFF]
    if not signed:
        return None
    together = [lines[at].text for order, at in enumerate(signed) if at - signed[0] == order]
    first = list(takewhile(lambda line: not closes_sign_off(line), together))
    names: list[str] = []
    for line in first:
        words = _DATE.sub("", line).strip(" （()）印发\u3000")
        if is_agency_line(words) and not is_official_line(words):
            names += split_agencies(words)
    snippet = "\n".join(first)
    return Signature("、".join(names) or None, find_date(snippet), snippet)


def masthead_signature(head: Sequence[str]) -> Signature | None:
    """A body and a day on one line of the masthead, as minutes and bulletins have them; None without such a line."""
    for line in head:
        day = _DATE.search(line)
        name = line[: day.start()].strip() if day else ""
        if day and not line[day.end() :].strip() and is_agency_line(name):
            return Signature("、".join(split_agencies(name)), find_date(line), " ".join(line.split()))
    return None


def issuer_in_title(title: str) -> str | None:
    """The body a title begins with (民政部办公厅关于…); several are joined by 、."""
    match = _TITLE_ISSUER.match(title)
    if match is None:
        return None
    return "、".join(name.removeprefix("中华人民共和国") for name in split_agencies(match.group(1)))


def find_adoption(lines: Sequence[str]) -> Adoption | None:
    """From the note under a statute's title; None for a document that was not adopted.

    Approval by a higher assembly (批准) is not the statute's own adoption.

    Args:
        lines: The masthead and the first lines of the text, in order.
    """
    note = [line for line in lines[:_NOTE_LINES] if _NOTE_LINE.match(line) and _is_note(line)]
    events = [event for line in note for event in _events(line)]
    own = [event for event in events if event.act != "批准"]
    body = next((event.body for event in own if event.body), None)
    if not own or body is None:
        return None
    last = max(own, key=lambda event: event.day)
    order = next((event.order for event in own if event.order), None)
    return Adoption(body, last.day, last.snippet, order)


@dataclass(frozen=True, slots=True)
class _Event:
    day: str
    act: str
    body: str | None
    order: str | None
    snippet: str


def _is_note(line: str) -> bool:
    return len(line) <= _NOTE_MAX_CHARS and "。" not in line and bool(_ACT.search(line))


def _events(line: str) -> list[_Event]:
    """One event per date of a note: 1998年…公布　根据2016年…《决定》修订."""
    starts = [match.start() for match in _DATE.finditer(line)] + [len(line)]
    events = []
    for start, end in pairwise(starts):
        words = line[start:end]
        day, acts = find_date(words), _ACT.findall(words)
        if day and acts:
            events.append(
                _Event(
                    day,
                    acts[-1],
                    _acting_body(_DATE.sub("", words)),
                    _order_in(words),
                    words.strip(" 　（()）"),
                )
            )
    return events


def _acting_body(words: str) -> str | None:
    if match := _ASSEMBLY.search(words.strip()):
        return match.group(1) + match.group(2)
    if match := _ORDER.search(words):
        return match.group(1).removesuffix("令")
    match = _GOVERNMENT.search(words.split("《", maxsplit=1)[0])
    return match.group() if match else None


def _order_in(words: str) -> str | None:
    match = _ORDER.search(_DATE.sub("", words))
    return find_doc_number(match.group()) if match else None


def byline(head: Sequence[str]) -> str | None:
    """The bodies named on a line of their own nearest to the text; None without such a line."""
    return next(("、".join(split_agencies(line)) for line in reversed(head) if is_agency_line(line)), None)
