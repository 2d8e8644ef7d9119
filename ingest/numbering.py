"""Gaps in a document's numbering: a lost page or a slip of the author, for the administrator to see."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.domain import Clause
from ingest.numerals import CHINESE_NUMBER, to_int

_NUMBER = re.compile(rf"[{CHINESE_NUMBER}]+|\d+|[①-⑳]")
_MAX_REPORTED = 5


def numbering_gaps(clauses: Sequence[Clause]) -> list[str]:
    """Chinese warnings about series that skip a number or do not begin with one, at most five.

    Articles are followed across chapters, other labels among siblings of one shape.
    第十条之一 and unnumbered labels (——) are left out.
    """
    last: dict[tuple[int | None, str], Clause] = {}
    warnings: list[str] = []
    for clause in clauses:
        number = _number(clause.label)
        if number is None:
            continue
        shape = _NUMBER.sub("#", clause.label, count=1)
        series = (None if shape == "第#条" else clause.parent, shape)
        before = last.get(series)
        expected = 1 if before is None else (_number(before.label) or 0) + 1
        if number > expected:
            place = f"“{before.label}”之后是" if before else "最前面是"
            warnings.append(f"编号不连续：{place}“{clause.label}”，请对照原件看有没有漏页或漏字。")
        last[series] = clause
    return warnings[:_MAX_REPORTED]


def _number(label: str) -> int | None:
    match = _NUMBER.search(label)
    return to_int(match.group()) if match and "之" not in label else None
