"""What of a passage does not depend on the question: worked out when first needed, then remembered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from assistant.index import passage_text
from assistant.numerals import figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.domain import Document, Passage
    from assistant.encoder import Encoder
    from assistant.lexicon import Lexicon

REMEMBERED = 20_000  # passages whose traits are kept in memory: 25 MB at 256 dimensions


class Traits:
    """A passage's units of figures, organisations named in it or its title, and vector once it is known."""

    def __init__(self, passage: Passage, document: Document, lexicon: Lexicon) -> None:
        """Only assigns."""
        self._passage, self._document, self._lexicon = passage, document, lexicon
        self.vector: NDArray[np.float32] | None = None

    @cached_property
    def searched(self) -> str:
        """What the passage is searched by."""
        return passage_text(self._document, self._passage)

    @cached_property
    def units(self) -> frozenset[str]:
        """Units of the figures in the passage's own words."""
        return frozenset(figure.unit for figure in figures(self._passage.text))

    @cached_property
    def organisations(self) -> frozenset[str]:
        """Kinds of organisation named in title, heading or text."""
        return self._lexicon.organisations(self.searched)


class TraitsMemory:
    """Traits of the passages of one open generation, by passage id."""

    def __init__(self, documents: Mapping[str, Document], lexicon: Lexicon, encoder: Encoder) -> None:
        """Only assigns; passages are looked at when asked for."""
        self._documents, self._lexicon, self._encoder = documents, lexicon, encoder
        self._known: dict[str, Traits] = {}

    def of(self, passage: Passage) -> Traits:
        """The traits of one passage."""
        known = self._known.get(passage.id)
        if known is None:
            known = Traits(passage, self._documents[passage.document_id], self._lexicon)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[passage.id] = known
        return known

    def cosines(
        self, passages: Mapping[int, Passage], vector: NDArray[np.float32], *, known: Mapping[int, float]
    ) -> dict[int, float]:
        """Similarity of a question's vector to each passage, by row; from `known` where it stands there.

        Passages seen for the first time are encoded together: one by one takes three times as long.
        """
        missing = {row: self.of(passage) for row, passage in passages.items() if row not in known}
        new = [traits for traits in missing.values() if traits.vector is None]
        if new:
            for traits, made in zip(new, self._encoder.encode([t.searched for t in new]), strict=True):
                traits.vector = made
        found = {row: known[row] for row in passages if row in known}
        return found | {
            row: float(traits.vector @ vector) for row, traits in missing.items() if traits.vector is not None
        }
