"""The last gate before display: quotes are verbatim, figures occur in what is cited (I1, I3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.domain import Citation, Point
from assistant.numerals import figures
from assistant.text import normalise

Text = Callable[[str], str]
_NEGATIONS = ("不得", "不能", "不可", "禁止", "无需", "不需要", "不予", "不属于", "未经")


@dataclass(frozen=True, slots=True)
class Checked:
    """Points that passed, the citations they use, and what was dropped and why."""

    points: tuple[Point, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[str, ...]


def check(points: Sequence[Point], citations: Sequence[Citation], *, text: Text) -> Checked:
    """Keep the points whose citations are verbatim and whose figures and negations they hold.

    Args:
        points: Statements with citation numbers.
        citations: All citations by number.
        text: Canonical text of a document id.
    """
    sound = {c.n: c for c in citations if is_verbatim(c, text=text)}
    kept, dropped = [], [f"引文[{c.n}]与原文不符" for c in citations if c.n not in sound]
    for point in points:
        fault = point_fault(point, sound)
        if fault:
            dropped.append(fault)
        else:
            kept.append(point)
    used = {n for point in kept for n in point.citations}
    return Checked(tuple(kept), tuple(c for n, c in sorted(sound.items()) if n in used), tuple(dropped))


def is_verbatim(citation: Citation, *, text: Text) -> bool:
    """True when the quote is exactly the slice its offsets name."""
    if citation.start < 0 or not 0 < len(citation.quote) == citation.end - citation.start:
        return False
    return text(citation.document_id)[citation.start : citation.end] == citation.quote


def point_fault(point: Point, citations: Mapping[int, Citation]) -> str:
    """Why a statement is not supported by its citations, in Chinese; "" when it is."""
    missing = [n for n in point.citations if n not in citations]
    if missing or not point.citations:
        return f"“{point.text[:20]}…”没有可用的引文"
    quotes = "\n".join(citations[n].quote for n in point.citations)
    head = "\n".join(
        f"{citations[n].title}{citations[n].doc_number or ''}{citations[n].section}" for n in point.citations
    )
    unsupported = unsupported_figures(point.text, f"{quotes}\n{head}")
    if unsupported:
        return f"数字“{unsupported[0]}”不在引文中"
    turned = [word for word in _NEGATIONS if word in point.text and word not in quotes]
    return f"“{turned[0]}”不在引文中" if turned else ""


def unsupported_figures(sentence: str, source: str) -> list[str]:
    """Figures of a sentence that the source does not hold, in any notation (二十名 = 20名)."""
    known = figures(normalise(source))
    return [f.text for f in figures(normalise(sentence)) if not any(f.agrees(k) for k in known)]
