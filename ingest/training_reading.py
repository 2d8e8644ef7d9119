"""What the reading model learns from: questions beside texts that answer them, and near ones that do not."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.reading import read_text
from ingest.training_data import is_held_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.domain import Passage
    from assistant.encoder import StaticEncoder
    from assistant.index import Index
    from ingest.training_cases import Case
    from ingest.training_data import Statutes

FOLDS = 3
NEARBY = 3  # hits of an unanswerable question that are learned not to answer it
_CUT = 260  # characters of an article that are read
_LIKE_QUESTION, _LIKE_ARTICLE = 25, 12  # most similar articles that wrong ones are drawn from
_AT_ONCE = 100  # questions compared with all articles together
_WRONG = 3  # wrong articles for a question, beside one like the right article
_CLEARLY_WORSE = 0.6  # of the right passage's score: so far behind, a hit is surely no answer
_LEAST_LEFT = 20  # characters that must be left when the answering sentence is cut out
_ENDS = "。；;\n"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question beside a text; `folds` are those whose model must not learn it."""

    question: str
    text: str
    stated: bool
    weight: float = 1.0
    folds: frozenset[int] = frozenset()


def fold_of(passage_id: str) -> int:
    """The fold a passage belongs to: its pairs, and every case it is the best hit of."""
    return zlib.crc32(passage_id.encode()) % FOLDS


def statute_pairs(statutes: Statutes, encoder: StaticEncoder, rng: np.random.Generator) -> list[Pair]:
    """Questions about statutes beside their article and beside the articles most like question or article.

    Questions with `is_held_out` take no part.
    """
    asked = [one for one in statutes.questions if not is_held_out(one.id)] + list(statutes.written)
    by_id = {article.id: article for article in statutes.articles}
    laws = {by_id[id_].text.title for one in asked for id_ in one.relevant}
    articles = [article for article in statutes.articles if article.text.title in laws]
    place = {article.id: at for at, article in enumerate(articles)}
    texts = [article.text.body[:_CUT] for article in articles]
    vectors = encoder.encode(texts)
    pairs = []
    for first in range(0, len(asked), _AT_ONCE):
        part = asked[first : first + _AT_ONCE]
        like_questions = encoder.encode([one.text for one in part]) @ vectors.T
        like_articles = vectors[[place[one.relevant[0]] for one in part]] @ vectors.T
        for one, like_question, like_article in zip(part, like_questions, like_articles, strict=True):
            right = [place[id_] for id_ in one.relevant]
            wrong = [
                *_drawn(_most(like_question, _LIKE_QUESTION, without=right), _WRONG, rng),
                *_drawn(_most(like_article, _LIKE_ARTICLE, without=right), 1, rng),
            ]
            pairs += [Pair(one.text, texts[at], True) for at in right[:2]]
            pairs += [Pair(one.text, texts[at], False, 0.6) for at in wrong]
    return pairs


def corpus_pairs(index: Index, cases: Sequence[Case], rng: np.random.Generator) -> list[Pair]:
    """Expected questions beside their passage, known gaps and misses beside what was found for them."""
    return [one for one in _CorpusPairs(index, cases, rng).all() if one.text]


class _CorpusPairs:
    """Makes the pairs of an index and of what was found for the judge's cases."""

    def __init__(self, index: Index, cases: Sequence[Case], rng: np.random.Generator) -> None:
        self._cases = cases
        self._rng = rng
        self._passages = index.snapshot.passages(range(len(index.row_document)))
        self._ways = [
            (text, target)
            for text, target in zip(index.question_texts, index.targets, strict=True)
            if not target.is_gap
        ]
        self._answers: dict[str, set[str]] = defaultdict(set)
        for text, target in self._ways:
            self._answers[text].add(self._passages[target.row].id)
        self._of_document: dict[str, list[Passage]] = defaultdict(list)
        for passage in self._passages:
            self._of_document[passage.document_id].append(passage)
        self._folds: dict[str, set[int]] = defaultdict(set)
        for case in cases:
            self._folds[case.text].add(fold_of(case.basis[0].passage.id))

    def all(self) -> Iterator[Pair]:
        """Every pair of the corpus, a few drawn at random."""
        for text, target in self._ways:
            passage = self._passages[target.row]
            yield self._pair(text, passage, stated=True, weight=1.5)
            rest = _without(passage, target.start, target.end)
            if len(rest) >= _LEAST_LEFT:
                yield Pair(text, rest, False, 0.5, self._kept_from(text, passage))
            if self._rng.random() < 0.5:
                yield from self._elsewhere(text, passage)
        seen: set[tuple[str, str]] = set()
        for case in self._cases:
            yield from self._misses(case) if case.answered else self._found_in_vain(case, seen)

    def _pair(self, question: str, passage: Passage, *, stated: bool, weight: float) -> Pair:
        return Pair(question, read_text(passage), stated, weight, self._kept_from(question, passage))

    def _kept_from(self, question: str, passage: Passage) -> frozenset[int]:
        return frozenset({fold_of(passage.id), *self._folds.get(question, ())})

    def _elsewhere(self, text: str, passage: Passage) -> Iterator[Pair]:
        """The question beside another passage of the document, seldom beside any of the library."""
        near = [p for p in self._of_document[passage.document_id] if p.id not in self._answers[text]]
        if near and self._rng.random() < 0.7:
            yield self._pair(text, near[self._rng.integers(len(near))], stated=False, weight=0.5)
            return
        other = self._passages[self._rng.integers(len(self._passages))]
        if other.id not in self._answers[text]:
            yield self._pair(text, other, stated=False, weight=0.3)

    def _found_in_vain(self, case: Case, seen: set[tuple[str, str]]) -> Iterator[Pair]:
        for rank, hit in enumerate(case.basis[:NEARBY]):
            if (case.text, hit.passage.id) not in seen:
                seen.add((case.text, hit.passage.id))
                yield self._pair(case.text, hit.passage, stated=False, weight=0.5 if rank else 1.0)

    def _misses(self, case: Case) -> Iterator[Pair]:
        """Hits of an answerable question that stand far behind its answer; half of them."""
        right = self._answers.get(case.text, set())
        best = next((hit.score for hit in case.basis if hit.passage.id in right), None)
        if best is None or case.kind != "fresh":
            return
        for hit in case.basis[1:]:
            far = hit.passage.id not in right and hit.score < _CLEARLY_WORSE * best
            if far and self._rng.random() < 0.5:
                yield self._pair(case.text, hit.passage, stated=False, weight=0.5)


def _without(passage: Passage, start: int, end: int) -> str:
    """A passage's text without the sentences that hold a span of its document."""
    text = passage.text
    first, last = max(start - passage.start, 0), min(end - passage.start, len(text))
    while first > 0 and text[first - 1] not in _ENDS:
        first -= 1
    while last < len(text) and text[last - 1] not in _ENDS:
        last += 1
    return (text[:first] + text[last:]).strip()


def _drawn(places: Sequence[int], number: int, rng: np.random.Generator) -> list[int]:
    """Some of the places, at random; all when there are no more than wanted."""
    return [int(at) for at in rng.choice(places, min(number, len(places)), replace=False)] if places else []


def _most(likeness: NDArray[np.float32], number: int, *, without: Sequence[int]) -> list[int]:
    """Positions of the most similar ones, most similar first."""
    number = min(number, len(likeness))
    found = np.argpartition(-likeness, number - 1)[:number]
    return [int(at) for at in found[np.argsort(-likeness[found])] if at not in without]
