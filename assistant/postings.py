"""How often each term stands in each row: counted in blocks, and revised when a few rows change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import IndexUnusableError
from assistant.text import RowTerms
from assistant.vocabulary import Pairs, Vocabulary, pairs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_TOKENS = 1_000_000  # bounds memory to a few times the finished arrays
_ROW_BITS = 21  # of a key that sorts a block: the term's code above, the row in the block below
_MOST = np.iinfo(np.uint16).max
_ARRAYS = ("starts", "rows", "counts", "lengths")


@dataclass(frozen=True, slots=True)
class Postings:
    """Counts of terms in rows, grouped by term number, rows ascending within a term.

    `rows` and `counts` of term t are those from `starts[t]` to `starts[t + 1]`; `lengths`
    is each row's number of tokens. A term may have no row left.
    """

    vocabulary: Vocabulary
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    @classmethod
    def read(cls, folder: Path) -> Postings:
        """Open what `save` wrote; rows and counts stay on the disk until they are used.

        Raises:
            IndexUnusableError: A file is missing, damaged, or does not fit the others.
        """
        try:
            vocabulary = Vocabulary.read(folder)
            starts, rows, counts, lengths = (
                np.load(folder / f"{name}.npy", mmap_mode="r" if name in ("rows", "counts") else None)
                for name in _ARRAYS
            )
            if len(starts) != len(vocabulary) + 1 or not starts[-1] == len(rows) == len(counts):
                raise ValueError("文件长短不一")
        except (OSError, ValueError, EOFError) as exc:
            raise IndexUnusableError(
                f"词语索引 {folder} 不完整（{exc}），请运行 ingest publish 重建。"
            ) from exc
        return cls(vocabulary, starts, rows, counts, lengths)

    def save(self, folder: Path) -> None:
        """Write the postings into a new or empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.vocabulary.save(folder)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))


def count_terms(
    rows: Iterable[RowTerms],
    *,
    known: Mapping[str, int] | None = None,
    block_tokens: int = _BLOCK_TOKENS,
) -> Postings:
    """Postings of rows in their order. No rows, or rows without terms, are fine.

    Words in `known` keep their numbers; new ones are numbered after them as they appear.
    About `block_tokens` tokens are sorted at once.
    """
    numbers: defaultdict[str, int] = defaultdict(None, known or {})
    numbers.default_factory = numbers.__len__
    waiting: list[RowTerms] = []
    blocks: list[_Block] = []
    lengths: list[NDArray[np.int32]] = []
    tokens, first_row = 0, 0

    def count() -> None:
        nonlocal waiting, tokens, first_row
        counted = _counted(waiting, numbers, first_row=first_row)
        blocks.append(counted.block)
        lengths.append(counted.lengths)
        first_row += len(waiting)
        waiting, tokens = [], 0

    for row in rows:
        waiting.append(row)
        tokens += len(row.words) + len(row.text)
        if tokens >= block_tokens or len(waiting) >= 1 << _ROW_BITS:
            count()
    count()
    numbers.default_factory = None
    return _merged(blocks, numbers, np.concatenate(lengths))


