"""The settings of an encoder training."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the training run does; the defaults are those the shipped encoder was made with (ablation: model card).

    Attributes:
        dim: Length of a vector.
        steps: Batches of statute pairs.
        batch: Pairs per batch.
        scale: Inverse softmax temperature.
        rate: Peak learning rate (Adam), warmed up over `warmup` steps, then falling linearly.
        neighbours: Share of a batch that stands side by side in one law.
        headings: Share of statute pairs that are law and heading → article.
        dropout: Share of left-hand tokens left out of a pair.
        question_every: Statute questions are learned every so many steps.
        question_batch: Statute questions per such step, at most.
        domain_every: The corpus and its questions are learned every so many steps.
        domain_batch: Corpus questions per such step; `passage_batch` pairs of corpus phrases.
        passage_weight: Weight of these phrase pairs beside statutes and questions (1).
        reverse_weight: Weight of finding a passage's questions among those of others.
        wording_weight: Weight of bringing two questions with the same answer together.
        sampled: Every so many articles are counted for the vocabulary.
        minimum: Least count there for a word; `small_minimum` in corpus and questions.
        small_weight: Occurrences in statutes that one in corpus and questions is worth.
    """

    dim: int = 256
    steps: int = 500
    batch: int = 768
    scale: float = 20.0
    rate: float = 0.003
    warmup: int = 50
    neighbours: float = 0.0
    headings: float = 0.3
    dropout: float = 0.1
    question_every: int = 1
    question_batch: int = 768
    domain_every: int = 1
    domain_batch: int = 1024
    passage_batch: int = 300
    passage_weight: float = 0.0
    reverse_weight: float = 0.0
    wording_weight: float = 0.5
    sampled: int = 2
    minimum: int = 4
    small_minimum: int = 2
    small_weight: int = 5
