"""What a training step minimises: softmax over right and wrong answers, for statutes and for the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.training_batches import (
    EncodedDomain,
    EncodedStatutes,
    drop,
    passage_pairs,
    question_pairs,
    wording_pairs,
)
from ingest.training_data import Domain, Statutes, is_development, is_held_out, is_spare_wording
from ingest.training_recipe import Recipe

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

_NEVER = -1e4  # logit of a text that does not compete


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of one training run; `seen` marks the tokens that took part in it."""

    statutes: EncodedStatutes
    domain: EncodedDomain
    recipe: Recipe
    rng: np.random.Generator
    relevant: dict[int, list[int]]
    asked: NDArray[np.int64]
    competing: torch.Tensor
    seen: NDArray[np.bool_]
    module: StaticEmbedding
    both_ways: MultipleNegativesRankingLoss
    one_way: MultipleNegativesRankingLoss

    @classmethod
    def start(
        cls,
        statutes: Statutes,
        domain: Domain,
        encoded_statutes: EncodedStatutes,
        encoded_domain: EncodedDomain,
        *,
        tokenizer: Tokenizer,
        recipe: Recipe,
        rng: np.random.Generator,
        development: bool,
    ) -> Losses:
        """Choose the questions to learn from and the wrong answers to weigh against right ones."""
        import torch
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

        place = {article.id: at for at, article in enumerate(statutes.articles)}
        relevant = {
            at: [place[id_] for id_ in question.relevant]
            for at, question in enumerate(statutes.questions)
            if not is_held_out(question.id)
        }
        asked = np.asarray(trained_questions(domain, development=development), dtype=np.int64)
        competing = [
            [right is other or other.competes(right) for other in domain.targets] for right in domain.targets
        ]
        seen = np.zeros(tokenizer.get_vocab_size(), dtype=bool)
        for ragged in (
            encoded_statutes.sentences,
            encoded_statutes.laws,
            encoded_statutes.headings,
            encoded_domain.targets,
        ):
            seen[ragged.ids] = True
        for question in asked:
            seen[encoded_domain.questions[int(question)]] = True
        for question in relevant:
            seen[encoded_statutes.questions[question]] = True
        seen[0] = False
        one_way = MultipleNegativesRankingLoss(None, scale=recipe.scale)  # type: ignore[arg-type]
        both_ways = MultipleNegativesRankingLoss(
            None,  # type: ignore[arg-type]
            scale=recipe.scale,
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        )
        module = static_module(tokenizer, torch.zeros(tokenizer.get_vocab_size(), recipe.dim))
        return cls(
            encoded_statutes,
            encoded_domain,
            recipe,
            rng,
            relevant,
            asked,
            torch.tensor(competing),
            seen,
            module,
            both_ways,
            one_way,
        )

    def of_step(self, step: int, vectors: torch.Tensor) -> torch.Tensor:
        """Loss of a training step under the token vectors of the moment."""
        recipe = self.recipe
        pairs = passage_pairs(
            self.statutes, self.rng, size=recipe.batch, headings=recipe.headings, dropout=recipe.dropout
        )
        left, right = self._encode(pairs.left, vectors), self._encode(pairs.right, vectors)
        loss = self.both_ways.compute_loss_from_embeddings([left, right], None)
        if step % recipe.question_every == 0 and self.relevant:
            loss = loss + self._questions(vectors)
        if step % recipe.domain_every == 0 and len(self.asked):
            loss = loss + self._domain(vectors)
        return loss

    def _questions(self, vectors: torch.Tensor) -> torch.Tensor:
        recipe = self.recipe
        pairs = question_pairs(
            self.statutes, self.relevant, self.rng, size=2 * recipe.batch, dropout=recipe.dropout
        )
        left, right = self._encode(pairs.left, vectors), self._encode(pairs.right, vectors)
        return self.one_way.compute_loss_from_embeddings([left, right[: len(left)], right[len(left) :]], None)

    def _domain(self, vectors: torch.Tensor) -> torch.Tensor:
        """Each question against every passage the product would weigh; and two wordings of one question."""
        import torch

        recipe, domain = self.recipe, self.domain
        size = min(recipe.domain_batch, len(self.asked))
        chosen = self.rng.choice(self.asked, size, replace=False)
        texts = [drop(domain.questions[int(at)], self.rng, recipe.dropout) for at in chosen]
        left = self._encode(texts, vectors)
        right = self._encode([domain.targets[at] for at in range(len(domain.targets))], vectors)
        answers = torch.from_numpy(domain.answers[chosen])
        logits = (left @ right.T * recipe.scale).masked_fill(~self.competing[answers], _NEVER)
        loss = torch.nn.functional.cross_entropy(logits, answers)
        pairs = wording_pairs(domain.answers, [int(at) for at in chosen])
        if len(pairs) > 1:
            wordings = [left[pairs[:, 0]], left[pairs[:, 1]]]
            loss = loss + recipe.wording_weight * self.both_ways.compute_loss_from_embeddings(wordings, None)
        return loss

    def _encode(self, texts: Sequence[NDArray[np.int32]], vectors: torch.Tensor) -> torch.Tensor:
        """Unit vectors of token id lists, shape (n, dim), through the sentence-transformers module."""
        import torch

        lengths = [len(text) for text in texts[:-1]]
        features = {
            "input_ids": torch.from_numpy(np.concatenate(texts)),
            "offsets": torch.tensor([0, *lengths], dtype=torch.int32).cumsum(0, dtype=torch.int32),
        }
        weights = {"embedding.weight": vectors}
        encoded = torch.func.functional_call(self.module, weights, (features,))["sentence_embedding"]
        return torch.nn.functional.normalize(encoded, dim=1)


def trained_questions(domain: Domain, *, development: bool) -> list[int]:
    """Positions of the corpus questions a run learns from: all, or those a development run may see."""
    return [
        at
        for at, question in enumerate(domain.questions)
        if not development
        or not (is_development(domain.targets[question.target].text) or is_spare_wording(question.text))
    ]


def static_module(tokenizer: Tokenizer, weights: torch.Tensor) -> StaticEmbedding:
    """The sentence-transformers module of these token vectors."""
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    return StaticEmbedding(tokenizer, embedding_weights=weights)
