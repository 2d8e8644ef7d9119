"""The encoder's tokens: a vocabulary of words and characters, cut by a unigram model, and what each is made of.

A token's vector is its own part plus parts shared with others: its characters, its
character pairs and its synonym sets. Shared parts teach rare words and typos what
frequent words know; after training they are added up and only the sums are shipped.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

UNKNOWN = "[UNK]"
_HAN = "㐀-䶿一-鿿豈-﫿"
_RUN = re.compile(f"[{_HAN}]+|[a-z0-9]+")
_BATCH = 20_000
# 第十条, 第二章: where a text stands, not what it is about. Alone in 68,000 articles' vectors they cost
# 0.03 of the mean reciprocal rank.
_PLACE = "第[零〇一二三四五六七八九十百千0-9]{1,9}[编章节条款项]"


class Ragged:
    """Token ids of many texts in one array; `ragged[i]` is the ids of text i, possibly empty."""

    def __init__(self, ids: NDArray[np.int32], starts: NDArray[np.int64]) -> None:
        """`starts` has one more entry than there are texts."""
        self.ids, self.starts = ids, starts

    @classmethod
    def encode(cls, tokenizer: Tokenizer, texts: Sequence[str]) -> Ragged:
        """Cut texts into token ids."""
        parts, lengths = [np.zeros(0, np.int32)], [0]
        for at in range(0, len(texts), _BATCH):
            batch = tokenizer.encode_batch(list(texts[at : at + _BATCH]), add_special_tokens=False)
            parts += [np.asarray(encoding.ids, dtype=np.int32) for encoding in batch]
            lengths += [len(encoding.ids) for encoding in batch]
        return cls(np.concatenate(parts), np.cumsum(lengths))

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.starts) - 1

    def __getitem__(self, at: int) -> NDArray[np.int32]:
        """Token ids of one text."""
        return self.ids[self.starts[at] : self.starts[at + 1]]

    def between(self, start: int, end: int) -> NDArray[np.int32]:
        """Token ids of texts start..end-1, joined."""
        return self.ids[self.starts[start] : self.starts[end]]

    def document_frequency(self, size: int) -> NDArray[np.int64]:
        """Number of texts each of `size` tokens occurs in."""
        owner = np.repeat(np.arange(len(self)), np.diff(self.starts))
        return np.bincount(
            np.unique(self.ids.astype(np.int64) * len(self) + owner) // len(self), minlength=size
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """Which shared part weighs how much in which token: three aligned lists, and how many parts there are."""

    tokens: tuple[int, ...]
    parts: tuple[int, ...]
    weights: tuple[float, ...]
    count: int


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count jieba's words; a character that stands in words only is counted once."""
    import jieba

    jieba.setLogLevel(logging.WARNING)  # it prints its dictionary load to stderr
    counts: Counter[str] = Counter()
    for text in texts:
        for run in _runs(text):
            counts.update(jieba.cut(run, HMM=False))
    for word in list(counts):
        for character in word:
            counts.setdefault(character, 1)
    return counts


def choose_vocabulary(
    large: Mapping[str, int], small: Mapping[str, int], *, minimum: int, small_minimum: int, small_weight: int
) -> dict[str, int]:
    """Tokens with the weight each has in cutting: frequent words of both text kinds, every character.

    Args:
        large: Word counts of the statutes.
        small: Word counts of the corpus and the questions, which are few and matter more.
        minimum: Least count in `large` for a word of two or more characters.
        small_minimum: The same for `small`.
        small_weight: How many occurrences in `large` one in `small` is worth.
    """
    chosen = {word: times for word, times in large.items() if times >= minimum or len(word) == 1}
    for word, times in small.items():
        if times >= small_minimum or len(word) == 1:
            chosen[word] = chosen.get(word, 0) + times * small_weight
    return {word: times for word, times in chosen.items() if times > 0}


def build_tokenizer(counts: Mapping[str, int]) -> Tokenizer:
    """A unigram tokenizer: of all ways to cut a run of Han or Latin characters, the most probable one.

    Punctuation, blanks and numbers of articles and chapters are dropped. An unknown character becomes `UNKNOWN` (id 0)
    without spoiling its neighbours, which WordPiece would.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    scores = [(UNKNOWN, 0.0), *((word, log(times / total)) for word, times in ordered)]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(_PLACE), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(f"[^{_HAN}a-z0-9]+"), "removed"),
            pre_tokenizers.Split(Regex(f"[{_HAN}]+|[a-z0-9]+"), "isolated"),
        ]
    )
    return tokenizer


def shared_parts(tokenizer: Tokenizer, synonyms: Mapping[str, Sequence[str]]) -> Parts:
    """Characters, character pairs and synonym sets of every token; `UNKNOWN` has none."""
    seen: dict[str, int] = {}
    tokens, parts, weights = [], [], []
    for word, token in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        if word == UNKNOWN:
            continue
        for name, weight in _parts_of(word, synonyms.get(word, ())):
            tokens.append(token)
            parts.append(seen.setdefault(name, len(seen)))
            weights.append(weight)
    return Parts(tuple(tokens), tuple(parts), tuple(weights), len(seen))


def _parts_of(word: str, synsets: Sequence[str]) -> Iterator[tuple[str, float]]:
    for character in word:
        yield character, 1 / len(word)
    for at in range(len(word) - 1):
        yield word[at : at + 2], 1 / (len(word) - 1)
    for synset in synsets:
        yield f"近义 {synset}", 1 / sqrt(len(synsets))


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).lower())
