"""Tune the encoder to the documents of one home, without labels: sentences and headings stand in for questions.

Every passage asks for itself: one of its sentences, taken out, should find the rest of
it. Some passages are kept from training; only if those are found better than before,
and the library's known ways of asking no worse, is the tuned encoder kept.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.encoder import WEIGHTS_FILE, StaticEncoder, open_encoder
from assistant.errors import DocumentError, EncoderError
from assistant.text import sentences
from assistant.tools import adapted_folder
from ingest.training_batches import encode_texts, passage_pairs
from ingest.training_data import Text
from ingest.training_measures import Measured, interval, ranks_of

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from assistant.catalogue import Catalogue
    from assistant.stages import Progress

    Vectors = NDArray[np.float32]

SEED = 20261122
_HELD_OUT_PERCENT = 15
_SHORTEST = 6  # characters of a sentence that can stand for a question
_FEWEST = 200  # passages below which there is nothing to learn or to measure
_MEASURED = 1000  # self-made or known questions at most
_AGAINST = 20_000  # passages at most that they are searched among


@dataclass(frozen=True, slots=True)
class Tuning:
    """How long and how far an encoder is tuned; `anchor` holds tokens near where they were."""

    steps: int = 100
    batch: int = 512
    rate: float = 0.001
    scale: float = 20.0
    anchor: float = 0.1
    headings: float = 0.3
    dropout: float = 0.1


@dataclass(frozen=True, slots=True)
class AdaptationReport:
    """Mean reciprocal ranks before and after, and the change with its interval; `kept` is the outcome.

    `known` is the change over the library's known ways of asking, None where it has none.
    """

    passages: int
    self_made: int
    before: float
    after: float
    change: Measured
    known: Measured | None
    kept: bool


@dataclass(frozen=True, slots=True)
class _Exam:
    """Questions and the position of the text that answers each; `texts` may differ from what is stored."""

    questions: tuple[str, ...]
    answers: tuple[int, ...]
    texts: tuple[str, ...]


def adapt_encoder(
    home: Path,
    catalogue: Catalogue,
    base: Path,
    *,
    tuning: Tuning | None = None,
    fewest: int = _FEWEST,
    progress: Progress,
) -> AdaptationReport:
    """Tune the encoder in `base` to a catalogue and store it in the home if it is better there.

    An earlier tuned encoder of the home stays as it is when the new one is not kept. The
    index must be published again after one is: its vectors are the old encoder's.

    Args:
        home: The home folder; the caller holds its lock.
        catalogue: Its documents.
        base: Folder of a StaticEmbedding to start from.
        tuning: None for the usual.
        fewest: Passages the catalogue must have.
        progress: Called with stage, done and total.

    Raises:
        DocumentError: Too few passages.
        EncoderError: `base` is no StaticEmbedding folder.
    """
    encoder = open_encoder(str(base))
    if not isinstance(encoder, StaticEncoder):
        raise EncoderError(f"{base} 不是静态向量模型，不能这样调整；请用内置的向量模型。")
    texts, known = _read(catalogue)
    if len(texts) < fewest:
        raise DocumentError(
            f"文件库只有 {len(texts)} 段，少于 {fewest} 段，不够用来调整向量模型。请先添加文件。"
        )
    taught = [text for text in texts if not _held_out(text)]
    exam = _self_made([text for text in texts if _held_out(text)], taught)
    tuned = encoder.with_vectors(_fit(encoder, taught, tuning or Tuning(), progress=progress))
    progress("评测", 0, 2)
    before, after = _reciprocal_ranks(encoder, exam), _reciprocal_ranks(tuned, exam)
    change = interval([new - old for new, old in zip(after, before, strict=True)])
    progress("评测", 1, 2)
    asked = _change(encoder, tuned, _known(texts, known)) if known else None
    progress("评测", 2, 2)
    kept = change.low > 0 and (asked is None or asked.mean >= 0)
    if kept:
        _store(tuned, base, adapted_folder(home))
    mean_before, mean_after = float(np.mean(before)), float(np.mean(after))
    return AdaptationReport(len(texts), len(before), mean_before, mean_after, change, asked, kept)


def _read(catalogue: Catalogue) -> tuple[list[Text], list[tuple[str, int]]]:
    """Texts of all passages in use, and known ways of asking with the position of their passage."""
    documents = {document.id: document for document in catalogue.documents() if not document.retired}
    texts: list[Text] = []
    places: dict[str, list[tuple[int, int, int]]] = {}
    for passage in catalogue.passages():
        document = documents.get(passage.document_id)
        if document is not None:
            places.setdefault(document.id, []).append((passage.start, passage.end, len(texts)))
            texts.append(Text(document.title, passage.section, passage.text))
    known = [
        (question.question, at)
        for question in catalogue.questions()
        for start, end, at in places.get(question.document_id, ())
        if start <= question.start < end
    ]
    return texts, known


def _held_out(text: Text) -> bool:
    return int(hashlib.sha256(text.searched.encode()).hexdigest(), 16) % 100 < _HELD_OUT_PERCENT


def _self_made(held_out: Sequence[Text], others: Sequence[Text]) -> _Exam:
    """A sentence of each held-out passage, to be found in its rest among everything else."""
    rng = np.random.default_rng(SEED)
    questions, answers, texts = list[str](), list[int](), list[str]()
    for text in held_out[:_MEASURED]:
        parts = [span for span in sentences(text.body) if span.end - span.start >= _SHORTEST]
        if len(parts) > 1:
            chosen = parts[int(rng.integers(len(parts)))]
            rest = text.body[: chosen.start] + text.body[chosen.end :]
            questions.append(text.body[chosen.start : chosen.end])
            answers.append(len(texts))
            texts.append(Text(text.title, text.heading, rest).searched)
    return _Exam(tuple(questions), tuple(answers), (*texts, *(text.searched for text in others[:_AGAINST])))


def _known(texts: Sequence[Text], known: Sequence[tuple[str, int]]) -> _Exam:
    """Known ways of asking, evenly drawn, over all passages."""
    drawn = known[:: max(1, len(known) // _MEASURED)]
    return _Exam(
        tuple(question for question, _ in drawn),
        tuple(at for _, at in drawn),
        tuple(text.searched for text in texts),
    )


def _change(before: StaticEncoder, after: StaticEncoder, exam: _Exam) -> Measured:
    old, new = _reciprocal_ranks(before, exam), _reciprocal_ranks(after, exam)
    return interval([b - a for a, b in zip(old, new, strict=True)])


def _reciprocal_ranks(encoder: StaticEncoder, exam: _Exam) -> list[float]:
    texts = encoder.encode(exam.texts).T
    asked = encoder.encode(exam.questions, query=True)
    return [1 / ranks_of(row @ texts, [answer])[0] for row, answer in zip(asked, exam.answers, strict=True)]


def _fit(encoder: StaticEncoder, texts: Sequence[Text], tuning: Tuning, *, progress: Progress) -> Vectors:
    """Token vectors after learning that a passage's parts belong together; shape (tokens, dim)."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    encoded = encode_texts(encoder.tokenizer, texts, phrases=False)
    used = np.unique(encoded.tokens())  # the others stay as they are
    start = torch.from_numpy(encoder.vectors[used])
    vectors = start.clone().requires_grad_()
    criterion = MultipleNegativesRankingLoss(None, scale=tuning.scale)
    optimizer = torch.optim.Adam([vectors], lr=tuning.rate)
    for step in range(tuning.steps):
        pairs = passage_pairs(
            encoded, rng, size=tuning.batch, headings=tuning.headings, dropout=tuning.dropout, neighbours=0.5
        )
        if len(pairs.left) > 1:
            sides = [_encode(side, used, vectors) for side in (pairs.left, pairs.right)]
            moved = ((vectors - start) ** 2).sum(dim=1).mean()
            loss = criterion.compute_loss_from_embeddings(sides, None) + tuning.anchor * moved
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        progress("调整向量模型", step + 1, tuning.steps)
    tuned = encoder.vectors.copy()
    tuned[used] = vectors.detach().numpy()
    return tuned


def _encode(
    texts: Sequence[NDArray[np.int32]], used: NDArray[np.int32], vectors: torch.Tensor
) -> torch.Tensor:
    """Unit vectors of token id lists, shape (n, dim); row i of `vectors` is that of token `used[i]`."""
    import torch

    starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
    flat, offsets = torch.from_numpy(np.searchsorted(used, np.concatenate(texts))), torch.from_numpy(starts)
    return torch.nn.functional.normalize(
        torch.nn.functional.embedding_bag(flat, vectors, offsets, mode="mean"), dim=1
    )


def _store(tuned: StaticEncoder, base: Path, folder: Path) -> None:
    """Write the tuned encoder beside, then put it in the place of an earlier one."""
    from safetensors.numpy import save_file

    aside = folder.with_name(f"{folder.name}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for file in sorted(base.glob("*.json")):
        shutil.copyfile(file, aside / file.name)
    save_file({"embedding.weight": tuned.vectors.astype(np.float16)}, aside / WEIGHTS_FILE)
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
