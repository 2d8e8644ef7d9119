"""Who issued a document, by its title, its sign-off and the record of its adoption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.dates import find_date
from ingest.landmarks import AGENCY_ENDS, Role, find_roles, is_agency_line, text_lines

_TITLE_ISSUER = re.compile(
    rf"^((?:[\u4e00-\u9fff（）()]{{2,24}}?(?:{AGENCY_ENDS}|国务院|中共中央|人民代表大会常务委员会|人民代表大会)[、\s]*)+)(?=关于|印发|转发|令|公告|通告|《|实施)"
)
_ASSEMBLY = re.compile(
    r"(?P<day>\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*(?:经)?(?P<body>[\u4e00-\u9fff]*?第[一二三四五六七八九十]+届)?(?P<kind>(?:[\u4e00-\u9fff]*?)人民代表大会(?:常务委员会)?|国务院[^，。；\s]*?|[\u4e00-\u9fff]{2,16}?人民政府)[^；。\n]{0,40}?(?P<act>通过|公布|批准|修订|修正)"
)
_SESSION = re.compile(r"第[一二三四五六七八九十]+(?:届|次).*$|第[一二三四五六七八九十]+届")
_SPACES = re.compile(r"\s+")
_HEAD_CHARS = 600


@dataclass(frozen=True, slots=True)
class Signature:
    """A sign-off: the bodies joined by 、, the date (YYYY-MM-DD), and its words as written."""

    issuer: str | None
    issued_on: str | None
    snippet: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """The last adoption or revision of a statute by its own assembly."""

    body: str
    day: str
    snippet: str


def find_signature(text: str) -> Signature | None:
    """The first sign-off of a text (a covering notice signs before its enclosure); None without one."""
    lines = text_lines(text)
    signed = [at for at, role in sorted(find_roles(lines).items()) if role is Role.SIGN_OFF]
    if not signed:
        return None
    first = [at for at in signed if at - signed[0] == signed.index(at)]
    snippet = "\n".join(lines[at].text for at in first)
    words = _SPACES.sub(
        " ", re.sub(r"[（(]?\S*\d{4}\s*年.*|[（(]?[二一][〇零○ОO]\S*年.*", "", snippet)
    ).strip()
    return Signature("、".join(words.split()) or None, find_date(snippet), snippet)


def issuer_in_title(title: str) -> str | None:
    """The body a title begins with (民政部办公厅关于…); several are joined by 、."""
    match = _TITLE_ISSUER.match(title)
    return "、".join(re.split(r"[、\s]+", match.group(1).strip("、 "))) if match else None


def find_adoption(text: str) -> Adoption | None:
    """From the note under a statute's title; approval by a higher assembly does not count as its own."""
    found = [match for match in _ASSEMBLY.finditer(text[:_HEAD_CHARS]) if match["act"] != "批准"]
    if not found:
        return None
    last = max(found, key=lambda match: find_date(match["day"]) or "")
    body = re.sub(r"第[一二三四五六七八九十]+届", "", (last["body"] or "")) + last["kind"]
    return Adoption(body, find_date(last["day"]) or "", last.group())


def byline(head: Sequence[str]) -> str | None:
    """A line under the title that is nothing but a body's name."""
    return next((line.strip() for line in reversed(head) if is_agency_line(line.strip())), None)
