"""Lines with a part of their own: sign-off, attachments, table of contents, inner titles, headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ingest.agencies import is_agency_line, is_official_line
from ingest.dates import DATE
from ingest.numerals import CHINESE_NUMBER


class Role(Enum):
    """What a line is, when it is not an ordinary paragraph or numbered clause."""

    CONTENTS = auto()
    SIGN_OFF = auto()
    ATTACHMENT = auto()
    TITLE = auto()
    HEADING = auto()


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a text: `text[start:end]`, blanks at both ends left out."""

    text: str
    start: int
    end: int


_DATE_LINE = re.compile(rf"^[（(]?{DATE}[）)]?(?:\s*印发)?$")
_SIGNED_LINE = re.compile(rf"^(?P<name>\S{{2,30}})\s+{DATE}(?:\s*印发)?$")
_AFTER_SIGN_OFF = re.compile(r"^[（(]此件.{2,12}[）)]$|^抄\s*送\s*[:：]|^主\s*办\s*[:：]")
_ATTACHMENT = re.compile(
    rf"^附\s*(?:件|表|录)?\s*(?:[\d{CHINESE_NUMBER}]{{1,2}})?\s*(?:[:：].{{0,60}}|[.．]?)$"
)
_LIST_OPENING = re.compile(r"^附\s*件\s*[:：]\s*(?:(\d{1,2})\s*[.．、]|$)")
_LIST_ENTRY = re.compile(r"^(\d{1,2})\s*(?:[．、]|\.(?!\d{1,2}(?!\d)))")
_CONTENTS = re.compile(r"^目\s*(?:录|次)\s*(.*)$")
_CONTENTS_ENTRY = re.compile(rf"^第\s*[{CHINESE_NUMBER}\d\s]+[编章节]|^附\s*[则件表录]")
_LABELLED = re.compile(
    rf"^(?:第[{CHINESE_NUMBER}\d\s]+[编章节条]|[{CHINESE_NUMBER}]{{1,3}}、|[（(][{CHINESE_NUMBER}\d]+[）)]|\d+[.．、）)]|[①-⑳—●•])"
)
_DIVISION_START = re.compile(rf"^第\s*[{CHINESE_NUMBER}\d\s]+[编章节条](?:\s|$)")
_QUESTION = re.compile(r"^(?:\d{1,3}\s*[.．、]\s*)?(?:问|Q)\s*\d{0,3}\s*[:：]\s*\S", re.IGNORECASE)
_REPLY = re.compile(r"^(?:答|A)\s*\d{0,3}\s*[:：]", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[。；;：:！？!?…，,、][”’」』）)]*$")
_TITLE_MAX_CHARS = 80
_HEADING_MAX_CHARS = 30
_PARAGRAPH_MIN_CHARS = 40
_SIGNERS_MAX = 12


def text_lines(text: str) -> list[TextLine]:
    """The lines of `text` that hold anything but blanks."""
    lines: list[TextLine] = []
    offset = 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            start = offset + raw.index(stripped[0])
            lines.append(TextLine(stripped, start, start + len(stripped)))
        offset += len(raw) + 1
    return lines


def closes_sign_off(line: str) -> bool:
    """Whether a line stands below a sign-off and is of the printing office's making: 此件公开发布, 抄送, 主办."""
    return bool(_AFTER_SIGN_OFF.match(line))


def asks(line: str) -> bool:
    """Whether a line is the question of a collection of questions and answers (问：…？)."""
    return bool(_QUESTION.match(line))


def is_labelled(line: str) -> bool:
    """Whether the line begins with something shaped like a clause marker."""
    return bool(_LABELLED.match(line))


def begins_division(line: str) -> bool:
    """Whether the line begins with a chapter's or article's label and a blank: no sentence goes on so."""
    return bool(_DIVISION_START.match(line))


def find_roles(lines: Sequence[TextLine]) -> dict[int, Role]:
    """Role by index into `lines`; ordinary lines are left out."""
    roles: dict[int, Role] = {}
    _mark_contents(lines, roles)
    _mark_sign_offs(lines, roles)
    _mark_attachments(lines, roles)
    _mark_titles(lines, roles)
    _mark_headings(lines, roles)
    return roles


