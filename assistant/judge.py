"""Is a question answered by what was found? A calibrated probability, and the status that follows."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.asked import Asked
from assistant.domain import AnswerStatus, Hit
from assistant.numerals import figures
from assistant.text import normalise
from assistant.understand import Query

if TYPE_CHECKING:
    from assistant.index import Index

JUDGE_FILE = Path(__file__).parent / "models" / "judge.json"
MONEY = {"元", "%", "倍"}
TIME = {"日", "月", "个月", "年", "工作日", "小时"}
FREE = ("不收费", "免费", "无偿", "不得收取", "不收取")
REGULARLY = ("每月", "每季", "每年", "半年", "当日", "当天", "立即", "随时", "及时", "当场")
SURE_ELSEWHERE = 0.5  # another region's clause must answer more likely than not to be named
SAME_QUESTION = 0.6  # as like an expected question as this, the clause was written down as its answer
OTHERS_LEAD = 3.0  # beyond this a larger lead of another region's clause says nothing more
_NEAR = 3  # hits looked at for words of the question that nothing found mentions


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's decision and what it rests on; `probability` is that of the basis answering."""

    status: AnswerStatus
    probability: float
    elsewhere: float
    reason: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Logistic regression over match features, trained by `ingest train-ranker`.

    `threshold` is the probability from which an answer is given; docs/calibration.md has
    the curve it was chosen from.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float

    @classmethod
    def load(cls, path: Path = JUDGE_FILE) -> Judge:
        """Read the shipped weights."""
        data = json.loads(path.read_text("utf-8"))
        return cls(data["weights"], data["bias"], data["threshold"])

    def probability(self, features: Mapping[str, float]) -> float:
        """Probability, 0 to 1, that the hits the features describe answer the question."""
        z = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

    def verdict(
        self, query: Query, basis: Sequence[Hit], others: Sequence[Hit], *, features: JudgeFeatures
    ) -> Verdict:
        """Decide how the question ends.

        Args:
            query: The understood question.
            basis: Hits that may carry an answer, best first.
            others: Hits of other regions, best first.
            features: Computes match features of a list of hits.
        """
        if query.out_of_scope:
            return Verdict(AnswerStatus.OUT_OF_SCOPE, 0.0, 0.0, query.out_of_scope)
        if Asked.CONTACT in query.asked:
            return Verdict(AnswerStatus.NO_EVIDENCE, 0.0, 0.0, "联系方式")
        rivals = () if query.wants_national else others
        here = self.probability(features(query, basis, rivals)) if basis else 0.0
        there = self.probability(features(query, others)) if others else 0.0
        if here >= self.threshold:
            lacking = _lacking(query, basis)
            if lacking:
                return Verdict(AnswerStatus.NO_EVIDENCE, here, there, lacking)
            return Verdict(AnswerStatus.ANSWERED, here, there, "")
        local = within(others)
        if local and self.probability(features(query, local)) >= max(self.threshold, SURE_ELSEWHERE):
            return Verdict(AnswerStatus.PARTIAL, here, there, local[0].document.region)
        if there >= max(self.threshold, SURE_ELSEWHERE):
            return Verdict(AnswerStatus.OTHER_REGION_ONLY, here, there, others[0].document.region)
        if not query.own_words:
            return Verdict(AnswerStatus.UNCLEAR, here, there, "没有看出要问的事项")
        return Verdict(AnswerStatus.NO_EVIDENCE, here, there, "文件库中没有直接规定")


class JudgeFeatures:
    """Match features of a question and its best hits."""

    def __init__(self, index: Index) -> None:
        """Only assigns."""
        self._lexical = index.lexical
        self._questions = index.question_texts
        self._rarest = index.lexical.idf("")

    def __call__(self, query: Query, hits: Sequence[Hit], others: Sequence[Hit] = ()) -> dict[str, float]:
        """Features by name; `hits` is not empty, both best first; `others` are of other regions."""
        best = hits[0]
        reasons = best.reasons
        return {
            "score": best.score,
            "asked_words": reasons["asked_words"],
            "asked_dense": reasons["asked_dense"],
            "asked_both": reasons["asked_both"],
            "coverage": reasons["coverage"],
            "dense": reasons["dense"],
            "topic": reasons["topic"],
            "same_organisation": reasons["same_organisation"],
            "other_organisation": reasons["other_organisation"],
            "lead": best.score - (hits[1].score if len(hits) > 1 else 0.0),
            "missing": self._missing(query, hits[:1]),
            "missing_near": self._missing(query, hits[:_NEAR]),
            "missing_most": self._missing_most(query, hits[:1]),
            "figure_missing": float(figure_missing(query, best.passage.text)),
            "year_missing": float(bool(query.years) and not reasons["year_named"]),
            "kind_missing": float(bool(query.kinds) and not reasons["kind_named"]),
            "others_asked": max(_known(others[0]) - _known(best), 0.0) if others else 0.0,
            "others_lead": min(max(others[0].score - best.score, 0.0), OTHERS_LEAD) if others else 0.0,
            "follow_up": float(query.follow_up),
            "few_words": float(len(query.own_words) <= 1),
        }

    def _missing(self, query: Query, hits: Sequence[Hit]) -> float:
        """Idf-weighted share of the asker's words that the hits do not say, in these or official words."""
        weights = {word: self._lexical.idf(word) for word in query.own_words}
        total = sum(weights.values())
        unsaid = self._unsaid(query, hits)
        return sum(weights[word] for word in unsaid) / total if total else 0.0

    def _missing_most(self, query: Query, hits: Sequence[Hit]) -> float:
        """Idf of the most particular word that the hits do not say, as a share of the greatest idf there is."""
        return (
            max((self._lexical.idf(word) for word in self._unsaid(query, hits)), default=0.0) / self._rarest
        )

    def _unsaid(self, query: Query, hits: Sequence[Hit]) -> list[str]:
        said = normalise("\n".join(self._said(hit) for hit in hits))
        return [
            w for w, same in query.own_words.items() if w not in said and not any(s in said for s in same)
        ]

    def _said(self, hit: Hit) -> str:
        asked = self._questions[hit.asked] if hit.asked >= 0 else ""
        return f"{hit.document.title}\n{hit.passage.section}\n{hit.passage.text}\n{asked}"


def _known(hit: Hit) -> float:
    """How like a known way of asking for the hit the question is, 0 to 2."""
    return hit.reasons["asked_words"] + hit.reasons["asked_dense"]


def within(others: Sequence[Hit]) -> list[Hit]:
    """Hits of places inside the asker's region (the city's rule when a province was chosen)."""
    return [hit for hit in others if hit.reasons["within"]]


def figure_missing(query: Query, text: str) -> bool:
    """The question wants an amount, a time limit or a number, and the text has none of that kind."""
    units = {figure.unit for figure in figures(text)}
    if Asked.AMOUNT in query.asked:
        return not units & MONEY and not any(word in text for word in FREE)
    if Asked.TIME_LIMIT in query.asked:
        return not units & TIME and not any(word in text for word in REGULARLY)
    return Asked.NUMBER in query.asked and not units


def _lacking(query: Query, basis: Sequence[Hit]) -> str:
    """What the question asks for and no near clause states, in Chinese; "" when nothing is."""
    near = [hit for hit in basis[:_NEAR] if not figure_missing(query, hit.passage.text)]
    if near or basis[0].reasons["asked_words"] >= SAME_QUESTION:
        return ""
    if Asked.AMOUNT in query.asked:
        return "没有写明具体金额"
    return "没有写明具体期限" if Asked.TIME_LIMIT in query.asked else "没有写明具体数量"
