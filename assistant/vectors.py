"""Vectors in Chroma, read. The only importer of chromadb; `vector_writing` writes.

Chroma is one process's, does not survive kill -9 while writing and can lie after damage
(docs/adr/0002): it is written aside, checked in a child process, and read from a private
copy; only a folder that nobody else has may be read where it lies.

A region with many rows has a collection of its own, because Chroma filters by reading all
its rows' metadata (0.3 s for 150,000 rows, against 0.01 s for the search itself). Every
collection that was asked holds 2.6 MB beside its vectors, so the rows of all other regions
are kept in one (SHARED), and compared one by one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import IndexUnusableError

try:
    import fcntl
except ImportError:  # Windows: nothing is locked, so nothing is swept
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import GetResult
    from numpy.typing import NDArray

PASSAGES, QUESTIONS = "passages", "questions"
SHARED = "*"  # in place of a region's name
_COPIES = "grassroots-index-"  # private copies in the temp folder: each a lock and the files it guards
_LOCK, _COPIED = "LOCK", "chroma"


@dataclass(frozen=True, slots=True)
class VectorRow:
    """What one vector stands for: a content-dependent id and the region it is searched in ("": none)."""

    id: str
    region: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stored row's id and its cosine similarity to the query, -1 to 1."""

    id: str
    similarity: float


class VectorIndex:
    """Cosine nearest neighbours over one Chroma folder, by kind and region."""

    def __init__(self, client: ClientAPI, folder: Path) -> None:
        """Use `open`; this only finds the collections."""
        self._held = ExitStack()
        self._own = collections(client)
        self._shared = {
            kind: _Shared(held.pop(SHARED), read_note(note_of(folder, kind, SHARED)))
            for kind, held in self._own.items()
        }
        self._counts: dict[str, int] = {}

    @classmethod
    def open(cls, folder: Path, *, private: bool) -> VectorIndex:
        """Open for reading; `private` reads a copy, because Chroma writes when it opens.

        Raises:
            IndexUnusableError: The folder is missing or Chroma cannot read it.
        """
        if not folder.is_dir():
            raise IndexUnusableError(f"向量索引 {folder} 不存在，请运行 ingest publish 重建。")
        with ExitStack() as held:
            try:
                if private:
                    folder = held.enter_context(_private_copy(folder))
                client = connect(folder)
                held.callback(_let_go, client)
                index = cls(client, folder)
                if not {PASSAGES, QUESTIONS} <= index._shared.keys():
                    raise IndexUnusableError("集合缺失")
            except Exception as exc:
                raise IndexUnusableError(f"向量索引无法打开（{exc}），请运行 ingest publish 重建。") from exc
            index._held = held.pop_all()
        return index

    def count(self, kind: str) -> int:
        """Number of vectors of a kind, over all regions."""
        every = [*self._own[kind].values(), self._shared[kind].collection]
        return sum(self._size(collection) for collection in every)

    def nearest(
        self, kind: str, vector: NDArray[np.float32], *, top_k: int, regions: Sequence[str] | None = None
    ) -> list[Neighbour]:
        """The `top_k` most similar rows, best first, of the given regions (None: all).

        Empty for an empty collection, an all-zero vector or no regions.

        Raises:
            IndexUnusableError: Chroma cannot read its files, which it does on the first query.
        """
        if not vector.any():
            return []
        own, shared = self._own[kind], self._shared[kind]
        near: list[Neighbour] = []
        for region in (*own, *shared.regions) if regions is None else regions:
            if region in own:
                near += self._search(own[region], vector, top_k=top_k)
            else:
                near += shared.compared(region, vector)
        return sorted(near, key=lambda neighbour: -neighbour.similarity)[:top_k]

    def sample(self, kind: str, size: int) -> dict[str, list[NDArray[np.float32]]]:
        """About `size` stored vectors, some of every region, by region."""
        own, shared = self._own[kind], self._shared[kind]
        each = ceil(size / max(len(own) + len(shared.regions), 1))
        found = {region: _vectors(one.get(limit=each, include=["embeddings"])) for region, one in own.items()}
        found |= {region: shared.rows(region).vectors[:each] for region in shared.regions}
        return {region: list(vectors) for region, vectors in found.items()}

    def close(self) -> None:
        """Let go of the folder; a private copy is deleted."""
        self._own.clear()
        self._shared.clear()
        self._held.close()

    def _size(self, collection: Collection) -> int:
        """Asked of Chroma once: an open generation does not change."""
        if collection.name not in self._counts:
            self._counts[collection.name] = int(collection.count())
        return self._counts[collection.name]

    def _search(self, collection: Collection, vector: NDArray[np.float32], *, top_k: int) -> list[Neighbour]:
        try:
            size = min(top_k, self._size(collection))
            if size == 0:
                return []
            result = collection.query(
                query_embeddings=[vector.tolist()], n_results=size, include=["distances"]
            )
        except Exception as exc:
            raise _unreadable(exc) from exc
        if len(result["ids"][0]) < size:  # seen with a graph file missing, no error raised
            raise IndexUnusableError("向量索引少了内容，请运行 ingest publish 重建。")
        distances = (result["distances"] or [[]])[0]
        # cosine distance → similarity: here, once
        return [Neighbour(id_, 1.0 - d) for id_, d in zip(result["ids"][0], distances, strict=True)]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows' ids and their vectors, shape (ids, dim), length 1 or all zero."""

    ids: list[str]
    vectors: NDArray[np.float32]


