"""What a training step minimises: softmax over right and wrong answers, for statutes and for the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.training_batches import EncodedData, Pairs, drop, passage_pairs, question_pairs, wording_pairs
from ingest.training_recipe import Recipe

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

_NEVER = -1e4  # logit of a text that does not compete


@dataclass(frozen=True, slots=True)
class Losses:
    """The losses of one training run over the corpus questions `learned` and all statute pairs."""

    data: EncodedData
    recipe: Recipe
    rng: np.random.Generator
    learned: NDArray[np.int64]
    module: StaticEmbedding
    both_ways: MultipleNegativesRankingLoss
    one_way: MultipleNegativesRankingLoss

    @classmethod
    def over(
        cls,
        data: EncodedData,
        *,
        learned: Sequence[int],
        module: StaticEmbedding,
        recipe: Recipe,
        rng: np.random.Generator,
    ) -> Losses:
        """Losses that draw their batches with `rng` and encode with `module`."""
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

        one_way = MultipleNegativesRankingLoss(None, scale=recipe.scale)
        both_ways = MultipleNegativesRankingLoss(
            None,
            scale=recipe.scale,
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        )
        return cls(data, recipe, rng, np.asarray(learned, dtype=np.int64), module, both_ways, one_way)

    def of_step(self, step: int, vectors: torch.Tensor) -> torch.Tensor:
        """Loss of a training step under the token vectors of the moment."""
        recipe, data = self.recipe, self.data
        pairs = passage_pairs(
            data.articles,
            self.rng,
            size=recipe.batch,
            headings=recipe.headings,
            dropout=recipe.dropout,
            neighbours=recipe.neighbours,
        )
        loss = self._pairs(pairs, vectors)
        if step % recipe.question_every == 0 and data.relevant:
            loss = loss + self._statute_questions(vectors)
        if step % recipe.domain_every == 0 and len(data.passages):
            loss = loss + recipe.passage_weight * self._passages(vectors)
            if len(self.learned):
                loss = loss + self._lay_questions(vectors)
        return loss

    def _pairs(self, pairs: Pairs, vectors: torch.Tensor) -> torch.Tensor:
        encoded = [self._encode(pairs.left, vectors), self._encode(pairs.right, vectors)]
        return self.both_ways.compute_loss_from_embeddings(encoded, None)

    def _statute_questions(self, vectors: torch.Tensor) -> torch.Tensor:
        """Laypersons' legal questions against their article and random ones."""
        recipe, data = self.recipe, self.data
        pairs = question_pairs(
            data.articles,
            data.statute_questions,
            data.relevant,
            self.rng,
            size=2 * recipe.batch,
            most=recipe.question_batch,
            dropout=recipe.dropout,
        )
        left, right = self._encode(pairs.left, vectors), self._encode(pairs.right, vectors)
        return self.one_way.compute_loss_from_embeddings([left, right[: len(left)], right[len(left) :]], None)

    def _passages(self, vectors: torch.Tensor) -> torch.Tensor:
        """A phrase of a corpus passage against the rest of its passage and of others."""
        recipe = self.recipe
        pairs = passage_pairs(
            self.data.passages,
            self.rng,
            size=recipe.passage_batch,
            headings=recipe.headings,
            dropout=recipe.dropout,
        )
        return self._pairs(pairs, vectors)

    def _lay_questions(self, vectors: torch.Tensor) -> torch.Tensor:
        """Question → passage, passage → question, and two wordings of one question."""
        import torch

        recipe, data = self.recipe, self.data
        size = min(recipe.domain_batch, len(self.learned))
        chosen = [int(at) for at in self.rng.choice(self.learned, size, replace=False)]
        asked = self._encode(
            [drop(data.lay_questions[at], self.rng, recipe.dropout) for at in chosen], vectors
        )
        passages = self._encode([data.passages[at] for at in range(len(data.passages))], vectors)
        answers = torch.from_numpy(data.answers[chosen])
        logits = asked @ passages.T * recipe.scale
        apart = torch.from_numpy(~data.competing[data.answers[chosen]])
        loss = torch.nn.functional.cross_entropy(logits.masked_fill(apart, _NEVER), answers)
        loss = loss + recipe.reverse_weight * _reverse(logits, answers)
        pairs = wording_pairs(data.answers, chosen)
        if len(pairs) > 1:
            wordings = [asked[pairs[:, 0]], asked[pairs[:, 1]]]
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


def _reverse(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    """Mean over the answers of -log of the probability that one of their own questions is drawn."""
    import torch

    present = torch.unique(answers)
    towards = logits.T[present]
    others = answers[None, :] != present[:, None]
    own = towards.masked_fill(others, _NEVER)
    return (torch.logsumexp(towards, 1) - torch.logsumexp(own, 1)).mean()
