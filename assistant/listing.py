"""Questions whose answer is a series of headings: 哪四对关系, 四大计划分别是啥."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.domain import Clause, Document, DocumentKind, Hit
from assistant.extract import Quote
from assistant.numerals import han_value

_COUNTED = re.compile(r"([二两三四五六七八九十]|\d{1,2})(?:个|大|类|项|条|对|种|点|方面|系列|步|级|部分)")
_ENUMERATES = re.compile(r"哪|什么|啥|分别|列|都有|内容|名称|叫|发[我一给]|给我|说[说一]|念")
_FIRST = re.compile(r"^[(（第]?[一1①](?!\d)")  # a label that opens a series anew
_LOOKED_AT = 3  # best hits that may show a series
_ENOUGH = 2  # of them in different members show it
_SHORTEST = 3  # members of a series worth listing by their headings


def series_quotes(text: str, hits: Sequence[Hit], document: Document) -> list[Quote]:
    """The headings of the series the question asks for, in reading order; [] when it asks for none.

    Args:
        text: The question.
        hits: Hits that may carry the answer, best first.
        document: The document of the best hits, with text and clauses.
    """
    if document.kind is DocumentKind.FACT_CARD or not _ENUMERATES.search(text):
        return []
    counts = {_count(match[1]) for match in _COUNTED.finditer(text)}
    near = [hit for hit in hits[:_LOOKED_AT] if hit.document.id == document.id]
    shown: list[tuple[Hit, list[Clause]]] = []
    for hit in near:
        series = _series_at(document.clauses, hit.passage.start)
        reached = {c.ordinal for c in series for h in near if c.start <= h.passage.start < c.end}
        named = len(series) in counts or _heading_above(document.clauses, series) in text
        if len(series) >= _SHORTEST and (_said(text, series) or (named and len(reached) >= _ENOUGH)):
            shown.append((hit, series))
    if not shown:
        return []
    hit, series = max(shown, key=lambda one: _said(text, one[1]))
    return [_heading(clause, document, _under(clause, document, hit)) for clause in series]


def _under(clause: Clause, document: Document, hit: Hit) -> Hit:
    """The hit as one of a member of the series, with that member's headings."""
    path, at = [clause.label + clause.heading], clause.parent
    while at is not None:
        above = document.clauses[at]
        path, at = [above.label + above.heading, *path], above.parent
    return replace(hit, passage=replace(hit.passage, section=" > ".join(filter(None, path))))


def _series_at(clauses: Sequence[Clause], at: int) -> list[Clause]:
    """The numbered series, with headings, of the innermost clause around a place; [] when it is in none."""
    around = [c for c in clauses if c.start <= at < c.end and c.label and c.heading]
    if not around:
        return []
    here = max(around, key=lambda c: c.depth)
    runs: list[list[Clause]] = [[]]
    for member in (c for c in clauses if c.parent == here.parent and c.label and c.heading):
        if _FIRST.search(member.label):
            runs.append([])
        runs[-1].append(member)
    return next(run for run in runs if here in run)


def _heading_above(clauses: Sequence[Clause], series: Sequence[Clause]) -> str:
    """The heading over a series (基本原则), something no question holds when there is none."""
    parent = series[0].parent if series else None
    heading = clauses[parent].heading if parent is not None else ""
    return heading if len(heading) >= _SHORTEST else "\0"


def _said(text: str, series: Sequence[Clause]) -> bool:
    """The question counts the members and says what all of them are: 哪四对关系, when each heading ends in 关系."""
    for match in _COUNTED.finditer(text):
        what = text[match.end() : match.end() + 2]
        if len(what) == 2 and _count(match[1]) == len(series) and all(what in c.heading for c in series):
            return True
    return False


def _heading(clause: Clause, document: Document, hit: Hit) -> Quote:
    end = document.text.index(clause.heading, clause.start) + len(clause.heading)
    return Quote(hit, clause.start, end, hit.score)


def _count(numeral: str) -> int:
    value = int(numeral) if numeral.isdigit() else han_value(numeral)
    return int(value or 0)
