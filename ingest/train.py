"""Train the bundled encoder: static token vectors, learned with sentence-transformers on the CPU.

Read `train_encoder` first. Data: training_data.py; tokens: training_tokens.py; pairs:
training_batches.py; figures and model card: training_measures.py.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ingest.training_batches import EncodedDomain, EncodedStatutes, encode_domain, encode_statutes
from ingest.training_data import Domain, Statutes, read_domain, read_statutes, read_synonyms
from ingest.training_losses import Losses, static_module
from ingest.training_recipe import Recipe
from ingest.training_tokens import Parts, build_tokenizer, choose_vocabulary, count_words, shared_parts

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

SEED = 20261121
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Everything a run reads, cut into tokens once."""

    statutes: Statutes
    domain: Domain
    tokenizer: Tokenizer
    parts: Parts
    encoded_statutes: EncodedStatutes
    encoded_domain: EncodedDomain


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What a training made: number of tokens, vector length, bytes of the folder, seconds."""

    tokens: int
    dim: int
    size: int
    seconds: float


def train_encoder(
    out: Path,
    *,
    statutes: Path,
    corpus: Path,
    synonyms: Path | None = None,
    recipe: Recipe | None = None,
    seed: int = SEED,
    development: bool = False,
    progress: Progress = lambda _stage, _done, _total: None,
) -> TrainingReport:
    """Train a static encoder and write it as a sentence-transformers folder.

    The same data, recipe and seed give the same vectors on one machine. Statute
    questions with `is_held_out` are never trained on.

    Args:
        out: Folder to write; made when missing, its encoder files replaced.
        statutes: Folder with articles.jsonl.gz and questions.jsonl.
        corpus: The corpus folder (documents, facts, questions).
        synonyms: 编号<TAB>词 lines (gzip), or None to do without.
        recipe: None for the shipped encoder's.
        seed: Of vectors and pairs.
        development: Leave out the corpus questions of `is_development` passages and the
            `is_spare_wording` ones, so that they can be used for measuring.
        progress: Called with stage, done and total.

    Raises:
        DocumentError: Some data is missing or invalid.
    """
    began = time.perf_counter()
    recipe = recipe or Recipe()
    data = read_training_data(statutes, corpus, synonyms, recipe=recipe, progress=progress)
    vectors = fit(data, recipe, seed=seed, development=development, progress=progress)
    save(out, data.tokenizer, vectors)
    size = sum(path.stat().st_size for path in out.iterdir() if path.is_file())
    return TrainingReport(len(vectors), vectors.shape[1], size, time.perf_counter() - began)


def read_training_data(
    statutes: Path, corpus: Path, synonyms: Path | None, *, recipe: Recipe, progress: Progress
) -> TrainingData:
    """Read everything, choose the vocabulary and cut all texts into tokens.

    Raises:
        DocumentError: Some data is missing or invalid.
    """
    progress("读取训练数据", 0, 3)
    collection, domain = read_statutes(statutes), read_domain(corpus)
    sets = read_synonyms(synonyms) if synonyms else {}
    progress("读取训练数据", 1, 3)
    large = count_words(article.searched for article in collection.articles[:: recipe.sampled])
    small = count_words([target.text for target in domain.targets] + [q.text for q in domain.questions])
    counts = choose_vocabulary(
        large,
        small,
        minimum=recipe.minimum,
        small_minimum=recipe.small_minimum,
        small_weight=recipe.small_weight,
    )
    progress("读取训练数据", 2, 3)
    tokenizer = build_tokenizer(counts)
    data = TrainingData(
        collection,
        domain,
        tokenizer,
        shared_parts(tokenizer, sets),
        encode_statutes(tokenizer, collection),
        encode_domain(tokenizer, domain),
    )
    progress("读取训练数据", 3, 3)
    return data


def fit(
    data: TrainingData, recipe: Recipe, *, seed: int, development: bool, progress: Progress
) -> NDArray[np.float32]:
    """Learn one vector per token; shape (tokens, dim), zero rows for tokens never seen in training."""
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    table = _TokenTable.start(data, recipe)
    optimizer = torch.optim.Adam(table.learned, lr=recipe.rate, betas=(0.9, 0.99), fused=True)
    losses = Losses.start(
        data.statutes,
        data.domain,
        data.encoded_statutes,
        data.encoded_domain,
        tokenizer=data.tokenizer,
        recipe=recipe,
        rng=rng,
        development=development,
    )
    for step in range(recipe.steps):
        falling = max(0.02, 1 - step / recipe.steps)
        optimizer.param_groups[0]["lr"] = recipe.rate * min(1.0, (step + 1) / recipe.warmup) * falling
        loss = losses.of_step(step, table.vectors())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        progress("训练向量模型", step + 1, recipe.steps)
    vectors = table.vectors().detach().numpy().copy()
    vectors[~losses.seen] = 0
    return np.asarray(vectors, dtype=np.float32)


def save(out: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> None:
    """Write a sentence-transformers folder: one StaticEmbedding in half precision.

    Without a Normalize module: its guard against division by zero is too small for half
    precision, so a text without a known token would become NaN.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    out.mkdir(parents=True, exist_ok=True)
    module = static_module(tokenizer, torch.from_numpy(vectors).half())
    SentenceTransformer(modules=[module], device="cpu").save(str(out), create_model_card=False)
    (out / "model.safetensors").chmod(0o644)  # the library leaves it readable by its owner only
    path = out / "tokenizer.json"
    described = json.loads(path.read_text("utf-8"))
    described["model"]["vocab"] = [[word, round(score, 4)] for word, score in described["model"]["vocab"]]
    path.write_text(json.dumps(described, ensure_ascii=False, separators=(",", ":")), "utf-8")


@dataclass(frozen=True, slots=True)
class _TokenTable:
    """Token vectors under training: own part + weight × shared parts."""

    own: torch.Tensor
    shared: torch.Tensor
    mixing: torch.Tensor

    @classmethod
    def start(cls, data: TrainingData, recipe: Recipe) -> _TokenTable:
        """Own parts start at zero, shared ones at random, rare tokens louder than frequent ones (idf)."""
        import torch

        size = data.tokenizer.get_vocab_size()
        articles = len(data.encoded_statutes.laws)
        frequency = data.encoded_statutes.sentences.document_frequency(size)
        idf = np.log((articles + 1) / (np.minimum(frequency, articles) + 1)) / np.log(articles + 1)
        parts = data.parts
        weights = np.asarray(parts.weights) * idf[list(parts.tokens)]
        mixing = torch.sparse_coo_tensor(
            torch.tensor([parts.tokens, parts.parts]),
            torch.tensor(weights, dtype=torch.float32),
            (size, parts.count),
        ).coalesce()
        own = (
            torch.zeros(size, recipe.dim)
            if recipe.shared_parts
            else torch.randn(size, recipe.dim) * 0.1 * torch.tensor(idf)[:, None].float()
        )
        shared = torch.randn(parts.count, recipe.dim) * 0.1
        return cls(own.requires_grad_(), shared.requires_grad_(recipe.shared_parts), mixing)

    @property
    def learned(self) -> list[torch.Tensor]:
        """What the optimizer changes."""
        return [tensor for tensor in (self.own, self.shared) if tensor.requires_grad]

    def vectors(self) -> torch.Tensor:
        """Token vectors as they are now, shape (tokens, dim)."""
        import torch

        if not self.shared.requires_grad:
            return self.own
        return self.own + torch.sparse.mm(self.mixing, self.shared)
