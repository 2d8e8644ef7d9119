"""Train the reading model: first on statutes, then on the corpus; and without each fold, for the judge.

The judge must learn how far to trust the reading of passages and questions that neither
the reader nor its encoder saw, so besides the shipped reader there is one for each fold of
questions, over the encoder that did not learn them, and of passages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.config import BUNDLED_ENCODER
from assistant.encoder import StaticEncoder
from assistant.reading import Reader
from ingest.training_data import fold_of_question, read_statutes
from ingest.training_network import mean_length, network_class, normal_vectors
from ingest.training_reading import FOLDS, Pair, corpus_pairs, fold_of, statute_pairs

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from assistant.index import Index
    from assistant.stages import Progress
    from ingest.training_cases import Case
    from ingest.training_data import Statutes

    Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]

SEED = 20261122
_WHOLE = "reader.npz"
_SORTED = 40  # batches whose pairs are sorted by length together


@dataclass(frozen=True, slots=True)
class ReaderRecipe:
    """The settings of a reader training.

    Attributes:
        width: Values per word.
        dropout: Share of values left out while learning.
        rate: Peak learning rate on statutes; `fine_rate` on the corpus.
        epochs: Times over the statute pairs; `fine_epochs` over those of the corpus.
        batch: Pairs per step.
        warmup: Steps until the peak rate, from which it falls linearly.
        decay: Weight decay.
    """

    width: int = 96
    dropout: float = 0.2
    rate: float = 1e-3
    fine_rate: float = 7e-4
    epochs: int = 1
    fine_epochs: int = 2
    batch: int = 64
    warmup: int = 100
    decay: float = 0.01


@dataclass(frozen=True, slots=True)
class Readers:
    """The shipped reader, and by fold of questions and then of passages one that learned nothing of them."""

    whole: Reader
    without: tuple[tuple[Reader, ...], ...]

    def save(self, folder: Path) -> None:
        """Write every reader; `open` reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        self.whole.save(folder / _WHOLE)
        for questions, readers in enumerate(self.without):
            save_fold(folder, questions, readers)

    @classmethod
    def open(cls, folder: Path, encoders: Sequence[StaticEncoder]) -> Readers:
        """Read what `save` wrote; `encoders` are those of the folds of questions."""
        return cls(
            whole_reader(folder),
            tuple(
                tuple(Reader.load(folder / name, searching=encoder) for name in _fold_files(questions))
                for questions, encoder in enumerate(encoders)
            ),
        )

    def read(self, cases: Sequence[Case], evidence: Evidence) -> list[dict[str, float]]:
        """What the reader of each case's folds says of it, as features; the evidence is left without a reader."""
        said = []
        for one in cases:
            of_questions = self.without[fold_of_question(one.text)]
            evidence.reader = of_questions[fold_of(one.basis[0].passage.id)]
            said.append(evidence.reading(one.query, one.basis))
        evidence.reader = None
        return said


def train_readers(
    index: Index,
    cases: Sequence[Case],
    *,
    encoders: Sequence[StaticEncoder],
    statutes: Path,
    written: Path,
    recipe: ReaderRecipe | None = None,
    progress: Progress,
) -> Readers:
    """Train all readers; about fifty minutes on one core.

    Args:
        index: The built-in corpus, published.
        cases: What the judge learns from, each with hits.
        encoders: Those of the folds of questions.
        statutes: Folder with articles.jsonl.gz and questions.jsonl.
        written: Corpus folder with the questions written about statutes.
        recipe: Other settings than the shipped reader's.
        progress: Called with stage, done and total.

    Raises:
        DocumentError: The statutes cannot be read.
        EncoderError: The bundled encoder is damaged.
    """
    recipe = recipe or ReaderRecipe()
    read = read_statutes(statutes, written=written)
    bundled = School.of(read, index, cases, StaticEncoder.open(BUNDLED_ENCODER))
    whole = bundled.whole(recipe, progress=progress)
    apart = (School.of(read, index, cases, encoder) for encoder in encoders)
    return Readers(whole, tuple(school.without_each(recipe, progress=progress) for school in apart))


def whole_reader(folder: Path) -> Reader:
    """The reader to ship, of a folder that `Readers.save` wrote."""
    return Reader.load(folder / _WHOLE)