def _mark_contents(lines: Sequence[TextLine], roles: dict[int, Role]) -> None:
    for index, line in enumerate(lines):
        if not (match := _CONTENTS.match(line.text)) or (match.group(1) and not is_labelled(match.group(1))):
            continue
        roles[index] = Role.CONTENTS
        seen: set[str] = set()
        for later in range(index + 1, len(lines)):
            entry = re.sub(r"\s+|[.…·]+\s*\d*$", "", lines[later].text)
            if (
                not _CONTENTS_ENTRY.match(lines[later].text)
                or entry in seen
                or len(entry) > _HEADING_MAX_CHARS
            ):
                break
            seen.add(entry)
            roles[later] = Role.CONTENTS
        return


def _mark_sign_offs(lines: Sequence[TextLine], roles: dict[int, Role]) -> None:
    for index, line in enumerate(lines):
        if index == 0 or index in roles:
            continue
        signed = _SIGNED_LINE.match(line.text)
        goes_on = closes_sign_off(line.text) and roles.get(index - 1) is Role.SIGN_OFF
        if goes_on or (signed and is_agency_line(signed["name"])):
            roles[index] = Role.SIGN_OFF
        elif _DATE_LINE.match(line.text):
            signers = _signers_above(lines, index)
            if signers or index == len(lines) - 1 or _stands_alone(lines, index):
                roles.update(dict.fromkeys([*signers, index], Role.SIGN_OFF))


def _stands_alone(lines: Sequence[TextLine], index: int) -> bool:
    """Whether a date without signer ends a covering notice: a sentence before it, a title after it."""
    ended = bool(_ENDS_SENTENCE.search(lines[index - 1].text))
    after = lines[index + 1].text
    return ended and (_is_short(after, _TITLE_MAX_CHARS) or closes_sign_off(after))


def _signers_above(lines: Sequence[TextLine], index: int) -> list[int]:
    """Indexes of the agency lines right above a date line."""
    found = []
    for above in range(index - 1, max(0, index - 1 - _SIGNERS_MAX), -1):
        if not is_agency_line(lines[above].text) and not is_official_line(lines[above].text):
            break
        found.append(above)
    return found[::-1]


def _mark_attachments(lines: Sequence[TextLine], roles: dict[int, Role]) -> None:
    for index, line in enumerate(lines):
        if index and index not in roles and _ATTACHMENT.match(line.text):
            roles[index] = Role.ATTACHMENT
            _mark_list(lines, index, roles)


def _mark_list(lines: Sequence[TextLine], first: int, roles: dict[int, Role]) -> None:
    """The names below “附件：1.…” belong to the list as long as their numbers go on."""
    opening = _LIST_OPENING.match(lines[first].text)
    if opening is None:
        return
    number = int(opening[1]) if opening[1] else 0
    for index in range(first + 1, len(lines)):
        entry = _LIST_ENTRY.match(lines[index].text)
        if not entry or int(entry[1]) != number + 1 or not _is_name(lines[index].text):
            return
        roles[index] = Role.ATTACHMENT
        number += 1


def _is_name(line: str) -> bool:
    return len(line) <= _TITLE_MAX_CHARS and not line.endswith(("。", "；", ";"))


def _mark_titles(lines: Sequence[TextLine], roles: dict[int, Role]) -> None:
    """Short lines right after a sign-off or an attachment line are the enclosed document's title."""
    for index in range(1, len(lines)):
        before = roles.get(index - 1)
        opens = before in (Role.SIGN_OFF, Role.ATTACHMENT, Role.TITLE)
        if index in roles or not opens or not _is_short(lines[index].text, _TITLE_MAX_CHARS):
            continue
        listed = before is Role.ATTACHMENT and len(lines[index - 1].text) > 4  # 附件：1.… is a list of names
        if not listed:
            roles[index] = Role.TITLE


def _mark_headings(lines: Sequence[TextLine], roles: dict[int, Role]) -> None:
    for index in range(len(lines) - 1):
        line, after = lines[index].text, lines[index + 1].text
        before = lines[index - 1].text if index else ""
        if asks(line) and _REPLY.match(after):
            roles[index] = Role.HEADING
        if index in roles or index + 1 in roles or not _is_short(line, _HEADING_MAX_CHARS):
            continue
        if _ENDS_SENTENCE.search(before) and len(after) >= _PARAGRAPH_MIN_CHARS:
            roles[index] = Role.HEADING


def _is_short(line: str, limit: int) -> bool:
    is_row = " | " in line
    return len(line) <= limit and not is_row and not is_labelled(line) and not _ENDS_SENTENCE.search(line)
