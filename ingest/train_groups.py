"""Fit linear models over groups of characters: logistic regression on a few hundred or thousand written texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from assistant.groups import GroupModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_SEEN = 4  # texts a group of characters must be in
STRENGTH = 10.0  # inverse regularisation
WEIGHT = 3.0  # of an example that holds beside one that does not

Fit = tuple[float, dict[str, float]]  # where the sum begins, weight by feature


def fit(
    rows: Sequence[Mapping[str, float]],
    truth: Sequence[bool],
    *,
    weight: float = WEIGHT,
    least_seen: int = LEAST_SEEN,
) -> Fit:
    """Weights by which the features of a text tell whether something holds of it.

    Args:
        rows: Features of each text.
        truth: Whether it holds; of both kinds some.
        weight: Of an example that holds beside one that does not.
        least_seen: Texts that a feature must be in.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    seen = Counter(name for row in rows for name in row)
    columns = DictVectorizer()
    matrix = columns.fit_transform(
        [{name: value for name, value in row.items() if seen[name] >= least_seen} for row in rows]
    )
    wanted: NDArray[np.bool_] = np.asarray(truth)
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit(matrix, wanted, sample_weight=np.where(wanted, weight, 1.0))
    weights = zip(columns.get_feature_names_out(), model.coef_[0].tolist(), strict=True)
    return float(model.intercept_[0]), dict(weights)


def joined(fits: Sequence[Fit]) -> GroupModel:
    """One model for several things, weights to a tenth; features that say nothing of any are left out."""
    names = {name for _, weights in fits for name in weights}
    table = {name: [round(weights.get(name, 0.0), 1) for _, weights in fits] for name in names}
    return GroupModel(
        tuple(round(start, 3) for start, _ in fits),
        {name: weights for name, weights in table.items() if any(weights)},
    )
