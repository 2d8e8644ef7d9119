"""Find where a text may start a clause: 第五条, 一、, （一）, 1., ①, 一是, 第一，, ——.

Only candidates are found here. Which of them really are clauses is decided in
`structure`, where the numbering must continue.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from ingest.numerals import CHINESE_NUMBER, to_int


class Kind(IntEnum):
    """Kinds of marker in their usual order of nesting, outermost first."""

    PART = 1
    CHAPTER = 2
    SECTION = 3
    ARTICLE = 4
    CN_DUN = 5
    CN_PAREN = 6
    ARABIC = 7
    ARABIC_PAREN = 8
    CIRCLED = 9
    ORDINAL = 10
    SHI = 11
    DASH = 12


@dataclass(frozen=True, slots=True)
class Marker:
    """A candidate: `text[start:end]` is the label as written.

    `sub` is the 之N of 第十条之一, else 0. `number` is 0 for dashes. `line_start`
    is False when words of the same line come before it. `doubtful` marks an article
    label whose next words look like those of a reference (第五条规定的…).
    """

    kind: Kind
    number: int
    sub: int
    start: int
    end: int
    line_start: bool
    doubtful: bool = False


_N = f"[{CHINESE_NUMBER}]"
_ORDINAL_NUMBER = rf"第\s*(?:{_N}(?:\s?{_N})*|\d{{1,4}})\s*"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.PART, rf"{_ORDINAL_NUMBER}编(?=\s|$)"),
    (Kind.CHAPTER, rf"{_ORDINAL_NUMBER}章(?![的、，和])"),
    (Kind.SECTION, rf"{_ORDINAL_NUMBER}节(?![的、，和])"),
    (Kind.ARTICLE, rf"{_ORDINAL_NUMBER}条(?:之{_N}{{1,2}})?"),
    (Kind.ORDINAL, rf"第{_N}{{1,2}}[，,、]"),
    (Kind.SHI, rf"{_N}{{1,2}}[是要](?![素求点])"),
    (Kind.CN_DUN, rf"{_N}{{1,3}}、(?!{_N}{{1,3}}、)"),
    (Kind.CN_PAREN, rf"[（(]\s?{_N}{{1,3}}\s?[）)]"),
    (Kind.ARABIC_PAREN, r"(?:[（(]\s?)?\d{1,2}\s?[）)]"),
    (Kind.ARABIC, r"\d{1,2}(?:[、．]|\.(?!\d))"),
    (Kind.CIRCLED, r"[①-⑳]"),
    (Kind.DASH, r"—{1,2}|--|[●•◆■▪·]\s?"),
)
_ANY = re.compile("|".join(f"(?P<{kind.name}>{pattern})" for kind, pattern in _PATTERNS), re.MULTILINE)
_DIGITS_OF = re.compile(rf"{_N}(?:\s?{_N})*|\d+|[①-⑳]")
_SUB = re.compile(rf"之({_N}{{1,2}})$")
_LINE_ONLY = {Kind.PART, Kind.CHAPTER, Kind.SECTION, Kind.DASH}
_BOUNDARY = "。；;：:！？!?"
_CLOSERS = "”’」』）)》"
_OPENERS = {"《": "》", "“": "”", "〈": "〉", "「": "」"}
_OPENER = re.compile(f"[{''.join(_OPENERS)}]")
# 第五条规定的…, 第五条、第六条…: a reference to a clause, not its beginning.
_REFERENCE_TAIL = re.compile(
    rf"的|规定|所列|所称|之规定|[、，和或及至]\s?(?:者|第)|第{_N}+[款项]|第?[（(]{_N}+[）)]项|第\d+[款项]"
)
_TITLE_MAX_CHARS = 40
_QUOTE_MAX_CHARS = 2000  # longer is a forgotten closing mark


def find_markers(text: str) -> list[Marker]:
    """Candidates in reading order; empty when there is none.

    Inside 《》 and “” nothing is a candidate, nor is a reference to a clause
    (依照第五条, 第十条第（二）项, 前款第一项). Inline candidates stand at a sentence
    boundary: after 。；： or after a blank.
    """
    found: list[Marker] = []
    offset = 0
    for line in text.split("\n"):
        found.extend(_markers_of_line(line, offset))
        offset += len(line) + 1
    return found


def _markers_of_line(line: str, offset: int) -> Iterator[Marker]:
    quoted = quoted_spans(line)
    starts = [start for start, _ in quoted]
    first_char = len(line) - len(line.lstrip())
    for match in _ANY.finditer(line):
        at = match.start()
        inside = bisect_right(starts, at) - 1
        if inside >= 0 and quoted[inside][0] < at < quoted[inside][1]:
            continue
        kind = Kind[match.lastgroup or ""]
        line_start = at == first_char
        if _is_possible(kind, line, match, line_start=line_start):
            doubtful = kind is Kind.ARTICLE and bool(_REFERENCE_TAIL.match(line[match.end() :]))
            yield replace(_marker(kind, match, offset, line_start=line_start), doubtful=doubtful)


def _is_possible(kind: Kind, line: str, match: re.Match[str], *, line_start: bool) -> bool:
    rest = line[match.end() :]
    if kind in _LINE_ONLY and not line_start:
        return False
    if kind in (Kind.PART, Kind.CHAPTER, Kind.SECTION):
        return len(rest) <= _TITLE_MAX_CHARS and not re.search(r"[。；;]", rest)
    if kind is Kind.ARTICLE and _REFERENCE_TAIL.match(rest):
        return line_start
    if kind is Kind.ORDINAL and match.group().endswith("、") and not line_start:
        return False
    return line_start or _at_boundary(line, match.start())


def _at_boundary(line: str, at: int) -> bool:
    before = line[:at]
    if before[-1:].isspace():
        return True
    return before.rstrip(_CLOSERS)[-1:] in _BOUNDARY and before[-1:] != "》"


def _marker(kind: Kind, match: re.Match[str], offset: int, *, line_start: bool) -> Marker:
    label = match.group()
    number, sub = 0, 0
    if kind is not Kind.DASH:
        digits = _DIGITS_OF.search(label)
        number = to_int(digits.group()) if digits else 0
        tail = _SUB.search(label)
        sub = to_int(tail.group(1)) if tail else 0
    return Marker(
        kind, number, sub, offset + match.start(), offset + match.start() + len(label.rstrip()), line_start
    )


def quoted_spans(line: str) -> list[tuple[int, int]]:
    """Outermost 《…》 and “…” spans that are closed within the line, in order."""
    spans: list[tuple[int, int]] = []
    opener = _OPENER.search(line)
    while opener is not None:
        at = opener.start()
        end = _closing(line, at, _OPENERS[line[at]])
        if end > 0:
            spans.append((at, end))
        opener = _OPENER.search(line, max(at, end) + 1)
    return spans


def _closing(line: str, at: int, closer: str) -> int:
    depth = 0
    for position in range(at, min(len(line), at + _QUOTE_MAX_CHARS)):
        if line[position] == line[at]:
            depth += 1
        elif line[position] == closer:
            depth -= 1
            if depth == 0:
                return position
    return -1
