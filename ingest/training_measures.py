"""How well an encoder finds statutes and passages, beside BM25 in the same run, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.lexical import LexicalIndex
from assistant.text import Segmenter
from ingest.training_data import Domain, Statutes, is_development, is_held_out, is_spare_wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.encoder import Encoder

    Scores = NDArray[np.float32]

_RESAMPLES = 1000
_LEXICAL_SHARE = 0.5  # of the fused score: cosine + this × BM25 scaled to 0–1
_STATUTE_LEXICAL_SHARE = 0.25
_DEEPEST = 1000  # reciprocal ranks beyond count as 0


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over questions with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Mean with its interval, three decimals."""
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A method's figures on `n` questions, by the name of the measure."""

    method: str
    n: int
    figures: dict[str, Measured]


def measure_statutes(encoder: Encoder, statutes: Statutes) -> list[MeasuredRow]:
    """Held-out laypersons' questions over the national articles: BM25, vectors, both; in this order."""
    articles = [article for article in statutes.articles if article.national]
    place = {article.id: at for at, article in enumerate(articles)}
    asked = [
        question
        for question in statutes.questions
        if is_held_out(question.id) and any(id_ in place for id_ in question.relevant)
    ]
    right = [[place[id_] for id_ in question.relevant if id_ in place] for question in asked]
    texts, questions = [article.text.searched for article in articles], [question.text for question in asked]
    lexical = lexical_scores(texts, questions)
    dense = encoder.encode(questions, query=True) @ encoder.encode(texts).T
    methods = _methods(lexical, dense, share=_STATUTE_LEXICAL_SHARE)
    return [_row(name, scores, right, _STATUTE_MEASURES) for name, scores in methods.items()]


def measure_domain(encoder: Encoder, domain: Domain) -> dict[str, list[MeasuredRow]]:
    """Corpus questions a development run never saw, over the passages in force where they are asked.

    Returns:
        Rows as `measure_statutes` for questions about passages whose 问法 were all left
        out (生条款) and for left-out wordings of other passages (生问法).
    """
    unseen = {"生条款": list[int](), "生问法": list[int]()}
    for at, question in enumerate(domain.questions):
        target = domain.targets[question.target]
        if target.retired:
            continue
        if is_development(target.text.searched):
            unseen["生条款"].append(at)
        elif is_spare_wording(question.text):
            unseen["生问法"].append(at)
    texts = [target.text.searched for target in domain.targets]
    passages = encoder.encode(texts)
    rows = {}
    for kind, chosen in unseen.items():
        questions = [domain.questions[at].text for at in chosen]
        right = [domain.questions[at].target for at in chosen]
        apart = np.asarray(
            [[not other.competes(domain.targets[at]) for other in domain.targets] for at in right]
        ).reshape(len(right), len(texts))
        lexical = np.where(apart, -1, lexical_scores(texts, questions))
        dense = np.where(apart, -1, encoder.encode(questions, query=True) @ passages.T)
        methods = _methods(lexical, dense, share=_LEXICAL_SHARE)
        rows[kind] = [
            _row(name, scores, [[at] for at in right], _DOMAIN_MEASURES) for name, scores in methods.items()
        ]
    return rows


def lexical_scores(texts: Sequence[str], questions: Sequence[str]) -> Scores:
    """BM25 over words plus BM25 over character pairs, each scaled to at most 1 a question, averaged.

    Shape (questions, texts).
    """
    segmenter = Segmenter.with_words(())
    terms = [segmenter.terms(text) for text in texts]
    asked = [segmenter.terms(question) for question in questions]
    total = np.zeros((len(questions), len(texts)), dtype=np.float32)
    for pairs in (False, True):
        index = LexicalIndex.build([t for t in row if t.startswith("#") == pairs] for row in terms)
        for at, row in enumerate(asked):
            scores = index.scores({term: 1.0 for term in row if term.startswith("#") == pairs})
            total[at] += scores / max(float(scores.max(initial=0)), 1e-9) / 2
    return total


def _methods(lexical: Scores, dense: Scores, *, share: float) -> dict[str, Scores]:
    return {"BM25（词＋字对）": lexical, "本模型": dense, "本模型＋BM25": dense + share * lexical}


def _row(
    name: str,
    scores: Scores,
    right: Sequence[Sequence[int]],
    measures: dict[str, Callable[[Sequence[int]], float]],
) -> MeasuredRow:
    ranks = [ranks_of(row, answers) for row, answers in zip(scores, right, strict=True)]
    return MeasuredRow(
        name,
        len(ranks),
        {label: interval([measure(found) for found in ranks]) for label, measure in measures.items()},
    )


def ranks_of(scores: Scores, answers: Sequence[int]) -> list[int]:
    """1-based ranks of the right answers, best first; a tie counts as lost."""
    return sorted(int((scores >= scores[answer]).sum()) for answer in answers)


def interval(values: Sequence[float]) -> Measured:
    """Mean and 95 % percentile bootstrap interval, the same for the same values; zeros without values."""
    if not values:
        return Measured(0.0, 0.0, 0.0)
    rng = np.random.default_rng(0)
    sample = np.asarray(values, dtype=np.float64)
    means = rng.choice(sample, (_RESAMPLES, len(sample))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Measured(float(sample.mean()), float(low), float(high))


def _hit(depth: int) -> Callable[[Sequence[int]], float]:
    return lambda ranks: float(ranks[0] <= depth)


def _recall(depth: int) -> Callable[[Sequence[int]], float]:
    return lambda ranks: float(np.mean([rank <= depth for rank in ranks]))


def _reciprocal(ranks: Sequence[int]) -> float:
    return 1 / ranks[0] if ranks[0] <= _DEEPEST else 0.0


_STATUTE_MEASURES: dict[str, Callable[[Sequence[int]], float]] = {
    "MRR": _reciprocal,
    "R@10": _recall(10),
    "R@100": _recall(100),
    "hit@10": _hit(10),
}
_DOMAIN_MEASURES: dict[str, Callable[[Sequence[int]], float]] = {f"hit@{d}": _hit(d) for d in (1, 3, 10)}
