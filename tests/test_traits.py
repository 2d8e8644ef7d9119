"""Traits of passages: read once, remembered, and encoded only where the vector index gave no similarity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.domain import Passage
from assistant.encoder import Encoder
from assistant.index import Index, passage_text
from assistant.snapshot import Snapshot
from assistant.tools import Tools
from assistant.traits import TraitsMemory


class CountingEncoder:
    """An encoder that notes how many texts it was given at once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.given = encoder, list[int]()
        self.fingerprint, self.dim = encoder.fingerprint, encoder.dim

    def encode(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        self.given.append(len(texts))
        return self._encoder.encode(texts, query=query)


class CountingSnapshot:
    """A snapshot that notes which rows were read."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self.read = snapshot, list[list[int]]()

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        self.read.append(list(rows))
        return self._snapshot.passages(rows)


@pytest.fixture
def index(home: Path, tools: Tools) -> Iterator[Index]:
    opened = Index.open(home, encoder=tools.encoder, segmenter=tools.segmenter)
    snapshot = opened.snapshot
    opened.snapshot = CountingSnapshot(snapshot)  # type: ignore[assignment]
    yield opened
    opened.snapshot = snapshot
    opened.close()


@pytest.fixture
def encoder(tools: Tools) -> CountingEncoder:
    return CountingEncoder(tools.encoder)


@pytest.fixture
def memory(index: Index, encoder: CountingEncoder, tools: Tools) -> TraitsMemory:
    return TraitsMemory(index, tools.lexicon, encoder)


def test_passages_are_read_together_and_once(memory: TraitsMemory, index: Index):
    assert list(memory.of([3, 1])) == [3, 1]
    assert list(memory.of([1, 2, 3])) == [1, 2, 3]
    assert memory.of([]) == {}
    assert index.snapshot.read == [[3, 1], [2]]  # type: ignore[attr-defined]


def test_a_passage_comes_with_its_own_document(memory: TraitsMemory, index: Index):
    for row, traits in memory.of([0, 1]).items():
        assert traits.document.id == traits.passage.document_id == index.row_document[row]
        assert traits.searched == passage_text(traits.document, traits.passage)


def test_similarities_are_those_given_and_otherwise_reckoned(
    memory: TraitsMemory, encoder: CountingEncoder, tools: Tools
):
    vector = tools.encoder.encode(["登记的会员"])[0]
    texts = [traits.searched for traits in memory.of([0, 2]).values()]
    expected = tools.encoder.encode(texts) @ vector
    found = memory.cosines([0, 1, 2], vector, known={1: 0.25})
    assert found.tolist() == pytest.approx([expected[0], 0.25, expected[1]])
    assert encoder.given == [2]  # together
    assert memory.cosines([0, 1, 2], vector, known={1: 0.5})[1] == 0.5
    assert encoder.given == [2]  # remembered
    assert memory.cosines([], vector, known={}).shape == (0,)


def test_only_so_many_passages_are_remembered(index: Index, encoder: CountingEncoder, tools: Tools):
    memory = TraitsMemory(index, tools.lexicon, encoder, remembered=3)
    assert list(memory.of([0, 1, 2])) == [0, 1, 2]
    assert list(memory.of([2, 3])) == [2, 3]
    assert index.snapshot.read == [[0, 1, 2], [3]]  # type: ignore[attr-defined]
    assert list(memory.of([0])) == [0]
    assert index.snapshot.read[-1] == [0]  # type: ignore[attr-defined]
