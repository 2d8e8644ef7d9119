"""What of a passage does not depend on the question: worked out when first needed, then remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.index import passage_text
from assistant.numerals import figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.domain import Document, Passage
    from assistant.encoder import Encoder
    from assistant.index import Index
    from assistant.lexicon import Lexicon

REMEMBERED = 20_000  # passages whose traits are kept in memory: 25 MB at 256 dimensions


class Traits:
    """A passage with its document, units of its figures, organisations named in it or its title.

    `vector` is set once it was needed and the vector index did not give it.
    """

    def __init__(self, passage: Passage, document: Document, lexicon: Lexicon) -> None:
        """Only assigns."""
        self.passage, self.document, self._lexicon = passage, document, lexicon
        self.vector: NDArray[np.float32] | None = None

    @cached_property
    def searched(self) -> str:
        """What the passage is searched by."""
        return passage_text(self.document, self.passage)

    @cached_property
    def units(self) -> frozenset[str]:
        """Units of the figures in the passage's own words."""
        return frozenset(figure.unit for figure in figures(self.passage.text))

    @cached_property
    def ruled(self) -> frozenset[str]:
        """Kinds of organisation the document's title names."""
        return self._lexicon.organisations(self.document.title)

    @cached_property
    def organisations(self) -> frozenset[str]:
        """Kinds of organisation named in title, heading or text."""
        return self._lexicon.organisations(self.searched)


class TraitsMemory:
    """Traits of the passages of one open generation, by row; read from the index when first asked for."""

    def __init__(
        self, index: Index, lexicon: Lexicon, encoder: Encoder, *, remembered: int = REMEMBERED
    ) -> None:
        """Only assigns; of more than `remembered` passages all are forgotten."""
        self._index, self._lexicon, self._encoder = index, lexicon, encoder
        self._remembered = remembered
        self._known: dict[int, Traits] = {}

    def of(self, rows: Sequence[int]) -> dict[int, Traits]:
        """The traits of some rows, in their order; unknown passages are read together."""
        known = {row: traits for row in rows if (traits := self._known.get(row))}
        missing = [row for row in rows if row not in known]
        if missing:
            documents = self._index.documents
            passages = self._index.snapshot.passages(missing)
            read = {
                row: Traits(passage, documents[passage.document_id], self._lexicon)
                for row, passage in zip(missing, passages, strict=True)
            }
            if len(self._known) + len(read) > self._remembered:
                self._known.clear()
            self._known.update(read)
            known |= read
        return {row: known[row] for row in rows}

    def cosines(
        self, rows: Sequence[int], vector: NDArray[np.float32], *, known: Mapping[int, float]
    ) -> NDArray[np.float32]:
        """Similarity of a question's vector to each row, shape (rows,); from `known` where it stands there.

        Passages seen for the first time are encoded together: one by one takes three times as long.
        """
        missing = self.of([row for row in rows if row not in known])
        new = [traits for traits in missing.values() if traits.vector is None]
        if new:
            for traits, made in zip(new, self._encoder.encode([t.searched for t in new]), strict=True):
                traits.vector = made
        found = {row: float(t.vector @ vector) for row, t in missing.items() if t.vector is not None}
        return np.asarray([known[row] if row in known else found[row] for row in rows], dtype=np.float32)
