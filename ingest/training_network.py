"""The reading model as a network that can learn; `assistant.reading` computes the same with numpy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.reading import BAND_WIDTH, BANDS, QUESTION_LENGTH

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from assistant.encoder import StaticEncoder

_MOST_ODD = 1e30  # negated, the logit that takes a place out of a softmax


@cache
def network_class() -> Any:  # noqa: ANN401  a class over torch, which is imported only here
    """The network that `Reader` computes, for learning; parameters have the names of its weights."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Network(nn.Module):
        def __init__(self, vectors: NDArray[np.float32], *, width: int, dropout: float) -> None:
            super().__init__()
            padding = np.zeros((1, vectors.shape[1]), dtype=np.float32)
            self.table = torch.from_numpy(np.concatenate([vectors, padding]))
            self.unit = functional.normalize(self.table, dim=1)
            self.project = nn.Linear(vectors.shape[1], width)
            self.context = nn.Conv1d(width, width, 3, padding=1)
            self.sharpness = nn.Parameter(torch.tensor(8.0))
            self.attend = nn.Linear(width, width, bias=False)
            nn.init.eye_(self.attend.weight)
            self.compare = nn.Linear(4 * width + 2, width)
            self.matter = nn.Linear(width, 1)
            self.ask = nn.Linear(width, 1)
            self.weigh = nn.Linear(4 * width + len(BANDS) + 1, width)
            self.decide = nn.Linear(width, 1)
            self.drop = nn.Dropout(dropout)

        def forward(self, asked: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
            here, there = asked >= 0, said >= 0
            question, text = self.side(asked, here), self.side(said, there)
            cosine = self.unit[asked] @ self.unit[said].transpose(1, 2)
            likeness = self.attend(question) @ text.transpose(1, 2) / text.shape[2] ** 0.5
            likeness = likeness + self.sharpness * cosine
            to_text = likeness.masked_fill(~there[:, None, :], -_MOST_ODD).softmax(2)
            to_question = likeness.masked_fill(~here[:, :, None], -_MOST_ODD).softmax(1)
            met = cosine.masked_fill(~there[:, None, :], -1).amax(2)
            said_met = cosine.masked_fill(~here[:, :, None], -1).amax(1)
            found, asked_back = to_text @ text, to_question.transpose(1, 2) @ question
            weight = self.ask(question)[..., 0].masked_fill(~here, -_MOST_ODD).softmax(1)
            bands = torch.exp(-((met[..., None] - torch.from_numpy(BANDS)) ** 2) / BAND_WIDTH)
            parts = [
                *self.compared(question, found, met, (to_text * cosine).sum(2), here),
                *self.compared(text, asked_back, said_met, (to_question * cosine).sum(1), there),
                (weight[..., None] * bands).sum(1),
                here.sum(1, keepdim=True) / QUESTION_LENGTH,
            ]
            hidden = functional.relu(self.weigh(self.drop(torch.cat(parts, 1))))
            return self.decide(self.drop(hidden))[:, 0]

        def side(self, ids: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
            seen = self.drop(self.project(self.table[ids])) * real[..., None]
            among = self.context(seen.transpose(1, 2)).transpose(1, 2)
            return seen + functional.gelu(among, approximate="tanh")

        def compared(
            self,
            own: torch.Tensor,
            found: torch.Tensor,
            best: torch.Tensor,
            mean: torch.Tensor,
            real: torch.Tensor,
        ) -> tuple[torch.Tensor, torch.Tensor]:
            beside = [own, found, own * found, (own - found).abs(), best[..., None], mean[..., None]]
            values = functional.relu(self.compare(torch.cat(beside, 2)))
            importance = self.matter(values)[..., 0].masked_fill(~real, -_MOST_ODD).softmax(1)
            largest = values.masked_fill(~real[..., None], 0).amax(1)
            return (importance[..., None] * values).sum(1), largest

    return Network


def normal_vectors(encoder: StaticEncoder) -> NDArray[np.float32]:
    """Token vectors, one long on average; shape (tokens, dim)."""
    return np.asarray(encoder.vectors / mean_length(encoder), dtype=np.float32)


def mean_length(encoder: StaticEncoder) -> np.float32:
    """Mean length of an encoder's token vectors."""
    return np.float32(np.linalg.norm(encoder.vectors, axis=1).mean())
