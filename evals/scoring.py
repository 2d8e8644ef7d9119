"""One answer against one question's gold: which measures apply and what they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.domain import Answer, Citation, DocumentStatus, NoticeKind
from assistant.regions import Relation, relation
from evals import metrics
from evals.dataset import Question
from evals.matching import without_markup

_NOT_IN_FORCE = frozenset(
    {
        DocumentStatus.REVISED,
        DocumentStatus.REPEALED,
        DocumentStatus.EXPIRED,
        DocumentStatus.DRAFT,
        DocumentStatus.PENDING,
    }
)
HIT_DEPTHS = (1, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as shown: field name, Chinese label, which way is better, and whether 1.0 means all.

    Where it does not (`share` is False: lengths, counts) more is neither better nor worse;
    `lower_is_better` then is only which way a gate set on it looks.
    """

    name: str
    label: str
    lower_is_better: bool = False
    share: bool = True


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("correct", "总体正确"),
        Measure("exact_correct", "完全正确（要点齐、无错误说法）"),
        Measure("key_fact_recall", "要点召回"),
        Measure("forbidden", "含错误说法", lower_is_better=True),
        Measure("right_clause", "引对条款"),
        Measure("citation_recall", "引用召回"),
        Measure("citation_precision", "引用精确"),
        Measure("verbatim", "逐字引用"),
        Measure("status_right", "状态正确"),
        Measure("partial_right", "部分回答得当"),
        Measure("refusal_recall", "该拒则拒（拒答召回）"),
        Measure("refusal_precision", "拒得对（拒答精确）"),
        Measure("false_refusal", "误拒", lower_is_better=True),
        *(Measure(f"hit@{k}", f"命中@{k}") for k in HIT_DEPTHS),
        *(Measure(f"recall@{k}", f"召回@{k}") for k in HIT_DEPTHS),
        Measure("MRR", "平均倒数排名"),
        Measure("nDCG@10", "nDCG@10"),
        Measure("jurisdiction_violation", "地区越界", lower_is_better=True),
        Measure("validity_violation", "效力未提示", lower_is_better=True),
        Measure("error", "出错", lower_is_better=True),
        Measure("answer_chars", "答复字数", lower_is_better=True, share=False),
        Measure("citations", "引用条数", lower_is_better=True, share=False),
    )
}


def score(
    question: Question, answer: Answer, *, hits: Sequence[str], verbatim: Sequence[bool]
) -> dict[str, float]:
    """Every measure that applies, by name; `hits` are ranked passage texts, empty when not asked for.

    `verbatim` says for each citation whether its quote stands where it claims to.
    """
    words = without_markup(answer.answer)
    quotes = [citation.quote for citation in answer.citations]
    texts = [words, *quotes, *(notice.text for notice in answer.notices)]
    status, expected = answer.status.value, question.expected_status
    facts = metrics.key_fact_recall(question.key_facts, texts)
    forbidden = metrics.forbidden_found(question.must_not, words)
    found: dict[str, float | None] = {
        "key_fact_recall": facts,
        "forbidden": float(bool(forbidden)) if question.must_not else None,
        "exact_correct": _exact(question, answer, facts=facts, forbidden=bool(forbidden)),
        "citation_recall": metrics.citation_recall(quotes, question.gold_quotes),
        "citation_precision": metrics.citation_precision(quotes, question.gold_quotes),
        "right_clause": metrics.right_clause(quotes, question.gold_quotes),
        "verbatim": metrics.verbatim_share(verbatim),
        "status_right": metrics.status_right(status, expected),
        "partial_right": metrics.partial_right(status, expected),
        "refusal_recall": metrics.refusal_recall(status, answerable=question.answerable, expected=expected),
        "refusal_precision": metrics.refusal_precision(
            status, answerable=question.answerable, expected=expected
        ),
        "false_refusal": metrics.false_refusal(status, answerable=question.answerable, expected=expected),
        "jurisdiction_violation": jurisdiction_violation(answer),
        "validity_violation": validity_violation(answer),
        "error": float(status == "error"),
        "answer_chars": float(len(words)),
        "citations": float(len(quotes)),
    }
    found["correct"] = _correct(found)
    found |= _ranking(hits, question.gold_quotes)
    return {name: value for name, value in found.items() if value is not None}


def _exact(question: Question, answer: Answer, *, facts: float | None, forbidden: bool) -> float | None:
    """All facts, nothing forbidden, and not refused against expectation; None without facts to check."""
    if facts is None:
        return None
    stands = not answer.refused or answer.status.value in question.expected_status
    return float(facts == 1 and not forbidden and stands)


def _correct(found: dict[str, float | None]) -> float | None:
    """What decides a question: its facts; without facts its clause; for an unanswerable one, refusing."""
    for name in ("refusal_recall", "exact_correct", "right_clause", "status_right"):
        if found[name] is not None:
            return found[name]
    return None


def _ranking(hits: Sequence[str], gold_quotes: Sequence[str]) -> dict[str, float | None]:
    if not hits or not gold_quotes:
        return {}
    gained, wanted = metrics.gains(hits, gold_quotes), len(gold_quotes)
    found: dict[str, float | None] = {f"hit@{k}": metrics.hit_at(gained, k) for k in HIT_DEPTHS}
    found |= {f"recall@{k}": metrics.recall_at(gained, k, wanted=wanted) for k in HIT_DEPTHS}
    return found | {
        "MRR": metrics.reciprocal_rank(gained),
        "nDCG@10": metrics.ndcg_at(gained, 10, wanted=wanted),
    }


def verbatim_flags(citations: Sequence[Citation], text_of: Callable[[str], str]) -> list[bool]:
    """For each citation whether its quote is the document's text at its place (invariant I1)."""
    return [text_of(c.document_id)[c.start : c.end] == c.quote for c in citations]


def jurisdiction_violation(answer: Answer) -> float | None:
    """1.0 when a point rests only on rules of regions neither asked from nor asked about (invariant I4).

    None when nothing is asserted.
    """
    if answer.refused or not answer.points:
        return None
    named = answer.explain.get("named_regions")
    askers = [region for region in (answer.region, *(named if isinstance(named, list) else [])) if region]
    foreign = {c.n for c in answer.citations if relation(askers, c.region) is Relation.OTHER}
    return float(any(set(point.citations) <= foreign for point in answer.points if point.citations))


def validity_violation(answer: Answer) -> float | None:
    """1.0 when a text not in force is cited without a validity notice (invariant I5); None when refused."""
    if answer.refused or not answer.citations:
        return None
    warned = any(notice.kind is NoticeKind.VALIDITY for notice in answer.notices)
    return float(not warned and any(citation.status in _NOT_IN_FORCE for citation in answer.citations))
