"""Linear models over the groups of characters of a short text: what a few hundred written examples teach.

No words are cut, so slips and dialect cost little. Trained with scikit-learn in `ingest`, read here without it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.text import normalise

LONGEST = 3  # characters of a group
_TITLE = re.compile(r"《[^《》]*?([^《》]{0,2})》")
_NUMBER = re.compile(r"[0-9]+")
_KEPT = re.compile(r"[^\w?]+")


@dataclass(frozen=True, slots=True)
class GroupModel:
    """Log odds for one or more things as sums over the groups of characters of a text.

    Attributes:
        start: What the sums begin with, one for each thing.
        weights: By group, or by name of another feature (`=last`), one for each thing.
    """

    start: tuple[float, ...]
    weights: Mapping[str, Sequence[float]]

    @classmethod
    def load(cls, path: Path) -> GroupModel:
        """Read what `save` wrote."""
        data = json.loads(path.read_text("utf-8"))
        return cls(tuple(data["start"]), data["weights"])

    def save(self, path: Path) -> None:
        """Write the weights."""
        data = {"start": [round(one, 3) for one in self.start], "weights": dict(sorted(self.weights.items()))}
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")

    def odds(self, text: str, others: Mapping[str, float] | None = None) -> tuple[float, ...]:
        """Log odds of every thing.

        Args:
            text: A question or a clause of one.
            others: Values of features beside the text's own.
        """
        sums = list(self.start)
        for name, value in features(text, others).items():
            for at, weight in enumerate(self.weights.get(name, ())):
                sums[at] += weight * value
        return tuple(sums)


def features(text: str, others: Mapping[str, float] | None = None) -> dict[str, float]:
    """The groups of a text, each by the inverse root of their number, and other features as given."""
    found = groups(text)
    return {**dict.fromkeys(found, 1 / math.sqrt(len(found))), **(others or {})}


def groups(text: str) -> frozenset[str]:
    """Groups of one to three characters, of titles in 《》 the kind alone (办法, 条例), every number as 0."""
    plain = _KEPT.sub(" ", _NUMBER.sub("0", _TITLE.sub(r"\1", normalise(text)))).strip()
    return frozenset(_groups(f"^{plain}$"))


def _groups(plain: str) -> Iterator[str]:
    for length in range(1, LONGEST + 1):
        for at in range(len(plain) - length + 1):
            yield plain[at : at + length]
