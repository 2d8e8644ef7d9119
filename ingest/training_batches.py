"""Pairs the encoder learns to bring together, drawn at random, as token ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.training_data import Domain, Statutes
from ingest.training_tokens import Ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Ids = NDArray[np.int32]

MAX_TOKENS = 96  # of a text in a batch; longer ones give a random window
_SENTENCE = re.compile(r"(?<=[。；\n])")
_CLAUSE = re.compile(r"(?<=[，：])")
_SHORT_SENTENCE = 3
_LONE_SENTENCE = 24  # a single sentence longer than this is cut at commas instead
_HEADED = 0.3  # share of sentence pairs whose other side starts with law and heading


@dataclass(frozen=True, slots=True)
class EncodedStatutes:
    """Statutes as token ids: article i has the sentences `first[i]`..`first[i + 1]`."""

    sentences: Ragged
    first: NDArray[np.int64]
    laws: Ragged
    headings: Ragged
    questions: Ragged

    def article(self, at: int) -> Ids:
        """Law, heading and text of an article."""
        body = self.sentences.between(int(self.first[at]), int(self.first[at + 1]))
        return np.concatenate([self.laws[at], self.headings[at], body])


@dataclass(frozen=True, slots=True)
class EncodedDomain:
    """Targets and their questions as token ids; `answers[i]` is the target of question i."""

    targets: Ragged
    questions: Ragged
    answers: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts to bring together: `left[i]` with `right[i]`; further entries of `right` answer nothing."""

    left: list[Ids]
    right: list[Ids]


def encode_statutes(tokenizer: Tokenizer, statutes: Statutes) -> EncodedStatutes:
    """Cut every article into sentences and these into tokens."""
    sentences, first = [], [0]
    for article in statutes.articles:
        sentences += _sentences(article.text)
        first.append(len(sentences))
    return EncodedStatutes(
        Ragged.encode(tokenizer, sentences),
        np.asarray(first, dtype=np.int64),
        Ragged.encode(tokenizer, [article.law for article in statutes.articles]),
        Ragged.encode(tokenizer, [article.heading for article in statutes.articles]),
        Ragged.encode(tokenizer, [question.text for question in statutes.questions]),
    )


def encode_domain(tokenizer: Tokenizer, domain: Domain) -> EncodedDomain:
    """Cut targets and questions into tokens."""
    return EncodedDomain(
        Ragged.encode(tokenizer, [target.text for target in domain.targets]),
        Ragged.encode(tokenizer, [question.text for question in domain.questions]),
        np.asarray([question.target for question in domain.questions], dtype=np.int64),
    )


def passage_pairs(
    statutes: EncodedStatutes, rng: np.random.Generator, *, size: int, headings: float, dropout: float
) -> Pairs:
    """A sentence with the rest of its article, or (share `headings`) law and heading with the article.

    At most `size` pairs: articles without enough text are left out.
    """
    pairs = Pairs([], [])
    for at in rng.integers(0, len(statutes.laws), size):
        start, end = int(statutes.first[at]), int(statutes.first[at + 1])
        title = np.concatenate([statutes.laws[at], statutes.headings[at]])
        if end - start > 1 and rng.random() >= headings:
            chosen = int(rng.integers(start, end))
            left = statutes.sentences[chosen]
            rest = [statutes.sentences.between(start, chosen), statutes.sentences.between(chosen + 1, end)]
            right = np.concatenate([title, *rest] if rng.random() < _HEADED else rest)
        else:
            left, right = title, statutes.sentences.between(start, end)
        if len(left) and len(right):
            pairs.left.append(drop(window(left, rng), rng, dropout))
            pairs.right.append(window(right, rng))
    return pairs


def question_pairs(
    statutes: EncodedStatutes,
    relevant: dict[int, list[int]],
    rng: np.random.Generator,
    *,
    size: int,
    dropout: float,
) -> Pairs:
    """Laypersons' questions with one of their articles each, and random articles up to `size` right texts.

    A question is left out when one of its articles already answers another of the batch.
    """
    pairs, used = Pairs([], []), set[int]()
    for question in rng.permutation(sorted(relevant)):
        answers = relevant[int(question)]
        if used.isdisjoint(answers):
            used.update(answers)
            pairs.left.append(drop(statutes.questions[int(question)], rng, dropout))
            pairs.right.append(statutes.article(int(rng.choice(answers)))[: 2 * MAX_TOKENS])
    for at in rng.integers(0, len(statutes.laws), max(0, size - len(pairs.right))):
        if int(at) not in used:
            pairs.right.append(window(statutes.article(int(at)), rng))
    return pairs


def wording_pairs(answers: NDArray[np.int64], chosen: Sequence[int]) -> NDArray[np.int64]:
    """Positions within `chosen` of two questions with the same answer, one pair per answer; shape (n, 2)."""
    places: dict[int, list[int]] = {}
    for at, question in enumerate(chosen):
        places.setdefault(int(answers[question]), []).append(at)
    found = [group[:2] for group in places.values() if len(group) > 1]
    return np.asarray(found, dtype=np.int64).reshape(-1, 2)


def drop(ids: Ids, rng: np.random.Generator, share: float) -> Ids:
    """The ids without a random share of them, never empty; short texts stay whole."""
    if len(ids) < 3 or not share:
        return ids
    kept = rng.random(len(ids)) >= share
    return ids[kept] if kept.any() else ids


def window(ids: Ids, rng: np.random.Generator) -> Ids:
    """A random stretch of at most MAX_TOKENS ids."""
    if len(ids) <= MAX_TOKENS:
        return ids
    start = int(rng.integers(0, len(ids) - MAX_TOKENS + 1))
    return ids[start : start + MAX_TOKENS]


def _sentences(text: str) -> list[str]:
    found = [part for part in _SENTENCE.split(text) if len(part) > _SHORT_SENTENCE] or [text]
    if len(found) == 1 and len(text) > _LONE_SENTENCE:
        return [part for part in _CLAUSE.split(text) if part]
    return found
