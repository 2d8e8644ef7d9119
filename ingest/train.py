"""Train the bundled encoder: static token vectors, learned with sentence-transformers on the CPU.

Read `train_encoder` first. Data: training_data.py; tokens: training_tokens.py; pairs:
training_batches.py; what is minimised: training_losses.py; figures: training_measures.py;
model card: training_card.py.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.encoder import TOKENIZER_FILE, WEIGHTS_FILE, StaticEncoder
from ingest.training_batches import EncodedData, encode_data
from ingest.training_card import write_card
from ingest.training_data import (
    FOLDS,
    Domain,
    Statutes,
    learned_questions,
    read_domain,
    read_lexicon_sets,
    read_statutes,
    read_synonyms,
)
from ingest.training_losses import Losses
from ingest.training_measures import MeasuredRow, measure_domain, measure_statutes
from ingest.training_recipe import Recipe
from ingest.training_table import TokenTable
from ingest.training_tokens import Parts, build_tokenizer, choose_vocabulary, count_words, shared_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

SEED = 20261121
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What a training made: tokens, vector length, bytes of weights and tokenizer, seconds, figures.

    The figures are empty when the run was not measured.
    """

    tokens: int
    dim: int
    size: int
    seconds: float
    statutes: list[MeasuredRow] = field(default_factory=list)
    domain: dict[str, list[MeasuredRow]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Everything a run reads, and the same cut into tokens."""

    statutes: Statutes
    domain: Domain
    tokenizer: Tokenizer
    parts: Parts
    encoded: EncodedData


def train_encoder(
    out: Path,
    *,
    statutes: Path,
    corpus: Path,
    synonyms: Path | None = None,
    recipe: Recipe | None = None,
    seed: int = SEED,
    measured: bool = True,
    progress: Progress = lambda _stage, _done, _total: None,
) -> TrainingReport:
    """Train a static encoder and write it as a sentence-transformers folder with its model card.

    The same data, recipe and seed give the same vectors on one machine. Statute
    questions with `is_held_out` are never learned. The encoder in `out` learns every
    question of the corpus; a second one, which does not know the development questions
    (`learned_questions`), gives the figures for the corpus.

    Args:
        out: Folder to write; made when missing, its encoder files replaced.
        statutes: Folder with articles.jsonl.gz and questions.jsonl.
        corpus: The corpus folder (documents, facts, questions, lexicon).
        synonyms: 编号<TAB>词 lines (gzip), or None to do without.
        recipe: None for the shipped encoder's.
        seed: Of vectors and pairs.
        measured: Train and measure the second encoder too; False is three times as fast.
        progress: Called with stage, done and total.

    Raises:
        DocumentError: Some data is missing or invalid.
    """
    began = time.perf_counter()
    recipe = recipe or Recipe()
    data = read_training_data(statutes, corpus, synonyms, recipe=recipe, progress=progress)
    vectors = fit(data, recipe, seed=seed, stage="训练向量模型", progress=progress)
    size = save(out, data.tokenizer, vectors)
    statute_rows: list[MeasuredRow] = []
    domain_rows: dict[str, list[MeasuredRow]] = {}
    if measured:
        known = fit(data, recipe, seed=seed, development=True, stage="训练开发模型", progress=progress)
        progress("评测", 0, 2)
        statute_rows = measure_statutes(_encoder(data.tokenizer, vectors), data.statutes)
        progress("评测", 1, 2)
        domain_rows = measure_domain(_encoder(data.tokenizer, known), data.domain)
        progress("评测", 2, 2)
    seconds = time.perf_counter() - began
    report = TrainingReport(len(vectors), vectors.shape[1], size, seconds, statute_rows, domain_rows)
    write_card(out, _card_facts(data, report, seed), statute_rows=statute_rows, domain_rows=domain_rows)
    return report


def train_folds(
    out: Path,
    *,
    statutes: Path,
    corpus: Path,
    synonyms: Path | None = None,
    recipe: Recipe | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> None:
    """Train an encoder without each fold of the heard questions, into without-0 and without-1.

    What ranks and judges learns from them how far to trust an encoder on questions it never saw.

    Raises:
        DocumentError: Some data is missing or invalid.
    """
    recipe = recipe or Recipe()
    data = read_training_data(statutes, corpus, synonyms, recipe=recipe, progress=progress)
    for fold in FOLDS:
        vectors = fit(data, recipe, without=fold, stage=f"训练第 {fold + 1} 个对照模型", progress=progress)
        save(fold_folder(out, fold), data.tokenizer, vectors)


def fold_folder(out: Path, fold: int) -> Path:
    """Where `train_folds` writes the encoder without a fold."""
    return out / f"without-{fold}"


def read_training_data(
    statutes: Path, corpus: Path, synonyms: Path | None, *, recipe: Recipe, progress: Progress
) -> TrainingData:
    """Read everything, choose the vocabulary and cut all texts into tokens.

    Raises:
        DocumentError: Some data is missing or invalid.
    """
    progress("读取训练数据", 0, 3)
    collection, domain = read_statutes(statutes, written=corpus), read_domain(corpus)
    lexicon = read_lexicon_sets(corpus)
    sets = read_synonyms(synonyms) if synonyms else {}
    progress("读取训练数据", 1, 3)
    large = count_words(article.text.searched for article in collection.articles[:: recipe.sampled])
    asked = [question.text for question in domain.questions]
    asked += [question.text for question in collection.written]
    small = count_words([target.text.searched for target in domain.targets] + asked)
    for word in lexicon:
        small.setdefault(word, 0)
    counts = choose_vocabulary(
        large,
        small,
        minimum=recipe.minimum,
        small_minimum=recipe.small_minimum,
        small_weight=recipe.small_weight,
    )
    progress("读取训练数据", 2, 3)
    tokenizer = build_tokenizer(counts)
    parts = shared_parts(
        tokenizer, {word: (*sets.get(word, ()), *lexicon.get(word, ())) for word in {*sets, *lexicon}}
    )
    data = TrainingData(collection, domain, tokenizer, parts, encode_data(tokenizer, collection, domain))
    progress("读取训练数据", 3, 3)
    return data


def fit(
    data: TrainingData,
    recipe: Recipe,
    *,
    seed: int = SEED,
    development: bool = False,
    without: int | None = None,
    stage: str = "训练",
    progress: Progress = lambda _stage, _done, _total: None,
) -> NDArray[np.float32]:
    """Learn one vector per token; shape (tokens, dim), zero rows for tokens never seen in training.

    What is learned of the corpus: `learned_questions` of `development` and `without`.
    """
    import torch
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    torch.manual_seed(seed)
    encoded, size = data.encoded, data.tokenizer.get_vocab_size()
    table = TokenTable.start(encoded.articles, data.parts, size=size, dim=recipe.dim)
    learned = learned_questions(data.domain, development=development, without=without)
    module = StaticEmbedding(data.tokenizer, embedding_weights=torch.zeros(size, recipe.dim))
    rng = np.random.default_rng(seed)
    losses = Losses.over(encoded, learned=learned, module=module, recipe=recipe, rng=rng)
    optimizer = torch.optim.Adam(table.learned, lr=recipe.rate, betas=(0.9, 0.99), fused=True)
    for step in range(recipe.steps):
        falling = max(0.02, 1 - step / recipe.steps)
        optimizer.param_groups[0]["lr"] = recipe.rate * min(1.0, (step + 1) / recipe.warmup) * falling
        loss = losses.of_step(step, table.vectors())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        progress(stage, step + 1, recipe.steps)
    vectors = table.vectors().detach().numpy().copy()
    vectors[~encoded.seen(size, learned)] = 0
    return np.asarray(vectors, dtype=np.float32)


def save(out: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> int:
    """Write a sentence-transformers folder: one StaticEmbedding in half precision.

    Without a Normalize module: its guard against division by zero is too small for half
    precision, so a text without a known token would become NaN.

    Returns:
        Bytes of weights and tokenizer.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    out.mkdir(parents=True, exist_ok=True)
    module = StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(vectors).half())
    SentenceTransformer(modules=[module], device="cpu").save(str(out), create_model_card=False)
    weights, described = out / WEIGHTS_FILE, out / TOKENIZER_FILE
    weights.chmod(0o644)  # the library leaves it readable by its owner only
    content = json.loads(described.read_text("utf-8"))
    content["model"]["vocab"] = [[word, round(score, 4)] for word, score in content["model"]["vocab"]]
    described.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")
    return weights.stat().st_size + described.stat().st_size


def _encoder(tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> StaticEncoder:
    shipped = vectors.astype(np.float16).astype(np.float32)
    return StaticEncoder(tokenizer, shipped, fingerprint="")


def _card_facts(data: TrainingData, report: TrainingReport, seed: int) -> dict[str, str]:
    return {
        "tokens": str(report.tokens),
        "dim": str(report.dim),
        "megabytes": f"{report.size / 1e6:.1f}",
        "minutes": f"{report.seconds / 60:.1f}",
        "seed": str(seed),
        "articles": str(len(data.statutes.articles)),
        "statute_questions": str(len(data.statutes.questions)),
        "written_questions": str(len(data.statutes.written)),
        "lay_questions": str(len(data.domain.questions)),
        "asked_passages": str(len({question.target for question in data.domain.questions})),
    }
