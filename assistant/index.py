"""One open generation (索引版本): snapshot, lexical indexes and vectors of the same moment, for reading."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant import vectors
from assistant.domain import Document, Passage
from assistant.errors import IndexUnusableError
from assistant.generations import Manifest, published, read_keys
from assistant.hanzi import simplified
from assistant.lexical import LexicalIndex
from assistant.snapshot import Snapshot
from assistant.text import Segmenter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.encoder import Encoder

_LOG = logging.getLogger(__name__)
REMEMBERED = 100_000  # vector ids whose rows are kept in memory: 15 MB


@dataclass(frozen=True, slots=True)
class Target:
    """Where an expected question points: a passage row and the words that answer it, none for a known gap."""

    row: int
    start: int
    end: int

    @property
    def is_gap(self) -> bool:
        """Whether nothing answers the question."""
        return self.start == self.end


class Index:
    """One open generation: snapshot, lexical indexes and vectors, all of the same moment."""

    def __init__(
        self,
        manifest: Manifest,
        snapshot: Snapshot,
        lexical: LexicalIndex,
        questions: LexicalIndex,
        vector_index: vectors.VectorIndex | None,
        *,
        question_keys: Sequence[str],
    ) -> None:
        """Use `open`; this only prepares row look-ups."""
        self.manifest = manifest
        self.snapshot = snapshot
        self.lexical = lexical
        self.questions = questions
        self._vectors = vector_index
        self.vectors_lost = vector_index is None
        self.documents = snapshot.documents()
        self.row_document = snapshot.row_documents()
        self.targets = [Target(*values) for values in snapshot.question_targets()]
        self.question_texts = snapshot.questions()
        self._seen: dict[str, int] = {}
        self._question_row = {key: row for row, key in enumerate(question_keys)}

    @classmethod
    def open(cls, home: Path, *, encoder: Encoder, segmenter: Segmenter) -> Index:
        """Open the published generation of a home.

        Damaged vectors do not stop it: `vectors_lost` is then true, or becomes true when
        they are first needed, and only the lexical index answers.

        Raises:
            IndexUnusableError: Nothing is published, or it was made by another encoder or
                tokenizer, or its snapshot is damaged.
        """
        folder = published(home)
        if folder is None:
            raise IndexUnusableError("还没有建立索引，请先运行 ingest sync。")
        manifest = Manifest.read(folder)
        for name, made, now in (
            ("向量模型", manifest.encoder, encoder.fingerprint),
            ("分词词典", manifest.segmenter, segmenter.fingerprint),
        ):
            if made != now:
                raise IndexUnusableError(
                    f"索引是用另一个{name}（{made}）建立的，现在用的是 {now}。请运行 ingest publish 重建。"
                )
        with ExitStack() as held:  # closes what is open when the next cannot be opened
            snapshot = held.enter_context(closing(Snapshot.open(folder / "snapshot.sqlite3")))
            lexical, questions = (LexicalIndex.open(folder / name) for name in ("lexical", "questions"))
            keys = read_keys(folder / "questions")
            near = _open_vectors(folder / "chroma")
            if near is not None:
                held.enter_context(closing(near))
            index = cls(manifest, snapshot, lexical, questions, near, question_keys=keys)
            held.pop_all()
        return index

    def nearest(
        self, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None = None
    ) -> dict[int, float]:
        """Cosine similarity of the most similar passages, by row; empty without vectors."""
        found = self._near(vectors.PASSAGES, vector, top_k=top_k, regions=regions)
        rows = self._rows_of(found)
        return {rows[near.id]: near.similarity for near in found if near.id in rows}

    def _rows_of(self, found: Sequence[vectors.Neighbour]) -> Mapping[str, int]:
        """Row numbers by vector id, remembered: asking the snapshot for a thousand takes 2 ms."""
        if len(self._seen) > REMEMBERED:
            self._seen = {}
        seen = self._seen
        new = {near.id.rpartition("@")[0]: near.id for near in found if near.id not in seen}
        if new:
            seen.update((new[id_], row) for id_, row in self.snapshot.rows_of(list(new)).items())
        return seen

    def nearest_questions(self, vector: NDArray[np.float32], *, top_k: int) -> dict[int, float]:
        """Cosine similarity of the most similar expected questions, by question row."""
        found = self._near(vectors.QUESTIONS, vector, top_k=top_k, regions=None)
        return {self._question_row[near.id]: near.similarity for near in found}

    def _near(
        self, name: str, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None
    ) -> list[vectors.Neighbour]:
        if self._vectors is None or self.vectors_lost:
            return []
        try:
            return self._vectors.nearest(name, vector, top_k=top_k, regions=regions)
        except IndexUnusableError as exc:
            _LOG.error("answering from words alone: %s", exc)
            self.vectors_lost = True
            return []

    def close(self) -> None:
        """Release files and the private copy."""
        self.snapshot.close()
        if self._vectors is not None:
            self._vectors.close()


def _open_vectors(folder: Path) -> vectors.VectorIndex | None:
    """None for damaged vectors: words alone then answer."""
    try:
        return vectors.VectorIndex.open(folder, private=True)
    except IndexUnusableError:
        return None


def passage_text(document: Document, passage: Passage) -> str:
    """What a passage is searched by: title, heading path and its own words, in simplified characters."""
    return simplified("\n".join((document.title, passage.section, passage.text)))
