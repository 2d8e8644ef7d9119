"""The terms of a lexical index: words by name, pairs of Chinese characters by a number that says which they are.

Most terms are pairs. As words they would take some 150 bytes of memory each, and most of
the time of counting them; as numbers they take eight bytes and are counted as arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.text import PAIR_MARK

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHIFT = 21  # bits of a character's code point
_HAN_RANGES = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3134F))  # as in text.py


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms with their numbers: words first, from 0 on, then pairs by their codes, which ascend."""

    words: Mapping[str, int]
    pairs: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of terms."""
        return len(self.words) + len(self.pairs)

    def number(self, term: str) -> int | None:
        """The number of a term, None when it is not known."""
        found = self.words.get(term)
        if found is None and len(term) == 1 + 2 and term[0] == PAIR_MARK:
            code = (ord(term[1]) << _SHIFT) | ord(term[2])
            at = int(np.searchsorted(self.pairs, code))
            if at < len(self.pairs) and self.pairs[at] == code:
                return len(self.words) + at
        return found

    def numbers(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers of terms by code: a word's code is its number, a pair's tells its characters. All are known."""
        is_pair = codes >= _HAN_RANGES[0][0] << _SHIFT
        return np.where(is_pair, len(self.words) + np.searchsorted(self.pairs, codes), codes)

    def terms(self) -> Iterable[str]:
        """Every term as it is written, by number."""
        yield from self.words
        for code in self.pairs.tolist():
            yield f"{PAIR_MARK}{chr(code >> _SHIFT)}{chr(code & (1 << _SHIFT) - 1)}"

    def save(self, folder: Path) -> None:
        """Write the terms into an existing folder."""
        (folder / "terms.txt").write_text("\n".join(self.words), "utf-8")
        np.save(folder / "pairs.npy", self.pairs)

    @classmethod
    def read(cls, folder: Path) -> Vocabulary:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError: A file is missing or damaged.
        """
        words = (folder / "terms.txt").read_text("utf-8").split("\n")
        return cls({word: number for number, word in enumerate(words) if word}, np.load(folder / "pairs.npy"))


def pairs_of(codes: Iterable[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """The codes of pairs among those of terms, ascending, none twice."""
    every = np.unique(np.asarray(codes, dtype=np.int64))
    return every[every >= _HAN_RANGES[0][0] << _SHIFT]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of neighbouring Chinese characters in some texts: the code of each, and its text's place among them."""

    codes: NDArray[np.int64]
    texts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: list[str]) -> Pairs:
        """All pairs of normalised texts, in their order, each as often as it stands there."""
        points = np.frombuffer(
            "\n".join([*texts, ""]).encode("utf-32-le", "replace"), dtype=np.uint32
        ).astype(np.int64)
        owner = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
        han = np.zeros(len(points), dtype=bool)
        for first, last in _HAN_RANGES:
            han |= (points >= first) & (points <= last)
        at = np.flatnonzero(han[:-1] & han[1:])
        return cls((points[at] << _SHIFT) | points[at + 1], owner[at])