def revised(postings: Postings, sources: NDArray[np.int64], terms_of: Callable[[int], RowTerms]) -> Postings:
    """Postings of other rows, counting only what is new.

    Args:
        postings: Of the earlier rows.
        sources: For each row the earlier row it equals, -1 where it is new. One that
            comes before an earlier source is counted anew.
        terms_of: Terms of a row; asked of the rows to count, ascending.
    """
    reached = np.maximum.accumulate(np.concatenate([[-1], sources]))[:-1]
    kept = sources > reached
    target = np.full(len(postings.lengths), -1, dtype=np.int32)
    target[sources[kept]] = np.flatnonzero(kept)
    added = np.flatnonzero(~kept)
    fresh = count_terms((terms_of(int(row)) for row in added), known=postings.vocabulary.words)
    old_starts, old_rows, old_counts = _moved(postings, target)
    pairs = np.union1d(postings.vocabulary.pairs, fresh.vocabulary.pairs)
    vocabulary = Vocabulary(fresh.vocabulary.words, pairs)
    old_starts = _spread(old_starts, postings.vocabulary, vocabulary)
    new_starts = _spread(fresh.starts, fresh.vocabulary, vocabulary)
    fresh_rows = added.astype(np.int32)[fresh.rows]
    at = _places(old_starts, old_rows, new_starts, fresh_rows)
    lengths = np.empty(len(sources), dtype=np.int32)
    lengths[kept], lengths[added] = postings.lengths[sources[kept]], fresh.lengths
    return Postings(
        vocabulary,
        old_starts + new_starts,
        np.insert(old_rows, at, fresh_rows),
        np.insert(old_counts, at, fresh.counts),
        lengths,
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows and counts of some consecutive rows, by term and row: `shares[i]` of them belong to the term `codes[i]`."""

    codes: NDArray[np.int64]
    shares: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class _Counted:
    """A block, and how many tokens each of its rows has."""

    block: _Block
    lengths: NDArray[np.int32]


def _counted(rows: Sequence[RowTerms], numbers: Mapping[str, int], *, first_row: int) -> _Counted:
    sizes = [len(row.words) for row in rows]
    every = (word for row in rows for word in row.words)
    words = np.fromiter(map(numbers.__getitem__, every), dtype=np.int64, count=sum(sizes))
    owners = np.repeat(np.arange(len(rows), dtype=np.int64), sizes)
    pairs = Pairs.of([row.text for row in rows])
    keys = np.concatenate([(words << _ROW_BITS) | owners, (pairs.codes << _ROW_BITS) | pairs.texts])
    lengths = np.bincount(pairs.texts, minlength=len(rows)) + np.asarray(sizes, dtype=np.int64)
    keys, counts = np.unique(keys, return_counts=True)
    codes, shares = np.unique(keys >> _ROW_BITS, return_counts=True)
    owners = (keys & (1 << _ROW_BITS) - 1) + first_row
    block = _Block(codes, shares, owners.astype(np.int32), np.minimum(counts, _MOST).astype(np.uint16))
    return _Counted(block, lengths.astype(np.int32))


def _merged(blocks: list[_Block], words: Mapping[str, int], lengths: NDArray[np.int32]) -> Postings:
    """The blocks as one; the list is emptied, so that each block's memory is free as soon as it is in."""
    pairs = np.zeros(0, dtype=np.int64)
    for block in blocks:
        pairs = np.union1d(pairs, pairs_of(block.codes))
    vocabulary = Vocabulary(words, pairs)
    frequency = np.zeros(len(vocabulary), dtype=np.int64)
    for block in blocks:
        frequency[vocabulary.numbers(block.codes)] += block.shares
    starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
    rows, counts = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.uint16)
    filled = starts[:-1].copy()
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        held = vocabulary.numbers(block.codes)
        begins = np.cumsum(block.shares) - block.shares
        place = np.repeat(filled[held] - begins, block.shares) + np.arange(len(block.rows))
        rows[place], counts[place] = block.rows, block.counts
        filled[held] += block.shares
    return Postings(vocabulary, starts, rows, counts, lengths)


def _spread(starts: NDArray[np.int64], terms: Vocabulary, among: Vocabulary) -> NDArray[np.int64]:
    """The starts of some terms as those of more of them, in the same order; terms that come in have no rows."""
    sizes = np.zeros(len(among), dtype=np.int64)
    sizes[: len(terms.words)] = np.diff(starts[: len(terms.words) + 1])
    sizes[among.numbers(terms.pairs)] = np.diff(starts[len(terms.words) :])
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _moved(
    postings: Postings, target: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint16]]:
    """Starts, rows and counts with rows renumbered; those whose target is -1 are left out."""
    rows = target[postings.rows]
    stays = rows >= 0
    if stays.all():
        return np.asarray(postings.starts), rows, np.asarray(postings.counts)
    before = np.concatenate([[0], np.cumsum(stays)])
    return before[postings.starts], rows[stays], postings.counts[stays]


def _places(
    old_starts: NDArray[np.int64],
    old_rows: NDArray[np.int32],
    new_starts: NDArray[np.int64],
    new_rows: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Where in the old rows each new one belongs, so that a term's rows stay ascending."""
    at = np.empty(len(new_rows), dtype=np.int64)
    for term in np.flatnonzero(np.diff(new_starts)):
        first, last = old_starts[term], old_starts[term + 1]
        new = slice(new_starts[term], new_starts[term + 1])
        at[new] = first + np.searchsorted(old_rows[first:last], new_rows[new])
    return at
