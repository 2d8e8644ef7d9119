"""In a comparison of places: the nation's clause on the very matter that another place has a rule of its own on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.domain import AnswerStatus
from assistant.draft import Finding

if TYPE_CHECKING:
    from assistant.encoder import Encoder

SAME_MATTER = (
    0.6  # cosine of two clauses: 20 members here and 50 in the nation 0.83; other matters up to 0.52
)


def with_counterparts(findings: Sequence[Finding], encoder: Encoder) -> list[Finding]:
    """Findings in their order; a place without an answer gets the nation's clause most like the first place's own rule.

    Args:
        findings: Of the aspects of one message; `basis` of an unanswered place holds what applies there.
        encoder: That of the index.
    """
    ruled = next((f for f in findings if f.aspect.place and f.answered and f.own), None)
    if ruled is None:
        return list(findings)
    rule = encoder.encode([ruled.basis[0].passage.text])[0]
    return [_completed(finding, rule @ encoder.encode(_texts(finding)).T) for finding in findings]


def _texts(finding: Finding) -> list[str]:
    return [hit.passage.text for hit in finding.basis]


def _completed(finding: Finding, likeness: Sequence[float]) -> Finding:
    if finding.answered or not finding.aspect.place or not len(likeness):
        return finding
    best = max(range(len(likeness)), key=likeness.__getitem__)
    if likeness[best] < SAME_MATTER:
        return finding
    verdict = replace(finding.verdict, status=AnswerStatus.ANSWERED, reason="")
    return Finding(finding.aspect, [finding.basis[best]], verdict)
