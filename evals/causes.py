"""Why an answer counts as wrong (失败原因): the first stage that went astray, named for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from assistant.domain import Answer, AnswerStatus


class Cause(StrEnum):
    """Causes in the order they are looked for; the value is what reports show."""

    ERROR = "运行出错"
    NOT_REFUSED = "该拒未拒"
    NOT_FOUND_REFUSED = "误拒：条款没检索到"
    FOUND_REFUSED = "误拒：条款已检索到"
    REFUSED = "误拒"
    FORBIDDEN = "含错误说法"
    NOT_FOUND = "条款没检索到"
    NOT_CITED = "检索到但没引用"
    WRONG_CLAUSE = "没引对条款"
    FACTS_MISSING = "引对条款但要点不全"
    FACTS_ELSEWHERE = "要点不全"
    STATUS = "状态不符"


def cause_of(answer: Answer, scores: Mapping[str, float]) -> str:
    """The cause of a wrong answer by its scores; empty when right or not labelled."""
    if answer.status is AnswerStatus.ERROR:
        return Cause.ERROR.value
    if scores.get("correct", 1.0) == 1.0:
        return ""
    if "refusal_recall" in scores:
        return Cause.NOT_REFUSED.value
    found = _found(scores)
    if scores.get("false_refusal"):
        return {True: Cause.FOUND_REFUSED, False: Cause.NOT_FOUND_REFUSED, None: Cause.REFUSED}[found].value
    return _wrong_answer(scores, found=found).value


def _wrong_answer(scores: Mapping[str, float], *, found: bool | None) -> Cause:
    if scores.get("forbidden"):
        return Cause.FORBIDDEN
    if scores.get("right_clause") == 0.0:
        return {True: Cause.NOT_CITED, False: Cause.NOT_FOUND, None: Cause.WRONG_CLAUSE}[found]
    if scores.get("key_fact_recall", 1.0) < 1.0:
        return Cause.FACTS_MISSING if "right_clause" in scores else Cause.FACTS_ELSEWHERE
    return Cause.STATUS


def _found(scores: Mapping[str, float]) -> bool | None:
    """Whether a gold quote was among the recorded hits; None when hits were not recorded."""
    return scores["MRR"] > 0 if "MRR" in scores else None