def save_fold(folder: Path, questions: int, readers: Sequence[Reader]) -> None:
    """Write the readers of one fold of questions."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, reader in zip(_fold_files(questions), readers, strict=True):
        reader.save(folder / name)


@dataclass(frozen=True, slots=True)
class School:
    """What readers over one encoder learn: statutes first, then the corpus."""

    encoder: StaticEncoder
    statutes: _Lessons
    corpus: _Lessons

    @classmethod
    def of(cls, statutes: Statutes, index: Index, cases: Sequence[Case], encoder: StaticEncoder) -> School:
        """The lessons of the statutes, and of an index and the judge's cases."""
        rng = np.random.default_rng(SEED)
        first = _Lessons.of(statute_pairs(statutes, encoder, rng), encoder)
        return cls(encoder, first, _Lessons.of(corpus_pairs(index, cases, rng), encoder))

    def whole(self, recipe: ReaderRecipe, *, progress: Progress) -> Reader:
        """A reader that learned everything."""
        taught = self._prepared(recipe, progress)
        return self._learned(self.corpus, taught, recipe, stage="学文件库提问", progress=progress)

    def without_each(self, recipe: ReaderRecipe, *, progress: Progress) -> tuple[Reader, ...]:
        """For each fold of passages a reader that learned nothing of it."""
        taught = self._prepared(recipe, progress)
        return tuple(
            self._learned(
                self.corpus.without(fold), taught, recipe, stage=f"第 {fold + 1} 份", progress=progress
            )
            for fold in range(FOLDS)
        )

    def _prepared(self, recipe: ReaderRecipe, progress: Progress) -> torch.nn.Module:
        return _taught(
            self.statutes, self.encoder, None, recipe=recipe, stage="学法规提问", progress=progress
        )

    def _learned(
        self,
        lessons: _Lessons,
        start: torch.nn.Module,
        recipe: ReaderRecipe,
        *,
        stage: str,
        progress: Progress,
    ) -> Reader:
        network = _taught(lessons, self.encoder, start, recipe=recipe, stage=stage, progress=progress)
        return _reader(network, self.encoder)


@dataclass(frozen=True, slots=True)
class _Lessons:
    """Pairs with the token ids of their two sides."""

    pairs: Sequence[Pair]
    asked: Sequence[NDArray[np.int64]]
    said: Sequence[NDArray[np.int64]]

    @classmethod
    def of(cls, pairs: Sequence[Pair], encoder: StaticEncoder) -> _Lessons:
        cut = cache(Reader(encoder, {}, "").tokens)
        asked, said = [cut(one.question) for one in pairs], [cut(one.text) for one in pairs]
        kept = [at for at in range(len(pairs)) if len(asked[at]) and len(said[at])]
        return cls([pairs[at] for at in kept], [asked[at] for at in kept], [said[at] for at in kept])

    def without(self, fold: int) -> _Lessons:
        """Those that a fold's reader may learn."""
        kept = [at for at, one in enumerate(self.pairs) if fold not in one.folds]
        return _Lessons(
            [self.pairs[at] for at in kept], [self.asked[at] for at in kept], [self.said[at] for at in kept]
        )

    def batches(self, size: int, rng: np.random.Generator) -> Iterator[Batch]:
        """All pairs once in random order, those of like length together: ids of both sides, truth, weight.

        Ids are padded with -1.
        """
        import torch

        order = rng.permutation(len(self.pairs))
        groups = []
        for first in range(0, len(order), size * _SORTED):
            part = sorted(order[first : first + size * _SORTED], key=lambda at: len(self.said[at]))
            groups += [part[at : at + size] for at in range(0, len(part), size)]
        for at in rng.permutation(len(groups)):
            chosen = groups[at]
            yield (
                _padded([self.asked[i] for i in chosen]),
                _padded([self.said[i] for i in chosen]),
                torch.tensor([float(self.pairs[i].stated) for i in chosen]),
                torch.tensor([self.pairs[i].weight for i in chosen]),
            )


def _taught(
    lessons: _Lessons,
    encoder: StaticEncoder,
    start: torch.nn.Module | None,
    *,
    recipe: ReaderRecipe,
    stage: str,
    progress: Progress,
) -> torch.nn.Module:
    """A network that learned the lessons, beginning as `start` ended."""
    import torch

    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    network = network_class()(normal_vectors(encoder), width=recipe.width, dropout=recipe.dropout)
    if start is not None:
        network.load_state_dict(start.state_dict())
    epochs, rate = (recipe.epochs, recipe.rate) if start is None else (recipe.fine_epochs, recipe.fine_rate)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=recipe.decay)
    total = max(epochs * -(-len(lessons.pairs) // recipe.batch), 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / recipe.warmup) * max(0.02, 1 - step / total)
    )
    network.train()
    for done, (asked, said, truth, weight) in enumerate(
        batch for _ in range(epochs) for batch in lessons.batches(recipe.batch, rng)
    ):
        if done % 20 == 0:
            progress(stage, done, total)
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            network(asked, said), truth, reduction="none"
        )
        optimizer.zero_grad()
        (losses * weight).mean().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network.eval()


def _reader(network: torch.nn.Module, encoder: StaticEncoder) -> Reader:
    """The network's weights for numpy, over the token vectors as they are shipped."""
    weights = {name: values.numpy().copy() for name, values in network.state_dict().items()}
    weights["project.weight"] = weights["project.weight"] / mean_length(encoder)
    return Reader(encoder, weights, encoder.fingerprint)


def _padded(texts: Sequence[NDArray[np.int64]]) -> torch.Tensor:
    """Token ids of texts, shape (n, longest), -1 beyond the end of each."""
    import torch

    out = np.full((len(texts), max(map(len, texts))), -1, dtype=np.int64)
    for row, ids in enumerate(texts):
        out[row, : len(ids)] = ids
    return torch.from_numpy(out)


def _fold_files(questions: int) -> list[str]:
    return [f"without-{questions}-{passages}.npz" for passages in range(FOLDS)]
