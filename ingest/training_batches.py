"""Pairs the encoder learns to bring together, drawn at random, as token ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.training_data import Domain, Statutes, Text, is_held_out
from ingest.training_tokens import Ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Ids = NDArray[np.int32]

MAX_TOKENS = 96  # of a text in a batch; longer ones give a random window
_SENTENCE = re.compile(r"(?<=[。；\n])")
_PHRASE = re.compile(r"(?<=[，、：。；\n])")
_SHORTEST = 4  # characters of a sentence worth learning from
_LONE_SENTENCE = 24  # a single sentence longer than this is cut into phrases instead
_RUN = 16  # texts of a run of neighbours
_HEADED = 0.3  # share of sentence pairs whose other side starts with title and heading


@dataclass(frozen=True, slots=True)
class EncodedTexts:
    """Texts as token ids: body i is made of the parts `first[i]`..`first[i + 1]`."""

    titles: Ragged
    headings: Ragged
    parts: Ragged
    first: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.titles)

    def __getitem__(self, at: int) -> Ids:
        """Title, heading and body of a text."""
        body = self.parts.between(int(self.first[at]), int(self.first[at + 1]))
        return np.concatenate([self.titles[at], self.headings[at], body])

    def tokens(self) -> Ids:
        """Every token id, text by text in no promised order."""
        return np.concatenate([self.titles.ids, self.headings.ids, self.parts.ids])


@dataclass(frozen=True, slots=True)
class EncodedData:
    """All training texts as token ids.

    `relevant` maps a statute question that may be learned to its articles, asked ones
    before written ones; `answers[i]`
    is the passage that answers corpus question i; `competing[a, b]` says whether passage
    b is weighed for questions that a answers.
    """

    articles: EncodedTexts
    statute_questions: Ragged
    relevant: dict[int, list[int]]
    passages: EncodedTexts
    lay_questions: Ragged
    answers: NDArray[np.int64]
    competing: NDArray[np.bool_]

    def seen(self, size: int, lay_questions: Sequence[int]) -> NDArray[np.bool_]:
        """Which of `size` tokens occur in what is trained on; the unknown token (0) never does."""
        marks = np.zeros(size, dtype=bool)
        marks[self.articles.tokens()] = True
        marks[self.passages.tokens()] = True
        for at in lay_questions:
            marks[self.lay_questions[at]] = True
        for at in self.relevant:
            marks[self.statute_questions[at]] = True
        marks[0] = False
        return marks


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts to bring together: `left[i]` with `right[i]`; further entries of `right` answer nothing."""

    left: list[Ids]
    right: list[Ids]


def encode_texts(tokenizer: Tokenizer, texts: Sequence[Text], *, phrases: bool) -> EncodedTexts:
    """Cut texts into sentences, or into phrases (for short texts), and these into tokens."""
    parts, first = list[str](), [0]
    for text in texts:
        parts += _parts(text.body, phrases=phrases)
        first.append(len(parts))
    return EncodedTexts(
        Ragged.encode(tokenizer, [text.title for text in texts]),
        Ragged.encode(tokenizer, [text.heading for text in texts]),
        Ragged.encode(tokenizer, parts),
        np.asarray(first, dtype=np.int64),
    )


def encode_data(tokenizer: Tokenizer, statutes: Statutes, domain: Domain) -> EncodedData:
    """Cut everything into tokens and note which questions may be learned and what competes."""
    place = {article.id: at for at, article in enumerate(statutes.articles)}
    relevant = {
        at: [place[id_] for id_ in question.relevant]
        for at, question in enumerate((*statutes.questions, *statutes.written))
        if at >= len(statutes.questions) or not is_held_out(question.id)
    }
    targets = domain.targets
    return EncodedData(
        encode_texts(tokenizer, [article.text for article in statutes.articles], phrases=False),
        Ragged.encode(tokenizer, [question.text for question in (*statutes.questions, *statutes.written)]),
        relevant,
        encode_texts(tokenizer, [target.text for target in targets], phrases=True),
        Ragged.encode(tokenizer, [question.text for question in domain.questions]),
        np.asarray([question.target for question in domain.questions], dtype=np.int64),
        np.asarray([[a is b or b.competes(a) for b in targets] for a in targets]).reshape(len(targets), -1),
    )


def passage_pairs(
    texts: EncodedTexts,
    rng: np.random.Generator,
    *,
    size: int,
    headings: float,
    dropout: float,
    neighbours: float = 0.0,
) -> Pairs:
    """A part with the rest of its text, or (share `headings`) title and heading with the body.

    Texts are drawn at random, a share `neighbours` of them in runs that stand side by
    side, so that articles of one law are told apart. At most `size` pairs: texts with
    nothing on one side are left out.
    """
    pairs = Pairs([], [])
    runs = int(size * neighbours) // _RUN
    heads = rng.integers(0, max(1, len(texts) - _RUN), runs)
    single = rng.integers(0, len(texts), size - runs * _RUN)
    for at in [*single, *(heads[:, None] + np.arange(_RUN)).ravel() % len(texts)]:
        start, end = int(texts.first[at]), int(texts.first[at + 1])
        title = np.concatenate([texts.titles[at], texts.headings[at]])
        if end - start > 1 and rng.random() >= headings:
            chosen = int(rng.integers(start, end))
            left = texts.parts[chosen]
            rest = [texts.parts.between(start, chosen), texts.parts.between(chosen + 1, end)]
            right = np.concatenate([title, *rest] if rng.random() < _HEADED else rest)
        else:
            left, right = title, texts.parts.between(start, end)
        if len(left) and len(right):
            pairs.left.append(drop(window(left, rng), rng, dropout))
            pairs.right.append(window(right, rng))
    return pairs


def question_pairs(
    statutes: EncodedTexts,
    questions: Ragged,
    relevant: dict[int, list[int]],
    rng: np.random.Generator,
    *,
    size: int,
    most: int,
    dropout: float,
) -> Pairs:
    """At most `most` questions about statutes with one article each, and random articles up to `size` right texts.

    A question is left out when one of its articles already answers another of the batch.
    """
    pairs, used = Pairs([], []), set[int]()
    for question in rng.permutation(sorted(relevant))[:most]:
        answers = relevant[int(question)]
        if used.isdisjoint(answers):
            used.update(answers)
            pairs.left.append(drop(questions[int(question)], rng, dropout))
            pairs.right.append(statutes[int(rng.choice(answers))][: 2 * MAX_TOKENS])
    for at in rng.integers(0, len(statutes), max(0, size - len(pairs.right))):
        if int(at) not in used:
            pairs.right.append(window(statutes[int(at)], rng))
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


def _parts(text: str, *, phrases: bool) -> list[str]:
    found = [part for part in (_PHRASE if phrases else _SENTENCE).split(text) if len(part) >= _SHORTEST]
    if len(found) == 1 and len(text) > _LONE_SENTENCE:
        return [part for part in _PHRASE.split(text) if part]
    return found or [text]
