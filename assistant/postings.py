"""How often each term stands in each row: counted in blocks, and revised when a few rows change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import IndexUnusableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_TOKENS = 1_000_000  # bounds memory to a few times the finished arrays
_MOST = np.iinfo(np.uint16).max
_ARRAYS = ("starts", "rows", "counts", "lengths")


@dataclass(frozen=True, slots=True)
class Postings:
    """Counts of terms in rows, grouped by term number, rows ascending within a term.

    `rows` and `counts` of term t are those from `starts[t]` to `starts[t + 1]`; `lengths`
    is each row's number of tokens. A term may have no row left.
    """

    vocabulary: Mapping[str, int]
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
            terms = (folder / "terms.txt").read_text("utf-8").split("\n")
            starts, rows, counts, lengths = (
                np.load(folder / f"{name}.npy", mmap_mode="r" if name in ("rows", "counts") else None)
                for name in _ARRAYS
            )
            vocabulary = {term: i for i, term in enumerate(terms) if term}
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
        (folder / "terms.txt").write_text("\n".join(self.vocabulary), "utf-8")
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))


def count_terms(
    texts: Iterable[Sequence[str]],
    *,
    known: Mapping[str, int] | None = None,
    block_tokens: int = _BLOCK_TOKENS,
) -> Postings:
    """Postings of one token list per row. No rows, or rows without tokens, are fine.

    Terms in `known` keep their numbers; new ones are numbered after them as they appear.
    About `block_tokens` tokens are sorted at once.
    """
    numbers: defaultdict[str, int] = defaultdict(None, known or {})
    numbers.default_factory = numbers.__len__
    lengths: list[int] = []
    waiting: list[NDArray[np.int32]] = []
    blocks: list[_Block] = []
    tokens = 0
    for text in texts:
        waiting.append(np.fromiter(map(numbers.__getitem__, text), dtype=np.int32, count=len(text)))
        lengths.append(len(text))
        tokens += len(text)
        if tokens >= block_tokens:
            blocks.append(_Block.of(waiting, first_row=len(lengths) - len(waiting)))
            waiting, tokens = [], 0
    blocks.append(_Block.of(waiting, first_row=len(lengths) - len(waiting)))
    numbers.default_factory = None
    return _merged(blocks, numbers, np.asarray(lengths, dtype=np.int32))


def revised(
    postings: Postings, sources: NDArray[np.int64], tokens_of: Callable[[int], Sequence[str]]
) -> Postings:
    """Postings of other rows, counting only what is new.

    Args:
        postings: Of the earlier rows.
        sources: For each row the earlier row it equals, -1 where it is new. One that
            comes before an earlier source is counted anew.
        tokens_of: Token list of a row; asked of the rows to count, ascending.
    """
    reached = np.maximum.accumulate(np.concatenate([[-1], sources]))[:-1]
    kept = sources > reached
    target = np.full(len(postings.lengths), -1, dtype=np.int32)
    target[sources[kept]] = np.flatnonzero(kept)
    added = np.flatnonzero(~kept)
    fresh = count_terms((tokens_of(int(row)) for row in added), known=postings.vocabulary)
    old_starts, old_rows, old_counts = _moved(postings, target)
    rest = np.full(len(fresh.starts) - len(old_starts), old_starts[-1])
    old_starts = np.concatenate([old_starts, rest])
    fresh_rows = added.astype(np.int32)[fresh.rows]
    at = _places(old_starts, old_rows, fresh.starts, fresh_rows)
    lengths = np.empty(len(sources), dtype=np.int32)
    lengths[kept], lengths[added] = postings.lengths[sources[kept]], fresh.lengths
    return Postings(
        fresh.vocabulary,
        old_starts + fresh.starts,
        np.insert(old_rows, at, fresh_rows),
        np.insert(old_counts, at, fresh.counts),
        lengths,
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows and counts of some consecutive rows, by term and row: `shares[i]` of them belong to term `held[i]`."""

    held: NDArray[np.int32]
    shares: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]

    @classmethod
    def of(cls, tokens: Sequence[NDArray[np.int32]], *, first_row: int) -> _Block:
        size = max(len(tokens), 1)
        flat = np.concatenate([np.zeros(0, np.int32), *tokens]).astype(np.int64)
        owner = np.repeat(np.arange(len(tokens), dtype=np.int64), [len(row) for row in tokens])
        pairs, counts = np.unique(flat * size + owner, return_counts=True)
        rows = (pairs % size + first_row).astype(np.int32)
        held, shares = np.unique(pairs // size, return_counts=True)
        return cls(held.astype(np.int32), shares, rows, np.minimum(counts, _MOST).astype(np.uint16))


def _merged(blocks: list[_Block], vocabulary: Mapping[str, int], lengths: NDArray[np.int32]) -> Postings:
    """The blocks as one; the list is emptied, so that each block's memory is free as soon as it is in."""
    frequency = np.zeros(len(vocabulary), dtype=np.int64)
    for block in blocks:
        frequency[block.held] += block.shares
    starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
    rows, counts = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.uint16)
    filled = starts[:-1].copy()
    blocks.reverse()
    while blocks:
        block = blocks.pop()
        begins = np.cumsum(block.shares) - block.shares
        place = np.repeat(filled[block.held] - begins, block.shares) + np.arange(len(block.rows))
        rows[place], counts[place] = block.rows, block.counts
        filled[block.held] += block.shares
    return Postings(vocabulary, starts, rows, counts, lengths)


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
