"""Token vectors under training: each token's own part plus the parts it shares with others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.training_batches import EncodedTexts
from ingest.training_tokens import Parts

if TYPE_CHECKING:
    import torch

_SPREAD = 0.1  # standard deviation of a shared part at the start


@dataclass(frozen=True, slots=True)
class TokenTable:
    """`own` (tokens, dim) + `mixing` (tokens, parts) @ `shared` (parts, dim)."""

    own: torch.Tensor
    shared: torch.Tensor
    mixing: torch.Tensor

    @classmethod
    def start(cls, articles: EncodedTexts, parts: Parts, *, size: int, dim: int) -> TokenTable:
        """Own parts at zero, shared ones at random; parts weigh more in rare tokens (idf over `articles`)."""
        import torch

        count = len(articles)
        frequency = np.minimum(articles.parts.document_frequency(size), count)
        idf = np.log((count + 1) / (frequency + 1)) / np.log(count + 1)
        weights = np.asarray(parts.weights) * idf[list(parts.tokens)]
        mixing = torch.sparse_coo_tensor(
            torch.tensor([parts.tokens, parts.parts]),
            torch.tensor(weights, dtype=torch.float32),
            (size, parts.count),
            check_invariants=False,
        ).coalesce()
        own, shared = torch.zeros(size, dim), torch.randn(parts.count, dim) * _SPREAD
        return cls(own.requires_grad_(), shared.requires_grad_(), mixing)

    @property
    def learned(self) -> list[torch.Tensor]:
        """What the optimizer changes."""
        return [self.own, self.shared]

    def vectors(self) -> torch.Tensor:
        """Token vectors as they are now, shape (tokens, dim)."""
        import torch

        return self.own + torch.sparse.mm(self.mixing, self.shared)