class _Shared:
    """The collection of the regions with few rows; a region's are read when it is first asked for."""

    def __init__(self, collection: Collection, noted: Sequence[VectorRow]) -> None:
        """`noted`: what the collection holds."""
        self.collection = collection
        self.regions: dict[str, list[str]] = {}
        for row in noted:
            self.regions.setdefault(row.region, []).append(row.id)
        self._read: dict[str, _Rows] = {}

    def compared(self, region: str, vector: NDArray[np.float32]) -> list[Neighbour]:
        """All rows of a region with their similarity to a vector, in no order; [] for an unknown region.

        Raises:
            IndexUnusableError: Chroma cannot read its files, or they hold less than was noted.
        """
        if region not in self.regions:
            return []
        rows = self.rows(region)
        similarities = rows.vectors @ (vector / np.linalg.norm(vector))
        return [Neighbour(id_, value) for id_, value in zip(rows.ids, similarities.tolist(), strict=True)]

    def rows(self, region: str) -> _Rows:
        """A region's rows, in no order."""
        if region not in self._read:
            wanted = self.regions[region]
            try:
                found = self.collection.get(ids=wanted, include=["embeddings"])
            except Exception as exc:
                raise _unreadable(exc) from exc
            if len(found["ids"]) < len(wanted):
                raise IndexUnusableError("向量索引少了内容，请运行 ingest publish 重建。")
            self._read[region] = _Rows(found["ids"], _vectors(found))
        return self._read[region]


@contextmanager
def _private_copy(folder: Path) -> Iterator[Path]:
    """A copy of a folder for this process alone, deleted in the end; those left by killed processes go first."""
    where = Path(tempfile.gettempdir())
    _sweep(where)
    with (
        tempfile.TemporaryDirectory(prefix=_COPIES, dir=where) as made,
        (Path(made) / _LOCK).open("w") as lock,
    ):
        if fcntl is not None:
            with suppress(OSError):  # where there are no locks nobody can take one, and nothing is swept
                fcntl.flock(lock, fcntl.LOCK_EX)  # waits for a sweep that came between
        copy = Path(made) / _COPIED
        try:
            yield Path(shutil.copytree(folder, copy))
        finally:
            shutil.rmtree(copy, ignore_errors=True)  # before the lock, or a kill in between would leave it


def _sweep(where: Path) -> None:
    """Delete this user's private copies that no process holds the lock of; faults are none of the reader's."""
    if fcntl is None:
        return
    for copy in where.glob(f"{_COPIES}*"):
        with suppress(OSError):
            found = copy.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                continue
            with (copy / _LOCK).open("r+b") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(copy / _COPIED)  # missing while its process is about to lock it: left alone
                shutil.rmtree(copy)


def connect(folder: Path) -> ClientAPI:
    """Chroma over a folder; it writes there even when it is only read."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    settings = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
    return chromadb.PersistentClient(path=str(folder), settings=settings)


def _let_go(client: ClientAPI) -> None:
    """Close Chroma's files, where its version can."""
    stop = getattr(client, "close", None)
    if stop is not None:
        stop()


def collections(client: ClientAPI) -> dict[str, dict[str, Collection]]:
    """Collections by kind and region, that of the regions with few rows under `SHARED`."""
    found: dict[str, dict[str, Collection]] = {}
    for collection in client.list_collections():
        labels = collection.metadata or {}
        found.setdefault(str(labels.get("kind")), {})[str(labels.get("region"))] = collection
    return found


def name_of(kind: str, region: str) -> str:
    """A collection's name: Chroma takes no Chinese ones."""
    return f"{kind}-{hashlib.sha256(region.encode()).hexdigest()[:16]}"


def note_of(folder: Path, kind: str, region: str) -> Path:
    """Where the rows of a collection are noted, in order: asking Chroma takes seconds for 150,000."""
    return folder / f"{name_of(kind, region)}.rows"


def read_note(path: Path) -> list[VectorRow]:
    """The rows that a collection was noted to hold."""
    parted = (line.partition("\t") for line in path.read_text("utf-8").splitlines())
    return [VectorRow(id_, region) for region, _, id_ in parted]


def write_note(path: Path, rows: Sequence[VectorRow]) -> None:
    """Note the rows that a collection holds, one a line."""
    path.write_text("".join(f"{row.region}\t{row.id}\n" for row in rows), "utf-8")


def _vectors(found: GetResult) -> NDArray[np.float32]:
    return np.asarray(found["embeddings"], dtype=np.float32)


def _unreadable(exc: Exception) -> IndexUnusableError:
    return IndexUnusableError(f"向量索引无法读取（{exc}），请运行 ingest publish 重建。")
