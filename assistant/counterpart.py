"""In a comparison of places: the nation's clause on the very matter that another place has a rule of its own on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.domain import AnswerStatus, Hit
from assistant.finding import Finding
from assistant.numerals import figures

if TYPE_CHECKING:
    from assistant.encoder import Encoder

# Cosine of two clauses: 20 members here and 50 in the nation 0.83; other matters up to 0.52.
SAME_MATTER = 0.6
_KINDS = re.compile("社会团体|民办非企业|基金会|志愿服务|慈善")
# A clause this far ahead of the next one, that answers with this probability, needs no such likeness
# (罗湖免了那几万，龙岗要多少). In the 24 comparisons written for development that had been left open
# 4 clauses are so, all of them right.
AHEAD, LIKELY = 1.4, 0.2
# Below this probability a figure is in a clause by chance: of 6 such clauses for development 2 were right, at 0.2 and more.
PERHAPS = 0.15
NEAR = 5  # hits of a place looked at for the figure that the question gives for it


def with_counterparts(findings: Sequence[Finding], encoder: Encoder) -> list[Finding]:
    """Findings in their order; a place without an answer gets the nation's clause most like the first place's own rule.

    Args:
        findings: Of the aspects of one message; `basis` of an unanswered place holds what applies there.
        encoder: That of the index.
    """
    ruled = next((f for f in findings if f.aspect.place and f.answered and f.own), None)
    if ruled is None:
        return list(findings)
    rule = ruled.basis[0]
    return [_completed(f, rule, encoder) if f.aspect.place and not f.answered else f for f in findings]


def _completed(finding: Finding, rule: Hit, encoder: Encoder) -> Finding:
    """A place's finding answered by the clause most like a rule, as it was when none is on the same matter.

    One with the figure that the question gives for this place is on it (国家条例十五天).
    """
    perhaps = finding.verdict.probability >= PERHAPS
    told = [hit for hit in finding.basis[:NEAR] if perhaps and _has_figure(finding, hit)]
    kinds = set(
        _KINDS.findall(rule.document.title)
    )  # a rule on 社会团体 beside one on them, not on foundations
    basis = [hit for hit in finding.basis if hit.passage.id != rule.passage.id]
    hits = [hit for hit in told if kinds & set(_KINDS.findall(hit.document.title))] or told or basis
    vectors = encoder.encode([rule.passage.text, *(hit.passage.text for hit in hits)])
    likeness = (vectors[1:] @ vectors[0]).tolist()
    best = hits[likeness.index(max(likeness))] if hits else None
    if not told and max(likeness, default=0.0) < SAME_MATTER:
        best = _plainly(finding)
    if best is None:
        return finding
    verdict = replace(finding.verdict, status=AnswerStatus.ANSWERED, reason="")
    return Finding(finding.aspect, [best], verdict)


def _plainly(finding: Finding) -> Hit | None:
    """The first hit of a place, where it is far ahead of the others and likely answers."""
    if not finding.basis or finding.verdict.probability < LIKELY:
        return None
    first, *others = finding.basis
    return first if not others or first.score >= AHEAD * others[0].score else None


def _has_figure(finding: Finding, hit: Hit) -> bool:
    asked = [figure for figure in finding.aspect.query.figures if figure.unit]
    return any(one.agrees(other) for one in asked for other in figures(hit.passage.text))
